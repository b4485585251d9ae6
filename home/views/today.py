"""« Aujourd'hui »: what waits for the person who is signed in."""

from django.shortcuts import render
from django.views.decorators.http import require_safe


@require_safe
def today(request):
    return render(request, "home/today.html")
