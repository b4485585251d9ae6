"""Whose site this is, read once for each request and never written on a GET."""

from django.core.exceptions import DisallowedHost
from django.db.models import Q
from wagtail.models import Site

from incubator.core.models import SiteSettings

_ATTRIBUTE = "_eclosion_identity"


def identity_for(request) -> SiteSettings:
    """The settings of the site this request came to: one query, whether or not the row exists yet.

    Wagtail's own ``for_request`` creates a missing row; reading a page may not write, so a site
    that nobody has configured answers with unsaved defaults.
    """
    known = getattr(request, _ATTRIBUTE, None)
    if known is None:
        try:
            host = request.get_host().partition(":")[0]
        except DisallowedHost:
            host = ""
        known = (
            SiteSettings.objects.select_related("logo")
            .filter(Q(site__hostname=host) | Q(site__is_default_site=True))
            .order_by("site__is_default_site", "pk")
            .first()
        ) or SiteSettings(site=Site())
        setattr(request, _ATTRIBUTE, known)
    return known
