"""Verbs: a project is opened, gets a team and companions, starts, pauses, leaves, is joined with another."""

from datetime import date

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from incubator.core import clock, journal
from incubator.core.models import Refused
from projects import rules
from projects.domain import _phases
from projects.domain._common import need, not_blank, not_in_the_future, save_checked, save_new
from projects.enums import AccompanimentKind, PhaseKind, Stage, TeamRole
from projects.models import Accompaniment, Cohort, Commitment, Membership, Phase, Project, Transition
from projects.workflow import lifecycle

MIN_SHARE_OF_TIME, MAX_SHARE_OF_TIME = 5, 100


@transaction.atomic
def open_project(
    *,
    actor,
    cohort: Cohort,
    title: str,
    problem: str = "",
    theme: str = "",
    directorate=None,
    team: list[tuple],
    code: str | None = None,
) -> Project:
    """Open a project at stage *applied*, with its team (pairs of a person and a ``TeamRole``).

    The package that receives applications calls this; it has already checked who may apply.
    """
    if not team:
        raise Refused({"team": _("A project has one person at least.")})
    if len({user.pk for user, _role in team}) < len(team):
        raise Refused({"user": _("This person is already in the team.")})
    project = save_new(
        Project(
            code=code or _free_code(title),
            programme=cohort.programme,
            cohort=cohort,
            title=not_blank(title, "title", _("Give the project a title."))[:120],
            problem=problem,
            theme=theme[:80],
            directorate=directorate,
        )
    )
    for user, role in team:
        save_new(Membership(project=project, user=user, role=TeamRole(role), joined_on=clock.today()))
    journal.record(verb="projects.open_project", actor=actor, target=project, cohort=cohort.code)
    return project


def _free_code(title: str) -> str:
    base = slugify(title)
    if len(base) > 26:
        base = base[:27].rpartition("-")[0] or base[:26]  # whole words
    base = base.strip("-") or "projet"
    taken = set(Project.objects.filter(code__startswith=base).values_list("code", flat=True))
    if base not in taken:
        return base
    return next(code for number in range(2, 1000) if (code := f"{base}-{number}") not in taken)


def _join(project, user, role) -> Membership:
    if project.memberships.filter(user=user, left_on__isnull=True).exists():
        raise Refused({"user": _("This person is already in the team.")})
    return save_checked(Membership(project=project, user=user, role=TeamRole(role), joined_on=clock.today()))


@transaction.atomic
def update_project(*, actor, project: Project, title: str, problem: str, theme: str = "") -> Project:
    """Change how the project presents itself; the journal keeps the earlier problem (a pivot is allowed)."""
    need(rules.can_edit_project(actor, project), "projects.update_project")
    before = {"title": project.title, "problem": project.problem}
    project.title = not_blank(title, "title", _("Give the project a title."))
    project.problem, project.theme = problem.strip(), theme.strip()
    save_checked(project)
    journal.record(verb="projects.update_project", actor=actor, target=project, before=before)
    return project


@transaction.atomic
def follow_problem(*, actor, project: Project, was: str, problem: str) -> bool:
    """Say ``problem`` where the project still says ``was``, the words that it was opened with; answers whether it did.

    The package that receives applications calls this when a text is completed; it has already checked who may.
    A problem that its team or a manager has worded stays as it is.
    """
    if problem == was or not problem:
        return False
    changed = Project.objects.filter(pk=project.pk, problem=was).update(problem=problem)
    if changed:
        project.problem = problem
        journal.record(verb="projects.follow_problem", actor=actor, target=project, before={"problem": was})
    return bool(changed)


@transaction.atomic
def add_member(*, actor, project: Project, user, role: str = TeamRole.MEMBER) -> Membership:
    need(rules.can_manage_team(actor, project), "projects.add_member")
    member = _join(project, user, role)
    journal.record(verb="projects.add_member", actor=actor, target=project, user=user.pk, role=str(role))
    return member


@transaction.atomic
def end_membership(*, actor, membership: Membership, on: date | None = None) -> Membership:
    """End someone's place in the team. The last person who works in a team withdraws the project instead."""
    project = membership.project
    need(rules.can_manage_team(actor, project), "projects.end_membership")
    if membership.left_on is not None:
        raise Refused(_("This person has already left the team."))
    on = on or clock.today()
    if on < membership.joined_on:
        raise Refused({"on": _("Nobody leaves a team before joining it. Correct the date.")})
    not_in_the_future(on, "on")
    stay = (
        project.memberships.filter(left_on__isnull=True)
        .exclude(pk=membership.pk)
        .exclude(role=TeamRole.READER)
    )
    if not stay.exists():
        raise Refused(
            _("Nobody would be left in the team. Withdraw the project instead, or add someone first.")
        )
    membership.left_on = on
    membership.save(update_fields=["left_on"])
    journal.record(verb="projects.end_membership", actor=actor, target=project, user=membership.user_id)
    return membership


@transaction.atomic
def assign_companion(
    *, actor, project: Project, user, kind: str = AccompanimentKind.COACH, starts_on: date | None = None
) -> Accompaniment:
    need(rules.can_assign_companion(actor, project), "projects.assign_companion")
    kind = AccompanimentKind(kind)
    if project.memberships.filter(user=user, left_on__isnull=True).exists():
        raise Refused({"user": _("This person is in the team: someone else accompanies it.")})
    if project.accompaniments.filter(user=user, kind=kind, ends_on__isnull=True).exists():
        raise Refused({"user": _("This person already accompanies the project.")})
    companion = save_checked(
        Accompaniment(project=project, user=user, kind=kind, starts_on=starts_on or clock.today())
    )
    journal.record(
        verb="projects.assign_companion", actor=actor, target=project, user=user.pk, kind=kind.value
    )
    return companion


@transaction.atomic
def end_accompaniment(*, actor, accompaniment: Accompaniment, on: date | None = None) -> Accompaniment:
    need(rules.can_assign_companion(actor, accompaniment.project), "projects.end_accompaniment")
    on = on or clock.today()
    if accompaniment.ends_on is not None:
        raise Refused(_("This accompaniment has already ended."))
    if on < accompaniment.starts_on:
        raise Refused({"on": _("It cannot end before it began. Correct the date.")})
    accompaniment.ends_on = on
    accompaniment.save(update_fields=["ends_on"])
    journal.record(
        verb="projects.end_accompaniment",
        actor=actor,
        target=accompaniment.project,
        user=accompaniment.user_id,
    )
    return accompaniment


# -- Before the start ------------------------------------------------------------------------------


@transaction.atomic
def sign_commitment(
    *,
    actor,
    project: Project,
    user,
    share_of_time: int,
    starts_on: date,
    ends_on: date,
    agreed_by: str,
    signed_on: date,
    replacement: str = "",
) -> Commitment:
    """Record the letter by which the line manager or the sponsor frees an agent's time."""
    need(rules.can_sign_commitment(actor, project), "projects.sign_commitment")
    errors = {}
    if project.stage in {Stage.APPLIED, Stage.PRESELECTED}:
        raise Refused(_("The project has not been selected yet: the letter of commitment comes after."))
    if not project.memberships.filter(user=user, left_on__isnull=True).exclude(role=TeamRole.READER).exists():
        errors["user"] = _("Only someone who works in the team signs a letter of commitment.")
    if not MIN_SHARE_OF_TIME <= share_of_time <= MAX_SHARE_OF_TIME:
        errors["share_of_time"] = _("Write a share of working time between 5% and 100%.")
    if ends_on <= starts_on:
        errors["ends_on"] = _("The commitment ends before it starts: correct one of the two dates.")
    if signed_on > clock.today():
        errors["signed_on"] = _("This day has not come yet. Write the day when it was signed.")
    if not agreed_by.strip():
        errors["agreed_by"] = _("Write who agreed: the line manager or the sponsor.")
    if (
        not errors
        and project.commitments.filter(user=user, starts_on__lt=ends_on, ends_on__gt=starts_on).exists()
    ):
        errors["user"] = _("This person has already signed a letter for these dates.")
    if errors:
        raise Refused(errors)
    commitment = save_checked(
        Commitment(
            project=project,
            user=user,
            share_of_time=share_of_time,
            starts_on=starts_on,
            ends_on=ends_on,
            replacement=replacement.strip(),
            agreed_by=agreed_by.strip(),
            signed_on=signed_on,
        )
    )
    journal.record(
        verb="projects.sign_commitment", actor=actor, target=project, user=user.pk, share=share_of_time
    )
    return commitment


@transaction.atomic
def start_preincubation(
    *, actor, project: Project, on: date | None = None, system: bool = False
) -> Transition:
    """Start the planned pre-incubation: a letter of commitment is signed and the day has come."""
    return _start(actor=actor, project=project, on=on, move="start", system=system)


@transaction.atomic
def start_phase(*, actor, project: Project, on: date | None = None, system: bool = False) -> Transition:
    """Start the phase that the last decision planned (extension, construction, next step)."""
    return _start(actor=actor, project=project, on=on, move="start_phase", system=system)


def _start(*, actor, project, on, move, system) -> Transition:
    need(system or rules.can_start(actor, project), f"projects.{move}")
    on = on or clock.today()
    not_in_the_future(on, "on")
    planned = _phases.planned_phase(project)
    # Asked by the move as well; here so that a wrong stage is said before a missing phase.
    if planned is None and project.stage in lifecycle.moves[move].sources:
        raise Refused(_("No phase is planned: a decision plans the next one."))
    if planned is not None:
        _phases.after_last_date(project, on, "on")
    transition = lifecycle.perform(project, move, actor=actor, effective_on=on, system=system)
    _phases.start(planned, transition)
    journal.record(
        verb=f"projects.{'start_preincubation' if move == 'start' else 'start_phase'}",
        actor=actor,
        target=project,
        phase=planned.kind,
        on=on.isoformat(),
    )
    return transition


# -- Pauses and exits ------------------------------------------------------------------------------


@transaction.atomic
def withdraw(
    *, actor, project: Project, on: date | None = None, private_reason: str = "", system: bool = False
) -> Transition:
    """The team leaves, at any time and without a reason; one that is given is never shown in public."""
    on = on or clock.today()
    not_in_the_future(on, "on")
    _phases.after_last_date(project, on, "on")
    transition = lifecycle.perform(
        project,
        "withdraw",
        actor=actor,
        effective_on=on,
        facts={"private_reason": private_reason.strip()} if private_reason.strip() else {},
        system=system,
    )
    _phases.close_all(project, transition)
    _set_next_decision(project, None, "")
    journal.record(verb="projects.withdraw", actor=actor, target=project)
    return transition


@transaction.atomic
def suspend(*, actor, project: Project, reason: str, resumes_on: date, on: date | None = None) -> Transition:
    """Pause a project and its deadlines, with a reason and a planned return."""
    need(rules.can_suspend(actor, project), "projects.suspend")
    on = on or clock.today()
    not_in_the_future(on, "on")
    _phases.after_last_date(project, on, "on")
    reason = not_blank(reason, "reason", _("Write the reason of the pause: the team will read it."))
    if resumes_on <= on:
        raise Refused({"resumes_on": _("The planned return comes after the pause. Choose a later day.")})
    facts = {"resumes_on": resumes_on.isoformat()}
    transition = lifecycle.perform(
        project, "suspend", actor=actor, effective_on=on, public_reason=reason, facts=facts
    )
    _phases.close_open(project, transition)
    journal.record(verb="projects.suspend", actor=actor, target=project, **facts)
    return transition


@transaction.atomic
def resume(*, actor, project: Project, on: date | None = None) -> Transition:
    """Take up a suspended project at the stage it had; its deadlines move by the length of the pause."""
    need(rules.can_suspend(actor, project), "projects.resume")
    on = on or clock.today()
    not_in_the_future(on, "on")
    _phases.after_last_date(project, on, "on")
    transition = lifecycle.perform(project, "resume", actor=actor, effective_on=on)
    _phases.reopen_after_pause(project, transition)
    journal.record(verb="projects.resume", actor=actor, target=project)
    return transition


def end_after_pause(transition: Transition, kind: PhaseKind) -> date | None:
    """The day on which a phase of this kind will end once its project is taken up again by ``transition``.

    For those who listen to that move, before its dates are written. None when no such phase was paused.
    """
    return _phases.end_after_pause(transition.project, transition, kind)


@transaction.atomic
def wake(
    *, actor, project: Project, reason: str, next_committee_on: date, on: date | None = None
) -> Transition:
    """Take a dormant project up again: someone pays for it. The next step is planned, with its committee."""
    need(rules.can_wake(actor, project), "projects.wake")
    on = on or clock.today()
    not_in_the_future(on, "on")
    _phases.after_last_date(project, on, "on")
    reason = not_blank(reason, "reason", _("Write who takes the project up again, and with what."))
    if next_committee_on <= on:
        raise Refused({"next_committee_on": _("The next date must come after the decision.")})
    transition = lifecycle.perform(
        project,
        "wake",
        actor=actor,
        effective_on=on,
        public_reason=reason,
        facts={"next_committee_on": next_committee_on.isoformat()},
    )
    _phases.plan(project, transition, kind=project.maturity, starts_on=on, ends_on=next_committee_on)
    _set_next_decision(project, next_committee_on, str(_phases.COMMITTEE))
    journal.record(verb="projects.wake", actor=actor, target=project)
    return transition


@transaction.atomic
def redirect(*, actor, project: Project, department: str, reason: str, on: date | None = None) -> Transition:
    """Send a problem that is out of scope, or was not selected, to the department that can act."""
    need(rules.can_redirect(actor, project), "projects.redirect")
    on = on or clock.today()
    not_in_the_future(on, "on")
    reason = not_blank(reason, "reason", _("Write the reason: the team will read it."))
    department = not_blank(department, "department", _("Write which department can act."))
    transition = lifecycle.perform(
        project,
        "redirect",
        actor=actor,
        effective_on=on,
        public_reason=reason,
        facts={"department": department},
    )
    journal.record(verb="projects.redirect", actor=actor, target=project, department=department)
    return transition


@transaction.atomic
def merge(*, actor, project: Project, into: Project, reason: str) -> Transition:
    """Join ``project`` with ``into``, about the same problem: its people move, its address redirects."""
    need(rules.can_merge(actor, project) and rules.can_merge(actor, into), "projects.merge")
    reason = not_blank(reason, "reason", _("Write the reason: the team will read it."))
    if into.pk == project.pk:
        raise Refused({"into": _("A project cannot be joined with itself. Choose another one.")})
    if (
        into.stage not in {Stage.APPLIED, Stage.PRESELECTED, Stage.SELECTED}
        or into.cohort_id != project.cohort_id
    ):
        raise Refused({"into": _("Choose a project of the same cohort that is still being selected.")})
    transition = lifecycle.perform(
        project,
        "merge",
        actor=actor,
        public_reason=reason,
        facts={"into": into.code},
        sets={"merged_into": into},
    )
    known = set(into.memberships.filter(left_on__isnull=True).values_list("user_id", flat=True))
    for member in project.memberships.filter(left_on__isnull=True).select_related("user"):
        if member.user_id not in known:
            _join(into, member.user, TeamRole.MEMBER if member.role == TeamRole.LEAD else member.role)
    Project.objects.filter(merged_into=project).update(merged_into=into)
    _set_next_decision(project, None, "")
    journal.record(verb="projects.merge", actor=actor, target=project, into=into.code)
    return transition


def _set_next_decision(project: Project, day: date | None, label: str) -> None:
    project.next_decision_on, project.next_decision_label = day, label
    project.save(update_fields=["next_decision_on", "next_decision_label"])


def open_phase(project: Project) -> Phase | None:
    """The phase that is running, if any."""
    return _phases.open_phase(project)
