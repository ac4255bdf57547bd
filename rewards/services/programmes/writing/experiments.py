"""Writing experiments: drafts, which somebody begins later; one that has begun is at most called something else."""

from referrals.models.merchants import Merchant
from rewards.models.experiments import Experiment, ExperimentState
from rewards.services.programmes.full_form import Programme
from rewards.services.programmes.plan import Plan
from rewards.services.programmes.writing.items import write_items


def write_experiments(merchant: Merchant, programme: Programme, plan: Plan) -> None:
    """Write the experiments, as far as the plan says that they change; a draft that is named no longer is deleted."""
    changes = plan.of("experiments")
    write_items(
        Experiment, [item for item in programme["experiments"] or () if item["code"] in changes], merchant=merchant
    )
    gone = Experiment.objects.filter(merchant=merchant, code__in=plan.retired("experiments"))
    gone.filter(state=ExperimentState.DRAFT).delete()
