"""What breaks each rule that the database holds of the ledger, and the ways to break one."""

from credits.models import EntryKind, Wallet
from tests.factories.credits import (
    AccountFactory,
    AdjustmentFactory,
    EntryFactory,
    ExpiryNoticeFactory,
    HeldLotFactory,
    HoldFactory,
    LotFactory,
    LotUseFactory,
    QualifyingAmountFactory,
    RemarkFactory,
    TierAssignmentFactory,
    TierFactory,
    TierMoveFactory,
    WalletFactory,
)
from tests.factories.referrals import NOON, MerchantFactory

A_BILLION_AND_ONE = 10**9 + 1


def row(make, **values):
    """A row with these values."""
    return lambda: make(**values)


def twice(make, *fields, **values):
    """Two rows that agree in these fields."""

    def make_both():
        first = make(**values)
        make(**values | {field: getattr(first, field) for field in fields})

    return make_both


def foreign(make, field="merchant", other=MerchantFactory):
    """A row that refers to something of another merchant."""
    return lambda: make(**{field: other()})


def a_second_wallet(**values):
    return lambda: Wallet.objects.create(merchant=WalletFactory(code="points").merchant, **values)


def a_move_to_where_one_is():
    tier = TierFactory()
    TierMoveFactory(
        account__wallet=tier.wallet, account__customer__merchant=tier.merchant, from_tier=tier, to_tier=tier
    )


BROKEN_IN_CREDITS = [
    ("wallet_code_once", a_second_wallet(code="points", is_default=False)),
    ("wallet_one_default", a_second_wallet(code="gems")),
    ("wallet_expiry_positive", row(WalletFactory, expiry_months=0)),
    *[
        ("wallet_expiry_day_of_a_fixed_day", row(WalletFactory, expiry_rule=rule, expiry_day=day))
        for rule, day in [("fixed_day", ""), ("fixed_day", "13-01"), ("fixed_day", "31-12"), ("after_months", "12-31")]
    ],
    *[
        ("wallet_limits_not_negative", row(WalletFactory, **limit))
        for limit in ({"point_value": "-0.0001"}, {"adjustment_max": -1}, {"transfer_day_max": 0})
    ],
    ("remark_says_something", row(RemarkFactory, text="")),
    ("account_customer_same_merchant", foreign(AccountFactory)),
    ("account_wallet_same_merchant", foreign(AccountFactory, "wallet", WalletFactory)),
    ("account_once_a_wallet", twice(AccountFactory, "customer", "wallet")),
    *[
        ("account_never_below_zero", row(AccountFactory, **{column: -1}))
        for column in ("available", "pending", "held", "owed")
    ],
    ("account_repays_before_it_has", row(AccountFactory, owed=1, available=1)),
    ("entry_same_merchant", foreign(EntryFactory)),
    ("entry_one_effect_per_cause", twice(EntryFactory, "account", "key")),
    *[
        ("entry_points_in_range", row(EntryFactory, points=points, kind=EntryKind.ADJUSTED))
        for points in (0, A_BILLION_AND_ONE, -A_BILLION_AND_ONE)
    ],
    *[
        ("entry_goes_the_way_of_its_kind", row(EntryFactory, points=points, kind=kind))
        for points, kind in [(-1, "earned"), (-1, "restored"), (1, "redeemed"), (1, "expired"), (1, "reversed")]
    ],
    ("lot_remaining_in_range", row(LotFactory, remaining=101)),
    ("lot_remaining_in_range", row(LotFactory, granted=0, remaining=0)),
    *[("lot_held_in_range", row(LotFactory, held=held)) for held in (-1, 101)],
    ("lot_held_in_range", row(LotFactory, remaining=-1)),
    ("lot_waits_for_a_cause", row(LotFactory, active_at=None)),
    ("lot_waits_for_a_cause", row(LotFactory, waiting_for="payment")),
    ("lot_use_not_zero", row(LotUseFactory, points=0)),
    ("qualifying_amount_once", twice(QualifyingAmountFactory, "account", "evaluation_id")),
    ("tier_same_merchant", foreign(TierFactory)),
    ("tier_code_once", twice(TierFactory, "wallet", "code")),
    ("tier_rank_once", twice(TierFactory, "wallet", "rank")),
    *[
        ("tier_requirements_not_negative", row(TierFactory, rank=1, **{column: -1}))
        for column in ("min_spend", "min_orders", "min_points")
    ],
    *[
        ("tier_lowest_requires_nothing", row(TierFactory, rank=0, **{column: 1}))
        for column in ("min_spend", "min_orders", "min_points")
    ],
    *[("tier_multiplier_in_range", row(TierFactory, points_multiplier=times)) for times in ("0", "100.001")],
    ("tier_move_once_an_evaluation", twice(TierMoveFactory, "account", evaluation_id=1)),
    ("tier_move_moves", a_move_to_where_one_is),
    ("tier_assignment_same_merchant", foreign(TierAssignmentFactory)),
    ("tier_assignment_has_a_reason", row(TierAssignmentFactory, reason="")),
    ("tier_assignment_key_once", twice(TierAssignmentFactory, "account", "key", key="till-7")),
    ("hold_same_merchant", foreign(HoldFactory)),
    ("hold_once_a_purpose", twice(HoldFactory, "account", "key")),
    *[("hold_captures_what_it_holds", row(HoldFactory, points=points)) for points in (0, -1)],
    ("hold_captures_what_it_holds", row(HoldFactory, state="captured", captured_points=61, ended_at=NOON)),
    ("hold_captured_has_points", row(HoldFactory, state="captured", ended_at=NOON)),
    ("hold_captured_has_points", row(HoldFactory, state="released", captured_points=1, ended_at=NOON)),
    *[("hold_ends_once", row(HoldFactory, state=state)) for state in ("released", "lapsed")],
    ("hold_ends_once", row(HoldFactory, ended_at=NOON)),
    ("held_lot_once", twice(HeldLotFactory, "hold", "lot")),
    ("held_lot_positive", row(HeldLotFactory, points=0)),
    ("adjustment_same_merchant", foreign(AdjustmentFactory)),
    *[
        ("adjustment_points_in_range", row(AdjustmentFactory, points=points))
        for points in (0, A_BILLION_AND_ONE, -A_BILLION_AND_ONE)
    ],
    ("adjustment_has_a_reason", row(AdjustmentFactory, reason="")),
    ("adjustment_posted_has_an_entry", row(AdjustmentFactory, posted=True, entry=None)),
    ("adjustment_posted_has_an_entry", row(AdjustmentFactory, posted=True, state="refused")),
    ("adjustment_decided_by_somebody", row(AdjustmentFactory, needs_second=False)),
    ("adjustment_decided_by_somebody", row(AdjustmentFactory, decided_at=NOON)),
    *[
        ("adjustment_decided_by_somebody", row(AdjustmentFactory, posted=True, **{column: None}))
        for column in ("decided_by", "decided_at")
    ],
    ("adjustment_four_eyes", row(AdjustmentFactory, posted=True, needs_second=True)),
    ("expiry_notice_once", twice(ExpiryNoticeFactory, "account")),
    ("expiry_notice_has_points", row(ExpiryNoticeFactory, points=0)),
]  # fmt: skip
