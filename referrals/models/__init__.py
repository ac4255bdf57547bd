"""The nouns of the ground floor: who."""

from referrals.models.activities import Activity
from referrals.models.aliases import LeaderboardAlias
from referrals.models.api_keys import ApiKey, Scope
from referrals.models.audit import AuditAction, AuditRecord
from referrals.models.codes import ReferralCode
from referrals.models.consents import Consent, ConsentPurpose
from referrals.models.customers import Customer, CustomerAlias
from referrals.models.destinations import Destination, DestinationKind
from referrals.models.events import Event
from referrals.models.inbound import InboundEvent
from referrals.models.invitations import Invitation, InvitationOptOut, InvitationState, Withheld
from referrals.models.links import Channel, Click, ClickDay, Device, ShareLink
from referrals.models.merchants import DecisiveTouch, Merchant
from referrals.models.messages import ShareMessage
from referrals.models.payments import Payment, Settlement
from referrals.models.purchases import PaymentStatus, Purchase
from referrals.models.referrals import AttributionMethod, Referral, ReferralMove, ReferralStatus, Risk
from referrals.models.refunds import Refund
from referrals.models.refused import RefusedMessage
from referrals.models.replies import IdempotencyRecord
from referrals.models.rfm import CustomerRfm, RfmSegment
from referrals.models.risk import CustomerTrace, RiskDecision, RiskSignal, Signal, TraceKind, Verdict
from referrals.models.shops import ShopifyShop, ShopProduct
from referrals.models.sign_ups import SignUp, StoredTouch
from referrals.models.users import User

__all__ = [
    "Activity",
    "ApiKey",
    "AttributionMethod",
    "AuditAction",
    "AuditRecord",
    "Channel",
    "Click",
    "ClickDay",
    "Consent",
    "ConsentPurpose",
    "Customer",
    "CustomerAlias",
    "CustomerRfm",
    "CustomerTrace",
    "DecisiveTouch",
    "Destination",
    "DestinationKind",
    "Device",
    "Event",
    "IdempotencyRecord",
    "InboundEvent",
    "Invitation",
    "InvitationOptOut",
    "InvitationState",
    "LeaderboardAlias",
    "Merchant",
    "Payment",
    "PaymentStatus",
    "Purchase",
    "Referral",
    "ReferralCode",
    "ReferralMove",
    "ReferralStatus",
    "Refund",
    "RefusedMessage",
    "RfmSegment",
    "Risk",
    "RiskDecision",
    "RiskSignal",
    "Scope",
    "Settlement",
    "ShareLink",
    "ShareMessage",
    "ShopProduct",
    "ShopifyShop",
    "SignUp",
    "Signal",
    "StoredTouch",
    "TraceKind",
    "User",
    "Verdict",
    "Withheld",
]
