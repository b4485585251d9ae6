"""One act on several applications: first the plan, shown to a person, then the same act, once."""

import uuid
from dataclasses import dataclass, field

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from calls import notifications, rules
from calls.domain import applications as verbs
from calls.domain import notes
from calls.enums import ApplicationState, BulkKind
from calls.models import Applicant, Application, BulkAct, Call
from calls.workflow import application_workflow
from incubator.core import journal, letters
from incubator.core.models import Letter, Refused
from projects.enums import Stage

MOST = 500


@dataclass(frozen=True)
class Row:
    """One application of a plan: who would be written to, which letters would be settled, or why it stays out."""

    application: Application
    why: str = ""
    people: tuple[Applicant, ...] = ()
    letters: tuple[Letter, ...] = ()


@dataclass(frozen=True)
class Plan:
    kind: BulkKind
    touched: list[Row] = field(default_factory=list)
    left_out: list[Row] = field(default_factory=list)

    @property
    def letter_count(self) -> int:
        """How many letters would be written or settled."""
        return sum(len(row.people) + len(row.letters) for row in self.touched)


def plan(call: Call, kind: str, chosen) -> Plan:
    """What :func:`act_on_many` would do now to these applications of the call. At most five queries, whatever their number.

    ``chosen`` is a queryset or list of keys; what is not an application of this call is not there.
    """
    kind = _known(kind)
    applications = list(
        Application.objects.sent()
        .filter(call=call, pk__in=chosen)
        .select_related("call__programme", "project", "form_version")
        .order_by("submitted_at", "pk")[: MOST + 1]
    )
    if not applications:
        raise Refused(_("Tick at least one application."))
    if len(applications) > MOST:
        raise Refused(_("At most %(count)d applications at once: narrow the list first.") % {"count": MOST})
    rows = _ROWS[kind](applications)
    return Plan(kind, [row for row in rows if not row.why], [row for row in rows if row.why])


def _known(kind: str) -> BulkKind:
    if kind not in BulkKind.values:
        raise Refused(_("Choose what to do with these applications."))
    return BulkKind(kind)


def _eligible_rows(applications) -> list[Row]:
    move = application_workflow.moves["declare_eligible"]
    return [Row(application, why=_why_not_eligible(application, move)) for application in applications]


def _why_not_eligible(application, move) -> str:
    if application.project.stage != Stage.APPLIED:
        return _("already decided: %(stage)s") % {"stage": Stage(application.project.stage).label}
    if application.state not in move.sources:
        return _("its state is: %(state)s") % {"state": ApplicationState(application.state).label}
    return ""


def _message_rows(applications) -> list[Row]:
    people: dict[int, list[Applicant]] = {}
    found = Applicant.objects.filter(application__in=applications, user__isnull=False)
    for person in found.select_related("user__workplace").order_by("pk"):
        people.setdefault(person.application_id, []).append(person)
    rows = []
    for application in applications:
        reached = tuple(people.get(application.pk, ()))
        why = "" if reached else _("nobody of the team has an account")
        if application.project.stage == Stage.WITHDRAWN:
            why = _("withdrawn by its team")
        rows.append(Row(application, why=why, people=() if why else reached))
    return rows


def _answer_rows(applications) -> list[Row]:
    """Those whose answer is written and has not reached the team."""
    waiting = _answers_on_their_way(applications)
    rows = []
    for application in applications:
        mine = tuple(
            waiting.get(("application", application.pk), [])
            + waiting.get(("project", application.project_id), [])
        )
        why = ""
        if not mine:
            undecided = application.project.stage == Stage.APPLIED
            why = _("nothing is decided yet") if undecided else _("no answer waits to be handed over")
        rows.append(Row(application, why=why, letters=mine))
    return rows


def _answers_on_their_way(applications) -> dict[tuple[str, int], list[Letter]]:
    """Letters that answer and have not been delivered, by what they are about. One query."""
    pks = {
        "application": {one.pk for one in applications},
        "project": {one.project_id for one in applications},
    }
    found: dict[tuple[str, int], list[Letter]] = {}
    wanted = (
        Letter.objects.filter(kind__in=letters.kinds_that_answer(), about_type__model__in=list(pks))
        .filter(about_pk__in={str(pk) for group in pks.values() for pk in group})
        .on_their_way()
        .exclude(state=Letter.State.SENDING)
        .select_related("about_type")
        .order_by("pk")
    )
    for letter in wanted:
        model, pk = letter.about_type.model, int(letter.about_pk)
        if pk in pks[model]:
            found.setdefault((model, pk), []).append(letter)
    return found


_ROWS = {
    BulkKind.ELIGIBLE: _eligible_rows,
    BulkKind.MESSAGE: _message_rows,
    BulkKind.PHONED: _answer_rows,
    BulkKind.PRINTED: _answer_rows,
}


@transaction.atomic
def act_on_many(
    *, actor, call: Call, kind: str, chosen, key: uuid.UUID, subject: str = "", text: str = ""
) -> BulkAct:
    """Do what the plan with this ``key`` announced; a second call with the same key answers what the first did.

    What changed since the preview is left out, with the reason. All or nothing.
    """
    if not rules.can_act_on_many(actor, call):
        raise PermissionDenied("act_on_many")
    kind = _known(kind)
    if kind == BulkKind.MESSAGE:
        subject, text = notes.check_message(subject, text)
    act, is_first = BulkAct.objects.get_or_create(
        key=key, defaults={"kind": kind, "call": call, "actor": actor}
    )
    if not is_first:
        # On PostgreSQL whoever comes second has waited for the first to commit, and finds what it did.
        if act.call_id != call.pk:
            raise Refused(_("This page has grown old. Go back to the list and begin again."))
        return act
    planned = plan(call, kind, chosen)
    left_out = list(planned.left_out)
    for row in planned.touched:
        try:
            with transaction.atomic():
                act.letters += _do(kind, row, actor=actor, subject=subject, text=text)
        except Refused as error:
            left_out.append(Row(row.application, why=" ".join(error.messages)))
        else:
            act.done.append({"uuid": str(row.application.uuid), "title": row.application.title})
    act.left_out = [
        {"uuid": str(row.application.uuid), "title": row.application.title, "why": str(row.why)}
        for row in left_out
    ]
    act.save(update_fields=["done", "left_out", "letters"])
    journal.record(
        verb="calls.act_on_many",
        actor=actor,
        target=call,
        act=kind.value,
        done=len(act.done),
        left_out=len(act.left_out),
    )
    return act


def _do(kind: BulkKind, row: Row, *, actor, subject: str, text: str) -> int:
    """One application; answers how many letters were written or settled."""
    if kind == BulkKind.ELIGIBLE:
        verbs.declare_eligible(actor=actor, application=row.application)
        return 0
    if kind == BulkKind.MESSAGE:
        return len(notes.write_message(actor=actor, application=row.application, subject=subject, text=text))
    settle = letters.mark_phoned if kind == BulkKind.PHONED else letters.mark_printed
    for letter in row.letters:
        settle(actor=actor, letter=letter)
    return len(row.letters)


def sample_letter(row: Row, *, subject: str, text: str):
    """The first letter that a message would make, as its reader will have it; nothing is written."""
    return notifications.message_text(row.application, row.people[0], subject=subject, text=text)
