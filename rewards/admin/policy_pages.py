"""The pages on which staff write a policy, by fields or word for word, and bring it into force."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.lib.admin import ReadOnlyAdmin, merchants_of
from config.lib.errors import DomainError, Invalid
from referrals.models.merchants import Merchant
from rewards.forms.definitions import initial_of
from rewards.forms.policies import BY_EXPRESSION, BY_ROWS, PolicyForm, RowFormSet, TextForm, rows_of, shows_all
from rewards.forms.trials import PeriodForm, PublishForm, in_zone
from rewards.models.policies import Policy, PolicyVersion, VersionStatus
from rewards.services.policies.changes import By
from rewards.services.policies.drafts import create_policy, discard_draft, write_draft
from rewards.services.policies.publishing import publish_draft, retire_policy
from rewards.services.policies.words import Words, check_words
from rewards.services.trials.backtests import start_backtest
from rewards.tasks import wake_backtests

CHANGE = "rewards.change_policy"


class WhoseForm(forms.Form):
    """Whose a new policy is, and what it is called by."""

    merchant = forms.ModelChoiceField(Merchant.objects.none(), label=gettext_lazy("Merchant"))
    code = forms.SlugField(label=gettext_lazy("Code"), max_length=60)


def page_of(admin: ReadOnlyAdmin, request: HttpRequest, template: str, title: str, **context: Any) -> TemplateResponse:
    """A page of the staff site about policies."""
    shared = {**admin.admin_site.each_context(request), "opts": admin.opts, "title": title}
    return TemplateResponse(request, f"admin/rewards/policy/{template}.html", {**shared, **context})


def write_policy_page(admin: ReadOnlyAdmin, request: HttpRequest, policy: Policy | None) -> HttpResponse:
    """Write the draft of a policy, or a new policy."""
    if not request.user.has_perm(CHANGE):
        raise PermissionDenied
    latest = policy.versions.order_by("-number").first() if policy else None
    by_text = request.GET.get("as") == "text" or (latest is not None and not shows_all(latest.definition))
    sent = request.POST if request.method == "POST" else None
    whose = None
    if policy is None:
        whose = WhoseForm(sent)
        merchant: Any = whose.fields["merchant"]
        merchant.queryset = merchants_of(request).order_by("name")
    form, rows = _forms(sent, policy, latest, by_text=by_text)
    is_valid = all(each.is_valid() for each in (form, rows, whose) if each is not None)
    if sent is not None and is_valid and (saved := _save(request, policy, whose, form)):
        messages.success(request, _("The draft is kept. It gives nothing before it is published."))
        return HttpResponseRedirect(reverse("admin:rewards_policy_publish", args=[saved.policy_id]))
    title = _("Write %(policy)s") % {"policy": policy} if policy else _("A new policy")
    return page_of(admin, request, "write", title, policy=policy, whose=whose, form=form, rows=rows, by_text=by_text)


def _forms(sent: Any, policy: Policy | None, latest: PolicyVersion | None, *, by_text: bool) -> tuple[Any, Any]:
    definition = latest.definition if latest else {}
    shown = {"name": policy.name if policy else "", "examples": latest.examples if latest else []}
    if by_text:
        return TextForm(sent, initial={**shown, "text": definition}), None
    known = rows_of(definition.get("when", ""))
    rows = RowFormSet(sent, initial=known or [], prefix="rows")
    if sent is not None:
        rows.is_valid()
    filled = [row for each in rows if sent is not None and each.is_valid() and (row := each.row())]
    written_as = BY_EXPRESSION if known is None else BY_ROWS
    told = initial_of(definition) if latest else {}
    return PolicyForm(sent, initial={**told, **shown, "condition_as": written_as}, rows=filled), rows


def _save(request: HttpRequest, policy: Policy | None, whose: WhoseForm | None, form: Any) -> PolicyVersion | None:
    """Keep the draft; what is wrong with it is marked in the form."""
    now, by = timezone.now(), _by(request)
    words = Words(form.definition(), form.cleaned_data["examples"])
    try:
        if policy is not None:
            name = form.cleaned_data["name"]
            return write_draft(merchant=policy.merchant, code=policy.code, name=name, words=words, by=by, now=now)
        told: dict[str, Any] = whose.cleaned_data if whose else {}
        return create_policy(**told, name=form.cleaned_data["name"], words=words, by=by, now=now)
    except Invalid as refused:
        form.mark(refused)
    except DomainError as refused:
        form.add_error(None, refused.detail)
    return None


def publish_policy_page(admin: ReadOnlyAdmin, request: HttpRequest, policy: Policy | None) -> HttpResponse:
    """A draft with what its examples come to: publish it, discard it, or try it on the past; or end the policy."""
    if policy is None or not request.user.has_perm(CHANGE):
        raise PermissionDenied
    forms_ = {"publish": PublishForm, "retire": PublishForm, "backtest": PeriodForm, "discard": forms.Form}
    shown = {name: form(prefix=name) for name, form in forms_.items()}
    act = request.POST.get("act", "")
    if request.method == "POST" and act in forms_:
        shown[act] = form = forms_[act](request.POST, prefix=act)
        if form.is_valid():
            try:
                return HttpResponseRedirect(_do(request, policy, act, form.cleaned_data))
            except DomainError as refused:
                form.add_error(None, refused.detail)
    draft = policy.versions.filter(status=VersionStatus.DRAFT).first()
    problems = []
    if draft is not None:
        try:
            problems = [f"{it.pointer}: {it.detail}" for it in check_words(policy.merchant, _words(draft))]
        except Invalid as refused:
            problems = [f"{error['pointer']}: {error['detail']}" for error in refused.errors]
    in_force = PolicyVersion.objects.in_force(timezone.now()).filter(policy=policy).first()
    context = {"policy": policy, "draft": draft, "in_force": in_force, "problems": problems, "forms": shown}
    return page_of(admin, request, "publish", str(policy), **context)


def _do(request: HttpRequest, policy: Policy, act: str, told: dict[str, Any]) -> str:
    """Do what a form of the page asks for, and say where to go on."""
    merchant, code, by, now = policy.merchant, policy.code, _by(request), timezone.now()
    moments = {name: in_zone(moment, merchant) for name, moment in told.items()}
    here = reverse("admin:rewards_policy_change", args=[policy.pk])
    if act == "publish":
        version = publish_draft(merchant=merchant, code=code, by=by, now=now, at=moments["at"])
        messages.success(request, _("Published: version %(number)s.") % {"number": version.number})
    elif act == "retire":
        retire_policy(merchant=merchant, code=code, by=by, now=now, at=moments["at"])
        messages.success(request, _("The policy ends. What it has given stays given."))
    elif act == "discard":
        discard_draft(merchant=merchant, code=code, by=by, now=now)
        messages.success(request, _("The draft is gone."))
        return reverse("admin:rewards_policy_changelist")
    else:
        backtest = start_backtest(
            merchant=merchant,
            actor=by.actor,
            drafts=[code],
            starts_at=moments["starts_at"],
            ends_at=moments["ends_at"],
            now=now,
        )
        wake_backtests()
        return reverse("admin:rewards_backtest_change", args=[backtest.pk])
    return here


def _by(request: HttpRequest) -> By:
    person: Any = request.user
    return By.person(person)


def _words(version: PolicyVersion) -> Words:
    return Words(version.definition, version.examples)
