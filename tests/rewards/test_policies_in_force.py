"""Which policies a batch is decided by: those that are published when it begins."""

from rewards.models import PolicyVersion
from rewards.services.evaluation.policies import policies_in_force
from tests.rewards.shop import policy


def test_a_version_that_is_published_is_used_by_the_next_batch(open_shop):
    shop = open_shop(policy(points=100))
    shop.bought("bob")
    shop.publish(policy(points=7), shop.policies[0], number=2)
    shop.bought("bob")
    assert shop.points("bob") == 107


def test_a_policy_that_is_retired_gives_nothing_from_then_on(open_shop):
    shop = open_shop(policy(points=100))
    shop.bought("bob")
    PolicyVersion.objects.update(status="retired", retired_at=shop.now)
    shop.bought("bob")
    assert shop.points("bob") == 100


def test_another_policy_is_in_force_as_soon_as_it_is_published(open_shop):
    shop = open_shop()
    shop.bought("bob")
    shop.publish(policy(points=3))
    shop.bought("bob")
    assert shop.points("bob") == 3


def test_a_draft_gives_nothing(open_shop):
    shop = open_shop(policy())
    PolicyVersion.objects.create(
        merchant=shop.merchant, policy=shop.policies[0], number=2, definition=policy(points=9999)
    )
    shop.bought("bob")
    assert shop.points("bob") == 100


def test_the_policies_of_another_merchant_give_nothing(open_shop):
    open_shop(policy(points=9999))
    shop = open_shop(policy())
    shop.bought("bob")
    assert shop.points("bob") == 100


def test_policies_are_compiled_once_as_long_as_nothing_is_published(open_shop, django_assert_num_queries):
    shop = open_shop(policy())
    first = policies_in_force(shop.merchant.pk, shop.now)
    with django_assert_num_queries(1):
        assert policies_in_force(shop.merchant.pk, shop.now) is first
    shop.publish(policy())
    assert len(policies_in_force(shop.merchant.pk, shop.now).policies) == 2


def test_an_award_names_the_version_that_made_it(open_shop):
    shop = open_shop(policy(points=100))
    shop.publish(policy(points=7), shop.policies[0], number=2)
    shop.bought("bob")
    entry = shop.account("bob").entries.get()
    assert PolicyVersion.objects.get(pk=entry.policy_version_id).number == 2
