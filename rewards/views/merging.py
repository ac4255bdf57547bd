"""Staff merge two customers who are one person: they see what will happen, and then confirm it."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from config.lib.errors import DomainError
from referrals.models.customers import Customer
from referrals.selectors import get_customer
from rewards.services.merging import merge_customers, preview_merge

PERMISSION = "referrals.merge_customer"


class MergeForm(forms.Form):
    """Who is the same person as the customer whose page it is."""

    customer = forms.CharField(
        max_length=100, label=_("Who is the same person"), help_text=_("The merchant's id, or ours.")
    )


@require_http_methods(["GET", "HEAD", "POST"])
def merge(request: HttpRequest, customer_id: int) -> HttpResponse:
    """Ask for the other customer, show what merging would do, and do it once that was confirmed."""
    survivor = get_object_or_404(_theirs(request), pk=customer_id)
    form = MergeForm(request.POST or None)
    context: dict[str, Any] = {**admin.site.each_context(request), "survivor": survivor, "form": form}
    if form.is_valid():
        try:
            other = get_customer(merchant=survivor.merchant, reference=form.cleaned_data["customer"])
            context["outcome"] = preview_merge(survivor=survivor, merged=other)
            if "confirmed" in request.POST:
                actor = f"user:{request.user.pk}"
                merge_customers(survivor=survivor, merged=other, now=timezone.now(), reason="same_person", actor=actor)
                messages.success(request, _("They are one customer now."))
                return HttpResponseRedirect(reverse("admin:referrals_customer_change", args=[survivor.pk]))
        except DomainError as error:
            form.add_error("customer", error.detail)
    return render(request, "admin/merge.html", context)


def _theirs(request: HttpRequest) -> Any:
    """The customers whom this member of staff may merge: those of their merchants."""
    person: Any = request.user
    if not person.has_perm(PERMISSION):
        raise PermissionDenied
    known = Customer.objects.filter(merged_into=None, erased_at=None).select_related("merchant")
    return known if person.is_superuser else known.filter(merchant__in=person.merchants.all())
