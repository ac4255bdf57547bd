"""Rows about people who join, or turn out to be one."""

import factory

from referrals.models import CustomerAlias, SignUp, StoredTouch
from tests.factories.referrals import NOON, CustomerFactory, MerchantFactory, ReferralCodeFactory, UserFactory


class CustomerAliasFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = CustomerAlias

    customer = factory.SubFactory(CustomerFactory)
    merchant = factory.SelfAttribute("customer.merchant")
    external_id = factory.Sequence(lambda n: f"OLD-{n}")
    created_at = NOON


class SignUpFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = SignUp

    merchant = factory.SubFactory(MerchantFactory)
    user = factory.SubFactory(UserFactory, verified_email=False)
    touched_at = created_at = NOON


class StoredTouchFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = StoredTouch

    customer = factory.SubFactory(CustomerFactory)
    merchant = factory.SelfAttribute("customer.merchant")
    code = factory.SubFactory(ReferralCodeFactory, customer__merchant=factory.SelfAttribute("...merchant"))
    touched_at = NOON
