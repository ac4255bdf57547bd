"""What the ground floor answers: the API, under /api/v1/, and pages, with the links that are shared under /r/."""

from django.urls import path, re_path

from referrals.api.codes import ReferralCodesView
from referrals.api.merchants import MerchantValidationView
from referrals.api.referrals import ReferralView
from referrals.api.rfm import RfmView
from referrals.api.stats import ReferralStatsView
from referrals.views.landing import landing, onward, qr
from referrals.views.merchants import merchants
from referrals.views.profile import profile

api_urlpatterns = [
    path("referral-codes", ReferralCodesView.as_view(), name="referral-codes"),
    path("referral-stats", ReferralStatsView.as_view(), name="referral-stats"),
    path("referrals/<str:reference>", ReferralView.as_view(), name="referral"),
    path("customers/<path:reference>/rfm", RfmView.as_view(), name="rfm"),
    path("merchants/<str:reference>/validation", MerchantValidationView.as_view(), name="merchant-validation"),
]

urlpatterns = [
    path("merchants/", merchants, name="merchants"),
    path("settings/", profile, name="profile"),
    path("r/<str:code>/", landing, name="landing"),
    re_path(r"^r/(?P<code>[^/]+)/qr\.(?P<extension>svg|png)$", qr, name="qr"),
    path("r/<str:code>/<slug:destination>/", landing, name="landing"),
    path("r/<str:code>/<slug:destination>/go/", onward, name="onward"),
]
