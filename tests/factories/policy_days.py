"""Days of the calendar, and whom they had something for."""

from datetime import timedelta

import factory

from rewards.models import Occurrence, PolicyDay
from tests.factories.referrals import NOON, CustomerFactory, MerchantFactory


class PolicyDayFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = PolicyDay

    merchant = factory.SubFactory(MerchantFactory)
    day = NOON.date()
    starts_at = NOON
    policies = factory.LazyFunction(list)


class OccurrenceFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Occurrence

    policy_day = factory.SubFactory(
        PolicyDayFactory, day=factory.Sequence(lambda number: NOON.date() - timedelta(days=number + 1))
    )
    merchant = factory.SelfAttribute("policy_day.merchant")
    customer = factory.SubFactory(CustomerFactory, merchant=factory.SelfAttribute("..merchant"))
