"""The three sentences to each team: what convinced, what was missing, what comes next."""

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from incubator.core import clock, journal, letters
from incubator.core.models import Letter, Refused
from juries import rules
from juries.domain.sittings import lock
from juries.enums import SittingState
from juries.models import Decision, Feedback
from juries.notifications import feedback_in_words, letter_context, letters_of

FIELDS = ("convinced", "lacked", "what_next")
LONGEST = 600
LEAST_WORDS = 3
_OPEN_STATES = frozenset({SittingState.DELIBERATING, SittingState.PRONOUNCED})


@transaction.atomic
def write_feedback(*, actor, decision: Decision, convinced: str, lacked: str, what_next: str) -> Feedback:
    """Say to the team, in three sentences, what counted. The letter of the decision leaves only with them.

    Prepared as silently as the decision, and changed until a letter has left; letters that wait are completed.
    """
    if not rules.can_write_feedback(actor, decision.hearing):
        raise PermissionDenied("juries.write_feedback")
    sitting = decision.hearing.sitting
    lock(sitting)
    if sitting.state not in _OPEN_STATES:
        raise Refused(_("The deliberation has not begun: there is nothing to say to the team yet."))
    values = _checked(convinced=convinced, lacked=lacked, what_next=what_next)
    known = Feedback.objects.filter(decision=decision).first()
    written = list(letters_of([decision]))
    if known is not None and any(letter.state not in _STILL_HERE for letter in written):
        raise Refused(_("A letter has already told the team: these sentences no longer change."))
    before = _contexts(decision, written)
    feedback = known or Feedback(decision=decision)
    for key, text in values.items():
        setattr(feedback, key, text)
    feedback.written_by, feedback.written_at = actor, clock.now()
    feedback.save()
    decision.feedback = feedback
    _complete(actor, decision, written, before)
    journal.record(verb="juries.feedback_written", actor=actor, target=decision.hearing)
    return feedback


_STILL_HERE = frozenset({Letter.State.HELD, Letter.State.DROPPED})


def _checked(**texts: str) -> dict[str, str]:
    values, errors = {}, {}
    for key, text in texts.items():
        text = " ".join((text or "").replace("\x00", "").split())
        if len(text.split()) < LEAST_WORDS:
            errors[key] = _("Write one sentence: the team will read it.")
        elif len(text) > LONGEST:
            errors[key] = _("Too long: %(most)d characters at most, so that it is read.") % {"most": LONGEST}
        values[key] = text
    if errors:
        raise Refused(errors)
    return values


def _contexts(decision: Decision, written) -> dict[int, dict]:
    """What each letter names as things stand, in its own language."""
    contexts = {}
    for letter in written:
        with translation.override(letter.language or settings.LANGUAGE_CODE):
            contexts[letter.pk] = letter_context(decision.hearing.sitting, decision)
    return contexts


def _complete(actor, decision: Decision, written, before: dict[int, dict]) -> None:
    after = _contexts(decision, written)
    for letter in written:
        with translation.override(letter.language or settings.LANGUAGE_CODE):
            addition = feedback_in_words(decision)
        letters.renew(
            letter=letter, before=before[letter.pk], after=after[letter.pk], addition=addition, actor=actor
        )
