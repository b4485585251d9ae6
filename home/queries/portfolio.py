"""The portfolio: one row a project, with its path, its next decision and the money decided."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, Exists, F, Max, OuterRef, QuerySet, Subquery
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from home import rules
from incubator.core import clock, words
from incubator.core.path import Path
from juries.enums import SittingState
from juries.models import Hearing
from projects.enums import STARTUP_STAGES, BudgetKind, FollowUpState, Maturity, Stage
from projects.models import BudgetLine, Cohort, FollowUp, Programme, Project, Transition
from projects.queries import paths_of


@dataclass(frozen=True)
class Choice:
    """What one visible project says of the filters: read once for all of them."""

    cohort: int
    cohort_name: str
    cohort_start: date | None
    stage: str
    directorate: int | None
    directorate_name: str | None
    theme: str
    cohort_note: str
    cohort_code: str
    programme: int


def visible_projects(user) -> QuerySet[Project]:
    """Every project from *preselected* on that this person may know by name."""
    return Project.objects.visible_to(user).named()


def choices_of(user) -> list[Choice]:
    rows = (
        visible_projects(user)
        .order_by("-cohort__preincubation_starts_on", "cohort__name")
        .values_list(
            "cohort_id",
            "cohort__name",
            "cohort__preincubation_starts_on",
            "stage",
            "directorate_id",
            "directorate__name",
            "theme",
            "cohort__note",
            "cohort__code",
            "cohort__programme_id",
        )
        .distinct()
    )
    return [Choice(*row) for row in rows]


def choices_among(projects: Iterable[Project]) -> list[Choice]:
    """What :func:`choices_of` reads, from projects that are all in hand already (see :func:`listed`)."""
    return [
        Choice(
            project.cohort_id,
            project.cohort.name,
            project.cohort.preincubation_starts_on,
            project.stage,
            project.directorate_id,
            project.directorate.name if project.directorate else None,
            project.theme,
            project.cohort.note,
            project.cohort.code,
            project.programme_id,
        )
        for project in projects
    ]


def with_budget(projects: QuerySet[Project]) -> QuerySet[Project]:
    """Add the latest decided budget: lowest and highest amount, months; empty means “not valued”, never zero."""
    decided = BudgetLine.objects.filter(project=OuterRef("pk"), kind=BudgetKind.PLANNED)
    latest = decided.order_by("-pk")
    return projects.annotate(
        budget_lines_count=Subquery(decided.order_by().values("project").annotate(n=Count("pk")).values("n")),
        budget_min=Subquery(latest.filter(amount_min__isnull=False).values("amount_min")[:1]),
        budget_max=Subquery(latest.filter(amount_min__isnull=False).values("amount_max")[:1]),
        budget_months=Subquery(latest.filter(amount_min__isnull=False).values("months")[:1]),
        budget_label=Subquery(latest.values("label")[:1]),
        stage_since=Subquery(
            # An act that leaves the stage as it is (a fast track answered, an extension) begins nothing.
            Transition.objects.filter(project=OuterRef("pk"))
            .exclude(source=F("target"))
            .order_by()
            .values("project")
            .annotate(last=Max("effective_on"))
            .values("last")
        ),
    )


def listed(projects: QuerySet[Project]) -> QuerySet[Project]:
    """In the order of the page: newest promotion first, then by title."""
    checked = (
        FollowUp.objects.filter(project=OuterRef("pk"), checked_on__isnull=False)
        .order_by("-checked_on", "-pk")
        .values("state")[:1]
    )
    return (
        with_budget(projects)
        .annotate(
            last_check=Subquery(checked),
            is_deliberated=Exists(
                Hearing.objects.filter(project=OuterRef("pk"), sitting__state=SittingState.DELIBERATING)
            ),
        )
        .select_related("programme", "cohort", "directorate")
        .order_by("-cohort__preincubation_starts_on", "cohort_id", "title", "pk")
    )


def what_became(projects: Iterable[Project]) -> list[tuple[str, int]]:
    """Of the projects that now live elsewhere, how many are in each state at their last check: ``(words, n)``.

    Empty when none has left that way; those that nobody has asked yet are counted apart, never left out.
    """
    left = [project for project in projects if project.stage in {Stage.HANDED_OVER, Stage.SUSTAINED}]
    states = Counter(project.last_check or "" for project in left)
    rows = [(str(state.label), states[state.value]) for state in FollowUpState]
    return [row for row in [*rows, (_("Not asked yet"), states[""])] if row[1]]


def budget_in_words(project: Project) -> str:
    """« 50 000 € à 100 000 € pour 6 mois », « temps d’agents, non valorisé », or nothing."""
    if project.budget_min is None:
        return _("agents' time, not valued") if project.budget_lines_count else ""
    lowest, highest = project.budget_min, project.budget_max
    amount = (
        _("%(lowest)s to %(highest)s") % {"lowest": words.amount(lowest), "highest": words.amount(highest)}
        if highest and highest != lowest
        else words.amount(lowest)
    )
    if not project.budget_months:
        return amount
    return ngettext(
        "%(amount)s for %(count)d month", "%(amount)s for %(count)d months", project.budget_months
    ) % {"amount": amount, "count": project.budget_months}


@dataclass(frozen=True)
class Row:
    project: Project
    stage: Stage
    path: Path
    budget: str

    @property
    def maturity(self) -> Maturity | None:
        return _maturity_of(self.project)

    @property
    def is_overdue(self) -> bool:
        if self.project.is_deliberated:
            return False
        return bool(self.project.next_decision_on) and self.project.next_decision_on < clock.today()


def _maturity_of(project: Project) -> Maturity | None:
    """The step of startup mode, while the project is in it: what has stopped or left is at no step."""
    return Maturity(project.maturity) if project.maturity and project.stage in STARTUP_STAGES else None


def rows_of(projects: Iterable[Project], user) -> list[Row]:
    projects = list(projects)
    paths = paths_of(projects)
    return [
        Row(project, Stage(project.stage), paths[project.pk], _budget_for(user, project))
        for project in projects
    ]


def _budget_for(user, project: Project) -> str:
    """Money in words; a dash where this reader follows the project without its money."""
    return budget_in_words(project) if rules.can_read_budget(user, project) else "—"


def csv_rows(projects: Iterable[Project], user) -> Iterator[list]:
    """The same projects as the page, one line each: codes and days as data, labels in the reader's language."""
    with_money = rules.can_read_budgets(user)
    head = [
        _("Code"), _("Project"), _("Cohort"), _("Stage"), _("Step of startup mode"), _("Since"), _("Directorate"),
        _("Theme"), _("Next decision on"), _("Next decision"),
    ]  # fmt: skip
    if with_money:
        head += [_("Lowest amount (€)"), _("Highest amount (€)"), _("For how many months")]
    yield head
    for project in projects:
        line = [
            project.code,
            project.title,
            project.cohort.name,
            str(Stage(project.stage).label),
            str(maturity.label) if (maturity := _maturity_of(project)) else "",
            _iso(project.stage_since),
            project.directorate.name if project.directorate else "",
            project.theme,
            _iso(project.next_decision_on),
            project.next_decision_label,
        ]
        if with_money and not rules.can_read_budget(user, project):
            line += ["", "", ""]
        elif with_money:
            line += [_plain(project.budget_min), _plain(project.budget_max), project.budget_months or ""]
        yield line


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""


def _plain(amount: Decimal | None) -> str:
    return "" if amount is None else f"{amount:.2f}"


def cohort_to_count(choices: list[Choice], chosen: str) -> Cohort | None:
    """The promotion whose funnel is drawn: the one that is filtered, or the newest that has a project to show.

    Built from what was read for the filters: no query.
    """
    known = {str(choice.cohort): choice for choice in reversed(choices)}
    choice = known.get(chosen) or (choices[0] if choices else None)
    if choice is None:
        return None
    return Cohort(
        pk=choice.cohort,
        code=choice.cohort_code,
        name=choice.cohort_name,
        note=choice.cohort_note,
        programme=Programme(pk=choice.programme),
    )
