"""Verbs of money: what a project, or a whole cohort, was given or has cost."""

from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from incubator.core import journal
from incubator.core.models import Refused
from projects import rules
from projects.domain._common import need, not_blank, save_checked
from projects.enums import BudgetKind
from projects.models import BudgetLine, Cohort, Project, Transition


def _may_write(actor, project: Project | None, cohort: Cohort | None) -> bool:
    if project is not None:
        return rules.can_write_budget(actor, project)
    return rules.can_manage_programme(actor, cohort.programme)


@transaction.atomic
def add_budget_line(
    *,
    actor,
    label: str,
    project: Project | None = None,
    cohort: Cohort | None = None,
    kind: str = BudgetKind.PLANNED,
    amount_min: Decimal | None = None,
    amount_max: Decimal | None = None,
    months: int | None = None,
    full_time: Decimal | None = None,
    category: str = "",
    set_by: Transition | None = None,
) -> BudgetLine:
    """Add money planned or spent, of a project or of a cohort (exactly one of the two).

    Amounts are in euros; two of them are a range. No amount means “not valued”, which is not zero.
    ``full_time`` counts staff in full-time equivalents, of one ``category``.
    """
    if (project is None) == (cohort is None):
        raise Refused(_("A budget line belongs to a project or to a cohort: choose one of the two."))
    need(_may_write(actor, project, cohort), "projects.add_budget_line")
    if amount_max is not None and amount_min is None:
        raise Refused({"amount_min": _("Write the lowest amount of the range as well.")})
    if amount_max is not None and amount_max < amount_min:
        raise Refused(
            {"amount_max": _("The highest amount is below the lowest one. Correct one of the two.")}
        )
    if category and full_time is None:
        raise Refused({"full_time": _("Write how many full-time equivalents of this category.")})
    line = save_checked(
        BudgetLine(
            project=project,
            cohort=cohort,
            kind=kind,
            label=not_blank(label, "label", _("Write what the money is for.")),
            amount_min=amount_min,
            amount_max=amount_max,
            months=months,
            full_time=full_time,
            category=category,
            set_by=set_by,
        )
    )
    journal.record(verb="projects.add_budget_line", actor=actor, target=project or cohort, line=line.pk)
    return line


@transaction.atomic
def take_back_budget_line(*, actor, line: BudgetLine) -> None:
    """Take off a line that was written by mistake; the journal keeps what it said.

    What a decision has written goes only with the decision.
    """
    need(_may_write(actor, line.project, line.cohort), "projects.take_back_budget_line")
    if line.set_by_id is not None:
        raise Refused(_("A decision has written this line: it changes when the decision is corrected."))
    journal.record(
        verb="projects.take_back_budget_line",
        actor=actor,
        target=line.project or line.cohort,
        line=line.pk,
        label=line.label,
        amounts=[None if one is None else str(one) for one in (line.amount_min, line.amount_max)],
    )
    line.delete()
