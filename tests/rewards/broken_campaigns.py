"""What breaks each rule that the database holds of campaigns, segments and badges."""

from rewards.models import SegmentMember
from tests.credits.broken_rules import foreign, row, twice
from tests.factories.referrals import NOON, CustomerFactory, MerchantFactory
from tests.factories.rewards import (
    BadgeAwardFactory,
    BadgeFactory,
    CampaignFactory,
    ParticipationFactory,
    SegmentFactory,
)


def member(**values):
    """A customer in a segment of another merchant, in the eyes of one of the two."""

    def make():
        customer, segment = CustomerFactory(), SegmentFactory(merchant=MerchantFactory())
        whose = {"segment": customer.merchant, "customer": segment.merchant}[values["foreign"]]
        SegmentMember.objects.create(merchant=whose, segment=segment, customer=customer, since=NOON)

    return make


BROKEN_IN_CAMPAIGNS = [
    ("campaign_code_once", twice(CampaignFactory, "merchant", "code")),
    ("campaign_within_budget", row(CampaignFactory, given=-1)),
    ("campaign_within_budget", row(CampaignFactory, given=11, budget=10)),
    ("participation_campaign_same_merchant", foreign(ParticipationFactory, "campaign", CampaignFactory)),
    ("participation_customer_same_merchant", foreign(ParticipationFactory)),
    ("participation_once_a_round", twice(ParticipationFactory, "customer", "campaign")),
    ("participation_points_not_negative", row(ParticipationFactory, points=-1)),
    ("segment_code_once", twice(SegmentFactory, "merchant", "code")),
    ("segment_member_segment_same_merchant", member(foreign="segment")),
    ("segment_member_customer_same_merchant", member(foreign="customer")),
    ("badge_code_once", twice(BadgeFactory, "merchant", "code")),
    ("badge_award_badge_same_merchant", foreign(BadgeAwardFactory, "badge", BadgeFactory)),
    ("badge_award_customer_same_merchant", foreign(BadgeAwardFactory)),
    ("badge_award_once", twice(BadgeAwardFactory, "evaluation", "badge")),
]
