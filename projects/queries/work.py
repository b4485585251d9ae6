"""Milestones and the last meetings of a project, as its page shows them: one query for both."""

from django.contrib.auth import get_user_model
from django.db.models import CharField, DateField, F, IntegerField, TextField, Value
from django.db.models.functions import Cast

from projects.models import CoachingNote, Milestone, Project

_AUTHOR = ("display_name", "first_name", "last_name", "username")


def _nothing(field) -> Cast:
    return Cast(Value(None), field)


def work_of(project: Project, meetings: int) -> tuple[list[Milestone], list[CoachingNote]]:
    """Every milestone by date, and the last ``meetings`` with their authors; the objects are not to be saved."""
    last = CoachingNote.objects.filter(project=project).order_by("-held_on", "-pk").values("pk")[:meetings]
    columns = ("side", "pk", "day", "done", "one", "two", "three", "private", "number", "person", *_AUTHOR)
    plans = (
        Milestone.objects.filter(project=project)
        .order_by()
        .annotate(
            side=Value("milestone", output_field=CharField()),
            day=F("due_on"),
            done=F("reached_on"),
            one=Cast("title", TextField()),
            two=F("evidence"),
            three=_nothing(TextField()),
            private=_nothing(TextField()),
            number=_nothing(IntegerField()),
            person=_nothing(IntegerField()),
            **{name: _nothing(CharField()) for name in _AUTHOR},
        )
    )
    notes = (
        CoachingNote.objects.filter(pk__in=last)
        .order_by()
        .annotate(
            side=Value("meeting", output_field=CharField()),
            day=F("held_on"),
            done=_nothing(DateField()),
            one=F("learnt"),
            two=F("decided"),
            three=F("next_step"),
            private=F("private_note"),
            number=Cast("users_met", IntegerField()),
            person=Cast("author", IntegerField()),
            **{name: F(f"author__{name}") for name in _AUTHOR},
        )
    )
    milestones, met = [], []
    for row in plans.values_list(*columns).union(notes.values_list(*columns), all=True):
        side, pk, day, done, one, two, three, private, number, person, *names = row
        if side == "milestone":
            milestones.append(Milestone(pk=pk, title=one, due_on=day, reached_on=done, evidence=two))
            continue
        author = get_user_model()(pk=person, **dict(zip(_AUTHOR, names, strict=True)))
        met.append(
            CoachingNote(
                pk=pk,
                author=author,
                held_on=day,
                learnt=one,
                decided=two,
                next_step=three,
                private_note=private,
                users_met=number,
            )
        )
    return (
        sorted(milestones, key=lambda milestone: (milestone.due_on, milestone.pk)),
        sorted(met, key=lambda meeting: (meeting.held_on, meeting.pk), reverse=True),
    )
