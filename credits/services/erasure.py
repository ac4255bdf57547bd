"""Forgetting what was said of a person beside their points; the points themselves say nothing of anybody."""

from collections.abc import Collection

from credits.models.accounts import Account
from credits.models.adjustments import Adjustment
from credits.models.remarks import Remark
from credits.models.tiers import TierAssignment

ERASED = "erased"
"""What stands where a reason has to stand."""


def forget_words(*, customer_ids: Collection[int]) -> None:
    """Lock a person's accounts, and delete all that was said in words of their entries, corrections and tiers.

    Whoever writes such words holds the account while they do.
    """
    accounts = list(Account.objects.select_for_update().filter(customer__in=customer_ids).order_by("id"))
    Remark.objects.filter(entry__account__in=accounts).delete()
    Adjustment.objects.filter(account__in=accounts).update(reason=ERASED)
    TierAssignment.objects.filter(account__in=accounts).update(reason=ERASED)
