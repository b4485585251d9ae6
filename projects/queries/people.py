"""Who is around a project, and what one person is to it."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import CharField, DateField, F, IntegerField, OuterRef, Q, Subquery, Value
from django.db.models.functions import Cast

from incubator.core import clock
from projects import rules
from projects.enums import AccompanimentKind, TeamRole
from projects.models import Accompaniment, Commitment, Membership, Project

_WORKS_ALONGSIDE = frozenset({AccompanimentKind.COACH, AccompanimentKind.SENIOR})
_PERSON = ("display_name", "first_name", "last_name", "username", "email", "phone")


@dataclass(frozen=True)
class Person:
    """Someone of the project: who, as what, since when, and how to reach them."""

    pk: int
    user_id: int
    name: str
    role: str
    label: Any
    is_team: bool
    since: date
    phone: str = ""
    email: str = ""
    share_of_time: int | None = None
    freed_until: date | None = None


def people_of(project: Project) -> list[Person]:
    """The team and those who accompany it today, in one query."""
    letter = Commitment.objects.filter(project=OuterRef("project"), user=OuterRef("user")).order_by(
        "-ends_on"
    )
    team = (
        Membership.objects.filter(project=project, left_on__isnull=True)
        .order_by()
        .annotate(
            side=Value("team", output_field=CharField()),
            what=Cast("role", CharField()),
            since=F("joined_on"),
            share=Subquery(letter.values("share_of_time")[:1], output_field=IntegerField()),
            freed=Subquery(letter.values("ends_on")[:1], output_field=DateField()),
        )
    )
    alongside = (
        Accompaniment.objects.filter(project=project)
        .filter(Q(ends_on__isnull=True) | Q(ends_on__gte=clock.today()))
        .order_by()
        .annotate(
            side=Value("alongside", output_field=CharField()),
            what=Cast("kind", CharField()),
            since=F("starts_on"),
            share=Cast(Value(None), IntegerField()),
            freed=Cast(Value(None), DateField()),
        )
    )
    columns = (
        "side",
        "what",
        "since",
        "share",
        "freed",
        "pk",
        "user_id",
        *(f"user__{name}" for name in _PERSON),
    )
    rows = team.values_list(*columns).union(alongside.values_list(*columns), all=True)
    people = []
    for side, what, since, share, freed, pk, user_id, *person in rows:
        user = get_user_model()(**dict(zip(_PERSON, person, strict=True)))
        is_team = side == "team"
        people.append(
            Person(
                pk=pk,
                user_id=user_id,
                name=str(user),
                role=what,
                label=(TeamRole if is_team else AccompanimentKind)(what).label,
                is_team=is_team,
                since=since,
                phone=user.phone,
                email=user.email or "",
                share_of_time=share,
                freed_until=freed,
            )
        )
    order = [*TeamRole.values, *AccompanimentKind.values]
    return sorted(people, key=lambda person: (not person.is_team, order.index(person.role), person.name))


@dataclass(frozen=True)
class Viewer:
    """What this person is to this project; the same answers as ``projects.rules``, without asking again."""

    is_team: bool
    is_companion: bool
    is_coach: bool
    is_manager: bool
    is_sponsor: bool

    @property
    def works(self) -> bool:
        """Writes in the project, and reads meetings and unfinished milestones."""
        return self.is_team or self.is_companion or self.is_manager


def viewer_of(user, project: Project, people: list[Person]) -> Viewer:
    mine = [person for person in people if person.user_id == user.pk]
    return Viewer(
        is_team=any(person.is_team and person.role != TeamRole.READER for person in mine),
        is_companion=any(not person.is_team for person in mine),
        is_coach=any(person.role in _WORKS_ALONGSIDE for person in mine),
        is_manager=rules.is_manager(user, project.programme),
        is_sponsor=rules.is_sponsor(user, project.programme),
    )
