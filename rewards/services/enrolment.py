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
from referrals.selectors import find_link
from referrals.services.attribution import join_referrals, lock_referrals
from referrals.services.claims import Claim
from referrals.services.codes import normalise_code
from referrals.services.customers import Identity, register_customer
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
        code = normalise_code(referral_code)
        link = find_link(merchant=merchant, uuid=referral_link, code=code) if referral_link else None
        if link is not None and not referral_code:
            code = link.code.code
        referrals = lock_referrals(merchant_id=merchant.pk, referee_ids=[customer.pk], claimed=[code] if code else ())
        refused = ""
        if referral_code or code:
            claim = Claim(customer.pk, customer.pk, code, now, None if link is None else link.pk)
            is_proven = email_is_verified or customer.email_verified_at or not merchant.friends_verify_email
            refused = join_referrals(
                merchant_id=merchant.pk,
                claims=[claim],
                referrals=referrals,
                now=now,
                unproven=() if is_proven else [customer.pk],
            ).get(customer.pk, "")
        referral = referrals.get(customer.pk)
        if referral is not None and referral.is_new:
            admit_referral(merchant=merchant, referral=referral, now=now)
        creation = NewActivity(f"{ACCOUNT_CREATION}:{customer.uuid}", customer.pk, ACCOUNT_CREATION, now)
        created = record_activities(merchant_id=merchant.pk, source=OURSELVES, activities=[creation], now=now)
        if email_is_verified and customer.email:
            confirm_email(customer=customer, now=now)
    joined_now = referral is not None and referral.joined_now
    return Enrolment(customer, is_new, referral is not None, refused, has_work=bool(created) or joined_now)
