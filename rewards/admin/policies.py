from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from config.lib.admin import NOTHING, MerchantFilter, ReadOnlyAdmin, as_yaml, link_to
from rewards.admin.new_programme import new_programme
from rewards.admin.policy_pages import publish_policy_page, write_policy_page
from rewards.admin.trying import dry_run_page
from rewards.engine.definition import Definition
from rewards.models.policies import Policy, PolicyChange, PolicyVersion


def _in_order(definition: Mapping[str, Any]) -> str:
    """A definition in the order in which one is explained; the database does not keep its author's."""
    known = {field.name: definition[field.name] for field in fields(Definition) if field.name in definition}
    return as_yaml({**known, **definition})


@admin.register(Policy)
class PolicyAdmin(ReadOnlyAdmin):
    """The rules of a programme: looked at here, and written, tried and published on pages of their own."""

    list_display = ("name", "code", "merchant", "created_at")
    list_filter = (MerchantFilter,)
    list_select_related = ("merchant",)
    search_fields = ("name", "code")
    readonly_fields = ("created_at", "history", "in_force")
    change_form_template = "admin/rewards/policy/change_form.html"
    change_list_template = "admin/rewards/policy/change_list.html"

    def get_urls(self) -> list[URLPattern]:
        """The pages of the admin, and those on which policies are written and tried."""
        pages = {
            "new/": (write_policy_page, "new"),
            "dry-run/": (dry_run_page, "dry_run"),
            "new-programme/": (new_programme, "new_programme"),
            "<int:policy_id>/write/": (write_policy_page, "write"),
            "<int:policy_id>/publish/": (publish_policy_page, "publish"),
        }
        ours = [
            path(route, self.admin_site.admin_view(self._page(view)), name=f"rewards_policy_{name}")
            for route, (view, name) in pages.items()
        ]
        return [*ours, *super().get_urls()]

    def _page(self, view: Any) -> Any:
        def page(request: HttpRequest, policy_id: int | None = None) -> HttpResponse:
            policy = self.get_object(request, str(policy_id)) if policy_id is not None else None
            response: HttpResponse = view(self, request, policy)
            return response

        return page

    @admin.display(description=_("versions"))
    def history(self, policy: Policy) -> SafeString:
        """All versions, the newest first."""
        now = timezone.now()
        versions = policy.versions.select_related("policy").order_by("-number")
        rows = ((link_to(it), it.standing(now).replace("_", " "), it.effective_at or "") for it in versions)
        return format_html_join("", "{}: {} {}<br>", rows)

    @admin.display(description=_("what is in force"))
    def in_force(self, policy: Policy) -> str:
        """The words of the version in force."""
        version = PolicyVersion.objects.in_force(timezone.now()).filter(policy=policy).first()
        return _in_order(version.definition) if version else NOTHING


@admin.register(PolicyVersion)
class PolicyVersionAdmin(ReadOnlyAdmin):
    """What policies say and said, word for word."""

    list_display = ("id", "policy", "number", "status", "effective_at", "retired_at", "merchant")
    list_filter = (MerchantFilter, "status")
    list_select_related = ("policy", "merchant")
    fields = (
        "merchant", "policy", "number", "status", "published_at", "effective_at", "retired_at", "author", "words",
        "said_by_example",
    )  # fmt: skip
    readonly_fields = ("words", "said_by_example")

    @admin.display(description=_("definition"))
    def words(self, version: PolicyVersion) -> str:
        """What the version says."""
        return _in_order(version.definition)

    @admin.display(description=_("examples"))
    def said_by_example(self, version: PolicyVersion) -> str:
        """Its examples."""
        return as_yaml(version.examples)


@admin.register(PolicyChange)
class PolicyChangeAdmin(ReadOnlyAdmin):
    """Who changed which policy, and from what to what."""

    list_display = ("policy_code", "number", "action", "actor", "recorded_at", "merchant")
    list_filter = (MerchantFilter, "action", "recorded_at")
    list_select_related = ("merchant",)
    search_fields = ("policy_code",)
    fields = ("merchant", "policy_code", "number", "action", "actor", "recorded_at", "words_before", "words_after")
    readonly_fields = ("words_before", "words_after")

    @admin.display(description=_("before"))
    def words_before(self, change: PolicyChange) -> str:
        """What was said before."""
        return as_yaml(change.before)

    @admin.display(description=_("after"))
    def words_after(self, change: PolicyChange) -> str:
        """What is said since."""
        return as_yaml(change.after)
