"""Writing segments, badges and campaigns; what goes becomes inactive, because customers have a part in it."""

from referrals.models.merchants import Merchant
from rewards.models.badges import Badge
from rewards.models.campaigns import Campaign
from rewards.models.segments import Segment, SegmentMember
from rewards.services.programmes.full_form import Programme
from rewards.services.programmes.plan import Plan
from rewards.services.programmes.writing.items import write_items

_NOUNS: dict[str, type[Segment | Badge | Campaign]] = {"segments": Segment, "badges": Badge, "campaigns": Campaign}


def write_campaigns(merchant: Merchant, programme: Programme, plan: Plan) -> None:
    """Write the segments, badges and campaigns, as far as the plan says that they change."""
    for section, noun in _NOUNS.items():
        changes = plan.of(section)
        write_items(noun, [item for item in programme[section] if item["code"] in changes], merchant=merchant)
        gone = noun._default_manager.filter(merchant=merchant, code__in=plan.retired(section))
        gone.update(is_active=False)
    for code, change in plan.of("segments").items():
        # Who met another condition, or was listed, is not in it until that is worked out or listed anew.
        if change.concerns("condition"):
            SegmentMember.objects.filter(segment__merchant=merchant, segment__code=code).delete()
