"""The rows of the authorisation matrix for customers' apps, which send the token of whoever has signed in."""

from tests.house.authorisation import ANYBODY, NO_METHOD, NOT_FOUND, SUBSCRIPTION, Row, of_a_library, page

# fmt: off
#           AN  C1  C2  T1  T2  SU  MG  AD  KA  KB
ME       = "401 ok  ok  403 403 403 403 403 401 403"
MINE     = "401 ok  404 403 403 403 403 403 401 403"
NOT_MINE = "401 405 405 403 403 403 403 403 401 403"
WITH_TOKEN = "401 ok  ok  ok  ok  ok  ok  ok  401 ok"
TO_BE_SENT = "401 405 405 405 405 405 405 405 401 405"  # What a token is needed for, and is not looked at.
NO_STAGE = "401 401 401 401 401 401 401 401 401 401"  # Nobody is on the way to being signed in.
NO_FACTOR = "401 404 404 404 404 404 404 404 401 404"
OF_A_MERCHANT = "403 405 405 403 403 403 403 403 403 403"  # Elsewhere than at a merchant's own host.
# fmt: on


def me(path, body=None, **methods):
    """A route under /api/v1/me, which looks at who asks before it looks at how."""
    return Row(f"/api/v1/me{path}", methods, body or {}, otherwise=NOT_MINE)


def sign_in(to, *paths):
    """Calls of the library by which apps sign in."""
    return {f"_allauth/app/v1/{path}": of_a_library(f"/_allauth/app/v1/{path}", to=to) for path in paths}


APPS = {
    "api/v1/me": me("", {"name": "Alice", "shows_first_name": True}, GET=ME, PUT=ME),
    "api/v1/me/code": me("/code", POST=ME),
    **{
        f"api/v1/me/{name}": me(f"/{name}", GET=ME)
        for name in ("credits", "statement", "expiring", "tier", "referrals", "referral-stats", "catalog", "badges")
    },
    "api/v1/me/share": me("/share", {"channel": "copy"}, GET=ME, POST=ME),
    "api/v1/me/campaigns": me("/campaigns", GET=ME),
    "api/v1/me/campaigns/<str:campaign>/participate": me("/campaigns/{campaign}/participate", POST=ME),
    "api/v1/me/redemptions": me("/redemptions", {"rewardId": "teapot"}, GET=ME, POST=ME),
    "api/v1/me/redemptions/<str:reference>": me("/redemptions/{redemption}", GET=MINE),
    "api/v1/me/redemptions/<str:reference>/cancel": me("/redemptions/{redemption}/cancel", POST=MINE),
    "api/v1/me/redemptions/<str:reference>/address": me(
        "/redemptions/{redemption}/address", {"address": "1 Elm Street"}, PUT=MINE
    ),
    "api/v1/me/redemptions/<str:reference>/appointment": me(
        "/redemptions/{redemption}/appointment", {"slot": "01911111-1111-7111-8111-111111111111"}, PUT=MINE
    ),
    "api/v1/me/notifications": me("/notifications", GET=ME),
    "api/v1/me/notifications/read": me("/notifications/read", {"ids": None}, POST=ME),
    "api/v1/me/preferences": me("/preferences", GET=ME, PUT=ME),
    "api/v1/me/push-subscriptions": me("/push-subscriptions", SUBSCRIPTION, POST=ME),
    "api/v1/me/push-subscriptions/<uuid:subscription>": me("/push-subscriptions/{subscription}", DELETE=MINE),
    **sign_in(ANYBODY, "config", "auth/code/confirm", "auth/email/verify", "auth/password/reset"),
    **sign_in(WITH_TOKEN, "auth/session", "auth/sessions", "account/email", "account/authenticators"),
    **sign_in(TO_BE_SENT, "account/password/change", "auth/reauthenticate", "auth/2fa/reauthenticate"),
    **sign_in(
        NO_METHOD,
        "auth/login",
        "auth/code/request",
        "auth/code/resend",
        "auth/email/verify/resend",
        "auth/password/request",
        "tokens/refresh",
    ),
    **sign_in(NO_STAGE, "auth/2fa/authenticate"),
    **sign_in(NO_FACTOR, "account/authenticators/totp", "account/authenticators/recovery-codes"),
    **sign_in(OF_A_MERCHANT, "auth/signup"),
    **sign_in(NOT_FOUND, "account/phone", "auth/phone/verify", "auth/phone/verify/resend"),
    r"^_allauth/app/v1/(?:account|auth)/phone": page("/_allauth/app/v1/account/phone", to=NOT_FOUND),
}
