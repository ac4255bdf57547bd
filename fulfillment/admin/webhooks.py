from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.postgres.forms import SimpleArrayField
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from config.lib.admin import (
    MerchantFilter,
    ModelAdmin,
    ModelForm,
    ReadOnlyAdmin,
    SuperusersOnly,
    as_yaml,
    link_to,
    link_to_rows,
    record_action,
)
from config.lib.errors import DomainError
from config.lib.outbound import is_postable
from fulfillment.models.outbox import OutboxReader
from fulfillment.models.webhooks import Delivery, WebhookEndpoint
from fulfillment.selectors.event_types import unknown_events
from fulfillment.services.webhooks.endpoints import (
    change_endpoint,
    create_endpoint,
    remove_endpoint,
    replay_delivery,
    rotate_secret,
    send_test,
)


class WebhookEndpointForm(ModelForm):
    events = SimpleArrayField(
        forms.CharField(), label=_("Events"), initial=["*"], help_text=_('Types, groups such as "points.*", or "*".')
    )

    class Meta:
        model = WebhookEndpoint
        fields = ("merchant", "url", "events", "description")

    def clean_url(self) -> str:
        """An address that may be posted to."""
        url: str = self.cleaned_data["url"]
        if not is_postable(url):
            raise ValidationError(_("Must be https on port 443 of a public address, without a user or a fragment."))
        return url

    def clean_events(self) -> list[str]:
        """Events that there are."""
        events: list[str] = self.cleaned_data["events"]
        if unknown := unknown_events(events):
            raise ValidationError(_("Unknown: %(names)s.") % {"names": ", ".join(unknown)})
        return events


@admin.register(WebhookEndpoint)
class WebhookEndpointAdmin(ReadOnlyAdmin):
    """Systems that are told what happens: made here or over the API, and changed by actions."""

    form = WebhookEndpointForm
    list_display = ("url", "description", "merchant", "events", "state", "failing_since", "log")
    list_filter = (MerchantFilter, "state")
    list_select_related = ("merchant",)
    actions = ("test", "rotate", "enable", "disable", "remove")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Whether this person may make endpoints."""
        return ModelAdmin.has_add_permission(self, request)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """What is asked for a new endpoint, or shown of one."""
        made = ("uuid", "merchant", "url", "events", "description", "state", "state_since", "failing_since", "log")
        return made if obj else WebhookEndpointForm.Meta.fields

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """What is not a field of the form."""
        return ("uuid", "state_since", "failing_since", "log") if obj else ()

    def save_model(self, request: HttpRequest, obj: WebhookEndpoint, form: Any, change: Any) -> None:
        """Make the endpoint, and say its secret in a message."""
        made = create_endpoint(
            merchant=obj.merchant, url=obj.url, events=obj.events, description=obj.description, now=timezone.now()
        )
        obj.pk, obj.uuid = made.pk, made.uuid
        self._show_secret(request, made)

    @admin.display(description=_("deliveries"))
    def log(self, endpoint: WebhookEndpoint) -> str:
        """The way to its log."""
        return link_to_rows(Delivery, "log", {"endpoint": endpoint.pk})

    @admin.action(description=_("Send a test event"), permissions=["act"])
    def test(self, request: HttpRequest, queryset: QuerySet[WebhookEndpoint]) -> None:
        """Queue a test to each."""
        self._each(
            request, queryset, lambda each: send_test(endpoint=each, now=timezone.now()), gettext_noop("Tested.")
        )

    @admin.action(description=_("Make a new secret; the old one signs for a day"), permissions=["act"])
    def rotate(self, request: HttpRequest, queryset: QuerySet[WebhookEndpoint]) -> None:
        """Rotate each secret, and show it."""
        self._each(
            request,
            queryset,
            lambda each: self._show_secret(request, rotate_secret(endpoint=each, now=timezone.now())),
            gettext_noop("Secret rotated."),
        )

    @admin.action(description=_("Enable"), permissions=["act"])
    def enable(self, request: HttpRequest, queryset: QuerySet[WebhookEndpoint]) -> None:
        """Tell them again."""
        self._each(
            request,
            queryset,
            lambda each: change_endpoint(endpoint=each, is_enabled=True, now=timezone.now()),
            gettext_noop("Enabled."),
        )

    @admin.action(description=_("Disable"), permissions=["act"])
    def disable(self, request: HttpRequest, queryset: QuerySet[WebhookEndpoint]) -> None:
        """Tell them nothing for now."""
        self._each(
            request,
            queryset,
            lambda each: change_endpoint(endpoint=each, is_enabled=False, now=timezone.now()),
            gettext_noop("Disabled."),
        )

    @admin.action(description=_("Remove for good"), permissions=["act"])
    def remove(self, request: HttpRequest, queryset: QuerySet[WebhookEndpoint]) -> None:
        """Tell them nothing any more."""
        self._each(
            request, queryset, lambda each: remove_endpoint(endpoint=each, now=timezone.now()), gettext_noop("Removed.")
        )

    def _each(self, request: HttpRequest, queryset: QuerySet[WebhookEndpoint], act: Any, what: str) -> None:
        """Do something to each of the chosen, and write down who did; one that refuses does not stop the others."""
        for endpoint in queryset:
            try:
                with transaction.atomic():
                    act(endpoint)
                    record_action(request, [endpoint], what)
            except DomainError as error:
                self.message_user(request, f"{endpoint}: {error.detail}", messages.ERROR)
            else:
                self.message_user(request, f"{endpoint}: {gettext(what)}", messages.SUCCESS)

    def _show_secret(self, request: HttpRequest, endpoint: WebhookEndpoint) -> None:
        said = gettext("The secret of {} is <code>{}</code>. Copy it now: it is not shown again.")
        told = format_html(said, endpoint, endpoint.secret)
        self.message_user(request, told, messages.WARNING)


@admin.register(Delivery)
class DeliveryAdmin(ReadOnlyAdmin):
    """The log of what merchants' systems were told."""

    list_display = ("type", "message_id", "receiver", "state", "attempts", "due_at", "created_at", "merchant")
    list_filter = (MerchantFilter, "state")
    list_select_related = ("endpoint", "merchant")
    fields = (
        "uuid", "message_id", "type", "receiver", "event", "state", "attempts", "due_at", "ended_at", "attempted",
    )  # fmt: skip
    readonly_fields = ("uuid", "receiver", "attempted")
    actions = ("replay",)

    @admin.display(description=_("endpoint"))
    def receiver(self, delivery: Delivery) -> str:
        """Who is told."""
        return link_to(delivery.endpoint)

    @admin.display(description=_("log"))
    def attempted(self, delivery: Delivery) -> str:
        """Each attempt."""
        return as_yaml(delivery.log)

    @admin.action(description=_("Deliver again"), permissions=["act"])
    def replay(self, request: HttpRequest, queryset: QuerySet[Delivery]) -> None:
        """Begin again with each of the chosen; one that refuses does not stop the others."""
        for delivery in queryset.select_related("endpoint"):
            try:
                with transaction.atomic():
                    replay_delivery(delivery=delivery, now=timezone.now())
                    record_action(request, [delivery], "Delivered again.")
            except DomainError as error:
                self.message_user(request, f"{delivery}: {error.detail}", messages.ERROR)
            else:
                self.message_user(request, f"{delivery}: {gettext('Delivered again.')}", messages.SUCCESS)


@admin.register(OutboxReader)
class OutboxReaderAdmin(SuperusersOnly):
    """How far each consumer has read the outbox."""

    list_display = ("name", "position", "mark")
    readonly_fields = ("name", "position", "mark", "mark_transaction")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Never: a consumer makes its own."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never: it would read everything again."""
        return False
