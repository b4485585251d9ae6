"""The authority's own words: typed in the admin, checked before they replace ours."""

import pytest
from django.core.exceptions import PermissionDenied

from incubator.core import letter_templates, letter_texts
from incubator.core.models import JournalEntry, LetterTemplate, Refused

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("kinds")]


def create(actor, **fields):
    return letter_templates.create_template(
        **{"actor": actor, "kind": "test.news", "language": "fr", **fields}
    )


def test_left_empty_the_words_begin_with_ours(manager):
    template = create(manager)
    assert template.subject == "Des nouvelles de {{ title }}"
    assert template.body == "Bonjour {{ name }},\n\n« {{ title }} » est retenu.\n"
    assert JournalEntry.objects.filter(verb="core.letter_template_created", actor=manager).count() == 1


def test_ours_are_offered_without_filters_and_tags():
    text = letter_texts.starting_point("calls.receipt", "fr")
    assert "{%" not in text.body
    assert "|" not in text.body
    assert letter_texts.unknown_names("calls.receipt", text.subject + text.body) == []


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"kind": "test.unknown"}, "kind"),
        ({"language": "xx"}, "language"),
        ({"body": "Bonjour {{ prenom }}"}, "body"),
        ({"body": "{{ title|upper }}"}, "body"),
        ({"body": "{{ settings.SECRET_KEY }}"}, "body"),
        ({"subject": "{{ }}"}, "subject"),
        ({"subject": "x" * 201}, "subject"),
    ],
)
def test_words_that_could_not_be_filled_in_are_refused_beside_the_field(manager, fields, field):
    with pytest.raises(Refused) as refused:
        create(manager, **fields)
    assert list(refused.value.message_dict) == [field]
    assert LetterTemplate.objects.count() == 0


def test_one_text_a_kind_and_language(manager):
    create(manager)
    with pytest.raises(Refused, match="déjà"):
        create(manager)


def test_changing_and_going_back_to_ours(manager):
    template = create(manager)
    letter_templates.update_template(actor=manager, template=template, subject="Bravo", body="{{ name }} !")
    assert LetterTemplate.objects.get().body == "{{ name }} !\n"
    letter_templates.remove_template(actor=manager, template=template)
    assert LetterTemplate.objects.count() == 0


def test_only_those_who_run_the_outbox_may(agent, manager):
    template = create(manager)
    with pytest.raises(PermissionDenied):
        create(agent, language="en")
    with pytest.raises(PermissionDenied):
        letter_templates.update_template(actor=agent, template=template, subject="x", body="y")
    with pytest.raises(PermissionDenied):
        letter_templates.remove_template(actor=agent, template=template)


def test_in_the_admin_an_unknown_name_keeps_what_was_typed(client_for, manager, site):
    client = client_for(manager)
    page = client.get("/admin/letter-templates/new/").content.decode()
    assert "commencer par nos mots" in page
    response = client.post(
        "/admin/letter-templates/new/",
        {"kind": "test.news", "language": "fr", "subject": "Bonjour", "body": "Bonjour {{ prenom }}"},
    )
    assert response.status_code == 200
    page = response.content.decode()
    assert "« prenom » n’est pas connu ici" in page
    assert "Bonjour {{ prenom }}" in page
    client.post("/admin/letter-templates/new/", {"kind": "test.news", "language": "fr"})
    template = LetterTemplate.objects.get()
    response = client.post(
        f"/admin/letter-templates/edit/{template.pk}/", {"subject": "Bravo {{ name }}", "body": "Oui."}
    )
    assert response.status_code == 302
    template.refresh_from_db()
    assert (template.subject, template.kind) == ("Bravo {{ name }}", "test.news")
    assert client.get("/admin/letter-templates/").status_code == 200


def test_in_the_admin_nobody_else_sees_them(client_for, agent, manager, site):
    template = create(manager)
    response = client_for(agent).get(f"/admin/letter-templates/edit/{template.pk}/")
    assert response.status_code in (302, 403, 404)
    assert b"Des nouvelles" not in response.content
