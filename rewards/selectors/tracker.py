"""The promise tracker: how far each friend has come whom a customer brought, and what that has given so far.

It tells nothing of a friend but a first name that they agreed to show, and never why a referral was not accepted. Of
an invitation by e-mail it tells neither to whom it went nor whether it did, for both would tell who is a customer.
"""

from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from uuid import UUID

import msgspec
from django.db import connection
from django.utils.functional import Promise as Text
from django.utils.translation import gettext_lazy as _

from referrals.models.customers import Customer
from referrals.models.invitations import ADDRESS_KEPT, Invitation
from referrals.models.referrals import Referral, ReferralStatus
from referrals.selectors import shown_first_name

PAGE = 20
OVER = (ReferralStatus.REJECTED, ReferralStatus.EXPIRED)
"""Nothing more comes of these."""


class Stage(StrEnum):
    """The steps from an invitation or a link to a reward."""

    INVITED = "invited"
    CLICKED = "clicked"
    JOINED = "joined"
    BOUGHT = "bought"
    REWARDED = "rewarded"

    @property
    def label(self) -> Text:
        """What it is called."""
        return _LABELS[self]


_LABELS = {
    Stage.INVITED: _("Invited"),
    Stage.CLICKED: _("Link followed"),
    Stage.JOINED: _("Joined"),
    Stage.BOUGHT: _("Bought"),
    Stage.REWARDED: _("Rewarded"),
}

DONE, NOW, FAILED = "done", "now", "failed"
_IN_WORDS = {DONE: _("done"), NOW: _("comes next"), FAILED: _("will not come"), "": _("to come")}


class TrackerStep(msgspec.Struct, frozen=True):
    """One step: whether it is done, comes next or will not come (else empty), and when it was if that is known."""

    stage: Stage
    mark: str
    at: datetime | None = None

    @property
    def label(self) -> Text:
        """What it is called."""
        return self.stage.label

    @property
    def in_words(self) -> Text:
        """What the picture says of it."""
        return _IN_WORDS[self.mark]


class Earned(msgspec.Struct, frozen=True):
    """What a friend has brought: points net of what was taken back, how many of them wait, for what and until when."""

    points: int = 0
    pending: int = 0
    held_until: datetime | None = None
    waiting_for: tuple[str, ...] = ()

    @property
    def is_spendable(self) -> bool:
        """Whether any of it does not wait."""
        return self.points > self.pending


NOTHING_YET = Earned()


class TrackedFriend(msgspec.Struct, frozen=True):
    """A friend whom a customer brought: the steps taken, the points, and in a sentence what is missing, or why not.

    `place` is where the friend stands in the list.
    """

    place: int
    uuid: UUID
    first_name: str
    status: str
    since: datetime
    steps: tuple[TrackerStep, ...]
    earned: Earned
    sentence: Text | str


class TrackedInvitation(msgspec.Struct, frozen=True):
    """An invitation by e-mail from which nothing has come yet but perhaps a look at the link."""

    since: datetime
    steps: tuple[TrackerStep, ...]


_SENTENCES: dict[str, Text] = {
    "pending": _("Your friend still has to confirm their e-mail."),
    "joined": _("Your friend has joined. A first order is still missing."),
    "qualified": _("Your friend has bought. Your reward is on its way."),
    "rewarded": _("Thank you: your reward is yours."),
    "reversed": _("The order was returned, so it does not count. Another order still can."),
    "expired": _("The first order did not come in time."),
    "rejected": _("This referral could not be accepted. Write to us if you think that is a mistake."),
    "risk_review": _("We are taking a look at this referral. Your reward waits until then."),
    "email": _("Your reward waits until your friend has confirmed their e-mail."),
    "payment": _("Your reward waits until the order is paid."),
    "held": _("Your reward is on hold until the time for returns is over."),
}


def friends_of(
    *, referrer: Customer, now: datetime, before: int | None = None, limit: int = PAGE
) -> list[TrackedFriend]:
    """The friends whom a customer brought, the latest first.

    :param before: the place before which to begin; None: at the latest.
    """
    referrals = Referral.objects.filter(referrer=referrer).select_related("referee")
    if before is not None:
        referrals = referrals.filter(pk__lt=before)
    page = list(referrals.order_by("-pk")[:limit])
    earned = _earned(referrer, [referral.referee_id for referral in page], now)
    answered = {each.referral_id: each for each in Invitation.objects.filter(referral__in=page)}
    return [
        _tracked(referral, answered.get(referral.pk), earned.get(referral.referee_id, NOTHING_YET)) for referral in page
    ]


def open_invitations(*, referrer: Customer, now: datetime, limit: int = PAGE) -> tuple[list[TrackedInvitation], int]:
    """The invitations by e-mail that may still be answered, the latest first, and how many more there are.

    After the days for which their addresses are kept nobody can be known to have come by them.
    """
    waiting = Invitation.objects.filter(referrer=referrer, referral=None, created_at__gt=now - ADDRESS_KEPT)
    shown = [_invited(each) for each in waiting.order_by("-created_at", "-pk")[:limit]]
    return shown, waiting.count() - len(shown)


def _invited(invitation: Invitation) -> TrackedInvitation:
    clicked = TrackerStep(Stage.CLICKED, DONE if invitation.clicked_at else NOW, invitation.clicked_at)
    return TrackedInvitation(
        since=invitation.created_at,
        steps=(
            TrackerStep(Stage.INVITED, DONE, invitation.created_at),
            clicked,
            TrackerStep(Stage.JOINED, NOW if invitation.clicked_at else ""),
            TrackerStep(Stage.BOUGHT, ""),
            TrackerStep(Stage.REWARDED, ""),
        ),
    )


def _tracked(referral: Referral, invitation: Invitation | None, earned: Earned) -> TrackedFriend:
    return TrackedFriend(
        place=referral.pk,
        uuid=referral.uuid,
        first_name=shown_first_name(referral.referee),
        status=referral.status,
        since=referral.claimed_at,
        steps=tuple(_steps(referral, invitation, earned)),
        earned=earned,
        sentence=_SENTENCES[_situation(referral, earned)],
    )


def _steps(referral: Referral, invitation: Invitation | None, earned: Earned) -> Iterator[TrackerStep]:
    """The picture: what was taken, what comes next, and, where nothing more comes, what will not.

    That somebody was invited by e-mail, or followed a link, is a step of those who are known to have come so. A
    purchase that was returned was none.
    """
    bought_at = referral.qualified_at if referral.reversed_at is None else None
    taken = {
        Stage.JOINED: (referral.joined_at is not None, referral.joined_at),
        Stage.BOUGHT: (bought_at is not None, bought_at),
        Stage.REWARDED: (earned.is_spendable, referral.rewarded_at),
    }
    clicked_at = invitation.clicked_at if invitation else None
    if invitation is not None:
        yield TrackerStep(Stage.INVITED, DONE, invitation.created_at)
    if referral.share_link_id is not None or clicked_at is not None:
        yield TrackerStep(Stage.CLICKED, DONE, clicked_at)
    following = FAILED if referral.status in OVER else NOW
    for stage, (is_done, at) in taken.items():
        if is_done:
            yield TrackerStep(stage, DONE, at)
        else:
            yield TrackerStep(stage, following)
            following = ""


def _situation(referral: Referral, earned: Earned) -> str:
    if referral.status in OVER:
        return referral.status
    for cause in ("risk_review", "payment", "email"):
        if cause in earned.waiting_for:
            return cause
    return "held" if earned.held_until is not None else referral.status


def _earned(referrer: Customer, friends: list[int], now: datetime) -> dict[int, Earned]:
    """What the referrer, or who was merged into them, was given and had taken back because of these friends."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT evaluation.customer_id, sum(entry.points)::bigint,
                coalesce(sum(lot.remaining) FILTER (WHERE lot.active_at IS NULL OR lot.active_at > %(now)s), 0)::bigint,
                max(lot.active_at) FILTER (WHERE lot.active_at > %(now)s AND lot.remaining > 0),
                array_agg(DISTINCT lot.waiting_for) FILTER (WHERE lot.remaining > 0 AND lot.waiting_for <> '')
            FROM credits_account AS account
            JOIN credits_wallet AS wallet ON wallet.id = account.wallet_id AND wallet.is_default
            JOIN credits_entry AS entry ON entry.account_id = account.id
            JOIN rewards_evaluation AS evaluation ON evaluation.id = entry.evaluation_id
            LEFT JOIN credits_lot AS lot ON lot.entry_id = entry.id
            WHERE evaluation.customer_id = ANY(%(friends)s) AND account.customer_id = ANY (ARRAY(
                SELECT %(referrer)s::bigint UNION ALL
                SELECT id FROM referrals_customer WHERE merged_into_id = %(referrer)s))
            GROUP BY evaluation.customer_id
            """,
            {"now": now, "referrer": referrer.pk, "friends": friends},
        )
        return {
            friend_id: Earned(points, pending, held_until, tuple(waiting or ()))
            for friend_id, points, pending, held_until, waiting in cursor.fetchall()
        }
