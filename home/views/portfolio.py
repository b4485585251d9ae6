"""The portfolio: every project that this person may know by name, from preselection on."""

from django.http import Http404
from django.shortcuts import render
from django.views.decorators.http import require_safe


@require_safe
def portfolio(request):
    return render(request, "home/portfolio.html")


@require_safe
def export(request):
    raise Http404
