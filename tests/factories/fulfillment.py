"""Rows of the top floor, each valid by itself."""

import factory

from fulfillment.models import Technician
from tests.factories.referrals import MerchantFactory, UserFactory


class TechnicianFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Technician
        skip_postgeneration_save = True

    merchant = factory.SubFactory(MerchantFactory)
    user = factory.SubFactory(UserFactory)

    @factory.post_generation
    def works_there(self, create, extracted, **kwargs):
        if create:
            self.user.merchants.add(self.merchant)
