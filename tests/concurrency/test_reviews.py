"""Referrals are decided about while their friends buy, and change their minds."""

from functools import partial

import pytest
from django.utils import timezone

from credits.models import Lot
from referrals.models import Referral
from referrals.services.customers import Identity
from referrals.services.traces import Presence
from rewards.models import Campaign, Evaluation, Grant
from rewards.services.enrolment import enrol_customer
from rewards.services.reviews import NothingToDecide, decide_referral
from tests.concurrency.together import at_once, attempt
from tests.concurrency.trade import POINTS_A_FRIENDS_PURCHASE, evaluate_everything, open_shop, scatter
from tests.factories.referrals import UserFactory
from tests.factories.rewards import CampaignFactory

pytestmark = pytest.mark.django_db(transaction=True)
FRIENDS = 12


def join_by_one_device(shop, name, code=""):
    enrol_customer(
        merchant=shop.merchant,
        identity=Identity(name),
        referral_code=code,
        presence=Presence(device="tablet"),
        now=timezone.now(),
    )


def decide(friend, verdict, analyst):
    referral = Referral.objects.get(referee__external_id=friend)
    return attempt(
        partial(decide_referral, referral=referral, verdict=verdict, decided_by=analyst, now=timezone.now()),
        NothingToDecide,
    )


@pytest.mark.parametrize("last", ["released", "rejected"])
def test_whatever_is_decided_meanwhile_the_last_decision_holds(shop, evaluators, last):
    shop.merchant.allows_households = False
    shop.merchant.save()
    analyst, code = UserFactory(), shop.referrer("alice")
    join_by_one_device(shop, "alice")
    friends = [f"friend-{number}" for number in range(FRIENDS)]
    for friend in friends:
        join_by_one_device(shop, friend, code)
    evaluate_everything()
    assert Referral.objects.filter(risk="held").count() == FRIENDS
    for number in range(FRIENDS * 4):
        shop.accept(shop.event(number, customer=friends[number % FRIENDS]))
    scatter()
    verdicts = ["released", "rejected"] if last == "rejected" else ["rejected", "released"]
    at_once(
        partial(evaluators.work, size=3),
        *[lambda friend=friend: [decide(friend, verdict, analyst) for verdict in verdicts] for friend in friends],
    )
    evaluate_everything()
    assert not Evaluation.objects.exclude(state="done").exists()
    lots = Lot.objects.filter(account__customer__external_id="alice", remaining__gt=0)
    if last == "released":
        assert not lots.filter(waiting_for="risk_review").exists()
        assert not Grant.objects.filter(state="waiting").exists()
        assert shop.points("alice") % POINTS_A_FRIENDS_PURCHASE == 0
    else:
        assert not lots.exists()
        assert not Grant.objects.filter(state="issued").exists()


def test_what_rejections_gave_back_to_a_budget_is_given_again_but_never_more_than_there_is(
    transactional_db, evaluators
):
    thanks = {"trigger": "referral.qualified", "beneficiary": "referrer", "give": {"points": {"fixed": 500}}}
    shop = open_shop(thanks={**thanks, "campaign": "thanks"})
    shop.merchant.allows_households = False
    shop.merchant.save()
    campaign = CampaignFactory(merchant=shop.merchant, code="thanks", definition={"type": "bonus"}, budget=3_000)
    analyst, codes = UserFactory(), {name: shop.referrer(name) for name in ("alice", "zoe")}
    suspects, others = [[f"{kind}-{number}" for number in range(6)] for kind in ("suspect", "other")]
    join_by_one_device(shop, "alice")
    for number, (suspect, other) in enumerate(zip(suspects, others, strict=True)):
        join_by_one_device(shop, suspect, codes["alice"])
        shop.enrol(other, code=codes["zoe"])
        shop.accept(shop.event(number, customer=suspect))
    evaluate_everything()
    given = [Campaign.objects.get().given]
    for suspect in suspects:
        decide(suspect, "rejected", analyst)
    evaluate_everything()
    given.append(Campaign.objects.get().given)
    for number, other in enumerate(others):
        shop.accept(shop.event(100 + number, customer=other))
    scatter()
    at_once(
        partial(evaluators.work, size=2),
        *[lambda suspect=suspect: decide(suspect, "released", analyst) for suspect in suspects],
    )
    evaluate_everything()
    campaign.refresh_from_db()
    assert (*given, campaign.given, shop.points("alice") + shop.points("zoe")) == (3_000, 0, 3_000, 3_000)
