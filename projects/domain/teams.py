"""Verbs by which people themselves come into a team, leave it, and pass the lead on."""

from django.db import transaction
from django.utils.translation import gettext as _

from incubator.core import clock, journal
from incubator.core.models import Refused
from projects import rules
from projects.domain._common import need
from projects.domain.projects import _join
from projects.enums import TeamRole
from projects.models import Membership, Project


@transaction.atomic
def join_team(*, actor, project: Project) -> Membership:
    """The actor comes into the team, after saying yes to a place that the team offered.

    The package that keeps those offers calls this; it has already checked that there was one. Joining twice
    is joining once.
    """
    already = project.memberships.filter(user=actor, left_on__isnull=True).first()
    if already is not None:
        return already
    member = _join(project, actor, TeamRole.MEMBER)
    journal.record(verb="projects.join_team", actor=actor, target=project)
    return member


@transaction.atomic
def leave_team(*, actor, project: Project) -> Membership:
    """The actor leaves the team, without a reason. Whoever leads it passes the lead on first."""
    mine = project.memberships.filter(user=actor, left_on__isnull=True).first()
    need(mine is not None, "projects.leave_team")
    if mine.role == TeamRole.LEAD:
        raise Refused(_("You lead this project: hand over the lead first, or withdraw the project."))
    mine.left_on = clock.today()
    mine.save(update_fields=["left_on"])
    journal.record(verb="projects.leave_team", actor=actor, target=project)
    return mine


@transaction.atomic
def take_lead(*, actor, project: Project, from_) -> Membership:
    """The actor, who works in the team, leads it in the place of ``from_``, who offered it and becomes a member."""
    need(rules.is_team(actor, project), "projects.take_lead")
    current = project.memberships.filter(left_on__isnull=True)
    current.filter(user=from_, role=TeamRole.LEAD).update(role=TeamRole.MEMBER)
    mine = current.get(user=actor)
    mine.role = TeamRole.LEAD
    mine.save(update_fields=["role"])
    journal.record(verb="projects.take_lead", actor=actor, target=project, before=from_.pk)
    return mine
