"""Rows about what stood out of referrals."""

import factory

from referrals.models import CustomerTrace, RiskDecision, RiskSignal
from tests.factories.referrals import NOON, CustomerFactory, ReferralFactory


class CustomerTraceFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = CustomerTrace

    customer = factory.SubFactory(CustomerFactory)
    merchant = factory.SelfAttribute("customer.merchant")
    kind = "device"
    trace_hash = b"\0" * 32
    first_seen_at = NOON


class RiskSignalFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = RiskSignal

    referee = factory.SubFactory(CustomerFactory)
    merchant = factory.SelfAttribute("referee.merchant")
    referrer = factory.SubFactory(CustomerFactory, merchant=factory.SelfAttribute("..merchant"))
    kind = "same_device"
    score = 60
    blocks = False
    noticed_at = NOON


class RiskDecisionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = RiskDecision

    referral = factory.SubFactory(ReferralFactory)
    merchant = factory.SelfAttribute("referral.merchant")
    verdict = "released"
    decided_at = NOON
