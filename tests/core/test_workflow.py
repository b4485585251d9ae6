"""The workflow engine: who, from where, under which conditions, once, and all of it or nothing.

Tried on calls and their log, with a table of moves of its own.
"""

from contextlib import contextmanager
from datetime import date, timedelta
from threading import Barrier, Thread

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection

from calls.models import Call, CallTransition
from incubator.core import clock
from incubator.core.models import Refused
from incubator.core.workflow import Move, Workflow, transitioned
from projects.models import Cohort, Programme
from tests.factories.accounts import make_person


def _only_camille(user, call) -> bool:
    return user is not None and user.first_name == "Camille"


def _needs_a_reason(call, facts) -> str | None:
    return None if facts.get("reason") else "Écrivez une raison."


def make_workflow() -> Workflow:
    return Workflow(
        state_field="state",
        log=CallTransition,
        subject="call",
        moves=[
            Move("open", "Open", frozenset({"draft"}), "open", allowed=_only_camille),
            Move(
                "close",
                "Close",
                frozenset({"open"}),
                "closed",
                allowed=_only_camille,
                conditions=(_needs_a_reason,),
                sets={"title": "Clos"},
            ),
            Move(
                "back",
                "Back",
                frozenset({"closed"}),
                lambda call: call.transitions.last().source,
                allowed=_only_camille,
                targets=frozenset({"open", "draft"}),
            ),
            Move(
                "stray",
                "Stray",
                frozenset({"open"}),
                lambda call: "archived",
                allowed=_only_camille,
                targets=frozenset({"closed"}),
            ),
        ],
    )


@pytest.fixture
def camille(db):
    return make_person(first_name="Camille")


@pytest.fixture
def call(db):
    programme = Programme.objects.create(code="prog", name="Programme")
    cohort = Cohort.objects.create(programme=programme, code="promo", name="Promotion")
    opens_at = clock.now()
    return Call.objects.create(
        code="appel",
        title="Appel",
        programme=programme,
        cohort=cohort,
        opens_at=opens_at,
        closes_at=opens_at + timedelta(days=30),
    )


def test_a_move_changes_the_state_and_writes_one_row_with_its_facts(call, camille):
    workflow = make_workflow()
    row = workflow.perform(call, "open", actor=camille, effective_on=date(2020, 3, 5), facts={"body": "jury"})
    assert (row.name, row.source, row.target, row.actor) == ("open", "draft", "open", camille)
    assert (row.effective_on, row.data) == (date(2020, 3, 5), {"body": "jury"})
    assert Call.objects.get().state == "open" == call.state
    assert CallTransition.objects.count() == 1


def test_the_day_is_today_by_the_clock(call, camille):
    with clock.at(clock.now() - timedelta(days=100)):
        expected = clock.today()
        row = make_workflow().perform(call, "open", actor=camille)
    assert row.effective_on == expected


def test_a_move_may_set_other_columns(call, camille):
    workflow = make_workflow()
    workflow.perform(call, "open", actor=camille)
    workflow.perform(call, "close", actor=camille, facts={"reason": "fin"}, sets={"minutes_to_apply": 5})
    call.refresh_from_db()
    assert (call.state, call.title, call.minutes_to_apply) == ("closed", "Clos", 5)


def test_who_may_not_is_told_before_anything_else(call):
    someone = make_person(first_name="Dominique")
    with pytest.raises(PermissionDenied):
        make_workflow().perform(call, "close", actor=someone)  # wrong state too: they may not learn it
    assert CallTransition.objects.count() == 0


def test_the_site_itself_needs_no_permission_but_obeys_the_table(call):
    row = make_workflow().perform(call, "open", actor=None, system=True)
    assert row.actor is None
    with pytest.raises(Refused):
        make_workflow().perform(call, "open", actor=None, system=True)


def test_a_move_from_elsewhere_is_refused_with_the_state_in_words(call, camille):
    with pytest.raises(Refused) as refused:
        make_workflow().perform(call, "close", actor=camille, facts={"reason": "fin"})
    assert call.get_state_display() in refused.value.messages[0]


def test_the_state_in_the_database_counts_not_the_one_in_hand(call, camille):
    stale = Call.objects.get()
    make_workflow().perform(call, "open", actor=camille)
    with pytest.raises(Refused):
        make_workflow().perform(stale, "open", actor=camille)
    assert stale.state == "open"  # what is shown next is the truth
    assert CallTransition.objects.count() == 1


def test_a_condition_refuses_with_its_own_sentence(call, camille):
    workflow = make_workflow()
    workflow.perform(call, "open", actor=camille)
    with pytest.raises(Refused, match="Écrivez une raison"):
        workflow.perform(call, "close", actor=camille)
    assert Call.objects.get().state == "open"


def test_an_unknown_move_is_a_sentence_not_a_crash(call, camille):
    with pytest.raises(Refused):
        make_workflow().perform(call, "explode", actor=camille)


def test_a_target_may_depend_on_the_history_within_its_declared_list(call, camille):
    workflow = make_workflow()
    workflow.perform(call, "open", actor=camille)
    workflow.perform(call, "close", actor=camille, facts={"reason": "fin"})
    assert workflow.perform(call, "back", actor=camille).target == "open"
    with pytest.raises(ValueError, match="archived"):
        workflow.perform(call, "stray", actor=camille)
    assert Call.objects.get().state == "open"


def test_available_moves_follow_the_state_and_the_person(call, camille):
    workflow = make_workflow()
    assert [move.name for move in workflow.available(camille, call)] == ["open"]
    assert workflow.available(make_person(first_name="Dominique"), call) == []


def test_a_listener_acts_in_the_transaction_and_may_refuse(call, camille):
    workflow = make_workflow()

    def closes_itself(row):
        Call.objects.filter(pk=row.call_id).update(title="Écrit par un écouteur")
        raise Refused("Pas maintenant.")

    workflow.listen(closes_itself)
    workflow.listen(closes_itself)  # registered once
    with pytest.raises(Refused, match="Pas maintenant"):
        workflow.perform(call, "open", actor=camille)
    assert call.state == "draft"
    fresh = Call.objects.get()
    assert (fresh.state, fresh.title) == ("draft", "Appel")
    assert CallTransition.objects.count() == 0


@contextmanager
def heard():
    rows = []

    def receiver(sender, transition, **kwargs):
        rows.append((transition.name, connection.in_atomic_block))

    transitioned.connect(receiver)
    try:
        yield rows
    finally:
        transitioned.disconnect(receiver)


@pytest.mark.django_db(transaction=True)
def test_the_signal_comes_after_commit_only_and_its_failure_loses_nothing(call, camille):
    from django.db import transaction

    def explodes(sender, transition, **kwargs):
        raise RuntimeError("a broken receiver")

    transitioned.connect(explodes)
    try:
        with heard() as rows:
            with transaction.atomic():
                make_workflow().perform(call, "open", actor=camille)
                assert rows == []
            assert rows == [("open", False)]
            with transaction.atomic():
                make_workflow().perform(call, "close", actor=camille, facts={"reason": "fin"})
                transaction.set_rollback(True)
            assert rows == [("open", False)]
    finally:
        transitioned.disconnect(explodes)
    assert Call.objects.get().state == "open"


@pytest.mark.django_db(transaction=True)
def test_eight_people_press_at_the_same_moment_and_one_of_them_moves_it(call, camille):
    workflow = make_workflow()
    start = Barrier(8)
    answers = []

    def press():
        mine = Call.objects.get(pk=call.pk)
        start.wait()
        try:
            workflow.perform(mine, "open", actor=camille)
            answers.append("moved")
        except Refused:
            answers.append("refused")
        except Exception as error:  # noqa: BLE001 - an unexpected error must fail the count below
            answers.append(repr(error))
        finally:
            connection.close()

    threads = [Thread(target=press) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert sorted(answers) == ["moved", *["refused"] * 7]
    assert CallTransition.objects.filter(call=call, name="open").count() == 1
    assert Call.objects.get().state == "open"
