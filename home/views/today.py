"""« Aujourd'hui »: what waits for the person who is signed in, and their next dates."""

from django.shortcuts import render
from django.views.decorators.http import require_safe

from home.queries.agenda import agenda_of
from home.queries.waiting import waiting_for
from incubator.core import clock


@require_safe
def today(request):
    first, *others = waiting_for(request.user) or [None]
    return render(
        request,
        "home/today.html",
        {
            "day": clock.today(),
            "first": first,
            "others": others,
            "agenda": agenda_of(request.user),
        },
    )
