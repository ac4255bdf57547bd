"""Planning and applying a programme: one transaction, under the lock on the merchant.

The lock makes a second application wait, and then find what the first one did. Intake and evaluation go on: they
refer to the merchant, and this lock allows that.
"""

from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from config.lib.errors import DomainError
from credits.services.realigning import realign_tiers
from referrals.models.merchants import Merchant
from rewards.models.policies import Policy
from rewards.services.programmes.amounts import minor_units
from rewards.services.programmes.full_form import REFERRAL_TERMS, Programme
from rewards.services.programmes.losses import foreign_domain, losses
from rewards.services.programmes.plan import Plan, compare
from rewards.services.programmes.stored import stored_programme
from rewards.services.programmes.writing.campaigns import write_campaigns
from rewards.services.programmes.writing.catalog import write_catalog
from rewards.services.programmes.writing.credits import write_credits
from rewards.services.programmes.writing.dealings import write_dealings
from rewards.services.programmes.writing.experiments import write_experiments
from rewards.services.programmes.writing.policies import write_policies
from rewards.services.programmes.writing.sharing import write_sharing


class ProgrammeRefused(DomainError):
    """A programme may not lose data."""

    code = "programme_refused"


def plan_programme(*, programme: Programme) -> Plan:
    """What applying a programme would do now. Nothing is changed.

    :param programme: in its full form, as `read_programme` returns it.
    """
    slug = programme["merchant"]["slug"]
    merchant = Merchant.objects.filter(slug=slug).first()
    plan = Plan(slug, compare(stored_programme(merchant) if merchant else None, programme))
    lost = losses(merchant, plan, programme) if merchant else ()
    return replace(plan, refusals=(*foreign_domain(programme), *lost))


def apply_programme(*, programme: Programme, now: datetime) -> Plan:
    """Make the database say what a programme says; the same again changes nothing.

    What the programme no longer names goes: policies are retired, reward types and options become inactive,
    destinations are closed, tiers are deleted if nobody was ever in them, and experiments if they have not begun. A
    policy that says something else gets a new version. Who reaches a higher tier by the new terms rises at once, and
    nobody falls before a review.

    :param programme: in its full form, as `read_programme` returns it.
    :returns: what was done.
    :raises ProgrammeRefused: if data would be lost, or if somebody else changed something in the way at the same
        moment; then nothing is done.
    """
    try:
        with transaction.atomic():
            merchant, plan = _apply(programme, now)
    except IntegrityError as error:
        raise ProgrammeRefused(f"The database refused it; plan it again. {error}") from error
    # Not under the lock on policies: an evaluation that waits for it has locked accounts.
    realign_tiers(merchant=merchant, now=now)
    return plan


def _apply(programme: Programme, now: datetime) -> tuple[Merchant, Plan]:
    slug = programme["merchant"]["slug"]
    _refuse(tuple(foreign_domain(programme)))
    _, is_new = Merchant.objects.get_or_create(slug=slug, defaults=_merchant_columns(programme))
    merchant = Merchant.objects.select_for_update(no_key=True).get(slug=slug)
    # A version refers to its policy, so whoever else publishes one comes before the comparison or after the end.
    list(Policy.objects.select_for_update().filter(merchant=merchant).order_by("id"))
    plan = Plan(slug, compare(None if is_new else stored_programme(merchant), programme))
    _refuse(tuple(losses(merchant, plan, programme)))
    _write(merchant, programme, plan, now)
    return merchant, plan


def _refuse(reasons: tuple[str, ...]) -> None:
    if reasons:
        raise ProgrammeRefused("\n".join(reasons))


def _write(merchant: Merchant, programme: Programme, plan: Plan, now: datetime) -> None:
    if plan.of("merchant") or plan.of("referrals"):
        Merchant.objects.filter(pk=merchant.pk).update(**_merchant_columns(programme))
    write_sharing(merchant, programme, plan)
    write_credits(merchant, programme, plan, now)
    write_dealings(merchant, programme, plan)
    write_catalog(merchant, programme, plan)
    write_campaigns(merchant, programme, plan)
    write_policies(merchant, programme, plan, now)
    write_experiments(merchant, programme, plan)


def _merchant_columns(programme: Programme) -> dict[str, Any]:
    merchant, referrals = programme["merchant"], programme["referrals"]
    terms = {column: referrals[key] for key, column in REFERRAL_TERMS.items()}
    minimum = minor_units(referrals["minimum_purchase"], merchant["currency"])
    return {**merchant, **terms, "minimum_qualifying_purchase": minimum}
