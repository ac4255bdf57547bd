"""The rows of the authorisation matrix: pages first, then what other systems call, and pages beside it."""

from tests.house.authorisation import (
    A_KEY,
    ADJUSTMENT,
    ANYBODY,
    CART,
    CUSTOMERS,
    EARNING,
    HAS_A_CODE,
    HOLD,
    JSON_TO_CUSTOMERS,
    NO_DRAFT,
    NO_FACTOR,
    NO_METHOD,
    NO_REWARD,
    NO_SIGNATURE,
    NO_TECHNICIAN,
    NOT_FOUND,
    OWN_KEY,
    PARTICIPATION,
    SIGNED_IN,
    SUBSCRIPTION,
    TECHNICIANS,
    Row,
    api,
    for_customers,
    job,
    of_a_library,
    of_the_customer,
    page,
)
from tests.house.authorised_apps import APPS

ROUTES = {
    **APPS,
    "": page("/"),
    "healthz": page("/healthz"),
    "readyz": page("/readyz"),
    "styleguide/": page("/styleguide/"),
    r"^accent/(?P<colour>[0-9a-fA-F]{6})\.css$": page("/accent/2e7d32.css", methods=["GET"]),
    "manifest.webmanifest": page("/manifest.webmanifest", methods=["GET"]),
    "more/": for_customers("/more/", "GET"),
    "language/": page("/language/", methods=["POST"]),
    "help/": for_customers("/help/", "GET"),  # And for everybody at the merchant's own host.
    "rewards/": for_customers("/rewards/", "GET"),
    "campaigns/": for_customers("/campaigns/", "GET"),
    "campaigns/<slug:code>/participate/": for_customers("/campaigns/{campaign}/participate/", "POST"),
    "merchants/": Row("/merchants/", {"GET": ANYBODY, "POST": NOT_FOUND}),  # The body names no merchant.
    "r/<str:code>/": page("/r/{code}/", methods=["GET"]),
    r"^r/(?P<code>[^/]+)/qr\.(?P<extension>svg|png)$": page("/r/{code}/qr.svg", methods=["GET"]),
    "r/<str:code>/<slug:destination>/": page("/r/{code}/{destination}/", methods=["GET"]),
    "r/<str:code>/<slug:destination>/go/": page("/r/{code}/{destination}/go/", methods=["GET"]),
    # Signing in, of which the library is the master.
    **{
        f"accounts/{name}": of_a_library(f"/accounts/{name}")
        for name in (
            "login/",
            "logout/",
            "signup/",
            "inactive/",
            "confirm-email/",
            "login/code/",
            "password/reset/",
            "password/reset/done/",
            "password/reset/key/done/",
        )
    },
    **{
        f"accounts/{name}": of_a_library(f"/accounts/{name}", to=SIGNED_IN)
        for name in (
            "sessions/",
            "login/code/confirm/",
            "reauthenticate/",
            "email/",
            "password/change/",
            "password/set/",
            "2fa/",
            "2fa/authenticate/",
            "2fa/reauthenticate/",
            "2fa/totp/activate/",
            "2fa/recovery-codes/generate/",
        )
    },
    **{
        f"accounts/2fa/{name}": of_a_library(f"/accounts/2fa/{name}", to=NO_FACTOR)
        for name in ("totp/deactivate/", "recovery-codes/", "recovery-codes/download/")
    },
    r"accounts/^confirm-email/(?P<key>[-:\w]+)/$": of_a_library("/accounts/confirm-email/nonsense/"),
    r"accounts/^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$": of_a_library(
        "/accounts/password/reset/key/1-nonsense/"
    ),
    "api/schema/": page("/api/schema/", methods=["GET"]),
    # Purchases, and what else happens
    "api/v1/purchases": api("purchases", POST=A_KEY),
    "api/v1/purchases/<path:reference>": api("purchases/A-0", GET=OWN_KEY),
    "api/v1/purchases/<path:reference>/refunds": api("purchases/A-0/refunds", {"refund_id": "r-1"}, POST=A_KEY),
    "api/v1/purchases/<path:reference>/payment": api("purchases/A-0/payment", {"status": "paid"}, POST=OWN_KEY),
    "api/v1/refunds/<str:reference>": api("refunds/{refund}", GET=OWN_KEY),
    "api/v1/activities": api("activities", POST=A_KEY),
    "api/v1/activities/<str:reference>": api("activities/{activity}", GET=OWN_KEY),
    # Customers and referrals
    "api/v1/customers": api("customers", POST=A_KEY),
    "api/v1/customers/<path:reference>/export": api("customers/alice/export", GET=OWN_KEY),
    "api/v1/customers/<path:reference>/rfm": api("customers/alice/rfm", GET=OWN_KEY),
    "api/v1/referral-codes": api("referral-codes", {"customer": "alice"}, POST=OWN_KEY),
    "api/v1/referral-stats": api("referral-stats", GET=A_KEY),
    "api/v1/referrals/<str:reference>": api("referrals/{referral}", GET=OWN_KEY),
    "api/v1/merchants/<str:reference>/validation": api("merchants/any/validation", GET=A_KEY),
    # Points and tiers
    "api/v1/customers/<path:reference>/credits": api(
        "customers/alice/credits", GET=OWN_KEY, POST=OWN_KEY, DELETE=OWN_KEY, PUT=NO_METHOD, PATCH=NO_METHOD
    ),
    "api/v1/customers/<path:reference>/credits/adjustments": api(
        "customers/alice/credits/adjustments", ADJUSTMENT, POST=OWN_KEY
    ),
    "api/v1/customers/<path:reference>/statement": api("customers/alice/statement", GET=OWN_KEY),
    "api/v1/customers/<path:reference>/statement/export": api("customers/alice/statement/export", GET=OWN_KEY),
    "api/v1/customers/<path:reference>/expiring": api("customers/alice/expiring", GET=OWN_KEY),
    "api/v1/customers/<path:reference>/gifts": api("customers/alice/gifts", {"to": "bob", "points": 5}, POST=OWN_KEY),
    "api/v1/customers/<path:reference>/holds": api("customers/alice/holds", HOLD, POST=OWN_KEY),
    "api/v1/customers/<path:reference>/holds/<str:hold>": api("customers/alice/holds/{hold}", GET=OWN_KEY),
    **{
        f"api/v1/customers/<path:reference>/holds/<str:hold>/{act}": api(
            f"customers/alice/holds/{{hold}}/{act}", POST=OWN_KEY
        )
        for act in ("capture", "release")
    },
    "api/v1/loyalty/customer/<path:reference>": api("loyalty/customer/alice", GET=OWN_KEY),
    "api/v1/loyalty/points/earn": api("loyalty/points/earn", EARNING, POST=OWN_KEY),
    "api/v1/loyalty/points/redeem": api("loyalty/points/redeem", EARNING, POST=OWN_KEY),
    "api/v1/loyalty/points/history/<path:reference>": api("loyalty/points/history/alice", GET=OWN_KEY),
    "api/v1/loyalty/tier/update/<path:reference>": api(
        "loyalty/tier/update/alice", {"tier": "gold", "reason": "A gift"}, PUT=OWN_KEY
    ),
    # Campaigns
    "api/v1/campaigns/active": api("campaigns/active", GET=A_KEY),
    "api/v1/campaigns/participate": api("campaigns/participate", PARTICIPATION, POST=OWN_KEY),
    "api/v1/campaigns/customer/<path:reference>/eligible": api("campaigns/customer/alice/eligible", GET=OWN_KEY),
    "api/v1/campaigns/<str:campaign>/progress/<path:reference>": api(
        "campaigns/{campaign}/progress/alice", GET=OWN_KEY
    ),
    "api/v1/customers/<path:reference>/badges": api("customers/alice/badges", GET=OWN_KEY),
    "api/v1/customers/<path:reference>/segments": api("customers/alice/segments", GET=OWN_KEY),
    "api/v1/experiments": api("experiments", GET=A_KEY),
    "api/v1/experiments/<slug:code>": api("experiments/{experiment}", GET=OWN_KEY),
    "api/v1/customers/<path:reference>/recommendations": api("customers/alice/recommendations", GET=OWN_KEY),
    "api/v1/segments": api("segments", GET=A_KEY),
    "api/v1/segments/<str:code>/customers": api(
        "segments/{segment}/customers", {"customers": []}, GET=OWN_KEY, PUT=OWN_KEY
    ),
    # Carts
    "api/v1/purchase-sessions": api("purchase-sessions", CART, POST=OWN_KEY),
    "api/v1/purchase-sessions/quote": api("purchase-sessions/quote", CART, POST=OWN_KEY),
    "api/v1/purchase-sessions/<str:session>": api("purchase-sessions/{session}", GET=OWN_KEY),
    "api/v1/purchase-sessions/<str:session>/complete": api(
        "purchase-sessions/{session}/complete", {"order_id": "A-9"}, POST=OWN_KEY
    ),
    "api/v1/purchase-sessions/<str:session>/cancel": api("purchase-sessions/{session}/cancel", POST=OWN_KEY),
    # Redeeming, and delivering
    "api/v1/rewards/redeem": api("rewards/redeem", {"customerId": "alice", "rewardId": "mug"}, POST=OWN_KEY),
    "api/v1/rewards/redemptions/<path:reference>": api("rewards/redemptions/alice", GET=OWN_KEY),
    "api/v1/redemptions/<str:reference>": api("redemptions/{redemption}", GET=OWN_KEY),
    "api/v1/redemptions/<str:reference>/cancel": api("redemptions/{redemption}/cancel", POST=OWN_KEY),
    "api/v1/redemptions/<str:reference>/address": api(
        "redemptions/{redemption}/address", {"address": "1 Elm Street"}, PUT=OWN_KEY
    ),
    "api/v1/redemptions/<str:reference>/appointment": api(
        "redemptions/{redemption}/appointment", {"slot": "01911111-1111-7111-8111-111111111111"}, PUT=OWN_KEY
    ),
    "api/v1/service-records": api("service-records", POST=A_KEY),
    "api/v1/service-records/<path:reference>": api("service-records/{repair}", GET=OWN_KEY),
    "api/v1/service-records/<path:reference>/price": api("service-records/{repair}/price", GET=OWN_KEY),
    "api/v1/service-records/<path:reference>/complete": api("service-records/{repair}/complete", POST=OWN_KEY),
    "api/v1/service-records/<path:reference>/cancel": api("service-records/{repair}/cancel", POST=OWN_KEY),
    "redemptions/": for_customers("/redemptions/", "GET"),
    "redemptions/<uuid:uuid>/": of_the_customer("/redemptions/{redemption}/", "GET"),
    **{
        f"redemptions/<uuid:uuid>/{act}/": of_the_customer(f"/redemptions/{{redemption}}/{act}/", "POST")
        for act in ("cancel", "address", "appointment")
    },
    "rewards/<slug:code>/redeem/": for_customers("/rewards/teapot/redeem/", "GET"),
    "redeem-reward/": Row("/redeem-reward/", {"POST": NO_REWARD}),
    "referral-rewards-history/": for_customers("/referral-rewards-history/", "GET"),
    "portal/": job("", "GET", to=TECHNICIANS),
    "portal/push/": job("push/", "POST", to=TECHNICIANS),
    "portal/push/forget/": job("push/forget/", "POST", to=TECHNICIANS),
    "portal/availability/": job("availability/", "GET", to=TECHNICIANS),
    **{
        f"portal/availability/{kind}/": job(f"availability/{kind}/", "POST", to=NO_TECHNICIAN)
        for kind in ("hours", "time-off")
    },
    **{
        f"portal/availability/{kind}/<int:{name}>/remove/": job(
            f"availability/{kind}/1/remove/", "POST", to=TECHNICIANS
        )
        for kind, name in (("hours", "hours_id"), ("time-off", "time_off_id"))
    },
    "portal/jobs/<uuid:uuid>/": job("jobs/{job}/", "GET"),
    **{
        f"portal/jobs/<uuid:uuid>/{act}/": job(f"jobs/{{job}}/{act}/", "POST")
        for act in ("start", "complete", "give-up", "notes", "repairs")
    },
    "portal/jobs/<uuid:uuid>/photos/": job("jobs/{job}/photos/", "POST"),
    "portal/jobs/<uuid:uuid>/photos/<uuid:photo>/": job("jobs/{job}/photos/{photo}/", "GET"),
    "redemptions/<uuid:uuid>/photos/<uuid:photo>/": of_the_customer("/redemptions/{redemption}/photos/{photo}/", "GET"),
    # Policies, and trying them out
    "api/v1/policies": api("policies", GET=A_KEY, POST=A_KEY),
    "api/v1/policies/dry-run": api("policies/dry-run", POST=A_KEY),
    "api/v1/policies/<slug:code>": api(
        "policies/{policy}",
        GET=OWN_KEY,
        PUT=A_KEY,
        DELETE=OWN_KEY,  # What is put is read before it is looked for.
    ),
    "api/v1/policies/<slug:code>/changes": api("policies/{policy}/changes", GET=OWN_KEY),
    "api/v1/policies/<slug:code>/draft": api("policies/{policy}/draft", DELETE=NO_DRAFT),
    "api/v1/policies/<slug:code>/publish": api("policies/{policy}/publish", POST=NO_DRAFT),
    "api/v1/policies/<slug:code>/retire": api("policies/{policy}/retire", POST=OWN_KEY),
    "api/v1/policies/<slug:code>/versions/<int:number>": api("policies/{policy}/versions/1", GET=OWN_KEY),
    "api/v1/backtests": api("backtests", POST=A_KEY),
    "api/v1/backtests/<uuid:backtest>": api("backtests/{backtest}", GET=OWN_KEY),
    "api/v1/backtests/<uuid:backtest>/outcomes": api("backtests/{backtest}/outcomes", GET=OWN_KEY),
    "api/v1/purchases/<path:reference>/trace": api("purchases/A-0/trace", GET=OWN_KEY),
    "api/schema/programme.json": page("/api/schema/programme.json", methods=["GET"]),
    # The catalog, and who supplies it
    "api/v1/rewards/catalog": api("rewards/catalog", GET=A_KEY),
    "api/v1/rewards/customer/<path:reference>/available": api("rewards/customer/alice/available", GET=OWN_KEY),
    "api/v1/pricing/customers/<path:reference>": api("pricing/customers/alice", GET=OWN_KEY),
    "api/v1/partners/<str:partner>/settlements": api("partners/{partner}/settlements", GET=OWN_KEY),
    "reward-options/": for_customers("/reward-options/", "GET"),
    # Sharing, joining, and who they are
    "api/v1/customers/<path:reference>/merge": api("customers/alice/merge", {"customer": "bob"}, POST=OWN_KEY),
    "api/v1/destinations": api("destinations", GET=A_KEY),
    "api/v1/leaderboard": api("leaderboard", GET=A_KEY),
    "join/": Row("/join/", {"GET": CUSTOMERS, "POST": CUSTOMERS}),  # Elsewhere than at a merchant's own host.
    "share/": for_customers("/share/", "GET", "POST"),
    "share/invite/": for_customers("/share/invite/", "GET", "POST"),
    "leaderboard/": for_customers("/leaderboard/", "GET", "POST"),
    "referrals/": for_customers("/referrals/", "GET"),
    "invitations/stop/<str:token>/": Row("/invitations/stop/nonsense/", {"GET": NOT_FOUND, "POST": NOT_FOUND}),
    r"^r/(?P<code>[^/]+)/(?P<destination>[-a-zA-Z0-9_]+)/qr\.(?P<extension>svg|png)$": page(
        "/r/{code}/{destination}/qr.svg", methods=["GET"]
    ),
    "generate-referral-code/": Row("/generate-referral-code/", {"POST": JSON_TO_CUSTOMERS}),
    "referral-code/": Row("/referral-code/", {"GET": HAS_A_CODE}),
    "referral-tracking/": Row("/referral-tracking/", {"POST": JSON_TO_CUSTOMERS}),
    **{
        f"{name}/": Row(f"/{name}/", {"GET": JSON_TO_CUSTOMERS})
        for name in ("referral-history", "referral-leaderboard", "referral-stats")
    },
    # Being told
    "api/v1/customers/<path:reference>/notifications": api("customers/alice/notifications", GET=OWN_KEY),
    "api/v1/customers/<path:reference>/notifications/read": api(
        "customers/alice/notifications/read", {"ids": None}, POST=OWN_KEY
    ),
    "api/v1/customers/<path:reference>/contact-preferences": api(
        "customers/alice/contact-preferences", GET=OWN_KEY, PUT=OWN_KEY
    ),
    "api/v1/customers/<path:reference>/push-subscriptions": api(
        "customers/alice/push-subscriptions", SUBSCRIPTION, POST=OWN_KEY
    ),
    "settings/": page("/settings/", to=CUSTOMERS),
    "statement/": for_customers("/statement/", "GET"),
    "statement/statement.csv": for_customers("/statement/statement.csv", "GET"),
    "settings/data/": for_customers("/settings/data/", "GET"),
    "settings/data/export/": for_customers("/settings/data/export/", "POST"),
    "settings/data/erase/": for_customers("/settings/data/erase/", "GET", "POST"),
    "notifications/": page("/notifications/", to=CUSTOMERS, methods=["GET", "POST"]),
    "notifications/settings/": page("/notifications/settings/", to=CUSTOMERS, methods=["GET", "POST"]),
    "notifications/push/": Row("/notifications/push/", {"POST": JSON_TO_CUSTOMERS}),
    "notifications/push/forget/": Row("/notifications/push/forget/", {"POST": JSON_TO_CUSTOMERS}),
    "service-worker.js": page("/service-worker.js", methods=["GET"]),
    "dev/mail/": Row("/dev/mail/", {"GET": NOT_FOUND}),  # Only development has it.
    "dev/mail/<int:number>/": Row("/dev/mail/1/", {"GET": NOT_FOUND}),
    # Webhooks in, which are believed by their signature and nothing else
    "orders/create": Row("/orders/create", {"POST": NO_SIGNATURE}),
    "webhooks/shopify": Row("/webhooks/shopify", {"POST": NO_SIGNATURE}),
    "webhooks/shopify/<path:topic>": Row("/webhooks/shopify/orders/paid", {"POST": NO_SIGNATURE}),
    # Webhooks out
    "api/v1/webhook-endpoints": api("webhook-endpoints", GET=A_KEY, POST=A_KEY),
    "api/v1/webhook-endpoints/<str:endpoint>": api(
        "webhook-endpoints/{endpoint}", GET=OWN_KEY, PATCH=OWN_KEY, DELETE=OWN_KEY
    ),
    **{
        f"api/v1/webhook-endpoints/<str:endpoint>/{act}": api(
            f"webhook-endpoints/{{endpoint}}/{act}", {"since": "2026-11-20T00:00:00Z"}, POST=OWN_KEY
        )
        for act in ("secret", "test", "replay")
    },
    "api/v1/webhook-endpoints/<str:endpoint>/deliveries": api("webhook-endpoints/{endpoint}/deliveries", GET=OWN_KEY),
    "api/v1/webhook-endpoints/<str:endpoint>/deliveries/<str:delivery>/replay": api(
        "webhook-endpoints/{endpoint}/deliveries/{delivery}/replay", POST=OWN_KEY
    ),
}
