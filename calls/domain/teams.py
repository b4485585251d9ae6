"""Who applies: named, invited by e-mail or by a code, leaving, handing over the lead."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from calls import rules, schema
from calls.domain.answers import holds_token, locked, need_writer
from calls.enums import AUTHORS, ApplicantRole, ApplicationState
from calls.models import Applicant, Application
from incubator.core import clock, journal
from incubator.core.models import Refused
from projects.domain import teams as project_teams
from projects.enums import FINAL_STAGES

PERSON_FIELDS = ("first_name", "last_name", "email", "phone", "directorate", "workplace")
MOST_NAMED = 20  # people named beyond the size of the team, before it is checked


def identity(user) -> dict:
    """What an account says of a person, as columns of Applicant; nothing for nobody."""
    if user is None:
        return {}
    return {
        "user": user,
        "first_name": user.first_name,
        "last_name": user.last_name,
        "email": user.email or "",
        "phone": user.phone,
        "directorate_id": user.directorate_id,
        "workplace_id": user.workplace_id,
    }


# -- Naming ----------------------------------------------------------------------------------------


@transaction.atomic
def name_team(
    *,
    actor,
    application: Application,
    people: list[dict],
    remove: tuple[int, ...] = (),
    token: str | None = None,
    step: str = "",
) -> list[Applicant]:
    """Write who applies. Kept as typed; checked when it is submitted.

    Each person is a dict of ``PERSON_FIELDS`` (all optional in a draft), with ``"pk"`` to change someone
    already named, ``"row_key"`` to name the same person once however often it is saved, or ``"user"`` (from
    code only) for someone who has an account. The first without either is the lead. Who is not in the list
    stays: someone may have joined meanwhile. ``remove`` names the places to take away, never the lead's.
    Someone who has an account writes their own line; the lead writes the others.
    """
    row = locked(application, person=actor)
    need_writer(actor, row, token)
    manages = rules.leads(actor, row) or holds_token(row, token)
    known = {applicant.pk: applicant for applicant in row.applicants.select_related("user")}
    by_key = {applicant.row_key: applicant for applicant in known.values() if applicant.row_key}
    lead = next((person for person in known.values() if person.role == ApplicantRole.LEAD), None)
    kept: list[Applicant] = []
    for position, person in enumerate(people):
        applicant = known.get(person.get("pk")) or by_key.get(person.get("row_key"))
        if applicant is None and position == 0 and not person.get("row_key"):
            applicant = lead
        if applicant is None:
            if not manages:
                continue
            if len(known) + position > row.call.max_team_size + MOST_NAMED:
                continue  # a form that was tampered with
            applicant = Applicant(
                application=row, role=ApplicantRole.MEMBER, row_key=str(person.get("row_key") or "")[:36]
            )
        elif applicant.user_id and applicant.user_id != getattr(actor, "pk", None) and "user" not in person:
            continue  # their own line
        elif not manages and applicant.user_id != getattr(actor, "pk", None):
            continue
        _write_person(applicant, person)
        kept.append(applicant)
    if remove and manages:
        row.applicants.filter(pk__in=remove).exclude(role=ApplicantRole.LEAD).delete()
    Application.objects.filter(pk=row.pk).update(
        saved_at=clock.now(), last_step=step[:60] or row.last_step, last_field=""
    )
    journal.record(verb="calls.name_team", actor=actor, target=row, people=len(kept), removed=len(remove))
    return kept


def _write_person(applicant: Applicant, person: dict[str, Any]) -> None:
    if person.get("user") is not None:
        applicant.user = person["user"]
    for name in PERSON_FIELDS:
        if name in person:
            value = person[name]
            if isinstance(value, str):
                most = Applicant._meta.get_field(name).max_length
                value = (schema.tidy(value) or "").strip()[:most]
            setattr(applicant, name, value)
    applicant.save()


def need_place(row: Application, taken: int) -> None:
    if taken >= row.call.max_team_size:
        raise Refused(
            {
                "team": _("This call takes teams of %(count)d people at most.")
                % {"count": row.call.max_team_size}
            }
        )


@transaction.atomic
def confirm_place(*, actor, applicant: Applicant, accept: bool) -> None:
    """Someone who was named in a team by their e-mail says yes, and sees the application; or no, and leaves it.

    Who says yes after it was submitted joins the project's team as well.
    """
    mine = actor.email and applicant.email.lower() == actor.email.lower() and applicant.user_id is None
    if not mine:
        raise PermissionDenied("confirm_place")
    application = locked(applicant.application, person=actor)
    if accept and not application.applicants.filter(user=actor).exists():
        applicant.user = actor
        applicant.save(update_fields=["user"])
        join_project(actor, application, applicant.role)
    elif not accept:
        applicant.email = ""
        applicant.save(update_fields=["email"])
    journal.record(verb="calls.confirm_place", actor=actor, target=application, accepted=accept)


def join_project(person, application: Application, role: str) -> None:
    if application.project_id and role in AUTHORS and application.project.stage not in FINAL_STAGES:
        project_teams.join_team(actor=person, project=application.project)


# -- Roles, leaving, the lead ----------------------------------------------------------------------


def need_lead(actor, application: Application, token: str | None) -> Application:
    """The draft, held, for whoever leads it; a submitted application's team is the project's business."""
    row = locked(application, person=actor)
    if row.state != ApplicationState.DRAFT:
        raise Refused(_("This application has been submitted: its team is changed on the project's page."))
    need_writer(actor, row, token)
    if not (rules.can_invite(actor, row) or holds_token(row, token)):
        raise PermissionDenied("manage_team")
    return row


@transaction.atomic
def change_role(
    *, actor, application: Application, applicant: Applicant, role: str, token: str | None = None
) -> Applicant:
    """A member becomes a reader, or a reader a member. The lead is handed over, not given by this."""
    row = need_lead(actor, application, token)
    place = _place_of(row, applicant)
    if role not in (ApplicantRole.MEMBER, ApplicantRole.READER) or place.role == ApplicantRole.LEAD:
        raise Refused(_("The role of the person who leads changes when they hand over the lead."))
    if place.role == ApplicantRole.READER and role == ApplicantRole.MEMBER:
        need_place(row, row.applicants.filter(role__in=AUTHORS).count())
    place.role, place.lead_offered_at = role, None
    place.save(update_fields=["role", "lead_offered_at"])
    journal.record(verb="calls.change_role", actor=actor, target=row, place=place.pk, role=str(role))
    return place


def _place_of(row: Application, applicant: Applicant) -> Applicant:
    place = row.applicants.filter(pk=applicant.pk).first()
    if place is None:
        raise Refused(_("This person is not in the team any more. Reload the page."))
    return place


@transaction.atomic
def remove_from_team(
    *, actor, application: Application, applicant: Applicant, token: str | None = None
) -> None:
    """The lead takes someone out of a draft's team. What that person wrote stays, under their name."""
    row = need_lead(actor, application, token)
    place = _place_of(row, applicant)
    if place.role == ApplicantRole.LEAD:
        raise Refused(_("Whoever leads hands over the lead first."))
    place.delete()
    journal.record(verb="calls.remove_from_team", actor=actor, target=row, place=applicant.pk)


@transaction.atomic
def leave_team(*, actor, application: Application) -> None:
    """Leave, at any time and without a reason. What one wrote stays, under one's name."""
    row = locked(application, person=actor)
    place = row.applicants.filter(user=actor).first()
    if place is None:
        raise PermissionDenied("leave_team")
    if place.role == ApplicantRole.LEAD:
        raise Refused(
            _("You lead this application: hand over the lead first, or give the application up for everyone.")
        )
    if row.project_id and row.project.memberships.filter(user=actor, left_on__isnull=True).exists():
        project_teams.leave_team(actor=actor, project=row.project)
    place.delete()
    journal.record(verb="calls.leave_team", actor=actor, target=row, role=str(place.role))


@transaction.atomic
def offer_lead(*, actor, application: Application, applicant: Applicant) -> Applicant:
    """The lead offers a member to lead instead. Nothing changes until that person accepts."""
    row = locked(application, person=actor)
    if not rules.leads(actor, row):
        raise PermissionDenied("offer_lead")
    _need_going_on(row)
    place = _place_of(row, applicant)
    if place.role != ApplicantRole.MEMBER or place.user_id is None:
        raise Refused(_("The lead is handed over to a member of the team who has an account."))
    row.applicants.update(lead_offered_at=None)
    place.lead_offered_at = clock.now()
    place.save(update_fields=["lead_offered_at"])
    journal.record(verb="calls.offer_lead", actor=actor, target=row, place=place.pk)
    return place


@transaction.atomic
def answer_lead(*, actor, application: Application, accept: bool) -> Applicant:
    """Accept to lead, or not. Who led stays in the team as a member."""
    row = locked(application, person=actor)
    mine = row.applicants.filter(user=actor, lead_offered_at__isnull=False).first()
    if mine is None:
        raise Refused(_("The lead is not offered to you any more."))
    _need_going_on(row)
    mine.lead_offered_at = None
    if accept:
        before = row.applicants.filter(role=ApplicantRole.LEAD).select_related("user").first()
        row.applicants.filter(role=ApplicantRole.LEAD).update(role=ApplicantRole.MEMBER)
        mine.role = ApplicantRole.LEAD
        if row.project_id and before is not None and before.user_id:
            project_teams.take_lead(actor=actor, project=row.project, from_=before.user)
    mine.save(update_fields=["lead_offered_at", "role"])
    journal.record(verb="calls.answer_lead", actor=actor, target=row, accepted=accept)
    return mine


def _need_going_on(row: Application) -> None:
    if row.discarded_at is not None or (row.project_id and row.project.stage in FINAL_STAGES):
        raise Refused(_("This application is over: its team does not change any more."))
