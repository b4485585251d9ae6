"""The outbox: one letter a key, read before it leaves, sent once, and *uncertain* rather than sent twice."""

import smtplib
from datetime import date, timedelta

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.core.mail.backends.locmem import EmailBackend

from incubator.accounts.models import Workplace
from incubator.core import clock, jobs, letter_texts, letters
from incubator.core.models import Job, JournalEntry, Letter, LetterTemplate, Refused
from tests.factories.accounts import make_person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("kinds")]


def write_news(key="news-1", **fields):
    return letters.write(
        **{"kind": "test.news", "key": key, "context": {"title": "Des arrêts de bus qui parlent"}, **fields}
    )


def write_receipt(key="receipt-1", **fields):
    return letters.write(**{"kind": "test.receipt", "key": key, "context": {"number": "ECL-7"}, **fields})


# -- Writing -----------------------------------------------------------------------------------------


def test_a_letter_waits_to_be_read_and_is_written_once(agent):
    letter = write_news(recipient=agent, about=agent)
    again = write_news(recipient=agent, context={"title": "Autre"})
    assert again.pk == letter.pk
    assert (letter.state, letter.channel, letter.to_address) == ("held", "email", "amina@region.example")
    assert letter.subject == "Des nouvelles de Des arrêts de bus qui parlent"
    assert letter.body == "Bonjour Amina Diallo,\n\n« Des arrêts de bus qui parlent » est retenu.\n"
    assert letter.about_label == "Amina Diallo"
    assert Job.objects.count() == 0
    assert JournalEntry.objects.filter(verb="core.letter_written").count() == 1


def test_a_receipt_leaves_without_being_read(agent):
    letter = write_receipt(recipient=agent)
    assert letter.state == "approved"
    jobs.sweep()
    letter.refresh_from_db()
    assert (letter.state, letter.attempts) == ("sent", 1)
    assert letter.settled_at is not None
    [sent] = mail.outbox
    assert (sent.to, sent.subject) == (["amina@region.example"], "Bien reçu : ECL-7")


def test_the_language_is_the_recipients(db):
    person = make_person(first_name="Grace", last_name="Okafor", email="g@region.example", language="en")
    letter = write_news(recipient=person)
    assert (letter.language, letter.subject) == ("en", "News of Des arrêts de bus qui parlent")


@pytest.mark.parametrize(
    ("fields", "channel", "address"),
    [
        ({"email": "a@region.example", "preferred_channel": "email"}, "email", "a@region.example"),
        ({"email": "a@region.example", "preferred_channel": "paper"}, "paper", ""),
        (
            {"email": "a@region.example", "phone": "06 39 98 00 01", "preferred_channel": "sms"},
            "sms",
            "06 39 98 00 01",
        ),
        ({"phone": "06 39 98 00 01", "preferred_channel": "email"}, "paper", ""),
        ({"email": "a@region.example", "preferred_channel": "sms"}, "paper", ""),
        ({"email": "a@region.example", "preferred_channel": "none"}, "paper", ""),
    ],
)
def test_the_channel_is_the_recipients_and_paper_where_the_address_lacks(db, fields, channel, address):
    person = make_person()
    for name, value in fields.items():  # also what the verbs would refuse, and an import may contain
        setattr(person, name, value)
    person.save()
    letter = write_news(recipient=person)
    assert (letter.channel, letter.to_address) == (channel, address)


def test_paper_goes_to_the_workplace(db):
    lodge = Workplace.objects.create(name="Lycée Jules-Ferry", town="Valombre")
    letter = write_news(recipient=make_person(workplace=lodge))
    assert (letter.channel, letter.to_address) == ("paper", "Lycée Jules-Ferry (Valombre)")


@pytest.mark.parametrize(
    ("address", "channel"),
    [("m@region.example", "email"), ("06 39 98 00 01", "sms"), ("Loge du lycée", "paper"), ("", "paper")],
)
def test_who_has_no_account_is_written_to_at_the_address_given(address, channel):
    letter = write_news(to_name="Marc Vidal", to_address=address)
    assert (letter.channel, letter.to_name) == (channel, "Marc Vidal")
    assert letter.body.startswith("Bonjour Marc Vidal,") or channel == "sms"


def test_a_text_message_has_its_short_text(db):
    person = make_person(phone="06 39 98 00 01", preferred_channel="sms")
    assert write_news(recipient=person).body == "Des arrêts de bus qui parlent : retenu.\n"


def test_a_subject_never_breaks_into_a_second_header(agent):
    letter = write_news(recipient=agent, context={"title": "x\r\nBcc: tous@region.example"})
    assert letter.subject == "Des nouvelles de x Bcc: tous@region.example"


def test_past_letters_of_the_demonstration_are_marked_and_make_no_job(agent):
    day = clock.now() - timedelta(days=900)
    with letters.delivered_as_demo(), clock.at(day):
        news = write_news(recipient=agent)
        write_receipt(recipient=agent)
    assert (news.state, news.is_demo, news.settled_at, news.created_at) == ("sent", True, day, day)
    assert Job.objects.count() == 0
    assert mail.outbox == []
    assert write_news("news-2", recipient=agent).is_demo is False


# -- The authority's own words -----------------------------------------------------------------------


def test_the_authoritys_words_replace_ours_and_only_named_values_are_filled_in(agent):
    LetterTemplate.objects.create(
        kind="test.news",
        language="fr",
        subject="{{ title }} ({{ when }})",
        body="{{name}}, {{ amount }} {{ unknown }}\n{% debug %}{{ settings.SECRET_KEY }}{{ title|upper }}",
    )
    letter = write_news(recipient=agent, context={"title": "Bus", "when": date(2020, 7, 7), "amount": 50000})
    assert letter.subject == "Bus (mardi 7 juillet 2020)"
    head, raw = letter.body.split("\n", 1)
    assert head.replace("\u202f", " ").replace("\xa0", " ").rstrip() == "Amina Diallo, 50 000"
    assert raw == "{% debug %}{{ settings.SECRET_KEY }}{{ title|upper }}\n"  # said as it stands, never run


def test_the_names_that_may_be_used_are_those_of_our_texts():
    names = letter_texts.placeholders("calls.receipt")
    assert {"name", "receipt_number", "title", "contact_phone"} <= set(names)


# -- What people do ------------------------------------------------------------------------------------


def test_approving_sends_an_email_and_only_an_email(agent, manager):
    by_mail = write_news(recipient=agent)
    on_paper = write_news("news-2", to_name="Marc Vidal")
    for letter in (by_mail, on_paper):
        letters.approve(actor=manager, letter=letter)
        assert (letter.state, letter.approved_by) == ("approved", manager)
    jobs.sweep()
    by_mail.refresh_from_db()
    on_paper.refresh_from_db()
    assert (by_mail.state, on_paper.state) == ("sent", "approved")
    assert len(mail.outbox) == 1


def test_without_email_on_the_site_nothing_leaves_and_nothing_pretends_to(agent, manager, settings):
    settings.EMAIL_IS_CONFIGURED = False
    letter = write_receipt(recipient=agent)
    assert (letter.state, Job.objects.count()) == ("approved", 0)
    with pytest.raises(Refused):
        letters.send(actor=manager, letter=letter)
    assert list(Letter.objects.waiting_for_a_person()) == [letter]
    settings.EMAIL_IS_CONFIGURED = True
    assert list(Letter.objects.waiting_for_a_person()) == []
    letters.send(actor=manager, letter=letter)
    jobs.sweep()
    assert len(mail.outbox) == 1


@pytest.mark.parametrize(
    ("verb", "state"),
    [
        (letters.mark_printed, "printed"),
        (letters.mark_phoned, "phoned"),
        (letters.drop, "dropped"),
    ],
)
def test_settling_by_hand_is_final_and_journaled(agent, manager, verb, state):
    letter = write_news(recipient=agent)
    verb(actor=manager, letter=letter)
    assert (letter.state, letter.settled_at is not None) == (state, True)
    assert JournalEntry.objects.filter(verb=f"core.letter_{state}", actor=manager).count() == 1
    # What was put aside may still be said otherwise; nothing else moves any more.
    by_hand = () if state == "dropped" else (letters.mark_printed, letters.mark_phoned)
    for other in (letters.approve, *by_hand, letters.drop):
        with pytest.raises(Refused, match="Quelqu’un d’autre|Someone else"):
            other(actor=manager, letter=letter)


def test_a_letter_is_corrected_only_before_it_is_approved(agent, manager):
    letter = write_news(recipient=agent)
    letters.edit(actor=manager, letter=letter, subject=" Bonne\nnouvelle ", body="Bravo.")
    assert (letter.subject, letter.body, letter.state) == ("Bonne nouvelle", "Bravo.\n", "held")
    with pytest.raises(Refused) as refused:
        letters.edit(actor=manager, letter=letter, subject=" ", body="\n ")
    assert set(refused.value.message_dict) == {"subject", "body"}
    letters.approve(actor=manager, letter=letter)
    with pytest.raises(Refused):
        letters.edit(actor=manager, letter=letter, subject="Trop tard", body="x")


def test_only_those_who_run_the_outbox_may(agent):
    letter = write_news(recipient=agent)
    verbs = [letters.approve, letters.mark_printed, letters.mark_phoned, letters.drop, letters.send]
    for verb in verbs:
        with pytest.raises(PermissionDenied):
            verb(actor=agent, letter=letter)
    with pytest.raises(PermissionDenied):
        letters.edit(actor=agent, letter=letter, subject="x", body="y")
    with pytest.raises(PermissionDenied):
        letters.settle_uncertain(actor=agent, letter=letter, sent=False)
    assert Letter.objects.get().state == "held"
    assert list(Letter.objects.visible_to(agent)) == []


# -- Delivery ------------------------------------------------------------------------------------------


class Failing(EmailBackend):
    at_open: Exception | None = None
    at_send: Exception | None = None

    def open(self):
        if self.at_open:
            raise self.at_open
        return True

    def send_messages(self, messages):
        if self.at_send:
            raise self.at_send
        return super().send_messages(messages)


@pytest.fixture
def server(settings, monkeypatch):
    settings.EMAIL_BACKEND = "tests.core.test_letters.Failing"

    def fails(at_open=None, at_send=None):
        monkeypatch.setattr(Failing, "at_open", at_open)
        monkeypatch.setattr(Failing, "at_send", at_send)

    return fails


@pytest.mark.parametrize(
    "trouble",
    [
        {"at_open": ConnectionRefusedError("no server")},
        {"at_send": smtplib.SMTPRecipientsRefused({"amina@region.example": (550, b"unknown")})},
        {"at_send": smtplib.SMTPDataError(552, b"too big")},
    ],
)
def test_what_certainly_did_not_leave_is_tried_again(agent, server, trouble):
    server(**trouble)
    letter = write_receipt(recipient=agent)
    jobs.sweep()
    letter.refresh_from_db()
    job = Job.objects.get()
    assert (letter.state, letter.lease_until, job.state) == ("approved", None, "queued")
    assert type(next(iter(trouble.values()))).__name__ in letter.error
    server()
    with clock.at(job.run_after):
        jobs.sweep()
    letter.refresh_from_db()
    assert (letter.state, letter.error) == ("sent", "")
    assert len(mail.outbox) == 1


def test_what_may_have_left_waits_for_a_person_and_is_never_tried_again(agent, manager, server):
    server(at_send=smtplib.SMTPServerDisconnected("in the middle of the text"))
    letter = write_receipt(recipient=agent)
    jobs.sweep()
    letter.refresh_from_db()
    assert letter.state == "uncertain"
    server()
    with clock.at(clock.now() + timedelta(days=1)):
        jobs.sweep()
    assert mail.outbox == []
    letters.settle_uncertain(actor=manager, letter=letter, sent=False)
    jobs.sweep()
    letter.refresh_from_db()
    assert (letter.state, len(mail.outbox)) == ("sent", 1)


def test_an_uncertain_letter_that_has_arrived_is_settled_without_sending(agent, manager):
    letter = write_receipt(recipient=agent)
    Letter.objects.update(state="uncertain")
    Job.objects.all().delete()
    letters.settle_uncertain(actor=manager, letter=letter, sent=True)
    assert (letter.state, Job.objects.count()) == ("sent", 0)


def test_a_letter_left_in_the_middle_becomes_uncertain_after_its_lease(agent):
    letter = write_receipt(recipient=agent)
    now = clock.now()
    Letter.objects.update(state="sending", lease_until=now + timedelta(seconds=300), attempts=1)
    jobs.sweep()  # the job finds it taken and leaves it
    assert letters.settle_silent() == 0
    with clock.at(now + timedelta(seconds=301)):
        assert letters.settle_silent() == 1
    letter.refresh_from_db()
    assert (letter.state, letter.lease_until) == ("uncertain", None)
    assert mail.outbox == []


def test_two_deliveries_of_one_letter_send_it_once(agent):
    letter = write_receipt(recipient=agent)
    letters.deliver(letter.pk)
    letters.deliver(letter.pk)
    assert len(mail.outbox) == 1
