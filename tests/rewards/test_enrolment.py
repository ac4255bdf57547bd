"""Registration: who is new, who was brought by whom, and that the same call again changes nothing."""

import pytest

from referrals.models import Customer, Event, Referral
from rewards.models import Evaluation
from rewards.models.evaluations import shard_of
from tests.factories.referrals import NOON
from tests.rewards.shop import MINUTE, policy


@pytest.fixture
def shop(open_shop):
    return open_shop(policy("referee", on="referral.joined", points=500), policy("referrer", on="referral.joined"))


def outcome(enrolment):
    return enrolment.is_new, enrolment.is_referred, enrolment.refused


def test_a_customer_becomes_known(shop):
    enrolment = shop.joins("bob", code="")
    assert outcome(enrolment) == (True, False, "")
    assert (enrolment.customer.external_id, enrolment.customer.email) == ("bob", "bob@example.com")
    assert [work.trigger for work in Evaluation.objects.all()] == ["activity.recorded"]


def test_a_friend_who_brings_a_code_is_joined_and_what_that_gives_is_evaluated(shop):
    assert outcome(shop.joins("bob", code=shop.code("alice"))) == (True, True, "")
    work = Evaluation.objects.get(trigger="referral.joined")
    assert (work.trigger, work.state, work.subject_id) == ("referral.joined", "pending", shop.referral("bob").pk)
    shop.works()
    assert (shop.points("bob"), shop.points("alice")) == (500, 100)


def test_the_code_may_be_typed_as_people_type(shop):
    assert shop.joins("bob", code=f" {shop.code('alice').lower()} ").is_referred


def test_the_work_queues_with_that_of_the_referrer(shop):
    shop.joins("bob", code=shop.code("alice"))
    alice = shop.customer("alice").pk
    assert {work.shard for work in Evaluation.objects.all()} == {shard_of(alice)}
    assert shop.customer("bob").root_id == alice


def test_the_same_call_again_changes_nothing(shop):
    code = shop.code("alice")
    shop.joins("bob", code=code)
    shop.works()
    assert outcome(shop.joins("bob", code=code)) == (False, True, "")
    shop.works()
    assert (shop.points("bob"), Customer.objects.count(), Evaluation.objects.count()) == (500, 2, 2)
    assert Event.objects.filter(type="referral.joined").count() == 1


def test_a_customer_may_bring_a_code_after_they_registered(shop):
    shop.joins("bob", code="")
    assert outcome(shop.joins("bob", code=shop.code("alice"))) == (False, True, "")


def test_a_registration_stands_when_its_code_is_refused(shop):
    assert outcome(shop.joins("bob", code="WRONG")) == (True, False, "unknown_code")
    assert Customer.objects.filter(external_id="bob").exists()


@pytest.mark.parametrize("evaluated", [True, False])
def test_whoever_has_bought_is_no_new_customer(shop, evaluated):
    shop.buys("bob", at=NOON - MINUTE)
    if evaluated:
        shop.works()
    assert outcome(shop.joins("bob", code=shop.code("alice"))) == (False, False, "existing_customer")
    assert not Referral.objects.exists()


def test_another_code_is_refused_and_the_friend_stays_referred(shop):
    shop.joins("bob", code=shop.code("alice"))
    assert outcome(shop.joins("bob", code=shop.code("carol"))) == (False, True, "already_referred")
    assert shop.referral("bob").referrer == shop.customer("alice")


def test_nobody_joins_by_their_own_code(shop):
    assert outcome(shop.joins("alice", code=shop.code("alice"))) == (False, False, "own_code")


def test_who_registered_by_a_code_is_referred_when_they_buy(open_shop):
    shop = open_shop(policy("referrer", on="referral.qualified"))
    shop.joins("bob", code=shop.code("alice"))
    shop.bought("bob")
    assert (shop.referral("bob").status, shop.points("alice")) == ("rewarded", 100)
