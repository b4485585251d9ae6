"""What every template may use: the site's name and identity, and this person's navigation."""

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.utils.functional import SimpleLazyObject

from incubator.core import theme
from incubator.core.identity import identity_for
from incubator.core.navigation import navigation_for


def site(request):
    """Lazy values: a page that shows no header reads nothing."""
    return {
        "SITE_NAME": settings.SITE_NAME,
        "DEMO": settings.DEMO,
        "identity": SimpleLazyObject(lambda: identity_for(request)),
        "theme_url": SimpleLazyObject(lambda: theme.url_for(identity_for(request))),
    }


def navigation(request):
    user = getattr(request, "user", None) or AnonymousUser()  # an error page may come before the session
    return {"navigation": SimpleLazyObject(lambda: navigation_for(user, request.path))}
