"""Remind the jurors who have not given all their marks: one letter each, held until a person has read it."""

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from incubator.core import clock, journal, letters
from incubator.core.models import Letter, Refused
from juries import rules
from juries.domain import results
from juries.enums import SittingState
from juries.models import Sitting
from juries.notifications import REMINDER


@transaction.atomic
def remind(*, actor, sitting: Sitting) -> list[Letter]:
    """Write to each juror who has marks left to give; at most one letter a juror and a day.

    Answers the letters written now: none when everyone was reminded today already. Refused when nothing is
    expected from anyone.
    """
    if not rules.can_organise(actor, sitting):
        raise PermissionDenied("juries.remind")
    if sitting.state != SittingState.SCORING:
        raise Refused(_("Marks are not open: there is nobody to remind."))
    if sitting.scores_close_at is not None and clock.now() >= sitting.scores_close_at:
        raise Refused(_("The time to score is over: move it first, then remind the jurors."))
    late = {
        f"juries-reminder-{sitting.pk}-{one.seat.user_id}-{clock.today().isoformat()}": one
        for one in results.board_of(sitting, actor).progress
        if one.left > 0
    }
    if not late:
        raise Refused(_("Everyone has given their marks: there is nobody to remind."))
    known = set(Letter.objects.filter(key__in=late).values_list("key", flat=True))
    written = [
        letters.write(
            kind=REMINDER,
            key=key,
            recipient=one.seat.user,
            context={
                "body": sitting.body,
                "left": one.left,
                "starts_at": sitting.starts_at,
                "scores_close_at": sitting.scores_close_at,
                "url": f"{settings.SITE_URL.rstrip('/')}/jurys/{sitting.code}/noter/",
            },
            about=sitting,
            actor=actor,
        )
        for key, one in late.items()
        if key not in known
    ]
    if written:
        journal.record(verb="juries.jurors_reminded", actor=actor, target=sitting, letters=len(written))
    return written
