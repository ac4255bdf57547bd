from django.db import models
from django.db.models import Q

from config.lib.immutable import immutable
from fulfillment.models.redemptions import LEGAL_MOVES, Redemption, Status

_LEGAL = Q(from_status="", to_status=Status.PENDING)
for _before, _after in LEGAL_MOVES:
    _LEGAL |= Q(from_status=_before, to_status=_after)


class StatusMove(models.Model):
    """One step of a redemption: who took it, when, and why. Never changed.

    It names nobody: `actor` is a word such as `user:7`, `customer` or `system`, and `reason` is a code. What somebody
    had to say is a Note, which can be erased.
    """

    redemption = models.ForeignKey(Redemption, on_delete=models.PROTECT, related_name="moves", db_index=False)
    from_status = models.CharField(max_length=10, choices=Status.choices, blank=True)
    to_status = models.CharField(max_length=10, choices=Status.choices)
    actor = models.CharField(max_length=40)
    reason = models.CharField(max_length=40)
    moved_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["redemption", "to_status"], name="status_move_once"),
            models.CheckConstraint(condition=_LEGAL, name="status_move_legal"),
            models.CheckConstraint(condition=Q(reason__regex=r"^[a-z][a-z0-9_]*$"), name="status_move_has_a_reason"),
            models.CheckConstraint(
                condition=Q(actor__regex=r"^[a-z]+(:[a-zA-Z0-9_]+)?$"), name="status_move_actor_is_a_word"
            ),
        ]
        triggers = [*immutable("status_move")]

    def __str__(self) -> str:
        return f"{self.from_status} → {self.to_status}"
