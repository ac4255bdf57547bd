"""The nouns of the ground floor: who."""

from referrals.models.activities import Activity
from referrals.models.api_keys import ApiKey, Scope
from referrals.models.audit import AuditAction, AuditRecord
from referrals.models.codes import ReferralCode
from referrals.models.customers import Customer
from referrals.models.destinations import Destination, DestinationKind
from referrals.models.events import Event
from referrals.models.inbound import InboundEvent
from referrals.models.links import Channel, Click, Device, ShareLink
from referrals.models.merchants import Merchant
from referrals.models.payments import Payment, Settlement
from referrals.models.purchases import PaymentStatus, Purchase
from referrals.models.referrals import Referral, ReferralMove, ReferralStatus, Risk
from referrals.models.refunds import Refund
from referrals.models.replies import IdempotencyRecord
from referrals.models.rfm import CustomerRfm, RfmSegment
from referrals.models.risk import CustomerTrace, RiskDecision, RiskSignal, Signal, TraceKind, Verdict
from referrals.models.users import User

__all__ = [
    "Activity",
    "ApiKey",
    "AuditAction",
    "AuditRecord",
    "Channel",
    "Click",
    "Customer",
    "CustomerRfm",
    "CustomerTrace",
    "Destination",
    "DestinationKind",
    "Device",
    "Event",
    "IdempotencyRecord",
    "InboundEvent",
    "Merchant",
    "Payment",
    "PaymentStatus",
    "Purchase",
    "Referral",
    "ReferralCode",
    "ReferralMove",
    "ReferralStatus",
    "Refund",
    "RfmSegment",
    "Risk",
    "RiskDecision",
    "RiskSignal",
    "Scope",
    "Settlement",
    "ShareLink",
    "Signal",
    "TraceKind",
    "User",
    "Verdict",
]
