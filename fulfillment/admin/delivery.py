from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from config.lib.admin import MerchantFilter, OwnMerchantsAdmin, ReadOnlyAdmin, as_yaml, link_to
from config.lib.pages import private_picture
from fulfillment.models.appointments import Appointment, Slot
from fulfillment.models.assignments import Assignment
from fulfillment.models.notes import Note
from fulfillment.models.photos import Photo
from fulfillment.models.shipments import Shipment
from fulfillment.models.status_moves import StatusMove


class OfRedemption(ReadOnlyAdmin):
    """Rows about a redemption, which leads to its merchant. No list begins with it: there the row has its own link."""

    merchant_path = "redemption__merchant"

    @admin.display(description=_("redemption"))
    def about(self, row: Any) -> str:
        """The redemption."""
        return link_to(row.redemption)


@admin.register(StatusMove)
class StatusMoveAdmin(OfRedemption):
    """The history of redemptions, which nobody can change."""

    list_display = ("moved_at", "about", "from_status", "to_status", "actor", "reason")
    list_filter = (MerchantFilter, "to_status", "moved_at")
    list_select_related = ("redemption",)


@admin.register(Note)
class NoteAdmin(OfRedemption):
    """What was written about redemptions."""

    list_display = ("written_at", "about", "actor", "is_for_customer")
    list_filter = (MerchantFilter, "is_for_customer")
    list_select_related = ("redemption",)


@admin.register(Photo)
class PhotoAdmin(OfRedemption):
    """Photos of what was done."""

    list_display = ("taken_at", "about", "actor")
    list_filter = (MerchantFilter, "taken_at")
    list_select_related = ("redemption",)
    readonly_fields = ("picture",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Photo]:
        """Lists read no pictures."""
        return super().get_queryset(request).defer("content")

    def get_urls(self) -> list[URLPattern]:
        """The pages of the admin, and the picture itself."""
        show = self.admin_site.admin_view(self.show)
        return [path("<int:photo_id>/picture/", show, name="fulfillment_photo_picture"), *super().get_urls()]

    @admin.display(description=_("picture"))
    def picture(self, photo: Photo) -> str:
        """What is to be seen."""
        address = reverse("admin:fulfillment_photo_picture", args=[photo.pk])
        return format_html('<img src="{}" alt="" width="480">', address)

    def show(self, request: HttpRequest, photo_id: int) -> HttpResponse:
        """The picture itself."""
        photo = self.get_object(request, str(photo_id))
        if not self.has_view_permission(request, photo):
            raise PermissionDenied
        return private_picture(photo.content)


@admin.register(Assignment)
class AssignmentAdmin(OfRedemption):
    """Who has, or had, which job, and why they."""

    merchant_path = "merchant"
    list_display = ("technician", "about", "state", "actor", "assigned_at", "ended_at", "merchant")
    list_filter = (MerchantFilter, "state")
    list_select_related = ("redemption", "technician__user", "merchant")
    readonly_fields = ("uuid", "why")
    exclude = ("explanation",)

    @admin.display(description=_("why they"))
    def why(self, job: Assignment) -> str:
        """How the choice was made, in numbers."""
        return as_yaml(job.explanation)


@admin.register(Shipment)
class ShipmentAdmin(OfRedemption):
    """Parcels."""

    list_display = ("asked_at", "about", "carrier", "tracking", "sent_at", "delivered_at")
    list_filter = (MerchantFilter,)
    list_select_related = ("redemption",)


@admin.register(Slot)
class SlotAdmin(OwnMerchantsAdmin):
    """Times at which experiences can be had; one that was offered stays."""

    list_display = ("starts_at", "ends_at", "option", "places", "taken", "merchant")
    list_filter = (MerchantFilter,)
    list_select_related = ("option", "merchant")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Another time is another slot."""
        return ("uuid", "merchant", "option", "starts_at", "ends_at", "taken") if obj else ()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never: see above."""
        return False


@admin.register(Appointment)
class AppointmentAdmin(OfRedemption):
    """Who comes when."""

    merchant_path = "merchant"
    list_display = ("about", "slot", "places", "state", "booked_at", "merchant")
    list_filter = (MerchantFilter, "state")
    list_select_related = ("redemption", "slot", "merchant")
