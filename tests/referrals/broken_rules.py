"""What breaks each rule that the database holds of codes under terms, of links, and of doors."""

from tests.credits.broken_rules import foreign, row, twice
from tests.factories.doors import RefusedMessageFactory, ShopifyShopFactory, ShopProductFactory
from tests.factories.joining import CustomerAliasFactory, SignUpFactory, StoredTouchFactory
from tests.factories.referrals import (
    NOON,
    ClickFactory,
    CustomerFactory,
    DestinationFactory,
    MerchantFactory,
    ReferralCodeFactory,
    ReferralFactory,
    ReferralMoveFactory,
    ShareLinkFactory,
)
from tests.factories.risk import CustomerTraceFactory, RiskDecisionFactory, RiskSignalFactory
from tests.factories.sharing import (
    ClickDayFactory,
    ConsentFactory,
    InvitationFactory,
    InvitationOptOutFactory,
    LeaderboardAliasFactory,
    ShareMessageFactory,
)


def under_terms(**terms):
    return ReferralCodeFactory(is_main=False, **terms)


def for_oneself():
    customer = CustomerFactory()
    under_terms(customer=customer, friend=customer)


def for_two():
    friend = CustomerFactory()
    under_terms(customer__merchant=friend.merchant, friend=friend, friend_email_hash=b"\0" * 32)


def a_second_link_to_the_same_place():
    destination = DestinationFactory()
    link = ShareLinkFactory(code__customer__merchant=destination.merchant, destination=destination)
    ShareLinkFactory(code=link.code, destination=destination)


BROKEN_IN_CODES = [
    *[
        ("referral_code_form", row(ReferralCodeFactory, code=code))
        for code in ("abcd", "ABC", "AB-CD", "Ä123", "OLIVER")
    ],
    ("referral_code_is_read_as_shown", row(ReferralCodeFactory, code="A11CE", shown_as="ALIDE")),
    ("referral_code_friend_same_merchant", foreign(under_terms, "friend", CustomerFactory)),
    ("referral_code_friend_is_another", for_oneself),
    ("referral_code_one_friend", for_two),
    *[
        ("referral_code_main_is_for_all", row(ReferralCodeFactory, **{column: value}))
        for column, value in (
            ("starts_at", NOON),
            ("ends_at", NOON),
            ("uses_max", 5),
            ("friend_email_hash", b"\0" * 32),
        )
    ],
    ("referral_code_ends_after_its_start", row(under_terms, starts_at=NOON, ends_at=NOON)),
    *[
        ("referral_code_uses_within_limit", row(under_terms, uses=uses, uses_max=uses_max))
        for uses, uses_max in ((1, None), (2, 1), (-1, 1), (0, 0))
    ],
]  # fmt: skip


def an_alias_twice():
    known = LeaderboardAliasFactory()
    LeaderboardAliasFactory(customer__merchant=known.merchant, folded=known.folded)


def somebody_elses_code():
    alice = CustomerFactory()
    InvitationFactory(referrer=alice, merchant=alice.merchant)


BROKEN_IN_SHARING = [
    *[("merchant_accent_is_a_colour", row(MerchantFactory, accent=said)) for said in ("red", "#2e7d3", "#2e7d3g")],
    ("merchant_logo_is_https", row(MerchantFactory, logo_url="http://shop.example.com/a.png")),
    ("merchant_clicks_are_kept_for_a_while", row(MerchantFactory, clicks_kept_days=1)),
    ("merchant_invitations_have_a_limit", row(MerchantFactory, invitations_day_max=1001)),
    ("click_day_same_merchant", foreign(ClickDayFactory)),
    ("click_day_once", twice(ClickDayFactory, "link")),
    ("click_day_counts_fit", row(ClickDayFactory, clicks=1, visitors=2)),
    ("click_day_counts_fit", row(ClickDayFactory, clicks=0, visitors=0)),
    ("consent_same_merchant", foreign(ConsentFactory)),
    ("share_message_once", twice(ShareMessageFactory, "merchant")),
    ("share_message_channel_has_words", row(ShareMessageFactory, channel="facebook")),
    *[
        ("share_message_placeholders_are_known", row(ShareMessageFactory, text=text))
        for text in ("{email}", "{code.__class__}", "{0}", "{", "}", "{{code}}", "")
    ],
    ("share_message_placeholders_are_known", row(ShareMessageFactory, channel="email", subject="{who}")),
    ("share_message_subject_is_of_an_email", row(ShareMessageFactory, subject="Hello")),
    ("invitation_referrer_same_merchant", foreign(InvitationFactory, "referrer", CustomerFactory)),
    ("invitation_code_same_merchant", somebody_elses_code),
    ("invitation_destination_same_merchant", foreign(InvitationFactory, "destination", DestinationFactory)),
    ("invitation_referral_same_merchant", foreign(InvitationFactory, "referral", ReferralFactory)),
    ("invitation_that_waits_has_an_address", row(InvitationFactory, email_hash=None)),
    ("invitation_withheld_has_a_reason", row(InvitationFactory, state="withheld", sent_at=NOON)),
    ("invitation_withheld_has_a_reason", row(InvitationFactory, withheld_because="known")),
    ("invitation_sent_has_a_date", row(InvitationFactory, state="sent")),
    ("invitation_sent_has_a_date", row(InvitationFactory, sent_at=NOON)),
    ("invitation_opt_out_once", twice(InvitationOptOutFactory, "merchant", "address_hash")),
    ("leaderboard_alias_same_merchant", foreign(LeaderboardAliasFactory)),
    ("leaderboard_alias_once", an_alias_twice),
    *[("leaderboard_alias_is_a_name", row(LeaderboardAliasFactory, alias=alias)) for alias in ("ab", " abc", "abc ")],
]

BROKEN_IN_LINKS = [
    ("destination_slug_once", twice(DestinationFactory, "merchant", "slug")),
    *[
        ("destination_url_is_https", row(DestinationFactory, url=url))
        for url in ("http://shop.example.com", "javascript:alert(1)", "https://", "https:///x", "https://shop@evil.com")
    ],
    ("destination_picture_is_https", row(DestinationFactory, picture_url="http://shop.example.com/a.png")),
    ("share_link_code_same_merchant", foreign(ShareLinkFactory)),
    ("share_link_destination_same_merchant", foreign(ShareLinkFactory, "destination", DestinationFactory)),
    ("share_link_home_once", twice(ShareLinkFactory, "code")),
    ("share_link_once", a_second_link_to_the_same_place),
    ("share_link_channel_is_known", row(ShareLinkFactory, channel="pigeon")),
    ("click_same_merchant", foreign(ClickFactory)),
    ("click_device_is_known", row(ClickFactory, device="toaster")),
    ("referral_share_link_same_merchant", foreign(ReferralFactory, "share_link", ShareLinkFactory)),
]


def merged(**known):
    survivor = CustomerFactory()
    nobody = {"external_id": None, "name": "", "email": "", "email_hash": None, "merged_at": NOON}
    return CustomerFactory(merchant=survivor.merchant, **{**nobody, "merged_into": survivor, **known})


def into_oneself():
    customer = CustomerFactory(external_id=None, name="", email="", email_hash=None)
    customer.merged_into, customer.merged_at = customer, NOON
    customer.save()


BROKEN_IN_JOINING = [
    ("merchant_decisive_touch_is_known", row(MerchantFactory, decisive_touch="any")),
    ("referral_method_is_known", row(ReferralFactory, method="pigeon")),
    ("sign_up_once", twice(SignUpFactory, "merchant", "user")),
    ("sign_up_link_same_merchant", foreign(SignUpFactory, "link", ShareLinkFactory)),
    ("stored_touch_customer_same_merchant", foreign(StoredTouchFactory)),
    ("stored_touch_code_same_merchant", foreign(StoredTouchFactory, "code", ReferralCodeFactory)),
    ("stored_touch_link_same_merchant", foreign(StoredTouchFactory, "link", ShareLinkFactory)),
    ("customer_alias_same_merchant", foreign(CustomerAliasFactory)),
    ("customer_alias_once", twice(CustomerAliasFactory, "merchant", "external_id")),
    ("customer_alias_not_blank", row(CustomerAliasFactory, external_id="")),
    ("customer_merged_has_no_name", into_oneself),
    *[
        ("customer_merged_has_no_name", row(merged, **known))
        for known in ({"name": "Ann"}, {"external_id": "ann"}, {"email": "a@example.com"}, {"merged_at": None})
    ],
    ("customer_merged_same_merchant", foreign(merged, "merged_into", CustomerFactory)),
]


def a_signal_about_one():
    customer = CustomerFactory()
    RiskSignalFactory(referee=customer, referrer=customer)


BROKEN_IN_RISK = [
    ("referral_joined_has_a_date", row(ReferralFactory, joined_at=None)),
    ("referral_pending_has_not_joined", row(ReferralFactory, status="pending")),
    ("referral_held_is_not_rewarded", row(ReferralFactory, status="rewarded", qualified_at=NOON, risk="held")),
    ("referral_move_same_merchant", foreign(ReferralMoveFactory)),
    ("referral_move_once", twice(ReferralMoveFactory, "referral", "sequence")),
    ("referral_move_reason_is_a_word", row(ReferralMoveFactory, reason="Too late")),
    ("customer_trace_same_merchant", foreign(CustomerTraceFactory)),
    ("customer_trace_once", twice(CustomerTraceFactory, "customer", "kind", "trace_hash")),
    ("customer_trace_kind_is_known", row(CustomerTraceFactory, kind="shoe size")),
    ("risk_signal_referee_same_merchant", foreign(RiskSignalFactory)),
    ("risk_signal_referrer_same_merchant", foreign(RiskSignalFactory, "referrer", CustomerFactory)),
    ("risk_signal_once", twice(RiskSignalFactory, "referee", "referrer", "kind")),
    ("risk_signal_is_about_two", a_signal_about_one),
    ("risk_signal_score_of_hundred", row(RiskSignalFactory, score=101)),
    ("risk_decision_same_merchant", foreign(RiskDecisionFactory)),
    ("risk_decision_verdict_is_known", row(RiskDecisionFactory, verdict="maybe")),
]


BROKEN_IN_DOORS = [
    *[
        ("shopify_shop_domain_form", row(ShopifyShopFactory, domain=domain))
        for domain in ("acme.example.com", "Acme.myshopify.com", ".myshopify.com", "https://acme.myshopify.com")
    ],
    ("shop_product_same_merchant", foreign(ShopProductFactory)),
    ("shop_product_once", twice(ShopProductFactory, "shop", "product_id")),
    ("refused_message_once", twice(RefusedMessageFactory, "source", "content_hash")),
    ("refused_message_came", row(RefusedMessageFactory, times=0)),
]
