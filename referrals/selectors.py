"""Finding people and what they did, within one merchant: what belongs to another looks absent."""

from uuid import UUID

from config.lib.errors import NotFound
from referrals.models.activities import Activity
from referrals.models.customers import Customer
from referrals.models.merchants import Merchant
from referrals.models.purchases import Purchase
from referrals.models.rfm import CustomerRfm


def as_uuid(text: str) -> UUID | None:
    """The UUID that `text` spells, or None."""
    try:
        return UUID(text)
    except ValueError:
        return None


def get_customer(*, merchant: Merchant, reference: str) -> Customer:
    """The customer with this id of the merchant's, or else this id of ours.

    :raises NotFound: if the merchant has no such customer.
    """
    known = Customer.objects.filter(merchant=merchant)
    customer = known.filter(external_id=reference).first()
    if customer is None and (uuid := as_uuid(reference)):
        customer = known.filter(uuid=uuid).first()
    if customer is None:
        raise NotFound("There is no such customer.")
    return customer


def get_purchase(*, merchant: Merchant, reference: str) -> Purchase:
    """The purchase with this order id of the merchant's, or else this id of ours.

    :raises NotFound: if the merchant has no such purchase.
    """
    known = Purchase.objects.filter(merchant=merchant).select_related("customer")
    purchase = known.filter(order_id=reference).first()
    if purchase is None and (uuid := as_uuid(reference)):
        purchase = known.filter(uuid=uuid).first()
    if purchase is None:
        raise NotFound("There is no such purchase.")
    return purchase


def get_activity(*, merchant: Merchant, reference: str) -> Activity:
    """The activity with this id of ours.

    :raises NotFound: if the merchant has no such activity.
    """
    uuid = as_uuid(reference)
    activity = (
        Activity.objects.filter(merchant=merchant, uuid=uuid).select_related("customer").first() if uuid else None
    )
    if activity is None:
        raise NotFound("There is no such activity.")
    return activity


def find_rfm(*, customer: Customer) -> CustomerRfm | None:
    """A customer's RFM as it was computed last; None if they had bought nothing within the window."""
    return CustomerRfm.objects.filter(customer=customer).first()


def is_merchant(merchant: Merchant, reference: str) -> bool:
    """Whether this slug or this id of ours names the merchant."""
    return reference == merchant.slug or as_uuid(reference) == merchant.uuid
