"""Recommendations from what was redeemed, with a reason for each, and sensible ones where nothing is known."""

from datetime import timedelta

import pytest

from credits.selectors.terms import default_wallet_terms
from referrals.selectors.channels import WEIGHT, Came, smoothed_rates, suggest_channel
from referrals.services.codes import issue_code
from rewards.models import OptionAffinity, OptionPopularity
from rewards.selectors.recommendations import recommend
from rewards.services.recommendations import learn_recommendations
from tests.factories.referrals import ReferralFactory, ShareLinkFactory
from tests.factories.rewards import RewardOptionFactory, TakingFactory
from tests.factories.sharing import ClickDayFactory
from tests.rewards.shop import Shop, policy


@pytest.fixture
def shop(db):
    """A shop whose buyers get 100 points; it offers coffee, tea, cake, and a car that is out of reach."""
    shop = Shop(policy())
    for code, price in [("coffee", 50), ("tea", 60), ("cake", 150), ("car", 100_000)]:
        RewardOptionFactory(reward_type=shop.meal.reward_type, code=code, name=code.capitalize(), points_required=price)
    return shop


@pytest.fixture
def redeemed(shop):
    """Whoever takes tea takes cake; most take coffee."""
    options = {each.code: each for each in type(shop.meal).objects.filter(merchant=shop.merchant)}

    def take(name, *codes, **said):
        for code in codes:
            TakingFactory(option=options[code], customer=shop.customer(name), taken_at=shop.now, **said)

    for number in range(12):
        take(f"t-{number}", "tea", "cake")
        take(f"c-{number}", "coffee")
        take(f"d-{number}", "coffee", is_granted=number % 2 == 0)
    return take


def recommended(shop, name):
    terms = default_wallet_terms(merchant=shop.merchant)
    found = recommend(customer=shop.customer(name), wallet_id=terms.wallet_id, now=shop.now)
    return [(each.offered.option.code, each.because, each.sentence) for each in found]


def test_whoever_chose_tea_is_told_of_cake_and_others_of_what_most_choose(shop, redeemed):
    for name in ("alice", "bob"):
        shop.bought(name)
    redeemed("alice", "tea")
    assert learn_recommendations(merchant_id=shop.merchant.pk, now=shop.now) == 3
    cake, *_ = recommended(shop, "alice")
    assert cake == ("cake", "similar", "Customers who chose “Tea” often choose this, too. 50 points are missing.")
    assert recommended(shop, "bob") == [
        ("coffee", "popular", "Many customers choose this."),
        ("tea", "popular", "Many customers choose this."),
        ("cake", "popular", "Many customers choose this. 50 points are missing."),
        ("car", "soon", "99900 points more, and it is yours."),
    ]


def test_with_no_data_it_is_what_is_within_reach_the_nearest_first(shop):
    shop.bought("alice")
    assert [(code, because) for code, because, _ in recommended(shop, "alice")] == [
        ("coffee", "affordable"),
        ("tea", "affordable"),
        ("cake", "soon"),
        ("car", "soon"),
    ]


def test_what_is_learned_takes_the_place_of_what_was_and_forgets_what_was_given_back(shop, redeemed):
    learn_recommendations(merchant_id=shop.merchant.pk, now=shop.now)
    counts = dict(OptionPopularity.objects.values_list("option__code", "customers"))
    assert counts == {"tea": 12, "cake": 12, "coffee": 18}
    assert {(each.option.code, each.other.code, each.customers) for each in OptionAffinity.objects.all()} == {
        ("tea", "cake", 12),
        ("cake", "tea", 12),
    }
    shop.meal.takings.model.objects.filter(option__code="cake").update(given_back_at=shop.now)
    learn_recommendations(merchant_id=shop.merchant.pk, now=shop.now)
    assert set(OptionPopularity.objects.values_list("option__code", flat=True)) == {"tea", "coffee"}
    assert not OptionAffinity.objects.exists()
    assert learn_recommendations(merchant_id=shop.merchant.pk, now=shop.now + timedelta(days=366)) == 0


def test_a_few_lucky_friends_do_not_make_a_channel_the_best():
    everybody = {"whatsapp": Came(1_000, 300), "email": Came(1_000, 100), "sms": Came(1, 1)}
    rates = smoothed_rates({}, everybody)
    overall = 401 / (2_001 + WEIGHT)
    assert rates["whatsapp"] > rates["sms"] > rates["copy"]
    assert rates["sms"] == pytest.approx((1 + WEIGHT * overall) / (1 + WEIGHT))
    lucky, lasting = Came(2, 2), Came(60, 40)
    assert smoothed_rates({"email": lucky}, everybody)["email"] < rates["whatsapp"]
    assert smoothed_rates({"email": lasting}, everybody)["email"] > rates["whatsapp"]


def test_a_customer_is_told_the_channel_by_which_their_friends_joined(shop):
    alice = shop.customer("alice")
    nothing_known = suggest_channel(customer=alice, now=shop.now)
    assert (nothing_known.channel, nothing_known.rate, nothing_known.joined) == ("sheet", 0, 0)
    code = issue_code(customer=alice, now=shop.now)
    for channel, visitors, joined in [("whatsapp", 60, 4), ("telegram", 30, 12)]:
        link = ShareLinkFactory(code=code, channel=channel)
        ClickDayFactory(link=link, clicks=visitors, visitors=visitors)
        ReferralFactory.create_batch(joined, referral_link=code, share_link=link)
    told = suggest_channel(customer=alice, now=shop.now)
    assert (told.channel, told.joined) == ("telegram", 12)
    assert suggest_channel(customer=shop.customer("bob"), now=shop.now).joined == 0
