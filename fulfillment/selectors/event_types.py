"""What merchants' systems can be told: every type of event, and what happened."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

EVERYTHING = "*"
TEST = "webhook.test"
CUSTOM = "custom."

EVENT_TYPES: Mapping[str, str] = MappingProxyType(
    {
        "points.earned": "Points were earned.",
        "points.redeemed": "Points were spent.",
        "points.expired": "Points lapsed.",
        "points.reversed": "Points were taken back, because their cause was.",
        "points.restored": "Spent points came back, because what they paid for was undone.",
        "points.adjusted": "Points were corrected.",
        "points.transferred": "Points were given to, or received from, another customer.",
        "points.held": "Points were put aside.",
        "points.released": "Points that had been put aside are free again.",
        "points.confirmed": "What points had waited for has come; those that are pending wait for days besides.",
        "points.expiring": "Points will lapse.",
        "tier.changed": "A customer came into another tier.",
        "tier.kept": "A customer keeps their tier after a review.",
        "tier.expiring": "A customer will lose their tier.",
        "tier.locked": "A tier was given by hand.",
        "grant.issued": "A reward was granted.",
        "grant.revoked": "A granted reward was taken back.",
        "referral.joined": "A friend joined.",
        "referral.completed": "A friend's first purchase qualified the referral.",
        "referral.rewarded": "A referral was rewarded.",
        "referral.reversed": "A referral was undone.",
        "customer.data_requested": "A customer asked what is known of them: export it, and send it to them.",
        "customer.erased": "A customer was erased; forget them too.",
        "badge.awarded": "A badge was awarded.",
        "badge.revoked": "A badge was taken back.",
        "campaign.started": "A campaign began.",
        "campaign.completed": "A customer reached what a campaign asks for.",
        "redemption.pending": "A customer asked for a reward.",
        "redemption.approved": "A redemption was approved.",
        "redemption.rejected": "A redemption was rejected.",
        "redemption.cancelled": "A redemption was cancelled.",
        "redemption.fulfilled": "A redemption was fulfilled; what is sent by post is on its way.",
        "redemption.delivered": "A parcel arrived.",
        "redemption.assigned": "A technician was given a job.",
        "redemption.declined": "A technician declined a job.",
        "redemption.failed": "A technician could not do a job.",
        "appointment.booked": "An appointment was booked.",
        "appointment.due": "An appointment is near.",
        "appointment.missed": "A customer did not come to an appointment.",
    }
)


def unknown_events(selection: Iterable[str]) -> list[str]:
    """What of a selection of types, groups (`points.*`) and `*` is none; policies name events under `custom.`."""
    known = {EVERYTHING, *EVENT_TYPES, *(f"{type_.partition('.')[0]}.*" for type_ in EVENT_TYPES)}
    return [each for each in selection if each not in known and not each.startswith(CUSTOM)]
