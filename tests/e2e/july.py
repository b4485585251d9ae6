"""``python -m tests.e2e.july``: a July jury ready to be held in the demonstration, made by the verbs.

Six projects at the end of their pre-incubation, a grid, five members with a voice and a secretary; the scoring
is open. Four of the members have given their marks for all but the first two projects: the browser does the
rest. Prints the address of the sitting.
"""

import os
import sys
from datetime import timedelta

import django

TITLES = [
    "Le portail en panne",
    "La fiche en double",
    "Le car de 7 h 10",
    "La salle vide",
    "Le prêt perdu",
    "Le guichet fermé",
]
MARKS = {
    TITLES[0]: (4, 4, 4), TITLES[1]: (4, 4, 4), TITLES[2]: (5, 5, 5),
    TITLES[3]: (3, 3, 3), TITLES[4]: (2, 2, 2), TITLES[5]: (1, 2, 1),
}  # fmt: skip
BY_CLICKS = TITLES[:2]
PRESIDENT, CLICKS_ALL = "bernard.lestang", "odile.maurin"
JURORS = [CLICKS_ALL, "karim.oudin", "sabine.ferrand", "mireille.tanguy"]


def make() -> str:
    from django.contrib.auth import get_user_model

    from incubator.core import clock
    from juries.domain import links, scoring, sittings
    from juries.domain.grids import create_grid
    from projects.domain.programmes import create_cohort
    from projects.enums import Gate, Stage
    from projects.models import Programme
    from tests.factories.juries import CRITERIA
    from tests.factories.projects import bring_to, make_project, manager_of

    programme = Programme.objects.get(code="intrapreneurs")
    manager = manager_of(programme)
    with clock.at(clock.now() - timedelta(days=95)):
        cohort = create_cohort(
            actor=manager, programme=programme, code="juillet", name="Promotion de juillet"
        )
        projects = [make_project(cohort=cohort, title=title) for title in TITLES]
        for project in projects:
            bring_to(project, Stage.PREINCUBATION)
    sitting = sittings.prepare_sitting(
        actor=manager, programme=programme, cohort=cohort, gate=Gate.PREINCUBATION_END,
        body="Jury de juillet", starts_at=clock.now() + timedelta(days=1), places=3,
        grid_version=create_grid(actor=manager, programme=programme, name="Juillet", criteria=CRITERIA),
    )  # fmt: skip
    people = get_user_model().objects.in_bulk([PRESIDENT, *JURORS], field_name="username")
    for username, role in [(PRESIDENT, "president"), *((juror, "juror") for juror in JURORS)]:
        sittings.add_seat(actor=manager, sitting=sitting, user=people[username], role=role)
    hearings = [sittings.add_hearing(actor=manager, sitting=sitting, project=project) for project in projects]
    sittings.open_scoring(actor=manager, sitting=sitting)
    keys = [criterion["key"] for criterion in CRITERIA]
    for username in [PRESIDENT, *JURORS[1:]]:
        links.declare_links(actor=people[username], sitting=sitting, links={}, none=True)
        for title, hearing in zip(TITLES, hearings, strict=True):
            if title not in BY_CLICKS:
                marks = dict(zip(keys, MARKS[title], strict=True))
                scoring.save_scores(actor=people[username], hearing=hearing, scores=marks, give=True)
    return f"/jurys/{sitting.code}/"


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.e2e.settings")
    django.setup()
    sys.stdout.write(make())
