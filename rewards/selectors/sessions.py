"""Reading purchase sessions."""

from uuid import UUID

from referrals.models.merchants import Merchant
from rewards.models.coupons import Coupon, CouponState
from rewards.models.sessions import PurchaseSession, SessionState


def find_session(*, merchant: Merchant, uuid: UUID | None) -> PurchaseSession | None:
    """A merchant's session, or None."""
    if uuid is None:
        return None
    sessions = PurchaseSession.objects.select_related("customer__merchant", "purchase")
    return sessions.filter(merchant=merchant, uuid=uuid).first()


def codes_of(session: PurchaseSession) -> list[str]:
    """The codes that were handed out when a session was completed."""
    if session.state != SessionState.COMPLETED:
        return []
    keys = [f"{session.key}:{id_}" for id_ in session.quote["option_ids"]]
    coupons = Coupon.objects.filter(merchant=session.merchant_id, key__in=keys, state=CouponState.HANDED_OUT)
    return [coupon.code for coupon in coupons.order_by("pk")]
