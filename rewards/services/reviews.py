"""A person decides about a referral that stood out, or about one that was decided before."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from config.lib.errors import DomainError
from referrals.models.customers import Customer
from referrals.models.referrals import Referral, ReferralStatus, Risk
from referrals.models.risk import RiskDecision, Verdict
from referrals.models.users import User
from referrals.services.attribution import lock_referrals
from referrals.services.steps import reject_referral, release_referral, write_referrals
from rewards.services.work_orders import order_reviews


class NothingToDecide(DomainError):
    """The referral stands as this decision would have it."""

    code = "nothing_to_decide"


def decide_referral(
    *, referral: Referral, verdict: Verdict, decided_by: User, note: str = "", is_appeal: bool = False, now: datetime
) -> RiskDecision:
    """Release what a referral earned, or reject it; either can be decided otherwise later.

    Its points follow as soon as the work order is worked off: a rejection takes back what nobody has spent, a release
    gives it back to the same lots. What the friend buys while it is rejected gives nothing for the referral, then or
    later.

    :param note: the words of who decides, which staff read; of an appeal what was said.
    :raises NothingToDecide: if it is rejected already, or nothing of it waits.
    """
    with transaction.atomic():
        # Against every batch about the friend: each has either given what this decision is about, or sees it.
        Customer.objects.select_for_update().get(pk=referral.referee_id)
        held = lock_referrals(merchant_id=referral.merchant_id, referee_ids=[referral.referee_id], settled_too=True)[
            referral.referee_id
        ]
        is_rejected = held.status == ReferralStatus.REJECTED
        actor, reason = f"user:{decided_by.pk}", "appeal" if is_appeal else "review"
        if verdict == Verdict.REJECTED:
            if is_rejected:
                raise NothingToDecide(_("This referral is rejected already."))
            reject_referral(held, reason=reason, actor=actor)
        else:
            if held.risk != Risk.HELD and not is_rejected:
                raise NothingToDecide(_("Nothing of this referral waits for a decision."))
            release_referral(held, reason=reason, actor=actor)
        decision = RiskDecision.objects.create(
            merchant_id=referral.merchant_id,
            referral=referral,
            verdict=verdict,
            is_appeal=is_appeal,
            note=note,
            decided_by=decided_by,
            decided_at=now,
        )
        write_referrals(merchant_id=referral.merchant_id, referrals=[held], now=now)
        order_reviews(decisions=[decision], now=now)
    return decision
