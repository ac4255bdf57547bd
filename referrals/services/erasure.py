"""What the ground floor knows of a person, and how it is forgotten; `rewards.services.erasure` does all of it."""

from collections.abc import Collection
from contextlib import suppress
from datetime import datetime

import msgspec
from django.contrib.admin.models import LogEntry
from django.contrib.auth import SESSION_KEY
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.db import connection, transaction
from django.db.models import Max, Model, ProtectedError, Q
from django.utils.translation import gettext as _

from config.lib.errors import NotFound
from config.lib.prepared import execute_prepared
from referrals.models.aliases import LeaderboardAlias
from referrals.models.codes import ReferralCode
from referrals.models.customers import Customer, CustomerAlias
from referrals.models.events import Event
from referrals.models.risk import CustomerTrace, RiskDecision
from referrals.models.sign_ups import SignUp, StoredTouch
from referrals.models.users import User
from referrals.services.codes import new_code
from referrals.services.events import NewEvent, record_events
from referrals.services.invitations import forget_invitations_of

ERASED = "customer.erased"


def hold_customers(*, customers: Collection[Customer]) -> None:
    """Hold customers as they were read: until the transaction ends nobody erases or merges them.

    :raises NotFound: if one was erased, or merged into another, after they were read.
    """
    rows = execute_prepared(
        "SELECT id, erased_at, merged_into_id FROM referrals_customer WHERE id = ANY(%s) ORDER BY id FOR KEY SHARE",
        [[customer.pk for customer in customers]],
    )
    if set(rows) != {(customer.pk, customer.erased_at, customer.merged_into_id) for customer in customers}:
        raise NotFound(_("There is no such customer."))


def lock_person(*, customer_id: int) -> Customer | None:
    """Lock a customer against everything that refers to them; None if somebody holds them, who is not waited for."""
    return Customer.objects.select_for_update(skip_locked=True).filter(pk=customer_id).first()


def merged_into(*, customer_id: int) -> list[int]:
    """The customers who were merged into this one: what is left of them is this person's."""
    return list(Customer.objects.filter(merged_into=customer_id).order_by("pk").values_list("pk", flat=True))


def names_of(customer: Customer) -> list[str]:
    """What other systems call a customer, or called those who were merged into them."""
    aliases = CustomerAlias.objects.filter(customer=customer).values_list("external_id", flat=True)
    uuids = Customer.objects.filter(merged_into=customer).values_list("uuid", flat=True)
    return [name for name in (customer.external_id, str(customer.uuid), *aliases, *map(str, uuids)) if name]


def forget_identity(*, customer: Customer, now: datetime) -> None:
    """Take away everything that names a locked customer: their data, codes, stored answers, and login.

    The merchant's id goes too, so ours is all that is left; who is told of under the old one later is a new customer.
    """
    names, user = names_of(customer), customer.user
    _forget_codes(customer, now)
    forget_invitations_of(customer=customer)
    LeaderboardAlias.objects.filter(customer=customer).delete()
    CustomerAlias.objects.filter(customer=customer).delete()
    StoredTouch.objects.filter(customer=customer).delete()
    SignUp.objects.filter(merchant=customer.merchant_id, user=user).delete()
    customer.external_id = customer.user = customer.birthday = customer.birthday_changed_at = None
    customer.email_hash = customer.mailbox_hash = customer.phone_hash = customer.email_verified_at = None
    customer.name = customer.email = customer.phone = ""
    customer.shows_first_name = False
    customer.erased_at = now
    customer.save()
    CustomerTrace.objects.filter(customer=customer).delete()
    notes = RiskDecision.objects.filter(Q(referral__referee=customer) | Q(referral__referrer=customer))
    notes.exclude(note="").update(note="")
    _rename_in_history(customer)
    _forget_replies(customer.merchant_id, names)
    if user is not None:
        _forget_login(user)
    last = Event.objects.filter(subject_id=customer.pk, subject_type="customer").aggregate(last=Max("sequence"))["last"]
    told = NewEvent(ERASED, "customer", customer.pk, (last or 0) + 1, {"customer": str(customer.uuid)})
    record_events(merchant_id=customer.merchant_id, events=[told], now=now)


def _forget_codes(customer: Customer, now: datetime) -> None:
    """End a customer's codes; one that was chosen may be a name, so another takes its place.

    A code for this very friend stays theirs, without the hash of their e-mail.
    """
    codes = ReferralCode.objects.filter(customer__in=[customer.pk, *merged_into(customer_id=customer.pk)])
    codes.filter(retired_at=None).update(retired_at=now)
    for chosen in codes.exclude(shown_as=""):
        chosen.code, chosen.shown_as = new_code(), ""
        chosen.save(update_fields=["code", "shown_as"])
    if customer.email_hash is not None:
        theirs = ReferralCode.objects.filter(merchant=customer.merchant_id, friend_email_hash=customer.email_hash)
        theirs.exclude(customer=customer).update(friend=customer, friend_email_hash=None)


def _rename_in_history(row: Model) -> None:
    """The history of staff's acts keeps what a row was called; now it is called otherwise."""
    kept = LogEntry.objects.filter(content_type=ContentType.objects.get_for_model(row), object_id=str(row.pk))
    kept.update(object_repr=f"{row._meta.verbose_name} {row.pk}")


def _forget_replies(merchant_id: int, names: Collection[str]) -> None:
    """Delete the stored answers that speak of somebody; each of them says of whom."""
    with connection.cursor() as cursor:
        for name in names:
            cursor.execute(
                """
                DELETE FROM referrals_idempotencyrecord
                WHERE api_key_id IN (SELECT id FROM referrals_apikey WHERE merchant_id = %s)
                    AND position(%s::bytea IN body) > 0
                """,
                [merchant_id, msgspec.json.encode(name)],
            )


def _forget_login(user: User) -> None:
    """Delete a login with its addresses and sessions, unless it is more than this customer's.

    It stays for a customer of another merchant, for staff, and where something was signed with it.
    """
    is_staff = user.is_staff or user.merchants.exists() or LogEntry.objects.filter(user=user).exists()
    if is_staff or Customer.objects.filter(user=user).exists():
        return
    sessions = [session.pk for session in Session.objects.iterator() if _is_of(session, user)]
    with suppress(ProtectedError), transaction.atomic():
        _rename_in_history(user)
        user.delete()
        Session.objects.filter(pk__in=sessions).delete()


def _is_of(session: Session, user: User) -> bool:
    return bool(session.get_decoded().get(SESSION_KEY) == str(user.pk))
