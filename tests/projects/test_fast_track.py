"""The fast track: a question, a day, an answer that is a decision; and the alert when nobody answers."""

import html
from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from home.queries.waiting import waiting_for
from incubator.core import clock, jobs
from incubator.core.models import JournalEntry, Letter, Refused
from projects.domain import fast_track, projects
from projects.enums import Stage, TeamRole
from projects.models import BudgetLine, FastTrackRequest, Transition
from tests.factories import projects as make
from tests.factories.juries import at

pytestmark = pytest.mark.django_db

QUESTION = "Pouvons-nous lire l’annuaire des sites ?"
WHY = "Sans lui, l’essai de mardi n’a pas lieu."
MONDAY = at(2026, 3, 2)


class World:
    def __init__(self):
        self.lead = make.make_person("Lina", "Meunière")
        self.project = make.make_project(Stage.PREINCUBATION, team=[(self.lead, TeamRole.LEAD)])
        self.manager = make.manager_of(self.project.programme)
        self.sponsor = make.make_sponsor()

    def ask(self, **values):
        values = {"question": QUESTION, "why": WHY, "answer_by": date(2026, 3, 6), **values}
        return fast_track.ask(actor=self.lead, project=self.project, **values)


@pytest.fixture
def world():
    with clock.at(MONDAY):
        yield World()


def page(answer) -> str:
    return (
        html.unescape(answer.content.decode()).replace("\u00a0", " ").replace("\u202f", " ").replace("’", "'")
    )


def titles(user) -> list[str]:
    return [task.title.replace("\u00a0", " ").replace("\u202f", " ") for task in waiting_for(user)]


def test_a_team_asks_and_the_sponsor_reads_it_in_today_and_by_letter(client_for, site, world):
    client = client_for(world.lead)
    assert "Demander à la direction générale" in page(
        client.get(reverse("projects:detail", args=[world.project.code]))
    )
    asked = client.post(
        reverse("projects:fast_track", args=[world.project.code]),
        {"question": QUESTION, "why": WHY, "answer_by": "2026-03-06"},
        follow=True,
    )
    assert "La direction générale répond d'ici au vendredi 6 mars 2026" in page(asked)
    question = FastTrackRequest.objects.get()
    assert (question.asked_by, question.asked_at) == (world.lead, MONDAY)
    assert f"Répondre à « {world.project.title} » : {QUESTION}" in titles(world.sponsor)
    letter = Letter.objects.get(kind="projects.fast_track_asked")
    assert (letter.recipient, letter.state) == (world.sponsor, "held")
    assert f"/projets/{world.project.code}/voie-rapide/{question.pk}/" in letter.body
    # One question at a time: what was typed stays, and the page says what to do.
    again = client.post(
        reverse("projects:fast_track", args=[world.project.code]),
        {"question": "Une autre ?", "why": WHY, "answer_by": "2026-03-09"},
    )
    assert "Une question attend déjà sa réponse" in page(again)
    assert again.context["form"]["question"].value() == "Une autre ?"
    assert FastTrackRequest.objects.count() == 1


@pytest.mark.parametrize(
    ("values", "field", "sentence"),
    [
        ({"question": "  "}, "question", "Écrivez la question"),
        ({"why": ""}, "why", "Dites ce qui est bloqué"),
        ({"answer_by": date(2026, 3, 2)}, "answer_by", "au moins un jour"),
        ({"answer_by": date(2026, 5, 2)}, "answer_by", "peut attendre deux mois"),
    ],
)
def test_what_is_missing_is_said_beside_it(world, values, field, sentence):
    with pytest.raises(Refused) as refused:
        world.ask(**values)
    assert list(refused.value.message_dict) == [field]
    assert sentence in refused.value.message_dict[field][0]
    assert not FastTrackRequest.objects.exists()


def test_a_granted_answer_is_a_decision_of_the_project(client_for, site, world):
    question = world.ask()
    address = reverse("projects:fast_track_answer", args=[world.project.code, question.pk])
    client = client_for(world.sponsor)
    refused = client.post(address, {"outcome": "granted", "reason": "Oui, et vite, merci.", "granted": ""})
    assert list(refused.context["form"].errors) == ["granted"]
    answered = client.post(
        address,
        {"outcome": "granted", "reason": "Oui, et vite, merci.", "granted": "Lecture seule.", "amount": "1 200,50",
         "instead": "ne sera pas envoyé"},
        follow=True,
    )  # fmt: skip
    assert "Lecture seule." in page(answered)
    question.refresh_from_db()
    decided = question.transition
    assert (decided.name, decided.outcome, decided.source, decided.target) == (
        "fast_track:granted", "granted", "preincubation", "preincubation",
    )  # fmt: skip
    assert decided.data == {"gate": "fast_track", "granted": "Lecture seule.", "amount": "1200.50"}
    assert str(BudgetLine.objects.get(set_by=decided).amount_min) == "1200.50"
    letter = Letter.objects.get(kind="projects.fast_track_answered")
    assert (letter.recipient, letter.state) == (world.lead, "held")
    assert "La réponse est oui." in letter.body
    assert "Lecture seule." in letter.body
    assert not any("Répondre à" in title for title in titles(world.sponsor))
    assert JournalEntry.objects.filter(verb="projects.answer_fast_track", actor=world.sponsor).count() == 1
    # Twice: the second reads that it is done, and nothing more is written.
    with pytest.raises(Refused, match="déjà sa réponse"):
        fast_track.answer(
            actor=world.sponsor, question=question, outcome="refused", reason="Non, finalement, désolé."
        )
    assert Transition.objects.filter(name__startswith="fast_track:").count() == 1


def test_only_the_sponsor_answers_and_only_the_team_or_its_manager_asks(world):
    question = world.ask()
    for someone in (world.lead, world.manager, make.make_person()):
        with pytest.raises(PermissionDenied):
            fast_track.answer(
                actor=someone, question=question, outcome="refused", reason="Non, pas cette fois, merci."
            )
    with pytest.raises(PermissionDenied):
        fast_track.ask(
            actor=world.sponsor,
            project=world.project,
            question="Et ?",
            why="Rien.",
            answer_by=date(2026, 3, 9),
        )


def test_silence_alerts_the_sponsor_and_the_manager_once(world):
    question = world.ask()
    with clock.at(at(2026, 3, 6, 23)):
        jobs.sweep()
        assert not Letter.objects.filter(kind="projects.fast_track_silent").exists()
        assert not any("Pas encore de réponse" in title for title in titles(world.manager))
    with clock.at(at(2026, 3, 7, 9)):
        jobs.sweep()
        jobs.sweep()
        told = Letter.objects.filter(kind="projects.fast_track_silent").order_by("recipient")
        assert {letter.recipient for letter in told} == {world.sponsor, world.manager}
        assert told.count() == 2
        late = [task for task in waiting_for(world.manager) if QUESTION in task.title]
        assert [(task.is_late, task.due_on) for task in late] == [(True, question.answer_by)]
        assert waiting_for(world.sponsor)[0].title.endswith(QUESTION)  # what is late comes first
    assert JournalEntry.objects.filter(verb="projects.fast_track_silent").count() == 1


def test_an_answer_in_time_or_a_question_taken_back_alerts_nobody(client_for, site, world):
    question = world.ask()
    taken = client_for(world.lead).post(
        reverse("projects:fast_track_withdraw", args=[world.project.code, question.pk]), follow=True
    )
    assert "La question est retirée" in page(taken)
    with pytest.raises(Refused, match="retiré cette question"):
        fast_track.answer(
            actor=world.sponsor, question=question, outcome="refused", reason="Non, pas cette fois, merci."
        )
    second = world.ask()
    fast_track.answer(
        actor=world.sponsor, question=second, outcome="refused", reason="Non, pas cette fois, merci.",
        demands={"instead": "Demandez un extrait au service."},
    )  # fmt: skip
    with clock.at(MONDAY + timedelta(days=30)):
        jobs.sweep()
    assert not Letter.objects.filter(kind="projects.fast_track_silent").exists()
    assert "Demandez un extrait" in Letter.objects.get(kind="projects.fast_track_answered").body


def test_a_project_that_leaves_takes_its_question_along(world):
    question = world.ask()
    projects.withdraw(actor=world.lead, project=world.project)
    question.refresh_from_db()
    assert not question.is_open
    with pytest.raises(Refused, match="voie rapide sert aux projets"):
        world.ask()
