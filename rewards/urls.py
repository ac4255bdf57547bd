"""What the third floor answers under /api/v1/."""

from django.urls import path

from rewards.api.credits import credits_view
from rewards.api.customers import CustomersView
from rewards.api.payments import PaymentView
from rewards.api.purchases import PurchasesView, PurchaseView
from rewards.api.refunds import RefundsView, RefundView

urlpatterns = [
    path("purchases", PurchasesView.as_view(), name="purchases"),
    path("purchases/<path:reference>/refunds", RefundsView.as_view(), name="refunds"),
    path("purchases/<path:reference>/payment", PaymentView.as_view(), name="payment"),
    path("purchases/<path:reference>", PurchaseView.as_view(), name="purchase"),
    path("refunds/<str:reference>", RefundView.as_view(), name="refund"),
    path("customers", CustomersView.as_view(), name="customers"),
    path("customers/<path:reference>/credits", credits_view, name="credits"),
]
