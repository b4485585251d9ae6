"""The authority's colours, and the page that shows every component."""

from datetime import UTC, datetime

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from incubator.core import gallery, rules, theme, words
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
    """Every component with its contract: for the programme's own people, and for all on a demonstration."""
    if not (settings.DEBUG or settings.DEMO):
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if not rules.is_staff_member(request.user):
            raise PermissionDenied
    wrong = gallery.SampleForm(
        {"wrong-problem": _("Every morning we retype the same list."), "wrong-level": 3}, prefix="wrong"
    )
    return render(
        request,
        "core/components.html",
        {
            "paths": [gallery.whole_path(), gallery.followed_path(), gallery.ended_path()],
            "rows": [gallery.followed_path(), gallery.whole_path(), gallery.ended_path()],
            "charts": gallery.sample_charts(),
            "states": list(gallery.SampleState),
            "form": gallery.SampleForm(),
            "wrong": wrong,
            "facts": [
                (_("Call"), _("Call for intrapreneurs 2020")),
                (_("Next decision"), words.in_words(datetime(2020, 7, 7, 14, tzinfo=UTC))),
                (_("Amount"), words.amount(50000)),
            ],
            "page": Paginator(range(30), 10).page(2),
        },
    )
