"""Calls and applications for tests, made through the verbs."""

from datetime import timedelta
from itertools import count

from calls.domain import applications, calls
from calls.models import Application, Call
from incubator.core import clock, letters
from incubator.core.models import Letter
from tests.factories.projects import REASON, decide, make_cohort, make_manager, make_programme

_numbers = count(1)

QUESTIONS = [
    {
        "title": "Le problème",
        "key": "probleme",
        "intro": "Racontez ce que vous voyez.",
        "questions": [
            {"kind": "long_text", "key": "probleme", "label": "Quel est le problème ?", "max_words": 50},
            {
                "kind": "choice",
                "key": "frequence",
                "label": "Il revient souvent ?",
                "choices": ["Chaque jour", "Chaque semaine"],
                "required": False,
            },
        ],
    },
    {
        "title": "Pour qui",
        "key": "pour-qui",
        "questions": [
            {"kind": "number", "key": "combien", "label": "Combien de personnes ?", "min": 1, "max": 10000},
            {
                "kind": "choices",
                "key": "qui",
                "label": "Qui est touché ?",
                "choices": ["Agents", "Usagers"],
                "required": False,
            },
            {"kind": "date", "key": "depuis", "label": "Depuis quand ?", "required": False},
            {"kind": "yes_no", "key": "deja", "label": "Déjà essayé ?", "required": False},
            {"kind": "file", "key": "photo", "label": "Une photo ?", "required": False},
        ],
    },
]

GOOD_ANSWERS = {"title": "La Belette", "probleme": "On appelle pour rien.", "combien": "120"}


def make_call(*, programme=None, state="open", manager=None, questions=None, **fields) -> Call:
    """A call in this state, its page published from *scheduled* on."""
    programme = programme or make_programme()
    manager = manager or make_manager(programme)
    number = next(_numbers)
    now = clock.now()
    values = {
        "code": f"appel-{number}",
        "title": f"Appel {number}",
        "cohort": make_cohort(programme),
        "opens_at": now + timedelta(days=1) if state in ("draft", "scheduled") else now,
        "closes_at": now + timedelta(days=30),
        "questions": QUESTIONS if questions is None else questions,
        **fields,
    }
    call = calls.create_call(actor=manager, programme=programme, **values)
    if state == "draft":
        return call
    calls.publish_call_page(actor=manager, call=call)
    if state == "scheduled":
        return calls.schedule_call(actor=manager, call=call)
    calls.open_call(actor=manager, call=call)
    if state in ("closed", "archived"):
        calls.close_call(actor=manager, call=call)
    if state == "archived":
        calls.archive_call(actor=manager, call=call)
    return call


def make_draft(*, call=None, user, answers=None) -> Application:
    application, _token = applications.begin_application(call=call or make_call(), user=user)
    if answers is None or answers:
        applications.save_answers(actor=user, application=application, values=answers or GOOD_ANSWERS)
    return application


def make_application(*, call=None, user, answers=None) -> Application:
    """A submitted application, with its project at stage *applied*."""
    draft = make_draft(call=call, user=user, answers=answers)
    return applications.submit_application(actor=user, application=draft)


def write_answer(application, outcome="not_this_time") -> list[Letter]:
    """The letters of a decision, one a member of the team, as a sitting writes them: held."""
    project = application.project
    return [
        letters.write(
            kind=f"decision.{outcome}",
            key=f"answer-{project.pk}-{outcome}-{member.user_id}",
            recipient=member.user,
            context={
                "project": project.title,
                "project_url": "/",
                "body": "Le jury",
                "gate": "preselection",
                "reason": REASON,
                "details": "",
            },
            about=project,
        )
        for member in project.memberships.filter(left_on__isnull=True).select_related("user").order_by("pk")
    ]


def answer(application, outcome="not_this_time") -> None:
    """Decide at preselection and tell each member of the team by phone."""
    decide(application.project, "preselection", outcome)
    for letter in write_answer(application, outcome):
        letters.mark_phoned(actor=application.call.created_by, letter=letter)
