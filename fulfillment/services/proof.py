"""What is always true on the top floor."""

from config.lib.guards import guards
from config.lib.proof import Figures
from fulfillment.models.redemptions import Redemption
from fulfillment.models.repair_rewards import RepairReward
from fulfillment.models.service_records import ServiceRecord
from fulfillment.services.proofs import deliveries, promises

INVARIANTS = (
    *guards("fulfillment", ledger=[Redemption, RepairReward, ServiceRecord]),
    *promises.INVARIANTS,
    *deliveries.INVARIANTS,
)

FIGURES = (
    Figures(
        """
        SELECT count(*) AS redemptions,
            count(*) FILTER (WHERE status = 'pending') AS redemptions_pending,
            count(*) FILTER (WHERE status = 'approved') AS redemptions_approved,
            count(*) FILTER (WHERE status = 'fulfilled') AS redemptions_fulfilled,
            count(*) FILTER (WHERE ended_at IS NULL AND due_at < %(now)s) AS redemptions_overdue
        FROM fulfillment_redemption
        """
    ),
)
