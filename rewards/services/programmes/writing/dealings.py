"""Writing how a programme deals: the checkout's terms, and partners, who become inactive when they go."""

from referrals.models.merchants import Merchant
from rewards.models.partners import Partner
from rewards.models.sessions import CheckoutTerms
from rewards.services.programmes.full_form import Programme
from rewards.services.programmes.plan import Plan
from rewards.services.programmes.writing.items import write_items


def write_dealings(merchant: Merchant, programme: Programme, plan: Plan) -> None:
    """Write the checkout's terms and the partners, as far as the plan says that they change."""
    if plan.of("checkout"):
        CheckoutTerms.objects.update_or_create(merchant=merchant, defaults=programme["checkout"])
    changes = plan.of("partners")
    write_items(Partner, [item for item in programme["partners"] if item["code"] in changes], merchant=merchant)
    Partner.objects.filter(merchant=merchant, code__in=plan.retired("partners")).update(is_active=False)
