"""Who may do what in the staff admin: the part of the authorisation matrix that goes by noun."""

LOOK = {"view": "SU MG AD"}
ADMINISTRATORS = dict.fromkeys(("view", "add", "change", "delete"), "AD")
PROGRAMME = {"view": "SU MG AD", "add": "MG AD", "change": "MG AD"}

ADMIN = {
    **dict.fromkeys(
        (
            "Account", "Activity", "Adjustment", "Appointment", "Assignment", "AuditRecord", "Backtest",
            "Badge", "BadgeAward",
            "CheckoutTerms", "Click", "ClickDay", "Consent", "CustomerAlias", "CustomerTrace", "ExperimentRound",
            "Invitation", "OptionAffinity", "OptionPopularity",
            "InvitationOptOut", "LeaderboardAlias", "Participation", "Partner", "PolicyChange", "PurchaseSession",
            "ReferralMove", "RiskSignal", "Settlement", "SignUp", "StoredTouch",
            "ContactPreference", "Coupon", "Customer", "CustomerRfm", "Delivery", "Entry",
            "Evaluation", "Event", "ExpiryNotice", "Grant", "HeldLot", "Hold", "InboundEvent", "Lot", "LotUse",
            "RefusedMessage", "ShopProduct",
            "Message", "Note", "Notification", "Occurrence", "Payment", "Photo", "Policy", "PolicyDay", "PolicyVersion",
            "Purchase", "PushSubscription",
            "QualifyingAmount", "Redemption", "Referral", "ReferralCode", "Refund", "Remark", "RepairReward",
            "RewardOption", "RewardType", "ServiceRecord", "ShareLink", "Shipment", "StatusMove", "Taking", "Tier",
            "TierAssignment", "TierMove", "TimeOff", "UnmarkedWrite", "WorkingHours",
        ),
        LOOK,
    ),
    **{noun: {**LOOK, "add": "AD", "change": "AD"} for noun in ("Merchant", "ShopifyShop", "Wallet")},
    "RiskDecision": {**LOOK, "add": "AD"},
    **dict.fromkeys(("Campaign", "CouponPool", "Destination", "Experiment", "Segment"), PROGRAMME),
    "ShareMessage": {**PROGRAMME, "delete": "MG AD"},
    "OutboxReader": {"view": "AD", "change": "AD"},
    "ApiKey": {**LOOK, "add": "AD"},
    "Voice": PROGRAMME,
    "Technician": PROGRAMME,
    "Slot": PROGRAMME,
    "Wording": {**PROGRAMME, "delete": "MG AD"},
    "WebhookEndpoint": {**LOOK, "add": "MG AD"},
    **dict.fromkeys(("UserSession", "User", "Group", "EmailAddress", "Authenticator"), ADMINISTRATORS),
}  # fmt: skip
"""Whose pages of the staff admin are whose, by the name of the noun; whoever is not named may not. Rows are A's."""
