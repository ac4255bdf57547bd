"""What breaks each rule that the database holds of the catalog, of coupons, and of grants in use."""

from datetime import date, timedelta

from tests.credits.broken_rules import foreign, row, twice
from tests.factories.referrals import NOON, CustomerFactory
from tests.factories.rewards import (
    CheckoutTermsFactory,
    CouponFactory,
    CouponPoolFactory,
    GrantFactory,
    PartnerFactory,
    PurchaseSessionFactory,
    RewardOptionFactory,
    SettlementFactory,
    TakingFactory,
)

DAYS = {"settlement": date(2026, 10, 1), "deduction": date(2026, 11, 1)}


def taking_of_a_settlement(elsewhere="", **values):
    """Something that was settled and then deducted, but for what is said; or by a settlement of another merchant."""

    def make():
        partner = PartnerFactory()
        usual = {name: SettlementFactory(partner=partner, starts_on=day) for name, day in DAYS.items()}
        usual["given_back_at"] = NOON
        if elsewhere:
            usual[elsewhere] = SettlementFactory()
        TakingFactory(option__reward_type__merchant=partner.merchant, partner=partner, **usual | values)

    return make


BROKEN_IN_CATALOG = [
    *[
        ("reward_option_stock_never_negative", row(RewardOptionFactory, **stock))
        for stock in ({"stock_quantity": -1}, {"stock_quantity": 1, "stock_taken": 2}, {"stock_taken": -1})
    ],
    ("reward_option_limit_positive", row(RewardOptionFactory, per_customer_max=0)),
    ("reward_option_limit_positive", row(RewardOptionFactory, per_customer_period="day")),
    ("reward_option_starts_before_it_ends", row(RewardOptionFactory, starts_at=NOON, ends_at=NOON)),
    ("reward_option_minimum_not_negative", row(RewardOptionFactory, minimum_order=-1)),
    *[
        ("reward_option_times_positive", row(RewardOptionFactory, **{column: 0}))
        for column in ("valid_days", "fulfilment_hours")
    ],
    *[
        ("reward_option_picture_has_words", row(RewardOptionFactory, picture_url=url, picture_alt=alt))
        for url, alt in [("https://a.example/mug.png", ""), ("", "A mug"), ("http://a.example/mug.png", "A mug")]
    ],
    ("taking_option_same_merchant", foreign(TakingFactory)),
    ("taking_customer_same_merchant", foreign(TakingFactory, "customer", CustomerFactory)),
    ("taking_once_a_purpose", twice(TakingFactory, "option", "key")),
    ("taking_quantity_positive", row(TakingFactory, quantity=0)),
    ("taking_given_back_later", row(TakingFactory, given_back_at=NOON - timedelta(seconds=1))),
    ("coupon_pool_same_merchant", foreign(CouponPoolFactory)),
    ("coupon_pool_free_never_negative", row(CouponPoolFactory, free=-1)),
    ("coupon_pool_same_merchant_as_coupon", foreign(CouponFactory)),
    ("coupon_customer_same_merchant", lambda: CouponFactory(reserved=True, customer=CustomerFactory())),
    ("coupon_code_once", twice(CouponFactory, "pool", "code_hash")),
    ("coupon_taken_by_somebody_for_something", row(CouponFactory, state="void", voided_at=NOON, key="purpose:1")),
    ("coupon_taken_by_somebody_for_something", row(CouponFactory, reserved=True, customer=None)),
    ("coupon_state_as_it_happened", row(CouponFactory, state="reserved")),
    ("coupon_state_as_it_happened", row(CouponFactory, reserved=True, state="free")),
    ("coupon_state_as_it_happened", row(CouponFactory, reserved=True, state="handed_out")),
    ("coupon_void_has_a_date", row(CouponFactory, state="void")),
    ("coupon_void_has_a_date", row(CouponFactory, voided_at=NOON)),
    ("grant_gives_no_more_than_it_has", row(GrantFactory, used_quantity=2, state="used", used_at=NOON)),
    *[
        ("grant_reserved_for_something", row(GrantFactory, **reserved))
        for reserved in (
            {"state": "reserved", "reserved_quantity": 1},
            {"state": "reserved", "reserved_for": "session:1"},
            {"reserved_for": "session:1"},
        )
    ],
    ("grant_used_up", row(GrantFactory, state="used", used_at=NOON)),
    ("grant_used_up", row(GrantFactory, used_quantity=1)),
    ("grant_expired_has_a_date", row(GrantFactory, state="expired")),
    ("reward_option_partner_same_merchant", foreign(RewardOptionFactory, "partner", PartnerFactory)),
    ("reward_option_minimum_not_negative", row(RewardOptionFactory, partner_price=-1)),
    ("reward_option_price_of_a_partner", row(RewardOptionFactory, partner_price=1)),
    ("taking_partner_same_merchant", foreign(TakingFactory, "partner", PartnerFactory)),
    ("taking_owed_to_a_partner", row(TakingFactory, unit_cost=1)),
    ("taking_settlement_same_merchant", taking_of_a_settlement(elsewhere="settlement")),
    ("taking_deduction_same_merchant", taking_of_a_settlement(elsewhere="deduction")),
    ("taking_deducted_after_it_was_settled", taking_of_a_settlement(settlement=None)),
    ("taking_deducted_after_it_was_settled", taking_of_a_settlement(given_back_at=None)),
    ("partner_code_once", twice(PartnerFactory, "merchant", "code")),
    ("partner_share_in_range", row(PartnerFactory, share_percent=101)),
    ("settlement_same_merchant", foreign(SettlementFactory)),
    ("settlement_once_a_period", twice(SettlementFactory, "partner")),
    ("settlement_has_days", row(SettlementFactory, ends_on=NOON.date())),
    ("checkout_terms_in_range", row(CheckoutTermsFactory, order_share_max=101)),
    ("checkout_terms_in_range", row(CheckoutTermsFactory, session_seconds=9)),
    ("session_same_merchant", foreign(PurchaseSessionFactory)),
    ("session_one_birthday_discount", twice(PurchaseSessionFactory, "customer", birthday_year=2026)),
    *[
        ("session_price_between_nothing_and_all", row(PurchaseSessionFactory, **price))
        for price in ({"goods": 1001}, {"points_value": 1001}, {"points_value": -1}, {"points": -1}, {"shipping": -1})
    ],
    ("session_ends_once", row(PurchaseSessionFactory, state="cancelled")),
    ("session_ends_once", row(PurchaseSessionFactory, ended_at=NOON)),
    ("session_completed_is_a_purchase", row(PurchaseSessionFactory, state="completed", ended_at=NOON)),
    ("session_has_time", row(PurchaseSessionFactory, expires_at=NOON)),
]  # fmt: skip
