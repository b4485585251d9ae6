"""Fill a database for the load: 200 people with a draft of twelve questions, 200 jurors with ten projects to score.

Prints, as JSON, a session and the addresses for each person.
"""

import json
import os
from datetime import timedelta

from tests.benchmarks.build import CRITERIA, people, session_of
from tests.benchmarks.build_calls import STEPS, open_call, programme_of_its_own

PEOPLE, PROJECTS = 200, 10


def drafts(programme, cohort, manager) -> list[dict]:
    """A person each, who has begun: where they write, and as whom."""
    from django.urls import reverse

    from calls.domain import applications

    call = open_call(programme, cohort, manager, "appel-charge")
    written = []
    for person in people(PEOPLE, "agent"):
        draft, _token = applications.begin_application(call=call, user=person)
        written.append(
            {
                "session": session_of(person),
                "application": draft.pk,
                "steps": [
                    reverse("calls:step", args=[draft.uuid, f"etape-{step + 1}"]) for step in range(STEPS)
                ],
            }
        )
    return written


def jurors(programme, cohort, manager) -> list[dict]:
    """A juror each, with every project to score."""
    from django.urls import reverse

    from incubator.core import clock
    from juries.domain import grids, sittings
    from juries.enums import SeatRole
    from juries.models import Hearing, Seat
    from projects.enums import Gate, Stage, TeamRole
    from projects.models import Membership, Project

    now = clock.now()
    grid = grids.create_grid(actor=manager, programme=programme, name="Grille", criteria=CRITERIA)
    sitting = sittings.prepare_sitting(
        actor=manager,
        programme=programme,
        cohort=cohort,
        gate=Gate.HACKATHON,
        body="Jury sous charge",
        starts_at=now + timedelta(days=2),
        grid_version=grid,
        code="charge",
    )
    projects = Project.objects.bulk_create(
        Project(
            code=f"projet-{number}",
            programme=programme,
            cohort=cohort,
            title=f"Projet {number}",
            problem="Deux heures perdues par personne et par semaine.",
            stage=Stage.PRESELECTED,
        )
        for number in range(PROJECTS)
    )
    Membership.objects.bulk_create(
        Membership(project=project, user=lead, role=TeamRole.LEAD)
        for project, lead in zip(projects, people(PROJECTS, "auteur"), strict=True)
    )
    members = people(PEOPLE, "jure")
    Seat.objects.bulk_create(
        Seat(
            sitting=sitting,
            user=member,
            role=SeatRole.JUROR if number else SeatRole.PRESIDENT,
            declared_at=now,  # their links of interest are said: the dossiers are open to them
        )
        for number, member in enumerate(members)
    )
    Hearing.objects.bulk_create(
        Hearing(sitting=sitting, project=project, position=number) for number, project in enumerate(projects)
    )
    sittings.open_scoring(actor=manager, sitting=sitting)
    hearings = list(sitting.hearings.order_by("position"))
    return [
        {
            "session": session_of(member),
            "juror": member.pk,
            "hearings": {
                str(hearing.pk): reverse("juries:score", args=[sitting.code, hearing.uuid])
                for hearing in hearings
            },
        }
        for member in members
    ]


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.benchmarks.settings")
    import django
    from django.core.management import call_command
    from django.db import connection

    django.setup()
    call_command("migrate", interactive=False, verbosity=0)
    ground = programme_of_its_own("charge")
    plan = {"drafts": drafts(*ground), "jurors": jurors(*ground)}
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    print(json.dumps(plan))


if __name__ == "__main__":
    main()
