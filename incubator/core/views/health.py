"""``/sante/``: one address for supervisors (JSON) and for people (a small page). 200 when all is well, else 503."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from incubator.core import health as state


@login_not_required
@never_cache
@require_safe
def health(request) -> HttpResponse:
    checks = state.checks()
    ok = all(check.ok for check in checks)
    status = 200 if ok else 503
    if request.accepts("text/html") and "text/html" in request.headers.get("Accept", ""):
        page = render_to_string("core/health.html", {"ok": ok, "checks": checks})
        return HttpResponse(page, status=status)
    return JsonResponse(
        {"ok": ok, "checks": {check.name: {"ok": check.ok, "value": check.value} for check in checks}},
        status=status,
    )
