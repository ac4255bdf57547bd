"""Registration: a customer becomes known to a merchant, perhaps brought by a friend."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from referrals.models.customers import Customer
from referrals.models.merchants import Merchant
from referrals.services.attribution import Claim, join_referrals, lock_referrals, write_referrals
from referrals.services.codes import normalise_code
from referrals.services.customers import Identity, register_customer
from rewards.models.evaluations import Evaluation, Trigger, shard_of


@dataclass(frozen=True, slots=True)
class Enrolment:
    """A registration, as it turned out.

    `refused` is the code of the reason why the referral code was not accepted, empty if it was or none came.
    """

    customer: Customer
    is_new: bool
    is_referred: bool
    refused: str


def enrol_customer(*, merchant: Merchant, identity: Identity, referral_code: str, now: datetime) -> Enrolment:
    """Register a customer; with a code, join them to the friend who brought them and leave that to be evaluated.

    Whoever has bought something is no new customer, and their code is refused; the registration stands either way.
    The same call again changes nothing.

    :param referral_code: as it was typed; empty for none.
    :raises CustomerConflict: if the customer is known with another e-mail.
    """
    with transaction.atomic():
        customer, is_new = register_customer(merchant=merchant, identity=identity, now=now)
        referrals = lock_referrals(merchant_id=merchant.pk, referee_ids=[customer.pk])
        refused = ""
        if referral_code:
            claim = Claim(customer.pk, customer.pk, normalise_code(referral_code), now)
            refused = join_referrals(merchant_id=merchant.pk, claims=[claim], referrals=referrals).get(customer.pk, "")
        referral = referrals.get(customer.pk)
        if referral is not None and referral.joined_now:
            customer.refresh_from_db(fields=["root_id"])
            Evaluation.objects.create(
                merchant=merchant,
                trigger=Trigger.REFERRAL_JOINED,
                subject_type="referral",
                subject_id=referral.id,
                customer=customer,
                shard=shard_of(customer.root_id or customer.pk),
                occurred_at=now,
                due_at=now,
                created_at=now,
            )
            write_referrals(merchant_id=merchant.pk, referrals=[referral], now=now)
    return Enrolment(customer, is_new, referral is not None, refused)
