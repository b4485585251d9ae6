"""What became of a project that was handed over: asked at 6 and 12 months, answered by a link or by the manager."""

import html
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from incubator.core import clock, jobs
from incubator.core.models import JournalEntry, Letter, PrivateFile, Refused
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


# -- A file that shows it --------------------------------------------------------------------------

PDF = b"%PDF-1.7\n1 0 obj\n"


def a_pdf(name="Relevé d'octobre.pdf", content=PDF):
    return SimpleUploadedFile(name, content, content_type="application/pdf")


def test_a_file_says_it_without_a_sentence_and_is_read_by_those_who_read_the_project(
    client, client_for, site, handed_over
):
    follow_up = handed_over.follow_ups.order_by("due_on").first()
    with clock.at(at(2026, 10, 9)):
        client.post(
            reverse("projects:follow_up_told", args=[follow_up_token(follow_up)]),
            {"state": "alive", "note": "", "told_by": "Claire Dubois", "proof": a_pdf()},
        )
    follow_up.refresh_from_db()
    assert (follow_up.state, follow_up.note, follow_up.proof.name) == ("alive", "", "Relevé d'octobre.pdf")
    assert follow_up.proof.uploaded_by is None
    address = reverse("projects:follow_up_proof", args=[handed_over.code, follow_up.pk])
    member = handed_over.memberships.get().user
    assert address in client_for(member).get(
        reverse("projects:detail", args=[handed_over.code])
    ).content.decode()  # fmt: skip
    sent = client_for(member).get(address)
    assert (sent.status_code, b"".join(sent.streaming_content)) == (200, PDF)
    assert sent["Content-Disposition"].startswith("attachment")
    assert client_for(make.make_person()).get(address).status_code == 404
    assert client.get(address).status_code == 302
    other = handed_over.follow_ups.order_by("due_on").last()
    nothing = reverse("projects:follow_up_proof", args=[handed_over.code, other.pk])
    assert client_for(member).get(nothing).status_code == 404


def test_the_file_stays_closed_until_the_virus_check_has_passed(client_for, site, handed_over, settings):
    settings.CLAMD_SOCKET = "/nowhere/clamd.ctl"
    manager = make.manager_of(handed_over.programme)
    follow_up = handed_over.follow_ups.first()
    with clock.at(at(2026, 10, 9)):
        exits.record_follow_up(actor=manager, follow_up=follow_up, state="alive", proof=a_pdf())
        reader = client_for(manager)
        shown = page(reader.get(reverse("projects:detail", args=[handed_over.code])))
        address = reverse("projects:follow_up_proof", args=[handed_over.code, follow_up.pk])
        assert "Relevé d'octobre.pdf : en cours de vérification" in shown
        assert address not in shown
        assert reader.get(address).status_code == 403


def test_neither_a_sentence_nor_a_file_is_refused_and_a_wrong_file_too(client_for, site, handed_over):
    manager = make.manager_of(handed_over.programme)
    follow_up = handed_over.follow_ups.first()
    address = reverse("projects:follow_up", args=[handed_over.code, follow_up.pk])
    typed = {"state": "alive", "told_by": "Claire Dubois", "checked_on": "2026-10-08"}
    with clock.at(at(2026, 10, 8)):
        client = client_for(manager)
        empty = client.post(address, typed)
        assert set(empty.context["form"].errors) == {"note"}
        wrong = client.post(address, {**typed, "proof": a_pdf("relevé.pdf", b"MZ" + bytes(200))})
        assert set(wrong.context["form"].errors) == {"proof"}
        assert 'value="Claire Dubois"' in wrong.content.decode()
        # A good file beside an error elsewhere: the page says that it must be chosen again.
        again = client.post(address, {**typed, "state": "", "proof": a_pdf()})
        assert set(again.context["form"].errors) == {"state", "proof"}
    follow_up.refresh_from_db()
    assert (follow_up.checked_on, PrivateFile.objects.count()) == (None, 0)


def test_the_file_of_an_answer_that_came_second_is_not_kept(handed_over):
    first = handed_over.follow_ups.first()
    second = FollowUp.objects.get(pk=first.pk)  # read before the first answer
    exits.tell_follow_up(actor=None, follow_up=first, state="alive", told_by="Claire Dubois", proof=a_pdf())
    with pytest.raises(Refused, match="déjà enregistré"):
        exits.tell_follow_up(actor=None, follow_up=second, state="ended", told_by="Quelqu'un", proof=a_pdf())
    first.refresh_from_db()
    assert (first.state, PrivateFile.objects.count()) == ("alive", 1)
