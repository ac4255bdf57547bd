"""Decisions as staff read them: the sentence that the customer reads, and by which policy."""

from collections.abc import Mapping
from typing import Any

from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from config.lib.admin import NOTHING, link_to_id
from rewards.engine.decision import Decision
from rewards.engine.triggers import BUYER, CUSTOMER, REFEREE, REFERRER
from rewards.models.evaluations import Evaluation
from rewards.models.policies import PolicyVersion
from rewards.selectors.sentences import decision_in_words
from rewards.selectors.traces import traces_of

ONE_A_LINE = mark_safe("<br>")
TO = {
    BUYER: gettext_noop("To the buyer"),
    REFERRER: gettext_noop("To the referrer"),
    REFEREE: gettext_noop("To the referee"),
    CUSTOMER: gettext_noop("To the customer"),
}


def awards_in_words(evaluation: Evaluation) -> SafeString:
    """What was given to whom, one award a line."""
    return format_html_join(
        ONE_A_LINE,
        "{} {}, {}, {}.",
        (
            (
                decision_in_words(award.code, award.args),
                _(TO[award.beneficiary]),
                link_to_id(
                    "referrals.customer", award.customer_id, _("customer %(number)s") % {"number": award.customer_id}
                ),
                link_to_id("rewards.policyversion", award.version_id, award.policy_code),
            )
            for award in Decision.from_json(evaluation.decision or {}).awards
        ),
    ) or SafeString(NOTHING)


def clauses_in_words(evaluation: Evaluation) -> SafeString:
    """Each clause of each condition that was asked, with what came of it and the values that it saw."""
    clauses = (
        (asked.policy, clause.text, str(clause.value).lower(), _seen(clause.saw))
        for asked in traces_of(evaluation)
        for clause in asked.clauses or ()
    )
    return format_html_join(ONE_A_LINE, "{}: <code>{}</code> {} {}", clauses) or SafeString(NOTHING)


def _seen(saw: Mapping[str, Any]) -> str:
    return "".join(f" · {name} = {value}" for name, value in saw.items())


def refusals_in_words(evaluation: Evaluation) -> SafeString:
    """What was not given and why, one refusal a line."""
    kept: Mapping[str, Any] = evaluation.decision or {}
    versions = PolicyVersion.objects.filter(pk__in=[refusal[0] for refusal in kept.get("refusals", ())])
    named = {pk: (policy, code) for pk, policy, code in versions.values_list("pk", "policy_id", "policy__code")}
    return format_html_join(
        ONE_A_LINE,
        "{}: {}",
        (
            (
                link_to_id("rewards.policyversion", refusal.version_id, refusal.policy_code)
                if refusal.version_id
                else _("the referral code"),
                decision_in_words(refusal.code, refusal.args),
            )
            for refusal in Decision.from_json(kept, named).refusals
        ),
    ) or SafeString(NOTHING)
