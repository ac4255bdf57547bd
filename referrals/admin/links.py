from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from config.lib.admin import MerchantFilter, ModelForm, OwnMerchantsAdmin, ReadOnlyAdmin, link_to
from referrals.models.destinations import Destination
from referrals.models.links import Click, ShareLink


class DestinationForm(ModelForm):
    picture_url = forms.URLField(
        label=_("Picture URL"),
        max_length=500,
        required=False,
        assume_scheme="https",
        help_text=_("Shown in previews."),
    )
    url = forms.URLField(
        label=_("URL"), max_length=500, assume_scheme="https", help_text=_("Where a friend goes on to.")
    )

    class Meta:
        model = Destination
        fields = ("merchant", "slug", "kind", "title", "description", "picture_url", "url", "is_open")


@admin.register(Destination)
class DestinationAdmin(OwnMerchantsAdmin):
    """Where links may lead. What is closed stays, for links and their numbers hang on it."""

    list_display = ("slug", "kind", "title", "url", "is_open", "merchant")
    list_filter = (MerchantFilter, "kind", "is_open")
    list_select_related = ("merchant",)
    search_fields = ("slug__exact",)
    search_help_text = _("The whole slug.")
    form = DestinationForm
    fields = (*DestinationForm.Meta.fields, "uuid")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """What stands in links that people have sent stays as it is."""
        return ("merchant", "slug", "uuid") if obj else ("uuid",)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never: it is closed instead."""
        return False


@admin.register(ShareLink)
class ShareLinkAdmin(ReadOnlyAdmin):
    """Codes on their ways."""

    list_display = ("uuid", "shared", "leads_to", "channel", "created_at", "merchant")
    list_filter = (MerchantFilter, "channel")
    list_select_related = ("code", "destination", "merchant")
    readonly_fields = ("uuid",)

    @admin.display(description=_("code"))
    def shared(self, link: ShareLink) -> str:
        """Which code it carries."""
        return link_to(link.code)

    @admin.display(description=_("destination"))
    def leads_to(self, link: ShareLink) -> str:
        """Where it leads."""
        return link_to(link.destination)


@admin.register(Click)
class ClickAdmin(ReadOnlyAdmin):
    """Who followed links, without who they are."""

    list_display = ("clicked_at", "followed", "device", "merchant")
    list_filter = (MerchantFilter, "link__channel", "device", "clicked_at")
    list_select_related = ("link", "merchant")
    fields = ("merchant", "link", "device", "coupon_site", "clicked_at")

    @admin.display(description=_("link"))
    def followed(self, click: Click) -> str:
        """Which link it was."""
        return link_to(click.link)
