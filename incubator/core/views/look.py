"""The authority's colours, and the page that shows every component."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from incubator.core import theme
from incubator.core.identity import identity_for

YEAR = 365 * 24 * 3600


@login_not_required
@require_safe
def theme_css(request, fingerprint):
    """The style sheet of the two colours. Its address holds their fingerprint: it is kept for ever."""
    identity = identity_for(request)
    primary, accent = identity.primary_color, identity.accent_color
    response = HttpResponse(theme.stylesheet(primary, accent), content_type="text/css; charset=utf-8")
    if fingerprint == theme.fingerprint(primary, accent):
        response["Cache-Control"] = f"public, max-age={YEAR}, immutable"
    else:
        response["Cache-Control"] = "no-store"  # a page read before the colours changed
    return response


@login_not_required
@require_safe
def components(request):
    raise Http404
