"""One act on several applications: first the plan, shown to a person, then the same act, once."""

import uuid
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from calls import notifications, rules
from calls.domain import applications as verbs
from calls.domain import completion, notes, redirections
from calls.enums import AUTHORS, ApplicationState, BulkKind
from calls.models import Applicant, Application, BulkAct, Call, CompletionRequest, Redirection
from calls.workflow import application_workflow
from incubator.core import journal, letters
from incubator.core.letter_texts import Text
from incubator.core.models import Letter, Refused
from projects.enums import Stage

MOST = 500
# Acts for which someone writes something first: it is the same for every application.
WITH_WORDS = frozenset({BulkKind.MESSAGE, BulkKind.COMPLETION, BulkKind.REDIRECTION})


@dataclass(frozen=True)
class Row:
    """One application of a plan: who would be written to, which letters would be settled, or why it stays out.

    ``people`` are of its team; ``asked`` is the name of someone else who would be written to, if anyone.
    """

    application: Application
    why: str = ""
    people: tuple[Applicant, ...] = ()
    letters: tuple[Letter, ...] = ()
    asked: str = ""

    @property
    def letter_count(self) -> int:
        return len(self.people) + len(self.letters) + bool(self.asked)


@dataclass(frozen=True)
class Plan:
    kind: BulkKind
    touched: list[Row] = field(default_factory=list)
    left_out: list[Row] = field(default_factory=list)

    @property
    def letter_count(self) -> int:
        """How many letters would be written or settled."""
        return sum(row.letter_count for row in self.touched)

    @property
    def questions(self) -> list[dict]:
        """The questions that all of the touched applications were asked: those that can be opened again."""
        return completion.questions_to_open([row.application for row in self.touched])


def plan(call: Call, kind: str, chosen, **words: Any) -> Plan:
    """What :func:`act_on_many` would do now to these applications of the call. At most five queries, whatever their number.

    ``chosen`` is a queryset or list of keys; what is not an application of this call is not there. ``words`` are
    what the act sends, as far as they are known: with them the plan also says whom they do not suit.
    """
    kind = _known(kind)
    words = _checked(kind, words) if words else {}
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
    rows = _ROWS[kind](applications, words)
    return Plan(kind, [row for row in rows if not row.why], [row for row in rows if row.why])


def _known(kind: str) -> BulkKind:
    if kind not in BulkKind.values:
        raise Refused(_("Choose what to do with these applications."))
    return BulkKind(kind)


def _checked(kind: BulkKind, words: dict[str, Any]) -> dict[str, Any]:
    """The words as they will be sent; refuses, with a sentence for each, those that suit no application."""
    if kind == BulkKind.MESSAGE:
        subject, text = notes.check_message(words.get("subject", ""), words.get("text", ""))
        return {"subject": subject, "text": text}
    if kind == BulkKind.COMPLETION:
        return {**words, "message": completion.check_request(**words)}
    if kind == BulkKind.REDIRECTION:
        whatever = ("address", "with_names")
        redirections.check_request(**{key: word for key, word in words.items() if key not in whatever})
        return words
    return {}


def _eligible_rows(applications, words) -> list[Row]:
    move = application_workflow.moves["declare_eligible"]
    return [Row(application, why=_why_not(application, move)) for application in applications]


def _why_not(application, move) -> str:
    """Why this move, made before a body decides, is not possible."""
    if application.project.stage != Stage.APPLIED:
        return _decided(application)
    return "" if application.state in move.sources else _in_state(application)


def _decided(application) -> str:
    return _("already decided: %(stage)s") % {"stage": Stage(application.project.stage).label}


def _in_state(application) -> str:
    return _("its state is: %(state)s") % {"state": ApplicationState(application.state).label}


def _people_of(applications) -> dict[int, list[Applicant]]:
    """Those of each team who have an account, by application. One query."""
    people: dict[int, list[Applicant]] = {}
    found = Applicant.objects.filter(application__in=applications, user__isnull=False)
    for person in found.select_related("user__workplace").order_by("pk"):
        people.setdefault(person.application_id, []).append(person)
    return people


def _message_rows(applications, words) -> list[Row]:
    people = _people_of(applications)
    rows = []
    for application in applications:
        reached = tuple(people.get(application.pk, ()))
        why = "" if reached else _("nobody of the team has an account")
        if application.project.stage == Stage.WITHDRAWN:
            why = _("withdrawn by its team")
        rows.append(Row(application, why=why, people=() if why else reached))
    return rows


def _completion_rows(applications, words) -> list[Row]:
    move = application_workflow.moves["ask_completion"]
    people = _people_of(applications)
    rows = []
    for application in applications:
        why = _why_not(application, move)
        asked = {question["key"] for question in completion.questions_to_open([application])}
        if not why and set(words.get("keys", ())) - asked:
            why = _("its form does not ask all of these questions")
        authors = [person for person in people.get(application.pk, ()) if person.role in AUTHORS]
        rows.append(Row(application, why=why, people=() if why else tuple(authors)))
    return rows


def _redirection_rows(applications, words) -> list[Row]:
    people = _people_of(applications)
    asked_already = set(
        Redirection.objects.waiting()
        .filter(application__in=applications)
        .values_list("application_id", flat=True)
    )
    recipient = words.get("recipient")
    name = str(recipient) if recipient else words.get("name", "")
    rows = []
    for application in applications:
        team = tuple(people.get(application.pk, ()))
        why = ""
        if application.state == ApplicationState.JOINED:
            why = _in_state(application)
        elif application.project.stage not in redirections.MAY_REDIRECT:
            why = _decided(application)
        elif application.pk in asked_already:
            why = _("someone has been asked already")
        elif recipient and any(person.user_id == recipient.pk for person in team):
            why = _("%(name)s is in its team") % {"name": name}
        elif recipient and any(person.user.line_manager_id == recipient.pk for person in team):
            why = _("%(name)s is the line manager of someone in its team") % {"name": name}
        rows.append(Row(application, why=why, people=() if why else team, asked="" if why else name))
    return rows


def _answer_rows(applications, words) -> list[Row]:
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
    BulkKind.COMPLETION: _completion_rows,
    BulkKind.REDIRECTION: _redirection_rows,
    BulkKind.PHONED: _answer_rows,
    BulkKind.PRINTED: _answer_rows,
}


@transaction.atomic
def act_on_many(*, actor, call: Call, kind: str, chosen, key: uuid.UUID, **words: Any) -> BulkAct:
    """Do what the plan with this ``key`` announced; a second call with the same key answers what the first did.

    ``words``: what a message (``subject``, ``text``), a completion (``keys``, ``message``, ``due_on``) or a
    redirection (those of ``redirections.redirect_application``) sends, the same to all. What changed since the
    preview is left out, with the reason. All or nothing.
    """
    if not rules.can_act_on_many(actor, call):
        raise PermissionDenied("act_on_many")
    kind = _known(kind)
    words = _checked(kind, words)
    act, is_first = BulkAct.objects.get_or_create(
        key=key, defaults={"kind": kind, "call": call, "actor": actor}
    )
    if not is_first:
        # On PostgreSQL whoever comes second has waited for the first to commit, and finds what it did.
        if act.call_id != call.pk:
            raise Refused(_("This page has grown old. Go back to the list and begin again."))
        return act
    planned = plan(call, kind, chosen, **words)
    left_out = list(planned.left_out)
    for row in planned.touched:
        try:
            with transaction.atomic():
                act.letters += _do(kind, row, actor=actor, words=words)
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


def _do(kind: BulkKind, row: Row, *, actor, words: dict[str, Any]) -> int:
    """One application; answers how many letters were written or settled."""
    if kind == BulkKind.ELIGIBLE:
        verbs.declare_eligible(actor=actor, application=row.application)
        return 0
    if kind == BulkKind.MESSAGE:
        return len(notes.write_message(actor=actor, application=row.application, **words))
    if kind == BulkKind.COMPLETION:
        completion.ask_completion(actor=actor, application=row.application, **words)
        return row.letter_count
    if kind == BulkKind.REDIRECTION:
        redirections.redirect_application(actor=actor, application=row.application, **words)
        return row.letter_count
    settle = letters.mark_phoned if kind == BulkKind.PHONED else letters.mark_printed
    for letter in row.letters:
        settle(actor=actor, letter=letter)
    return row.letter_count


def sample_letters(planned: Plan, **words: Any) -> list[Text]:
    """The first letters that the act would write, as their readers will have them; nothing is written."""
    words = _checked(planned.kind, words)
    row = next((row for row in planned.touched if row.people), None)
    if planned.kind == BulkKind.REDIRECTION and planned.touched:
        row = row or planned.touched[0]
        return notifications.redirection_texts(
            _redirection(row.application, **words), row.people[0] if row.people else None
        )
    if row is None:
        return []
    if planned.kind == BulkKind.MESSAGE:
        return [notifications.message_text(row.application, row.people[0], **words)]
    request = CompletionRequest(application=row.application, **words)
    labels = {
        question["key"]: question["label"] for question in completion.questions_to_open([row.application])
    }
    asked = [label for key, label in labels.items() if key in request.keys]
    return [notifications.completion_text(request, row.people[0], asked)]


def _redirection(application, *, recipient=None, name: str = "", address: str = "", **words) -> Redirection:
    """One that is not saved: what its letters are made of."""
    return Redirection(
        application=application,
        recipient=recipient,
        recipient_name=str(recipient) if recipient else name,
        recipient_address="" if recipient else address,
        **words,
    )
