"""Questions that are asked only after a given earlier answer."""

import pytest

from calls import conditions, queries, schema
from calls.domain import applications as verbs
from calls.domain.forms import schema_of, write_questions
from calls.models import Application, CallForm
from incubator.accounts.models import Workplace
from incubator.core.models import Refused
from juries.queries import texts_for_jury
from tests.calls.test_apply_screens import begin, fill, url
from tests.calls.test_question_kinds import FORM
from tests.factories.calls import make_call
from tests.factories.projects import make_person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _site(site):
    """Pages are served below the default site."""


@pytest.fixture
def call():
    return make_call(questions=FORM)


def test_a_question_is_asked_only_after_the_given_answer(client_for, call):
    agent = make_person()
    client = client_for(agent)
    application = begin(client, call)
    html = client.get(url(application, "lieu")).content.decode()
    assert 'data-only-if="essai" data-only-if-any="yes" hidden' in html
    # Without JavaScript: the answer brings the question up, on the same step.
    response = fill(client, application, "lieu", title="T", essai="yes")
    html = response.content.decode()
    assert response.status_code == 200
    assert "Qu’en reste-t-il ?" in html.partition("</main>")[0].partition("Votre réponse amène")[2]
    assert 'data-only-if-any="yes" hidden' not in html
    # Shown this time: it may be left for later.
    assert fill(client, application, "lieu", title="T", essai="yes")["Location"] == url(application, "suite")
    missing = {problem.key for problem in verbs.problems_of(Application.objects.get())}
    assert missing == {"lecon", "preuve"}
    assert 'data-only-if-any="yes">' in client.get(url(application, "suite")).content.decode()
    fill(client, application, "lieu", title="T", essai="yes", lecon="Rien de bon")
    # The answer changes: what was written is kept, and counts for nothing.
    fill(client, application, "lieu", title="T", essai="no")
    assert application.answers.get(key="lecon").value == "Rien de bon"
    assert verbs.problems_of(Application.objects.get()) == []
    review = client.get(url(application, "relecture")).content.decode()
    assert "Qu’en reste-t-il" not in review
    assert "Rien de bon" not in review
    sent = verbs.submit_application(actor=agent, application=application)
    assert "Rien de bon" not in str(texts_for_jury([sent.project]))
    assert sent.project.problem == ""
    rows = [row.question["key"] for section in queries.answers_of(sent) for row in section.rows]
    assert "lecon" not in rows
    assert "preuve" not in rows


def test_what_is_hidden_is_not_checked_and_keeps_its_words(client_for, call):
    client = client_for(make_person())
    application = begin(client, call)
    fill(client, application, "lieu", title="T", essai="yes", lecon="mot " * 30)
    response = fill(client, application, "lieu", title="T", essai="no")
    assert response["Location"] == url(application, "suite")
    assert len(application.answers.get(key="lecon").value.split()) == 30


def test_conditions_follow_one_another():
    sections = [
        {
            "questions": [
                {"key": "a", "kind": "yes_no"},
                {"key": "b", "kind": "choices", "only_if": {"key": "a", "answers": ["yes"]}},
                {"key": "c", "kind": "date", "only_if": {"key": "b", "answers": ["x", "y"]}},
            ]
        }
    ]
    for values, hidden in [
        ({}, {"b", "c"}),
        ({"a": "no", "b": ["x"], "c": "1"}, {"b", "c"}),
        ({"a": "yes"}, {"c"}),
        ({"a": "yes", "b": ["z", "y"]}, set()),
        ({"a": "yes", "b": "x"}, set()),
        ({"a": ["yes"], "b": [["x"]]}, {"c"}),
        ({"a": {"yes": 1}}, {"b", "c"}),
    ]:
        assert conditions.hidden_keys(sections, values) == hidden


def test_paper_and_preview_say_when_a_question_is_asked(client_for, call):
    said = "Seulement si la réponse à « Déjà essayé ? » est « Oui »."
    plain = lambda response: response.content.decode().replace("\u00a0", " ")  # noqa: E731
    manager = client_for(call.created_by)
    assert said in plain(client_for().get(f"/appels/{call.code}/formulaire/"))
    paper = plain(manager.get(f"/appels/{call.code}/papier/"))
    assert said in paper
    assert 'data-only-if-any="yes" hidden' not in paper
    preview = plain(manager.get(f"/appels/{call.code}/apercu/"))
    assert said in preview
    assert "conditions.js" in preview
    assert "conditions.js" not in plain(manager.get(f"/appels/{call.code}/apercu/?tout=1"))
    agent = make_person()
    place = Workplace.objects.create(name="Port")
    sent = {"author-0": agent.username, "title": "Papier", "essai": "no", "lecon": "mot " * 50,
            "site": str(place.pk), "cout_from": "5", "page": "http://x.example"}  # fmt: skip
    response = manager.post(f"/appels/{call.code}/papier/", sent)
    assert response.status_code == 302, [form.errors for form in response.context["forms"]]
    kept = {answer.key: answer.value for answer in Application.objects.get().answers.all()}
    assert kept["site"] == [str(place.pk), "Port"]
    assert kept["cout"] == ["5", ""]
    assert kept["lecon"].startswith("mot")
    html = manager.post(
        f"/appels/{call.code}/papier/", {**sent, "essai": "yes", "site": "0"}
    ).content.decode()
    assert "id_lecon_error" in html
    assert "id_site_error" in html


@pytest.mark.parametrize(
    ("only_if", "sentence"),
    [
        ({"key": "preuve", "answers": ["yes"]}, "pas posée avant"),
        ({"key": "lecon", "answers": ["yes"]}, "pas posée avant"),
        ({"key": "inconnue", "answers": ["yes"]}, "Aucune question"),
        ({"key": "achat", "answers": ["yes"]}, "mots libres"),
        ({"key": "essai", "answers": ["peut-être"]}, "n’est pas une de ses réponses"),
        ({"key": "essai", "answers": []}, "au moins une de ses réponses"),
    ],
)
def test_a_condition_that_cannot_hold_is_refused(call, only_if, sentence):
    section, other = FORM
    changed = [{**question, "only_if": only_if} if question["key"] == "lecon" else question
               for question in section["questions"]]  # fmt: skip
    with pytest.raises(Refused) as refused:
        write_questions(
            actor=call.created_by, form=call.form, sections=[{**section, "questions": changed}, other]
        )
    assert sentence in " ".join(refused.value.messages)
    call.refresh_from_db()
    assert call.form_versions.count() == 1


def test_a_condition_is_frozen_and_read_back_the_same(call):
    frozen = call.current_version.schema
    lecon = next(one for one in schema.questions_of(frozen) if one["key"] == "lecon")
    assert lecon["only_if"] == {"key": "essai", "answers": ["yes"]}
    stored = CallForm.objects.get(call=call)
    raw = next(
        child.value for child in stored.sections[0].value["questions"] if child.value["key"] == "lecon"
    )
    assert (raw["only_if_question"], raw["only_if_answers"]) == ("essai", "Oui")
    copied = write_questions(actor=None, form=stored, sections=frozen)
    assert schema_of(copied.call) == frozen
    assert call.form_versions.count() == 1
