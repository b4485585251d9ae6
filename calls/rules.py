"""Who may do what with calls and applications. The querysets' ``visible_to`` says who may read.

A predicate never raises and never writes; verbs and moves ask it again, whatever the screen showed.
"""

from django.core.signing import Signer
from django.utils.crypto import constant_time_compare

from calls.enums import AUTHORS, ApplicantRole, ApplicationState
from projects.enums import ProgrammeRoleKind, Stage
from projects.models import ProgrammeRole
from projects.rules import is_manager, roles_in_programmes

# A project at one of these stages has not been looked at by a body yet.
UNDECIDED_STAGES = frozenset({Stage.APPLIED})


def managed_programmes(user):
    """The ids of the programmes this person manages today, as a subquery."""
    pk = user.pk if user is not None and user.is_authenticated and user.is_active else None
    return ProgrammeRole.objects.filter(
        user=pk, role=ProgrammeRoleKind.MANAGER, ended_at__isnull=True
    ).values("programme")


def manages(user, programme) -> bool:
    """Manages this programme (a Programme or its id) today. No query once the user's roles have been read."""
    wanted = getattr(programme, "pk", programme)
    return any(
        held == ProgrammeRoleKind.MANAGER and programme_id == wanted
        for programme_id, held in roles_in_programmes(user)
    )


def can_create_call(user, programme) -> bool:
    return manages(user, programme)


def can_manage_call(user, call) -> bool:
    """Prepare, schedule, open, close, archive, change the questions."""
    return manages(user, call.programme_id)


def can_list_applications(user, call) -> bool:
    return manages(user, call.programme_id)


def role_of(user, application) -> str | None:
    """This person's role in the team, or None. No query when it was read ``with_role_of`` this person."""
    if user is None or not user.is_authenticated or not user.is_active:
        return None
    if getattr(application, "role_of_pk", None) == user.pk:
        return application.role_of_person
    return application.applicants.filter(user=user.pk).values_list("role", flat=True).first()


def is_applicant(user, application) -> bool:
    """In the team, whatever the role."""
    return role_of(user, application) is not None


def is_author(user, application) -> bool:
    """Applies: leads or is a member of the team. A reader only reads."""
    return role_of(user, application) in AUTHORS


def leads(user, application) -> bool:
    return role_of(user, application) == ApplicantRole.LEAD


def can_write(user, application) -> bool:
    """Write answers: the team, while it is a draft; after that, only what it was asked to complete
    (``calls.domain.answers.need_writer``). A draft begun without an account is opened by its token."""
    return application.state in (ApplicationState.DRAFT, ApplicationState.TO_COMPLETE) and is_author(
        user, application
    )


def can_submit(user, application) -> bool:
    return is_author(user, application)


def can_complete(user, application) -> bool:
    return is_author(user, application)


def can_withdraw(user, application) -> bool:
    """The team at any time, without a reason. A draft is everybody's text: only its lead gives it up."""
    if application.state == ApplicationState.DRAFT:
        return leads(user, application)
    return is_author(user, application)


def can_invite(user, application) -> bool:
    """Invite, remove, change roles: the lead, while it is a draft."""
    return application.state == ApplicationState.DRAFT and leads(user, application)


def can_ask_completion(user, application) -> bool:
    """Ask for a completion, or close the one that was asked."""
    return manages(user, application.call.programme_id)


def can_enter_paper(user, call) -> bool:
    return manages(user, call.programme_id)


def can_judge_eligibility(user, application) -> bool:
    return manages(user, application.call.programme_id)


def can_note(user, application) -> bool:
    """Read and write the notes that managers leave for one another."""
    return manages(user, application.call.programme_id)


def can_write_to_team(user, application) -> bool:
    return manages(user, application.call.programme_id)


def can_redirect(user, application) -> bool:
    """Hand the problem to a department, take it back."""
    return manages(user, application.call.programme_id)


def can_join(user, application) -> bool:
    """Join two applications about the same problem."""
    return manages(user, application.call.programme_id)


def can_act_on_many(user, call) -> bool:
    return manages(user, call.programme_id)


def can_answer_redirection(user, redirection, key: str = "") -> bool:
    """The person asked, by their account or by the link of their letter; or a manager, for who answered by phone."""
    return (
        holds_answer_key(redirection, key)
        or (
            user is not None
            and user.is_authenticated
            and user.is_active
            and redirection.recipient_id == user.pk
        )
        or manages(user, redirection.application.call.programme_id)
    )


_answer_keys = Signer(salt="calls.redirection")


def answer_key(redirection) -> str:
    """What the link of the letter carries: it opens this one page, to whoever was given it."""
    return _answer_keys.signature(str(redirection.uuid))


def holds_answer_key(redirection, key: str) -> bool:
    return bool(key) and constant_time_compare(key, answer_key(redirection))


def runs_something(user) -> bool:
    """Manages at least one programme: the calls' screens of the admin are for them."""
    return is_manager(user)
