"""The life of an application in any order of acts: no word is lost, one receipt, a legal state, a frozen text."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from calls.domain import applications, completion, invitations, teams
from calls.domain.answers import seen_of
from calls.enums import ApplicantRole, ApplicationState
from calls.models import AnswerRevision, ApplicationTransition, CompletionRequest
from incubator.core import clock
from incubator.core.models import Letter, Refused
from projects.enums import Stage
from projects.models import Project
from tests.factories.calls import GOOD_ANSWERS, make_call
from tests.factories.projects import make_person

WORDS = st.text("aéœ😀\n ", min_size=1, max_size=12) | st.sampled_from(["3", "40"])
KEYS = st.sampled_from(["probleme", "combien"])
# What may follow each state, the state itself aside.
NEXT = {
    ApplicationState.DRAFT: {ApplicationState.SUBMITTED},
    ApplicationState.SUBMITTED: {ApplicationState.TO_COMPLETE},
    ApplicationState.TO_COMPLETE: {ApplicationState.SUBMITTED},
}


def _can_be_read(key: str, text: str) -> bool:
    return text.strip().isdecimal() if key == "combien" else bool(text.strip())


class Life(RuleBasedStateMachine):
    """Three people and a manager on one application.

    What must happen is worked out here from what was typed and shown, never from what a verb says of itself.
    ``must_stay`` holds every text that someone else, or a page that grew old, has replaced: none may disappear.
    """

    @initialize(
        moment=st.sampled_from(["draft", "submitted", "to complete", "withdrawn"]),
        asked=st.sets(KEYS, min_size=1, max_size=2),
    )
    def begin(self, moment, asked):
        """Taken up at one of four moments: what comes late in a life would be met too rarely."""
        self.lead, self.others = make_person(), [make_person(), make_person()]
        self.call = make_call(max_team_size=2)
        self.manager = self.call.created_by
        self.application, _token = applications.begin_application(call=self.call, user=self.lead)
        self.state = ApplicationState.DRAFT
        self.last, self.must_stay, self.frozen, self.receipt = {}, set(), None, None
        self.asked, self.withdrawn, self.refusal = set(), False, None
        for key, value in GOOD_ANSWERS.items():
            self._save(self.lead, key, value)
        self.a_page_is_opened(key="probleme")
        self.invite(who=0, reads=False)
        self.invite(who=1, reads=True)
        if moment != "draft":
            self.submit(who=0)
            self.the_state_is_legal_and_the_receipt_is_one()
        if moment in ("to complete", "withdrawn"):
            self.ask_completion(keys=asked)
            self.the_state_is_legal_and_the_receipt_is_one()
            for key in ("probleme", "combien"):
                self._save(self.lead, key, "7")
        if moment == "withdrawn":
            self.withdraw(who=0)
            self.complete(who=0)

    def _attempt(self, verb, **facts):
        """Do it, or be refused in words: nothing else may happen."""
        self.refusal = None
        try:
            return verb(**facts)
        except (Refused, PermissionDenied) as error:
            self.refusal = error
            said = getattr(error, "messages", ["403"])
        assert all(said)
        return None

    def _writes(self, person) -> bool:
        place = self.application.applicants.filter(user=person).first()
        return place is not None and place.role != ApplicantRole.READER

    def _is_open(self, key) -> bool:
        """Whether this question may be answered: all of a draft, then only what was asked again."""
        return self.state == ApplicationState.DRAFT or (
            self.state == ApplicationState.TO_COMPLETE and key in self.asked and not self.withdrawn
        )

    def _save(self, person, key, value, page=None):
        """Type it; ``page`` is what was on the screen, as ``(version and fingerprint, text)``."""
        facts = {"seen": {key: page[0]}} if page else {}
        saved = self._attempt(
            applications.save_answers,
            actor=person,
            application=self.application,
            values={key: value},
            **facts,
        )
        may = self._writes(person) and self._is_open(key)
        assert bool(saved) is may
        # Who may write is told in a sentence why nothing changes any more.
        assert saved or not self._writes(person) or isinstance(self.refusal, Refused)
        before = self.last.get(key)
        if not saved or (before and before[1] == value):
            return
        grew_old = page is not None and before is not None and page[1] != before[1]
        if grew_old and value == page[1]:
            # Untouched there: the newer text stays, and is shown.
            assert [(one.other, one.kept_theirs) for one in saved.conflicts] == [(before[1], True)]
            return
        was_submitted = before and self.frozen is not None and before[1] == self.frozen.get(key)
        if before and (grew_old or before[0] != person or was_submitted):
            self.must_stay.add((key, before[1]))
        if grew_old:
            assert [(one.other, one.kept_theirs) for one in saved.conflicts] == [(before[1], False)]
        self.last[key] = (person, value)

    @rule(who=st.integers(0, 2), key=KEYS, words=WORDS)
    def save(self, who, key, words):
        self._save([self.lead, *self.others][who], key, words)

    @rule(key=KEYS)
    def a_page_is_opened(self, key):
        answer = self.application.answers.get(key=key)
        self.page = (key, (seen_of(answer), answer.value))

    @rule(who=st.integers(0, 2), words=st.none() | WORDS)
    def save_from_the_page_that_is_open(self, who, words):
        """It may have grown old; without words, this field was not touched there."""
        key, page = self.page
        self._save([self.lead, *self.others][who], key, page[1] if words is None else words, page=page)

    @rule(who=st.integers(0, 1), reads=st.booleans())
    def invite(self, who, reads):
        role = ApplicantRole.READER if reads else ApplicantRole.MEMBER
        invitation = self._attempt(
            invitations.invite, actor=self.lead, application=self.application, role=role
        )
        if invitation:
            self._attempt(
                invitations.accept_invitation,
                actor=self.others[who],
                invitation=invitation,
                code=invitations.code_of(invitation),
            )

    @rule(who=st.integers(0, 2))
    def leave(self, who):
        self._attempt(teams.leave_team, actor=[self.lead, *self.others][who], application=self.application)

    @rule(who=st.integers(0, 1), accept=st.booleans())
    def hand_over(self, who, accept):
        place = self.application.applicants.filter(user=self.others[who]).first()
        if place is None:
            return
        offered = self._attempt(
            teams.offer_lead, actor=self.lead, application=self.application, applicant=place
        )
        if offered:
            taken = self._attempt(
                teams.answer_lead, actor=self.others[who], application=self.application, accept=accept
            )
            if taken and accept:
                self.lead, self.others[who] = self.others[who], self.lead

    @rule(who=st.integers(0, 2))
    def submit(self, who):
        person = [self.lead, *self.others][who]
        done = self._attempt(applications.submit_application, actor=person, application=self.application)
        assert done is None or self._writes(person)
        if self.state != ApplicationState.DRAFT and self._writes(person):
            assert done is not None, "a second click is answered as the first"
            assert done.receipt_number == self.receipt

    @precondition(lambda self: self.state != ApplicationState.DRAFT)
    @rule(keys=st.sets(KEYS, min_size=1))
    def ask_completion(self, keys):
        asked = self._attempt(
            completion.ask_completion,
            actor=self.manager,
            application=self.application,
            keys=sorted(keys),
            message="Il manque un mot.",
            due_on=clock.today() + timedelta(days=3),
        )
        if asked:
            self.asked = keys

    @precondition(lambda self: self.state == ApplicationState.TO_COMPLETE)
    @rule(who=st.integers(0, 2))
    def complete(self, who):
        person = [self.lead, *self.others][who]
        written = self._texts()
        done = self._attempt(completion.complete, actor=person, application=self.application)
        # Sent by who writes, as long as the team stays, once each question has an answer that can be read.
        assert bool(done) is (
            self._writes(person)
            and not self.withdrawn
            and all(_can_be_read(key, written[key]) for key in self.asked)
        )
        if done:
            self.frozen = written

    @precondition(lambda self: self.state == ApplicationState.TO_COMPLETE)
    @rule(begun=st.booleans())
    def stop_waiting(self, begun):
        if begun:
            self._save(self.lead, min(self.asked), "12")
        done = self._attempt(completion.close_completion, actor=self.manager, application=self.application)
        if done:
            for key, value in self._texts().items():
                if key in self.last and self.last[key][1] != value:
                    self.must_stay.add((key, self.last[key][1]))
                self.last[key] = (self.last.get(key, (None,))[0], value)
            assert self._texts() == self.frozen

    @precondition(lambda self: self.state != ApplicationState.DRAFT)
    @rule(who=st.integers(0, 2))
    def withdraw(self, who):
        person = [self.lead, *self.others][who]
        done = self._attempt(applications.withdraw_application, actor=person, application=self.application)
        # At any time, without a reason, and once.
        assert bool(done) is (self._writes(person) and not self.withdrawn)
        self.withdrawn = self.withdrawn or bool(done)

    def _texts(self) -> dict:
        return {answer.key: answer.value for answer in self.application.answers.all()}

    @invariant()
    def no_word_is_lost(self):
        if not hasattr(self, "application"):
            return
        kept = {
            (key, value) for key, value in AnswerRevision.objects.values_list("answer__key", "value")
        } | set(self._texts().items())
        assert self.must_stay <= kept
        assert {key: value for key, (_person, value) in self.last.items()} == {
            key: value for key, value in self._texts().items() if key in self.last
        }

    @invariant()
    def the_state_is_legal_and_the_receipt_is_one(self):
        if not hasattr(self, "application"):
            return
        self.application.refresh_from_db()
        state = ApplicationState(self.application.state)
        assert state == self.state or state in NEXT[self.state]
        if self.state == ApplicationState.DRAFT and state == ApplicationState.SUBMITTED:
            self.frozen = self._texts()
        self.state = state
        rows = ApplicationTransition.objects.filter(application=self.application)
        assert rows.filter(name="submit").count() == (state != ApplicationState.DRAFT)
        assert Project.objects.count() == (state != ApplicationState.DRAFT)
        if state != ApplicationState.DRAFT:
            assert self.receipt in (None, self.application.receipt_number)
            self.receipt = self.application.receipt_number
            assert (self.application.project.stage == Stage.WITHDRAWN) is self.withdrawn
            told = Letter.objects.filter(kind="calls.withdrawn").values_list("recipient", flat=True)
            assert len(told) == len(set(told))
            assert bool(told) is self.withdrawn
        assert Letter.objects.filter(kind="calls.receipt", recipient=self.lead).count() <= 1
        waiting = CompletionRequest.objects.waiting().count()
        assert waiting == (state == ApplicationState.TO_COMPLETE)

    @invariant()
    def a_submitted_text_does_not_move(self):
        """Nor, during a completion, what was not asked again."""
        if getattr(self, "frozen", None) is None:
            return
        open_ = self.asked if self.state == ApplicationState.TO_COMPLETE else set()
        closed = self.frozen.keys() - open_
        assert {key: self._texts()[key] for key in closed} == {key: self.frozen[key] for key in closed}

    @invariant()
    def one_person_leads_and_the_team_is_not_too_big(self):
        if not hasattr(self, "application"):
            return
        places = list(self.application.applicants.all())
        assert [place.user for place in places if place.role == ApplicantRole.LEAD] == [self.lead]
        assert sum(place.role != ApplicantRole.READER for place in places) <= 2


@pytest.mark.same_on_any_database(reason="random sequences of verbs; each verb has its own tests on both")
@pytest.mark.django_db
def test_an_application_lives_through_any_order_of_acts():
    from django.db import transaction
    from hypothesis.stateful import run_state_machine_as_test

    class OneLife(Life):
        """Each life in a transaction that is undone: they share nothing."""

        def __init__(self):
            self.atomic = transaction.atomic()
            self.atomic.__enter__()
            super().__init__()

        def teardown(self):
            transaction.set_rollback(True)
            self.atomic.__exit__(None, None, None)

    run_state_machine_as_test(
        OneLife,
        settings=settings(
            max_examples=15,
            stateful_step_count=20,
            deadline=None,
            derandomize=True,
            phases=[Phase.generate],  # bounded: a failure is shown as it was found
            suppress_health_check=list(HealthCheck),
        ),
    )
