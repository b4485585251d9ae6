"""The product's addresses, and beside them the floor: a bare view that answers the same bytes as a page."""

from functools import cache
from pathlib import Path

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from incubator.urls import handler400, handler500  # noqa: F401
from incubator.urls import urlpatterns as product


@cache
def kept(name: str) -> bytes:
    return (Path(settings.VAR_DIR) / "bench" / f"{name}.bytes").read_bytes()


@csrf_exempt
@login_not_required
def floor(request, name):
    return HttpResponse(kept(name))


urlpatterns = [path("bench-floor/<slug:name>/", floor), *product]
