from typing import TYPE_CHECKING, Any

from allauth.account.models import EmailAddress
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import AdminUserCreationForm
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from config.lib.admin import SuperusersOnly
from referrals.models.users import User

if TYPE_CHECKING:
    CreationForm = AdminUserCreationForm[User]
    LibraryUserAdmin = DjangoUserAdmin[User]
else:
    CreationForm = AdminUserCreationForm
    LibraryUserAdmin = DjangoUserAdmin


class NewUserForm(CreationForm):
    def clean_email(self) -> str:
        """The address as sign-in looks for it: in small letters."""
        email: str = self.cleaned_data["email"]
        return email.lower()


@admin.register(User)
class UserAdmin(SuperusersOnly, LibraryUserAdmin):
    """People with a login, and the merchants that staff and technicians work for.

    An address is given once, here; afterwards its owner changes it and confirms the new one, so that nobody can
    be signed in by an address that was never theirs.
    """

    add_form = NewUserForm
    list_display = ("email", "first_name", "last_name", "is_staff", "is_superuser", "is_active", "last_login")
    list_filter = ("is_staff", "is_superuser", "is_active", "groups")
    search_fields = ("email", "first_name", "last_name")
    ordering = ("email",)
    filter_horizontal = ("merchants", "groups", "user_permissions")
    add_fieldsets = (
        (None, {"fields": ("email", "usable_password", "password1", "password2")}),
        (_("What they may do"), {"fields": ("is_staff", "merchants", "groups")}),
    )
    fieldsets = (
        (None, {"fields": ("email", "password")}),
        (_("The person"), {"fields": ("first_name", "last_name")}),
        (_("Where they work"), {"fields": ("merchants",)}),
        (_("What they may do"), {"fields": ("is_active", "is_staff", "is_superuser", "groups", "user_permissions")}),
        (_("Since when"), {"fields": ("date_joined", "last_login")}),
    )

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: Any) -> None:
        """Save a person; the address of a new one counts as confirmed, because a superuser vouches for it."""
        super().save_model(request, obj, form, change)
        if not change:
            EmailAddress.objects.create(user=obj, email=obj.email, verified=True, primary=True)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """What is not typed in here."""
        return ("email", "date_joined", "last_login") if obj else ()
