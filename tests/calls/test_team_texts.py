"""Who wrote what in an application that several write; texts put back; two devices at once."""

import pytest

from calls.domain import applications, invitations
from calls.models import AnswerRevision, Application
from tests.calls.test_apply_screens import fields_of, url
from tests.calls.test_team import join, people_url
from tests.factories.calls import make_application, make_draft
from tests.factories.projects import make_person

pytestmark = pytest.mark.django_db


# -- Who wrote what ------------------------------------------------------------------------------------


def test_the_team_reads_who_wrote_what_and_puts_a_text_back(client_for, lead, draft, mate):
    join(lead, draft, mate)
    applications.save_answers(actor=mate, application=draft, values={"probleme": "La version de Coline"})
    page = client_for(lead).get(f"/candidatures/{draft.uuid}/textes/").content.decode()
    assert "La version de Coline" in page
    assert "On appelle pour rien." in page
    assert "Coline Roy" in page
    assert "Awa Diallo" in page
    earlier = AnswerRevision.objects.get()
    client_for(lead).post(f"/candidatures/{draft.uuid}/textes/", {"prendre": earlier.pk})
    assert draft.answers.get(key="probleme").value == "On appelle pour rien."
    assert [r.value for r in AnswerRevision.objects.order_by("pk")] == [
        "On appelle pour rien.",
        "La version de Coline",
    ]
    # What was erased before the submission stays the team's.
    application = applications.submit_application(actor=lead, application=draft)
    manager = client_for(application.call.created_by)
    assert manager.get(f"/candidatures/{draft.uuid}/textes/").status_code == 404
    assert "La version de Coline" not in manager.get(url(draft, "dossier")).content.decode()


def test_an_earlier_text_of_another_application_is_not_put_back_here(client_for, lead, draft, mate):
    other = make_application(user=mate)
    foreign = make_draft(user=mate)
    applications.save_answers(actor=mate, application=foreign, values={"probleme": "x" * 200})
    applications.save_answers(actor=mate, application=foreign, values={"probleme": ""})
    revision = AnswerRevision.objects.get()
    for prendre in (revision.pk, "999999", "", "²", "9" * 40):
        response = client_for(lead).post(f"/candidatures/{draft.uuid}/textes/", {"prendre": prendre})
        assert response.status_code == 404
    assert other.answers.get(key="probleme").value == "On appelle pour rien."


def test_the_pages_of_the_team_cost_the_same_with_one_or_three(client_for, assert_queries, lead, draft):
    client = client_for(lead)
    client.get(people_url(draft))
    with assert_queries(9):
        assert client.get(people_url(draft)).status_code == 200
    for _person in range(2):
        join(lead, draft, make_person())
        invitations.invite(actor=lead, application=draft)
    with assert_queries(9):
        client.get(people_url(draft))
    with assert_queries(9):
        client.get(f"/candidatures/{draft.uuid}/textes/")
    for words in ("Un", "Deux", "Trois"):
        applications.save_answers(
            actor=draft.applicants.last().user, application=draft, values={"probleme": words * 50}
        )
        applications.save_answers(actor=lead, application=draft, values={"probleme": ""})
    with assert_queries(9):
        client.get(f"/candidatures/{draft.uuid}/textes/")


def test_the_seen_of_two_devices(client_for, lead, draft, mate):
    """Two co-applicants on two devices, without JavaScript: the older text is shown beside, and chosen back."""
    join(lead, draft, mate)
    first, second = client_for(lead), client_for(mate)
    page_one, page_two = (fields_of(c.get(url(draft, "probleme"))) for c in (first, second))
    first.post(url(draft, "probleme"), {**page_one, "title": "La Belette", "probleme": "Texte d’Awa"})
    shown = second.post(
        url(draft, "probleme"), {**page_two, "title": "La Belette", "probleme": "Texte de Coline"}
    ).content.decode()
    assert "Awa Diallo a écrit un autre texte" in shown
    assert "Texte d’Awa" in shown
    assert draft.answers.get(key="probleme").value == "Texte de Coline"
    revision = AnswerRevision.objects.get(value="Texte d’Awa")
    seen = fields_of(second.get(url(draft, "probleme")))
    posted = {**seen, "title": "La Belette", "probleme": "Texte de Coline", "prendre": revision.pk}
    assert second.post(url(draft, "probleme"), posted)["Location"].endswith("#div_id_probleme")
    assert draft.answers.get(key="probleme").value == "Texte d’Awa"
    assert AnswerRevision.objects.filter(value="Texte de Coline").exists()


@pytest.mark.parametrize("autosave", [True, False])
def test_a_page_that_shows_an_old_text_never_overwrites_the_newer_one_by_and_by(
    client_for, lead, draft, mate, autosave
):
    """Awa's page still shows the old problem while she types in another field: each of her saves keeps Coline's."""
    join(lead, draft, mate)
    awa = client_for(lead)
    old = fields_of(awa.get(url(draft, "probleme")))
    applications.save_answers(actor=mate, application=draft, values={"probleme": "Le texte plus récent"})
    headers = {"HX-Request": "true"} if autosave else {}
    posted = {**old, "probleme": "On appelle pour rien."}
    for title in ("La B", "La Bel", "La Belette rousse"):
        page = awa.post(url(draft, "probleme"), {**posted, "title": title}, headers=headers)
        html = page.content.decode()
        assert "Le texte plus récent" in html
        posted |= fields_of(page)
        if not autosave:  # the field itself shows the newer text now
            assert "Le texte plus récent</textarea>" in html
            posted["probleme"] = "Le texte plus récent"
            break
    assert draft.answers.get(key="probleme").value == "Le texte plus récent"
    assert Application.objects.get(pk=draft.pk).title == title
