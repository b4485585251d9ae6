"""What this package writes to people. Texts: ``templates/letters/projects.*``; the authority may word them otherwise."""

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core import signing
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from incubator.accounts.enums import Role
from incubator.core import letters
from projects.enums import ProgrammeRoleKind, TeamRole

FAST_TRACK_ASKED = "projects.fast_track_asked"
FAST_TRACK_SILENT = "projects.fast_track_silent"
FAST_TRACK_ANSWERED = "projects.fast_track_answered"
FOLLOW_UP = "projects.follow_up"
_LINK = signing.Signer(salt="projects.follow_up")


def register() -> None:
    letters.register(FAST_TRACK_ASKED, _("Fast track: question"))
    letters.register(FAST_TRACK_SILENT, _("Fast track: the day has passed"))
    letters.register(FAST_TRACK_ANSWERED, _("Fast track: answer"))
    letters.register(FOLLOW_UP, _("What became of a project"))


def _address(name: str, *args) -> str:
    return settings.SITE_URL.rstrip("/") + reverse(name, args=args)


def _people():
    return get_user_model().objects.filter(is_active=True, anonymised_at__isnull=True)


def sponsors_of(programme) -> list:
    """Those who may answer for the authority: the programme's sponsors and the chief executive's office."""
    return list(
        _people()
        .filter(
            Q(
                programme_roles__programme=programme,
                programme_roles__role=ProgrammeRoleKind.SPONSOR,
                programme_roles__ended_at__isnull=True,
            )
            | Q(role_grants__role=Role.SPONSOR, role_grants__ended_at__isnull=True)
        )
        .order_by("pk")
        .distinct()
    )


def managers_of(programme) -> list:
    return list(
        _people()
        .filter(
            programme_roles__programme=programme,
            programme_roles__role=ProgrammeRoleKind.MANAGER,
            programme_roles__ended_at__isnull=True,
        )
        .order_by("pk")
        .distinct()
    )


def _fast_track(kind: str, question, people, **context) -> list:
    project = question.project
    return [
        letters.write(
            kind=kind,
            key=f"{kind}:{question.pk}:{user.pk}",
            recipient=user,
            context={
                "project": project.title,
                "question": question.question,
                "why": question.why,
                "asked_by": str(question.asked_by),
                "answer_by": question.answer_by,
                **context,
            },
            about=project,
        )
        for user in people
    ]


def fast_track_asked(question) -> list:
    """To those who may answer."""
    url = _address("projects:fast_track_answer", question.project.code, question.pk)
    return _fast_track(FAST_TRACK_ASKED, question, sponsors_of(question.project.programme), url=url)


def fast_track_silent(question) -> list:
    """To those who may answer, and to the managers, once the day has passed without a word."""
    programme = question.project.programme
    people = {user.pk: user for user in (*sponsors_of(programme), *managers_of(programme))}
    url = _address("projects:detail", question.project.code)
    return _fast_track(FAST_TRACK_SILENT, question, people.values(), url=url)


def fast_track_answered(question) -> list:
    """To the team."""
    members = question.project.memberships.filter(left_on__isnull=True).exclude(role=TeamRole.READER)
    decided = question.transition
    return _fast_track(
        FAST_TRACK_ANSWERED,
        question,
        [member.user for member in members.select_related("user").order_by("pk")],
        is_granted=decided.outcome == "granted",
        reason=decided.public_reason,
        granted=decided.data.get("granted", ""),
        instead=decided.data.get("instead", ""),
        url=_address("projects:detail", question.project.code),
    )


# -- What became of a project ----------------------------------------------------------------------


def follow_up_token(follow_up) -> str:
    """Opens the one question of this follow-up, to whoever holds the letter; of no use once it is answered."""
    return _LINK.sign(follow_up.pk)


def follow_up_of(token: str) -> int | None:
    """The id behind a token; None when nobody of ours wrote it."""
    try:
        return int(_LINK.unsign(token))
    except (signing.BadSignature, ValueError):
        return None


def recipient_of(project) -> tuple[str, str]:
    """Who took the project over, as the decision recorded it: name, and department."""
    left = (
        project.transitions.filter(target=project.stage)
        .exclude(outcome="")
        .order_by("pk")
        .values_list("data", flat=True)
        .last()
    ) or {}
    return left.get("recipient", ""), left.get("department", "")


def _account_of(name: str):
    """The one account that bears this first and last name; None when there is none, or several."""
    first, _space, last = name.partition(" ")
    found = list(_people().filter(first_name__iexact=first, last_name__iexact=last)[:2])
    return found[0] if len(found) == 1 else None


def ask_what_became_of(follow_up):
    """One letter to the person named by the decision; None when the decision named nobody."""
    project = follow_up.project
    name, department = recipient_of(project)
    if not name:
        return None
    return letters.write(
        kind=FOLLOW_UP,
        key=f"{FOLLOW_UP}:{follow_up.pk}",
        recipient=_account_of(name),
        to_name=name,
        to_address="" if _account_of(name) else department[:254],
        context={
            "project": project.title,
            "department": department,
            "due_on": follow_up.due_on,
            "url": _address("projects:follow_up_told", follow_up_token(follow_up)),
        },
        about=project,
    )
