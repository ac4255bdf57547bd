"""Taking back what was given besides points: grants and badges."""

from collections.abc import Iterable
from datetime import datetime

from credits.services.book import Book
from rewards.engine.kinds.steps import BADGE
from rewards.models.grants import Grant, GrantState
from rewards.services.evaluation.caused import Given
from rewards.services.evaluation.causes import cause_key
from rewards.services.evaluation.writing import NewBadge, revoke_badge


def revoke_grants(*, book: Book, given: Iterable[Given], now: datetime) -> None:
    """Take back the grants among what was given; one that a checkout was promised goes when that lets go of it."""
    grants = {cause_key(each.evaluation_id, each.award): each for each in given if each.award.kind == "grant"}
    unused = Grant.objects.filter(
        merchant=book.terms.merchant_id,
        key__in=list(grants),
        state__in=[GrantState.WAITING, GrantState.ISSUED, GrantState.RESERVED],
        revoked_at=None,
    ).select_for_update()
    for grant in unused.order_by("id"):
        grant.revoked_at = now
        grant.state = GrantState.RESERVED if grant.state == GrantState.RESERVED else GrantState.REVOKED
        grant.save(update_fields=["state", "revoked_at"])
        if not grants[grant.key].is_untold:
            book.tell(grant.customer_id, "grant.revoked", {"option": grants[grant.key].award.option})


def revoke_badges(*, book: Book, given: Iterable[Given], now: datetime) -> None:
    """Take back the badges among what was given, unless they were given again since."""
    for each in given:
        badge = NewBadge(each.award.customer_id, each.award.option, each.evaluation_id)
        if each.award.kind == BADGE and revoke_badge(badge, now=now):
            book.tell(badge.customer_id, "badge.revoked", {"badge": badge.code})
