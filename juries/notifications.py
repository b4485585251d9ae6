"""Letters of this room: the answer to each member of a team, held until a person has read it."""

from django.conf import settings
from django.utils import translation
from django.utils.dateparse import parse_date
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from incubator.core import letters, words
from projects import outcomes
from projects.enums import OUTCOMES_BY_GATE, Gate, Outcome, TeamRole

REMINDER = "juries.reminder"
# The answers of the fast track are written by projects: no body meets for them.
LETTER_KINDS = {
    outcome: f"decision.{outcome.value}"
    for outcome in Outcome
    if outcome not in OUTCOMES_BY_GATE[Gate.FAST_TRACK]
}


def register_letters() -> None:
    """Declare the kinds of letters. None is a receipt: a person reads each before it goes."""
    letters.register(REMINDER, _("Reminder to a juror"))
    for outcome, kind in LETTER_KINDS.items():
        letters.register(kind, format_lazy("{} {}", _("Decision:"), outcome.label), answers=True)


def demands_in_words(decision) -> list[dict]:
    """What the outcome records: ``[{"key", "kind", "label", "value"}]``, in the active language."""
    rows = []
    for demand in outcomes.DEMANDS.get(decision.outcome, ()):
        value = decision.demands.get(demand.key)
        if value not in (None, "", []):
            rows.append(
                {
                    "key": demand.key,
                    "kind": demand.kind,
                    "label": str(demand.label),
                    "value": _in_words(demand, value),
                }
            )
    return rows


def _in_words(demand, value) -> str:
    if demand.kind == outcomes.DATE and (day := parse_date(str(value))):
        return words.day(day)
    if demand.kind == outcomes.AMOUNT:
        return words.amount(value)
    if demand.kind == outcomes.CHOICE:
        return str(dict(demand.choices).get(value, value))
    return str(value)


def write_decision_letters(*, actor, sitting, decision) -> list:
    """One letter for each member of the team, whatever their channel; writing twice makes one."""
    project = decision.hearing.project
    written = []
    members = (
        project.memberships.filter(left_on__isnull=True)
        .exclude(role=TeamRole.READER)
        .select_related("user")
        .order_by("pk")
    )
    for member in members:
        with translation.override(member.user.language or settings.LANGUAGE_CODE):
            details = "\n".join(f"- {row['label']} : {row['value']}" for row in demands_in_words(decision))
        written.append(
            letters.write(
                kind=LETTER_KINDS[Outcome(decision.outcome)],
                key=f"decision-{decision.pk}-{member.user_id}",
                recipient=member.user,
                context={
                    "project": project.title,
                    "project_url": f"{settings.SITE_URL.rstrip('/')}/projets/{project.code}/",
                    "body": sitting.body,
                    "gate": sitting.gate,
                    "reason": decision.reason,
                    "details": details,
                    "next_decision_on": project.next_decision_on,
                },
                about=project,
                actor=actor,
            )
        )
    return written
