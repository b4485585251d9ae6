"""Calls and applications through their verbs."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied

from calls.domain import applications, calls
from calls.domain.answers import seen_of
from calls.domain.forms import write_questions
from calls.enums import ApplicationState, CallState, Channel
from calls.models import AnswerRevision, Application, Call
from incubator.core import clock, jobs, letters
from incubator.core.models import Job, Letter, Refused
from projects.enums import Stage
from projects.models import Project
from tests.factories.calls import (
    GOOD_ANSWERS,
    QUESTIONS,
    make_application,
    make_call,
    make_draft,
    write_answer,
)
from tests.factories.projects import decide, make_cohort, make_manager, make_person, make_programme

pytestmark = pytest.mark.django_db


def test_a_call_is_prepared_with_its_page_as_a_draft():
    call = make_call(state="draft", code="appel-2020", title="Appel 2020")
    assert call.state == CallState.DRAFT
    assert (call.page.live, call.page.slug, call.page.get_parent().slug) == (False, "appel-2020", "appels")
    assert call.current_version is None


def test_a_call_is_not_scheduled_while_its_page_is_not_published():
    call = make_call(state="draft")
    manager = call.created_by
    with pytest.raises(Refused, match="page"):
        calls.schedule_call(actor=manager, call=call)
    calls.publish_call_page(actor=manager, call=call)
    calls.schedule_call(actor=manager, call=call)
    assert call.state == CallState.SCHEDULED


def test_a_call_without_questions_does_not_open():
    call = make_call(state="draft", questions=[])
    calls.publish_call_page(actor=call.created_by, call=call)
    with pytest.raises(Refused, match="question"):
        calls.open_call(actor=call.created_by, call=call)


def test_the_worker_opens_and_closes_at_the_hour_and_once():
    opens = datetime(2030, 1, 10, 7, tzinfo=UTC)
    with clock.at(opens - timedelta(days=2)):
        call = make_call(state="scheduled", opens_at=opens, closes_at=opens + timedelta(days=10))
        assert jobs.sweep() == 0
        moved = opens + timedelta(hours=1)
        calls.update_call(actor=call.created_by, call=call, opens_at=moved)
    assert Job.objects.filter(kind="calls.open_call").count() == 1
    with clock.at(opens):
        jobs.sweep()
        call.refresh_from_db()
        assert call.state == CallState.SCHEDULED
    with clock.at(moved):
        jobs.sweep()
        jobs.sweep()
    call.refresh_from_db()
    assert call.state == CallState.OPEN
    assert [row.name for row in call.transitions.all()] == ["schedule", "open"]
    assert call.transitions.last().actor is None
    with clock.at(opens + timedelta(days=10)):
        jobs.sweep()
    call.refresh_from_db()
    assert call.state == CallState.CLOSED


def test_a_closing_that_is_moved_does_not_happen_at_the_old_hour():
    call = make_call()
    old = call.closes_at
    later = old + timedelta(days=5)
    with pytest.raises(Refused, match="prolonger|temps|time"):
        calls.update_call(actor=call.created_by, call=call, closes_at=later)  # silently: nobody would know
    call.refresh_from_db()
    calls.extend_call(actor=call.created_by, call=call, closes_at=later, reason="Panne du réseau.")
    with clock.at(old + timedelta(minutes=1)):
        jobs.sweep()
        call.refresh_from_db()
        assert call.state == CallState.OPEN


def test_an_unfinished_draft_is_reminded_once_and_a_person_reads_the_letter_first():
    agent = make_person(email="agent@region.example")
    call = make_call()
    make_draft(call=call, user=agent)
    make_application(call=call, user=make_person())
    with clock.at(call.closes_at - timedelta(days=2)):
        jobs.sweep()
        jobs.sweep()
    letter = Letter.objects.get(kind="calls.draft_reminder")
    assert (letter.recipient, letter.state) == (agent, Letter.State.HELD)
    assert call.title in letter.body
    # Whoever reads the letter before it goes reads no draft: not even what it is called.
    assert not [said for said in (letter.subject, letter.body, letter.about_label) if "Belette" in said]


def test_the_same_questions_make_the_same_version_and_others_a_new_one_for_new_applications():
    call = make_call()
    agent = make_person()
    before = make_draft(call=call, user=agent)
    first = call.current_version
    write_questions(actor=call.created_by, form=call.form)
    call.refresh_from_db()
    assert call.current_version == first
    changed = [{**QUESTIONS[0], "title": "Votre problème"}, QUESTIONS[1]]
    write_questions(actor=call.created_by, form=call.form, sections=changed)
    call.refresh_from_db()
    assert call.current_version.number == 2
    after = make_draft(call=call, user=make_person())
    before.refresh_from_db()
    assert before.form_version.schema[0]["title"] == "Le problème"
    assert after.form_version.schema[0]["title"] == "Votre problème"
    write_questions(actor=call.created_by, form=call.form, sections=QUESTIONS)
    call.refresh_from_db()
    assert call.current_version == first


def test_keys_are_made_once_and_two_alike_are_refused():
    call = make_call(
        state="draft",
        questions=[
            {
                "title": "Étape",
                "questions": [
                    {"kind": "short_text", "label": "Où ?"},
                    {"kind": "short_text", "label": "Où ?"},
                ],
            }
        ],
    )
    section = call.form.sections[0].value
    assert section["key"] == "etape"
    assert [question.value["key"] for question in section["questions"]] == ["ou", "ou-2"]
    same = [{"title": "A", "questions": [{"kind": "date", "label": "B", "key": "b"}] * 2}]
    with pytest.raises(Refused, match="key|clé"):
        write_questions(actor=call.created_by, form=call.form, sections=same)


def test_an_outsider_prepares_and_opens_nothing():
    call = make_call(state="draft")
    outsider = make_manager(make_programme())
    with pytest.raises(PermissionDenied):
        calls.publish_call_page(actor=outsider, call=call)
    with pytest.raises(PermissionDenied):
        calls.update_call(actor=outsider, call=call, title="Pris")
    with pytest.raises(PermissionDenied):
        write_questions(actor=outsider, form=call.form, sections=[])
    with pytest.raises(PermissionDenied):
        make_call(state="draft", programme=call.programme, manager=outsider)


def test_dates_are_said_beside_their_field():
    programme = make_programme()
    manager = make_manager(programme)
    now = clock.now()
    facts = {"programme": programme, "cohort": make_cohort(programme), "code": "c", "title": "Titre"}
    with pytest.raises(Refused) as refused:
        calls.create_call(actor=manager, opens_at=now, closes_at=now, **facts)
    assert list(refused.value.message_dict) == ["closes_at"]
    with pytest.raises(Refused) as refused:
        calls.create_call(
            actor=manager,
            opens_at=now,
            closes_at=now + timedelta(days=10),
            preselection_on=(now + timedelta(days=3)).date(),
            **facts,
        )
    assert list(refused.value.message_dict) == ["preselection_on"]
    with pytest.raises(Refused) as refused:
        calls.create_call(
            actor=manager,
            opens_at=now,
            closes_at=now + timedelta(days=10),
            **{**facts, "cohort": make_cohort()},
        )
    assert list(refused.value.message_dict) == ["cohort"]
    assert not Call.objects.exists()


def test_a_draft_begun_without_an_account_is_claimed_at_sign_in():
    call = make_call()
    application, token = applications.begin_application(call=call)
    applications.save_answers(
        actor=None, application=application, values={"title": "Sans compte"}, token=token
    )
    with pytest.raises(PermissionDenied):
        applications.save_answers(actor=None, application=application, values={"title": "Volé"}, token="faux")
    assert token not in application.claim_digest
    agent = make_person()
    assert applications.claim_application(user=agent, token=token) == application
    assert applications.claim_application(user=make_person(), token=token) is None
    application.refresh_from_db()
    assert application.claim_digest == ""
    assert application.applicants.get().user == agent
    assert application.title == "Sans compte"


def test_a_draft_keeps_what_is_wrong_and_submitting_says_it():
    agent = make_person()
    draft = make_draft(
        user=agent, answers={"title": "T" * 130, "probleme": "mot " * 60, "combien": "beaucoup"}
    )
    with pytest.raises(Refused) as refused:
        applications.submit_application(actor=agent, application=draft)
    assert sorted(refused.value.message_dict) == ["combien", "probleme", "title"]
    assert draft.answers.get(key="combien").value == "beaucoup"
    assert Project.objects.count() == 0


def test_submitting_opens_a_project_and_gives_a_receipt():
    agent = make_person(email="agent@region.example")
    with clock.at(datetime(2026, 4, 7, 9, tzinfo=UTC)):
        call = make_call(closes_at=datetime(2026, 4, 10, 16, tzinfo=UTC))
        application = make_application(call=call, user=agent)
    assert application.state == ApplicationState.SUBMITTED
    assert application.receipt_number == f"C2026-{application.pk:04d}"
    # 15 working days after 10 April 2026, without the 1st and the 8th of May.
    assert application.answer_due_on == date(2026, 5, 4)
    project = application.project
    assert (project.stage, project.title, project.problem) == (
        Stage.APPLIED,
        "La Belette",
        "On appelle pour rien.",
    )
    assert project.memberships.get().user == agent
    letter = Letter.objects.get(kind="calls.receipt")
    assert letter.state == Letter.State.APPROVED
    assert application.receipt_number in letter.body


def test_submitting_again_gives_the_same_receipt():
    agent = make_person()
    draft = make_draft(user=agent)
    copy = Application.objects.get(pk=draft.pk)
    first = applications.submit_application(actor=agent, application=draft)
    second = applications.submit_application(actor=agent, application=copy)
    assert first.receipt_number == second.receipt_number
    assert (Project.objects.count(), Letter.objects.count()) == (1, 1)
    with pytest.raises(Refused):
        applications.save_answers(actor=agent, application=copy, values={"title": "Après"})
    with pytest.raises(PermissionDenied):
        applications.submit_application(actor=make_person(), application=copy)


def test_a_closed_call_keeps_the_draft_but_takes_nothing_any_more():
    agent = make_person()
    draft = make_draft(user=agent)
    with clock.at(draft.call.closes_at + timedelta(seconds=1)):
        applications.save_answers(actor=agent, application=draft, values={"title": "Tapé après l'heure"})
        with pytest.raises(Refused, match="clos"):
            applications.submit_application(actor=agent, application=draft)
        with pytest.raises(Refused):
            applications.begin_application(call=draft.call, user=make_person())
    assert draft.answers.get(key="title").value == "Tapé après l'heure"


def test_two_tabs_never_lose_a_text_silently():
    agent = make_person()
    draft = make_draft(user=agent)
    shown = seen_of(draft.answers.get(key="probleme"))
    first = applications.save_answers(
        actor=agent, application=draft, values={"probleme": "Premier onglet"}, seen={"probleme": shown}
    )
    assert first.conflicts == []
    second = applications.save_answers(
        actor=agent, application=draft, values={"probleme": "Second onglet"}, seen={"probleme": shown}
    )
    assert [(c.key, c.other, c.kept_theirs) for c in second.conflicts] == [
        ("probleme", "Premier onglet", False)
    ]
    assert AnswerRevision.objects.get().value == "Premier onglet"
    # A field that was not touched in the old tab leaves the newer text alone.
    third = applications.save_answers(
        actor=agent,
        application=draft,
        values={"probleme": GOOD_ANSWERS["probleme"]},
        seen={"probleme": shown},
    )
    assert [(c.other, c.kept_theirs) for c in third.conflicts] == [("Second onglet", True)]
    assert draft.answers.get(key="probleme").value == "Second onglet"


def test_a_long_text_that_disappears_is_kept_beside():
    agent = make_person()
    draft = make_draft(user=agent, answers={"probleme": "Une longue histoire. " * 10})
    applications.save_answers(actor=agent, application=draft, values={"probleme": ""})
    assert AnswerRevision.objects.get().value.startswith("Une longue histoire.")


def test_a_paper_application_is_entered_for_its_authors():
    call = make_call(state="closed")
    lead, mate = make_person(), make_person()
    application = applications.enter_paper_application(
        actor=call.created_by,
        call=call,
        authors=[lead, mate],
        title="Écrit à la main",
        answers={"probleme": "Le bon de commande revient trois fois."},
    )
    assert (application.channel, application.state) == (Channel.PAPER, ApplicationState.SUBMITTED)
    assert {m.user for m in application.project.memberships.all()} == {lead, mate}
    with pytest.raises(Refused) as refused:
        applications.enter_paper_application(
            actor=call.created_by, call=call, authors=[lead], title="", answers={"combien": "x", "non": "1"}
        )
    assert sorted(refused.value.message_dict) == ["combien", "non", "title"]
    with pytest.raises(PermissionDenied):
        applications.enter_paper_application(actor=lead, call=call, authors=[lead], title="T", answers={})


def test_withdrawing_needs_no_reason():
    agent = make_person()
    application = make_application(user=agent)
    with pytest.raises(PermissionDenied):
        applications.withdraw_application(actor=make_person(), application=application)
    applications.withdraw_application(actor=agent, application=application)
    application.project.refresh_from_db()
    assert application.project.stage == Stage.WITHDRAWN
    draft = make_draft(user=agent)
    applications.withdraw_application(actor=agent, application=draft)
    assert draft.answers.exclude(value=None).count() == 0
    assert not Application.objects.drafts().exists()


def test_eligibility_is_the_managers_and_can_be_corrected_until_a_body_decides():
    agent = make_person()
    application = make_application(user=agent)
    manager = application.call.created_by
    with pytest.raises(PermissionDenied):
        applications.declare_eligible(actor=agent, application=application)
    applications.declare_eligible(actor=manager, application=application)
    applications.undo_eligible(actor=manager, application=application)
    applications.declare_eligible(actor=manager, application=application)
    assert application.state == ApplicationState.ELIGIBLE
    decide(application.project, "preselection", "retain")
    application.refresh_from_db()
    with pytest.raises(Refused):
        applications.undo_eligible(actor=manager, application=application)


def test_a_call_is_archived_only_once_everyone_has_an_answer():
    agent = make_person()
    application = make_application(user=agent)
    call = application.call
    calls.close_call(actor=call.created_by, call=call)
    with pytest.raises(Refused):
        calls.archive_call(actor=call.created_by, call=call)
    decide(application.project, "preselection", "not_this_time")
    with pytest.raises(Refused, match="1 "):
        calls.archive_call(actor=call.created_by, call=call)  # decided, and nobody has been told
    (letter,) = write_answer(application)
    letters.mark_printed(actor=call.created_by, letter=letter)
    calls.archive_call(actor=call.created_by, call=call)
    assert call.state == CallState.ARCHIVED


def test_who_sees_an_application():
    agent = make_person()
    application = make_application(user=agent)
    draft = make_draft(call=application.call, user=agent)
    manager = application.call.created_by

    def seen_by(user):
        return set(Application.objects.visible_to(user))

    assert seen_by(agent) == {application, draft}
    assert seen_by(manager) == {application}
    assert seen_by(make_person()) == set()
    assert seen_by(make_manager(make_programme())) == set()
    assert seen_by(None) == set()


def test_a_teammate_named_by_email_joins_by_saying_yes():
    agent, mate = make_person(), make_person(email="collegue@region.example")
    draft = make_draft(user=agent)
    lead = draft.applicants.get()
    applications.name_team(
        actor=agent,
        application=draft,
        people=[
            {"pk": lead.pk},
            {"first_name": "Coline", "last_name": "Roy", "email": "Collegue@region.example"},
            {"first_name": "Ali", "last_name": "Sans"},
        ],
    )
    place = draft.applicants.get(email__iexact=mate.email)
    with pytest.raises(PermissionDenied):
        applications.confirm_place(actor=make_person(), applicant=place, accept=True)
    applications.confirm_place(actor=mate, applicant=place, accept=True)
    application = applications.submit_application(actor=agent, application=draft)
    assert {m.user for m in application.project.memberships.all()} == {agent, mate}
    assert application.applicants.count() == 3
