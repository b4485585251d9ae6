"""Letters and the journal are read by those who run what they are about, and by nobody else's manager."""

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from incubator.core import letters
from incubator.core.models import JournalEntry, Letter
from incubator.core.rules import has_scope
from tests.factories import accounts, calls, projects

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(site):
    """An application with its receipt in one programme, and the managers of two."""
    programme = projects.make_programme()
    manager = projects.make_manager(programme)
    call = calls.make_call(programme=programme, manager=manager)
    author = projects.make_person("Autrice", email="autrice@region.example")
    application = calls.make_application(call=call, user=author)
    return {
        "manager": manager,
        "other": projects.make_manager(projects.make_programme()),
        "application": application,
        "draft": calls.make_draft(call=call, user=author),
        "letter": Letter.objects.get(kind="calls.receipt"),
    }


def test_a_letter_is_known_to_the_manager_of_its_programme_only(world):
    letter = world["letter"]
    assert list(Letter.objects.visible_to(world["manager"])) == [letter]
    assert list(Letter.objects.visible_to(world["other"])) == []
    assert list(Letter.objects.visible_to(accounts.make_admin())) == [letter]
    assert list(Letter.objects.visible_to(world["application"].applicants.get().user)) == []


def test_the_screens_of_the_outbox_hide_the_letters_of_another_programme(world, client_for):
    letter, client = world["letter"], client_for(world["other"])
    listed = client.get(reverse("core:outbox"), {"state": ""})
    assert (listed.status_code, letter.subject in listed.content.decode()) == (200, False)
    found = client.get(reverse("core:outbox"), {"state": "", "q": letter.to_name})
    assert letter.subject not in found.content.decode()
    for name in ("core:letter", "core:letter_edit", "core:letter_print"):
        assert client.get(reverse(name, args=[letter.uuid])).status_code == 404
    assert client.post(reverse("core:letter_act", args=[letter.uuid, "ecarter"])).status_code == 404
    Letter.objects.update(state="held")
    client.post(reverse("core:letters_approve"), {"letter": letter.uuid})
    letter.refresh_from_db()
    assert letter.state == "held"


def test_the_verbs_refuse_it_too(world):
    Letter.objects.update(state="held")
    letter = Letter.objects.get(pk=world["letter"].pk)
    for act in (letters.approve, letters.drop, letters.mark_printed, letters.mark_phoned):
        with pytest.raises(PermissionDenied):
            act(actor=world["other"], letter=letter)
    with pytest.raises(PermissionDenied):
        letters.edit(actor=world["other"], letter=letter, subject="Autre", body="Autre")
    letters.approve(actor=world["manager"], letter=letter)
    assert Letter.objects.get(pk=letter.pk).state == "approved"


def test_the_journal_of_another_programme_is_not_read(world, client_for):
    def verbs(user):
        return set(JournalEntry.objects.visible_to(user).values_list("verb", flat=True))

    assert {"calls.submit_application", "projects.open_project", "core.letter_written"} <= verbs(
        world["manager"]
    )
    assert {"calls.submit_application", "projects.open_project", "core.letter_written"}.isdisjoint(
        verbs(world["other"])
    )
    title = world["application"].title
    shown = client_for(world["other"]).get(reverse("core:journal"), {"q": title}).content.decode()
    assert reverse("core:journal") in shown
    assert not JournalEntry.objects.visible_to(world["other"]).filter(target_label=title).exists()
    assert JournalEntry.objects.visible_to(world["manager"]).filter(target_label=title).exists()


def test_a_draft_has_no_title_in_the_journal(world):
    labels = JournalEntry.objects.filter(
        target_type__model="application", target_pk=str(world["draft"].pk)
    ).values_list("target_label", flat=True)
    assert set(labels) == {"Brouillon"}


def test_nothing_about_a_letter_waits_for_another_manager(world, client_for):
    Letter.objects.update(state="held")
    address = reverse("core:outbox")
    mine = client_for(world["manager"]).get("/aujourdhui/").content.decode()
    theirs = client_for(world["other"]).get("/aujourdhui/").content.decode()
    assert ("1 lettre" in mine, "1 lettre" in theirs) == (True, False)
    assert address in theirs  # in the menu


def test_every_kind_of_thing_that_verbs_write_about_says_whose_it_is():
    """What no package has spoken for would be read by administrators only."""
    written_about = """
        accounts.directorate accounts.user accounts.workplace calls.application calls.call core.letter
        core.lettertemplate home.homepage juries.grid juries.hearing juries.sitting projects.cohort
        projects.population projects.programme projects.project
    """
    assert [label for label in written_about.split() if not has_scope(label)] == []
    assert not has_scope("core.privatefile")  # a file refused by the virus check: for administrators
