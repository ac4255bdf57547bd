"""The staff admin as a whole: its name, its door, and who may touch what our libraries put into it."""

from collections.abc import Callable
from typing import Any

from allauth.account.decorators import secure_admin_login
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import admin
from django.contrib.auth.models import Group
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _

from config.cockpit.dashboard import dashboard
from config.lib.accounts import second_factor_required
from config.lib.admin import SuperusersOnly

OF_LIBRARIES = (Group, EmailAddress, Authenticator, UserSession)


def open_staff_site() -> admin.AdminSite:
    """Name the admin, lead its sign-in through the one that everybody uses, and close what belongs to no merchant.

    Groups grant permissions, and addresses and second factors open accounts, so only superusers see those.
    """
    site = admin.site
    site.site_title = site.site_header = _("Grapevine staff")
    site.index_title = _("Everything at a glance")
    plain = site.index

    def index(request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        asks = {"second_factor_is_asked": settings.STAFF_SECOND_FACTOR}
        return plain(request, {**dashboard(request), **asks, **(extra_context or {})})

    guard = site.admin_view

    def admin_view(view: Callable[..., Any], *how: bool) -> Any:
        return second_factor_required(guard(view, *how))

    site.admin_view = admin_view  # type: ignore[method-assign, assignment]  # every page of the admin goes through it
    site.index = index  # type: ignore[method-assign]  # the first page has a dashboard
    site.login = secure_admin_login(site.login)  # type: ignore[method-assign]  # as the library asks for it
    for model in OF_LIBRARIES:
        theirs: Any = type(site.get_model_admin(model))
        site.unregister(model)
        site.register(model, type(f"SuperusersOnly{theirs.__name__}", (SuperusersOnly, theirs), {}))
    return site
