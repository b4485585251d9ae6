"""The team of an application: roles, leaving, handing over the lead, joining late."""

import re
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied

from calls.domain import applications, completion, invitations, teams
from calls.enums import ApplicantRole
from calls.models import Application
from incubator.core import clock
from incubator.core.models import Refused
from projects.enums import TeamRole
from tests.calls.test_apply_screens import fill, url
from tests.factories.calls import make_call, make_draft
from tests.factories.projects import make_person

pytestmark = pytest.mark.django_db


def people_url(application):
    return f"/candidatures/{application.uuid}/a-plusieurs/"


def invitation_url(invitation):
    return f"/candidatures/invitations/{invitation.uuid}/"


def roles(application) -> dict:
    return {place.user.first_name: place.role for place in application.applicants.exclude(user=None)}


def join(lead, draft, person, role=ApplicantRole.MEMBER):
    """Bring someone in by a code."""
    invitation = invitations.invite(actor=lead, application=draft, role=role)
    return invitations.accept_invitation(
        actor=person, invitation=invitation, code=invitations.code_of(invitation)
    )


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
    offered = client_for(mate).get(people_url(draft)).content.decode()
    assert "Awa Diallo vous propose" in offered
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


def test_the_page_of_a_submitted_applications_team_says_so(client_for, lead, draft):
    application = applications.submit_application(actor=lead, application=draft)
    main = client_for(lead).get(people_url(application)).content.decode().partition('id="main"')[2]
    assert "Votre équipe</h1>" in main
    assert "ec-lead" not in main.partition("<section")[0]


def test_a_completion_that_is_asked_for_stands_in_my_applications(client_for, lead, draft):
    application = applications.submit_application(actor=lead, application=draft)
    completion.ask_completion(
        actor=application.call.created_by, application=application, keys=["probleme"], message="Où ?",
        due_on=clock.today() + timedelta(days=3),
    )  # fmt: skip
    mine = client_for(lead).get("/candidatures/").content.decode()
    assert f'/candidatures/{application.uuid}/completer/">Il manque quelque chose' in mine
