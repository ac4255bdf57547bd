"""Writing reward types and reward options; what goes becomes inactive, because grants refer to it."""

from typing import Any

from referrals.models.merchants import Merchant
from rewards.models.catalog import DiscountType, RewardOption, RewardType
from rewards.models.partners import Partner
from rewards.selectors.catalog import forget_catalog
from rewards.services.programmes.amounts import minor_units
from rewards.services.programmes.full_form import Programme
from rewards.services.programmes.option_terms import columns_of_terms
from rewards.services.programmes.plan import Plan
from rewards.services.programmes.writing.items import write_items


def write_catalog(merchant: Merchant, programme: Programme, plan: Plan) -> None:
    """Write the reward types and options, as far as the plan says that they change."""
    currency = programme["merchant"]["currency"]
    types, options = plan.of("reward_types"), plan.of("reward_options")
    forget_catalog(merchant_id=merchant.pk)
    changed = [_type_columns(item, currency) for item in programme["reward_types"] if item["code"] in types]
    write_items(RewardType, changed, merchant=merchant)
    type_ids = dict(RewardType.objects.filter(merchant=merchant).values_list("code", "id"))
    partner_ids = dict(Partner.objects.filter(merchant=merchant).values_list("code", "id"))
    offered = [
        {
            **{key: value for key, value in item.items() if key not in {"reward_type", "partner"}},
            **columns_of_terms(item, currency),
            "reward_type_id": type_ids[item["reward_type"]],
            "partner_id": partner_ids.get(item["partner"]),
        }
        for item in programme["reward_options"]
        if item["code"] in options
    ]
    write_items(RewardOption, offered, merchant=merchant)
    RewardOption.objects.filter(merchant=merchant, code__in=plan.retired("reward_options")).update(is_active=False)
    RewardType.objects.filter(merchant=merchant, code__in=plan.retired("reward_types")).update(is_active=False)


def _type_columns(item: dict[str, Any], currency: str) -> dict[str, Any]:
    value = item["discount_value"]
    is_money = item["discount_type"] == DiscountType.FIXED
    return {**item, "discount_value": minor_units(value, currency) if is_money else value}
