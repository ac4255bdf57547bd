"""A new programme that starts from one that ships."""

from typing import Any

import yaml
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from config.lib.admin import ReadOnlyAdmin
from config.lib.errors import DomainError
from referrals.models.merchants import Merchant
from rewards.admin.policy_pages import page_of
from rewards.forms.trials import NewProgrammeForm
from rewards.models.policies import Policy
from rewards.services.programmes.applying import apply_programme
from rewards.services.programmes.document import Source
from rewards.services.programmes.reading import read_programme
from rewards.services.programmes.shipped import shipped_source


def new_programme(admin: ReadOnlyAdmin, request: HttpRequest, policy: Policy | None) -> HttpResponse:
    """Make a merchant with a programme that ships; the page is for those who see all merchants."""
    if not request.user.is_superuser:
        raise PermissionDenied
    form = NewProgrammeForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            apply_programme(programme=_programme(form), now=timezone.now())
        except DomainError as refused:
            form.add_error(None, refused.detail)
        else:
            merchant = Merchant.objects.get(slug=form.cleaned_data["slug"])
            messages.success(request, _("The programme is in force. What it gives is changed policy by policy."))
            url = reverse("admin:rewards_policy_changelist")
            return HttpResponseRedirect(f"{url}?merchant={merchant.pk}")
    return page_of(admin, request, "new_programme", _("A new programme"), form=form)


def _programme(form: NewProgrammeForm) -> dict[str, Any]:
    """The programme that ships, with the merchant in the form.

    :raises ProgrammeInvalid: if the two do not go together.
    """
    data = shipped_source(form.cleaned_data["start_from"]).data
    text = yaml.safe_dump({**data, "merchant": form.merchant()}, sort_keys=False, allow_unicode=True)
    return read_programme(Source(text, name=form.cleaned_data["start_from"]))
