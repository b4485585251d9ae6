"""One's own page, slips; and the doors: the addresses of allauth that this site offers, no other."""

from allauth.account import views as allauth_views
from django.contrib.auth.decorators import login_not_required
from django.urls import include, path, re_path

from incubator.accounts.views import entrance, profile

app_name = "accounts"

urlpatterns = [
    path("personnes/<uuid:uuid>/billet/", profile.slip, name="slip"),
]

# Named beside allauth's own, without a namespace: the site's header links to it.
own_pages = [
    path("mon-compte/", profile.profile, name="account_profile"),
]

# Names of allauth, without a namespace: it finds them by name. Included below /compte/.
doors = [
    path("connexion/", entrance.SignInView.as_view(), name="account_login"),
    path("connexion/code/", entrance.CodeRequestView.as_view(), name="account_request_login_code"),
    path("connexion/code/saisir/", entrance.CodeConfirmView.as_view(), name="account_confirm_login_code"),
    path("sortie/", allauth_views.logout, name="account_logout"),
    path("ferme/", allauth_views.account_inactive, name="account_inactive"),
    path("confirmer/", allauth_views.reauthenticate, name="account_reauthenticate"),
    path("mot-de-passe/premier/", entrance.first_password, name="account_first_password"),
    path("mot-de-passe/changer/", allauth_views.password_change, name="account_change_password"),
    path("mot-de-passe/choisir/", allauth_views.password_set, name="account_set_password"),
    path("mot-de-passe/oublie/", allauth_views.password_reset, name="account_reset_password"),
    path(
        "mot-de-passe/oublie/envoye/", allauth_views.password_reset_done, name="account_reset_password_done"
    ),
    re_path(
        r"^mot-de-passe/oublie/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        allauth_views.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path(
        "mot-de-passe/oublie/fait/",
        allauth_views.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    path("double-verification/", include("allauth.mfa.urls")),
    # allauth asks for these names; nobody registers by a form nor manages addresses here.
    *(
        path(f"{name}/", login_not_required(entrance.closed), name=name)
        for name in ("account_signup", "account_email", "account_email_verification_sent")
    ),
]
