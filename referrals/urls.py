"""What the ground floor answers: the API under /api/v1/, and the links that customers share under /r/."""

from django.urls import path

from referrals.api.codes import ReferralCodesView
from referrals.views.landing import landing

api_urlpatterns = [path("referral-codes", ReferralCodesView.as_view(), name="referral-codes")]

urlpatterns = [path("r/<str:code>/", landing, name="landing")]
