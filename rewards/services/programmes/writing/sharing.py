"""Writing what customers share: destinations, which are closed and never go, and the words of messages."""

from referrals.models.destinations import Destination
from referrals.models.merchants import Merchant
from referrals.models.messages import ShareMessage
from rewards.services.programmes.full_form import Programme
from rewards.services.programmes.plan import Plan
from rewards.services.programmes.writing.items import write_items


def write_sharing(merchant: Merchant, programme: Programme, plan: Plan) -> None:
    """Write the destinations and messages, as far as the plan says that they change."""
    destinations, messages = plan.of("destinations"), plan.of("messages")
    changed = [item for item in programme["destinations"] or () if item["slug"] in destinations]
    write_items(Destination, changed, key="slug", merchant=merchant)
    said = [item for item in programme["messages"] or () if item["channel"] in messages]
    write_items(ShareMessage, said, key="channel", merchant=merchant)
    Destination.objects.filter(merchant=merchant, slug__in=plan.retired("destinations")).update(is_open=False)
    ShareMessage.objects.filter(merchant=merchant, channel__in=plan.retired("messages")).delete()
