"""The second incubator: the application of the lycée agents, in startup mode, and a contest being judged today.

Documented: 8 500 agents, mail opened by 15 % then 40 % six months later, 1 000 agents asked, 4 000
downloads, 2 000 uses a day, six months of work. Invented: the people, the dates, the next target.
"""

from collections import defaultdict
from datetime import timedelta
from decimal import Decimal

from calls.domain.joining import join_applications
from calls.models import Application
from home.demo import dossiers_recent as texts
from home.demo.play import (
    Ruling,
    Stage,
    apply_for,
    calibrate,
    commit_and_start,
    declare_all_eligible,
    hold,
    let_the_worker_run,
    moment,
    on,
    open_scoring,
    prepare,
    run_call,
    score_all,
)
from home.demo.programme import MANAGER, SPONSOR
from juries.domain import coverage
from juries.models import Sitting
from projects.domain import impact, programmes, projects, work
from projects.domain.publication import publish_impact
from projects.models import Cohort, Programme

ARTICLE = "Article publié sur le projet (source du programme)"
NOTE = (
    "Chiffres documentés : 8 500 agents des lycées, messages ouverts par 15 % puis 40 % des agents en six mois, "
    "1 000 agents consultés, 4 000 téléchargements, 2 000 utilisations par jour. « Trois fois plus rapide qu’un marché "
    "public » est déclaré, sans référence. Inventés pour la démonstration : les personnes, les dates, la cible suivante."
)
JURY = {
    "celine.aubert": "president",
    "odile.maurin": "juror",
    "jean-marc.rivoal": "juror",
    "nicolas.perrot": "juror",
    "nathalie.grosjean": "secretary",
}


def play(stage: Stage, programme: Programme) -> None:
    cohort = _open(stage, programme)
    _from_contest_to_preincubation(stage, cohort)
    _startup_mode(stage, cohort)


def _open(stage: Stage, programme: Programme) -> Cohort:
    with on(stage.day(-680), 10):
        return programmes.create_cohort(
            actor=stage.who(MANAGER),
            programme=programme,
            code="incubateur-rh-lycees",
            name="Vie au travail dans les lycées",
            objectives="Que chaque agent puisse s’adresser directement aux ressources humaines.",
            preincubation_starts_on=stage.working_day(-560),
            note=NOTE,
        )


def _from_contest_to_preincubation(stage: Stage, cohort: Cohort) -> None:
    manager = stage.who(MANAGER)
    call = run_call(
        manager=manager,
        cohort=cohort,
        code="vie-au-travail",
        title="La vie au travail dans les lycées",
        opens=stage.day(-650),
        closes=stage.day(-600),
        lead="Qu’est-ce qui vous complique la vie au travail ? Une seule journée pour le dire, un jury pour choisir.",
        hackathon_on=stage.working_day(-580),
        preincubation_from=stage.working_day(-560),
        jury_on=stage.working_day(-466),
    )
    for number, dossier in enumerate(texts.LYCEES):
        apply_for(stage, call=call, dossier=dossier, day=stage.day(-620 + number))
    let_the_worker_run(stage.day(-600))
    declare_all_eligible(stage, manager=manager, dossiers=texts.LYCEES, day=stage.day(-598))
    with on(stage.day(-590), 10):
        join_applications(
            actor=manager,
            application=Application.objects.get(project=stage.project("parler-aux-rh")),
            into=Application.objects.get(project=stage.project("appli-agents")),
            reason="Le jour du hackathon, tout le monde a parlé du même problème : vous y travaillez ensemble.",
        )
    hold(
        stage,
        manager=manager,
        sponsor=stage.who(SPONSOR),
        cohort=cohort,
        gate="hackathon",
        body="Jury de l’incubateur RH",
        code="jury-rh-hackathon",
        day=stage.working_day(-580),
        prepared_on=stage.day(-595),
        scoring_from=stage.day(-588),
        jurors=JURY,
        grid=stage.grids["incubateur-rh:choix"],
        strengths={"appli-agents": 4.4},
        rulings={
            "appli-agents": Ruling(
                "retain", "Le problème touche 8 500 agents, et vous connaissez leurs journées."
            )
        },
    )
    commit_and_start(
        stage,
        manager=manager,
        code="appli-agents",
        signed_on=stage.day(-566),
        starts=stage.working_day(-560),
        ends=stage.working_day(-466),
        share=60,
        agreed_by="Céline Aubert, directrice des ressources humaines",
        coach=stage.who("karim.oudin"),
    )


def _startup_mode(stage: Stage, cohort: Cohort) -> None:
    coach = stage.who("karim.oudin")
    opening = _indicators(stage)
    start, half_year = stage.working_day(-455), stage.day(-272)
    jury, first, second = stage.working_day(-466), stage.working_day(-270), stage.working_day(-88)
    common = {
        "manager": stage.who(MANAGER),
        "sponsor": stage.who(SPONSOR),
        "cohort": cohort,
        "jurors": JURY,
        "strengths": {"appli-agents": 4.2},
    }
    hold(
        stage,
        gate="preincubation_end",
        body="Jury de l’incubateur RH",
        code="jury-rh-fin-preincubation",
        day=jury,
        prepared_on=jury - timedelta(days=20),
        scoring_from=jury - timedelta(days=6),
        grid=stage.grids["incubateur-rh:choix"],
        rulings={
            "appli-agents": Ruling(
                "startup_internal",
                "Mille agents ont dit ce dont ils ont besoin. Nous construisons l’application avec eux, en six mois.",
                {
                    "share_of_time": 60,
                    "host": "Direction des Ressources humaines",
                    "criterion": "40 % des agents ouvrent leurs messages.",
                    "starts_on": start.isoformat(),
                    "next_committee_on": first.isoformat(),
                },
            )
        },
        **common,
    )
    with on(start, 9):
        projects.start_phase(actor=stage.who(MANAGER), project=stage.project("appli-agents"))
        decided = stage.project("appli-agents").transitions.get(outcome="startup_internal")
        impact.set_target(actor=coach, indicator=opening, value=Decimal(40), due_on=half_year, set_by=decided)
    with on(half_year, 16):
        impact.add_measure(
            actor=coach,
            indicator=opening,
            value=Decimal(40),
            period_start=half_year - timedelta(days=30),
            period_end=half_year,
            quality="C",
            source=ARTICLE,
            comment="Six mois après le lancement. La part due à l’application n’a pas été isolée.",
        )
        work.log_meeting(
            actor=coach,
            project=stage.project("appli-agents"),
            held_on=half_year,
            learnt="Les équipes de cuisine ouvrent l’application avant le service, pour les plannings.",
            decided="Placer la demande de rendez-vous en premier.",
            next_step="Mesurer les demandes qui arrivent sans passer par un chef.",
            users_met=12,
        )
    for day, following, code, ruling in (
        (first, second, "comite-rh-1", "next_maturity"),
        (second, stage.day(38), "comite-rh-2", "continue"),
    ):
        demands = {"next_committee_on": following.isoformat()}
        if ruling == "next_maturity":
            demands |= {
                "criterion": "La moitié des agents ouvre ses messages.",
                "starts_on": (day + timedelta(days=7)).isoformat(),
                "ends_on": (day + timedelta(days=400)).isoformat(),
            }
        hold(
            stage,
            gate="committee",
            body="Comité d’investissement",
            code=code,
            day=day,
            prepared_on=day - timedelta(days=21),
            scoring_from=day - timedelta(days=7),
            grid=stage.grids["incubateur-rh:comite"],
            rulings={
                "appli-agents": Ruling(
                    ruling,
                    "De 15 % à 40 % : les agents lisent leurs messages. Nous élargissons à tous les lycées."
                    if ruling == "next_maturity"
                    else "L’usage tient. Il reste à montrer ce que cela change pour les demandes elles-mêmes.",
                    demands,
                )
            },
            **common,
        )
        if ruling == "next_maturity":
            with on(day + timedelta(days=7), 9):
                projects.start_phase(actor=stage.who(MANAGER), project=stage.project("appli-agents"))
            with on(day + timedelta(days=8), 9):
                impact.set_target(actor=coach, indicator=opening, value=Decimal(50), due_on=stage.day(38))
    with on(second + timedelta(days=1), 9):
        publish_impact(
            actor=stage.who(MANAGER),
            project=stage.project("appli-agents"),
            problem="Les agents des lycées n’ont presque jamais d’ordinateur : 15 % seulement ouvraient leurs messages.",
            for_whom="8 500 agents des lycées : cuisine, entretien, maintenance, accueil",
            unknown="La part de la hausse due à l’application n’a pas été isolée. L’effet espéré sur l’absentéisme n’est "
            "pas mesuré. « Trois fois plus rapide qu’un marché public » est déclaré, sans référence.",
            learnt="La seule compétence nécessaire est la connaissance du terrain : l’application a été imaginée par une "
            "ergonome qui n’en avait jamais fait.",
        )


def _indicators(stage: Stage):
    """The five indicators that the article gives: one says what changed, four say what was done or used."""
    coach, project = stage.who("karim.oudin"), stage.project("appli-agents")
    agents = stage.populations["agents"]
    with on(stage.day(-520), 10):
        opening = impact.create_indicator(
            actor=coach,
            project=project,
            name="Agents des lycées qui ouvrent leurs messages",
            question="Combien d’agents lisent les messages qui leur sont envoyés ?",
            level="useful",
            direction="increase",
            unit="percent",
            numerator="agents qui ont ouvert leur messagerie dans le mois",
            denominator="agents des lycées",
            population=agents,
            source=ARTICLE,
            is_main=True,
            is_public=True,
        )
        impact.add_measure(
            actor=coach,
            indicator=opening,
            value=Decimal(15),
            period_start=stage.day(-550),
            period_end=stage.day(-521),
            role="baseline",
            quality="C",
            source=ARTICLE,
            comment="Avant l’application.",
        )
    others = [
        ("Agents qui ont participé à l’expression du besoin", "Combien d’agents ont dit ce dont ils ont besoin ?",
         "activity", "increase", "count", "1000", -470),
        ("Téléchargements", "Combien de fois l’application a-t-elle été installée ?", "used", "increase", "count",
         "4000", -272),
        ("Utilisations par jour", "Combien de fois par jour l’application est-elle ouverte ?", "used", "increase",
         "count", "2000", -272),
        ("Absentéisme", "L’absentéisme baisse-t-il ? (effet espéré, pas encore mesuré)", "impact", "decrease",
         "percent", None, 0),
    ]  # fmt: skip
    for name, question, level, way, unit, value, offset in others:
        with on(stage.day(-460), 10):
            indicator = impact.create_indicator(
                actor=coach, project=project, name=name, question=question, level=level, direction=way, unit=unit,
                denominator="agents des lycées" if unit == "percent" else "", source=ARTICLE,
                is_public=value is not None,
            )  # fmt: skip
        if value is not None:
            with on(stage.day(offset), 16):
                impact.add_measure(
                    actor=coach, indicator=indicator, value=Decimal(value), period_end=stage.day(offset),
                    quality="C", source=ARTICLE,
                )  # fmt: skip
    return opening


def contest(stage: Stage, programme: Programme) -> None:
    """« Écologie au travail »: five applications, and a jury that is scoring them today."""
    manager = stage.who(MANAGER)
    with on(stage.day(-70), 10):
        cohort = programmes.create_cohort(
            actor=manager,
            programme=programme,
            code="ecologie-au-travail",
            name="Écologie au travail",
            objectives="Des gestes simples, essayés dans deux lycées avant d’être proposés à tous.",
            preincubation_starts_on=stage.day(30),
            note="Cohorte inventée pour la démonstration.",
        )
    sits_on = stage.working_day(13)
    call = run_call(
        manager=manager,
        cohort=cohort,
        code="ecologie",
        title="Écologie au travail",
        opens=stage.day(-55),
        closes=stage.day(-14),
        lead="Un geste, un objet, une habitude qui gaspille dans votre lycée ? Proposez de l’essayer autrement.",
        hackathon_on=sits_on,
        preincubation_from=stage.day(30),
    )
    for number, dossier in enumerate(texts.ECOLOGIE):
        apply_for(stage, call=call, dossier=dossier, day=stage.day(-40 + 4 * number))
    let_the_worker_run(stage.day(-14))
    declare_all_eligible(stage, manager=manager, dossiers=texts.ECOLOGIE, day=stage.day(-12))
    codes = [dossier.code for dossier in texts.ECOLOGIE]
    sitting = prepare(
        stage,
        manager=manager,
        cohort=cohort,
        gate="hackathon",
        body="Jury du concours Écologie",
        day=sits_on,
        grid=stage.grids["incubateur-rh:choix"],
        jurors={
            "bernard.lestang": "president",
            "odile.maurin": "juror",
            "celine.aubert": "juror",
            "jean-marc.rivoal": "juror",
            "nicolas.perrot": "juror",
            "nathalie.grosjean": "secretary",
        },
        codes=codes,
        code="jury-ecologie",
        prepared_on=stage.day(-9),
        places=3,
        scores_close=moment(sits_on, 9),
        names_hidden=True,
        readers_each=4,  # five members, five dossiers: each reads four, nobody one of their own directorate
    )
    calibrate(
        stage,
        sitting,
        manager=manager,
        day=stage.day(-8),
        title="Le bac de tri que personne ne vide",
        problem="Dans notre lycée, les bacs de tri débordent : tout finit dans la même benne.",
        text=(
            "Dossier inventé, pour s’accorder avant de lire les autres.\n\n"
            "Nous avons compté pendant deux semaines : sept bacs sur dix débordent le jeudi. Les agents d’entretien "
            "disent qu’ils manquent de sacs, les élèves que les consignes changent d’un étage à l’autre.\n\n"
            "Nous voudrions essayer une tournée le mercredi et une seule affiche pour tout le lycée. Deux collègues "
            "sont d’accord pour y passer une demi-journée par semaine. Nous ne savons pas encore ce que cela coûte."
        ),
        silent=["bernard.lestang"],
    )
    open_scoring(manager=manager, sitting=sitting, day=stage.day(-5), silent=["bernard.lestang"])
    strengths = dict(zip(codes, (4.2, 3.9, 3.1, 3.6, 2.8), strict=True))
    given = _given(stage, sitting)
    only = {
        "odile.maurin": codes[:1],
        "celine.aubert": given["celine.aubert"],
        "jean-marc.rivoal": given["jean-marc.rivoal"][:3],
    }
    score_all(stage, sitting, day=stage.day(-2), strengths=strengths, only=only)


def _given(stage: Stage, sitting: Sitting) -> dict[str, list[str]]:
    """The dossiers that each member reads, in the order of the sitting."""
    given: dict[str, list[str]] = defaultdict(list)
    for row in coverage.coverage_of(sitting).rows:
        for seat in row.readers:
            given[seat.user.username].append(stage.code_of(row.hearing.project))
    return given
