"""Writing what customers share: destinations, which are closed and never go, and the words of messages."""

from referrals.models.destinations import Destination
from referrals.models.merchants import Merchant
from referrals.models.messages import ShareMessage
from rewards.services.programmes.full_form import Programme
from rewards.services.programmes.plan import Plan


def write_sharing(merchant: Merchant, programme: Programme, plan: Plan) -> None:
    """Write the destinations and messages, as far as the plan says that they change."""
    destinations, messages = plan.of("destinations"), plan.of("messages")
    for item in programme["destinations"] or ():
        if item["slug"] in destinations:
            Destination.objects.update_or_create(merchant=merchant, slug=item["slug"], defaults=item)
    for item in programme["messages"] or ():
        if item["channel"] in messages:
            ShareMessage.objects.update_or_create(merchant=merchant, channel=item["channel"], defaults=item)
    Destination.objects.filter(merchant=merchant, slug__in=plan.retired("destinations")).update(is_open=False)
    ShareMessage.objects.filter(merchant=merchant, channel__in=plan.retired("messages")).delete()
