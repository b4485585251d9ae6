"""What became of the promotion 2020: an extension, three committees, two stops, and looks back.

Dates and ends are those of domain §2.7–2.8; what is invented is said in the cohort's note. Reasons are the words
that each team reads.
"""

from datetime import date, timedelta

from calls.domain.calls import archive_call
from calls.models import Call
from home.demo.cohort_2020 import COMMITTEES, EXTENSION_ENDS, PRE_JURY, SHEET, STOPPED, STRENGTHS
from home.demo.play import Ruling, Stage, hold, on
from home.demo.programme import MANAGER, SPONSOR
from projects.domain.exits import record_follow_up, write_post_mortem
from projects.domain.publication import publish_impact
from projects.models import Cohort


def what_became_of_them(stage: Stage, cohort: Cohort) -> None:
    """October 2020 to October 2023: the extension, three committees, one stop, and looks back."""
    _extension_ends(stage, cohort)
    _committees(stage, cohort)
    _look_back(stage)
    with on(STOPPED + timedelta(days=60), 10):
        archive_call(actor=stage.who(MANAGER), call=Call.objects.get(code="appel-2020"))


def _sit(
    stage: Stage, cohort: Cohort, *, day: date, code: str, rulings: dict, gate: str = "committee"
) -> None:
    hold(
        stage,
        manager=stage.who(MANAGER),
        sponsor=stage.who(SPONSOR),
        cohort=cohort,
        gate=gate,
        body="Comité d’investissement" if gate == "committee" else "Jury de fin de prolongation",
        code=code,
        day=day,
        prepared_on=day - timedelta(days=21),
        scoring_from=day - timedelta(days=7),
        jurors=PRE_JURY,
        grid=stage.grids["intrapreneurs:comite" if gate == "committee" else "intrapreneurs:choix"],
        strengths=STRENGTHS,
        minutes_each=50,
        rulings=rulings,
    )


def _extension_ends(stage: Stage, cohort: Cohort) -> None:
    learnt = (
        "Le logement vacant a été jugé non prioritaire. Les gestionnaires parlent plus volontiers d’autres espaces : "
        "ateliers, salles, parkings."
    )
    _sit(
        stage,
        cohort,
        day=EXTENSION_ENDS,
        code="jury-octobre-2020",
        gate="extension_end",
        rulings={
            "shareloc": Ruling(
                "stop",
                "Le partage des logements n’est pas prioritaire. Nous vous invitons à regarder les autres espaces vides.",
                {"stop_reason": "problem_too_small", "learning": learnt},
            )
        },
    )
    with on(EXTENSION_ENDS + timedelta(days=14), 10):
        write_post_mortem(
            actor=stage.who("marc.delaunoy"),
            project=stage.project("shareloc"),
            reason="problem_too_small",
            learning=learnt,
            advice="Commencer par ce que les lycées veulent prêter, et non par ce qui est vide.",
        )


def _committees(stage: Stage, cohort: Cohort) -> None:
    _sit(
        stage,
        cohort,
        day=COMMITTEES[0],
        code="comite-mars-2021",
        rulings={
            "tout-est-permis": Ruling(
                "continue",
                "Les premiers apprentis utilisent le dossier. Nous continuons.",
                {"next_committee_on": COMMITTEES[1].isoformat()},
            ),
            "la-belette": Ruling(
                "hand_over",
                "La Région envisage une solution mutualisée avec d’autres collectivités : l’annuaire y est versé.",
                {
                    "department": "Direction de la Relation à l’usager",
                    "recipient": "Sylvain Corre",
                    "handed_over": "L’annuaire par sujet et l’enquête auprès des agents.",
                    "team_after": "L’équipe participe au choix de la solution commune.",
                },
            ),
            "ma-region": Ruling(
                "hand_over",
                "Le portail est devenu un projet interne : les intrapreneuses y sont sollicitées.",
                {
                    "department": "Direction des Systèmes d’information",
                    "recipient": "Laurent Quévert",
                    "handed_over": "Les trente entretiens et les parcours par situation.",
                    "team_after": "Solène Guérin et Aïcha Diallo animent les essais avec les habitants.",
                },
            ),
        },
    )
    for day, following, code in (
        (COMMITTEES[1], COMMITTEES[2], "comite-mars-2022"),
        (COMMITTEES[2], STOPPED, "comite-mars-2023"),
    ):
        ruling = Ruling(
            "continue",
            "L’usage progresse lentement. Nous continuons encore.",
            {"next_committee_on": following.isoformat()},
        )
        _sit(stage, cohort, day=day, code=code, rulings={"tout-est-permis": ruling})
    learnt = (
        "Un bon dossier ne suffit pas : le délai venait aussi du circuit de paiement. Le produit a servi, puis plus "
        "personne n’a pu le porter."
    )
    _sit(
        stage,
        cohort,
        day=STOPPED,
        code="comite-octobre-2023",
        rulings={
            "tout-est-permis": Ruling(
                "stop",
                "Après trois ans de construction, nous arrêtons. Ce qui a été appris est gardé et publié.",
                {"stop_reason": "no_intrapreneur", "learning": learnt},
            )
        },
    )
    with on(STOPPED + timedelta(days=20), 10):
        write_post_mortem(
            actor=stage.who("clara.besnier"),
            project=stage.project("tout-est-permis"),
            reason="no_intrapreneur",
            learning=learnt,
            advice="Traiter le circuit de paiement dès le premier jour.",
        )
    with on(STOPPED + timedelta(days=30), 10):
        publish_impact(
            actor=stage.who(MANAGER),
            project=stage.project("tout-est-permis"),
            problem="91 % des dossiers d’aide au permis revenaient incomplets, et les apprentis abandonnaient.",
            for_whom="Les apprentis en CAP et leurs familles",
            unknown="Aucune mesure postérieure à mai 2020 n’a été publiée.",
            learnt=learnt,
        )


def _look_back(stage: Stage) -> None:
    """Follow-ups say what a public source says, and “not known” where none does."""
    known = {
        "suivi-subventions": "Sujet de système d’information, à intégrer aux cahiers des charges.",
        "controles-alleges": "Sujet administratif, poussé en interne.",
    }
    manager = stage.who(MANAGER)
    for code in ("suivi-subventions", "controles-alleges", "la-belette", "ma-region"):
        for number, follow_up in enumerate(stage.project(code).follow_ups.order_by("due_on")):
            with on(follow_up.due_on, 10):
                first = number == 0 and code in known
                record_follow_up(
                    actor=manager,
                    follow_up=follow_up,
                    state="alive" if first else "unknown",
                    note=known[code] if first else "Non communiqué.",
                    source=SHEET if first else "",
                )
