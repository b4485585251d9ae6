"""Fill a database for the measure: 500 projects, 40 jurors, 2,000 evaluations on three criteria.

What there is one of is made with the verbs; what there are hundreds of is inserted in bulk. Prints, as
JSON, the addresses to measure and a session for each kind of person.
"""

import json
import os
import sys
from datetime import timedelta

PROJECTS, JURORS, EVALUATIONS = 500, 40, 2000
CRITERIA = [
    {
        "key": key,
        "label": label,
        "question": f"{label} : que dit le dossier ?",
        "weight": weight,
        "anchor_1": "Rien ne l’indique.",
        "anchor_3": "Quelques signes concrets.",
        "anchor_5": "Des faits précis et vérifiables.",
    }
    for key, label, weight in (
        ("besoin", "Le besoin", 3),
        ("impact", "L’impact", 2),
        ("equipe", "L’équipe", 1),
    )
]
PROBLEM = (
    "Chaque semaine, des agents ressaisissent à la main des données que le service d’à côté tient déjà : "
    "deux heures perdues par personne, des erreurs, et des usagers qui attendent leur réponse trois semaines."
)


def people(number: int, stem: str):
    from incubator.accounts.models import User

    return User.objects.bulk_create(
        User(username=f"{stem}{i}", first_name="Camille", last_name=f"{stem.title()} {i}", password="!")
        for i in range(number)
    )


def session_of(user) -> str:
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return session.session_key


def fill() -> dict:
    from django.urls import reverse

    from calls.domain import calls
    from home.domain.site import set_up_site
    from incubator.accounts.domain.people import create_person
    from incubator.core import clock
    from juries.domain import grids, sittings
    from juries.enums import SeatRole
    from juries.models import Evaluation, Hearing, Score, Seat
    from projects.domain import programmes
    from projects.enums import Gate, ProgrammeRoleKind, Stage, TeamRole
    from projects.models import Membership, Project, Transition

    set_up_site()
    now = clock.now()
    programme = programmes.create_programme(actor=None, code="mesure", name="Programme mesuré")
    cohort = programmes.create_cohort(
        actor=None, programme=programme, code="mesure", name="Promotion mesurée"
    )
    manager = create_person(
        actor=None, first_name="Hélène", last_name="Responsable", email="h@region.example"
    )
    programmes.grant_programme_role(
        actor=None, programme=programme, user=manager, role=ProgrammeRoleKind.MANAGER
    )
    call = calls.create_call(
        actor=manager,
        programme=programme,
        cohort=cohort,
        code="appel-mesure",
        title="Appel mesuré",
        opens_at=now - timedelta(days=1),
        closes_at=now + timedelta(days=44),
        questions=[
            {
                "title": "Le problème",
                "key": "probleme",
                "questions": [{"kind": "long_text", "key": "probleme", "label": "Quel est le problème ?"}],
            }
        ],
    )
    calls.publish_call_page(actor=manager, call=call)
    calls.open_call(actor=manager, call=call)

    projects = Project.objects.bulk_create(
        Project(
            code=f"projet-{i}",
            programme=programme,
            cohort=cohort,
            title=f"Projet mesuré numéro {i}",
            problem=PROBLEM,
            theme=("Numérique", "Lycées", "Mobilités", "Accueil")[i % 4],
            stage=Stage.PRESELECTED,
            next_decision_on=(now + timedelta(days=30)).date(),
            next_decision_label="Hackathon",
        )
        for i in range(PROJECTS)
    )
    Transition.objects.bulk_create(
        Transition(
            project=project,
            name="preselection:retain",
            source=Stage.APPLIED,
            target=Stage.PRESELECTED,
            actor=manager,
            effective_on=now.date(),
            public_reason="Le problème est réel et partagé.",
            outcome="retain",
            deciding_body="Jury de présélection",
        )
        for project in projects
    )
    leads = people(PROJECTS, "auteur")
    Membership.objects.bulk_create(
        Membership(project=project, user=lead, role=TeamRole.LEAD)
        for project, lead in zip(projects, leads, strict=True)
    )

    grid = grids.create_grid(actor=manager, programme=programme, name="Grille mesurée", criteria=CRITERIA)
    sitting = sittings.prepare_sitting(
        actor=manager,
        programme=programme,
        cohort=cohort,
        gate=Gate.HACKATHON,
        body="Jury mesuré",
        starts_at=now + timedelta(days=2),
        grid_version=grid,
        code="mesure",
        places=120,
    )
    jurors = people(JURORS, "jure")
    Seat.objects.bulk_create(
        Seat(
            sitting=sitting,
            user=juror,
            role=SeatRole.JUROR if i else SeatRole.PRESIDENT,
            present=True,
            declared_at=now,
        )
        for i, juror in enumerate(jurors)
    )
    Hearing.objects.bulk_create(
        Hearing(
            sitting=sitting,
            project=project,
            position=i,
            starts_at=sitting.starts_at + timedelta(minutes=8 * i),
        )
        for i, project in enumerate(projects, 1)
    )
    sittings.open_scoring(actor=manager, sitting=sitting)
    hearings = list(sitting.hearings.order_by("position"))
    each = EVALUATIONS // PROJECTS
    evaluations = Evaluation.objects.bulk_create(
        Evaluation(
            hearing=hearing,
            juror=jurors[(i * each + turn) % JURORS],
            comment="Un besoin réel, une équipe décidée.",
            submitted_at=now,
        )
        for i, hearing in enumerate(hearings)
        for turn in range(each)
    )
    criteria = list(grid.criteria.all())
    Score.objects.bulk_create(
        Score(evaluation=evaluation, criterion=criterion, value=1 + (i * 7 + j * 3) % 5)
        for i, evaluation in enumerate(evaluations)
        for j, criterion in enumerate(criteria)
    )
    scored = hearings[0]
    return {
        "sessions": {
            "manager": session_of(manager),
            "juror": session_of(jurors[0]),
            "president": session_of(jurors[0]),
        },
        "addresses": {
            "call": f"/appels/{call.code}/",
            "list": reverse("home:portfolio"),
            "project": f"/projets/{projects[0].code}/",
            "score_form": reverse("juries:score", args=[sitting.code, scored.uuid]),
            "board": reverse("juries:results", args=[sitting.code]),
            "board_first": reverse("juries:results", args=[sitting.code]),
            "map": reverse("juries:heat", args=[sitting.code]),
            "csv": reverse("juries:scores_csv", args=[sitting.code]),
            "xlsx": reverse("juries:scores_xlsx", args=[sitting.code]),
            "json": reverse("juries:scores_json", args=[sitting.code]),
        },
        "rows": {
            "projects": PROJECTS,
            "jurors": JURORS,
            "evaluations": len(evaluations),
            "scores": len(evaluations) * len(criteria),
        },
    }


def deliberate() -> dict:
    from juries.domain import sittings
    from juries.models import Sitting

    sitting = Sitting.objects.get(code="mesure")
    seats = sitting.seats.select_related("user")
    president = next(seat.user for seat in seats if seat.role == "president")
    sittings.begin_deliberation(actor=president, sitting=sitting, present=[seat.user for seat in seats])
    return {}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.benchmarks.settings")
    import django
    from django.core.management import call_command

    django.setup()
    if "--deliberate" in sys.argv:
        answer = deliberate()
    else:
        call_command("migrate", interactive=False, verbosity=0)
        answer = fill()
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    print(json.dumps(answer))


if __name__ == "__main__":
    main()
