from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _

from config.lib.admin import (
    MerchantFilter,
    ModelForm,
    OwnMerchantsAdmin,
    ReadOnlyAdmin,
    link_to,
    merchants_of,
    record_action,
)
from fulfillment.models.notifications import (
    Channel,
    ContactPreference,
    Message,
    Notification,
    PushSubscription,
    Voice,
    Wording,
)
from fulfillment.selectors.notices import BY_KIND, PLACEHOLDERS, SAMPLE
from fulfillment.selectors.wording import as_email, say, unknown_placeholders, voice_of, wordings_of
from fulfillment.services.notifications.sending import send_again


class WordingForm(ModelForm):
    class Meta:
        model = Wording
        fields = ("merchant", "kind", "channel", "language", "title", "text")

    def clean_kind(self) -> str:
        """A notice that there is."""
        kind: str = self.cleaned_data["kind"]
        if kind not in BY_KIND:
            raise ValidationError(_("There are: %(names)s.") % {"names": ", ".join(BY_KIND)})
        return kind

    def clean(self) -> dict[str, Any]:
        """Texts in which only placeholders stand in braces."""
        cleaned = super().clean() or {}
        for name in ("title", "text"):
            if unknown := unknown_placeholders(cleaned.get(name, "")):
                there_are = ", ".join(f"{{{each}}}" for each in PLACEHOLDERS)
                known = {"names": ", ".join(unknown)[:100], "there_are": there_are}
                self.add_error(name, _("Unknown: %(names)s. There are: %(there_are)s.") % known)
        return cleaned


@admin.register(Wording)
class WordingAdmin(OwnMerchantsAdmin):
    """A merchant's own words, with a preview of each notice as it goes out."""

    form = WordingForm
    list_display = ("kind", "channel", "language", "title", "merchant", "preview")
    list_filter = (MerchantFilter, "channel", "language")
    list_select_related = ("merchant",)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """The previews are shown, and a wording stays with its merchant."""
        return ("merchant", "preview") if obj else ()

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """What is asked, and of one that was made also the preview."""
        return (*WordingForm.Meta.fields, "preview") if obj else WordingForm.Meta.fields

    def get_urls(self) -> list[Any]:
        """The pages of the admin, and a preview."""
        preview = path(
            "<int:merchant_id>/preview/<slug:kind>/<slug:language>/",
            self.admin_site.admin_view(self.preview_view),
            name="fulfillment_wording_preview",
        )
        return [preview, *super().get_urls()]

    @admin.display(description=_("preview"))
    def preview(self, wording: Wording) -> str:
        """The way to the e-mail as it looks."""
        url = reverse("admin:fulfillment_wording_preview", args=[wording.merchant_id, wording.kind, wording.language])
        return format_html('<a href="{}">e-mail</a>', url)

    def preview_view(self, request: HttpRequest, merchant_id: int, kind: str, language: str) -> HttpResponse:
        """One notice as an e-mail, with invented facts.

        :raises Http404: if the merchant is not theirs, or there is no such notice.
        """
        merchant = merchants_of(request).filter(pk=merchant_id).first()
        if merchant is None or kind not in BY_KIND or not self.has_view_permission(request):
            raise Http404
        said = say(kind=kind, arguments=SAMPLE, language=language, own=wordings_of(merchant), channel=Channel.EMAIL)
        voice = voice_of(merchant)
        return HttpResponse(as_email(said, kind=kind, merchant=merchant, voice=voice, language=language).html)


@admin.register(Voice)
class VoiceAdmin(OwnMerchantsAdmin):
    """How a merchant speaks to people; from here every notice can be seen as it goes out."""

    list_display = ("merchant", "sender_name", "language", "quiet_from", "quiet_until")
    list_filter = (MerchantFilter,)
    list_select_related = ("merchant",)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """A voice stays with its merchant."""
        return ("merchant", "notices") if obj else ()

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """What is asked, and of one that was made also the notices."""
        asked = ("merchant", "sender_name", "language", "quiet_from", "quiet_until")
        return (*asked, "notices") if obj else asked

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never: it can be changed."""
        return False

    @admin.display(description=_("notices, as e-mails"))
    def notices(self, voice: Voice) -> str:
        """The ways to all previews."""
        links = (
            (reverse("admin:fulfillment_wording_preview", args=[voice.merchant_id, kind, voice.language]), kind)
            for kind in BY_KIND
        )
        return format_html_join(" · ", '<a href="{}">{}</a>', links)


@admin.register(Notification)
class NotificationAdmin(ReadOnlyAdmin):
    """Who was told what."""

    list_display = ("kind", "reader", "created_at", "read_at", "merchant")
    list_filter = (MerchantFilter,)
    list_select_related = ("customer", "user", "merchant")
    fields = ("uuid", "kind", "merchant", "customer", "user", "key", "arguments", "created_at", "read_at")
    readonly_fields = ("uuid",)

    @admin.display(description=_("reader"))
    def reader(self, notification: Notification) -> str:
        """Whom it is for."""
        return link_to(notification.customer or notification.user)


@admin.register(Message)
class MessageAdmin(ReadOnlyAdmin):
    """What went out of the house, and what could not."""

    merchant_path = "notification__merchant"
    list_display = ("told", "channel", "state", "attempts", "due_at", "ended_at", "error")
    list_filter = (MerchantFilter, "channel", "state")
    list_select_related = ("notification",)
    fields = ("uuid", "told", "channel", "state", "attempts", "due_at", "ended_at", "error")
    readonly_fields = ("uuid", "told")
    actions = ("send_again",)

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Also one customer's messages: the page of customer service leads to them."""
        return lookup == "notification__customer" or super().lookup_allowed(lookup, value, request)

    @admin.action(description=_("Send again"), permissions=["act"])
    def send_again(self, request: HttpRequest, queryset: QuerySet[Message]) -> None:
        """Let messages that have ended go out once more."""
        with transaction.atomic():
            again = [message for message in queryset if send_again(message=message, now=timezone.now())]
            record_action(request, again, "Sent again.")
        self.message_user(
            request, _("On their way: %(count)s. Others had not ended.") % {"count": len(again)}, messages.SUCCESS
        )

    @admin.display(description=_("notification"))
    def told(self, message: Message) -> str:
        """What it says."""
        return link_to(message.notification)


@admin.register(ContactPreference)
class ContactPreferenceAdmin(ReadOnlyAdmin):
    """How customers wish to be told; it is theirs to choose."""

    list_display = ("customer", "language", "time_zone", "quiet_from", "quiet_until", "merchant")
    list_filter = (MerchantFilter,)
    list_select_related = ("customer", "merchant")


@admin.register(PushSubscription)
class PushSubscriptionAdmin(ReadOnlyAdmin):
    """Who can be woken; the addresses and keys of their browsers are not shown."""

    list_display = ("uuid", "customer", "user", "created_at", "merchant")
    list_filter = (MerchantFilter,)
    list_select_related = ("customer", "user", "merchant")
    fields = ("uuid", "customer", "user", "merchant", "created_at")
    readonly_fields = ("uuid",)
