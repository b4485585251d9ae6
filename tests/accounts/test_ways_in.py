"""The ways in, through HTTP: code, password, slip; what stays shut; what bad input gets."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from incubator.accounts.domain import people
from incubator.accounts.models import User
from incubator.core import clock
from incubator.core.models import JournalEntry
from tests.factories.accounts import make_admin, make_person

pytestmark = pytest.mark.django_db

PASSWORD = "quatre mots bien choisis"
SIGN_IN = "/compte/connexion/"
ASK = "/compte/connexion/code/"
CONFIRM = "/compte/connexion/code/saisir/"


@pytest.fixture(autouse=True)
def _front_pages(site):
    """Every page of the site needs Wagtail's default site."""


@pytest.fixture
def visitor():
    client = Client()
    client.cookies["django_language"] = "en"
    return client


def signed_in(client) -> int | None:
    user_id = client.session.get("_auth_user_id")
    return int(user_id) if user_id else None


def sent_code() -> str:
    return re.search(r"^ {4}(\S+)$", mail.outbox[-1].body, re.MULTILINE).group(1)


def text(answer) -> str:
    return answer.content.decode().replace("&#x27;", "'").replace("&amp;", "&")


# -- The page -------------------------------------------------------------------------------------


def test_the_page_has_two_doors_and_keeps_where_one_was_going(visitor):
    page = text(visitor.get(f"{SIGN_IN}?next=/aujourdhui/"))
    assert page.count("<h2") >= 2
    assert page.count('name="next" value="/aujourdhui/"') == 2
    assert reverse("account_reset_password") in page


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
def test_no_door_leads_to_another_site(visitor, target):
    person = make_person(password=PASSWORD)
    page = text(visitor.get(SIGN_IN, {"next": target}))
    assert target not in page
    answer = visitor.post(SIGN_IN, {"login": person.username, "password": PASSWORD, "next": target})
    assert (answer.status_code, answer["Location"]) == (302, "/aujourdhui/")


def test_closed_addresses(visitor, client_for):
    for url in (
        "/compte/signup/",
        "/compte/email/",
        "/compte/account_signup/",
        "/compte/account_email/",
        "/compte/3rdparty/",
        "/compte/social/signup/",
    ):
        assert visitor.get(url).status_code == 404, url
        assert client_for(make_person()).get(url).status_code == 404, url


# -- Password -------------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["{username}", " {username} ", "{USERNAME}"])
def test_user_name_and_password(visitor, typed):
    person = make_person(password=PASSWORD)
    login = typed.format(username=person.username, USERNAME=person.username.upper())
    answer = visitor.post(SIGN_IN, {"login": login, "password": PASSWORD, "next": "/mon-compte/"})
    assert (answer.status_code, answer["Location"]) == (302, "/mon-compte/")
    assert signed_in(visitor) == person.pk


def test_email_with_capitals_and_password(visitor):
    person = make_person(email="agent@region.example", password=PASSWORD)
    visitor.post(SIGN_IN, {"login": "Agent@Region.Example", "password": PASSWORD})
    assert signed_in(visitor) == person.pk


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"login": "", "password": ""}, "This field is required"),
        ({"login": "nobody", "password": PASSWORD}, "This user name or this password is not right"),
        ({"login": "nobody@region.example", "password": PASSWORD}, "This user name or this password"),
        ({"login": "x\x00y", "password": PASSWORD}, "Null characters are not allowed"),
        ({"login": "x" * 10_000, "password": PASSWORD}, "at most 254 characters"),
        ({"login": "nobody", "password": "x" * 10_000}, "at most 256 characters"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(visitor, typed, sentence):
    answer = visitor.post(SIGN_IN, typed)
    assert answer.status_code == 200
    assert sentence in text(answer)
    if typed["login"] == "nobody":
        assert 'value="nobody"' in text(answer)
    assert signed_in(visitor) is None


def test_a_wrong_password_and_an_unknown_name_get_the_same_answer(visitor):
    person = make_person(password=PASSWORD)
    known = text(visitor.post(SIGN_IN, {"login": person.username, "password": "wrong"}))
    unknown = text(visitor.post(SIGN_IN, {"login": "nobody.here", "password": "wrong"}))
    wash = re.compile(r'name="csrfmiddlewaretoken" value="\w+"')
    assert wash.sub("", known).replace(person.username, "nobody.here") == wash.sub("", unknown)


def test_too_many_tries_shut_the_door_for_a_while(visitor):
    person = make_person(password=PASSWORD)
    for _ in range(5):
        visitor.post(SIGN_IN, {"login": person.username, "password": "wrong"})
    answer = visitor.post(SIGN_IN, {"login": person.username, "password": PASSWORD})
    assert "Too many tries. Wait five minutes" in text(answer)
    assert signed_in(visitor) is None


def test_a_replayed_form_changes_nothing(visitor):
    person = make_person(password=PASSWORD)
    form = {"login": person.username, "password": PASSWORD, "next": "/mon-compte/"}
    visitor.post(SIGN_IN, form)
    answer = visitor.post(SIGN_IN, form)
    assert (answer.status_code, answer["Location"]) == (302, "/mon-compte/")


def test_a_closed_account_does_not_enter(visitor):
    person = make_person(password=PASSWORD)
    people.close_person(actor=None, user=person)
    answer = visitor.post(SIGN_IN, {"login": person.username, "password": PASSWORD}, follow=True)
    assert "This account is closed" in text(answer)
    assert signed_in(visitor) is None


def test_signing_out_takes_a_post(client_for):
    person = make_person()
    client = client_for(person)
    page = client.get(reverse("account_logout"))
    assert page.status_code == 200
    assert signed_in(client) == person.pk
    assert client.post(reverse("account_logout"))["Location"] == "/"
    assert signed_in(client) is None


# -- Code -----------------------------------------------------------------------------------------


def test_a_known_address_enters_with_the_code(visitor):
    person = make_person(email="agent@elsewhere.example")
    answer = visitor.post(ASK, {"email": "Agent@Elsewhere.example", "next": "/mon-compte/"})
    assert answer.status_code == 302
    assert mail.outbox[-1].to == ["agent@elsewhere.example"]
    answer = visitor.post(answer["Location"], {"code": sent_code().lower()})
    assert (answer.status_code, answer["Location"]) == (302, "/mon-compte/")
    assert signed_in(visitor) == person.pk
    assert person.emailaddress_set.get().verified


def test_an_open_domain_opens_an_account_when_the_code_comes_back(visitor):
    visitor.post(ASK, {"email": "lea-marie.le.goff@Region.Example"})
    assert not User.objects.exists()
    visitor.post(CONFIRM, {"code": sent_code()})
    person = User.objects.get()
    assert (person.first_name, person.last_name) == ("Lea-Marie", "Le Goff")
    assert person.email == "lea-marie.le.goff@region.example"
    assert signed_in(visitor) == person.pk
    assert JournalEntry.objects.filter(verb="accounts.open_account", target_pk=str(person.pk)).exists()


def test_an_unknown_address_elsewhere_gets_the_same_answer_and_no_code(visitor):
    make_person(email="known@elsewhere.example")
    pages = []
    for address in ("known@elsewhere.example", "someone@elsewhere.example"):
        client = Client()
        client.cookies["django_language"] = "en"
        answer = client.post(ASK, {"email": address})
        assert (answer.status_code, answer["Location"]) == (302, CONFIRM)
        page = text(client.get(CONFIRM)).replace(address, "address")
        pages.append(re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page))
    assert pages[0] == pages[1]
    assert "Perhaps this address is not known to us" in pages[0]
    assert mail.outbox[-1].subject == "This address is not known to us"
    assert "code" not in client.session["account_login"]["state"]["stages"]["login_by_code"]["data"]
    for code in ("", "AAAA-AAAA"):
        assert signed_in(client) is None
        client.post(CONFIRM, {"code": code})
    assert User.objects.count() == 1


def test_another_code_can_be_asked_for(visitor):
    make_person(email="agent@elsewhere.example")
    visitor.post(ASK, {"email": "agent@elsewhere.example"})
    first = sent_code()
    visitor.post(CONFIRM, {"action": "resend"})
    assert len(mail.outbox) == 2
    assert "This code is not right" in text(visitor.post(CONFIRM, {"code": first}))
    visitor.post(CONFIRM, {"code": sent_code()})
    assert signed_in(visitor) is not None


def test_resending_to_an_unknown_address_never_makes_a_code(visitor):
    visitor.post(ASK, {"email": "someone@elsewhere.example"})
    visitor.post(CONFIRM, {"action": "resend"})
    assert len(mail.outbox) == 1
    assert "code" not in visitor.session["account_login"]["state"]["stages"]["login_by_code"]["data"]


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "This field is required"),
        ("AAAA-AAAA", "This code is not right"),
        ("é", "This code is not right"),
        ("A\x00", "Null characters are not allowed"),
        ("A" * 10_000, "at most 40 characters"),
    ],
)
def test_a_wrong_code_is_said_beside_the_field(visitor, typed, sentence):
    make_person(email="agent@elsewhere.example")
    visitor.post(ASK, {"email": "agent@elsewhere.example"})
    answer = visitor.post(CONFIRM, {"code": typed})
    assert answer.status_code == 200
    assert sentence in text(answer)
    assert signed_in(visitor) is None


def test_five_wrong_codes_end_the_try(visitor):
    make_person(email="agent@elsewhere.example")
    visitor.post(ASK, {"email": "agent@elsewhere.example"})
    code = sent_code()
    for _ in range(4):
        assert visitor.post(CONFIRM, {"code": "AAAA-AAAA"}).status_code == 200
    answer = visitor.post(CONFIRM, {"code": "AAAA-AAAA"}, follow=True)
    assert "Too many tries" in text(answer)
    visitor.post(CONFIRM, {"code": code})
    assert signed_in(visitor) is None


def test_an_old_code_is_refused(visitor, monkeypatch):
    import time

    make_person(email="agent@elsewhere.example")
    visitor.post(ASK, {"email": "agent@elsewhere.example"})
    later = time.time() + 15 * 60 + 1
    monkeypatch.setattr("allauth.account.internal.flows.code_verification.time.time", lambda: later)
    visitor.post(CONFIRM, {"code": sent_code()}, follow=True)
    assert signed_in(visitor) is None


def test_asking_for_codes_has_a_limit(visitor):
    for _ in range(3):
        assert visitor.post(ASK, {"email": "agent@elsewhere.example"}).status_code == 302
    answer = visitor.post(ASK, {"email": "agent@elsewhere.example"})
    assert answer.status_code == 200
    assert "Too many tries" in text(answer)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "This field is required"),
        ("no address", "Enter a valid email address"),
        ("a\x00@region.example", "Null characters are not allowed"),
        ("a" * 10_000 + "@region.example", "at most 254 characters"),
    ],
)
def test_a_bad_address_is_said_beside_the_field(visitor, typed, sentence):
    answer = visitor.post(ASK, {"email": typed})
    assert answer.status_code == 200
    assert sentence in text(answer)
    assert mail.outbox == []


def test_a_new_try_replaces_the_one_begun_before(visitor):
    person = make_person(password=PASSWORD)
    visitor.post(ASK, {"email": "someone@elsewhere.example"})
    visitor.post(SIGN_IN, {"login": person.username, "password": PASSWORD})
    assert signed_in(visitor) == person.pk


# -- The slip -------------------------------------------------------------------------------------


def test_the_slip_shows_the_password_once_and_it_opens_the_door(visitor, client_for):
    person, admin = make_person(language="en"), client_for(make_admin())
    url = reverse("accounts:slip", args=[person.uuid])
    assert b"ec-slip__value" not in admin.get(url).content
    answer = admin.post(url)
    assert answer["Cache-Control"].startswith("max-age=0, no-cache, no-store")
    password = re.search(r">([2-9a-z]{4}-[2-9a-z]{4}-[2-9a-z]{4})<", text(answer)).group(1)
    assert password not in text(admin.get(url))

    answer = visitor.post(SIGN_IN, {"login": person.username, "password": password, "next": "/mon-compte/"})
    assert answer["Location"] == "/mon-compte/"
    answer = visitor.get("/mon-compte/")
    first = f"{reverse('account_first_password')}?next=%2Fmon-compte%2F"
    assert (answer.status_code, answer["Location"]) == (302, first)

    same = {"password1": password, "password2": password, "next": "/mon-compte/"}
    assert "This is the password of the slip" in text(visitor.post(first, same))
    weak = {"password1": "court", "password2": "court"}
    assert "too short" in text(visitor.post(first, weak))
    different = {"password1": PASSWORD, "password2": PASSWORD + "!"}
    assert "The two passwords are not the same" in text(visitor.post(first, different))
    answer = visitor.post(first, {"password1": PASSWORD, "password2": PASSWORD, "next": "/mon-compte/"})
    assert (answer.status_code, answer["Location"]) == (302, "/mon-compte/")
    assert visitor.get("/mon-compte/").status_code == 200

    other = Client()
    other.post(SIGN_IN, {"login": person.username, "password": password})
    assert signed_in(other) is None
    other.post(SIGN_IN, {"login": person.username, "password": PASSWORD})
    assert signed_in(other) == person.pk


def test_with_a_slip_nothing_answers_before_the_first_password(client_for):
    person = make_person()
    people.issue_one_time_password(actor=None, user=person)
    client = client_for(person)
    first = reverse("account_first_password")
    for url in ("/mon-compte/", "/aujourdhui/", "/admin/", "/", reverse("account_change_password")):
        assert client.get(url)["Location"].startswith(first), url
    assert client.post("/mon-compte/", {"display_name": "x"})["Location"] == first
    answer = client.get("/mon-compte/", headers={"HX-Request": "true"})
    assert answer["HX-Redirect"] == first
    assert client.get(first).status_code == 200
    assert client.post(reverse("account_logout")).status_code == 302


def test_a_slip_ends(visitor, settings):
    person = make_person()
    long_ago = clock.now() - timedelta(days=settings.ONE_TIME_PASSWORD_DAYS + 1)
    with clock.at(long_ago):
        password = people.issue_one_time_password(actor=None, user=person)
    answer = visitor.post(SIGN_IN, {"login": person.username, "password": password})
    assert "This one-time password is no longer valid" in text(answer)
    assert signed_in(visitor) is None


def test_a_slip_is_for_those_who_look_after_people_and_never_for_the_powerful(client_for):
    person, admin = make_person(), make_admin()
    url = reverse("accounts:slip", args=[person.uuid])
    assert client_for(make_person()).post(url).status_code == 404
    assert client_for(person).post(url).status_code == 403
    assert client_for(admin).post(reverse("accounts:slip", args=[admin.uuid])).status_code == 403
    assert Client().post(url)["Location"].startswith(SIGN_IN)
    person.refresh_from_db()
    assert not person.has_usable_password()


# -- Forgotten, changed ---------------------------------------------------------------------------


def test_a_forgotten_password_is_replaced_by_e_mail(visitor):
    person = make_person(email="agent@elsewhere.example", password=PASSWORD)
    assert visitor.get("/compte/mot-de-passe/oublie/").status_code == 200
    visitor.post("/compte/mot-de-passe/oublie/", {"email": "agent@elsewhere.example"})
    link = re.search(r"http://testserver(\S+)", mail.outbox[-1].body).group(1)
    page = visitor.get(link, follow=True)
    answer = visitor.post(
        page.redirect_chain[-1][0], {"password1": PASSWORD * 2, "password2": PASSWORD * 2}, follow=True
    )
    assert "Your password is saved" in text(answer)
    visitor.post(SIGN_IN, {"login": person.username, "password": PASSWORD * 2})
    assert signed_in(visitor) == person.pk
    assert "has already served" in text(Client().get(link, headers={"Accept-Language": "en"}, follow=True))


def test_an_unknown_address_gets_the_same_answer_when_forgotten(visitor):
    make_person(email="agent@elsewhere.example")
    answers = [
        visitor.post("/compte/mot-de-passe/oublie/", {"email": address})
        for address in ("agent@elsewhere.example", "nobody@elsewhere.example")
    ]
    assert answers[0].status_code == answers[1].status_code == 302
    assert answers[0]["Location"] == answers[1]["Location"]


def test_changing_and_choosing_a_password(client_for):
    person = make_person(password=PASSWORD)
    client = client_for(person)
    client.cookies["django_language"] = "en"
    url = reverse("account_change_password")
    wrong = {"oldpassword": "wrong", "password1": PASSWORD * 2, "password2": PASSWORD * 2}
    assert "This is not your present password" in text(client.post(url, wrong))
    weak = {"oldpassword": PASSWORD, "password1": "123456789012", "password2": "123456789012"}
    assert "entirely numeric" in text(client.post(url, weak))
    assert client.post(url, {**wrong, "oldpassword": PASSWORD}).status_code == 302
    person.refresh_from_db()
    assert person.check_password(PASSWORD * 2)
    assert JournalEntry.objects.filter(verb="accounts.choose_password", target_pk=str(person.pk)).count() == 2


# -- The admin's door -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    [
        "/admin/login/",
        "/admin/password_reset/",
        "/admin/password_reset/done/",
        "/admin/users/",
        "/admin/groups/",
    ],
)
def test_wagtails_own_doors_are_walled_up(visitor, client_for, path):
    answer = visitor.get(path, follow=True)
    assert answer.status_code == 404 or answer.redirect_chain[-1][0].startswith(SIGN_IN)
    person = make_admin(password=PASSWORD)
    visitor.post(path, {"username": person.username, "password": PASSWORD})
    assert signed_in(visitor) is None
    assert client_for(person).get(path, follow=True).status_code in (200, 404)


def test_wagtails_user_screens_do_not_answer_even_to_an_administrator(client_for):
    client = client_for(make_admin())
    for path in (
        "/admin/users/",
        "/admin/users/new/",
        "/admin/groups/",
        "/admin/password_reset/",
        "/admin/bulk/accounts/user/delete/",
    ):
        assert client.get(path).status_code == 404, path


def test_the_admin_opens_to_administrators_and_answers_others_with_a_sentence(visitor, client_for):
    assert visitor.get("/admin/")["Location"] == f"{SIGN_IN}?next=/admin/"
    assert client_for(make_admin()).get("/admin/").status_code == 200
    assert client_for(make_person()).get("/admin/").status_code == 403
    assert client_for(make_person()).get("/admin/people/").status_code == 403


def test_the_admin_speaks_the_persons_language(client_for):
    client = client_for(make_admin())
    assert "Personnes" in text(client.get("/admin/people/")) or 'lang="fr"' in text(client.get("/admin/"))
    client.cookies["django_language"] = "en"
    assert 'lang="en"' in text(client.get("/admin/"))
