"""A shop some of whose customers turn out to be one person."""

from referrals.models import Customer
from referrals.services.customers import Identity, find_or_create_customers
from rewards.models import Grant
from rewards.services.merging import merge_customers
from tests.rewards.shop import Shop, policy

OWN = policy("buyer", points=100)
FRIEND_BUYS = policy("referrer", points=10)


class People(Shop):
    """A shop whose customers are found as other systems find them: by an id, under which they may be merged."""

    def customer(self, name):
        identity = Identity(name)
        found = find_or_create_customers(merchant=self.merchant, identities=[identity], now=self.now)
        return Customer.objects.get(pk=found[name])

    def grants_of(self, customer):
        return list(Grant.objects.filter(customer=customer).order_by("id").values_list("state", flat=True))

    def merges(self, survivor="ann", merged="anna"):
        people = {"survivor": self.customer(survivor), "merged": self.customer(merged)}
        return merge_customers(**people, now=self.now, reason="same_person", actor="command")
