from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from config.lib.admin import MerchantFilter, ModelAdmin, ModelForm, ReadOnlyAdmin, record_action
from referrals.models.api_keys import ApiKey, Scope
from referrals.services.api_keys import issue_api_key, revoke_api_key


class ApiKeyForm(ModelForm):
    scopes = forms.MultipleChoiceField(label=_("Scopes"), choices=Scope.choices, widget=forms.CheckboxSelectMultiple)

    class Meta:
        model = ApiKey
        fields = ("merchant", "name", "scopes", "expires_at")


@admin.register(ApiKey)
class ApiKeyAdmin(ReadOnlyAdmin):
    """Other systems' access: a key is made and revoked here, and never changed."""

    form = ApiKeyForm
    list_display = ("name", "prefix", "merchant", "may", "created_at", "expires_at", "revoked_at")
    list_filter = (MerchantFilter, ("revoked_at", admin.EmptyFieldListFilter))
    list_select_related = ("merchant",)
    actions = ("revoke",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Whether this person may make keys."""
        return ModelAdmin.has_add_permission(self, request)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """What is asked for a new key, or shown of one that was made."""
        made = ("prefix", "merchant", "name", "may", "created_at", "expires_at", "revoked_at")
        return made if obj else ApiKeyForm.Meta.fields

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """What is not a field of the form."""
        return ("may", "created_at") if obj else ()

    def save_model(self, request: HttpRequest, obj: ApiKey, form: Any, change: Any) -> None:
        """Make the key, and say its secret in a message: it is kept nowhere."""
        key, secret = issue_api_key(
            merchant=obj.merchant, name=obj.name, scopes=form.cleaned_data["scopes"], expires_at=obj.expires_at
        )
        obj.pk, obj.prefix = key.pk, key.prefix
        said = gettext("The key of {} is <code>{}</code>. Copy it now: it is not shown again.")
        told = format_html(said, key.name, secret)
        self.message_user(request, told, messages.WARNING)

    @admin.display(description=_("may"))
    def may(self, key: ApiKey) -> str:
        """The scopes."""
        return ", ".join(key.scopes)

    @admin.action(description=_("Revoke: the key is refused from now on"), permissions=["act"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[ApiKey]) -> None:
        """End the chosen keys."""
        with transaction.atomic():
            live = list(queryset.filter(revoked_at=None))
            for key in live:
                revoke_api_key(key=key, now=timezone.now())
            record_action(request, live, "Revoked.")
        self.message_user(
            request, _("Revoked: %(count)s. They are refused within seconds.") % {"count": len(live)}, messages.SUCCESS
        )
