"""What a cohort costs outside its projects: the lines, their total, and a form for the manager to add one."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from projects import rules
from projects.counts import CountUnit
from projects.domain import money
from projects.forms import CohortBudgetForm
from projects.models import Cohort
from projects.queries import costs_of, funnel, lines_in_words
from projects.views.acts import add_errors


@require_http_methods(["GET", "HEAD", "POST"])
def cohort_budget(request, code: str):
    """Read by the managers and the sponsors of the programme, written by its managers."""
    cohort = get_object_or_404(Cohort.objects.visible_to(request.user).select_related("programme"), code=code)
    if not rules.can_read_cohort_money(request.user, cohort.programme):
        raise Http404
    may_write = rules.can_manage_programme(request.user, cohort.programme)
    form = CohortBudgetForm(request.POST or None, project=None, user=request.user) if may_write else None
    if request.method == "POST":
        if form is None:
            raise PermissionDenied
        if form.is_valid():
            try:
                money.add_budget_line(actor=request.user, cohort=cohort, **form.values())
            except ValidationError as error:
                add_errors(form, error)
            else:
                messages.success(request, _("The budget line is added."))
                return redirect("projects:cohort_budget", cohort.code)
    costs = costs_of(cohort, funnel(cohort).step("preincubation")[CountUnit.PROJECTS])
    return render(
        request,
        "projects/cohort_budget.html",
        {
            "cohort": cohort,
            "form": form,
            "costs": [{"cost": cost, "lines": lines_in_words(cost.money)} for cost in costs],
        },
    )
