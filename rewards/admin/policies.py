from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from django.contrib import admin
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from config.lib.admin import NOTHING, MerchantFilter, ReadOnlyAdmin, as_yaml, link_to
from rewards.engine.definition import Definition
from rewards.models.policies import Policy, PolicyVersion, VersionStatus


def _in_order(definition: Mapping[str, Any]) -> str:
    """A definition in the order in which one is explained; the database does not keep its author's."""
    known = {field.name: definition[field.name] for field in fields(Definition) if field.name in definition}
    return as_yaml({**known, **definition})


@admin.register(Policy)
class PolicyAdmin(ReadOnlyAdmin):
    """The rules of a programme; they are changed with the programme file, which is checked as a whole."""

    list_display = ("name", "code", "merchant", "created_at")
    list_filter = (MerchantFilter,)
    list_select_related = ("merchant",)
    search_fields = ("name", "code")
    readonly_fields = ("created_at", "history", "in_force")

    @admin.display(description="versions")
    def history(self, policy: Policy) -> SafeString:
        """All versions, the newest first."""
        versions = policy.versions.select_related("policy").order_by("-number")
        return format_html_join("", "{}: {}<br>", ((link_to(it), it.get_status_display()) for it in versions))

    @admin.display(description="what is in force")
    def in_force(self, policy: Policy) -> str:
        """The words of the published version."""
        published = policy.versions.filter(status=VersionStatus.PUBLISHED).first()
        return _in_order(published.definition) if published else NOTHING


@admin.register(PolicyVersion)
class PolicyVersionAdmin(ReadOnlyAdmin):
    """What policies say and said, word for word."""

    list_display = ("id", "policy", "number", "status", "published_at", "retired_at", "merchant")
    list_filter = (MerchantFilter, "status")
    list_select_related = ("policy", "merchant")
    fields = ("merchant", "policy", "number", "status", "published_at", "retired_at", "author", "words")
    readonly_fields = ("words",)

    @admin.display(description="definition")
    def words(self, version: PolicyVersion) -> str:
        """What the version says."""
        return _in_order(version.definition)
