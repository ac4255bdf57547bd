"""Rewards on repairs: chosen, seen, confirmed; one of a kind; and never merchandise."""

import pytest
from django.db import transaction

from config.lib.errors import NotFound
from fulfillment.models import RepairReward
from fulfillment.selectors.prices import AlreadyApplied, DoesNotApply, RecordEnded
from fulfillment.selectors.service_records import quote
from fulfillment.services.fulfilment import RepairNeeded
from fulfillment.services.repairs import PriceChanged
from fulfillment.services.service_records import RecordHasRewards, RecordOfAnother, cancel_service
from tests.fulfillment.desk import status_of, sums


@pytest.fixture
def tina(desk):
    return desk.technician()


@pytest.fixture
def job_for(desk, tina):
    """A job of Tina's: a customer has redeemed a reward that a technician delivers."""

    def make(option, customer=None):
        redemption = desk.redeem(customer or desk.customer(points=100), option)
        desk.dispatch()
        return desk.job(redemption)

    return make


def half_off(desk, code="half-off", category="repair_discount"):
    return desk.option(code, category, discount="percentage", value=50, needs_technician=True)


@pytest.mark.parametrize(
    ("discount", "value", "amount", "after"),
    [
        ("percentage", 50, 200_00, 100_00),
        ("percentage", 15, 99_99, 85_00),
        ("percentage", 100, 1, 0),
        ("fixed", 25_00, 20_00, 0),
        ("fixed", 25_00, 99_99, 74_99),
        ("free", 0, 77_77, 0),
    ],
)
def test_the_price_before_and_after_is_seen_confirmed_and_settled(desk, tina, job_for, discount, value, amount, after):
    option = desk.option("off", "repair_discount", discount=discount, value=value, needs_technician=True)
    job, record = job_for(option), desk.repair(desk.customer(), amount=amount)
    ((redemption, price),) = quote(record=record).available
    assert (redemption, price.before, price.after) == (job.redemption, amount, after)

    desk.completes(tina, job, repair=(record.reference, price.after))

    assert status_of(job.redemption) == "fulfilled"
    assert quote(record=record).price == desk.settles(record.reference) == after


def test_nothing_is_applied_silently(desk, tina, job_for):
    job, record = job_for(half_off(desk)), desk.repair(desk.customer())

    with pytest.raises(RepairNeeded):
        desk.completes(tina, job)
    desk.repair(desk.customer(), amount=300_00)
    with pytest.raises(PriceChanged):
        desk.completes(tina, job, repair=(record.reference, 100_00))

    assert (status_of(job.redemption), sums(desk.customer())) == ("approved", {"held": 100})
    assert not RepairReward.objects.exists()


def test_one_of_a_kind_and_the_next_kind_on_top(desk, tina, job_for):
    record = desk.repair(desk.customer())
    desk.completes(tina, job_for(half_off(desk)), repair=(record.reference, 100_00))
    second = job_for(half_off(desk, "another"))

    with pytest.raises(AlreadyApplied), transaction.atomic():
        desk.completes(tina, second, repair=(record.reference, 50_00))
    service = desk.option("ten-off", "free_service", discount="fixed", value=10_00, needs_technician=True)
    desk.completes(tina, job_for(service), repair=(record.reference, 90_00))

    assert desk.settles(record.reference) == 90_00


@pytest.mark.parametrize("category", ["merchandise", "purchase_discount", "gift_card", "free_product", "shipping"])
def test_what_is_not_for_jobs_never_lowers_a_bill(desk, tina, job_for, category):
    option = desk.option("thing", category, discount="percentage", value=50, needs_technician=True)
    job, record = job_for(option), desk.repair(desk.customer())

    assert quote(record=record).available == []
    with pytest.raises(DoesNotApply), transaction.atomic():
        desk.completes(tina, job, repair=(record.reference, 100_00))
    desk.completes(tina, job)

    assert desk.settles(record.reference) == 200_00


@pytest.mark.parametrize(("category", "kind"), [("repair_discount", "replacement"), ("replacement_discount", "repair")])
def test_a_reward_is_for_its_kind_of_job(desk, tina, job_for, category, kind):
    job, record = job_for(half_off(desk, category=category)), desk.repair(desk.customer(), kind=kind)

    with pytest.raises(DoesNotApply):
        desk.completes(tina, job, repair=(record.reference, 100_00))


def test_another_customers_job_is_not_found(desk, tina, job_for):
    job, theirs = job_for(half_off(desk)), desk.repair(desk.customer("bob"))

    with pytest.raises(NotFound):
        desk.completes(tina, job, repair=(theirs.reference, 100_00))


def test_a_job_that_changes_keeps_its_rewards_and_one_that_ended_changes_no_more(desk, tina, job_for):
    record = desk.repair(desk.customer())
    desk.completes(tina, job_for(half_off(desk)), repair=(record.reference, 100_00))

    desk.repair(desk.customer(), amount=50_00)
    with pytest.raises(RecordHasRewards):
        cancel_service(merchant=desk.merchant, reference=record.reference, now=desk.now)
    assert desk.settles(record.reference) == desk.settles(record.reference) == 25_00
    with pytest.raises(RecordEnded):
        desk.repair(desk.customer(), amount=60_00)
    with pytest.raises(RecordEnded):
        desk.completes(tina, job_for(half_off(desk, "more")), repair=(record.reference, 12_50))


def test_a_reference_is_one_job(desk):
    desk.repair(desk.customer(), "r-1")

    with pytest.raises(RecordOfAnother):
        desk.repair(desk.customer("bob"), "r-1")
    with pytest.raises(RecordOfAnother):
        desk.repair(desk.customer(), "r-1", kind="replacement")
