"""What the third floor answers: the API under /api/v1/, and pages about points and sharing."""

from allauth.headless.constants import Client
from django.urls import path, re_path

from rewards.api.accounts import AdjustmentsView, account_or_credits
from rewards.api.activities import ActivitiesView, ActivityView
from rewards.api.backtests import BacktestOutcomesView, BacktestsView, BacktestView
from rewards.api.badges import CustomerBadgesView
from rewards.api.campaigns import (
    ActiveCampaignsView,
    CampaignProgressView,
    EligibleCampaignsView,
    ParticipateView,
)
from rewards.api.catalog import RewardCatalogView, RewardsAvailableView
from rewards.api.customers import CustomersView
from rewards.api.experiments import ExperimentsView, ExperimentView
from rewards.api.holds import GiftsView, HoldCaptureView, HoldReleaseView, HoldsView, HoldView
from rewards.api.loyalty import LoyaltyView, PointsEarnView, PointsHistoryView, PointsRedeemView
from rewards.api.loyalty_tiers import TierUpdateView
from rewards.api.me.badges import OwnBadgesView
from rewards.api.me.campaigns import OwnCampaignsView, OwnParticipationView
from rewards.api.me.catalog import OwnCatalogView
from rewards.api.me.credits import OwnCreditsView, OwnExpiringView, OwnStatementView, OwnTierView
from rewards.api.me.referrals import OwnReferralStatsView, OwnReferralsView
from rewards.api.me.share import OwnShareView
from rewards.api.merging import MergeView
from rewards.api.partners import SettlementsView
from rewards.api.payments import PaymentView
from rewards.api.policies import (
    PoliciesView,
    PolicyChangesView,
    PolicyDraftView,
    PolicyPublicationView,
    PolicyRetirementView,
    PolicyVersionView,
    PolicyView,
)
from rewards.api.pricing import PricingView
from rewards.api.purchases import PurchasesView, PurchaseView
from rewards.api.recommendations import RecommendationsView
from rewards.api.refunds import RefundsView, RefundView
from rewards.api.segments import CustomerSegmentsView, SegmentCustomersView, SegmentsView
from rewards.api.sessions import (
    QuoteView,
    SessionCancelView,
    SessionCompleteView,
    SessionsView,
    SessionView,
)
from rewards.api.statement import ExpiringView, StatementExportView, StatementView
from rewards.api.trials import DryRunView, PurchaseTraceView
from rewards.views.app_sign_up import AppSignUpView, no_phones
from rewards.views.campaigns import campaigns, participate
from rewards.views.catalog import rewards
from rewards.views.friends import friends
from rewards.views.help import how_it_works
from rewards.views.joining import join
from rewards.views.options import reward_options
from rewards.views.own_referrals import referral_stats, referral_tracking
from rewards.views.share import share
from rewards.views.statement import statement, statement_file

api_urlpatterns = [
    path("policies", PoliciesView.as_view(), name="policies"),
    path("policies/dry-run", DryRunView.as_view(), name="dry-run"),
    path("policies/<slug:code>", PolicyView.as_view(), name="policy"),
    path("policies/<slug:code>/draft", PolicyDraftView.as_view(), name="policy-draft"),
    path("policies/<slug:code>/publish", PolicyPublicationView.as_view(), name="policy-publish"),
    path("policies/<slug:code>/retire", PolicyRetirementView.as_view(), name="policy-retire"),
    path("policies/<slug:code>/changes", PolicyChangesView.as_view(), name="policy-changes"),
    path("policies/<slug:code>/versions/<int:number>", PolicyVersionView.as_view(), name="policy-version"),
    path("backtests", BacktestsView.as_view(), name="backtests"),
    path("backtests/<uuid:backtest>", BacktestView.as_view(), name="backtest"),
    path("backtests/<uuid:backtest>/outcomes", BacktestOutcomesView.as_view(), name="backtest-outcomes"),
    path("experiments", ExperimentsView.as_view(), name="experiments"),
    path("experiments/<slug:code>", ExperimentView.as_view(), name="experiment"),
    path("purchases", PurchasesView.as_view(), name="purchases"),
    path("purchases/<path:reference>/refunds", RefundsView.as_view(), name="refunds"),
    path("purchases/<path:reference>/payment", PaymentView.as_view(), name="payment"),
    path("purchases/<path:reference>/trace", PurchaseTraceView.as_view(), name="purchase-trace"),
    path("purchases/<path:reference>", PurchaseView.as_view(), name="purchase"),
    path("refunds/<str:reference>", RefundView.as_view(), name="refund"),
    path("activities", ActivitiesView.as_view(), name="activities"),
    path("activities/<str:reference>", ActivityView.as_view(), name="activity"),
    path("customers", CustomersView.as_view(), name="customers"),
    path("customers/<path:reference>/credits", account_or_credits, name="credits"),
    path("customers/<path:reference>/credits/adjustments", AdjustmentsView.as_view(), name="adjustments"),
    path("customers/<path:reference>/statement", StatementView.as_view(), name="statement"),
    path("customers/<path:reference>/statement/export", StatementExportView.as_view(), name="statement-export"),
    path("customers/<path:reference>/merge", MergeView.as_view(), name="merge"),
    path("customers/<path:reference>/expiring", ExpiringView.as_view(), name="expiring"),
    path("customers/<path:reference>/recommendations", RecommendationsView.as_view(), name="recommendations"),
    path("customers/<path:reference>/gifts", GiftsView.as_view(), name="gifts"),
    path("customers/<path:reference>/holds", HoldsView.as_view(), name="holds"),
    path("customers/<path:reference>/holds/<str:hold>", HoldView.as_view(), name="hold"),
    path("customers/<path:reference>/holds/<str:hold>/capture", HoldCaptureView.as_view(), name="hold-capture"),
    path("customers/<path:reference>/holds/<str:hold>/release", HoldReleaseView.as_view(), name="hold-release"),
    path("rewards/catalog", RewardCatalogView.as_view(), name="reward-catalog"),
    path("rewards/customer/<path:reference>/available", RewardsAvailableView.as_view(), name="rewards-available"),
    path("partners/<str:partner>/settlements", SettlementsView.as_view(), name="settlements"),
    path("pricing/customers/<path:reference>", PricingView.as_view(), name="pricing"),
    path("customers/<path:reference>/segments", CustomerSegmentsView.as_view(), name="customer-segments"),
    path("customers/<path:reference>/badges", CustomerBadgesView.as_view(), name="customer-badges"),
    path("segments", SegmentsView.as_view(), name="segments"),
    path("segments/<str:code>/customers", SegmentCustomersView.as_view(), name="segment-customers"),
    path("campaigns/active", ActiveCampaignsView.as_view(), name="campaigns-active"),
    path("campaigns/participate", ParticipateView.as_view(), name="campaigns-participate"),
    path("campaigns/customer/<path:reference>/eligible", EligibleCampaignsView.as_view(), name="campaigns-eligible"),
    path(
        "campaigns/<str:campaign>/progress/<path:reference>", CampaignProgressView.as_view(), name="campaign-progress"
    ),
    path("purchase-sessions", SessionsView.as_view(), name="purchase-sessions"),
    path("purchase-sessions/quote", QuoteView.as_view(), name="purchase-quote"),
    path("purchase-sessions/<str:session>", SessionView.as_view(), name="purchase-session"),
    path("purchase-sessions/<str:session>/complete", SessionCompleteView.as_view(), name="purchase-session-complete"),
    path("purchase-sessions/<str:session>/cancel", SessionCancelView.as_view(), name="purchase-session-cancel"),
    path("me/credits", OwnCreditsView.as_view(), name="own-credits"),
    path("me/statement", OwnStatementView.as_view(), name="own-statement"),
    path("me/expiring", OwnExpiringView.as_view(), name="own-expiring"),
    path("me/tier", OwnTierView.as_view(), name="own-tier"),
    path("me/referrals", OwnReferralsView.as_view(), name="own-referrals"),
    path("me/referral-stats", OwnReferralStatsView.as_view(), name="own-referral-counts"),
    path("me/share", OwnShareView.as_view(), name="own-share"),
    path("me/catalog", OwnCatalogView.as_view(), name="own-catalog"),
    path("me/campaigns", OwnCampaignsView.as_view(), name="own-campaigns"),
    path("me/campaigns/<str:campaign>/participate", OwnParticipationView.as_view(), name="own-participation"),
    path("me/badges", OwnBadgesView.as_view(), name="own-badges"),
    path("loyalty/customer/<path:reference>", LoyaltyView.as_view(), name="loyalty"),
    path("loyalty/points/earn", PointsEarnView.as_view(), name="points-earn"),
    path("loyalty/points/redeem", PointsRedeemView.as_view(), name="points-redeem"),
    path("loyalty/points/history/<path:reference>", PointsHistoryView.as_view(), name="points-history"),
    path("loyalty/tier/update/<path:reference>", TierUpdateView.as_view(), name="tier-update"),
]

urlpatterns = [
    path("share/", share, name="share"),
    path("rewards/", rewards, name="rewards"),
    path("campaigns/", campaigns, name="campaigns"),
    path("campaigns/<slug:code>/participate/", participate, name="participate"),
    path("help/", how_it_works, name="help"),
    path("referral-stats/", referral_stats, name="own-referral-stats"),
    path("referral-tracking/", referral_tracking, name="referral-tracking"),
    path("join/", join, name="join"),
    path("_allauth/app/v1/auth/signup", AppSignUpView.as_api_view(client=Client.APP), name="app-sign-up"),
    re_path(r"^_allauth/app/v1/(?:account|auth)/phone", no_phones),
    path("reward-options/", reward_options, name="reward-options"),
    path("referrals/", friends, name="friends-page"),
    path("statement/", statement, name="statement-page"),
    path("statement/statement.csv", statement_file, name="statement-file"),
]
