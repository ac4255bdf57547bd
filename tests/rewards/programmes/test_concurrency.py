"""A programme is applied by several people at the same moment."""

from concurrent.futures import ThreadPoolExecutor, wait
from threading import Barrier

import pytest
from django.db import connection, transaction

from credits.models import Tier
from referrals.models import Merchant
from rewards.models import Policy, PolicyVersion
from rewards.services.programmes.applying import ProgrammeRefused
from tests.factories.referrals import MerchantFactory
from tests.factories.rewards import PolicyVersionFactory
from tests.rewards.programmes.examples import LATER, NOW, apply, plan, section

ANOTHER_BONUS = {"trigger": "purchase.completed", "beneficiary": "buyer", "give": {"points": {"fixed": 250}}}


def together(count, **sections):
    """Apply the same programme `count` times at once; how many changes each made."""
    start = Barrier(count)

    def one():
        start.wait(timeout=10)
        return len(apply(LATER, **sections).changes)

    with ThreadPoolExecutor(count) as threads:
        return sorted(threads.map(in_own_connection, [one] * count))


def in_own_connection(action):
    try:
        return action()
    finally:
        connection.close()


@pytest.mark.django_db(transaction=True)
def test_of_several_who_make_a_merchant_one_does():
    assert together(4) == [0, 0, 0, 13]
    assert Merchant.objects.count() == 1
    assert Tier.objects.count() == 3


@pytest.mark.django_db(transaction=True)
def test_of_several_who_give_a_merchant_its_first_programme_one_does():
    MerchantFactory(slug="corner-shop")
    assert together(4) == [0, 0, 0, 12]


@pytest.mark.django_db(transaction=True)
def test_of_several_who_publish_a_policy_one_does():
    apply()
    changed = {"policies": section("policies", "bonus", definition=ANOTHER_BONUS)}
    assert together(4, **changed) == [0, 0, 0, 1]
    assert PolicyVersion.objects.filter(policy__code="bonus").count() == 2
    assert plan(**changed).changes == ()


@pytest.mark.django_db(transaction=True)
def test_a_version_that_somebody_else_is_publishing_is_not_overlooked():
    apply()
    policy = Policy.objects.get(code="bonus")
    with ThreadPoolExecutor(1) as threads:
        with transaction.atomic():
            policy.versions.update(status="retired", retired_at=NOW)
            PolicyVersionFactory(policy=policy, number=2, definition=ANOTHER_BONUS)
            applying = threads.submit(in_own_connection, apply)
            wait([applying], timeout=0.5)
            assert not applying.done()
        assert "definition.give.points.fixed: 250 → 100" in str(applying.result(timeout=10))
    in_order = policy.versions.order_by("number").values_list("number", "status")
    assert list(in_order) == [(1, "retired"), (2, "retired"), (3, "published")]


@pytest.mark.django_db(transaction=True)
def test_a_domain_that_somebody_else_is_taking_is_refused_and_nothing_is_done():
    with ThreadPoolExecutor(1) as threads:
        with transaction.atomic():
            MerchantFactory(domain="corner-shop.localhost")
            applying = threads.submit(in_own_connection, apply)
            wait([applying], timeout=0.5)
            assert not applying.done()
        with pytest.raises(ProgrammeRefused, match="plan it again"):
            applying.result(timeout=10)
    assert not Tier.objects.exists()
