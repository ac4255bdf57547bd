from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from config.lib.admin import MerchantFilter, ModelForm, OwnMerchantsAdmin, ReadOnlyAdmin, link_to_rows, record_action
from referrals.models.refused import RefusedMessage
from referrals.models.shops import ShopifyShop, ShopProduct
from referrals.services.refused import close_refusals
from referrals.services.shops import connect_shop, disconnect_shop, forget_previous_secret


class ShopifyShopForm(ModelForm):
    new_secret = forms.CharField(
        label=_("Secret"),
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=_(
            "What Shopify signs its webhooks with; it is not shown again. A new one leaves the one before valid."
        ),
    )

    class Meta:
        model = ShopifyShop
        fields = ("merchant", "domain")


@admin.register(ShopifyShop)
class ShopifyShopAdmin(OwnMerchantsAdmin):
    """Shops whose orders come in by webhooks."""

    form = ShopifyShopForm
    list_display = ("domain", "merchant", "is_connected", "has_two_secrets", "last_told_at", "redaction_asked_at")
    list_filter = (MerchantFilter,)
    list_select_related = ("merchant",)
    actions = ("forget_previous", "disconnect")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """What is asked for a shop, and what is shown of one."""
        told = ("connected_at", "last_told_at", "redaction_asked_at", "is_connected", "has_two_secrets", "kinds")
        return ("merchant", "domain", "new_secret", *(told if obj else ()))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """A shop stays itself, and its merchant's."""
        return ("merchant", "domain", *self.get_fields(request, obj)[3:]) if obj else ()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never: what it told names it as its door. It is disconnected instead."""
        return False

    def save_model(self, request: HttpRequest, obj: ShopifyShop, form: Any, change: Any) -> None:
        """Connect the shop, or change its secret."""
        secret = form.cleaned_data["new_secret"]
        shop = connect_shop(merchant=obj.merchant, domain=obj.domain, secret=secret, now=timezone.now())
        obj.pk = shop.pk

    @admin.display(description=_("connected"), boolean=True)
    def is_connected(self, shop: ShopifyShop) -> bool:
        """Whether anything that it tells is believed."""
        return bool(shop.secret)

    @admin.display(description=_("two secrets"), boolean=True)
    def has_two_secrets(self, shop: ShopifyShop) -> bool:
        """Whether the secret before counts, too."""
        return bool(shop.previous_secret)

    @admin.display(description=_("products"))
    def kinds(self, shop: ShopifyShop) -> str:
        """The way to what is known of its products."""
        return link_to_rows(ShopProduct, "categories", {"shop": shop.pk})

    @admin.action(description=_("Forget the secret before: Shopify has revoked it"), permissions=["change"])
    def forget_previous(self, request: HttpRequest, queryset: QuerySet[ShopifyShop]) -> None:
        """Believe the new secrets alone."""
        self._each(request, queryset, forget_previous_secret, gettext_noop("Forgot the secret before."))

    @admin.action(description=_("Disconnect: nothing it tells is believed from now on"), permissions=["change"])
    def disconnect(self, request: HttpRequest, queryset: QuerySet[ShopifyShop]) -> None:
        """Throw the secrets away."""
        self._each(request, queryset, disconnect_shop, gettext_noop("Disconnected."))

    def _each(self, request: HttpRequest, queryset: QuerySet[ShopifyShop], act: Any, what: str) -> None:
        """Do something to each of the chosen, and write down who did."""
        with transaction.atomic():
            shops = list(queryset)
            for shop in shops:
                act(shop=shop)
            record_action(request, shops, what)
        self.message_user(request, f"{gettext(what)} {', '.join(map(str, shops))}", messages.SUCCESS)


@admin.register(ShopProduct)
class ShopProductAdmin(ReadOnlyAdmin):
    """The categories of a shop's products, as it told them."""

    list_display = ("product_id", "category", "shop", "merchant")
    list_filter = (MerchantFilter,)
    list_select_related = ("shop", "merchant")
    search_fields = ("product_id__exact",)
    search_help_text = _("The whole id of the product.")


@admin.register(RefusedMessage)
class RefusedMessageAdmin(ReadOnlyAdmin):
    """Messages that could not be taken in, until somebody has looked."""

    list_display = ("reason", "about", "source", "times", "first_at", "last_at", "is_open", "merchant")
    list_filter = (MerchantFilter, "is_open", "first_at")
    list_select_related = ("merchant",)
    fields = ("merchant", "source", "about", "reason", "detail", "times", "first_at", "last_at", "is_open")
    actions = ("close",)

    @admin.action(description=_("Close: somebody has looked at it"), permissions=["act"])
    def close(self, request: HttpRequest, queryset: QuerySet[RefusedMessage]) -> None:
        """They need nobody any more."""
        with transaction.atomic():
            chosen = list(queryset.filter(is_open=True))
            close_refusals(messages=chosen)
            record_action(request, chosen, "Closed.")
        self.message_user(request, gettext("Closed: %(count)s.") % {"count": len(chosen)}, messages.SUCCESS)
