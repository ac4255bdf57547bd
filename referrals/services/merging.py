"""Two customers turn out to be one person: what the ground floor moves; `rewards.services.merging` does all of it."""

from datetime import datetime

from django.db.models import Exists, Max, OuterRef

from config.lib.errors import DomainError
from referrals.models.aliases import LeaderboardAlias
from referrals.models.codes import ReferralCode
from referrals.models.customers import Customer, CustomerAlias
from referrals.models.events import Event
from referrals.models.invitations import Invitation
from referrals.models.referrals import Referral
from referrals.models.risk import CustomerTrace
from referrals.models.sign_ups import StoredTouch
from referrals.services.events import NewEvent, record_events

MERGED = "customer.merged"
PERSONAL = ("name", "phone", "phone_hash", "birthday", "birthday_changed_at", "user")
MAIL = ("email", "email_hash", "mailbox_hash", "email_verified_at")


class MergeWithOneself(DomainError):
    """A customer can be merged with another customer only."""

    code = "merge_with_oneself"


class MergeTheOtherWay(DomainError):
    """The customer who is to go brought the one who is to stay: nobody refers themselves, so let the other one stay."""

    code = "merge_the_other_way"


class NobodyToMerge(DomainError):
    """A customer who was erased, or merged into somebody else, is nobody any more."""

    code = "nobody_to_merge"


def check_pair(*, survivor: Customer, merged: Customer) -> None:
    """Refuse to merge two who cannot be.

    :raises MergeWithOneself: if they are one already.
    :raises NobodyToMerge: if one of them was erased.
    :raises MergeTheOtherWay: if the one who goes brought the one who stays.
    """
    if survivor.pk == merged.pk:
        raise MergeWithOneself
    if survivor.erased_at or merged.erased_at:
        raise NobodyToMerge
    if Referral.objects.filter(referrer=merged, referee=survivor).exists():
        raise MergeTheOtherWay


def lock_pair(*, survivor_id: int, merged_id: int) -> tuple[Customer, Customer] | None:
    """Lock two customers, and those merged into the second; None if somebody holds one, who is not waited for."""
    whole = Customer.objects.filter(merged_into=merged_id).values_list("pk", flat=True)
    ids = {survivor_id, merged_id, *whole}
    locked = {each.pk: each for each in Customer.objects.select_for_update(skip_locked=True).filter(pk__in=ids)}
    return (locked[survivor_id], locked[merged_id]) if len(locked) == len(ids) else None


def move_friends(*, survivor: Customer, merged: Customer, now: datetime) -> None:
    """Let those whom the one brought, and who come by their codes from now on, be brought by the other.

    What both cannot have goes: a second main code becomes a further one, one that was for the survivor alone ends, and
    of two names on the leaderboard the survivor's stays.
    The survivor's own referrer stays as they are; who brought the other stays on record, and gains nothing more.
    """
    codes = ReferralCode.objects.filter(customer=merged)
    codes.filter(friend=survivor, retired_at=None).update(retired_at=now)
    if ReferralCode.objects.filter(customer=survivor, retired_at=None, is_main=True).exists():
        codes.filter(retired_at=None, is_main=True).update(is_main=False)
    codes.exclude(friend=survivor).update(customer=survivor)
    ReferralCode.objects.filter(friend=merged).exclude(customer=survivor).update(friend=survivor)
    Referral.objects.filter(referrer=merged).update(referrer=survivor)
    Invitation.objects.filter(referrer=merged).update(referrer=survivor)
    aliases = LeaderboardAlias.objects.filter(customer=merged)
    if not LeaderboardAlias.objects.filter(customer=survivor).exists():
        aliases.update(customer=survivor)
    aliases.delete()
    StoredTouch.objects.filter(customer=merged).delete()
    known = CustomerTrace.objects.filter(customer=survivor, kind=OuterRef("kind"), trace_hash=OuterRef("trace_hash"))
    CustomerTrace.objects.filter(~Exists(known), customer=merged).update(customer=survivor)
    CustomerTrace.objects.filter(customer=merged).delete()


def move_identity(*, survivor: Customer, merged: Customer, now: datetime) -> None:
    """Give the locked survivor the ids of the other, and what was not known of them; the other keeps nothing."""
    external_id = merged.external_id
    given = {name: getattr(merged, name) for name in PERSONAL if not getattr(survivor, name)}
    if not survivor.email:
        given |= {name: getattr(merged, name) for name in MAIL}
    elif survivor.email_hash == merged.email_hash:
        given["email_verified_at"] = survivor.email_verified_at or merged.email_verified_at
    merged.external_id = merged.user = merged.birthday = merged.birthday_changed_at = None
    merged.email_hash = merged.mailbox_hash = merged.phone_hash = merged.email_verified_at = None
    merged.name = merged.email = merged.phone = ""
    merged.merged_into, merged.merged_at = survivor, now
    merged.save()
    Customer.objects.filter(merged_into=merged).update(merged_into=survivor)
    CustomerAlias.objects.filter(customer=merged).update(customer=survivor)
    if external_id and survivor.external_id:
        CustomerAlias.objects.create(
            merchant_id=survivor.merchant_id, external_id=external_id, customer=survivor, created_at=now
        )
    survivor.external_id = survivor.external_id or external_id
    for name, value in given.items():
        setattr(survivor, name, value)
    survivor.save()
    last = Event.objects.filter(subject_id=merged.pk, subject_type="customer").aggregate(last=Max("sequence"))["last"]
    payload = {"customer": str(merged.uuid), "into": str(survivor.uuid)}
    told = NewEvent(MERGED, "customer", merged.pk, (last or 0) + 1, payload)
    record_events(merchant_id=survivor.merchant_id, events=[told], now=now)
