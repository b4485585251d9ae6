"""Programmes, people's roles and projects at each stage, made with the verbs alone."""

from datetime import date
from decimal import Decimal
from itertools import count

from incubator.accounts.domain.people import create_person, grant_role
from incubator.accounts.enums import Role
from incubator.core import clock
from projects.domain import decisions, programmes
from projects.domain import projects as verbs
from projects.domain.impact import add_measure, create_indicator
from projects.domain.work import log_meeting, plan_milestone
from projects.enums import (
    AccompanimentKind,
    Direction,
    Gate,
    IndicatorLevel,
    Maturity,
    Outcome,
    ProgrammeRoleKind,
    Quality,
    Stage,
    TeamRole,
    Unit,
)
from projects.outcomes import DEMANDS

_numbers = count(1)
_FIRST_NAMES = ("Amina", "Bruno", "Chloé", "David", "Elsa", "Farid", "Gaëlle", "Hugo", "Inès", "Jean")
BODY = "Jury de la promotion"
REASON = "Le problème est réel et l'équipe est prête."


def make_person(first_name: str | None = None, last_name: str | None = None, **fields):
    """Someone without any role; no e-mail unless one is given."""
    number = next(_numbers)
    return create_person(
        actor=None,
        first_name=first_name or _FIRST_NAMES[number % len(_FIRST_NAMES)],
        last_name=last_name or f"Martin{number}",
        **fields,
    )


def make_programme(**fields):
    number = next(_numbers)
    return programmes.create_programme(
        actor=None,
        code=fields.pop("code", f"programme-{number}"),
        name=fields.pop("name", f"Programme {number}"),
        **fields,
    )


def make_cohort(programme=None, **fields):
    number = next(_numbers)
    return programmes.create_cohort(
        actor=None,
        programme=programme or make_programme(),
        code=fields.pop("code", f"promotion-{number}"),
        name=fields.pop("name", f"Promotion {number}"),
        **fields,
    )


def make_manager(programme, user=None):
    user = user or make_person(email=f"responsable{next(_numbers)}@region.example")
    programmes.grant_programme_role(
        actor=None, programme=programme, user=user, role=ProgrammeRoleKind.MANAGER
    )
    return user


def make_partner(programme, user=None):
    user = user or make_person()
    programmes.grant_programme_role(
        actor=None, programme=programme, user=user, role=ProgrammeRoleKind.PARTNER
    )
    return user


def make_sponsor(user=None):
    """Someone of the chief executive's office."""
    user = user or make_person()
    grant_role(actor=None, user=user, role=Role.SPONSOR)
    return user


def manager_of(programme):
    """A manager of the programme, made when there is none."""
    role = programme.roles.filter(role=ProgrammeRoleKind.MANAGER, ended_at__isnull=True).first()
    return role.user if role else make_manager(programme)


def demands_for(outcome: str, on: date | None = None, **given) -> dict:
    """Demands that satisfy an outcome decided on ``on``; ``given`` replaces some of them."""
    from projects.dates import months_after

    on = on or clock.today()
    values = {
        "amount_min": "50000.00",
        "amount_max": "100000.00",
        "months": 6,
        "partner": "beta.gouv.fr",
        "convention": "Convention 2020-14",
        "criterion": "Mille agents s'en servent chaque mois.",
        "starts_on": months_after(on, 1).isoformat(),
        "next_committee_on": months_after(on, 7).isoformat(),
        "no_baseline_reason": "La mesure de départ est prévue en septembre.",
        "share_of_time": 50,
        "host": "Direction de la relation aux usagers",
        "linked_project": "Refonte du portail des aides",
        "role_given": "Les intrapreneuses animent les tests avec les usagers.",
        "open_question": "Les gestionnaires ouvriront-ils leurs logements ?",
        "evidence": "Dix gestionnaires engagés par écrit.",
        "ends_on": months_after(on, 3).isoformat(),
        "department": "Direction du numérique",
        "recipient": "Claire Dubois",
        "handed_over": "Les entretiens et la maquette.",
        "team_after": "Elles reviennent à leur poste et restent référentes.",
        "stop_reason": "solution_exists",
        "learning": "Une solution existe déjà dans un autre service.",
        "missing_proof": "Le nombre d'usagers concernés.",
        "next_decision_on": months_after(on, 1).isoformat(),
        "proven_impact": "Deux fois moins de dossiers incomplets.",
        "technical_file": "Espace documentaire, dossier 12",
        "granted": "Un accès en lecture à l'annuaire, jusqu'en décembre.",
        "restart_condition": "Un financeur pour l'hébergement.",
    }
    if outcome == Outcome.PROVISIONAL:
        values["next_committee_on"] = months_after(on, 1).isoformat()
    if outcome in {Outcome.STARTUP_TERRITORY, Outcome.STARTUP_INTERNAL, Outcome.STARTUP_INCUBATOR}:
        values["ends_on"] = months_after(on, 7).isoformat()
    wanted = {demand.key for demand in DEMANDS[Outcome(outcome)] if demand.required}
    if any(demand.key == "no_baseline_reason" for demand in DEMANDS[Outcome(outcome)]):
        wanted.add("no_baseline_reason")
    return {**{key: values[key] for key in wanted}, **given}


def decide(project, gate: str, outcome: str, *, on: date | None = None, actor=None, **given):
    """Apply an outcome as a pronounced sitting does."""
    on = on or clock.today()
    return decisions.apply_outcome(
        actor=actor or manager_of(project.programme),
        project=project,
        gate=gate,
        outcome=outcome,
        reason=REASON,
        demands=demands_for(outcome, on, **given),
        deciding_body=BODY,
        effective_on=on,
        system=True,
    )


def sign_commitment(project, user=None, **fields):
    """The letter of commitment of the project's first member, signed today, for what is planned."""
    from projects.dates import months_after

    user = user or project.memberships.filter(left_on__isnull=True).first().user
    starts_on = fields.pop("starts_on", clock.today())
    return verbs.sign_commitment(
        actor=fields.pop("actor", user),
        project=project,
        user=user,
        share_of_time=fields.pop("share_of_time", 50),
        starts_on=starts_on,
        ends_on=fields.pop("ends_on", months_after(starts_on, 3)),
        agreed_by=fields.pop("agreed_by", "Sylvie Bernard, cheffe de service"),
        signed_on=fields.pop("signed_on", clock.today()),
        **fields,
    )


def make_project(stage: str = Stage.APPLIED, *, cohort=None, lead=None, coach=None, team=None, **fields):
    """A project that went through every verb up to ``stage``, today (set the clock to date it)."""
    cohort = cohort or make_cohort()
    number = next(_numbers)
    lead = lead or make_person()
    project = verbs.open_project(
        actor=lead,
        cohort=cohort,
        title=fields.pop("title", f"Projet {number}"),
        problem=fields.pop("problem", "Neuf dossiers d'aide sur dix reviennent incomplets."),
        team=team or [(lead, TeamRole.LEAD)],
        **fields,
    )
    if coach is not None:
        verbs.assign_companion(
            actor=manager_of(cohort.programme), project=project, user=coach, kind=AccompanimentKind.COACH
        )
    bring_to(project, stage)
    return project


def bring_to(project, stage: str) -> None:
    """Take an *applied* project to ``stage`` by the shortest way that the verbs allow."""
    manager = manager_of(project.programme)
    stage = Stage(stage)
    early = {
        Stage.NOT_SELECTED: Outcome.NOT_THIS_TIME,
        Stage.REDIRECTED: Outcome.REDIRECT,
    }
    if stage == Stage.APPLIED:
        return
    if stage in early:
        decide(project, Gate.PRESELECTION, early[stage])
        return
    if stage == Stage.WITHDRAWN:
        verbs.withdraw(actor=manager, project=project)
        return
    if stage == Stage.MERGED:
        verbs.merge(
            actor=manager, project=project, into=make_project(cohort=project.cohort), reason="Même problème."
        )
        return
    decide(project, Gate.PRESELECTION, Outcome.RETAIN)
    if stage == Stage.PRESELECTED:
        return
    decide(project, Gate.HACKATHON, Outcome.RETAIN)
    if stage == Stage.SELECTED:
        return
    sign_commitment(project)
    verbs.start_preincubation(actor=manager, project=project)
    if stage == Stage.PREINCUBATION:
        return
    if stage == Stage.SUSPENDED:
        verbs.suspend(
            actor=manager,
            project=project,
            reason="Congé de l'équipe.",
            resumes_on=clock.today().replace(year=clock.today().year + 1, day=1),
        )
        return
    after_jury = {
        Stage.STARTUP_TERRITORY: Outcome.STARTUP_TERRITORY,
        Stage.STARTUP_INTERNAL: Outcome.STARTUP_INTERNAL,
        Stage.STARTUP_INCUBATOR: Outcome.STARTUP_INCUBATOR,
        Stage.HANDED_OVER: Outcome.HAND_OVER,
        Stage.STOPPED: Outcome.STOP,
    }
    if stage in after_jury:
        decide(project, Gate.PREINCUBATION_END, after_jury[stage])
        return
    decide(project, Gate.PREINCUBATION_END, Outcome.STARTUP_INTERNAL)
    verbs.start_phase(actor=manager, project=project)
    committee = {Stage.DORMANT: Outcome.DORMANT, Stage.SUSTAINED: Outcome.SUSTAIN}
    decide(project, Gate.COMMITTEE, committee[stage])


def advance_to(project, maturity: str) -> None:
    """Take a startup in construction to a later step, by committees."""
    while project.maturity != maturity:
        if project.maturity == Maturity.CONSOLIDATION:
            raise ValueError(maturity)
        decide(project, Gate.COMMITTEE, Outcome.NEXT_MATURITY)


def make_milestone(project, **fields):
    return plan_milestone(
        actor=fields.pop("actor", manager_of(project.programme)),
        project=project,
        title=fields.pop("title", f"Vingt entretiens ({next(_numbers)})"),
        due_on=fields.pop("due_on", clock.today()),
        **fields,
    )


def make_meeting(project, **fields):
    return log_meeting(
        actor=fields.pop("actor", manager_of(project.programme)),
        project=project,
        learnt=fields.pop("learnt", f"Les usagers abandonnent à la page {next(_numbers)}."),
        **fields,
    )


def make_indicator(project, **fields):
    values = {
        "name": f"Part des dossiers complets ({next(_numbers)})",
        "question": "Les dossiers arrivent-ils complets ?",
        "level": IndicatorLevel.USED,
        "direction": Direction.INCREASE,
        "unit": Unit.PERCENT,
        "denominator": "dossiers reçus dans le mois",
        "source": "Registre des dossiers",
    }
    return create_indicator(
        actor=fields.pop("actor", manager_of(project.programme)), project=project, **{**values, **fields}
    )


def make_measure(indicator, **fields):
    values = {
        "value": Decimal(40),
        "period_end": clock.today(),
        "quality": Quality.A,
        "source": "Registre des dossiers",
    }
    return add_measure(
        actor=fields.pop("actor", manager_of(indicator.project.programme)),
        indicator=indicator,
        **{**values, **fields},
    )
