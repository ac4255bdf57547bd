"""What was undone or set aside for a while, and then counts again."""

from tests.rewards.shop import policy

EVERY_SECOND = {
    "trigger": "purchase.completed",
    "beneficiary": "referrer",
    "give": {"points": {"fixed": 50}},
    "milestones": {"scope": "across_friends", "measure": "purchases", "every": 2},
}


def test_a_friend_who_buys_again_after_a_refund_qualifies_again(open_shop):
    shop = open_shop(policy("referrer", points=1), policy("referrer", on="referral.qualified", points=500))
    first = shop.bought("bob", referral_code=shop.code("alice"))
    assert shop.points("alice") == 501
    shop.refunded(first)
    assert (shop.points("alice"), shop.referral("bob").status) == (0, "reversed")

    shop.bought("bob")

    assert (shop.points("alice"), shop.referral("bob").status) == (501, "rewarded")


def test_a_milestone_policy_that_rested_has_not_missed_a_purchase(open_shop):
    shop = open_shop(EVERY_SECOND)
    shop.bought("bob", referral_code=shop.code("alice"))
    shop.policies[0].versions.update(status="retired", retired_at=shop.now)
    shop.bought("bob")
    shop.bought("bob")
    assert shop.points("alice") == 0

    shop.publish(EVERY_SECOND, shop.policies[0], number=2)
    shop.bought("bob")

    assert shop.points("alice") == 50
