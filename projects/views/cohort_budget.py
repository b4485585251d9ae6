"""What a cohort costs outside its projects: the lines, their total, and a form for the manager to add one; and the
way to take back a line, of a cohort or of a project."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from projects import rules
from projects.counts import CountUnit
from projects.domain import money
from projects.forms import CohortBudgetForm
from projects.models import BudgetLine, Cohort
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
            "others": cohort.programme.cohorts.exclude(pk=cohort.pk).order_by("-pk"),
        },
    )


@require_POST
def line_back(request, pk: int):
    """Take back a line of a project or of a cohort; whoever may not write it does not know the address."""
    line = get_object_or_404(
        BudgetLine.objects.select_related("project__programme", "cohort__programme"), pk=pk
    )
    try:
        money.take_back_budget_line(actor=request.user, line=line)
    except PermissionDenied:
        raise Http404 from None
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("“%(line)s” is taken back.") % {"line": line.label})
    if line.project_id:
        return redirect("projects:impact", line.project.code)
    return redirect("projects:cohort_budget", line.cohort.code)
