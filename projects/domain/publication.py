"""The verb that shows impact to everyone: a page with the figures of the day, frozen."""

from django.db import transaction
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from incubator.core import clock, journal, words
from incubator.core.models import Refused
from projects import rules
from projects.domain._common import need
from projects.enums import BudgetKind, Outcome
from projects.models import ImpactIndexPage, ImpactPage, PostMortem, Project
from projects.queries.impact import indicators_of
from projects.queries.money import money_of


@transaction.atomic
def publish_impact(
    *,
    actor,
    project: Project,
    problem: str = "",
    for_whom: str = "",
    unknown: str = "",
    learnt: str = "",
) -> ImpactPage:
    """Make or update the public page of a project, with a snapshot of its main indicator today.

    Words that are given replace those of the page; words that are not given stay, or are drawn from the
    project the first time. Refuses while nothing may be shown: no main indicator, or one that is not public.
    """
    need(rules.can_publish_impact(actor, project), "projects.publish_impact")
    if not Project.objects.named().filter(pk=project.pk).exists():
        raise Refused(_("This project has not been preselected: it has no public page yet."))
    indicators = indicators_of(project)
    main = next(((indicator, reading) for indicator, reading in indicators if indicator.is_main), None)
    if main is None:
        raise Refused(_("Choose a main indicator first: the page is built around it."))
    indicator, reading = main
    if not indicator.is_public:
        raise Refused(_("The main indicator is not marked as public: the page would show nothing."))
    parent = ImpactIndexPage.objects.live().first()
    if parent is None:
        raise Refused(_("The site has no list of impact pages yet: set the site up first."))
    page = ImpactPage.objects.filter(project=project).first()
    is_new = page is None
    page = page or ImpactPage(project=project, slug=project.code)
    page.title = project.title
    page.problem = problem or page.problem or _one_sentence(project.problem)
    page.for_whom = for_whom or page.for_whom or _population(indicator)
    page.unknown = unknown or page.unknown or "\n".join(_gaps(project, reading))
    page.learnt = learnt or page.learnt or _learnt(project)
    page.snapshot = _snapshot(project, reading.public())
    if is_new:
        parent.add_child(instance=page)
    page.save_revision(user=actor).publish(user=actor, skip_permission_checks=True)
    journal.record(verb="projects.publish_impact", actor=actor, target=project, page=page.pk)
    return ImpactPage.objects.get(pk=page.pk)


def _one_sentence(text: str) -> str:
    first = text.strip().split(". ")[0].strip()
    return Truncator(first).chars(300)


def _population(indicator) -> str:
    population = indicator.population
    if population is None:
        return ""
    return _("%(name)s: %(size)s (%(source)s, %(day)s)") % {
        "name": population.name,
        "size": words.number(population.size),
        "source": population.source,
        "day": words.day(population.counted_on),
    }


def _gaps(project: Project, reading) -> list[str]:
    """What the figures cannot say: written for the editor, who may add to it."""
    gaps = []
    if reading.baseline is None:
        gaps.append(_("The value before the project is not communicated."))
    elif reading.is_reconstructed:
        gaps.append(_("The value before was found again afterwards: it is less sure."))
    if reading.latest is None:
        gaps.append(_("Nothing has been measured since the work began."))
    else:
        gaps.append(_("There was no group to compare with: other causes may have played a part."))
    if not reading.aims:
        gaps.append(_("No target was set."))
    return gaps


def _learnt(project: Project) -> str:
    post_mortem = PostMortem.objects.filter(project=project).first()
    if post_mortem:
        return post_mortem.learning
    stopped = project.transitions.filter(outcome=Outcome.STOP).order_by("pk").last()
    return stopped.data.get("learning", "") if stopped else ""


def _snapshot(project: Project, reading) -> dict:
    """The figures of the day, as plain data; nothing here names a person or a juror's mark."""
    decision = project.transitions.exclude(outcome="").order_by("effective_on", "pk").last()
    money = money_of(project)
    spent = money.get(BudgetKind.SPENT)
    planned = money.get(BudgetKind.PLANNED)
    shown = spent or planned
    return {
        "published_on": clock.today().isoformat(),
        "stage": project.stage,
        "main": reading.to_json(),
        "cost": (
            {
                "kind": "spent" if spent else "planned",
                "lowest": str(shown.lowest) if shown.lowest is not None else None,
                "highest": str(shown.highest) if shown.highest is not None else None,
                "is_partial": shown.is_partial,
            }
            if shown
            else None
        ),
        "decision": (
            {
                "outcome": decision.outcome,
                "on": decision.effective_on.isoformat(),
                "body": decision.deciding_body,
            }
            if decision
            else None
        ),
        "next": (
            {"label": project.next_decision_label, "on": project.next_decision_on.isoformat()}
            if project.next_decision_on
            else None
        ),
    }
