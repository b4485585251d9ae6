"""The funnel of a cohort: persons, applications and projects at each step, each series on its own."""

from collections import defaultdict
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from incubator.core.charts import Funnel, Series
from projects.counts import Count, CountUnit, Rate, provided
from projects.enums import STARTUP_STAGES, Stage, TeamRole
from projects.models import Cohort, Project

STEPS = (
    ("applied", pgettext_lazy("step of the funnel", "Application")),
    ("preselected", pgettext_lazy("step of the funnel", "Preselected")),
    ("selected", pgettext_lazy("step of the funnel", "Selected")),
    ("preincubation", pgettext_lazy("step of the funnel", "Pre-incubation")),
    ("startup", pgettext_lazy("step of the funnel", "Startup mode")),
)
_STEP_OF_TARGET = {
    Stage.PRESELECTED: 1,
    Stage.SELECTED: 2,
    Stage.PREINCUBATION: 3,
    **dict.fromkeys(STARTUP_STAGES, 4),
}


@dataclass(frozen=True)
class CohortFunnel:
    """Three series that are never mixed; ``applications`` is None when nobody counts them."""

    cohort: Cohort
    persons: tuple[Count, ...]
    applications: tuple[Count, ...] | None
    projects: tuple[Count, ...]

    @property
    def steps(self) -> tuple:
        return tuple(label for _key, label in STEPS)

    @property
    def series(self) -> tuple[tuple[Count, ...], ...]:
        return tuple(series for series in (self.persons, self.applications, self.projects) if series)

    def step(self, key: str) -> dict[CountUnit, Count]:
        """The counts at one step, by unit."""
        index = [known for known, _label in STEPS].index(key)
        return {series[index].unit: series[index] for series in self.series}

    def rate(self, unit: CountUnit, part: str, whole: str) -> Rate | None:
        """The share of one unit that went from ``whole`` to ``part``: 6 projects of 9 is 66.7 %."""
        return self.step(part)[unit] / self.step(whole)[unit]

    @property
    def finding(self) -> str:
        projects = self.step("selected")[CountUnit.PROJECTS]
        before = self.step("preselected")[CountUnit.PROJECTS]
        rate = projects / before
        if rate is None:
            return _("No project has been preselected yet.")
        return _("%(selected)d of %(preselected)d preselected projects were selected (%(rate)s).") % {
            "selected": projects.n,
            "preselected": before.n,
            "rate": rate,
        }

    def chart(self, *, masked: bool = False, csv_url: str = "") -> Funnel:
        """The chart; ``masked`` leaves out counts of persons and applications that are too small to show."""

        def shown(count: Count) -> int | None:
            hidden = masked and count.unit != CountUnit.PROJECTS and count.is_secret
            return None if hidden else count.n

        return Funnel(
            title=gettext_lazy("From the call to startup mode"),
            finding=self.finding,
            steps=self.steps,
            series=[
                Series(series[0].unit.label, [shown(count) for count in series]) for series in self.series
            ],
            csv_url=csv_url,
        )


def funnel(cohort: Cohort) -> CohortFunnel:
    """Count a cohort: one query, and the one of the provider of applications.

    A step is reached when a move of the log reached it, and it stays reached whatever came after: a project that
    was stopped, withdrew or sleeps has been where it has been. Only a decision that a correction took back never
    counts: what is counted is the corrected one. The log keeps both.

    A project that was joined with another leaves the count of projects; its people and its application
    count with the project it was joined with.
    """
    # One row for each stage reached and each member: a cohort is small, and a page has few queries to spend.
    rows = list(
        Project.objects.filter(cohort=cohort)
        .order_by()
        .values_list(
            "pk",
            "merged_into_id",
            "transitions",
            "transitions__target",
            "transitions__data__corrects",
            "memberships__user",
            "memberships__role",
        )  # fmt: skip
    )
    taken_back = {corrected for *_row, corrected, _user, _role in rows if corrected is not None}
    home_of, reached, people = {}, {}, defaultdict(set)
    for pk, merged_into, move, target, _corrects, user, role in rows:
        home = home_of[pk] = merged_into or pk
        step = 0 if move in taken_back else _STEP_OF_TARGET.get(target, 0)
        reached[home] = max(reached.get(home, 0), step)
        if user is not None and role != TeamRole.READER:
            people[home].add(user)
    counted = provided(CountUnit.APPLICATIONS, cohort)
    applications = defaultdict(int)
    for project, number in (counted or {}).items():
        applications[home_of.get(project, project)] += number

    def series(unit: CountUnit, size) -> tuple[Count, ...]:
        return tuple(
            Count(unit, size([home for home, step in reached.items() if step >= index]))
            for index, _step in enumerate(STEPS)
        )

    return CohortFunnel(
        cohort=cohort,
        persons=series(CountUnit.PERSONS, lambda homes: len(set().union(*(people[home] for home in homes)))),
        applications=(
            None
            if counted is None
            else series(CountUnit.APPLICATIONS, lambda homes: sum(applications[home] for home in homes))
        ),
        projects=series(CountUnit.PROJECTS, len),
    )
