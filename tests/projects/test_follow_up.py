"""What became of a project that was handed over: asked at 6 and 12 months, answered by a link or by the manager."""

import html
from datetime import date

import pytest
from django.urls import reverse

from incubator.core import clock, jobs
from incubator.core.models import JournalEntry, Letter, Refused
from projects.domain import exits
from projects.enums import Stage
from projects.models import FollowUp
from projects.notifications import follow_up_token
from tests.factories import projects as make
from tests.factories.juries import at

pytestmark = pytest.mark.django_db


def page(answer) -> str:
    return html.unescape(answer.content.decode()).replace("\u00a0", " ").replace("’", "'")


@pytest.fixture
def handed_over():
    with clock.at(at(2026, 1, 5)):
        project = make.make_project(Stage.PREINCUBATION)
    with clock.at(at(2026, 4, 7)):
        make.decide(project, "preincubation_end", "hand_over")
    project.refresh_from_db()
    return project


def test_the_named_person_is_asked_by_letter_on_the_day_and_once(handed_over):
    first, second = handed_over.follow_ups.order_by("due_on")
    assert (first.due_on, second.due_on) == (date(2026, 10, 7), date(2027, 4, 7))
    with clock.at(at(2026, 10, 7, 7)):
        jobs.sweep()
        assert not Letter.objects.filter(kind="projects.follow_up").exists()
    with clock.at(at(2026, 10, 7, 9)):
        jobs.sweep()
        exits.ask_follow_up(actor=make.manager_of(handed_over.programme), follow_up=first)
        letter = Letter.objects.get(kind="projects.follow_up")
    assert (letter.to_name, letter.to_address, letter.channel, letter.state) == (
        "Claire Dubois", "Direction du numérique", "paper", "held",
    )  # fmt: skip
    assert f"/suites/{follow_up_token(first)}/" in letter.body
    first.refresh_from_db()
    assert first.asked_at == at(2026, 10, 7, 9)
    assert JournalEntry.objects.filter(verb="projects.ask_follow_up").count() == 1


def test_whoever_has_an_account_is_written_to_as_they_prefer(handed_over):
    claire = make.make_person("Claire", "Dubois", email="claire.dubois@region.example")
    letter = exits.ask_follow_up(actor=None, follow_up=handed_over.follow_ups.first())
    assert (letter.recipient, letter.to_address) == (claire, "claire.dubois@region.example")


def test_the_link_shows_the_question_and_only_a_press_answers(client, site, handed_over):
    follow_up = handed_over.follow_ups.order_by("due_on").first()
    address = reverse("projects:follow_up_told", args=[follow_up_token(follow_up)])
    with clock.at(at(2026, 10, 9)):
        for _scanner in range(3):
            shown = client.get(address)
        assert shown.context["form"]["told_by"].value() == "Claire Dubois"
        follow_up.refresh_from_db()
        assert follow_up.checked_on is None
        wrong = client.post(address, {"state": "perdu", "note": "", "told_by": " "})
        assert set(wrong.context["form"].errors) == {"state", "note", "told_by"}
        thanks = client.post(
            address,
            {"state": "changed", "note": "Repris dans le nouvel annuaire.", "told_by": "Claire Dubois",
             "source": "Rapport de septembre"},
            follow=True,
        )  # fmt: skip
        assert "Votre réponse est enregistrée. Merci." in page(thanks)
        follow_up.refresh_from_db()
        assert (follow_up.state, follow_up.told_by, follow_up.source, follow_up.checked_by) == (
            "changed", "Claire Dubois", "Rapport de septembre", None,
        )  # fmt: skip
        assert follow_up.checked_on == date(2026, 10, 9)
        # The letter is of no use any more, and says so kindly.
        late = client.post(address, {"state": "ended", "note": "Non.", "told_by": "Quelqu'un"})
        assert "Votre réponse est enregistrée." in page(late)
        follow_up.refresh_from_db()
        assert follow_up.state == "changed"
    entry = JournalEntry.objects.get(verb="projects.record_follow_up")
    assert entry.actor is None


@pytest.mark.parametrize("token", ["1", "1:abc", "x:y", "../1"])
def test_a_link_that_nobody_wrote_opens_nothing(client, site, handed_over, token):
    assert client.get(f"/suites/{token}/").status_code == 404


def test_the_manager_answers_for_them_and_the_project_page_says_who_said_it(client_for, site, handed_over):
    manager = make.manager_of(handed_over.programme)
    follow_up = handed_over.follow_ups.order_by("due_on").first()
    client = client_for(manager)
    with clock.at(at(2026, 10, 8)):
        shown = client.post(
            reverse("projects:follow_up", args=[handed_over.code, follow_up.pk]),
            {"state": "alive", "note": "Dix sites s'en servent.", "told_by": "Claire Dubois", "source": "Relevé",
             "checked_on": "2026-10-08"},
            follow=True,
        )  # fmt: skip
    text = page(shown)
    assert "D'après Claire Dubois" in text
    assert "Source : Relevé" in text
    follow_up.refresh_from_db()
    assert follow_up.checked_by == manager
    with pytest.raises(Refused, match="déjà enregistré"):
        exits.tell_follow_up(
            actor=None, follow_up=follow_up, state="ended", note="Fini.", told_by="Claire Dubois"
        )
    with clock.at(at(2026, 10, 9)):
        jobs.sweep()
    assert not Letter.objects.filter(kind="projects.follow_up").exists()
    assert FollowUp.objects.filter(checked_on=None).count() == 1
