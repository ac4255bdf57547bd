"""Days of the calendar, and whom they had something for."""

import factory

from rewards.models import Occurrence, PolicyDay
from tests.factories.referrals import NOON, CustomerFactory, MerchantFactory


class PolicyDayFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = PolicyDay
        django_get_or_create = ("merchant", "day")

    merchant = factory.SubFactory(MerchantFactory)
    day = NOON.date()
    starts_at = NOON
    policies = factory.LazyFunction(list)


class OccurrenceFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Occurrence

    policy_day = factory.SubFactory(PolicyDayFactory)
    merchant = factory.SelfAttribute("policy_day.merchant")
    customer = factory.SubFactory(CustomerFactory, merchant=factory.SelfAttribute("..merchant"))
