"""What the top floor answers: the API under /api/v1/, and pages about what was redeemed and about oneself."""

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
from fulfillment.views.portal import job, job_complete, job_give_up, job_note, job_repair, job_start, portal
from fulfillment.views.privacy import erasing, own_export, privacy
from fulfillment.views.redemptions import (
    address_redemption,
    book_redemption,
    cancel_redemption,
    redeem_reward,
    redeeming,
    redemption,
    redemptions,
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

urlpatterns = [
    path("portal/", portal, name="portal"),
    path("portal/jobs/<uuid:uuid>/", job, name="job"),
    path("portal/jobs/<uuid:uuid>/start/", job_start, name="job-start"),
    path("portal/jobs/<uuid:uuid>/complete/", job_complete, name="job-complete"),
    path("portal/jobs/<uuid:uuid>/give-up/", job_give_up, name="job-give-up"),
    path("portal/jobs/<uuid:uuid>/notes/", job_note, name="job-note"),
    path("portal/jobs/<uuid:uuid>/repairs/", job_repair, name="job-repair"),
    path("redemptions/", redemptions, name="redemptions-page"),
    path("redemptions/<uuid:uuid>/", redemption, name="redemption-page"),
    path("redemptions/<uuid:uuid>/cancel/", cancel_redemption, name="redemption-call-off"),
    path("redemptions/<uuid:uuid>/address/", address_redemption, name="redemption-send-to"),
    path("redemptions/<uuid:uuid>/appointment/", book_redemption, name="redemption-book"),
    path("rewards/<slug:code>/redeem/", redeeming, name="redeeming"),
    path("redeem-reward/", redeem_reward, name="redeem-reward"),
    path("referral-rewards-history/", redemptions, name="referral-rewards-history"),
    path("settings/data/", privacy, name="privacy"),
    path("settings/data/export/", own_export, name="own-export"),
    path("settings/data/erase/", erasing, name="erasing"),
]
