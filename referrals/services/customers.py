"""Becoming known to a merchant: finding the customer whom an event names, or making one."""

from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from uuid import UUID

import msgspec
from django.db import IntegrityError, transaction
from django.db.models import F, Q

from config.lib.encryption import lookup_hash
from config.lib.errors import DomainError
from config.lib.ids import uuid7
from config.lib.mailboxes import mailbox_hash
from config.lib.prepared import execute_prepared
from referrals.models.customers import Customer
from referrals.models.merchants import Merchant
from referrals.models.users import User

BETWEEN_BIRTHDAYS = timedelta(days=365)
_DIRECTION_MARKS = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])


class Identity(msgspec.Struct, frozen=True):
    """How another system names a customer: its own id, and what else it tells."""

    external_id: str
    email: str = ""
    name: str = ""
    birthday: date | None = None
    shows_first_name: bool | None = None
    phone: str = ""


class CustomerConflict(DomainError):
    """This customer is already known with another e-mail."""

    code = "customer_conflict"


class BirthdayConflict(DomainError):
    """This customer's birthday was changed less than a year ago."""

    code = "birthday_conflict"


def find_or_create_customers(*, merchant: Merchant, identities: Collection[Identity], now: datetime) -> dict[str, int]:
    """The customers whom these identities name, made where they are missing.

    The customer with that id; else the one without an id whose verified e-mail it is, who is given the id;
    else a new one.

    :returns: internal ids by external id.
    """
    wanted = {identity.external_id: identity for identity in identities}
    found = _by_external_id(merchant, wanted)
    missing = {key: identity for key, identity in wanted.items() if key not in found}
    if missing:
        _make_known(merchant, missing, now)
        found |= _by_external_id(merchant, missing)
    return found


def register_customer(*, merchant: Merchant, identity: Identity, now: datetime) -> tuple[Customer, bool]:
    """Make a customer known, or complete what is known of one.

    :returns: the customer, and whether they were new to the merchant.
    :raises CustomerConflict: if they are known with another e-mail; changing it is not a registration.
    :raises BirthdayConflict: if another birthday is told again within a year of the last change.
    """
    with transaction.atomic():
        wanted = {identity.external_id: identity}
        goes_by = Q(external_id=identity.external_id) | Q(aliases__external_id=identity.external_id)
        ids = Customer.objects.filter(goes_by, merchant=merchant).values("pk")
        # Whoever is erased while we wait for the row is not found: it is looked at again when it is locked.
        known = Customer.objects.select_for_update().filter(pk__in=ids, erased_at=None)
        made: set[UUID] = set()
        if (customer := known.first()) is None:
            made = _make_known(merchant, wanted, now)
            customer = known.get()
        email_hash = lookup_hash(identity.email)
        is_alias = customer.external_id != identity.external_id  # Whoever was merged had an e-mail of their own.
        if customer.email and email_hash and not is_alias and bytes(customer.email_hash or b"") != email_hash:
            raise CustomerConflict
        if not customer.email and identity.email:
            customer.email, customer.email_hash = identity.email, email_hash
            customer.mailbox_hash = mailbox_hash(identity.email)
        if not customer.phone and identity.phone:
            customer.phone, customer.phone_hash = identity.phone, lookup_hash(identity.phone)
        customer.name = customer.name or legible_name(identity.name)
        if identity.birthday is not None:
            set_birthday(customer, identity.birthday, now)
        if identity.shows_first_name is not None:
            customer.shows_first_name = identity.shows_first_name
        customer.save(
            update_fields=[
                "email", "email_hash", "mailbox_hash", "phone", "phone_hash", "name", "birthday",
                "birthday_changed_at", "shows_first_name",
            ]
        )  # fmt: skip
    return customer, customer.uuid in made


def attach_login(
    *, merchant: Merchant, user: User, name: str, shows_first_name: bool, now: datetime
) -> tuple[Customer, bool]:
    """Make whoever signs in a customer of a merchant; their e-mail must have been verified.

    They are the customer that this login had; else one without a login whom the merchant told of with that e-mail,
    whom it verified before others; else a new one.

    :returns: the customer, and whether they were new to the merchant.
    """
    with transaction.atomic():
        User.objects.select_for_update().get(pk=user.pk)  # Of two who join at once, the second finds the first.
        known = Customer.objects.select_for_update().filter(merchant=merchant)
        by_email = known.filter(user=None, email_hash=lookup_hash(user.email))
        told_of = by_email.order_by(F("email_verified_at").asc(nulls_last=True), "id")
        customer = known.filter(user=user).first() or told_of.first()
        is_new = customer is None
        if customer is None:
            hashes = {"email_hash": lookup_hash(user.email), "mailbox_hash": mailbox_hash(user.email)}
            customer = Customer(merchant=merchant, email=user.email, created_at=now, **hashes)
        customer.user = user
        customer.name = customer.name or legible_name(name)
        customer.shows_first_name = customer.shows_first_name or shows_first_name
        customer.save()
    return customer, is_new


def set_birthday(customer: Customer, birthday: date, now: datetime) -> None:
    """Note a birthday; a slip of the pen can be put right, but nobody has one birthday after the other.

    :param customer: locked; saving them is the caller's to do.
    :raises BirthdayConflict: if another one is told again within a year of the last change.
    """
    if customer.birthday not in {None, birthday}:
        if customer.birthday_changed_at is not None and now < customer.birthday_changed_at + BETWEEN_BIRTHDAYS:
            raise BirthdayConflict
        customer.birthday_changed_at = now
    customer.birthday = birthday


def legible_name(name: str) -> str:
    """A name without the invisible characters that turn the direction of the text around it."""
    return name.translate(_DIRECTION_MARKS).strip()


def _by_external_id(merchant: Merchant, wanted: Mapping[str, Identity]) -> dict[str, int]:
    rows = execute_prepared(
        "SELECT external_id, id FROM referrals_customer WHERE merchant_id = %s AND external_id = ANY(%s)"
        " UNION ALL SELECT external_id, customer_id FROM referrals_customeralias"
        " WHERE merchant_id = %s AND external_id = ANY(%s)",
        [merchant.pk, list(wanted)] * 2,
    )
    return dict(rows)


def _link_by_verified_email(merchant: Merchant, missing: Mapping[str, Identity]) -> None:
    by_hash = {lookup_hash(identity.email): identity for identity in missing.values() if identity.email}
    if not by_hash:
        return
    unlinked = Customer.objects.filter(
        merchant=merchant, external_id=None, email_verified_at__isnull=False, email_hash__in=list(by_hash)
    )
    for customer in unlinked.order_by("id"):
        identity = by_hash.pop(bytes(customer.email_hash or b""), None)
        if identity is None:
            continue
        try:
            with transaction.atomic():
                Customer.objects.filter(pk=customer.pk, external_id=None).update(external_id=identity.external_id)
        except IntegrityError:
            continue  # Someone else registered this id in the meantime, and that customer has it.


def _make_known(merchant: Merchant, missing: Mapping[str, Identity], now: datetime) -> set[UUID]:
    """Give the missing ids to customers; the uuids of the new ones, in vain for those whom a twin made first."""
    _link_by_verified_email(merchant, missing)
    # In the order of ids, so that two intakes which make the same customers wait for each other and never cross.
    made = Customer.objects.bulk_create(
        [
            Customer(
                uuid=uuid7(),
                merchant=merchant,
                external_id=key,
                name=legible_name(missing[key].name),
                email=missing[key].email,
                email_hash=lookup_hash(missing[key].email),
                mailbox_hash=mailbox_hash(missing[key].email),
                phone=missing[key].phone,
                phone_hash=lookup_hash(missing[key].phone),
                created_at=now,
            )
            for key in sorted(missing)
        ],
        ignore_conflicts=True,
    )
    return {customer.uuid for customer in made}
