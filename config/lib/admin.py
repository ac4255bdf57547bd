"""What all pages of the staff admin share: whose rows they show, and links between them."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import urlencode

import yaml
from django import forms
from django.contrib import admin
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.admin.sites import AdminSite
from django.core.paginator import Paginator
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import cached_property
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[Any]
    ModelForm = forms.ModelForm[Any]
    RowPaginator = Paginator[Any]
else:
    ModelAdmin = admin.ModelAdmin
    ModelForm = forms.ModelForm
    RowPaginator = Paginator

ROWS_LISTED_MAX = 10_000
NOTHING = "–"


def merchants_of(request: HttpRequest) -> QuerySet[Any]:
    """The merchants whose rows this person may see: all for a superuser, else those they work for."""
    user: Any = request.user
    own: QuerySet[Any] = user.merchants.all()
    return own.model._default_manager.all() if user.is_superuser else own


class BoundedPaginator(RowPaginator):
    """Counts and pages no further than ROWS_LISTED_MAX rows, so a list costs the same at any table size.

    What lies beyond is reached by a filter, a search, or a link from the row that it belongs to.
    """

    @cached_property
    def count(self) -> int:
        """How many rows are listed."""
        rows: Any = self.object_list
        counted: int = rows[:ROWS_LISTED_MAX].count()
        return counted


class MerchantFilter(admin.SimpleListFilter):
    """Narrows a list to one merchant; it names only those whose rows this person may see."""

    title = _("merchant")
    parameter_name = "merchant"

    def __init__(self, request: HttpRequest, params: dict[str, Any], model: type[Model], model_admin: Any) -> None:
        self.merchant_path: str = model_admin.merchant_path
        super().__init__(request, params, model, model_admin)

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[Any, str]]:
        """The merchants to choose from."""
        return [(str(merchant.pk), str(merchant)) for merchant in merchants_of(request).order_by("name")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """The rows of the chosen merchant; a choice that was not offered is no choice."""
        chosen = self.value()
        if chosen not in {value for value, _ in self.lookup_choices}:
            return queryset
        return queryset.filter(**{self.merchant_path: chosen})


class OwnMerchantsAdmin(ModelAdmin):
    """Shows staff the rows of the merchants they work for, and nothing of any other; superusers see all.

    What is not theirs is 404 like what does not exist, on every page of a row. It is in no list, no
    autocompletion, and among no choices. `merchant_path` is the lookup that leads from a row to its merchant.
    Lists come newest first and cannot be sorted by a click: only that order has an index under it.
    """

    merchant_path: ClassVar[str] = "merchant"
    ordering: ClassVar[tuple[str, ...]] = ("-pk",)
    paginator = BoundedPaginator
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    sortable_by = ()

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """The rows that this person may see."""
        rows = super().get_queryset(request)
        if request.user.is_superuser:
            return rows
        return rows.filter(**{f"{self.merchant_path}__in": merchants_of(request)})

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """The row with this id, if this person may see it.

        :raises Http404: otherwise.
        """
        row = super().get_object(request, object_id, from_field)
        if row is None:
            raise Http404
        return row

    def get_field_queryset(self, db: str | None, db_field: Any, request: HttpRequest) -> QuerySet[Any] | None:
        """The choices for a field that refers to rows of a merchant: those that this person may see."""
        if self.admin_site.is_registered(db_field.remote_field.model):
            other = self.admin_site.get_model_admin(db_field.remote_field.model)
            if isinstance(other, OwnMerchantsAdmin):
                return other.get_queryset(request)
        choices: QuerySet[Any] | None = super().get_field_queryset(db, db_field, request)
        return choices


class ReadOnlyAdmin(OwnMerchantsAdmin):
    """For looking only: nothing is added, changed or deleted here, not even by a superuser.

    The rules of the product live in services, above the rows: an edit in a form would pass by all of them. What
    staff may do is an action that calls a service, and needs the permission to change (`permissions=["act"]`).
    """

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Never."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False

    def has_act_permission(self, request: HttpRequest) -> bool:
        """Whether this person may run the actions of the list."""
        return super().has_change_permission(request)


class SuperusersOnly(ModelAdmin):
    """For what belongs to no merchant: people, groups, and the keys to their accounts."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Whether it is listed at all."""
        return request.user.is_superuser

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whether this person may look."""
        return request.user.is_superuser

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Whether this person may add."""
        return request.user.is_superuser

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whether this person may change."""
        return request.user.is_superuser

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whether this person may delete."""
        return request.user.is_superuser


def record_action(request: HttpRequest, rows: Iterable[Model], what: str) -> None:
    """Write into the history of each row who did what; call it in the transaction that does it."""
    person: Any = request.user
    LogEntry.objects.log_actions(person.pk, rows, CHANGE, what)


def link_to(row: Model | None, text: object = "") -> str:
    """A link to the admin page of a row, or a dash where there is none.

    :param text: what it says; the row's own words by default.
    """
    return NOTHING if row is None else link_to_id(row._meta.label_lower, row.pk, text or row)


def link_to_id(label: str, row_id: int | None, text: object = "") -> str:
    """A link to the admin page of a row that is known here only by its id, such as one of a floor above.

    :param label: the row's model, for example "rewards.evaluation".
    """
    if row_id is None:
        return NOTHING
    try:
        url = reverse(f"admin:{label.replace('.', '_')}_change", args=[row_id])
    except NoReverseMatch:
        return str(text or row_id)
    return format_html('<a href="{}">{}</a>', url, text or row_id)


def link_to_rows(model: type[Model], text: object, lookups: Mapping[str, object]) -> SafeString:
    """A link to the list of the rows of `model` that `lookups` finds."""
    url = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    return format_html('<a href="{}?{}">{}</a>', url, urlencode(lookups), text)


def links_to_rows_about(row: Model, site: AdminSite) -> SafeString:
    """Links to the lists of all rows that refer to this one, whichever floor they are on."""
    links = [link for model in site._registry for link in _links_through(model, row)]
    return format_html_join(" · ", "{}", ((link,) for link in links))


def _links_through(model: type[Model], row: Model) -> list[SafeString]:
    references = [field for field in model._meta.fields if field.related_model is type(row)]
    plural = model._meta.verbose_name_plural
    among = _("%(rows)s (%(column)s)")
    return [
        link_to_rows(
            model,
            plural if len(references) == 1 else among % {"rows": plural, "column": field.verbose_name},
            {field.name: row.pk},
        )
        for field in references
    ]


def as_yaml(value: object) -> str:
    """Structured data in the form that people read most easily."""
    if value in (None, {}, []):
        return NOTHING
    return format_html("<pre>{}</pre>", plain_yaml(value))


def plain_yaml(value: object) -> str:
    """Structured data as text that people can edit."""
    text: str = yaml.safe_dump(value, allow_unicode=True, sort_keys=False)
    return text
