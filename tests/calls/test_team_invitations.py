"""How one joins the team of an application: invited by e-mail, or by a code to type."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied

from calls.domain import applications, invitations
from calls.enums import InvitationState
from calls.models import Invitation
from incubator.core import clock
from incubator.core.models import Letter, Refused
from tests.calls.test_apply_screens import begin, url
from tests.calls.test_team import invitation_url, join, people_url, roles
from tests.factories.calls import make_call
from tests.factories.projects import decide, make_person

pytestmark = pytest.mark.django_db


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
