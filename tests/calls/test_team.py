"""The team of an application: invited by e-mail or by a code, roles, leaving, handing over the lead, joining late."""

import re
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied

from calls.domain import applications, invitations, teams
from calls.enums import ApplicantRole, InvitationState
from calls.models import AnswerRevision, Application, Invitation
from incubator.core import clock
from incubator.core.models import Letter, Refused
from projects.enums import TeamRole
from tests.calls.test_apply_screens import begin, fields_of, fill, url
from tests.factories.calls import make_application, make_call, make_draft
from tests.factories.projects import decide, make_person

pytestmark = pytest.mark.django_db


def people_url(application):
    return f"/candidatures/{application.uuid}/a-plusieurs/"


def invitation_url(invitation):
    return f"/candidatures/invitations/{invitation.uuid}/"


@pytest.fixture
def lead():
    return make_person("Awa", "Diallo", email="awa@region.example")


@pytest.fixture
def mate():
    return make_person("Coline", "Roy", email="coline@region.example")


@pytest.fixture
def draft(lead):
    return make_draft(user=lead)


def roles(application) -> dict:
    return {place.user.first_name: place.role for place in application.applicants.exclude(user=None)}


def join(lead, draft, person, role=ApplicantRole.MEMBER):
    """Bring someone in by a code."""
    invitation = invitations.invite(actor=lead, application=draft, role=role)
    return invitations.accept_invitation(
        actor=person, invitation=invitation, code=invitations.code_of(invitation)
    )


# -- By e-mail -----------------------------------------------------------------------------------------


def test_the_letter_leaves_at_once_and_says_nothing_of_the_draft(lead, draft, mate):
    invitation = invitations.invite(actor=lead, application=draft, email=" Coline@Region.example ")
    again = invitations.invite(actor=lead, application=draft, email="coline@region.example")
    assert again == invitation
    letter = Letter.objects.get(kind="calls.invitation")
    assert (letter.recipient, letter.state) == (mate, Letter.State.APPROVED)
    assert invitation_url(invitation) in letter.body
    assert "Awa Diallo" in letter.body
    assert "La Belette" not in letter.body + letter.subject + letter.about_label


def test_opening_the_link_joins_nothing_and_the_button_does(client_for, lead, draft, mate):
    """A mail filter opens every link of a letter: only the person's own button says yes."""
    invitation = invitations.invite(actor=lead, application=draft, email=mate.email)
    visitor = client_for().get(invitation_url(invitation))
    assert "/compte/" in visitor["Location"]
    client = client_for(mate)
    for _visit in range(3):
        page = client.get(invitation_url(invitation)).content.decode()
        assert "La Belette" in page
        assert "Awa Diallo" in page
    assert roles(draft) == {"Awa": "lead"}
    response = client.post(invitation_url(invitation), {"accept": "1"})
    assert response["Location"] == f"/candidatures/{draft.uuid}/"
    assert roles(draft) == {"Awa": "lead", "Coline": "member"}
    # Twice is once, and the team is told so.
    assert client.post(invitation_url(invitation), {"accept": "1"}).status_code == 302
    assert draft.applicants.count() == 2
    assert client.get(url(draft, "probleme")).status_code == 200


def test_it_stands_in_my_applications_for_whoever_has_no_mailbox_at_hand(client_for, lead, draft, mate):
    invitation = invitations.invite(actor=lead, application=draft, email=mate.email)
    assert invitation_url(invitation) in client_for(mate).get("/candidatures/").content.decode()
    client_for(mate).post(invitation_url(invitation), {"decline": "1"})
    assert invitation_url(invitation) not in client_for(mate).get("/candidatures/").content.decode()
    assert roles(draft) == {"Awa": "lead"}


@pytest.mark.parametrize("spoil", ["expired", "revoked", "used", "given up", "decided"])
def test_an_invitation_that_no_longer_opens_says_why(client_for, lead, draft, mate, spoil):
    invitation = invitations.invite(actor=lead, application=draft, email=mate.email)
    client, moment = client_for(mate), clock.now()
    if spoil == "expired":
        moment = invitation.expires_at + timedelta(minutes=1)
        sentence = "a expiré le"
    elif spoil == "revoked":
        client_for(lead).post(people_url(draft), {"act": "annuler", "pk": invitation.pk})
        sentence = "a été annulée"
    elif spoil == "used":
        Invitation.objects.update(uses=1)
        sentence = "a déjà servi"
    elif spoil == "given up":
        applications.discard_draft(actor=lead, application=draft)
        sentence = "a été abandonnée"
    else:
        applications.submit_application(actor=lead, application=draft)
        decide(draft.project, "preselection", "retain")
        sentence = "son équipe est complète"
    with clock.at(moment):
        page = client.get(invitation_url(invitation))
        assert page.status_code == 200
        assert sentence in page.content.decode()
        assert 'name="accept"' not in page.content.decode()
        refused = client.post(invitation_url(invitation), {"accept": "1"})
        assert sentence in refused.content.decode()
    assert draft.applicants.count() == 1


def test_an_invitation_of_someone_else_says_no_more_than_one_that_does_not_exist(
    client_for, lead, draft, mate
):
    invitation = invitations.invite(actor=lead, application=draft, email=mate.email)
    other = client_for(make_person(email="autre@region.example"))
    foreign = other.get(invitation_url(invitation))
    nowhere = other.get("/candidatures/invitations/00000000-0000-4000-8000-000000000000/")
    assert (foreign.status_code, nowhere.status_code) == (404, 404)
    assert "pas pour ce compte" in foreign.content.decode()
    assert "La Belette" not in foreign.content.decode()
    assert "Awa" not in foreign.content.decode()
    assert other.post(invitation_url(invitation), {"accept": "1"}).status_code == 404
    with pytest.raises(PermissionDenied):
        invitations.accept_invitation(actor=make_person(), invitation=invitation)


def test_a_place_that_was_already_named_becomes_theirs(lead, draft, mate):
    place = draft.applicants.get()
    applications.name_team(
        actor=lead,
        application=draft,
        people=[{"pk": place.pk}, {"first_name": "coline", "last_name": "ROY", "phone": "06"}],
    )
    join(lead, draft, mate)
    named = draft.applicants.get(user=mate)
    assert draft.applicants.count() == 2
    assert (named.first_name, named.phone, named.email) == ("coline", "06", mate.email)


# -- By a code -----------------------------------------------------------------------------------------


def test_a_code_is_typed_on_a_phone_by_someone_without_an_e_mail(client_for, lead, draft):
    yvon = make_person("Yvon", "Petit")
    page = client_for(lead).post(
        people_url(draft), {"act": "code", "code-most_uses": "2", "code-role": "member"}, follow=True
    )
    invitation = Invitation.objects.get()
    code = invitations.code_of(invitation)
    assert code in page.content.decode()
    assert code not in (invitation.code_digest, str(invitation.uuid))
    client = client_for(yvon)
    wrong = client.post("/candidatures/code/", {"code": "BBBB-BBBB"})
    assert (wrong.status_code, "Aucune invitation" in wrong.content.decode()) == (200, True)
    response = client.post("/candidatures/code/", {"code": f" {code.lower().replace('-', ' ')} "})
    assert response["Location"] == invitation_url(invitation)
    assert "La Belette" in client.get(response["Location"]).content.decode()
    assert roles(draft) == {"Awa": "lead"}
    client.post(response["Location"], {"accept": "1"})
    assert roles(draft) == {"Awa": "lead", "Yvon": "member"}
    # The address alone opens nothing to whoever has not typed the code.
    assert client_for(make_person()).get(invitation_url(invitation)).status_code == 404


def test_a_code_serves_as_many_people_as_was_said(lead, draft):
    invitation = invitations.invite(actor=lead, application=draft, most_uses=2)
    code = invitations.code_of(invitation)
    for _person in range(2):
        invitations.accept_invitation(actor=make_person(), invitation=invitation, code=code)
    invitation.refresh_from_db()
    assert invitation.state == InvitationState.USED
    with pytest.raises(Refused, match="déjà servi"):
        invitations.accept_invitation(actor=make_person(), invitation=invitation, code=code)
    assert draft.applicants.count() == 3


def test_codes_are_not_tried_by_the_thousand(client_for):
    client = client_for(make_person())
    statuses = {
        client.post("/candidatures/code/", {"code": f"BBBB-BBB{sign}"}).status_code for sign in "BCDFGHJKMNPQ"
    }
    assert statuses == {200, 429}


@pytest.mark.parametrize("typed", ["", "\x00", "é" * 300, "BCDF", "BCDF-GHJK-BCDF", "<b>", "٣٣٣٣٣٣٣٣"])
def test_any_code_gets_a_sentence(client_for, typed):
    page = client_for(make_person()).post("/candidatures/code/", {"code": typed})
    assert page.status_code == 200
    assert "Aucune invitation" in page.content.decode()


def test_a_draft_begun_without_an_account_can_be_written_by_two(client_for):
    visitor = client_for()
    application = begin(visitor, make_call())
    page = visitor.post(
        people_url(application), {"act": "code", "code-most_uses": "1", "code-role": "member"}, follow=True
    )
    code = invitations.code_of(Invitation.objects.get())
    assert code in page.content.decode()
    yvon = client_for(make_person("Yvon", "Petit"))
    there = yvon.post("/candidatures/code/", {"code": code})["Location"]
    yvon.post(there, {"accept": "1"})
    assert yvon.get(url(application, "probleme")).status_code == 200
    assert visitor.get(url(application, "probleme")).status_code == 200


# -- Roles ---------------------------------------------------------------------------------------------


def test_a_reader_reads_and_changes_nothing(client_for, lead, draft):
    reader = make_person("Léa", "Lit")
    join(lead, draft, reader, ApplicantRole.READER)
    client = client_for(reader)
    review = client.get(url(draft, "relecture")).content.decode()
    assert "On appelle pour rien." in review
    assert "/deposer/" not in review
    assert client.get(url(draft, "probleme"))["Location"] == url(draft, "relecture")
    assert client.post(url(draft, "probleme"), {"seen-title": "1:x", "title": "Autre"}).status_code == 404
    assert client.post(url(draft, "equipe"), {"people": "1"}).status_code == 302
    assert client.post(url(draft, "deposer")).status_code == 404
    assert client.get(url(draft, "retirer")).status_code == 404
    for act in ("inviter", "code", "retirer", "role", "proposer", "annuler"):
        posted = {
            "act": act,
            "pk": (draft.invitations if act == "annuler" else draft.applicants).first().pk,
            "mail-email": "x@y.fr",
            "mail-role": "member",
        }
        posted |= {"code-most_uses": "1", "code-role": "member"}
        assert client.post(people_url(draft), posted).status_code == 404, act
    for verb in (applications.submit_application, applications.withdraw_application):
        with pytest.raises(PermissionDenied):
            verb(actor=reader, application=draft)
    # A reader is no co-author: neither counted in the team's size nor in the project's team.
    application = applications.submit_application(actor=lead, application=draft)
    assert {m.user for m in application.project.memberships.all()} == {lead}
    assert client.get(f"/candidatures/{draft.uuid}/").status_code == 200


def test_a_member_writes_but_neither_invites_nor_gives_the_draft_up(client_for, lead, draft, mate):
    join(lead, draft, mate)
    client = client_for(mate)
    assert fill(client, draft, "probleme", title="Notre belette", probleme="P").status_code == 302
    assert (
        client.post(
            people_url(draft), {"act": "code", "code-most_uses": "1", "code-role": "member"}
        ).status_code
        == 404
    )
    assert client.get(url(draft, "retirer")).status_code == 404
    with pytest.raises(PermissionDenied):
        applications.withdraw_application(actor=mate, application=draft)


def test_the_size_of_a_team_holds_for_authors_and_not_for_readers(lead):
    draft = make_draft(call=make_call(max_team_size=2), user=lead)
    waiting = invitations.invite(actor=lead, application=draft, most_uses=2)
    code = invitations.code_of(waiting)
    invitations.accept_invitation(actor=make_person(), invitation=waiting, code=code)
    with pytest.raises(Refused, match="2 personnes"):
        invitations.accept_invitation(actor=make_person(), invitation=waiting, code=code)
    with pytest.raises(Refused, match="2 personnes"):
        invitations.invite(actor=lead, application=draft, email="trop@region.example")
    reader = make_person()
    place = join(lead, draft, reader, ApplicantRole.READER)
    with pytest.raises(Refused, match="2 personnes"):
        teams.change_role(actor=lead, application=draft, applicant=place, role=ApplicantRole.MEMBER)
    assert applications.submit_application(actor=lead, application=draft).applicants.count() == 3


def test_leaving_keeps_what_one_wrote_under_ones_name(client_for, lead, draft, mate):
    join(lead, draft, mate)
    applications.save_answers(actor=mate, application=draft, values={"probleme": "Écrit par Coline"})
    client = client_for(mate)
    assert client.post(people_url(draft), {"act": "quitter"})["Location"] == "/candidatures/"
    assert client.get(url(draft, "probleme")).status_code == 404
    assert draft.answers.get(key="probleme").saved_by == mate
    with pytest.raises(Refused, match="portez"):
        teams.leave_team(actor=lead, application=draft)


def test_leaving_after_the_submission_leaves_the_project_too(lead, draft, mate):
    join(lead, draft, mate)
    application = applications.submit_application(actor=lead, application=draft)
    teams.leave_team(actor=mate, application=application)
    assert [m.user for m in application.project.memberships.filter(left_on=None)] == [lead]
    assert not Application.objects.visible_to(mate).exists()


def test_the_lead_is_handed_over_only_when_the_other_accepts(client_for, lead, draft, mate):
    place = join(lead, draft, mate)
    client_for(lead).post(people_url(draft), {"act": "proposer", "pk": place.pk})
    assert roles(draft) == {"Awa": "lead", "Coline": "member"}
    assert people_url(draft) in client_for(mate).get("/candidatures/").content.decode()
    client_for(mate).post(people_url(draft), {"act": "refuser"})
    assert roles(draft) == {"Awa": "lead", "Coline": "member"}
    with pytest.raises(Refused):
        teams.answer_lead(actor=mate, application=draft, accept=True)
    teams.offer_lead(actor=lead, application=draft, applicant=place)
    client_for(mate).post(people_url(draft), {"act": "accepter"})
    assert roles(draft) == {"Awa": "member", "Coline": "lead"}
    # Now Awa may leave, and Coline invites.
    teams.leave_team(actor=lead, application=draft)
    assert invitations.invite(actor=mate, application=draft).role == ApplicantRole.MEMBER


def test_the_lead_of_the_project_follows_after_the_submission(lead, draft, mate):
    place = join(lead, draft, mate)
    application = applications.submit_application(actor=lead, application=draft)
    teams.offer_lead(actor=lead, application=application, applicant=place)
    teams.answer_lead(actor=mate, application=application, accept=True)
    found = {m.user: m.role for m in application.project.memberships.all()}
    assert found == {lead: TeamRole.MEMBER, mate: TeamRole.LEAD}


def test_a_stranger_or_a_reader_cannot_be_given_the_lead(lead, draft):
    other = make_draft(user=make_person())
    with pytest.raises(Refused):
        teams.offer_lead(actor=lead, application=draft, applicant=other.applicants.get())
    reader = join(lead, draft, make_person(), ApplicantRole.READER)
    with pytest.raises(Refused):
        teams.offer_lead(actor=lead, application=draft, applicant=reader)


def test_the_lead_takes_someone_out(client_for, lead, draft, mate):
    place = join(lead, draft, mate)
    client_for(lead).post(people_url(draft), {"act": "retirer", "pk": place.pk})
    assert roles(draft) == {"Awa": "lead"}
    assert client_for(mate).get(url(draft, "probleme")).status_code == 404
    # Twice, or of a place that is gone: a sentence.
    page = client_for(lead).post(people_url(draft), {"act": "retirer", "pk": place.pk}, follow=True)
    assert "plus là" in page.content.decode()


def test_someone_who_joins_while_the_team_is_being_written_is_not_wiped_out(client_for, lead, draft, mate):
    """The lead's page was loaded before; its autosave names only the people it showed."""
    client = client_for(lead)
    page = client.get(url(draft, "equipe")).content.decode()
    key = re.search(r'name="p0-key" value="([^"]+)"', page)[1]
    join(lead, draft, mate)
    posted = {"people": "1", "p0-key": key, "p0-first_name": "Awa", "p0-last_name": "Diallo"}
    client.post(url(draft, "equipe"), posted, headers={"HX-Request": "true"})
    assert roles(draft) == {"Awa": "lead", "Coline": "member"}
    # Naming someone new: saved three times as one types, named once.
    page = client.post(url(draft, "equipe"), {**posted, "add": "1"}).content.decode()
    fresh = re.search(r'name="p1-key" value="([^"]+)"', page)[1]
    for typed in ("L", "Lé", "Léo"):
        more = {"people": "2", "p1-key": fresh, "p1-first_name": typed, "p1-last_name": "Petit"}
        client.post(url(draft, "equipe"), {**posted, **more}, headers={"HX-Request": "true"})
    assert sorted(draft.applicants.values_list("first_name", flat=True)) == ["Awa", "Coline", "Léo"]


def test_someone_who_confirms_after_the_submission_joins_the_project(client_for, lead, mate):
    draft = make_draft(user=lead)
    place = draft.applicants.get()
    applications.name_team(
        actor=lead,
        application=draft,
        people=[{"pk": place.pk}, {"first_name": "Coline", "last_name": "Roy", "email": mate.email}],
    )
    invitation = invitations.invite(actor=lead, application=draft, most_uses=1)
    application = applications.submit_application(actor=lead, application=draft)
    named = application.applicants.get(email=mate.email)
    client_for(mate).post(f"/candidatures/places/{named.pk}/", {"accept": "1"})
    late = make_person("Zoé", "Tard")
    invitations.accept_invitation(actor=late, invitation=invitation, code=invitations.code_of(invitation))
    assert {m.user for m in application.project.memberships.all()} == {lead, mate, late}


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
