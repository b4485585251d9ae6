"""Sittings for tests, made with the verbs alone."""

from datetime import datetime, timedelta
from itertools import count
from zoneinfo import ZoneInfo

from incubator.accounts.domain.people import create_person
from incubator.accounts.enums import Role
from incubator.core import clock
from juries.domain import decisions, links, scoring, sittings
from juries.domain.grids import create_grid
from juries.enums import SeatRole
from juries.models import Decision
from projects.domain.programmes import create_cohort, create_programme, grant_programme_role
from projects.domain.projects import open_project
from projects.enums import Gate, Outcome, ProgrammeRoleKind, TeamRole

PARIS = ZoneInfo("Europe/Paris")
_numbers = count(1)

CRITERIA = [
    {
        "key": "probleme",
        "label": "Le problème",
        "question": "Est-il réel et partagé ?",
        "weight": 2,
        "anchors": {1: "Supposé", 3: "Vécu par l'équipe", 5: "Mesuré auprès des usagers"},
    },
    {
        "key": "equipe",
        "label": "L'équipe",
        "weight": 1,
        "anchors": {
            1: "Seule et sans temps",
            3: "Disponible un jour",
            5: "Deux jours par semaine, accord signé",
        },
    },
    {
        "key": "effet",
        "label": "L'effet attendu",
        "weight": 1,
        "anchors": {1: "Flou", 3: "Décrit", 5: "Chiffré, avec un point de départ"},
    },
]


def person(first_name: str = "Agent", last_name: str | None = None, **fields):
    number = next(_numbers)
    fields.setdefault("username", f"personne{number}")
    return create_person(
        actor=None, first_name=first_name, last_name=last_name or f"Numéro{number}", **fields
    )


def manager_of(programme):
    user = person("Responsable")
    grant_programme_role(actor=None, programme=programme, user=user, role=ProgrammeRoleKind.MANAGER)
    return user


def sponsor_of(programme):
    user = person("Direction")
    grant_programme_role(actor=None, programme=programme, user=user, role=ProgrammeRoleKind.SPONSOR)
    return user


class Frame:
    """What stands before a sitting: a programme with its cohort, those who lead it, a grid."""

    ready = None  # one that is written already: tests/juries/conftest.py

    def __init__(self):
        number = next(_numbers)
        self.programme = create_programme(
            actor=None, code=f"programme-jury-{number}", name=f"Programme {number}"
        )
        self.cohort = create_cohort(
            actor=None, programme=self.programme, code=f"cohorte-{number}", name=f"Cohorte {number}"
        )
        self.manager = manager_of(self.programme)
        self.sponsor = sponsor_of(self.programme)
        self.grid = create_grid(
            actor=self.manager, programme=self.programme, name="Grille", criteria=CRITERIA
        )

    @classmethod
    def next(cls):
        found, cls.ready = cls.ready or cls(), None
        return found


class World:
    """One programme, one cohort, one sitting: what most tests of this room need."""

    def __init__(
        self, *, projects: int = 3, jurors: int = 3, gate=Gate.PRESELECTION, stage_ready=None, **sitting
    ):
        vars(self).update(vars(Frame.next()))
        self.projects = [self.open_project(f"Projet {letter}") for letter in letters(projects)]
        if stage_ready is not None:
            for project in self.projects:
                stage_ready(self, project)
        self.president = person("Présidente")
        self.jurors = [person("Jurée") for _one in range(jurors)]
        sitting.setdefault("starts_at", clock.now() + timedelta(days=2))
        sitting.setdefault("body", "Jury de présélection")
        self.sitting = sittings.prepare_sitting(
            actor=self.manager,
            programme=self.programme,
            cohort=self.cohort,
            gate=gate,
            grid_version=self.grid,
            **sitting,
        )
        sittings.add_seat(
            actor=self.manager, sitting=self.sitting, user=self.president, role=SeatRole.PRESIDENT
        )
        for juror in self.jurors:
            sittings.add_seat(actor=self.manager, sitting=self.sitting, user=juror)
        self.hearings = [
            sittings.add_hearing(actor=self.manager, sitting=self.sitting, project=project)
            for project in self.projects
        ]

    def open_project(self, title: str, team=None, problem="Un problème qui se répète chaque semaine."):
        team = team or [(person("Autrice"), TeamRole.LEAD)]
        return open_project(actor=None, cohort=self.cohort, title=title, problem=problem, team=team)

    @property
    def everyone(self):
        return [self.president, *self.jurors]

    def open_scoring(self, declared: bool = True):
        """The dossiers are frozen; with ``declared``, every member has said that they have no link."""
        sittings.open_scoring(actor=self.manager, sitting=self.sitting)
        if declared:
            for user in self.everyone:
                links.declare_links(actor=user, sitting=self.sitting, links={}, none=True)
        for hearing in self.hearings:
            hearing.refresh_from_db()
        return self

    def give(self, user, hearing, *marks, comment=""):
        keys = [criterion["key"] for criterion in CRITERIA]
        return scoring.save_scores(
            actor=user,
            hearing=hearing,
            scores=dict(zip(keys, marks, strict=True)),
            comment=comment,
            give=True,
        )

    def everyone_scores(self, mark=4):
        for hearing in self.hearings:
            for user in self.everyone:
                self.give(user, hearing, mark, mark, mark)
        return self

    def deliberate(self, present=None):
        sittings.begin_deliberation(
            actor=self.president,
            sitting=self.sitting,
            present=self.everyone if present is None else present,
        )
        return self

    def decide(
        self, hearing, outcome=Outcome.RETAIN, reason="Le problème est réel et partagé.", demands=None
    ):
        return decisions.prepare_decision(
            actor=self.president, hearing=hearing, outcome=outcome, reason=reason, demands=demands or {}
        )

    def decide_all(self, outcome=Outcome.RETAIN):
        for hearing in self.hearings:
            self.decide(hearing, outcome)
        return self

    def tell(self, hearing=None):
        """The three sentences to one team, or to all."""
        from juries.domain.feedback import write_feedback

        for one in [hearing] if hearing else self.hearings:
            write_feedback(
                actor=self.president,
                decision=Decision.objects.get(hearing=one),
                convinced="Vous avez rencontré douze agents.",
                lacked="Il manque un chiffre de départ.",
                what_next="Comptez pendant un mois, puis rappelez-nous.",
            )
        return self

    def pronounce(self):
        return decisions.pronounce(actor=self.president, sitting=self.sitting)


def letters(number: int) -> list[str]:
    return [chr(ord("A") + index % 26) + ("" if index < 26 else str(index // 26)) for index in range(number)]


def at(year, month, day, hour=9, minute=0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=PARIS)


def dgs():
    """Someone of the chief executive's office, for the whole authority."""
    from incubator.accounts.domain.people import grant_role

    user = person("Directrice")
    grant_role(actor=None, user=user, role=Role.SPONSOR)
    return user
