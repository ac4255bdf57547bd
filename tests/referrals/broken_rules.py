"""What breaks each rule that the database holds of codes under terms."""

from tests.credits.broken_rules import foreign, row
from tests.factories.referrals import NOON, CustomerFactory, ReferralCodeFactory


def under_terms(**terms):
    return ReferralCodeFactory(is_main=False, **terms)


def for_oneself():
    customer = CustomerFactory()
    under_terms(customer=customer, friend=customer)


def for_two():
    friend = CustomerFactory()
    under_terms(customer__merchant=friend.merchant, friend=friend, friend_email_hash=b"\0" * 32)


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
