"""Letters of this room: the answer to each member of a team, held until a person has read it."""

from django.conf import settings
from django.db.models import Q
from django.utils import translation
from django.utils.dateparse import parse_date
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from incubator.core import letters, words
from incubator.core.models import Letter
from juries.models import Decision
from projects import outcomes
from projects.enums import OUTCOMES_BY_GATE, Gate, Outcome, TeamRole

REMINDER = "juries.reminder"
CORRECTION = "decision.correction"
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
        letters.register(
            kind,
            format_lazy("{} {}", _("Decision:"), outcome.label),
            answers=True,
            missing=what_a_decision_letter_lacks,
        )
    letters.register(CORRECTION, _("Decision: correction"), answers=True)


def _key(decision, user_id) -> str:
    return f"decision-{decision.pk}-{user_id}"


def decision_of(letter) -> int | None:
    """The id of the decision that a letter tells; None for a letter that tells none."""
    parts = letter.key.split("-")
    return int(parts[1]) if parts[0] == "decision" and len(parts) == 3 and parts[1].isdigit() else None


def correction_of(letter) -> int | None:
    """The id of the correction that a letter tells; None for a letter that tells none."""
    parts = letter.key.split("-")
    return int(parts[1]) if parts[0] == "correction" and len(parts) == 3 and parts[1].isdigit() else None


def letters_of(decisions, corrections=()):
    """The letters that tell these decisions and these corrections to their teams, in any state; one query."""
    prefixes = Q(pk__in=[])
    for decision in decisions:
        prefixes |= Q(key__startswith=f"decision-{decision.pk}-")
    for correction in corrections:
        prefixes |= Q(key__startswith=f"correction-{correction.pk}-")
    return Letter.objects.filter(prefixes).order_by("pk")


def what_a_decision_letter_lacks(letter) -> str | None:
    """Why this letter may not leave yet: the three sentences are not written, or the decision was corrected."""
    decision = Decision.objects.filter(pk=decision_of(letter)).select_related("feedback").first()
    if decision is None:
        return None
    if decision.corrections.exists():
        return str(
            _(
                "This decision was corrected since: set this letter aside, the letter of the correction says what holds."
            )
        )
    if not hasattr(decision, "feedback"):
        return str(
            _(
                "Write the three sentences to the team first: what convinced, what was missing, what comes next."
            )
        )
    return None


def feedback_in_words(decision) -> str:
    """The three sentences, in the active language; empty as long as nobody has written them."""
    feedback = getattr(decision, "feedback", None)
    if feedback is None:
        return ""
    return "\n".join(
        f"{label} {text}"
        for label, text in (
            (_("What convinced:"), feedback.convinced),
            (_("What was missing:"), feedback.lacked),
            (_("What comes next:"), feedback.what_next),
        )
    )


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
            context = letter_context(sitting, decision)
        written.append(
            letters.write(
                kind=LETTER_KINDS[Outcome(decision.outcome)],
                key=_key(decision, member.user_id),
                recipient=member.user,
                context=context,
                about=project,
                actor=actor,
            )
        )
    return written


def letter_context(sitting, decision) -> dict:
    """What the letter of a decision names, in the active language."""
    project = decision.hearing.project
    return {
        "project": project.title,
        "project_url": f"{settings.SITE_URL.rstrip('/')}/projets/{project.code}/",
        "body": sitting.body,
        "gate": sitting.gate,
        "reason": decision.reason,
        "details": _details(decision),
        "feedback": feedback_in_words(decision),
        "next_decision_on": project.next_decision_on,
    }


def _details(decided) -> str:
    return "\n".join(f"- {words.labelled(row['label'], row['value'])}" for row in demands_in_words(decided))


def write_correction_letters(*, actor, correction, before) -> list:
    """One letter for each member of the team: what was written, what holds now, and why."""
    decision = correction.decision
    project, sitting = decision.hearing.project, decision.hearing.sitting
    written = []
    members = project.memberships.filter(left_on__isnull=True).exclude(role=TeamRole.READER)
    for member in members.select_related("user").order_by("pk"):
        with translation.override(member.user.language or settings.LANGUAGE_CODE):
            context = {
                "project": project.title,
                "project_url": f"{settings.SITE_URL.rstrip('/')}/projets/{project.code}/",
                "body": sitting.body,
                "number": correction.number,
                "decided_on": decision.transition.effective_on,
                "before": str(Outcome(before.outcome).label),
                "now": str(Outcome(correction.outcome).label),
                "why": correction.why,
                "reason": correction.reason,
                "details": _details(correction),
                "feedback": feedback_in_words(decision),
            }
        written.append(
            letters.write(
                kind=CORRECTION,
                key=f"correction-{correction.pk}-{member.user_id}",
                recipient=member.user,
                context=context,
                about=project,
                actor=actor,
            )
        )
    return written
