"""What the top floor answers: the API under /api/v1/, and pages about what was redeemed and about oneself."""

from django.urls import path

from fulfillment.api.deliveries import DeliveriesView, DeliveryReplayView, ReplayView, WebhookTestView
from fulfillment.api.export import PersonExportView
from fulfillment.api.me.notifications import (
    OwnNotificationsReadView,
    OwnNotificationsView,
    OwnPreferencesView,
    OwnPushSubscriptionsView,
    OwnPushSubscriptionView,
)
from fulfillment.api.me.redemptions import (
    OwnRedemptionAddressView,
    OwnRedemptionAppointmentView,
    OwnRedemptionCancelView,
    OwnRedemptionsView,
    OwnRedemptionView,
)
from fulfillment.api.notifications import (
    ContactPreferencesView,
    NotificationsReadView,
    NotificationsView,
    PushSubscriptionsView,
)
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
from fulfillment.api.shopify import shopify
from fulfillment.api.webhook_endpoints import WebhookEndpointsView, WebhookEndpointView, WebhookSecretView
from fulfillment.views.availability import availability, hours_add, hours_remove, time_off_add, time_off_remove
from fulfillment.views.dev_mail import dev_mail, dev_mail_html
from fulfillment.views.language import language
from fulfillment.views.notifications import contact_settings, notifications
from fulfillment.views.portal import (
    job,
    job_complete,
    job_give_up,
    job_note,
    job_photo,
    job_photo_add,
    job_repair,
    job_start,
    portal,
)
from fulfillment.views.privacy import erasing, own_export, privacy
from fulfillment.views.push import (
    portal_push_forget,
    portal_push_subscribe,
    push_forget,
    push_subscribe,
    service_worker,
)
from fulfillment.views.redemptions import (
    address_redemption,
    book_redemption,
    cancel_redemption,
    redeem_reward,
    redeeming,
    redemption,
    redemption_photo,
    redemptions,
)

CUSTOMER = "customers/<path:reference>"
ENDPOINT = "webhook-endpoints/<str:endpoint>"

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
    path("webhook-endpoints", WebhookEndpointsView.as_view(), name="webhook-endpoints"),
    path(ENDPOINT, WebhookEndpointView.as_view(), name="webhook-endpoint"),
    path(f"{ENDPOINT}/secret", WebhookSecretView.as_view(), name="webhook-secret"),
    path(f"{ENDPOINT}/test", WebhookTestView.as_view(), name="webhook-test"),
    path(f"{ENDPOINT}/replay", ReplayView.as_view(), name="webhook-replay"),
    path(f"{ENDPOINT}/deliveries", DeliveriesView.as_view(), name="webhook-deliveries"),
    path(f"{ENDPOINT}/deliveries/<str:delivery>/replay", DeliveryReplayView.as_view(), name="webhook-delivery-replay"),
    path(f"{CUSTOMER}/notifications", NotificationsView.as_view(), name="notifications"),
    path(f"{CUSTOMER}/notifications/read", NotificationsReadView.as_view(), name="notifications-read"),
    path(f"{CUSTOMER}/contact-preferences", ContactPreferencesView.as_view(), name="contact-preferences"),
    path(f"{CUSTOMER}/push-subscriptions", PushSubscriptionsView.as_view(), name="push-subscriptions"),
    path("me/redemptions", OwnRedemptionsView.as_view(), name="own-redemptions"),
    path("me/redemptions/<str:reference>", OwnRedemptionView.as_view(), name="own-redemption"),
    path("me/redemptions/<str:reference>/cancel", OwnRedemptionCancelView.as_view(), name="own-redemption-cancel"),
    path("me/redemptions/<str:reference>/address", OwnRedemptionAddressView.as_view(), name="own-redemption-address"),
    path(
        "me/redemptions/<str:reference>/appointment",
        OwnRedemptionAppointmentView.as_view(),
        name="own-redemption-appointment",
    ),
    path("me/notifications", OwnNotificationsView.as_view(), name="own-notifications"),
    path("me/notifications/read", OwnNotificationsReadView.as_view(), name="own-notifications-read"),
    path("me/preferences", OwnPreferencesView.as_view(), name="own-preferences"),
    path("me/push-subscriptions", OwnPushSubscriptionsView.as_view(), name="own-push-subscriptions"),
    path("me/push-subscriptions/<uuid:subscription>", OwnPushSubscriptionView.as_view(), name="own-push-subscription"),
]

urlpatterns = [
    path("orders/create", shopify, {"topic": "orders/create"}, name="shopify-orders-create"),
    path("webhooks/shopify", shopify, name="shopify"),
    path("webhooks/shopify/<path:topic>", shopify, name="shopify-topic"),
    path("portal/", portal, name="portal"),
    path("portal/push/", portal_push_subscribe, name="portal-push-subscribe"),
    path("portal/push/forget/", portal_push_forget, name="portal-push-forget"),
    path("portal/availability/", availability, name="availability"),
    path("portal/availability/hours/", hours_add, name="hours-add"),
    path("portal/availability/hours/<int:hours_id>/remove/", hours_remove, name="hours-remove"),
    path("portal/availability/time-off/", time_off_add, name="time-off-add"),
    path("portal/availability/time-off/<int:time_off_id>/remove/", time_off_remove, name="time-off-remove"),
    path("portal/jobs/<uuid:uuid>/", job, name="job"),
    path("portal/jobs/<uuid:uuid>/start/", job_start, name="job-start"),
    path("portal/jobs/<uuid:uuid>/complete/", job_complete, name="job-complete"),
    path("portal/jobs/<uuid:uuid>/give-up/", job_give_up, name="job-give-up"),
    path("portal/jobs/<uuid:uuid>/notes/", job_note, name="job-note"),
    path("portal/jobs/<uuid:uuid>/repairs/", job_repair, name="job-repair"),
    path("portal/jobs/<uuid:uuid>/photos/", job_photo_add, name="job-photo-add"),
    path("portal/jobs/<uuid:uuid>/photos/<uuid:photo>/", job_photo, name="job-photo"),
    path("redemptions/", redemptions, name="redemptions-page"),
    path("redemptions/<uuid:uuid>/", redemption, name="redemption-page"),
    path("redemptions/<uuid:uuid>/photos/<uuid:photo>/", redemption_photo, name="redemption-photo"),
    path("redemptions/<uuid:uuid>/cancel/", cancel_redemption, name="redemption-call-off"),
    path("redemptions/<uuid:uuid>/address/", address_redemption, name="redemption-send-to"),
    path("redemptions/<uuid:uuid>/appointment/", book_redemption, name="redemption-book"),
    path("rewards/<slug:code>/redeem/", redeeming, name="redeeming"),
    path("redeem-reward/", redeem_reward, name="redeem-reward"),
    path("referral-rewards-history/", redemptions, name="referral-rewards-history"),
    path("settings/data/", privacy, name="privacy"),
    path("settings/data/export/", own_export, name="own-export"),
    path("settings/data/erase/", erasing, name="erasing"),
    path("notifications/", notifications, name="notifications-page"),
    path("language/", language, name="language"),
    path("notifications/settings/", contact_settings, name="contact-settings"),
    path("notifications/push/", push_subscribe, name="push-subscribe"),
    path("notifications/push/forget/", push_forget, name="push-forget"),
    path("service-worker.js", service_worker, name="service-worker"),
    path("dev/mail/", dev_mail, name="dev-mail"),
    path("dev/mail/<int:number>/", dev_mail_html, name="dev-mail-html"),
]
