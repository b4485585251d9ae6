"""What the worker does for projects, each on its day. Every handler asks again whether it is still true."""

from incubator.core import clock, jobs
from projects.domain import exits, fast_track
from projects.models import FastTrackRequest, FollowUp


@jobs.register("projects.fast_track_silent")
def alert_silence(payload: dict) -> None:
    question = (
        FastTrackRequest.objects.silent()
        .select_related("project__programme", "asked_by")
        .filter(pk=payload.get("question"))
        .first()
    )
    if question is not None:
        fast_track.alert_silence(actor=None, question=question)


@jobs.register("projects.ask_follow_up")
def ask_follow_up(payload: dict) -> None:
    follow_up = (
        FollowUp.objects.filter(
            pk=payload.get("follow_up"), checked_on__isnull=True, due_on__lte=clock.today()
        )
        .select_related("project")
        .first()
    )
    if follow_up is not None:
        exits.ask_follow_up(actor=None, follow_up=follow_up)
