"""The map of the product."""

from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView

import fulfillment.urls
import referrals.urls
import rewards.urls
from config import views
from config.staff import open_staff_site
from config.styleguide import styleguide
from fulfillment.selectors.inbox import inbox_of_person
from rewards.api.export import PersonExportView

urlpatterns = [
    path("", views.home, name="home"),
    path("styleguide/", styleguide, name="styleguide"),
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("accounts/", include("allauth.urls")),
    path("admin/", open_staff_site().urls),
    path(
        "api/schema/",
        SpectacularAPIView.as_view(authentication_classes=[], permission_classes=[]),
        name="schema",
    ),
    path(
        "api/v1/customers/<path:reference>/export",
        PersonExportView.as_view(known_above=inbox_of_person),
        name="person-export",
    ),
    path(
        "api/v1/",
        include([*referrals.urls.api_urlpatterns, *rewards.urls.urlpatterns, *fulfillment.urls.api_urlpatterns]),
    ),
    path("", include("referrals.urls")),
    path("", include("fulfillment.urls")),
]
