"""The small files that machines look for."""

from datetime import timedelta

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.views.decorators.http import require_safe
from wagtail.contrib.sitemaps.views import sitemap as wagtail_sitemap

from incubator.core import clock
from incubator.core.identity import identity_for


@require_safe
@login_not_required
def robots(request):
    lines = ["User-agent: *"]
    if settings.DEMO:
        lines.append("Disallow: /")  # invented people have no place in a search engine
    else:
        lines += ["Disallow: /admin/", "Disallow: /compte/", "Disallow: /demo/"]
    lines.append(f"Sitemap: {request.build_absolute_uri('/sitemap.xml')}")
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@require_safe
@login_not_required
def security(request):
    """RFC 9116: whom to tell about a weakness. The date moves on: the address is read from the settings."""
    contact = identity_for(request).contact_email
    expires = (clock.now() + timedelta(days=180)).strftime("%Y-%m-%dT00:00:00Z")
    lines = [
        f"Contact: mailto:{contact}" if contact else f"Contact: {request.build_absolute_uri('/')}",
        f"Expires: {expires}",
        "Preferred-Languages: fr, en",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@require_safe
@login_not_required
def sitemap(request):
    return wagtail_sitemap(request)
