"""One code a customer and one referrer a friend, whoever is quicker."""

from datetime import UTC, datetime
from functools import partial

import pytest
from django.utils import timezone

from referrals.models import Customer, Referral, ReferralCode
from referrals.services.codes import CodeTaken, CodeTerms, add_code, choose_code, issue_code
from tests.concurrency.processes import EVALUATOR, is_taking_time, slow_inserts, wait_until
from tests.concurrency.together import at_once, attempt
from tests.concurrency.trade import POINTS_A_FRIENDS_PURCHASE, POINTS_A_PURCHASE, evaluate_everything, scatter
from tests.factories.referrals import CustomerFactory

pytestmark = pytest.mark.django_db(transaction=True)
MORNING = datetime(2026, 3, 2, 8, tzinfo=UTC)


def test_64_who_ask_for_a_customers_code_at_once_get_the_same_code(shop):
    customer = CustomerFactory(merchant=shop.merchant)
    codes = at_once(*[lambda: issue_code(customer=customer, now=timezone.now())] * 64)
    assert len({code.code for code in codes}) == 1
    assert ReferralCode.objects.filter(customer=customer, retired_at=None).count() == 1


def test_a_friend_whom_20_referrers_register_at_once_has_one_referrer(shop):
    codes = [shop.referrer(f"referrer-{number}") for number in range(20)]
    enrolments = at_once(*[partial(shop.enrol, "bob", code=code) for code in codes])
    assert sorted(enrolment.refused for enrolment in enrolments) == [""] + ["already_referred"] * 19
    assert Referral.objects.count() == 1
    evaluate_everything()


def test_of_20_friends_who_come_at_once_as_many_join_as_the_code_allows(shop):
    alice = CustomerFactory(merchant=shop.merchant)
    code = add_code(customer=alice, terms=CodeTerms(uses_max=5), now=MORNING)
    enrolments = at_once(*[partial(shop.enrol, f"friend-{number}", code=code.code) for number in range(20)])
    assert sorted(enrolment.refused for enrolment in enrolments) == [""] * 5 + ["used_up"] * 15
    code.refresh_from_db()
    assert code.uses == Referral.objects.count() == 5
    evaluate_everything()


def test_of_20_who_choose_the_same_code_at_once_one_gets_it(shop):
    people = [CustomerFactory(merchant=shop.merchant) for _ in range(20)]
    choices = [partial(choose_code, customer=person, wanted="OLIVIA", now=MORNING) for person in people]
    chosen = at_once(*[partial(attempt, choice, CodeTaken) for choice in choices])
    assert sum(isinstance(each, CodeTaken) for each in chosen) == 19
    assert ReferralCode.objects.count() == 1


@pytest.mark.parametrize("scattered", [False, True], ids=["in one shard", "scattered over all shards"])
def test_a_friend_who_comes_with_20_codes_has_one_referrer(shop, evaluators, scattered):
    for number in range(20):
        code = shop.referrer(f"referrer-{number}")
        shop.accept(shop.event(number, referral_code=code, occurred_at=MORNING))
    if scattered:
        scatter()
    evaluators.work(size=3)
    referral = Referral.objects.get()
    assert referral.referee.external_id == "bob"
    assert Customer.objects.get(external_id="bob").root_id == referral.referrer_id
    assert shop.points("bob") == 20 * POINTS_A_PURCHASE
    points = [shop.points(f"referrer-{number}") for number in range(20)]
    assert sorted(points) == [0] * 19 + [20 * POINTS_A_FRIENDS_PURCHASE]


def test_friends_who_are_registered_again_while_they_qualify_and_the_evaluation_do_not_cross(shop, evaluators):
    code = shop.referrer("alice")
    friends = [f"friend-{number}" for number in range(16)]
    for friend in friends:
        shop.enrol(friend, code=code, now=MORNING)
    evaluate_everything()
    for friend in friends:
        shop.accept(shop.event(friend, customer=friend))

    def register_again(friend):
        assert wait_until(lambda: is_taking_time(EVALUATOR))
        return shop.enrol(friend, code=code)

    with slow_inserts("referrals_event", 0.2):
        again = at_once(partial(evaluators.work, size=4), *[partial(register_again, friend) for friend in friends])
    assert not any(enrolment.refused for enrolment in again[1:])
    assert shop.points("alice") == len(friends) * POINTS_A_FRIENDS_PURCHASE
