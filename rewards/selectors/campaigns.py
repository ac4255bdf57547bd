"""The campaigns in force, read once and kept until they change."""

from datetime import datetime
from typing import NamedTuple

from config.lib.errors import NotFound
from referrals.selectors import as_uuid
from rewards.engine.campaigns.definition import Campaign as Terms
from rewards.engine.campaigns.definition import parse_campaign
from rewards.models.campaigns import Campaign

_kept: dict[int, tuple[datetime, Terms]] = {}


class InForce(NamedTuple):
    """A campaign that is in force, and how many points are left of its budget; None: it has none."""

    campaign: Terms
    left: int | None


def campaigns_in_force(merchant_id: int, *, locked: bool = False) -> list[InForce]:
    """The active campaigns of a merchant, whether they run now or not, in the order of their codes.

    :param locked: whether to hold them until the transaction ends, in the order of their ids: then what is left stays.
    """
    rows = Campaign.objects.filter(merchant=merchant_id, is_active=True).order_by("id")
    if locked:
        rows = rows.select_for_update(no_key=True)
    found = [InForce(read_terms(row), None if row.budget is None else row.budget - row.given) for row in rows]
    return sorted(found, key=lambda each: each.campaign.code)


def read_terms(row: Campaign) -> Terms:
    """What a campaign says; it is parsed again when the row has changed."""
    changed_at, terms = _kept.get(row.pk, (None, None))
    if terms is None or changed_at != row.updated_at:
        terms = Terms(row.pk, row.code, parse_campaign(row.definition))
        _kept[row.pk] = (row.updated_at, terms)
    return terms


def get_campaign(*, merchant_id: int, reference: str) -> Campaign:
    """The campaign with this code, or else this id of ours; one that is no longer active as well.

    :raises NotFound: if the merchant has no such campaign.
    """
    known = Campaign.objects.filter(merchant=merchant_id)
    campaign = known.filter(code=reference).first()
    if campaign is None and (uuid := as_uuid(reference)):
        campaign = known.filter(uuid=uuid).first()
    if campaign is None:
        raise NotFound("There is no such campaign.")
    return campaign
