"""Rows of the second floor, each valid by itself; the ledger's sums are not: services make those."""

from datetime import timedelta

import factory

from credits.models import (
    Account,
    Adjustment,
    AdjustmentState,
    Entry,
    EntryKind,
    ExpiryNotice,
    HeldLot,
    Hold,
    Lot,
    LotUse,
    QualifyingAmount,
    Remark,
    Tier,
    TierAssignment,
    TierMove,
    UnmarkedWrite,
    Wallet,
)
from tests.factories.referrals import NOON, CustomerFactory, MerchantFactory, UserFactory


class WalletFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Wallet
        django_get_or_create = ("merchant", "code")

    merchant = factory.SubFactory(MerchantFactory)
    code = "points"


class TierFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Tier

    wallet = factory.SubFactory(WalletFactory)
    merchant = factory.SelfAttribute("wallet.merchant")
    code = factory.Sequence(lambda n: f"tier-{n}")
    name = factory.Sequence(lambda n: f"Tier No. {n}")
    rank = factory.Sequence(lambda n: n)


class AccountFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Account

    customer = factory.SubFactory(CustomerFactory)
    merchant = factory.SelfAttribute("customer.merchant")
    wallet = factory.SubFactory(WalletFactory, merchant=factory.SelfAttribute("..merchant"))


class EntryFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Entry

    account = factory.SubFactory(AccountFactory)
    merchant = factory.SelfAttribute("account.merchant")
    points = 100
    kind = EntryKind.EARNED
    source_type = "purchase"
    source_id = 1
    reason = "purchase.completed"
    actor = "system"
    key = factory.Sequence(lambda n: f"cause:{n}")
    occurred_at = posted_at = NOON


class LotFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Lot

    entry = factory.SubFactory(EntryFactory)
    account = factory.SelfAttribute("entry.account")
    granted = remaining = factory.SelfAttribute("entry.points")
    earned_at = active_at = NOON


class LotUseFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = LotUse

    lot = factory.SubFactory(LotFactory)
    entry = factory.SubFactory(
        EntryFactory, account=factory.SelfAttribute("..lot.account"), points=-10, kind=EntryKind.REVERSED
    )
    points = 10


class QualifyingAmountFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = QualifyingAmount

    account = factory.SubFactory(AccountFactory)
    evaluation_id = factory.Sequence(lambda n: n + 1)
    spend = 2599
    orders = 1
    occurred_at = NOON


class TierMoveFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = TierMove

    account = factory.SubFactory(AccountFactory)
    to_tier = factory.SubFactory(TierFactory, wallet=factory.SelfAttribute("..account.wallet"))
    reason = "reached"
    effective_at = recorded_at = NOON


class TierAssignmentFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = TierAssignment

    account = factory.SubFactory(AccountFactory)
    merchant = factory.SelfAttribute("account.merchant")
    tier = factory.SubFactory(TierFactory, wallet=factory.SelfAttribute("..account.wallet"))
    reason = "She ran our stall at the fair."
    actor = "staff:1"
    created_at = NOON


class HoldFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Hold

    account = factory.SubFactory(AccountFactory)
    merchant = factory.SelfAttribute("account.merchant")
    points = 60
    key = factory.Sequence(lambda n: f"session:{n}")
    created_at = NOON
    expires_at = NOON + timedelta(minutes=15)


class HeldLotFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = HeldLot

    lot = factory.SubFactory(LotFactory, held=60)
    hold = factory.SubFactory(HoldFactory, account=factory.SelfAttribute("..lot.account"))
    points = 60


class AdjustmentFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Adjustment

    class Params:
        posted = factory.Trait(
            state=AdjustmentState.POSTED,
            needs_second=False,
            decided_by=factory.SelfAttribute("asked_by"),
            decided_at=NOON,
            entry=factory.SubFactory(
                EntryFactory,
                account=factory.SelfAttribute("..account"),
                points=factory.SelfAttribute("..points"),
                kind=EntryKind.ADJUSTED,
            ),
        )

    account = factory.SubFactory(AccountFactory)
    merchant = factory.SelfAttribute("account.merchant")
    points = 5000
    reason = "The parcel never came."
    state = AdjustmentState.WAITING
    needs_second = True
    asked_by = factory.SubFactory(UserFactory)
    asked_at = NOON


class ExpiryNoticeFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ExpiryNotice

    account = factory.SubFactory(AccountFactory)
    expires_at = NOON + timedelta(days=30)
    lead_days = 30
    points = 100
    told_at = NOON


class RemarkFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Remark

    entry = factory.SubFactory(EntryFactory)
    text = "Product review bonus"


class UnmarkedWriteFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = UnmarkedWrite

    merchant = factory.SubFactory(MerchantFactory)
    written_at = NOON
