"""The map of the product."""

from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView

import fulfillment.urls
import referrals.urls
import rewards.urls
from config import views
from config.cockpit.desk import customer_page, desk
from config.cockpit.system import system
from config.home import home, more
from config.staff import open_staff_site
from config.styleguide import styleguide
from rewards.api.programme_schema import programme_schema
from rewards.views.merging import merge

site = open_staff_site()
urlpatterns = [
    path("", home, name="home"),
    path("more/", more, name="more"),
    path("styleguide/", styleguide, name="styleguide"),
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("accounts/", include("allauth.urls")),
    path("admin/merge/<int:customer_id>/", site.admin_view(merge), name="merge-customers"),
    path("admin/desk/", site.admin_view(desk), name="customer-service"),
    path("admin/desk/<int:customer_id>/", site.admin_view(customer_page), name="customer-service-customer"),
    path("admin/system/", site.admin_view(system), name="system"),
    path("admin/", site.urls),
    path(
        "api/schema/",
        SpectacularAPIView.as_view(authentication_classes=[], permission_classes=[]),
        name="schema",
    ),
    path("api/schema/programme.json", programme_schema, name="programme-schema"),
    path(
        "api/v1/",
        include([*referrals.urls.api_urlpatterns, *rewards.urls.api_urlpatterns, *fulfillment.urls.api_urlpatterns]),
    ),
    path("", include("referrals.urls")),
    path("", include("rewards.urls")),
    path("", include("fulfillment.urls")),
    path("_allauth/", include("allauth.headless.urls")),  # After what takes the place of its sign-up.
]
