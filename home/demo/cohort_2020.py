"""The promotion 2020: from thirteen applications to six futures (``futures_2020``: what became of them).

Dates, amounts, outcomes and figures are those of domain §2.7–2.8; what is invented is said in the
cohort's note. Reasons are the words that each team reads.
"""

from datetime import date, timedelta
from decimal import Decimal

from home.demo import call_pages
from home.demo import dossiers_2020 as texts
from home.demo.play import (
    Ruling,
    Stage,
    apply_for,
    commit_and_start,
    declare_all_eligible,
    hold,
    let_the_worker_run,
    on,
    run_call,
)
from home.demo.programme import MANAGER, NOTE_2020, OBJECTIVES_2020, SPONSOR
from incubator.accounts.enums import Category
from projects.domain import impact, programmes, projects, work
from projects.domain.money import add_budget_line
from projects.enums import BudgetKind
from projects.models import Cohort, Programme

OPENS, CLOSES = date(2020, 1, 13), date(2020, 2, 7)
PRESELECTION, HACKATHON = date(2020, 2, 14), date(2020, 3, 5)
STARTS, JURY, EXTENSION_ENDS = date(2020, 4, 1), date(2020, 7, 7), date(2020, 10, 7)
COMMITTEES = (date(2021, 3, 30), date(2022, 3, 29), date(2023, 3, 28))
STOPPED = date(2023, 10, 30)
SHEET = "Fiche publique de l’investigation, beta.gouv.fr, août 2020"

PRE_JURY = {
    "bernard.lestang": "president",
    "odile.maurin": "juror",
    "celine.aubert": "juror",
    "estelle.fabry": "juror",
    "nathalie.grosjean": "secretary",
}
JURY_MEMBERS = {
    "bernard.lestang": "president",
    "odile.maurin": "juror",
    "celine.aubert": "juror",
    "jean-marc.rivoal": "juror",
    "nicolas.perrot": "juror",
    "estelle.fabry": "juror",
    "nathalie.grosjean": "secretary",
}
PRESELECTED = [dossier.code for dossier in texts.KNOWN + texts.INVENTED_PRESELECTED]
SELECTED = [dossier.code for dossier in texts.KNOWN]
STRENGTHS = {
    "tout-est-permis": 4.5,
    "la-belette": 4.3,
    "ma-region": 4.0,
    "shareloc": 3.7,
    "suivi-subventions": 3.5,
    "controles-alleges": 3.6,
    "covoiturage-lycees": 3.0,
    "carnet-entretien": 2.9,
    "accueil-nouveaux": 3.1,
    "frais-deplacement": 2.0,
    "repas-justes": 2.4,
    "pret-outils": 2.3,
    "reserver-salle": 1.8,
}


def open_cohort(stage: Stage, programme: Programme) -> Cohort:
    manager = stage.who(MANAGER)
    with on(date(2019, 12, 9), 10):
        cohort = programmes.create_cohort(
            actor=manager,
            programme=programme,
            code="promotion-2020",
            name="Promotion 2020",
            objectives=OBJECTIVES_2020,
            preincubation_starts_on=STARTS,
            note=NOTE_2020,
        )
        _count_costs(manager, cohort)
    return cohort


def _count_costs(manager, cohort: Cohort) -> None:
    """The two costs that are documented: an amount without staff, and staff without an amount."""
    add_budget_line(
        actor=manager,
        cohort=cohort,
        kind=BudgetKind.SPENT,
        label="Partenariat avec beta.gouv.fr",
        amount_min=Decimal(40_000),
    )
    add_budget_line(
        actor=manager,
        cohort=cohort,
        kind=BudgetKind.SPENT,
        label="Animation du programme",
        full_time=Decimal(1),
        category=Category.A,
    )


def call_for_projects(stage: Stage, cohort: Cohort) -> None:
    """The call of January 2020, and thirteen applications by nineteen people."""
    manager = stage.who(MANAGER)
    call = run_call(
        manager=manager,
        cohort=cohort,
        code="appel-2020",
        title="Premier appel à intrapreneurs",
        opens=OPENS,
        closes=CLOSES,
        lead="Vous voyez un problème que personne ne règle ? Racontez-le. Nous vous donnons trois mois pour essayer.",
        body=call_pages.body_2020(),
        preselection_on=PRESELECTION,
        hackathon_on=HACKATHON,
        preincubation_from=STARTS,
        jury_on=JURY,
    )
    for number, dossier in enumerate(texts.ALL):
        apply_for(stage, call=call, dossier=dossier, day=date(2020, 1, 20) + timedelta(days=number), hour=12)
    let_the_worker_run(CLOSES)
    declare_all_eligible(stage, manager=manager, dossiers=texts.ALL, day=date(2020, 2, 10))


def select(stage: Stage, cohort: Cohort) -> None:
    """Preselection (9 of 13 applications), then the jury of the hackathon (6 of 9 projects)."""
    common = {
        "manager": stage.who(MANAGER),
        "sponsor": stage.who(SPONSOR),
        "cohort": cohort,
        "grid": stage.grids["intrapreneurs:choix"],
        "strengths": STRENGTHS,
    }
    keep = Ruling(
        "retain", "Le problème est réel et l’équipe le connaît. Nous voulons l’entendre au hackathon."
    )
    hold(
        stage,
        gate="preselection",
        body="Pré-jury",
        code="prejury-2020",
        day=PRESELECTION,
        prepared_on=date(2020, 2, 8),
        scoring_from=date(2020, 2, 11),
        jurors=PRE_JURY,
        places=9,
        rulings={
            **dict.fromkeys(PRESELECTED, keep),
            "frais-deplacement": Ruling(
                "redirect",
                "L’application actuelle peut être corrigée tout de suite, sans attendre un incubateur. La direction des "
                "Finances vous appelle.",
                {"department": "Direction des Finances et du Contrôle", "recipient": "Odile Maurin"},
            ),
            "reserver-salle": Ruling(
                "redirect",
                "Ouvrir le planning est une décision simple, qui dépend d’un seul service. Nous lui avons transmis votre texte.",
                {"department": "Direction des Systèmes d’information"},
            ),
            "repas-justes": Ruling(
                "not_this_time",
                "Le sujet est fort, mais un essai commence déjà dans deux lycées. Nous vous mettons en lien avec eux.",
            ),
            "pret-outils": Ruling(
                "not_this_time",
                "Nous n’avons pas su mesurer l’ampleur du problème. Comptez avec un autre lycée, et revenez.",
                {"keep_for_next_call": "yes"},
            ),
        },
        **common,
    )
    selected = Ruling(
        "retain", "Le jury a été convaincu par ce que vous avez vu sur le terrain. À vous d’enquêter."
    )
    later = {"keep_for_next_call": "yes"}
    hold(
        stage,
        gate="hackathon",
        body="Jury du hackathon",
        code="hackathon-2020",
        day=HACKATHON,
        prepared_on=date(2020, 2, 20),
        scoring_from=date(2020, 3, 4),
        jurors=JURY_MEMBERS,
        places=6,
        minutes_each=15,
        rulings={
            **dict.fromkeys(SELECTED, selected),
            "covoiturage-lycees": Ruling(
                "not_this_time",
                "Le besoin est là, mais deux applications le couvrent déjà. Voyez d’abord avec la direction des Mobilités.",
                later,
            ),
            "carnet-entretien": Ruling(
                "redirect",
                "Votre étiquette peut être essayée dès maintenant : la direction des Lycées prépare un marché de maintenance.",
                {"department": "Direction des Lycées"},
            ),
            "accueil-nouveaux": Ruling(
                "not_this_time",
                "Le jury a hésité. L’accueil dépend de quatre directions : il faut d’abord leur accord.",
                later,
            ),
        },
        **common,
    )


def incubate(stage: Stage, cohort: Cohort) -> None:
    """Three months of inquiry, in spite of the lockdown: meetings, milestones, first figures."""
    manager, coach = stage.who(MANAGER), stage.who("karim.oudin")
    for code in SELECTED:
        commit_and_start(
            stage,
            manager=manager,
            code=code,
            signed_on=date(2020, 3, 24),
            starts=STARTS,
            ends=JURY,
            share=40,
            agreed_by="Philippe Arnoult, directeur général des services",
            coach=coach,
        )
        _work(stage, code)
    _measure(stage)


MEETINGS = {
    "tout-est-permis": (
        "Les apprentis remplissent le dossier le soir, sur un téléphone, sans imprimante.",
        12,
    ),
    "la-belette": ("84 % des agents interrogés ne savent pas toujours à qui passer un appel.", 25),
    "ma-region": ("On cherche par situation, jamais par nom d’aide.", 30),
    "shareloc": ("Les gestionnaires craignent de ne pas récupérer le logement à temps.", 14),
    "suivi-subventions": ("Les données publiques suffisent pour deux alertes sur trois.", 9),
    "controles-alleges": ("Le règlement permet déjà un taux forfaitaire pour les frais de personnel.", 11),
}


def _work(stage: Stage, code: str) -> None:
    project, coach = stage.project(code), stage.who("karim.oudin")
    learnt, users = MEETINGS[code]
    with on(STARTS, 11):
        interviews = work.plan_milestone(
            actor=coach, project=project, title="Rencontrer dix personnes concernées", kind="interviews",
            due_on=date(2020, 4, 30),
        )  # fmt: skip
        test = work.plan_milestone(
            actor=coach,
            project=project,
            title="Essayer une première solution",
            kind="test",
            due_on=date(2020, 6, 5),
        )
        dossier = work.plan_milestone(
            actor=coach,
            project=project,
            title="Dossier pour le jury",
            kind="deliverable",
            due_on=date(2020, 6, 30),
        )
    with on(date(2020, 5, 4), 15):
        work.reach_milestone(
            actor=coach, milestone=interviews, reached_on=date(2020, 5, 4),
            evidence=f"{users} entretiens, par téléphone pendant le confinement.",
        )  # fmt: skip
        work.log_meeting(
            actor=coach, project=project, held_on=date(2020, 5, 4), learnt=learnt, users_met=users,
            decided="Dessiner une première version et la montrer.", next_step="Trois essais d’ici un mois.",
        )  # fmt: skip
    with on(date(2020, 6, 8), 15):
        work.reach_milestone(
            actor=coach,
            milestone=test,
            reached_on=date(2020, 6, 8),
            evidence="Maquette montrée à cinq personnes.",
        )
    with on(date(2020, 6, 30), 15):
        work.reach_milestone(
            actor=coach, milestone=dossier, reached_on=date(2020, 6, 30), evidence="Dossier envoyé au jury."
        )


def _measure(stage: Stage) -> None:
    """The baselines that the public sheets give, each with its source and its quality."""
    homes, schools = stage.populations["homes"], stage.populations["schools"]
    rows = [
        ("tout-est-permis", "Dossiers d’aide au permis renvoyés car incomplets",
         "Combien de dossiers reviennent faute d’une pièce ?", "useful", "decrease", "percent", "91", "C", None,
         "dossiers reçus dans le mois", None, True),
        ("tout-est-permis", "En emploi sept mois après un CAP, sans permis",
         "Sans permis, combien trouvent un emploi ou un apprentissage ?", "impact", "increase", "percent", "19", "C",
         None, "titulaires d’un CAP sans permis (45 % avec permis)", None, False),
        ("la-belette", "Agents qui ne savent pas à qui adresser une demande",
         "Combien d’agents rencontrent le problème ?", "impact", "decrease", "percent", "84", "B", None,
         "agents qui ont répondu à l’enquête", None, True),
        ("la-belette", "Appels reçus au numéro vert",
         "Combien d’appels arrivent chaque mois ?", "activity", "decrease", "count", "8000", "C", None, "", None, False),
        ("ma-region", "Habitants qui ne connaissent pas le numéro vert",
         "Combien ignorent où appeler ?", "impact", "decrease", "percent", "91", "B", 100,
         "personnes interrogées", None, True),
        ("ma-region", "Habitants qui ignorent les aides de la Région",
         "Combien ne savent pas qu’une aide existe ?", "impact", "decrease", "percent", "30", "B", 100,
         "personnes interrogées", None, False),
        ("shareloc", "Logements de fonction vides",
         "Quelle part des logements ne sert à personne ?", "impact", "decrease", "percent", "17", "A", None,
         "logements de fonction (373 sur 2 198)", homes, True),
        ("shareloc", "Lycées où des logements peuvent être partagés",
         "Sur combien de lycées le projet porte-t-il ?", "activity", "increase", "count", "274", "A", None, "",
         schools, False),
        ("controles-alleges", "Mois de trésorerie à avancer, au plus",
         "Combien de temps une structure attend-elle son versement ?", "impact", "decrease", "count", "24", "C", None,
         "", None, True),
    ]  # fmt: skip
    coach = stage.who("karim.oudin")
    with on(date(2020, 6, 15), 10):
        for code, name, question, level, way, unit, value, quality, sample, out_of, population, main in rows:
            indicator = impact.create_indicator(
                actor=coach,
                project=stage.project(code),
                name=name,
                question=question,
                level=level,
                direction=way,
                unit=unit,
                denominator=out_of,
                population=population,
                source=SHEET,
                is_main=main,
                is_public=True,
            )
            impact.add_measure(
                actor=coach,
                indicator=indicator,
                value=Decimal(value),
                period_start=date(2020, 5, 1),
                period_end=date(2020, 5, 31),
                role="baseline",
                quality=quality,
                source=SHEET,
                sample=sample,
                comment="De 3 à 24 mois selon les dossiers." if code == "controles-alleges" else "",
            )


def decide_in_july(stage: Stage, cohort: Cohort) -> None:
    """7 July 2020: six projects, five different futures (1 + 1 + 1 + 1 + 2)."""
    start = date(2020, 9, 1)
    hold(
        stage,
        manager=stage.who(MANAGER),
        sponsor=stage.who(SPONSOR),
        cohort=cohort,
        gate="preincubation_end",
        body="Jury de fin de préincubation",
        code="jury-juillet-2020",
        day=JURY,
        prepared_on=date(2020, 6, 16),
        scoring_from=date(2020, 7, 1),
        jurors=JURY_MEMBERS,
        grid=stage.grids["intrapreneurs:choix"],
        strengths=STRENGTHS,
        minutes_each=30,
        rulings={
            "tout-est-permis": Ruling(
                "startup_territory",
                "Le problème est mesuré et la solution tient sur un téléphone. Nous la construisons avec beta.gouv.fr.",
                {
                    "amount_min": "50000.00",
                    "amount_max": "100000.00",
                    "months": 6,
                    "partner": "beta.gouv.fr",
                    "convention": "Convention de partenariat de la Région avec beta.gouv.fr",
                    "criterion": "Moins d’un dossier sur deux revient faute d’une pièce.",
                    "starts_on": "2020-10-01",
                    "next_committee_on": COMMITTEES[0].isoformat(),
                },
            ),
            "la-belette": Ruling(
                "startup_internal",
                "L’annuaire peut vivre dans la maison, avec ceux qui répondent. beta.gouv.fr continue de vous conseiller.",
                {
                    "share_of_time": 40,
                    "host": "Direction de la Relation à l’usager",
                    "partner": "beta.gouv.fr",
                    "criterion": "Deux appels sur trois trouvent la bonne personne du premier coup.",
                    "starts_on": start.isoformat(),
                    "next_committee_on": COMMITTEES[0].isoformat(),
                },
            ),
            "ma-region": Ruling(
                "startup_incubator",
                "Vos compétences serviront aux projets numériques stratégiques de la Région, depuis l’incubateur interne.",
                {
                    "linked_project": "Portail unique des aides (direction des Systèmes d’information)",
                    "role_given": "Les deux intrapreneuses mènent les entretiens avec les habitants et les essais.",
                    "starts_on": start.isoformat(),
                    "next_committee_on": COMMITTEES[0].isoformat(),
                },
            ),
            "shareloc": Ruling(
                "extend",
                "L’idée plaît, mais il reste une question. Nous prolongeons de trois mois pour y répondre.",
                {
                    "open_question": "Est-ce bien des logements qu’il faut partager, ou d’autres espaces vides des lycées ?",
                    "evidence": "Dix gestionnaires interrogés, et un prêt réel dans deux lycées.",
                    "ends_on": EXTENSION_ENDS.isoformat(),
                },
            ),
            "suivi-subventions": Ruling(
                "hand_over",
                "Le besoin rejoint celui du futur système d’information. Il sera mieux servi en mode projet plus classique.",
                {
                    "department": "Direction des Systèmes d’information",
                    "recipient": "Laurent Quévert",
                    "handed_over": "Les entretiens, la liste des données publiques et les deux alertes essayées.",
                    "team_after": "Thierry Gaudin retrouve son poste et suit le cahier des charges.",
                    "no_baseline_reason": "Aucun chiffre de départ n’a été publié : les signalements n’étaient pas comptés.",
                },
            ),
            "controles-alleges": Ruling(
                "hand_over",
                "Le règlement permet déjà de faire simple : c’est un sujet administratif, à pousser en interne.",
                {
                    "department": "Direction des Fonds et Subventions",
                    "recipient": "Florence Maillard",
                    "handed_over": "Le calcul du taux forfaitaire et l’avis du service juridique.",
                    "team_after": "Pascale Vignon rejoint le groupe de travail un jour par semaine.",
                },
            ),
        },
    )
    with on(JURY + timedelta(days=1), 9):
        projects.start_phase(actor=stage.who(MANAGER), project=stage.project("shareloc"))
    for code in ("la-belette", "ma-region"):
        with on(start, 9):
            projects.start_phase(actor=stage.who(MANAGER), project=stage.project(code))
    with on(date(2020, 10, 1), 9):
        projects.start_phase(actor=stage.who(MANAGER), project=stage.project("tout-est-permis"))
