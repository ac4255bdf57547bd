"""What the top floor answers under /api/v1/."""

from django.urls import path

from fulfillment.api.export import PersonExportView
from fulfillment.api.redemptions import (
    CustomerRedemptionsView,
    RedeemView,
    RedemptionAddressView,
    RedemptionAppointmentView,
    RedemptionCancelView,
    RedemptionView,
)
from fulfillment.api.service_records import (
    ServiceCancellationView,
    ServiceCompletionView,
    ServicePriceView,
    ServiceRecordsView,
    ServiceRecordView,
)

api_urlpatterns = [
    path("customers/<path:reference>/export", PersonExportView.as_view(), name="person-export"),
    path("rewards/redeem", RedeemView.as_view(), name="rewards-redeem"),
    path("rewards/redemptions/<path:reference>", CustomerRedemptionsView.as_view(), name="customer-redemptions"),
    path("redemptions/<str:reference>", RedemptionView.as_view(), name="redemption"),
    path("redemptions/<str:reference>/cancel", RedemptionCancelView.as_view(), name="redemption-cancel"),
    path("redemptions/<str:reference>/address", RedemptionAddressView.as_view(), name="redemption-address"),
    path("redemptions/<str:reference>/appointment", RedemptionAppointmentView.as_view(), name="redemption-appointment"),
    path("service-records", ServiceRecordsView.as_view(), name="service-records"),
    path("service-records/<path:reference>/price", ServicePriceView.as_view(), name="service-price"),
    path("service-records/<path:reference>/complete", ServiceCompletionView.as_view(), name="service-complete"),
    path("service-records/<path:reference>/cancel", ServiceCancellationView.as_view(), name="service-cancel"),
    path("service-records/<path:reference>", ServiceRecordView.as_view(), name="service-record"),
]
