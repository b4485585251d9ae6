"""The promotion of this year (invented): a jury that deliberates today, and a team in the middle of its inquiry."""

from decimal import Decimal

from home.demo import call_pages, comparison
from home.demo import dossiers_recent as texts
from home.demo.play import (
    Ruling,
    Stage,
    apply_for,
    commit_and_start,
    decide,
    declare_all_eligible,
    deliberate,
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
from juries.domain import sittings
from projects.domain import fast_track, impact, programmes, work
from projects.models import Cohort, Programme

STRENGTHS = {
    "stages-troisieme": 4.4,
    "bourses-une-fois": 4.0,
    "panne-signalee": 3.8,
    "marches-lisibles": 3.3,
    "premiere-paie": 3.6,
    "navettes-demande": 4.1,
    "archives-cartons": 2.6,
    "badge-cantine": 2.3,
}
BEFORE_THE_JURY = (
    "stages-troisieme",
    "bourses-une-fois",
    "panne-signalee",
    "marches-lisibles",
    "premiere-paie",
)
STILL_RUNNING = "navettes-demande"
JURY = {
    "bernard.lestang": "president",
    "odile.maurin": "juror",
    "celine.aubert": "juror",
    "jean-marc.rivoal": "juror",
    "estelle.fabry": "juror",
    "nathalie.grosjean": "secretary",
}


def play(stage: Stage, programme: Programme) -> None:
    cohort = _open(stage, programme)
    _select(stage, cohort)
    _incubate(stage, cohort)
    _ask_the_chief_executive(stage)
    _deliberate_today(stage, cohort)
    _prepare_next_sitting(stage, cohort)


def _open(stage: Stage, programme: Programme) -> Cohort:
    with on(stage.day(-230), 10):
        return programmes.create_cohort(
            actor=stage.who(MANAGER),
            programme=programme,
            code=f"promotion-{stage.today.year}",
            name=f"Promotion {stage.today.year}",
            objectives="Des services publics plus simples, essayés avec celles et ceux qui s’en servent.",
            preincubation_starts_on=stage.working_day(-97),
            note="Promotion inventée pour la démonstration.",
        )


def _select(stage: Stage, cohort: Cohort) -> None:
    manager = stage.who(MANAGER)
    call = run_call(
        manager=manager,
        cohort=cohort,
        code=f"appel-{stage.today.year}",
        title=f"Appel à intrapreneurs {stage.today.year}",
        opens=stage.day(-215),
        closes=stage.day(-175),
        lead="Trois mois, un coach, un problème à résoudre : le vôtre.",
        body=call_pages.body(),
        preselection_on=stage.working_day(-160),
        hackathon_on=stage.working_day(-125),
        preincubation_from=stage.working_day(-97),
        jury_on=stage.working_day(-1),
    )
    for number, dossier in enumerate(texts.PROMOTION_2026):
        apply_for(stage, call=call, dossier=dossier, day=stage.day(-200 + 3 * number))
    let_the_worker_run(stage.day(-175))
    declare_all_eligible(stage, manager=manager, dossiers=texts.PROMOTION_2026, day=stage.day(-172))
    common = {
        "manager": manager,
        "sponsor": stage.who(SPONSOR),
        "cohort": cohort,
        "jurors": JURY,
        "grid": stage.grids["intrapreneurs:choix"],
        "strengths": STRENGTHS,
    }
    keep = Ruling("retain", "Le problème est concret et vous le vivez. Venez nous le raconter.")
    preselected = [code for code in STRENGTHS if code != "badge-cantine"]
    hold(
        stage,
        gate="preselection",
        body="Pré-jury",
        code=f"prejury-{stage.today.year}",
        day=stage.working_day(-160),
        prepared_on=stage.day(-170),
        scoring_from=stage.day(-168),
        rulings={
            **dict.fromkeys(preselected, keep),
            "badge-cantine": Ruling(
                "redirect",
                "Le nouveau marché des badges sort cet hiver : la direction des Systèmes d’information vous y associe.",
                {"department": "Direction des Systèmes d’information", "recipient": "Jean-Marc Rivoal"},
            ),
        },
        **common,
    )
    hold(
        stage,
        gate="hackathon",
        body="Jury du hackathon",
        code=f"hackathon-{stage.today.year}",
        day=stage.working_day(-125),
        prepared_on=stage.day(-140),
        scoring_from=stage.working_day(-126),
        minutes_each=15,
        places=6,
        rulings={
            **dict.fromkeys(BEFORE_THE_JURY, _selected(stage, -97, -1)),
            STILL_RUNNING: _selected(stage, -60, 48),
            "archives-cartons": Ruling(
                "not_this_time",
                "Le tri peut commencer sans incubateur : le service des archives vous propose une matinée d’essai.",
                {"keep_for_next_call": "yes"},
            ),
        },
        **common,
    )


def _selected(stage: Stage, starts: int, ends: int) -> Ruling:
    return Ruling(
        "retain",
        "Vous avez su dire qui cela gêne et pourquoi. À vous d’enquêter.",
        {
            "starts_on": stage.working_day(starts).isoformat(),
            "ends_on": stage.working_day(ends).isoformat(),
        },
    )


MEETINGS = {
    "stages-troisieme": ("Les entreprises préfèrent une demande précise à quarante lettres.", 34),
    "bourses-une-fois": ("Une pièce demandée sur deux est déjà chez nous.", 22),
    "panne-signalee": ("On ne signale plus, parce que l’on ne sait jamais si quelqu’un a lu.", 41),
    "marches-lisibles": ("Les artisans lisent la date limite et le montant, rien d’autre.", 12),
    "premiere-paie": ("La case « situation familiale » fait la moitié des erreurs.", 26),
}
BASELINES = {
    "stages-troisieme": (
        "Élèves sans stage à la date limite",
        "decrease",
        "18",
        "élèves de troisième de deux collèges",
        240,
    ),
    "bourses-une-fois": (
        "Dossiers qui attendent une pièce déjà fournie",
        "decrease",
        "33",
        "dossiers reçus en septembre",
        870,
    ),
    "panne-signalee": (
        "Pannes signalées plus d’une fois",
        "decrease",
        "46",
        "pannes d’un mois dans trois lycées",
        131,
    ),
    "marches-lisibles": (
        "Consultations avec moins de deux réponses",
        "decrease",
        "38",
        "petites consultations de l’année",
        92,
    ),
    "premiere-paie": ("Premières paies fausses", "decrease", "21", "premières paies du trimestre", 76),
}


def _incubate(stage: Stage, cohort: Cohort) -> None:
    manager, coach = stage.who(MANAGER), stage.who("karim.oudin")
    starts, ends = stage.working_day(-97), stage.working_day(-1)
    for code in BEFORE_THE_JURY:
        commit_and_start(
            stage,
            manager=manager,
            code=code,
            signed_on=stage.day(-104),
            starts=starts,
            ends=ends,
            share=30,
            agreed_by="La direction de l’équipe",
            coach=coach if code == "panne-signalee" else stage.who("nathalie.grosjean"),
        )
        _inquire(stage, code)
    _start_late(stage, manager, coach)


def _inquire(stage: Stage, code: str) -> None:
    lead = stage.project(code).memberships.get(role="lead").user
    learnt, users = MEETINGS[code]
    name, way, value, out_of, sample = BASELINES[code]
    with on(stage.day(-60), 15):
        work.log_meeting(
            actor=lead,
            project=stage.project(code),
            held_on=stage.day(-60),
            learnt=learnt,
            decided="Essayer avec un petit groupe.",
            next_step="Compter avant et après.",
            users_met=users,
        )
        indicator = impact.create_indicator(
            actor=lead,
            project=stage.project(code),
            name=name,
            question="Combien sont dans ce cas avant que nous changions quelque chose ?",
            level="impact",
            direction=way,
            unit="percent",
            denominator=out_of,
            source="Comptage de l’équipe",
            is_main=True,
        )
        impact.add_measure(
            actor=lead,
            indicator=indicator,
            value=Decimal(value),
            period_start=stage.day(-90),
            period_end=stage.day(-61),
            role="baseline",
            quality="B",
            source="Comptage de l’équipe",
            sample=sample,
        )


def _start_late(stage: Stage, manager, coach) -> None:
    """Sabine could only be replaced two weeks later than planned: planned and real dates differ, and both are shown."""
    starts, ends = stage.working_day(-45), stage.working_day(48)
    commit_and_start(
        stage,
        manager=manager,
        code=STILL_RUNNING,
        signed_on=stage.day(-52),
        starts=starts,
        ends=ends,
        share=50,
        agreed_by="Le directeur des Mobilités",
        coach=coach,
    )
    project, lead = stage.project(STILL_RUNNING), stage.who("sabine.ferrand")
    with on(starts, 11):
        interviews = work.plan_milestone(
            actor=coach, project=project, title="Rencontrer vingt habitants du plateau", kind="interviews",
            due_on=stage.day(-20),
        )  # fmt: skip
        work.plan_milestone(
            actor=coach,
            project=project,
            title="Trois mardis d’essai avec un car",
            kind="test",
            due_on=stage.day(5),
        )
        work.plan_milestone(
            actor=lead, project=project, title="Compter les trajets avant l’essai", kind="checkpoint",
            due_on=stage.day(-3),
        )  # fmt: skip
        work.plan_milestone(
            actor=coach,
            project=project,
            title="Dossier pour le jury",
            kind="deliverable",
            due_on=stage.day(40),
        )
    with on(stage.day(-22), 17):
        work.reach_milestone(
            actor=lead, milestone=interviews, reached_on=stage.day(-22),
            evidence="23 entretiens : au marché, à la pharmacie, à l’arrêt du car.",
        )  # fmt: skip
    with on(stage.day(-21), 10):
        work.log_meeting(
            actor=coach,
            project=project,
            held_on=stage.day(-21),
            learnt="Le besoin est le mardi et le vendredi, pour la maison de santé. Le reste de la semaine, on s’arrange.",
            decided="Un essai sur trois mardis, avec le car de la ligne 2.",
            next_step="Appeler le transporteur avant vendredi.",
            users_met=23,
            private_note="L’équipe avance bien ; le temps de Loïc n’est pas encore vraiment libéré.",
        )
    with on(stage.day(-8), 10):
        work.log_meeting(
            actor=coach,
            project=project,
            held_on=stage.day(-8),
            learnt="Le transporteur accepte, si l’on réserve la veille avant midi.",
            decided="La réservation se fait par téléphone, à la mairie.",
            next_step="Premier mardi d’essai.",
            users_met=4,
        )


def _ask_the_chief_executive(stage: Stage) -> None:
    """What cannot wait for the jury: one question granted at the start, one that waits for its answer."""
    lead, project = stage.who("sabine.ferrand"), stage.project(STILL_RUNNING)
    with on(stage.day(-30), 10):
        asked = fast_track.ask(
            actor=lead,
            project=project,
            question="Pouvons-nous parler au transporteur avant la fin de son marché ?",
            why="Sans son accord de principe, l’essai de trois mardis ne peut pas avoir lieu.",
            answer_by=stage.day(-24),
        )
    with on(stage.day(-26), 17):
        fast_track.answer(
            actor=stage.who(SPONSOR),
            question=asked,
            outcome="granted",
            reason="Oui, pour un essai sans engagement d’argent.",
            demands={"granted": "Trois mardis d’essai avec un car de la ligne 2, hors heures de pointe."},
        )
    # A working day before the decisions are prepared, so that it is the oldest that waits.
    with on(stage.working_day(-2), 9, letters_are_past=False):
        fast_track.ask(
            actor=lead,
            project=project,
            question="Pouvons-nous réserver un second car pour le deuxième mardi d’essai ?",
            why="Le transporteur bloque un car jusqu’à la fin de la semaine, puis le donne à un autre.",
            answer_by=stage.day(3),
        )


def _deliberate_today(stage: Stage, cohort: Cohort) -> None:
    """Five projects, all scored; three decisions are prepared, two wait for the president."""
    manager = stage.who(MANAGER)
    day = stage.working_day(-1)
    sitting = prepare(
        stage,
        manager=manager,
        cohort=cohort,
        gate="preincubation_end",
        body="Jury de fin de préincubation",
        day=day,
        grid=stage.grids["intrapreneurs:choix"],
        jurors=JURY,
        codes=BEFORE_THE_JURY,
        code=f"jury-{stage.today.year}",
        prepared_on=stage.day(-21),
        minutes_each=30,
    )
    open_scoring(manager=manager, sitting=sitting, day=stage.day(-9))
    score_all(stage, sitting, day=stage.day(-4), strengths=STRENGTHS)
    deliberate(stage, sitting, day=day, hour=16)
    comparison.compare(stage, sitting, day=day, hour=16, codes=BEFORE_THE_JURY[:2])
    comparison.ask(stage, sitting, day=day, hour=17, codes=BEFORE_THE_JURY[1:4])
    decide(
        stage,
        sitting,
        day=day,
        hour=17,
        sponsor=stage.who(SPONSOR),
        sign=False,
        rulings={
            "stages-troisieme": Ruling(
                "startup_territory",
                "Dans deux collèges, tous les élèves ont trouvé un stage. Nous passons à l’échelle d’un bassin.",
                {
                    "amount_min": "60000.00",
                    "amount_max": "80000.00",
                    "months": 6,
                    "partner": "beta.gouv.fr",
                    "convention": "Convention en cours de signature",
                    "criterion": "Moins de 5 % d’élèves sans stage dans douze collèges.",
                    "starts_on": stage.day(30).isoformat(),
                    "next_committee_on": stage.day(200).isoformat(),
                },
                (
                    "Vous avez compté avant et après, dans deux collèges, avec les familles.",
                    "On ne sait pas encore qui tiendra la liste quand vous ne serez plus là.",
                    "Préparez avec beta.gouv.fr les douze collèges de la rentrée ; nous signons la convention ce mois-ci.",
                ),
            ),
            "bourses-une-fois": Ruling(
                "startup_internal",
                "La maison a déjà les pièces : il suffit de ne plus les redemander.",
                {
                    "share_of_time": 40,
                    "host": "Direction de la Formation professionnelle",
                    "criterion": "Moins d’un dossier sur dix attend une pièce déjà fournie.",
                    "starts_on": stage.day(21).isoformat(),
                    "next_committee_on": stage.day(190).isoformat(),
                },
            ),
            "marches-lisibles": Ruling(
                "hand_over",
                "Le résumé d’une page peut devenir la règle : c’est au service des achats de l’adopter.",
                {
                    "department": "Direction des Finances et du Contrôle",
                    "recipient": "Odile Maurin",
                    "handed_over": "Le modèle de résumé et les retours de douze artisans.",
                    "team_after": "Gwenaëlle Ridel forme les acheteurs une journée par mois.",
                },
                (
                    "Douze artisans ont répondu, et ils disent pourquoi : la page se lit en deux minutes.",
                    "Le modèle dépend encore de vous : personne d’autre ne l’a rempli.",
                    "Odile Maurin vous appelle cette semaine pour que le service des achats l’essaie sans vous.",
                ),
            ),
        },
    )


def _prepare_next_sitting(stage: Stage, cohort: Cohort) -> None:
    """The sitting that will hear Sabine's team: it has a date, and its members are still to be found."""
    manager = stage.who(MANAGER)
    day = stage.working_day(52)
    with on(stage.day(-10), 11):
        sitting = sittings.prepare_sitting(
            actor=manager,
            programme=cohort.programme,
            cohort=cohort,
            gate="preincubation_end",
            body="Jury de fin de préincubation",
            starts_at=moment(day, 14),
            place="Hôtel de Région, salle du Conseil",
            grid_version=stage.grids["intrapreneurs:choix"],
            quorum=3,
            code=f"jury-{stage.today.year}-navettes",
        )
        sittings.add_seat(actor=manager, sitting=sitting, user=stage.who("bernard.lestang"), role="president")
        sittings.add_hearing(actor=manager, sitting=sitting, project=stage.project(STILL_RUNNING))
