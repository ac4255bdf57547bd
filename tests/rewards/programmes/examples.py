"""A small programme that tests change in one place; and the commands that they give."""

import copy
import functools
from datetime import UTC, datetime

import yaml

from referrals.models import Merchant
from rewards.services.programmes.applying import apply_programme, plan_programme
from rewards.services.programmes.document import Source
from rewards.services.programmes.reading import read_programme

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
LATER = datetime(2026, 11, 21, 12, tzinfo=UTC)

TEXT = """\
merchant:
  slug: corner-shop
  name: Corner Shop
  domain: corner-shop.localhost
  currency: USD
  time_zone: Europe/Berlin
referrals:
  minimum_purchase: 10.00
wallet:
  code: points
  unit_name: stars
  expiry_months: 24
  return_policy: owed
tiers:
  - {code: bronze, name: Bronze}
  - {code: silver, name: Silver, requirements: {spend: 500.00, orders: 5}, points_multiplier: 1.25}
  - {code: gold, name: Gold, requirements: {points: 9}, benefits: {free_shipping_threshold: 25.00, early_access: true}}
reward_types:
  - {code: voucher, name: Voucher, category: purchase_discount, discount_type: fixed, discount_value: 5.00}
  - {code: thing, name: Thing, category: merchandise}
reward_options:
  - {code: five-off, name: $5 off, reward_type: voucher, points_required: 500}
  - {code: mug, name: Mug, reward_type: thing}
policies:
  - code: bonus
    name: Bonus
    definition: {trigger: purchase.completed, beneficiary: buyer, give: {points: {fixed: 100}}}
  - code: gift
    name: Gift
    definition: {trigger: referral.qualified, beneficiary: referrer, give: {grant: {option: mug}}}
"""
WRITTEN = yaml.safe_load(TEXT)


def read(text=TEXT):
    return copy.deepcopy(_read(text))


@functools.cache
def _read(text):
    return read_programme(Source(text, name="corner-shop.yaml"))


def written(**sections):
    """The small programme, as it is written, with other sections."""
    return copy.deepcopy({**WRITTEN, **sections})


def programme(**sections):
    return read(yaml.dump(written(**sections), Dumper=yaml.CSafeDumper, sort_keys=False))


def section(which, code=None, /, **changes):
    """A section of the small programme, in which one item (or the only one) is changed."""
    found = written()[which]
    if code is None:
        return {**found, **changes}
    return [{**item, **changes} if item["code"] == code else item for item in found]


def without(which, code):
    """A section of the small programme that lacks an item."""
    return [item for item in written()[which] if item["code"] != code]


def apply(now=NOW, **sections):
    return apply_programme(programme=programme(**sections), now=now)


def plan(**sections):
    return plan_programme(programme=programme(**sections))


def shop():
    return Merchant.objects.get(slug="corner-shop")
