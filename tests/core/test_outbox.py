"""The outbox and the journal on screen."""

from datetime import timedelta

import pytest
from django.core import mail
from django.urls import reverse

from incubator.core import clock, jobs, journal, letters
from incubator.core.models import JournalEntry, Letter
from tests.factories.accounts import make_person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("kinds")]


@pytest.fixture
def browser(client_for, manager):
    return client_for(manager)


def write(number=1, **fields):
    defaults = {"kind": "test.news", "to_name": f"Marc Vidal {number}", "to_address": "m@region.example"}
    return letters.write(
        **{**defaults, "key": f"news-{number}", "context": {"title": f"Projet {number}"}, **fields}
    )


ADDRESSES = ["core:outbox", "core:letters_print", "core:journal"]
ADDRESSES_OF_ONE = ["core:letter", "core:letter_edit", "core:letter_print"]


def test_nobody_else_learns_that_there_is_an_outbox(client_for, agent):
    letter = write(recipient=agent)  # not even the one it is for
    client = client_for(agent)
    for name in ADDRESSES:
        assert client.get(reverse(name)).status_code == 404
    for name in ADDRESSES_OF_ONE:
        assert client.get(reverse(name, args=[letter.uuid])).status_code == 404
    assert client.post(reverse("core:letters_approve"), {"letter": letter.uuid}).status_code == 404
    assert client.post(reverse("core:letters_handed_over"), {"letter": letter.uuid}).status_code == 404
    assert client.post(reverse("core:letter_act", args=[letter.uuid, "approuver"])).status_code == 404
    assert Letter.objects.get().state == "held"
    assert 'href="/lettres/"' not in client.get("/lettres/").content.decode()


def test_a_visitor_is_asked_to_sign_in(client_for):
    response = client_for(None).get("/lettres/")
    assert (response.status_code, response.url) == (302, f"{reverse('account_login')}?next=/lettres/")


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_with_one_and_three_letters(browser, assert_queries, count, manager):
    for number in range(count):
        write(number, about=manager)
    with assert_queries(10):  # three of them are the menu's: roles, programme roles, seats
        response = browser.get("/lettres/")
    assert (
        response.content.decode().count("Projet ") == 4 * count
    )  # title, two hidden labels, the text itself


def test_the_list_opens_on_what_waits_for_a_person(browser, manager, settings):
    held, gone, uncertain, paper = write(1), write(2), write(3), write(4, to_address="Loge")
    letters.drop(actor=manager, letter=gone)
    letters.approve(actor=manager, letter=paper)
    Letter.objects.filter(pk=uncertain.pk).update(state="uncertain")
    shown = {letter.pk for letter in browser.get("/lettres/").context["page_obj"]}
    assert shown == {held.pk, uncertain.pk, paper.pk}
    shown = {letter.pk for letter in browser.get("/lettres/?state=").context["page_obj"]}
    assert shown == {held.pk, uncertain.pk, paper.pk, gone.pk}
    shown = {letter.pk for letter in browser.get("/lettres/?state=dropped&q=Vidal").context["page_obj"]}
    assert shown == {gone.pk}


@pytest.mark.parametrize(
    "query",
    ["state=explode", "kind=%27", "channel=9", "page=-1", "page=abc", "q=" + "x" * 500, "state=a&state=b"],
)
def test_nonsense_in_the_filters_is_answered_with_a_page(browser, query):
    write()
    assert browser.get(f"/lettres/?{query}").status_code == 200


def test_read_correct_approve_and_it_leaves(browser):
    letter = write()
    page = browser.get(f"/lettres/{letter.uuid}/").content.decode()
    assert "« Projet 1 » est retenu." in page
    response = browser.post(
        f"/lettres/{letter.uuid}/corriger/",
        {"to_address": "marc@region.example", "subject": "Bonne nouvelle", "body": "Bravo Marc."},
    )
    assert response.url == f"/lettres/{letter.uuid}/"
    browser.post(f"/lettres/{letter.uuid}/approuver/")
    jobs.sweep()
    [sent] = mail.outbox
    assert (sent.to, sent.subject, sent.body) == (["marc@region.example"], "Bonne nouvelle", "Bravo Marc.\n")
    page = browser.get(f"/lettres/{letter.uuid}/").content.decode()
    assert [entry.verb for entry in journal.entries_about(letter)] == [
        "core.letter_approved",
        "core.letter_edited",
        "core.letter_written",
    ]
    assert "Lettre validée, Hélène Vasseur" in page


def test_a_wrong_correction_keeps_what_was_typed(browser):
    letter = write()
    response = browser.post(
        f"/lettres/{letter.uuid}/corriger/",
        {"to_address": "pas une adresse", "subject": "", "body": "Tout ce que j'ai tapé"},
    )
    assert response.status_code == 422
    page = response.content.decode()
    assert "pas une adresse" in page
    assert "Tout ce que j&#x27;ai tapé" in page
    assert Letter.objects.get().subject == "Des nouvelles de Projet 1"


def test_a_letter_that_moved_meanwhile_says_so(browser, manager):
    letter = write()
    letters.drop(actor=manager, letter=Letter.objects.get())
    response = browser.post(f"/lettres/{letter.uuid}/approuver/", follow=True)
    assert "Rechargez la page" in response.content.decode()
    response = browser.get(f"/lettres/{letter.uuid}/corriger/", follow=True)
    assert response.redirect_chain == [(f"/lettres/{letter.uuid}/", 302)]
    assert Letter.objects.get().state == "dropped"


def test_ticked_letters_are_approved_together_and_nonsense_is_ignored(browser, manager):
    first, second, third = write(1), write(2), write(3)
    letters.drop(actor=manager, letter=third)
    browser.post("/lettres/approuver/", {"letter": [first.uuid, third.uuid, "nonsense", "1' OR 1=1"]})
    states = dict(Letter.objects.values_list("to_name", "state"))
    assert states == {"Marc Vidal 1": "approved", "Marc Vidal 2": "held", "Marc Vidal 3": "dropped"}
    response = browser.post("/lettres/approuver/", follow=True)
    assert "cochez" in response.content.decode()
    assert second.state == "held"


def test_what_waits_is_read_in_its_order_and_each_row_says_what_to_do(browser, manager):
    """To read first, then to do by hand; within each, who has waited longest on top."""
    paper, phone = write(1, to_address="Loge"), write(2, to_address="06 12 34 56 78")
    late, early = write(3), write(4)
    Letter.objects.filter(pk=early.pk).update(created_at=clock.now() - timedelta(days=3))
    for letter in (paper, phone):
        letters.approve(actor=manager, letter=letter)
    response = browser.get("/lettres/")
    assert [one.pk for one in response.context["page_obj"]] == [early.pk, late.pk, paper.pk, phone.pk]
    html = response.content.decode()
    assert html.count("À imprimer et à remettre") == 1
    assert html.count("À dire par téléphone\u00a0: 06") == 1


def test_after_approving_the_list_is_the_one_that_was_filtered(browser):
    letter = write(1)
    html = browser.get("/lettres/?state=&q=Vidal&page=1&autre=x").content.decode()
    assert 'action="/lettres/approuver/?state=&amp;q=Vidal"' in html
    response = browser.post("/lettres/approuver/?state=&q=Vidal&autre=x", {"letter": letter.uuid})
    assert response.url == "/lettres/?state=&q=Vidal"


def test_printed_letters_are_handed_over_together_once(browser, manager):
    """Those of the printed page: a letter approved after it was printed is not among them, nor one dropped since."""
    sheets = [write(number, to_address="Loge") for number in range(3)]
    for letter in sheets:
        letters.approve(actor=manager, letter=letter)
    html = browser.get("/lettres/imprimer/").content.decode()
    assert "3 lettres sont imprimées et remises" in html
    letters.drop(actor=manager, letter=sheets[0])
    letters.approve(actor=manager, letter=write(3, to_address="Loge"))
    printed = [one.uuid for one in sheets]
    response = browser.post("/lettres/remises/", {"letter": [*printed, "nonsense"]}, follow=True)
    assert "2 lettres sont notées comme remises" in response.content.decode()
    states = dict(Letter.objects.values_list("to_name", "state"))
    assert list(states.values()).count("printed") == 2
    assert (states["Marc Vidal 0"], states["Marc Vidal 3"]) == ("dropped", "approved")
    response = browser.post("/lettres/remises/", {"letter": printed}, follow=True)
    assert "ont été traitées entre-temps" in response.content.decode()
    assert JournalEntry.objects.filter(verb="core.letter_printed").count() == 2


@pytest.mark.parametrize(
    ("action", "start", "end"),
    [
        ("imprimee", "approved", "printed"),
        ("dite", "approved", "phoned"),
        ("partie", "uncertain", "sent"),
        ("non-partie", "uncertain", "approved"),
        ("ecarter", "uncertain", "dropped"),
        ("imprimee", "sent", "sent"),
        ("partie", "held", "held"),
    ],
)
def test_each_button_moves_from_where_it_may(browser, action, start, end):
    letter = write()
    Letter.objects.update(state=start)
    assert browser.post(f"/lettres/{letter.uuid}/{action}/").status_code == 302
    assert Letter.objects.get().state == end
    assert browser.get(f"/lettres/{letter.uuid}/").status_code == 200


def test_unknown_letters_and_actions_are_not_found(browser):
    letter = write()
    assert browser.post(f"/lettres/{letter.uuid}/exploser/").status_code == 404
    assert browser.get("/lettres/00000000-0000-0000-0000-000000000000/").status_code == 404
    assert browser.get(f"/lettres/{letter.uuid}/approuver/").status_code == 405


def test_paper_letters_are_printed_one_a_sheet_with_their_address(browser, manager):
    for number in (1, 2):
        letters.approve(actor=manager, letter=write(number, to_address="Loge du lycée"))
    write(3)
    page = browser.get("/lettres/imprimer/").content.decode()
    assert page.count('class="ec-sheet"') == 2
    assert page.count("Loge du lycée") == 2
    letter = Letter.objects.get(to_name="Marc Vidal 1")
    page = browser.get(f"/lettres/{letter.uuid}/imprimer/").content.decode()
    assert page.count('class="ec-sheet"') == 1


def test_what_people_type_is_never_markup(browser):
    letter = write(context={"title": "<script>alert(1)</script>"})
    for path in ("/lettres/", f"/lettres/{letter.uuid}/", f"/lettres/{letter.uuid}/imprimer/"):
        assert "<script>alert" not in browser.get(path).content.decode()


# -- The journal ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 3])
def test_the_journal_costs_the_same_with_one_and_three_lines(browser, assert_queries, manager, count):
    already = JournalEntry.objects.count()
    for _ in range(count):
        journal.record(verb="core.letter_approved", actor=make_person(), target=manager)
    with assert_queries(8):  # three of them are the menu's
        response = browser.get("/journal/")
    assert len(response.context["rows"]) >= already + count


def test_the_journal_is_narrowed_by_act_by_person_and_by_day(browser, manager):
    with clock.at(clock.now() - timedelta(days=10)):
        journal.record(verb="core.letter_approved", actor=manager, target=manager)
    day = (clock.today() - timedelta(days=10)).isoformat()
    rows = browser.get(f"/journal/?verb=core.letter_approved&q=Hélène&until={day}").context["rows"]
    assert [(entry.verb, words) for entry, words in rows] == [("core.letter_approved", "Lettre validée")]
    assert browser.get(f"/journal/?verb=core.letter_approved&since={clock.today()}").context["rows"] == []


@pytest.mark.parametrize("query", ["verb=explode", "since=31/31/2020", "page=0", "q=%F0%9F%98%80"])
def test_nonsense_in_the_journals_filters_is_answered_with_a_page(browser, query):
    assert browser.get(f"/journal/?{query}").status_code == 200
