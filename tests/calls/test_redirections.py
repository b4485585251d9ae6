"""A problem handed to a department: who is told what, and the answer that comes back."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied

from calls.domain import redirections as verbs
from calls.models import Application, Redirection
from calls.rules import answer_key
from incubator.core import clock, jobs, letters
from incubator.core.models import Letter, Refused
from projects.enums import Stage
from tests.factories.accounts import make_directorate
from tests.factories.calls import answer, make_application, make_call
from tests.factories.projects import decide, make_person

pytestmark = pytest.mark.django_db

REASON = "Le bâtiment entretient ces portes."


@pytest.fixture
def application(site):
    return make_application(call=make_call(), user=make_person(email="lina@region.example"))


def in_days(days):
    return clock.today() + timedelta(days=days)


def hand_over(application, **fields):
    values = {
        "directorate": make_directorate(),
        "reason": REASON,
        "due_on": in_days(20),
        "name": "Gaëlle Arnoux",
        "address": "gaelle@region.example",
        **fields,
    }
    return verbs.redirect_application(actor=application.call.created_by, application=application, **values)


def letters_of(kind):
    return list(Letter.objects.filter(kind=kind).order_by("pk"))


def test_the_author_reads_who_answers_and_before_when(application):
    redirection = hand_over(application)
    application.project.refresh_from_db()
    assert application.project.stage == Stage.REDIRECTED
    (told,) = letters_of("calls.redirected")
    assert told.state == Letter.State.HELD
    assert told.recipient == application.applicants.get().user
    for words in ("Gaëlle Arnoux", redirection.directorate.name, REASON):
        assert words in told.body
    (asked,) = letters_of("calls.redirection_asked")
    assert (asked.to_address, asked.channel) == ("gaelle@region.example", Letter.Channel.EMAIL)
    assert f"/reorientations/{redirection.uuid}/?cle={answer_key(redirection)}" in asked.body
    assert application.applicants.get().name not in asked.body


def test_the_author_s_name_is_passed_on_only_when_they_agree(application):
    hand_over(application, with_names=True)
    assert application.applicants.get().name in letters_of("calls.redirection_asked")[0].body


def test_a_redirected_author_counts_as_answered_once_the_letter_has_arrived(application):
    hand_over(application)
    waiting = Application.objects.filter(pk=application.pk).unanswered()
    assert waiting.exists()
    letters.mark_phoned(actor=application.call.created_by, letter=letters_of("calls.redirected")[0])
    assert not waiting.exists()


def test_the_answer_comes_back_to_the_author_and_to_the_manager(application):
    redirection = hand_over(application)
    verbs.answer_redirection(
        actor=None, redirection=redirection, kind="will_do", answer="Nous changeons la porte en mai.",
        key=answer_key(redirection),
    )  # fmt: skip
    assert redirection.state == "answered"
    (back,) = letters_of("calls.redirection_answered")
    assert "Nous changeons la porte en mai." in back.body
    assert back.recipient == application.applicants.get().user
    (told,) = letters_of("calls.redirection_told")
    assert told.recipient == application.call.created_by
    assert told.state == Letter.State.APPROVED
    with pytest.raises(Refused):
        verbs.answer_redirection(
            actor=None,
            redirection=redirection,
            kind="exists",
            answer="Deux fois.",
            key=answer_key(redirection),
        )
    redirection.refresh_from_db()
    assert redirection.answer == "Nous changeons la porte en mai."
    assert len(letters_of("calls.redirection_answered")) == 1


@pytest.mark.parametrize("key", ["", "faux", "é"])
def test_only_the_person_asked_answers(application, key):
    redirection = hand_over(application)
    for user in (None, make_person()):
        with pytest.raises(PermissionDenied):
            verbs.answer_redirection(
                actor=user, redirection=redirection, kind="exists", answer="Oui.", key=key
            )
    other = hand_over(make_application(call=application.call, user=make_person()))
    with pytest.raises(PermissionDenied):
        verbs.answer_redirection(
            actor=None, redirection=redirection, kind="exists", answer="Oui.", key=answer_key(other)
        )


def test_someone_with_an_account_answers_signed_in_and_the_manager_for_a_phone_call(application):
    expert = make_person(email="expert@region.example")
    redirection = hand_over(application, recipient=expert, name="", address="")
    assert letters_of("calls.redirection_asked")[0].recipient == expert
    verbs.answer_redirection(actor=expert, redirection=redirection, kind="exists", answer="C’est le 36 12.")
    second = hand_over(make_application(call=application.call, user=make_person()))
    verbs.answer_redirection(
        actor=application.call.created_by, redirection=second, kind="not_ours", answer="Dit au téléphone."
    )
    assert second.answer_kind == "not_ours"


@pytest.mark.parametrize(
    ("fields", "about"),
    [
        ({"directorate": None}, "directorate"),
        ({"reason": " \x00 "}, "reason"),
        ({"name": "  "}, "recipient"),
        ({"due_on": None}, "due_on"),
        ({"due_on": clock.today() - timedelta(days=1)}, "due_on"),
        ({"due_on": clock.today() + timedelta(days=500)}, "due_on"),
    ],
)
def test_what_is_missing_is_said(application, fields, about):
    with pytest.raises(Refused) as refusal:
        hand_over(application, **fields)
    assert list(refusal.value.message_dict) == [about]
    assert not Redirection.objects.exists()
    application.project.refresh_from_db()
    assert application.project.stage == Stage.APPLIED


def test_neither_the_team_nor_its_line_manager_is_asked(application):
    author = application.applicants.get().user
    boss = make_person()
    author.line_manager = boss
    author.save()
    for person in (author, boss):
        with pytest.raises(Refused) as refusal:
            hand_over(application, recipient=person)
        assert "recipient" in refusal.value.message_dict


def test_one_person_is_asked_at_a_time_and_can_be_replaced(application):
    redirection = hand_over(application)
    with pytest.raises(Refused):
        hand_over(application)
    verbs.take_back_redirection(actor=application.call.created_by, redirection=redirection)
    assert redirection.state == "cancelled"
    assert {letter.state for letter in Letter.objects.filter(kind__contains="redirect")} == {"dropped"}
    with pytest.raises(Refused):
        verbs.answer_redirection(
            actor=None,
            redirection=redirection,
            kind="exists",
            answer="Trop tard.",
            key=answer_key(redirection),
        )
    again = hand_over(application, name="Hugo Laurent")
    assert again.state == "waiting"


def test_what_a_body_has_kept_is_not_handed_over(application):
    decide(application.project, "preselection", "retain")
    application.refresh_from_db()
    with pytest.raises(Refused):
        hand_over(application)


def test_what_a_body_did_not_retain_or_redirected_can_be(application):
    answer(application, "not_this_time")
    application.refresh_from_db()
    assert hand_over(application).state == "waiting"
    second = make_application(call=application.call, user=make_person())
    decide(second.project, "preselection", "redirect")
    second.refresh_from_db()
    assert hand_over(second).state == "waiting"


def test_a_stranger_hands_nothing_over(application):
    with pytest.raises(PermissionDenied):
        verbs.redirect_application(
            actor=make_person(), application=application, directorate=make_directorate(), reason=REASON,
            due_on=in_days(5), name="Gaëlle",
        )  # fmt: skip


def test_past_the_day_reminders_are_written_three_times_a_week_apart(application):
    redirection = hand_over(application, due_on=in_days(10))
    start = clock.now()
    for day, written in ((10, 0), (12, 1), (13, 1), (20, 2), (28, 3), (60, 3)):
        with clock.at(start + timedelta(days=day)):
            jobs.sweep()
            assert len(letters_of("calls.redirection_reminder")) == written, day
    redirection.refresh_from_db()
    assert redirection.reminders == 3
    assert "attendue pour le" in letters_of("calls.redirection_reminder")[0].body


def test_nobody_is_reminded_once_it_is_answered(application):
    redirection = hand_over(application, due_on=in_days(2))
    verbs.answer_redirection(
        actor=None, redirection=redirection, kind="talk", answer="Appelons-nous.", key=answer_key(redirection)
    )
    with clock.at(clock.now() + timedelta(days=30)):
        jobs.sweep()
    assert letters_of("calls.redirection_reminder") == []
