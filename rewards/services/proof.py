"""What is always true on the third floor."""

from config.lib.guards import guards
from config.lib.proof import Figures
from rewards.models.counters import Counter, LimitUse
from rewards.services.proofs import awards, campaigns, counts, refunds, shelf

INVARIANTS = (
    *guards("rewards", ledger=[Counter, LimitUse]),
    *awards.INVARIANTS,
    *campaigns.INVARIANTS,
    *counts.INVARIANTS,
    *refunds.INVARIANTS,
    *shelf.INVARIANTS,
)

FIGURES = (
    Figures(
        """
        SELECT count(*) AS evaluations,
            count(*) FILTER (WHERE state = 'pending') AS evaluations_pending,
            count(*) FILTER (WHERE state = 'pending' AND due_at < %(now)s - interval '60 s') AS evaluations_overdue,
            count(*) FILTER (WHERE state = 'failed') AS evaluations_failed
        FROM rewards_evaluation
        """
    ),
    Figures(
        """
        SELECT count(*) AS grants, count(*) FILTER (WHERE state = 'revoked') AS grants_revoked FROM rewards_grant
        """
    ),
)
