"""The site's addresses. Each package keeps its own; Wagtail's pages come last and take what is left."""

from django.urls import include, path
from django.views.generic import RedirectView
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls

urlpatterns = [
    path("", include("incubator.core.urls")),
    path("", include("incubator.accounts.urls")),
    path("", include("projects.urls")),
    path("", include("calls.urls")),
    path("", include("juries.urls")),
    path("", include("home.urls")),
    path("_util/login/", RedirectView.as_view(pattern_name="account_login", query_string=True)),
    path("compte/", include("allauth.urls")),
    path("admin/", include(wagtailadmin_urls)),
    path("documents/", include(wagtaildocs_urls)),
    path("", include(wagtail_urls)),
]

handler400 = "incubator.core.views.errors.bad_request"
handler500 = "incubator.core.views.errors.server_error"
