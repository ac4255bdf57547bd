"""Registration: a customer becomes known to a merchant, perhaps brought by a friend.

The first registration of a customer is an activity, account_creation: also of one who was known by a purchase before.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from referrals.models.activities import ACCOUNT_CREATION, OURSELVES
from referrals.models.customers import Customer
from referrals.models.merchants import Merchant
from referrals.models.referrals import AttributionMethod
from referrals.models.sign_ups import SignUp
from referrals.models.users import User
from referrals.selectors import find_link
from referrals.services.attribution import join_referrals, lock_referrals
from referrals.services.codes import normalise_code
from referrals.services.customers import Identity, attach_login, register_customer
from referrals.services.touches import Touch, claim_by, stored_touches
from referrals.services.traces import NOWHERE, Presence, record_traces
from rewards.services.activities import NewActivity, record_activities
from rewards.services.confirmations import admit_referral, confirm_email


@dataclass(frozen=True, slots=True)
class Enrolment:
    """A registration, as it turned out.

    `refused` is the code of the reason why the referral code was not accepted, empty if it was or none came;
    `has_work` says that something waits to be evaluated.
    """

    customer: Customer
    is_new: bool
    is_referred: bool
    refused: str
    has_work: bool


def enrol_customer(
    *,
    merchant: Merchant,
    identity: Identity,
    referral_code: str,
    referral_link: UUID | None = None,
    now: datetime,
    email_is_verified: bool = False,
    presence: Presence = NOWHERE,
) -> Enrolment:
    """Register a customer; with a code, join them to the friend who brought them and leave that to be evaluated.

    Whoever has bought something is no new customer, and their code is refused; the registration stands either way.
    The same call again changes nothing.

    :param referral_code: as it was typed; empty for none.
    :param referral_link: the link that they followed; without a code, the code is that of the link.
    :param email_is_verified: whoever registers them has verified the e-mail.
    :param presence: from where they register, as far as is known; only hashes are kept.
    :raises CustomerConflict: if the customer is known with another e-mail.
    :raises BirthdayConflict: if their birthday was changed less than a year ago.
    """
    with transaction.atomic():
        customer, is_new = register_customer(merchant=merchant, identity=identity, now=now)
        record_traces(merchant_id=merchant.pk, traces=presence.traces_of(customer.pk), now=now)
        touch = read_touch(merchant=merchant, typed=referral_code, link=referral_link, now=now)
        return _welcome(customer, touch, now, is_new=is_new, email_is_verified=email_is_verified)


def enrol_person(
    *,
    merchant: Merchant,
    user: User,
    name: str,
    shows_first_name: bool,
    touch: Touch | None,
    presence: Presence,
    now: datetime,
) -> Enrolment:
    """Let somebody who signs in, with an e-mail that they have verified, join a merchant, as `enrol_customer` does.

    If the merchant told of them by that e-mail already, they are that customer.

    :param touch: what brought them, if anything did.
    :param presence: by what device and from where.
    """
    with transaction.atomic():
        customer, is_new = attach_login(
            merchant=merchant, user=user, name=name, shows_first_name=shows_first_name, now=now
        )
        SignUp.objects.filter(merchant=merchant, user=user).delete()
        record_traces(merchant_id=merchant.pk, traces=presence.traces_of(customer.pk), now=now)
        return _welcome(customer, touch, now, is_new=is_new, email_is_verified=True)


def claim_code(*, customer: Customer, typed: str, presence: Presence, now: datetime) -> Enrolment:
    """Let a customer say by whose code they came, as if they had said so when they registered.

    The first purchase ends that, and a friend who was named stays. The same code again changes nothing.

    :param typed: the code, as it was typed.
    :param presence: by what device and from where.
    """
    with transaction.atomic():
        held = Customer.objects.select_for_update(of=("self",)).select_related("merchant").get(pk=customer.pk)
        record_traces(merchant_id=held.merchant_id, traces=presence.traces_of(held.pk), now=now)
        touch = read_touch(merchant=held.merchant, typed=typed, link=None, now=now)
        return _welcome(held, touch, now, is_new=False, email_is_verified=False)


def read_touch(*, merchant: Merchant, typed: str, link: UUID | None, now: datetime) -> Touch | None:
    """What brings somebody who tells a code, or the link that they followed, or both."""
    code = normalise_code(typed)
    followed = find_link(merchant=merchant, uuid=link, code=code) if link else None
    if typed:
        return Touch(AttributionMethod.TYPED, code, now, followed.pk if followed else None)
    return Touch(AttributionMethod.LINK, followed.code.code, now, followed.pk) if followed else None


def _remembered(customer: Customer, now: datetime) -> Touch | None:
    decisive = customer.merchant.decisive_touch
    return stored_touches(customer_ids=[customer.pk], decisive=decisive, now=now).get(customer.pk)


def _welcome(
    customer: Customer, brought: Touch | None, now: datetime, *, is_new: bool, email_is_verified: bool
) -> Enrolment:
    merchant = customer.merchant
    touch = brought or _remembered(customer, now)
    claimed = [touch.code] if touch and touch.code else []
    referrals = lock_referrals(merchant_id=merchant.pk, referee_ids=[customer.pk], claimed=claimed)
    refused: dict[int, str] = {}
    if touch is not None:
        is_proven = email_is_verified or customer.email_verified_at or not merchant.friends_verify_email
        refused = join_referrals(
            merchant_id=merchant.pk,
            claims=[claim_by(touch, key=customer.pk, referee_id=customer.pk, at=now)],
            referrals=referrals,
            now=now,
            unproven=() if is_proven else [customer.pk],
        )
    referral = referrals.get(customer.pk)
    if referral is not None and referral.is_new:
        admit_referral(merchant=merchant, referral=referral, now=now)
    creation = NewActivity(f"{ACCOUNT_CREATION}:{customer.uuid}", customer.pk, ACCOUNT_CREATION, now)
    created = record_activities(merchant_id=merchant.pk, source=OURSELVES, activities=[creation], now=now)
    if email_is_verified and customer.email:
        confirm_email(customer=customer, now=now)
    joined_now = referral is not None and referral.joined_now
    return Enrolment(
        customer,
        is_new,
        referral is not None,
        refused.get(customer.pk, "") if brought else "",
        has_work=bool(created) or joined_now,
    )
