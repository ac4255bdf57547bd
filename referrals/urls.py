"""What the ground floor answers: the API, under /api/v1/, and pages, with the links that are shared under /r/."""

from django.urls import path, re_path

from referrals.api.codes import ReferralCodesView
from referrals.api.destinations import DestinationsView
from referrals.api.leaderboard import LeaderboardView
from referrals.api.me.code import OwnCodeView
from referrals.api.me.profile import OwnProfileView
from referrals.api.merchants import MerchantValidationView
from referrals.api.referrals import ReferralView
from referrals.api.rfm import RfmView
from referrals.api.stats import ReferralStatsView
from referrals.views.appearance import accent, manifest
from referrals.views.invitations import invite, stop_invitations
from referrals.views.landing import landing, onward, qr
from referrals.views.leaderboard import leaderboard, referral_leaderboard
from referrals.views.merchants import merchants
from referrals.views.own_codes import generate_referral_code, referral_code, referral_history
from referrals.views.profile import profile

api_urlpatterns = [
    path("me", OwnProfileView.as_view(), name="own-profile"),
    path("me/code", OwnCodeView.as_view(), name="own-code"),
    path("referral-codes", ReferralCodesView.as_view(), name="referral-codes"),
    path("destinations", DestinationsView.as_view(), name="destinations"),
    path("leaderboard", LeaderboardView.as_view(), name="leaderboard-api"),
    path("referral-stats", ReferralStatsView.as_view(), name="referral-stats"),
    path("referrals/<str:reference>", ReferralView.as_view(), name="referral"),
    path("customers/<path:reference>/rfm", RfmView.as_view(), name="rfm"),
    path("merchants/<str:reference>/validation", MerchantValidationView.as_view(), name="merchant-validation"),
]

urlpatterns = [
    re_path(r"^accent/(?P<colour>[0-9a-fA-F]{6})\.css$", accent, name="accent"),
    path("manifest.webmanifest", manifest, name="manifest"),
    path("merchants/", merchants, name="merchants"),
    path("generate-referral-code/", generate_referral_code, name="generate-referral-code"),
    path("referral-code/", referral_code, name="referral-code"),
    path("referral-history/", referral_history, name="referral-history"),
    path("referral-leaderboard/", referral_leaderboard, name="referral-leaderboard"),
    path("leaderboard/", leaderboard, name="leaderboard"),
    path("share/invite/", invite, name="invite"),
    path("invitations/stop/<str:token>/", stop_invitations, name="invitation-opt-out"),
    path("settings/", profile, name="profile"),
    path("r/<str:code>/", landing, name="landing"),
    re_path(r"^r/(?P<code>[^/]+)/qr\.(?P<extension>svg|png)$", qr, name="qr"),
    re_path(r"^r/(?P<code>[^/]+)/(?P<destination>[-a-zA-Z0-9_]+)/qr\.(?P<extension>svg|png)$", qr, name="qr"),
    path("r/<str:code>/<slug:destination>/", landing, name="landing"),
    path("r/<str:code>/<slug:destination>/go/", onward, name="onward"),
]
