"""Looking at referrals when their friends join, and again when they are about to count."""

from collections.abc import Iterable
from datetime import datetime

from referrals.models.merchants import Merchant
from referrals.models.referrals import Risk
from referrals.models.risk import RiskDecision, Verdict
from referrals.services.risk import HOLD_AT, PROOFS, SURE, notice
from referrals.services.steps import OpenReferral, hold_referral, reject_referral


def assess_referrals(*, merchant: Merchant, referrals: Iterable[OpenReferral], now: datetime) -> list[RiskDecision]:
    """Hold referrals about which too much stands out, and reject those that are proved to be none.

    One that was released before is not looked at again: a person has decided. The referrals are locked by this
    transaction, and written by `write_referrals`.

    :returns: the rejections; what was given for these referrals must be taken back.
    """
    open_ = [each for each in referrals if each.risk == Risk.CLEAR and each.joined_at is not None and not each.is_void]
    found = notice(merchant=merchant, pairs=open_, now=now)
    rejections = []
    for referral in open_:
        scores = found.get(referral.id, {})
        referral.risk_score = min(SURE, sum(scores.values()))
        if proofs := sorted(PROOFS & scores.keys()):
            reject_referral(referral, reason=proofs[0])
            rejections.append(
                RiskDecision(merchant=merchant, referral_id=referral.id, verdict=Verdict.REJECTED, decided_at=now)
            )
        elif referral.risk_score >= HOLD_AT:
            hold_referral(referral)
    return RiskDecision.objects.bulk_create(rejections)
