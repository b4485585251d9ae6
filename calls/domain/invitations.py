"""Invitations into a team: by e-mail, or by a code to type; accepted by whoever they are for, once each."""

from datetime import timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import F
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from calls import notifications, schema
from calls.domain.answers import locked
from calls.domain.teams import identity, join_project, need_lead, need_place
from calls.enums import AUTHORS, ApplicantRole, ApplicationState, InvitationState
from calls.models import Applicant, Application, Invitation
from incubator.core import clock, journal, words
from incubator.core.models import Refused
from projects.enums import Stage

INVITATION_LASTS = timedelta(days=14)
MOST_WAITING = 20  # invitations of one application at the same time
# Eight of these 28 signs: 38 bits, behind a rate limit. No vowel makes no word; no sign looks like another.
CODE_SIGNS = "BCDFGHJKMNPQRSTVWXYZ23456789"
CODE_LENGTH = 8


def code_of(invitation: Invitation) -> str:
    """The code to type, « BCDF-GHJK », made from the invitation and the site's secret; empty for an e-mail's.

    It is stored nowhere. After a change of the site's secret it opens nothing any more: then it is empty too.
    """
    if not invitation.code_digest:
        return ""
    code = _signs(invitation)
    if not constant_time_compare(_digest(code), invitation.code_digest):
        return ""
    return f"{code[:4]}-{code[4:]}"


def _signs(invitation: Invitation) -> str:
    secret = salted_hmac("calls.invitation.code", str(invitation.uuid), algorithm="sha256").digest()
    number, signs = int.from_bytes(secret, "big"), []
    for _position in range(CODE_LENGTH):
        number, rest = divmod(number, len(CODE_SIGNS))
        signs.append(CODE_SIGNS[rest])
    return "".join(signs)


def _digest(code: str) -> str:
    return salted_hmac("calls.invitation.digest", code, algorithm="sha256").hexdigest()


def invitation_for_code(typed: str) -> Invitation | None:
    """The invitation that a typed code opens, usable or not; spaces, dashes and small letters do not matter."""
    code = "".join(sign for sign in str(typed)[:60].upper() if sign in CODE_SIGNS)
    if len(code) != CODE_LENGTH:
        return None
    return (
        Invitation.objects.filter(code_digest=_digest(code))
        .select_related("application__call__programme", "created_by")
        .first()
    )


@transaction.atomic
def invite(
    *,
    actor,
    application: Application,
    email: str = "",
    role: str = ApplicantRole.MEMBER,
    most_uses: int = 1,
    token: str | None = None,
) -> Invitation:
    """Offer a place: to an e-mail, which is written to, or (without one) to whoever types the code.

    Offering it twice to the same e-mail offers it once. A code serves ``most_uses`` people.
    """
    row = need_lead(actor, application, token)
    if role not in (ApplicantRole.MEMBER, ApplicantRole.READER):
        raise Refused({"role": _("Choose what this person may do.")})
    email = (schema.tidy(email) or "").strip().lower()
    if email:
        _need_reachable(row, email)
        if waiting := row.invitations.usable().filter(email=email).first():
            return waiting
    if not 1 <= most_uses <= row.call.max_team_size:
        raise Refused({"most_uses": _("Choose how many people may use this code.")})
    if role == ApplicantRole.MEMBER:
        need_place(row, row.applicants.filter(role__in=AUTHORS).count())
    if row.invitations.usable().count() >= MOST_WAITING:
        raise Refused(_("Many invitations wait for an answer. Take one back before you send another."))
    invitation = Invitation(
        application=row,
        role=role,
        email=email,
        most_uses=1 if email else most_uses,
        created_by=actor if actor is not None and actor.is_authenticated else None,
        created_at=clock.now(),
        expires_at=clock.now() + INVITATION_LASTS,
    )
    if not email:
        invitation.code_digest = _digest(_signs(invitation))
    invitation.save()
    journal.record(verb="calls.invite", actor=actor, target=row, role=str(role), by_code=not email)
    if email:
        notifications.invitation(invitation, _inviter(row, invitation))
    return invitation


def _need_reachable(row: Application, email: str) -> None:
    try:
        validate_email(email)
    except ValidationError:
        raise Refused(
            {"email": _("This e-mail address is not complete. Write it as name@place.fr.")}
        ) from None
    if row.applicants.filter(user__email__iexact=email).exists():
        raise Refused({"email": _("This person is already in the team.")})


def _inviter(row: Application, invitation: Invitation) -> str:
    """The name under which an invitation is sent: an account's, else what the lead wrote."""
    if invitation.created_by_id:
        return str(invitation.created_by)
    lead = row.applicants.filter(role=ApplicantRole.LEAD).first()
    return lead.name if lead else ""


@transaction.atomic
def revoke_invitation(
    *, actor, application: Application, invitation: Invitation, token: str | None = None
) -> None:
    """Take an invitation back: its letter and its code open nothing any more."""
    row = need_lead(actor, application, token)
    if invitation.application_id != row.pk:
        raise PermissionDenied("revoke_invitation")
    Invitation.objects.filter(pk=invitation.pk, revoked_at__isnull=True).update(revoked_at=clock.now())
    journal.record(verb="calls.revoke_invitation", actor=actor, target=row)


def is_for(user, invitation: Invitation, code: str = "") -> bool:
    """Sent to this person's e-mail, or opened by the code that they typed."""
    if invitation.email:
        return bool(user.email) and user.email.lower() == invitation.email.lower()
    found = invitation_for_code(code)
    return found is not None and found.pk == invitation.pk


def why_not(invitation: Invitation) -> str:
    """The sentence that says why this invitation opens nothing any more, or an empty one."""
    application = invitation.application
    if application.discarded_at is not None:
        return _("The application to which you were invited was given up.")
    if application.state != ApplicationState.DRAFT and application.project.stage != Stage.APPLIED:
        return _("A body has already decided on this application: its team is complete.")
    return {
        InvitationState.REVOKED: _("This invitation was taken back. Ask for another one."),
        InvitationState.USED: _("This invitation has already been used. Ask for another one."),
        InvitationState.EXPIRED: _("This invitation expired on %(day)s. Ask for another one.")
        % {"day": words.day(invitation.expires_at)},
    }.get(invitation.state, "")


@transaction.atomic
def accept_invitation(*, actor, invitation: Invitation, code: str = "") -> Applicant:
    """Come into the team. Twice is once; a place that was already named for this person becomes theirs.

    After the submission, an author joins the project's team too, as long as no body has decided.
    """
    row = locked(invitation.application, person=actor)
    invitation.refresh_from_db()
    invitation.application = row
    if not is_for(actor, invitation, code):
        raise PermissionDenied("accept_invitation")
    if mine := row.applicants.filter(user=actor).first():
        return mine
    if sentence := why_not(invitation):
        raise Refused(sentence)
    place = _named_place(row, actor)
    if invitation.role == ApplicantRole.MEMBER and place is None:
        need_place(row, row.applicants.filter(role__in=AUTHORS).count())
    place = _take(place or Applicant(application=row), actor, invitation.role)
    Invitation.objects.filter(pk=invitation.pk).update(uses=F("uses") + 1)
    join_project(actor, row, invitation.role)
    journal.record(verb="calls.accept_invitation", actor=actor, target=row, role=str(invitation.role))
    return place


def _named_place(row: Application, person) -> Applicant | None:
    """A place without an account under this person's e-mail or name."""
    full = f"{person.first_name} {person.last_name}".strip().casefold()
    for place in row.applicants.filter(user=None).exclude(role=ApplicantRole.LEAD):
        if person.email and place.email.lower() == person.email.lower():
            return place
        if full and place.name.casefold() == full:
            return place
    return None


def _take(place: Applicant, person, role: str) -> Applicant:
    for column, value in identity(person).items():
        if column == "user" or not getattr(place, column):
            setattr(place, column, value)
    place.role = role
    place.save()
    return place


@transaction.atomic
def decline_invitation(*, actor, invitation: Invitation) -> None:
    """Say no to an invitation that came by e-mail; a code is simply not used."""
    if not invitation.email or not is_for(actor, invitation):
        raise PermissionDenied("decline_invitation")
    Invitation.objects.filter(pk=invitation.pk, revoked_at__isnull=True).update(revoked_at=clock.now())
    journal.record(verb="calls.decline_invitation", actor=actor, target=invitation.application)
