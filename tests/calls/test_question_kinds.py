"""Amount or range, link, workplace; answers that hold personal data."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from calls import kinds, schema
from calls.domain import applications as verbs
from calls.models import Application
from calls.questions import StepForm
from incubator.accounts.models import Workplace
from incubator.core.models import Refused
from juries.queries import texts_for_jury
from tests.calls.test_apply_screens import begin, fields_of, fill, url
from tests.factories.calls import make_application, make_call, make_draft
from tests.factories.projects import make_person

pytestmark = pytest.mark.django_db

FORM = [
    {
        "title": "Le lieu",
        "key": "lieu",
        "questions": [
            {"kind": "site", "key": "site", "label": "Où travaillez-vous ?", "required": False},
            {"kind": "amount", "key": "achat", "label": "Quel achat ?", "required": False},
            {"kind": "amount", "key": "cout", "label": "Quel coût ?", "range": True, "required": False},
            {"kind": "link", "key": "page", "label": "Une page ?", "required": False},
            {"kind": "yes_no", "key": "essai", "label": "Déjà essayé ?"},
            {
                "kind": "long_text",
                "key": "lecon",
                "label": "Qu’en reste-t-il ?",
                "max_words": 20,
                "only_if": {"key": "essai", "answers": ["yes"]},
            },
        ],
    },
    {
        "title": "La suite",
        "key": "suite",
        "questions": [
            {
                "kind": "choices",
                "key": "qui",
                "label": "Avec qui ?",
                "choices": ["Agents", "Usagers"],
                "required": False,
            },
            {
                "kind": "short_text",
                "key": "sante",
                "label": "Un aménagement de poste ?",
                "personal": True,
                "for_jury": True,
                "required": False,
            },
            {
                "kind": "short_text",
                "key": "preuve",
                "label": "Une preuve ?",
                "only_if": {"key": "essai", "answers": ["yes"]},
            },
        ],
    },
]
ANSWERS = {"title": "La Belette", "essai": "no"}


@pytest.fixture(autouse=True)
def _site(site):
    """Pages are served below the default site."""


@pytest.fixture
def call():
    return make_call(questions=FORM)


def question(kind="amount", **more) -> dict:
    return {"key": "x", "kind": kind, "required": True, "unit": "€", "label": "X", **more}


# -- Amounts -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("1200", "1 200 €"),
        ("1 200,50 €", "1 200,50 €"),
        ("1200.5", "1 200,50 €"),
        ("300 euros", "300 €"),
        ("0", "0 €"),
        ("١٢", "12 €"),
    ],
)
def test_an_amount_is_read_as_people_write_it(typed, said):
    assert kinds.problem(question(), typed) is None
    assert kinds.in_words(question(), typed).replace("\u00a0", " ").replace("\u202f", " ") == said


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "Écrivez un montant."),
        ("beaucoup", "avec des chiffres"),
        ("1.200,50", "avec des chiffres"),
        ("NaN", "avec des chiffres"),
        ("Infinity €", "avec des chiffres"),
        ("9" * 40, "avec des chiffres"),
        ("💶", "avec des chiffres"),
        ("-5", "sous zéro"),
        ("1,005", "deux chiffres"),
        ("=1+1", "avec des chiffres"),
    ],
)
def test_what_is_no_amount_gets_a_sentence(typed, sentence):
    assert sentence in kinds.problem(question(), typed)


@pytest.mark.parametrize(
    ("typed", "sentence", "said"),
    [
        (["1000", "2000"], None, "de 1 000 € à 2 000 €"),
        (["1000", ""], None, "1 000 €"),
        (["1000", "1000"], None, "1 000 €"),
        (["2000", "1000"], "échangez-les", "2000, 1000"),
        (["", "1000"], "premier montant", "1000"),
        (["mille", "2000"], "avec des chiffres", "mille, 2000"),
        (["1", "-2"], "sous zéro", "1, -2"),
        (["", ""], "Écrivez un montant.", ""),
        ("500", None, "500 €"),
        ([["1"], {"a": 1}, "3"], "avec des chiffres", None),
    ],
)
def test_a_range_says_what_is_wrong_with_it(typed, sentence, said):
    asked = question(range=True)
    found = kinds.problem(asked, kinds.tidy(typed))
    assert (found is None) if sentence is None else (sentence in found)
    words = kinds.in_words(asked, kinds.tidy(typed)).replace("\u00a0", " ").replace("\u202f", " ")
    assert said is None or words == said


# -- Links -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("https://www.region.example/page?a=1#b", "https://www.region.example/page?a=1#b"),
        ("HTTP://region.example", "http://region.example"),
        (" www.région.example/café ", "https://www.région.example/café"),
        ("http://intranet/page", "http://intranet/page"),
        ("region.example:8080/x", "https://region.example:8080/x"),
    ],
)
def test_a_link_is_http_or_https(typed, address):
    assert kinds.read_link(typed) == address
    assert kinds.problem(question("link"), typed) is None


@pytest.mark.parametrize(
    "typed",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        " javascript://region.example/%0aalert(1)",
        "data:text/html,x",
        "ftp://region.example",
        "bonjour",
        "a.b",
        "https://",
        "https://exemple .fr",
        "https://region.example@faux.example",
        'https://x.example/"onmouseover="x',
        "https://[::1",
        "https://x.example:port/",
        "mailto:a@b.example",
        "//region.example",
        "https://x.example/" + "a" * 3000,
        "<script>",
    ],
)
def test_what_is_no_link_is_said_and_never_followed(typed):
    assert kinds.read_link(typed) is None
    assert "adresse" in kinds.problem(question("link"), typed)


# -- The life of each kind --------------------------------------------------------------------------


def test_the_new_kinds_are_typed_saved_read_over_and_submitted(client_for, call):
    place = Workplace.objects.create(name="Port", town="Dunkerque")
    agent = make_person()
    client = client_for(agent)
    application = begin(client, call)
    page = client.get(url(application, "lieu")).content.decode()
    for name in ('name="achat"', 'name="cout_from"', 'name="cout_to"', 'name="page"', '<select name="site"'):
        assert name in page
    assert "Port (Dunkerque)" in page
    fill(client, application, "lieu", title="La Belette", site=str(place.pk), achat="1 200 €", cout_from="10",
         cout_to="20", page="www.region.example", essai="no")  # fmt: skip
    assert {answer.key: answer.value for answer in application.answers.all()} == {
        "title": "La Belette",
        "site": [str(place.pk), "Port (Dunkerque)"],
        "achat": "1 200 €",
        "cout": ["10", "20"],
        "page": "www.region.example",
        "essai": "no",
    }
    again = client.get(url(application, "lieu")).content.decode()
    for shown in ('value="10"', 'value="20"', 'value="1 200 €"', f'value="{place.pk}" selected'):
        assert shown in again
    review = client.get(url(application, "relecture")).content.decode()
    assert 'href="https://www.region.example"' in review
    assert "Port (Dunkerque)" in review
    verbs.submit_application(actor=agent, application=application)
    for user, address in ((agent, "recepisse/"), (call.created_by, "dossier/")):
        html = client_for(user).get(f"/candidatures/{application.uuid}/{address}").content.decode()
        assert "Port (Dunkerque)" in html
        assert 'href="https://www.region.example"' in html
    jury = {row["key"]: row["text"] for row in texts_for_jury([Application.objects.get().project])[
        Application.objects.get().project_id][0]["answers"]}  # fmt: skip
    assert jury["site"] == "Port (Dunkerque)"
    assert jury["page"] == "https://www.region.example"
    assert set(jury) == {"site", "achat", "cout", "page", "essai"}


@pytest.mark.parametrize(
    ("sent", "key"),
    [
        ({"achat": "trop"}, "achat"),
        ({"cout_from": "20", "cout_to": "10"}, "cout"),
        ({"page": "javascript:alert(1)"}, "page"),
        ({"site": "999999"}, "site"),
        ({"site": "\u202e; DROP 🏢"}, "site"),
        ({"achat": "漢字 العربية 👩‍🚒 " + "mot " * 100_000}, "achat"),
        ({"page": "https\x00://x y"}, "page"),
    ],
)
def test_bad_values_get_a_sentence_and_stay_as_typed(client_for, call, sent, key):
    client = client_for(make_person())
    application = begin(client, call)
    response = fill(client, application, "lieu", **{"title": "T", "essai": "no", **sent})
    html = response.content.decode()
    assert response.status_code == 200
    assert f"id_{key}_error" in html
    assert 'aria-invalid="true"' in html
    assert application.answers.filter(key=key).exists()
    assert 'href="javascript' not in client.get(url(application, "relecture")).content.decode()
    assert client.get(url(application, "lieu") + "?corriger=1").status_code == 200
    with pytest.raises(Refused) as refused:
        verbs.submit_application(actor=application.applicants.get().user, application=application)
    assert key in refused.value.message_dict


def test_a_workplace_keeps_the_name_it_had_when_it_was_chosen(client_for, call):
    place = Workplace.objects.create(name="Ancien nom")
    other = Workplace.objects.create(name="Ailleurs")
    agent = make_person()
    draft = make_draft(call=call, user=agent, answers={**ANSWERS, "site": str(place.pk)})
    Workplace.objects.filter(pk=place.pk).update(name="Nouveau nom")
    client = client_for(agent)
    html = client.get(url(draft, "lieu")).content.decode()
    assert f'<option value="{place.pk}" selected>Ancien nom' in html
    fill(client, draft, "lieu", title="T", site=str(place.pk), essai="no")
    assert draft.answers.get(key="site").value == [str(place.pk), "Ancien nom"]
    fill(client, draft, "lieu", title="T", site=str(other.pk), essai="no")
    assert draft.answers.get(key="site").value == [str(other.pk), "Ailleurs"]
    # Nobody makes a place up, nor words another's name.
    verbs.save_answers(actor=agent, application=draft, values={"site": [str(place.pk), "Château"]})
    assert draft.answers.get(key="site").value == [str(place.pk), "Nouveau nom"]
    verbs.save_answers(actor=agent, application=draft, values={"site": ["0", "Château"]})
    assert draft.answers.get(key="site").value == "0"


def test_an_autosave_with_a_chosen_place_costs_no_query_more(client_for, call):
    place = Workplace.objects.create(name="Port")
    agent = make_person()
    with_place = make_draft(call=call, user=agent, answers={**ANSWERS, "site": str(place.pk)})
    counts = []
    for draft in (with_place, make_draft(call=call, user=agent, answers=ANSWERS)):
        client = client_for(agent)
        fields = fields_of(client.get(url(draft, "lieu")))
        with CaptureQueriesContext(connection) as captured:
            client.post(url(draft, "lieu"), {**fields, "achat": "12"}, headers={"hx-request": "true"})
        assert draft.answers.get(key="achat").value == "12"
        counts.append(len(captured))
    assert counts[0] == counts[1]


# -- Personal data ------------------------------------------------------------------------------------


def test_personal_data_never_reaches_a_jury_and_is_marked_for_the_manager(client_for, call):
    agent = make_person()
    sent = make_application(call=call, user=agent, answers={**ANSWERS, "sante": "Un fauteuil adapté"})
    frozen = next(one for one in schema.questions_of(call.current_version.schema) if one["key"] == "sante")
    assert (frozen["for_jury"], frozen["personal"]) == (False, True)
    assert "fauteuil" not in str(texts_for_jury([sent.project]))
    html = client_for(call.created_by).get(f"/candidatures/{sent.uuid}/dossier/").content.decode()
    assert "Un fauteuil adapté" in html
    assert html.count("Donnée personnelle") == 1
    receipt = client_for(agent).get(f"/candidatures/{sent.uuid}/recepisse/").content.decode()
    assert "Donnée personnelle" not in receipt


def test_an_old_version_that_shows_personal_data_to_a_jury_does_not(call):
    """The flag wins even where both stand in a frozen version."""
    sections = [{**section, "questions": [{**one, "for_jury": True} for one in section["questions"]]}
                for section in call.current_version.schema]  # fmt: skip
    sent = make_application(call=call, user=make_person(), answers={**ANSWERS, "sante": "Un fauteuil"})
    sent.form_version.schema = sections
    assert "fauteuil" not in str(texts_for_jury([sent.project]))


def test_a_form_without_the_new_properties_keeps_its_fingerprint():
    plain = [{"title": "T", "key": "t", "questions": [{"kind": "short_text", "key": "a", "label": "A"}]}]
    call = make_call(questions=plain)
    asked = call.current_version.schema[0]["questions"][1]
    assert set(asked) == {"key", "kind", "label", "help", "required", "for_jury"}
    assert StepForm(call.current_version.schema[0], answers={}).hidden == frozenset()
