"""What every test starts from: nothing is remembered, and there is a shop whose API can be called."""

import os

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import TransactionTestCase
from django.utils import translation

from config.lib.briefly import forget_what_is_shown
from credits.selectors.epochs import forget_epoch
from referrals.models import Merchant, Scope
from referrals.services.api_keys import forget_keys, issue_api_key
from rewards.selectors.pricing import forget_pricing
from tests.api.caller import Caller
from tests.emptying import empty_what_was_filled
from tests.rewards.programmes import examples

# Workers that test at the same time share a Redis, and each has keys of its own in it.
settings.CACHES["default"]["KEY_PREFIX"] = f"tests-{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}"
# Every test client starts the middleware anew: static files are looked for when one is asked for, not all beforehand.
settings.WHITENOISE_AUTOREFRESH = True
TransactionTestCase._fixture_teardown = empty_what_was_filled


@pytest.fixture(autouse=True)
def nothing_remembered(request):
    forget_keys()
    forget_what_is_shown()
    forget_epoch()
    forget_pricing()
    translation.deactivate()
    if "db" in request.fixturenames or request.node.get_closest_marker("django_db"):
        cache.delete_pattern("*")


@pytest.fixture
def new_merchant(db):
    """Make merchants that run the corner shop's programme: 100 points a purchase, a mug for a friend's first."""

    def make(slug: str) -> Merchant:
        names = {"slug": slug, "name": slug.title(), "domain": f"{slug}.localhost"}
        examples.apply(merchant=examples.section("merchant", **names))
        return Merchant.objects.get(slug=slug)

    return make


@pytest.fixture
def shop(new_merchant):
    return new_merchant("corner-shop")


@pytest.fixture
def new_caller():
    """Make callers of the API, each with a fresh key of a merchant."""

    def make(merchant: Merchant, scopes=tuple(Scope), **key) -> Caller:
        return Caller(issue_api_key(merchant=merchant, name="Tests", scopes=scopes, **key)[1])

    return make


@pytest.fixture
def api(shop, new_caller):
    """The shop's own systems, whose key has every scope."""
    return new_caller(shop)
