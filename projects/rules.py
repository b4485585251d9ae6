"""Who may do what in this package. The queryset twin of these predicates is ``visible_to`` of each model.

A predicate never raises and never writes; verbs and moves ask it again, whatever the screen showed.
"""

from django.db.models import Q

from incubator.accounts.enums import Role
from incubator.accounts.rules import has_role
from incubator.accounts.rules import is_admin as is_site_admin
from incubator.core import clock
from projects.enums import AccompanimentKind, ProgrammeRoleKind, TeamRole


def _is_someone(user) -> bool:
    return user is not None and user.is_authenticated and user.is_active


def roles_in_programmes(user) -> frozenset[tuple[int, str]]:
    """Pairs (programme id, role) held today; one query, kept on the user object."""
    if not _is_someone(user):
        return frozenset()
    if not hasattr(user, "_roles_in_programmes"):
        user._roles_in_programmes = frozenset(
            user.programme_roles.filter(ended_at__isnull=True).values_list("programme_id", "role")
        )
    return user._roles_in_programmes


def forget_roles_in_programmes(user) -> None:
    """Read the roles again at the next question: called by the verbs that change them."""
    user.__dict__.pop("_roles_in_programmes", None)


def _holds(user, role: ProgrammeRoleKind, programme=None) -> bool:
    return any(
        held == role and (programme is None or programme_id == programme.pk)
        for programme_id, held in roles_in_programmes(user)
    )


def is_admin(user) -> bool:
    """Technical administrator of the site: sets up programmes, reads no project."""
    return _is_someone(user) and is_site_admin(user)


def is_manager(user, programme=None) -> bool:
    """Manages this programme (or any, when none is given)."""
    return _holds(user, ProgrammeRoleKind.MANAGER, programme)


def is_sponsor(user, programme=None) -> bool:
    """Sits in the chief executive's office, or sponsors this programme (or any, when none is given)."""
    return _is_someone(user) and (
        has_role(user, Role.SPONSOR) or _holds(user, ProgrammeRoleKind.SPONSOR, programme)
    )


def is_partner(user, programme=None) -> bool:
    return _holds(user, ProgrammeRoleKind.PARTNER, programme)


def is_team(user, project) -> bool:
    """Works in the team (a reader of the team may read, and does not count here)."""
    return (
        _is_someone(user)
        and project.memberships.filter(user=user, left_on__isnull=True).exclude(role=TeamRole.READER).exists()
    )


def is_companion(user, project) -> bool:
    """Accompanies the project today: coach, senior companion, expert or partner."""
    return _is_someone(user) and _accompaniments(user, project).exists()


def is_coach(user, project) -> bool:
    """Accompanies the project as its coach or senior companion."""
    return (
        _is_someone(user)
        and _accompaniments(user, project)
        .filter(kind__in=[AccompanimentKind.COACH, AccompanimentKind.SENIOR])
        .exists()
    )


def _accompaniments(user, project):
    return project.accompaniments.filter(user=user).filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=clock.today())
    )


# -- Programmes ------------------------------------------------------------------------------------


def can_open_admin(user) -> bool:
    """See programmes, cohorts and roles in the Wagtail admin."""
    return is_admin(user) or is_manager(user)


def can_create_programme(user) -> bool:
    return is_admin(user) or is_manager(user)


def can_manage_programme(user, programme) -> bool:
    return is_admin(user) or is_manager(user, programme)


def can_give_programme_role(user, programme, role: str) -> bool:
    """A manager names managers and partners. The sponsor agrees to what a manager prepares: an administrator
    names and ends them, or the same person could prepare a decision and agree to it."""
    return is_admin(user) or (
        role != ProgrammeRoleKind.SPONSOR.value and can_manage_programme(user, programme)
    )


# -- The life of a project -------------------------------------------------------------------------


def can_manage_project(user, project) -> bool:
    return is_manager(user, project.programme)


def can_decide(user, project) -> bool:
    """Record by hand what a body decided; decisions of a sitting come through ``system``."""
    return is_manager(user, project.programme)


def can_decide_and_engage(user, project) -> bool:
    """Record an outcome that engages money or staff (D1 to D3): only the sponsor may."""
    return is_sponsor(user, project.programme)


def can_correct_decision(user, project) -> bool:
    """Write a correction beside a decision that was pronounced."""
    return is_manager(user, project.programme)


def can_ask_fast_track(user, project) -> bool:
    """Ask the chief executive's office: the team, or the manager for it."""
    return is_team(user, project) or can_manage_project(user, project)


def can_answer_fast_track(user, project) -> bool:
    return is_sponsor(user, project.programme)


def can_redirect(user, project) -> bool:
    return can_manage_project(user, project)


def can_merge(user, project) -> bool:
    return can_manage_project(user, project)


def can_start(user, project) -> bool:
    """Start pre-incubation or a planned phase."""
    return can_manage_project(user, project)


def can_withdraw(user, project) -> bool:
    """The team at any time, without a reason; the manager for a team that asked by phone or on paper."""
    return is_team(user, project) or can_manage_project(user, project)


def can_suspend(user, project) -> bool:
    return can_manage_project(user, project)


def can_wake(user, project) -> bool:
    return can_manage_project(user, project)


def can_edit_project(user, project) -> bool:
    return is_team(user, project) or can_manage_project(user, project)


def can_manage_team(user, project) -> bool:
    return can_manage_project(user, project)


def can_assign_companion(user, project) -> bool:
    return can_manage_project(user, project)


def can_sign_commitment(user, project) -> bool:
    return is_team(user, project) or can_manage_project(user, project)


# -- The work --------------------------------------------------------------------------------------


def can_work(user, project) -> bool:
    """Write in the project: milestones, indicators, measures."""
    return is_team(user, project) or is_companion(user, project) or can_manage_project(user, project)


def can_plan_milestone(user, project) -> bool:
    return can_work(user, project)


def can_reach_milestone(user, project) -> bool:
    return can_work(user, project)


def can_log_meeting(user, project) -> bool:
    return can_work(user, project)


def can_read_work(user, project) -> bool:
    """Read meetings and unfinished milestones: never the hierarchy, nor the sponsor."""
    return can_work(user, project)


def can_measure(user, project) -> bool:
    return can_work(user, project)


def can_correct_measure(user, project) -> bool:
    return can_manage_project(user, project)


def can_publish_impact(user, project) -> bool:
    return can_manage_project(user, project)


def can_read_money(user, project) -> bool:
    return can_work(user, project) or is_sponsor(user, project.programme)


def can_read_cohort_money(user, programme) -> bool:
    """Read what a cohort of this programme costs as a whole."""
    return is_manager(user, programme) or is_sponsor(user, programme)


def can_write_budget(user, project) -> bool:
    return can_manage_project(user, project)


def can_write_post_mortem(user, project) -> bool:
    return is_team(user, project) or is_coach(user, project) or can_manage_project(user, project)


def can_record_follow_up(user, project) -> bool:
    return can_manage_project(user, project)
