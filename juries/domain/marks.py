"""The marks of a sitting, as they leave the house: rows from which the published rank can be computed again."""

from juries.enums import SittingState
from juries.models import Recusal, Score, Sitting


def score_rows(sitting: Sitting, reader):
    """All marks for the export, as tuples, read in one pass: given ones, and recusals as missing.

    Hearings from which the reader stands aside are left out until the decisions are pronounced.
    """
    recusals = list(
        Recusal.objects.filter(hearing__sitting=sitting)
        .order_by("hearing__position", "seat__pk")
        .values_list("hearing", "seat__user", "hearing__project__title", "seat__user__display_name",
                     "seat__user__first_name", "seat__user__last_name", "seat__user__username")
    )  # fmt: skip
    aside = {(hearing, user) for hearing, user, *_rest in recusals}
    hidden = {hearing for hearing, user in aside if user == reader.pk}
    if sitting.state == SittingState.PRONOUNCED:
        hidden = set()
    rows = (
        Score.objects.filter(
            evaluation__hearing__sitting=sitting, evaluation__submitted_at__isnull=False
        )
        .order_by("evaluation__hearing__position", "evaluation__hearing", "evaluation__juror", "criterion__position")
        .values_list(
            "evaluation__hearing", "evaluation__juror", "evaluation__hearing__project__title",
            "evaluation__juror__display_name", "evaluation__juror__first_name", "evaluation__juror__last_name",
            "evaluation__juror__username", "criterion__label", "criterion__weight", "value",
            "evaluation__submitted_at",
        )
    )  # fmt: skip
    for hearing, juror, title, *names, label, weight, value, given_at in rows.iterator(chunk_size=2_000):
        if hearing in hidden or (hearing, juror) in aside:
            continue
        mark = "" if value is None else value
        yield title, _name(*names), label, weight, mark, given_at.isoformat(timespec="seconds"), ""
    for hearing, _user, title, *names in recusals:
        if hearing not in hidden:
            yield title, _name(*names), "", "", "", "", "1"


def _name(display_name: str, first_name: str, last_name: str, username: str) -> str:
    return display_name or f"{first_name} {last_name}".strip() or username
