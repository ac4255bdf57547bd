from collections.abc import Callable
from datetime import datetime
from typing import Any, cast

from django.contrib import admin, messages
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from config.lib.admin import MerchantFilter, ReadOnlyAdmin, link_to, links_to_rows_about, record_action
from config.lib.errors import DomainError, Invalid
from config.lib.spreadsheets import as_csv
from fulfillment.forms import QueueActionForm
from fulfillment.models.assignments import AssignmentState
from fulfillment.models.redemptions import LIVE, Redemption, Status
from fulfillment.models.technicians import Technician
from fulfillment.services.appointments import miss_appointment
from fulfillment.services.dispatch import approve, assign, reject
from fulfillment.services.fulfilment import fulfil
from fulfillment.services.repairs import Confirmed
from fulfillment.services.shipping import deliver, send
from fulfillment.tasks import nudge
from referrals.models.users import User

Act = Callable[[Redemption, User, dict[str, Any], datetime], object]
PACKING_COLUMNS = ("redemption", "reward", "quantity", "address")


class StandingFilter(admin.SimpleListFilter):
    """What there is to do."""

    title = _("to do")
    parameter_name = "to_do"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[Any, Any]]:
        """The kinds of work."""
        return [
            ("overdue", _("Overdue")),
            ("approve", _("To be approved")),
            ("assign", _("Nobody has it")),
            ("send", _("To be sent")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Redemption]) -> QuerySet[Redemption]:
        """The redemptions that wait for it."""
        waits = {
            "overdue": Q(status__in=LIVE, due_at__lt=timezone.now()),
            "approve": Q(status=Status.PENDING),
            "assign": Q(status=Status.APPROVED, needs_technician=True) & ~Q(assignments__state=AssignmentState.OPEN),
            "send": Q(status=Status.APPROVED, shipping_required=True),
        }
        return queryset.filter(waits.get(self.value() or "", Q()))


@admin.register(Redemption)
class RedemptionAdmin(ReadOnlyAdmin):
    """The queue: what customers redeemed or were granted, and what there is to do for it."""

    list_display = ("option", "owner", "quantity", "points", "status", "due", "created_at", "merchant")
    list_filter = (MerchantFilter, StandingFilter, "status", "created_at")
    list_select_related = ("customer", "option", "merchant")
    search_fields = ("uuid",)
    readonly_fields = ("uuid", "rows")
    action_form = QueueActionForm
    actions = ("approve", "reject", "assign", "fulfil", "send", "deliver", "miss", "packing_list")

    @admin.display(description=_("customer"))
    def owner(self, redemption: Redemption) -> str:
        """Who asked for it."""
        return link_to(redemption.customer)

    @admin.display(description=_("due"))
    def due(self, redemption: Redemption) -> str:
        """Until when it was promised, and whether that is over."""
        if redemption.due_at is None:
            return "–"
        is_late = redemption.status in LIVE and redemption.due_at < timezone.now()
        told = f"{timezone.localtime(redemption.due_at):%Y-%m-%d %H:%M}"
        return format_html("<strong>{} ({})</strong>", told, _("overdue")) if is_late else told

    @admin.display(description=_("what belongs to it"))
    def rows(self, redemption: Redemption) -> str:
        """Links to its history, jobs, parcel and notes."""
        return links_to_rows_about(redemption, self.admin_site)

    @admin.action(description=_("Approve"), permissions=["act"])
    def approve(self, request: HttpRequest, queryset: QuerySet[Redemption]) -> None:
        """Approve the chosen redemptions."""
        self._act(
            request,
            queryset,
            gettext_noop("Approved"),
            lambda row, who, _said, now: approve(redemption_id=row.pk, person=who, now=now),
        )

    @admin.action(description=_("Reject, for a reason: the points go back"), permissions=["act"])
    def reject(self, request: HttpRequest, queryset: QuerySet[Redemption]) -> None:
        """Reject the chosen redemptions."""

        def act(row: Redemption, person: User, said: dict[str, Any], now: datetime) -> object:
            reason = _needed(said, "reason")
            return reject(redemption_id=row.pk, person=person, reason=reason, words=said["words"], now=now)

        self._act(request, queryset, gettext_noop("Rejected"), act)

    @admin.action(description=_("Give to a technician"), permissions=["act"])
    def assign(self, request: HttpRequest, queryset: QuerySet[Redemption]) -> None:
        """Give the chosen jobs to a technician, in place of whoever has them."""

        def act(row: Redemption, person: User, said: dict[str, Any], now: datetime) -> object:
            email = _needed(said, "technician")
            technician = Technician.objects.filter(merchant=row.merchant_id, user__email__iexact=email).first()
            if technician is None:
                raise Invalid(gettext("There is no such technician."))
            return assign(redemption_id=row.pk, technician=technician, person=person, now=now)

        self._act(request, queryset, gettext_noop("Assigned"), act)

    @admin.action(description=_("Fulfilled: it was delivered"), permissions=["act"])
    def fulfil(self, request: HttpRequest, queryset: QuerySet[Redemption]) -> None:
        """Say that the chosen redemptions were delivered; a repair discount names its job and the confirmed price."""

        def act(row: Redemption, person: User, said: dict[str, Any], now: datetime) -> object:
            has_repair = said["repair"] and said["price_after"] is not None
            repair = Confirmed(said["repair"], said["price_after"]) if has_repair else None
            return fulfil(redemption_id=row.pk, person=person, repair=repair, now=now)

        self._act(request, queryset, gettext_noop("Fulfilled"), act)

    @admin.action(description=_("Sent, with a carrier"), permissions=["act"])
    def send(self, request: HttpRequest, queryset: QuerySet[Redemption]) -> None:
        """Say that the chosen parcels are on their way."""

        def act(row: Redemption, person: User, said: dict[str, Any], now: datetime) -> object:
            carrier = _needed(said, "carrier")
            return send(redemption_id=row.pk, carrier=carrier, tracking=said["tracking"], person=person, now=now)

        self._act(request, queryset, gettext_noop("Sent"), act)

    @admin.action(description=_("Arrived"), permissions=["act"])
    def deliver(self, request: HttpRequest, queryset: QuerySet[Redemption]) -> None:
        """Say that the chosen parcels have arrived."""
        self._act(
            request,
            queryset,
            gettext_noop("Delivered"),
            lambda row, _who, _said, now: deliver(redemption_id=row.pk, now=now),
        )

    @admin.action(description=_("Nobody came to the appointment"), permissions=["act"])
    def miss(self, request: HttpRequest, queryset: QuerySet[Redemption]) -> None:
        """Say that nobody came; the customer may book once more."""
        self._act(
            request,
            queryset,
            gettext_noop("Missed"),
            lambda row, _who, _said, now: miss_appointment(redemption_id=row.pk, now=now),
        )

    @admin.action(description=_("Packing list, with addresses"), permissions=["act"])
    def packing_list(self, request: HttpRequest, queryset: QuerySet[Redemption]) -> HttpResponse:
        """What of the chosen is to be sent, and where to; that it was looked at stands in the history."""
        to_send = queryset.filter(status=Status.APPROVED, shipment__isnull=False)
        parcels = list(to_send.select_related("option", "shipment").order_by("pk"))
        record_action(request, parcels, "Put on a packing list.")
        rows = [(str(it.uuid), it.option.name, it.quantity, it.shipment.address) for it in parcels]
        return HttpResponse(
            as_csv([PACKING_COLUMNS, *rows]),
            content_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": 'attachment; filename="packing-list.csv"', "Cache-Control": "no-store"},
        )

    def _act(self, request: HttpRequest, chosen: QuerySet[Redemption], done: str, act: Act) -> None:
        """Do it to each in a transaction of its own, so that one which is refused stops no other."""
        form = QueueActionForm(request.POST)
        del form.fields["action"]  # It was read already, by the list, which knows its choices.
        if not form.is_valid():
            self.message_user(request, form.errors.as_text(), messages.ERROR)
            return
        person, count = cast("User", request.user), 0
        for redemption in chosen.order_by("pk"):
            try:
                with transaction.atomic():
                    act(redemption, person, form.cleaned_data, timezone.now())
                    record_action(request, [redemption], f"{done}.")
            except DomainError as refused:
                told = format_html("{}: {}", link_to(redemption, redemption.uuid), refused.detail)
                self.message_user(request, told, messages.ERROR)
            else:
                count += 1
        if count:
            self.message_user(request, f"{gettext(done)}: {count}.", messages.SUCCESS)
        nudge()


def _needed(said: dict[str, Any], name: str) -> str:
    """What has to be said for an action.

    :raises Invalid: if it was not.
    """
    if not said[name]:
        raise Invalid(gettext("Say which: %(name)s.") % {"name": name})
    return str(said[name])
