"""The site's addresses. Each package keeps its own; Wagtail's pages come last and take what is left."""

from django.contrib.auth.decorators import login_not_required
from django.urls import include, path, re_path
from django.views.generic import RedirectView
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls

from incubator.accounts import urls as accounts_urls
from incubator.accounts.views.entrance import closed

to_sign_in = RedirectView.as_view(pattern_name="account_login", query_string=True)

urlpatterns = [
    path("", include("incubator.core.urls")),
    path("", include("incubator.accounts.urls")),
    path("", include("projects.urls")),
    path("", include("calls.urls")),
    path("", include("juries.urls")),
    path("", include("home.urls")),
    path("_util/login/", login_not_required(to_sign_in)),  # pages that ask to sign in: the same door
    path("", include(accounts_urls.own_pages)),
    path("compte/", include(accounts_urls.doors)),
    # Before Wagtail's own: its forms to sign in and to reset a password know nothing of our doors, and
    # its screens of users and groups nothing of our verbs.
    path("admin/login/", login_not_required(to_sign_in)),
    path("admin/account/", RedirectView.as_view(pattern_name="account_profile")),
    re_path(r"^admin/(password_reset|users|groups|bulk/accounts)(/.*)?$", closed),
    path("admin/", include(wagtailadmin_urls)),
    path("documents/", include(wagtaildocs_urls)),
    path("", include(wagtail_urls)),
]

handler400 = "incubator.core.views.errors.bad_request"
handler500 = "incubator.core.views.errors.server_error"
