from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from config.lib.admin import MerchantFilter, OwnMerchantsAdmin, ReadOnlyAdmin, merchants_of
from fulfillment.forms import HoursForm, RowForm
from fulfillment.models.technicians import Technician, TimeOff, WorkingHours

if TYPE_CHECKING:
    HoursTable = admin.TabularInline[WorkingHours, Technician]
    TimeOffTable = admin.TabularInline[TimeOff, Technician]
else:
    HoursTable = TimeOffTable = admin.TabularInline


class HoursInline(HoursTable):
    model = WorkingHours
    form = HoursForm
    extra = 1


class TimeOffInline(TimeOffTable):
    model = TimeOff
    form = RowForm
    extra = 1


@admin.register(Technician)
class TechnicianAdmin(OwnMerchantsAdmin):
    """Who delivers; somebody who left is made inactive, because what they delivered stays."""

    list_display = ("user", "skills", "regions", "capacity", "is_active", "merchant")
    list_filter = (MerchantFilter, "is_active")
    list_select_related = ("user", "merchant")
    inlines = (HoursInline, TimeOffInline)

    def get_field_queryset(self, db: str | None, db_field: Any, request: HttpRequest) -> QuerySet[Any] | None:
        """Technicians are people who work for the merchants that this person may see."""
        if db_field.name != "user":
            return super().get_field_queryset(db, db_field, request)
        people: QuerySet[Any] = db_field.remote_field.model._default_manager.order_by("email")
        return people.filter(merchants__in=merchants_of(request)).distinct()

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Another person is another technician."""
        return ("user", "merchant") if obj else ()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never: see above."""
        return False


@admin.register(WorkingHours)
class WorkingHoursAdmin(ReadOnlyAdmin):
    """When technicians work; it is changed with the technician."""

    merchant_path = "technician__merchant"
    list_display = ("technician", "weekday", "starts_at", "ends_at")
    list_filter = (MerchantFilter, "weekday")
    list_select_related = ("technician__user",)


@admin.register(TimeOff)
class TimeOffAdmin(ReadOnlyAdmin):
    """When technicians do not work; it is changed with the technician."""

    merchant_path = "technician__merchant"
    list_display = ("technician", "first_day", "last_day")
    list_filter = (MerchantFilter,)
    list_select_related = ("technician__user",)
