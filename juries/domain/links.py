"""Links of interest: what each member with a voice says before the first dossier."""

from collections.abc import Mapping

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from incubator.core import clock, journal
from incubator.core.models import Refused
from juries.enums import SCORING_ROLES, RecusalSource, SittingState
from juries.models import Recusal, Seat, Sitting


@transaction.atomic
def declare_links(*, actor, sitting: Sitting, links: Mapping[int, str], none: bool = False) -> Seat:
    """Declare one's links: ``links`` is ``{hearing id: reason}``, or ``none`` says that there is none.

    One stands aside from each project named, and can read the others from now on. Said once; a link found later
    is said with ``scoring.recuse``. Raises PermissionDenied to whom has no voice here.
    """
    seat = (
        Seat.objects.select_for_update().filter(sitting=sitting, user=actor, role__in=SCORING_ROLES).first()
    )
    if seat is None:
        raise PermissionDenied("juries.declare_links")
    state = Sitting.objects.values_list("state", flat=True).get(pk=sitting.pk)
    if state == SittingState.PREPARING:
        raise Refused(_("The sitting is still being prepared: come back when the dossiers are ready."))
    if state != SittingState.SCORING:
        raise Refused(_("The deliberation has begun: tell the president, who writes it in the minutes."))
    if seat.declared_at is not None:
        raise Refused(
            _("You have declared your links already. To stand aside from another project, open its dossier.")
        )
    _check(sitting, links, none)
    known = set(seat.recusals.values_list("hearing", flat=True))
    Recusal.objects.bulk_create(
        Recusal(seat=seat, hearing_id=hearing, source=RecusalSource.DECLARED, reason=reason.strip()[:200])
        for hearing, reason in links.items()
        if hearing not in known
    )
    seat.declared_at = clock.now()
    seat.save(update_fields=["declared_at"])
    journal.record(verb="juries.links_declared", actor=actor, target=sitting, links=len(links))
    return seat


def _check(sitting: Sitting, links: Mapping[int, str], none: bool) -> None:
    titles = dict(sitting.hearings.open().filter(pk__in=links).values_list("pk", "dossier__title"))
    if set(links) - set(titles):
        raise Refused(_("The list has changed since you opened this page. Reload it, then declare again."))
    if none and links:
        raise Refused(
            _("You chose a project and said that you have no link: take one of the two back, then declare.")
        )
    if not none and not links:
        raise Refused(_("Say that you have no link, or choose the projects with which you have one."))
    errors = {
        str(hearing): _("Say in a few words which link you have with “%(title)s”.")
        % {"title": titles[hearing]}
        for hearing, reason in links.items()
        if not (reason or "").strip()
    }
    if errors:
        raise Refused(errors)
