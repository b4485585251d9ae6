"""The line manager: told after preselection at the earliest, and only of someone who has said yes to it."""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Min, Q
from django.utils.translation import gettext as _

from calls import notifications
from calls.enums import AUTHORS, ApplicationState
from calls.models import Applicant, Application
from incubator.core import clock, journal, letters
from incubator.core.models import Refused
from projects.enums import FINAL_STAGES, Stage

# Nothing was decided yet, or it was decided that it goes no further: there is nothing to tell anyone.
_NOT_ASKED = frozenset({Stage.APPLIED, Stage.NOT_SELECTED, Stage.REDIRECTED, Stage.MERGED, Stage.WITHDRAWN})


def is_asked(application: Application) -> bool:
    """Whether the question is put now: once a body has preselected the project."""
    return application.project_id is not None and application.project.stage not in _NOT_ASKED


def unanswered_about_manager(user):
    """The places of this person, with their application, where the question waits for them: their line manager is
    known, they have not said yes or no, and the project still goes on. ``asked_on``: since which day. One query."""
    if not user.line_manager_id or user.line_manager_id == user.pk:
        return Applicant.objects.none()
    over = _NOT_ASKED | FINAL_STAGES
    return (
        Applicant.objects.filter(user=user.pk, role__in=AUTHORS, may_tell_manager__isnull=True)
        .filter(application__project__isnull=False)
        .exclude(application__project__stage__in=over)
        .exclude(application__state=ApplicationState.JOINED)
        .annotate(
            asked_on=Min(
                "application__project__transitions__effective_on",
                filter=~Q(application__project__transitions__target__in=_NOT_ASKED),
            )
        )
        .select_related("application")
        .order_by("pk")
    )


@transaction.atomic
def answer_about_manager(*, actor, application: Application, agree: bool) -> Applicant:
    """Say whether one's own line manager may be told. Silence is no; one may change one's mind.

    A yes writes the letter, which a person still reads before it goes; a no takes back one that has not left.
    """
    place = (
        Applicant.objects.select_for_update(of=("self",))
        .select_related("application__call__programme", "application__project", "user__line_manager")
        .filter(application=application, user=actor.pk, role__in=AUTHORS)
        .first()
    )
    if place is None:
        raise PermissionDenied("answer_about_manager")
    if not is_asked(place.application):
        raise Refused(
            _("This question is asked after the preselection only. Your line manager knows nothing.")
        )
    if place.may_tell_manager is agree:
        return place
    place.may_tell_manager, place.manager_answered_at = agree, clock.now()
    place.save(update_fields=["may_tell_manager", "manager_answered_at"])
    journal.record(verb="calls.answer_about_manager", actor=actor, target=place.application, agreed=agree)
    if not agree:
        letters.take_back(key_begins=f"{notifications.LINE_MANAGER}:{place.pk}:", actor=actor)
    elif place.user.line_manager_id and place.user.line_manager_id != actor.pk:
        notifications.line_manager(place)
    return place
