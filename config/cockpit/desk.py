"""The page of customer service: one customer, found by whatever they have at hand, and all that happened to them.

Whoever looks somebody up leaves an audit record. What was typed may be an e-mail address, so it comes by POST: it is
in no address, and so in no log.
"""

from collections.abc import Iterator
from itertools import groupby
from operator import attrgetter
from typing import Any, NamedTuple

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from config.cockpit.timeline import timeline
from config.lib.admin import merchants_of
from config.lib.encryption import lookup_hash
from credits.models.accounts import Account
from fulfillment.models.notifications import Message
from referrals.models.audit import AuditAction
from referrals.models.customers import Customer
from referrals.selectors import as_uuid
from referrals.services.audit import record_audit
from referrals.services.codes import normalise_code
from rewards.models.evaluations import Evaluation

FOUND_MAX = 20
REASON = "customer_service"


class LookUpForm(forms.Form):
    """What a customer has at hand."""

    asked = forms.CharField(
        max_length=254, label=_("Customer"), help_text=_("An e-mail address, an order, a code, or an id; each in full.")
    )


class Act(NamedTuple):
    """Something that staff can do from here, or look at."""

    words: Promise
    url: str


@require_http_methods(["GET", "HEAD", "POST"])
def desk(request: HttpRequest) -> HttpResponse:
    """Ask for a customer; show who was found, or at once the only one.

    :raises PermissionDenied: to whoever may not see customers.
    """
    _refuse_others(request)
    form = LookUpForm(request.POST or None)
    context = {**admin.site.each_context(request), "title": _("Customer service"), "form": form}
    if form.is_valid():
        found = find_customers(request, form.cleaned_data["asked"].strip())
        if len(found) == 1:
            return redirect("customer-service-customer", found[0].pk)
        _record(request, found)
        context["found"] = found
    return render(request, "admin/desk.html", context)


@require_safe
def customer_page(request: HttpRequest, customer_id: int) -> HttpResponse:
    """Show what happened to a customer, and what can be done for them.

    :raises PermissionDenied: to whoever may not see customers.
    :raises Http404: if they are of a merchant for whom this person does not work.
    """
    _refuse_others(request)
    customer = get_object_or_404(_theirs(request).select_related("merchant"), pk=customer_id)
    _record(request, [customer])
    context = {
        **admin.site.each_context(request),
        "title": _("Customer %(id)s") % {"id": customer.public_id},
        "customer": customer,
        "accounts": Account.objects.filter(customer=customer).select_related("wallet", "tier").order_by("pk"),
        "acts": list(_acts(request, customer)),
        "happened": timeline(customer=customer, may=request.user.has_perm),
    }
    return render(request, "admin/desk_customer.html", context)


def find_customers(request: HttpRequest, asked: str) -> list[Customer]:
    """Those of the merchants for whom this person works whose e-mail, order, code or id this is."""
    own = _theirs(request).select_related("merchant").order_by("pk")
    if "@" in asked:
        return list(own.filter(email_hash=lookup_hash(asked))[:FOUND_MAX])
    if uuid := as_uuid(asked):
        return list(own.filter(uuid=uuid)[:FOUND_MAX])
    merchants = merchants_of(request)
    ways = (
        Q(merchant__in=merchants, external_id=asked),
        Q(aliases__merchant__in=merchants, aliases__external_id=asked),
        Q(purchases__merchant__in=merchants, purchases__order_id=asked),
        Q(codes__merchant__in=merchants, codes__code=normalise_code(asked)),
    )
    # One statement a way, each by an index; together they would go through everything.
    found = {each.pk: each for way in ways for each in own.filter(way)[:FOUND_MAX]}
    return list(found.values())


def _acts(request: HttpRequest, customer: Customer) -> Iterator[Act]:
    may = request.user.has_perm
    yield Act(_("All that is known"), reverse("admin:referrals_customer_change", args=[customer.pk]))
    for account in Account.objects.filter(customer=customer).order_by("pk"):
        words = _("Points: explain and adjust") if may("credits.add_adjustment") else _("Points: explain")
        yield Act(words, reverse("admin:credits_account_change", args=[account.pk]))
    yield Act(_("Decisions, and why"), _list(Evaluation, customer=customer.pk))
    yield Act(_("Messages: what went out, and send again"), _list(Message, notification__customer=customer.pk))
    if may("referrals.merge_customer") and not customer.merged_into_id and not customer.erased_at:
        yield Act(_("Merge somebody into this customer"), reverse("merge-customers", args=[customer.pk]))


def _list(model: Any, **lookups: object) -> str:
    meta = model._meta
    query = "&".join(f"{name}={value}" for name, value in lookups.items())
    return f"{reverse(f'admin:{meta.app_label}_{meta.model_name}_changelist')}?{query}"


def _theirs(request: HttpRequest) -> QuerySet[Customer]:
    return Customer.objects.filter(merchant__in=merchants_of(request))


def _record(request: HttpRequest, customers: list[Customer]) -> None:
    by_merchant = sorted(customers, key=attrgetter("merchant_id"))
    for _merchant, theirs in groupby(by_merchant, key=attrgetter("merchant_id")):
        record_audit(
            action=AuditAction.LOOKED_UP,
            customers=list(theirs),
            actor=f"user:{request.user.pk}",
            reason=REASON,
            now=timezone.now(),
        )


def _refuse_others(request: HttpRequest) -> None:
    if not request.user.has_perm("referrals.view_customer"):
        raise PermissionDenied
