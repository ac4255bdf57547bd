"""Everything that is known of a person, for themselves: each floor says its part, and nothing of anybody else."""

from datetime import datetime
from typing import Any

from credits.models.accounts import Account
from credits.selectors.accounts import balance_of
from credits.selectors.person import holdings_of
from referrals.models.customers import Customer
from referrals.selectors import person_of
from rewards.models.campaigns import Participation
from rewards.models.evaluations import Trigger
from rewards.models.grants import Grant
from rewards.models.policy_days import Occurrence
from rewards.models.sessions import PurchaseSession
from rewards.selectors.badges import badges_of
from rewards.selectors.explanations import explain_own
from rewards.selectors.segments import segments_of
from rewards.selectors.sessions import codes_of
from rewards.selectors.statement import whole_statement


def everything_about(*, customer: Customer, now: datetime) -> dict[str, Any]:
    """Who a customer is, what they did, what was decided for it in sentences, and what they have.

    What was done as somebody who was merged into this customer stands under `merged`. Friends appear only as the dates
    of a referral; of what a purchase caused, only what this customer received.
    """
    accounts = Account.objects.filter(customer=customer).select_related("wallet", "tier").order_by("id")
    return {
        **person_of(customer),
        "purchases": _purchases(customer),
        "activities": _activities(customer),
        "days": _days(customer),
        "accounts": [_account(account, now) for account in accounts],
        "grants": _grants(customer),
        "merged": [everything_about(customer=each, now=now) for each in customer.merged.order_by("id")],
        "purchase_sessions": _sessions(customer),
        "badges": badges_of(customer.pk),
        "segments": [{"segment": code} for code in segments_of([customer.pk]).get(customer.pk, ())],
        "campaigns": [
            {
                "campaign": row.campaign.code,
                "round": row.round,
                "joined_at": row.joined_at,
                "completed_at": row.completed_at,
                "points": row.points,
            }
            for row in Participation.objects.filter(customer=customer).select_related("campaign").order_by("id")
        ],
    }


def _grants(customer: Customer) -> list[dict[str, Any]]:
    return [
        {
            "id": grant.uuid,
            "option": grant.option.code,
            "name": grant.option.name,
            "quantity": grant.quantity,
            "state": grant.state,
            "issued_at": grant.issued_at,
            "used_quantity": grant.used_quantity,
            "expires_at": grant.expires_at,
            "revoked_at": grant.revoked_at,
        }
        for grant in Grant.objects.filter(customer=customer).select_related("option").order_by("id")
    ]


def _sessions(customer: Customer) -> list[dict[str, Any]]:
    return [
        {
            "id": session.uuid,
            "state": session.state,
            "items": session.cart["items"],
            "to_pay": session.paid,
            "points": session.points,
            "codes": codes_of(session),
            "created_at": session.created_at,
            "ended_at": session.ended_at,
        }
        for session in PurchaseSession.objects.filter(customer=customer).order_by("id")
    ]


def _purchases(customer: Customer) -> list[dict[str, Any]]:
    bought = customer.purchases.prefetch_related("refunds", "payments").order_by("id")
    explained = explain_own(
        trigger=Trigger.PURCHASE_COMPLETED, subject_ids=[each.pk for each in bought], customer=customer
    )
    return [
        {
            "order_id": each.order_id,
            "occurred_at": each.occurred_at,
            "currency": customer.merchant.currency,
            "total": each.total,
            "lines": each.lines,
            "referral_code": each.referral_code,
            "payment_status": each.payment_status,
            "payments": [{"status": paid.status, "occurred_at": paid.occurred_at} for paid in each.payments.all()],
            "refunds": [
                {"refund_id": back.refund_id, "amount": back.amount, "occurred_at": back.occurred_at}
                for back in each.refunds.all()
            ],
            **explained[each.pk].as_json(),
        }
        for each in bought
    ]


def _activities(customer: Customer) -> list[dict[str, Any]]:
    done = customer.activities.order_by("id")
    explained = explain_own(
        trigger=Trigger.ACTIVITY_RECORDED, subject_ids=[each.pk for each in done], customer=customer
    )
    return [
        {
            "kind": each.kind,
            "reference": each.reference,
            "occurred_at": each.occurred_at,
            **explained[each.pk].as_json(),
        }
        for each in done
    ]


def _days(customer: Customer) -> list[dict[str, Any]]:
    """The days of the calendar on which policies had something for them."""
    came = Occurrence.objects.filter(customer=customer).select_related("policy_day").order_by("id")
    explained = explain_own(trigger=Trigger.SCHEDULE_DUE, subject_ids=[each.pk for each in came], customer=customer)
    return [{"day": each.policy_day.day, **explained[each.pk].as_json()} for each in came]


def _account(account: Account, now: datetime) -> dict[str, Any]:
    balance = balance_of(account, now=now)._asdict()
    statement = [line for page in whole_statement(account=account, now=now) for line in page]
    return {**holdings_of(account), **balance, "statement": statement}
