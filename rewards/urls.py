"""What the third floor answers under /api/v1/."""

from django.urls import path

from rewards.api.activities import ActivitiesView, ActivityView
from rewards.api.credits import credits_view
from rewards.api.customers import CustomersView
from rewards.api.loyalty_tiers import TierUpdateView
from rewards.api.payments import PaymentView
from rewards.api.purchases import PurchasesView, PurchaseView
from rewards.api.refunds import RefundsView, RefundView

urlpatterns = [
    path("purchases", PurchasesView.as_view(), name="purchases"),
    path("purchases/<path:reference>/refunds", RefundsView.as_view(), name="refunds"),
    path("purchases/<path:reference>/payment", PaymentView.as_view(), name="payment"),
    path("purchases/<path:reference>", PurchaseView.as_view(), name="purchase"),
    path("refunds/<str:reference>", RefundView.as_view(), name="refund"),
    path("activities", ActivitiesView.as_view(), name="activities"),
    path("activities/<str:reference>", ActivityView.as_view(), name="activity"),
    path("customers", CustomersView.as_view(), name="customers"),
    path("customers/<path:reference>/credits", credits_view, name="credits"),
    path("loyalty/tier/update/<path:reference>", TierUpdateView.as_view(), name="tier-update"),
]
