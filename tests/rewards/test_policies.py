"""Policies from their draft to their end: what is in force is read by the clock, and every change is told."""

from datetime import timedelta

import pytest

from config.lib.errors import NotFound
from rewards.models import Policy, PolicyChange, PolicyVersion
from rewards.services.policies.changes import By
from rewards.services.policies.drafts import (
    PolicyExists,
    PolicyInUse,
    create_policy,
    delete_policy,
    discard_draft,
    write_draft,
)
from rewards.services.policies.publishing import NotInForce, NotInThePast, publish_draft, retire_policy
from rewards.services.policies.words import ExamplesFail, PolicyInvalid, Words
from tests.factories.rewards import BadgeFactory, CampaignFactory
from tests.rewards.shop import policy

BY = By("key:gv_1")
HOUR = timedelta(hours=1)
HOLDS = {"name": "Anything", "purchase": {"total": 1}, "gives": {"points": 100}}


@pytest.fixture
def shop(open_shop):
    return open_shop()


def create(shop, *examples, points=100, code="thanks", **said):
    words = Words(policy(points=points, **said), list(examples))
    return create_policy(merchant=shop.merchant, code=code, name="Thanks", words=words, by=BY, now=shop.now)


def write(shop, *examples, points=100):
    words = Words(policy(points=points), list(examples))
    return write_draft(merchant=shop.merchant, code="thanks", name="Thanks", words=words, by=BY, now=shop.now)


def publish(shop, **when):
    return publish_draft(merchant=shop.merchant, code="thanks", by=BY, now=shop.now, **when)


def standings(shop):
    return [(it.number, it.standing(shop.now)) for it in PolicyVersion.objects.order_by("number")]


def test_a_draft_is_published_and_gives_from_then_on(shop):
    create(shop, HOLDS)
    shop.bought("bob")
    publish(shop)
    shop.bought("bob")
    assert shop.points("bob") == 100


def test_what_is_published_for_later_gives_from_that_moment_and_not_before(shop):
    create(shop)
    publish(shop)
    write(shop, points=7)
    publish(shop, at=shop.now + HOUR)
    shop.bought("bob")
    assert shop.points("bob") == 100
    assert standings(shop) == [(1, "in_force"), (2, "scheduled")]
    shop.now += HOUR
    shop.bought("bob")
    assert shop.points("bob") == 107
    assert standings(shop) == [(1, "retired"), (2, "in_force")]


def test_what_is_published_meanwhile_takes_the_place_of_what_was_to_come(shop):
    create(shop)
    publish(shop)
    write(shop, points=7)
    publish(shop, at=shop.now + 2 * HOUR)
    write(shop, points=3)
    publish(shop, at=shop.now + HOUR)
    shop.now += 3 * HOUR
    assert standings(shop) == [(1, "retired"), (2, "retired"), (3, "in_force")]
    shop.bought("bob")
    assert shop.points("bob") == 3


def test_a_policy_ends_at_a_moment_to_come(shop):
    create(shop)
    publish(shop)
    retire_policy(merchant=shop.merchant, code="thanks", by=BY, now=shop.now, at=shop.now + HOUR)
    shop.bought("bob")
    shop.now += HOUR
    shop.bought("bob")
    assert shop.points("bob") == 100
    with pytest.raises(NotInForce):
        retire_policy(merchant=shop.merchant, code="thanks", by=BY, now=shop.now)


def test_a_policy_that_ends_later_can_be_ended_sooner(shop):
    create(shop)
    publish(shop)
    for at in (shop.now + 2 * HOUR, shop.now + HOUR):
        retire_policy(merchant=shop.merchant, code="thanks", by=BY, now=shop.now, at=at)
    with pytest.raises(NotInForce):
        retire_policy(merchant=shop.merchant, code="thanks", by=BY, now=shop.now, at=shop.now + 3 * HOUR)
    shop.now += HOUR
    shop.bought("bob")
    assert shop.points("bob") == 0


def test_what_was_to_come_and_never_came_cannot_be_ended(shop):
    create(shop)
    publish(shop, at=shop.now + 2 * HOUR)
    retire_policy(merchant=shop.merchant, code="thanks", by=BY, now=shop.now)
    with pytest.raises(NotInForce):
        retire_policy(merchant=shop.merchant, code="thanks", by=BY, now=shop.now + HOUR)


def test_nothing_is_published_for_the_past(shop):
    create(shop)
    with pytest.raises(NotInThePast):
        publish(shop, at=shop.now - timedelta(seconds=1))


def test_a_draft_is_not_published_while_an_example_fails(shop):
    create(shop, HOLDS, {**HOLDS, "gives": {"points": 101}})
    with pytest.raises(ExamplesFail) as refused:
        publish(shop)
    assert [error["pointer"] for error in refused.value.errors] == ["/examples/1"]
    write(shop, HOLDS)
    assert publish(shop).examples == [HOLDS]


@pytest.mark.parametrize(
    ("said", "pointer"),
    [
        ({"when": "purchase.totl > 5"}, "/definition/when"),
        ({"give": {"grant": {"option": "yacht"}}}, "/definition/give/grant/option"),
        ({"give": {"badge": {"code": "retired"}}}, "/definition/give/badge/code"),
        ({"campaign": "weekend"}, "/definition/campaign"),
        ({"on": "moon.rises"}, "/definition/trigger"),
    ],
)
def test_what_cannot_be_used_is_refused_when_it_is_written(shop, said, pointer):
    BadgeFactory(merchant=shop.merchant, code="retired", is_active=False)
    with pytest.raises(PolicyInvalid) as refused:
        create(shop, **said)
    assert pointer in [error["pointer"] for error in refused.value.errors]
    assert not Policy.objects.exists()


@pytest.mark.parametrize("give", [{"badge": {"code": "regular"}}, {"event": {"type": "call_them"}}, {"tier_step": {}}])
def test_what_is_neither_points_nor_a_reward_can_be_given_as_well(shop, give):
    BadgeFactory(merchant=shop.merchant, code="regular")
    CampaignFactory(merchant=shop.merchant, code="weekend")
    assert create(shop, give=give, campaign="weekend").definition["give"] == give


def test_a_code_is_given_once(shop):
    create(shop)
    with pytest.raises(PolicyExists):
        create(shop)
    with pytest.raises(PolicyExists):
        create(shop, code="dry-run")


def test_a_policy_that_was_published_is_never_deleted_and_its_draft_may_go(shop):
    create(shop)
    publish(shop)
    write(shop, points=5)
    with pytest.raises(PolicyInUse):
        delete_policy(merchant=shop.merchant, code="thanks", by=BY, now=shop.now)
    discard_draft(merchant=shop.merchant, code="thanks", by=BY, now=shop.now)
    assert standings(shop) == [(1, "in_force")]


@pytest.mark.parametrize("away", [delete_policy, discard_draft])
def test_a_policy_that_was_never_published_may_go(shop, away):
    create(shop)
    away(merchant=shop.merchant, code="thanks", by=BY, now=shop.now)
    assert not Policy.objects.exists()
    with pytest.raises(NotFound):
        away(merchant=shop.merchant, code="thanks", by=BY, now=shop.now)


def test_every_change_tells_who_and_the_words_before_and_after(shop):
    create(shop)
    write(shop, points=5)
    write(shop, points=5)
    publish(shop)
    retire_policy(merchant=shop.merchant, code="thanks", by=BY, now=shop.now)
    changes = list(PolicyChange.objects.order_by("id"))
    assert [(it.action, it.actor, it.number) for it in changes] == [
        (action, "key:gv_1", 1) for action in ("drafted", "edited", "published", "retired")
    ]
    before, after = (changes[1].before["definition"]["give"], changes[1].after["definition"]["give"])
    assert (before, after) == ({"points": {"fixed": 100}}, {"points": {"fixed": 5}})
