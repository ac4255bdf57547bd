"""The staff pages of the top floor."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from config.lib.admin import MerchantFilter, OwnMerchantsAdmin, merchants_of
from fulfillment.models.technicians import Technician


@admin.register(Technician)
class TechnicianAdmin(OwnMerchantsAdmin):
    """Who delivers; somebody who left is made inactive, because what they delivered stays."""

    list_display = ("user", "merchant", "is_active")
    list_filter = (MerchantFilter, "is_active")
    list_select_related = ("user", "merchant")

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
