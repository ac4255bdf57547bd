from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from config.lib.admin import MerchantFilter, ReadOnlyAdmin, as_yaml, link_to
from config.lib.money import format_amount
from referrals.models.activities import Activity
from referrals.models.events import Event
from referrals.models.inbound import InboundEvent
from referrals.models.payments import Payment
from referrals.models.purchases import Purchase
from referrals.models.refunds import Refund


@admin.register(Purchase)
class PurchaseAdmin(ReadOnlyAdmin):
    """What customers bought."""

    list_display = ("order_id", "buyer", "paid", "payment_status", "referral_code", "occurred_at", "merchant")
    list_filter = (MerchantFilter, "payment_status", "occurred_at")
    list_select_related = ("customer", "merchant")
    search_fields = ("order_id__exact",)
    search_help_text = _("The whole order id.")
    fields = (
        "order_id", "uuid", "merchant", "customer", "paid", "payment_status", "referral_code", "occurred_at",
        "received_at", "bought",
    )  # fmt: skip
    readonly_fields = ("uuid", "paid", "bought")

    @admin.display(description=_("customer"))
    def buyer(self, purchase: Purchase) -> str:
        """Who bought."""
        return link_to(purchase.customer)

    @admin.display(description=_("total"))
    def paid(self, purchase: Purchase) -> str:
        """What was paid, in the merchant's currency."""
        return format_amount(purchase.total, purchase.merchant.currency)

    @admin.display(description=_("lines"))
    def bought(self, purchase: Purchase) -> str:
        """What was bought; prices are minor units."""
        return as_yaml(purchase.lines)


@admin.register(Refund)
class RefundAdmin(ReadOnlyAdmin):
    """What was paid back, what waits for its purchase, and what was refused when the purchase came."""

    list_display = ("refund_id", "of", "paid_back", "refusal", "occurred_at", "merchant")
    list_filter = (
        MerchantFilter,
        ("purchase", admin.EmptyFieldListFilter),
        ("refusal", admin.EmptyFieldListFilter),
        "occurred_at",
    )
    list_select_related = ("purchase", "merchant")
    search_fields = ("refund_id__exact",)
    search_help_text = _("The whole refund id.")
    fields = (
        "refund_id", "uuid", "merchant", "purchase", "order_id", "paid_back", "by_line", "request", "refusal",
        "occurred_at", "received_at",
    )  # fmt: skip
    readonly_fields = ("uuid", "paid_back", "by_line", "request")

    @admin.display(description=_("purchase"))
    def of(self, refund: Refund) -> str:
        """Which purchase it undoes; of one that has not come, the order id."""
        return link_to(refund.purchase) if refund.purchase else refund.order_id

    @admin.display(description=_("amount"))
    def paid_back(self, refund: Refund) -> str:
        """What was paid back, in the merchant's currency."""
        return format_amount(refund.amount, refund.merchant.currency) if refund.amount is not None else ""

    @admin.display(description=_("lines"))
    def by_line(self, refund: Refund) -> str:
        """What was paid back of each line, which its place (from 0) names; amounts are minor units."""
        return as_yaml(refund.lines)

    @admin.display(description=_("asked"))
    def request(self, refund: Refund) -> str:
        """What the sender asked for; nothing means all that was left."""
        return as_yaml(refund.asked)


@admin.register(Payment)
class PaymentAdmin(ReadOnlyAdmin):
    """How the payment of purchases ended that were told before they were paid."""

    list_display = ("of", "status", "occurred_at", "merchant")
    list_filter = (MerchantFilter, "status", "occurred_at")
    list_select_related = ("purchase", "merchant")
    fields = ("uuid", "merchant", "purchase", "status", "occurred_at", "received_at")
    readonly_fields = ("uuid",)

    @admin.display(description=_("purchase"))
    def of(self, payment: Payment) -> str:
        """Which purchase it settles."""
        return link_to(payment.purchase)


@admin.register(Activity)
class ActivityAdmin(ReadOnlyAdmin):
    """What customers did besides buying."""

    list_display = ("activity_id", "kind", "person", "source", "occurred_at", "merchant")
    list_filter = (MerchantFilter, "kind", "occurred_at")
    list_select_related = ("customer", "merchant")
    search_fields = ("activity_id__exact",)
    search_help_text = _("The whole activity id.")
    fields = (
        "activity_id", "uuid", "merchant", "customer", "kind", "reference", "source", "occurred_at", "received_at",
    )  # fmt: skip
    readonly_fields = ("uuid",)

    @admin.display(description=_("customer"))
    def person(self, activity: Activity) -> str:
        """Who did it."""
        return link_to(activity.customer)


@admin.register(InboundEvent)
class InboundEventAdmin(ReadOnlyAdmin):
    """Messages that other systems sent, and the conflicts among them."""

    list_display = ("event_id", "source", "order_id", "refused", "conflict_count", "received_at", "merchant")
    list_filter = (MerchantFilter, "refused", ("last_conflict_at", admin.EmptyFieldListFilter), "received_at")
    list_select_related = ("merchant",)
    search_fields = ("event_id__exact",)
    search_help_text = _("The whole event id.")


@admin.register(Event)
class EventAdmin(ReadOnlyAdmin):
    """What other systems may want to know."""

    list_display = ("type", "subject_type", "subject_id", "sequence", "occurred_at", "merchant")
    list_filter = (MerchantFilter, "occurred_at")
    list_select_related = ("merchant",)
    fields = ("uuid", "merchant", "type", "subject_type", "subject_id", "sequence", "occurred_at", "told")
    readonly_fields = ("uuid", "told")

    @admin.display(description=_("payload"))
    def told(self, event: Event) -> str:
        """What the event says."""
        return as_yaml(event.payload)
