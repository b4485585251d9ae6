"""Links of interest: what each member with a voice says before the first dossier."""

from collections.abc import Mapping

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from incubator.core import clock, journal
from incubator.core.models import Refused
from juries import queries, rules
from juries.domain.locks import lock
from juries.enums import SCORING_ROLES, RecusalSource, SittingState
from juries.models import Hearing, LiftedLink, Recusal, Seat, Sitting
from projects.models import Membership

LONGEST_REASON = 500


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


@transaction.atomic
def lift_found_link(*, actor, seat: Seat, hearing: Hearing, reason: str) -> LiftedLink:
    """The site found a link that is none: ``seat`` may judge ``hearing`` again; before the deliberation only.

    What a juror has declared is theirs and cannot be lifted; nor can a link with a team that one is in today. The
    site finds a lifted link no more in this sitting.
    """
    sitting = hearing.sitting
    if not rules.can_organise(actor, sitting):
        raise PermissionDenied("juries.lift_found_link")
    lock(sitting)
    if sitting.state not in {SittingState.PREPARING, SittingState.SCORING}:
        raise Refused(_("The deliberation has begun: who stands aside no longer changes."))
    reason = (reason or "").replace("\x00", "").strip()
    if not reason:
        raise Refused({"reason": _("Say in one sentence why this link is none: it is kept in the journal.")})
    if len(reason) > LONGEST_REASON:
        raise Refused({"reason": _("Too long: %(most)d characters at most.") % {"most": LONGEST_REASON}})
    found = _found_link(sitting, seat, hearing)
    if Membership.objects.filter(
        project=hearing.project_id, user=seat.user_id, left_on__isnull=True
    ).exists():
        raise Refused(
            _("%(name)s is in the team today: take them off the team first, if that is wrong.")
            % {"name": seat.user}
        )
    lifted = LiftedLink.objects.create(
        seat=seat, hearing=hearing, found=found, reason=reason, lifted_by=actor, lifted_at=clock.now()
    )
    Recusal.objects.filter(seat=seat, hearing=hearing, source=RecusalSource.FOUND).delete()
    journal.record(
        verb="juries.link_lifted",
        actor=actor,
        target=hearing,
        user=str(seat.user.uuid),
        found=found,
        reason=reason,
    )
    return lifted


def _found_link(sitting: Sitting, seat: Seat, hearing: Hearing) -> str:
    """Why the site put this member aside; refused where it did not, or where they declared it themselves."""
    recusal = Recusal.objects.select_for_update().filter(seat=seat, hearing=hearing).first()
    if recusal is not None and recusal.source == RecusalSource.DECLARED:
        raise Refused(
            _("%(name)s declared this link: it is theirs to say, and cannot be lifted.") % {"name": seat.user}
        )
    if recusal is not None:
        return recusal.reason
    why = [why for _seat, _hearing, why in queries.links_of_interest([hearing], [seat])]
    if sitting.state != SittingState.PREPARING or not why:
        raise Refused(_("%(name)s does not stand aside from this project.") % {"name": seat.user})
    return why[0]


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
