from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from config.lib.admin import MerchantFilter, ReadOnlyAdmin, link_to, links_to_rows_about
from config.lib.errors import DomainError
from credits.admin.account_acts import ACTS
from credits.admin.account_page import balance, path_up
from credits.admin.account_rows import sections
from credits.forms import AccountForm
from credits.models.accounts import Account


@admin.register(Account)
class AccountAdmin(ReadOnlyAdmin):
    """Customers' points: a page that explains a balance, and what staff may do to it (`account_acts`)."""

    list_display = ("id", "owner", "available", "pending", "held", "owed", "tier", "wallet", "merchant")
    list_filter = (MerchantFilter,)
    list_select_related = ("customer", "tier", "wallet", "merchant")

    @admin.display(description=_("customer"))
    def owner(self, account: Account) -> str:
        """Whose points they are."""
        return link_to(account.customer)

    def get_urls(self) -> list[URLPattern]:
        """The pages of the admin, and one address for what staff may do to an account."""
        act = path("<int:account_id>/<slug:name>/", self.admin_site.admin_view(self.act), name="credits_account_act")
        # After the admin's own, whose last one redirects whatever it does not know.
        *known, rest = super().get_urls()
        return [*known, act, rest]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The page of an account; nothing is changed by posting to it."""
        account = self.get_object(request, object_id)
        if request.method == "POST" or not self.has_view_permission(request, account):
            raise PermissionDenied
        return self._page(request, account)

    def act(self, request: HttpRequest, account_id: int, name: str) -> HttpResponse:
        """Do what a form of the page asks for; what a rule refuses is said beside the form's first field."""
        account = self.get_object(request, str(account_id))
        if name not in ACTS:
            raise Http404
        act = ACTS[name]
        if not act.is_for(request, account):
            raise PermissionDenied
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        form = act.form(request.POST, account=account, now=timezone.now())
        if form.is_valid():
            try:
                with transaction.atomic():
                    told = act.do(request, account, form.cleaned_data)
            except DomainError as refused:
                form.add_error(next(iter(form.fields)), refused.detail)
            else:
                self.message_user(request, told, messages.SUCCESS)
                return HttpResponseRedirect(reverse("admin:credits_account_change", args=[account.pk]))
        return self._page(request, account, {name: form})

    def _page(
        self, request: HttpRequest, account: Account, filled_in: dict[str, AccountForm] | None = None
    ) -> HttpResponse:
        now = timezone.now()
        forms = filled_in or {}
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Points of a customer"),
            "original": account,
            "owner": link_to(account.customer),
            "balance": balance(account, now),
            "path_up": path_up(account, now),
            "sections": sections(account),
            "everything": links_to_rows_about(account, self.admin_site),
            "acts": [
                {
                    "title": act.title,
                    "url": reverse("admin:credits_account_act", args=[account.pk, act.name]),
                    "form": forms.get(act.name) or act.form(account=account, now=now),
                }
                for act in ACTS.values()
                if act.is_for(request, account)
            ],
        }
        return TemplateResponse(request, "admin/credits/account/page.html", context)
