"""The programme, the second incubator, their grids, who runs them, and the identity of the site."""

from datetime import date

from wagtail.models import Site

from home.demo import people
from home.demo.play import Stage, make_grid, on
from incubator.core import clock
from incubator.core.models import SiteSettings
from projects.domain import programmes
from projects.domain.impact import create_population
from projects.models import Programme

MANAGER, SPONSOR, PARTNER = "helene.vasseur", "philippe.arnoult", "estelle.fabry"
FOUNDED = date(2019, 12, 2)
PHONE = "03 53 01 12 34"

CRITERIA = [
    {
        "key": "probleme",
        "label": "Le problème",
        "question": "Est-il réel, précis, vécu ?",
        "weight": 3,
        "anchors": {
            1: "On ne sait pas qui cela gêne.",
            2: "Un cas isolé.",
            3: "Le problème est clair, son ampleur est supposée.",
            4: "Plusieurs témoignages concordent.",
            5: "Situation vécue, chiffrée, que d’autres confirment.",
        },
    },
    {
        "key": "effet",
        "label": "Ce que cela changerait",
        "question": "Pour combien de personnes, et de combien ?",
        "weight": 2,
        "anchors": {
            1: "Un confort pour quelques collègues.",
            2: "Un gain de temps pour un service.",
            3: "Un gain net pour un service ou une centaine d’usagers.",
            4: "Un effet visible pour plusieurs services.",
            5: "Des milliers de personnes, et cela se mesure.",
        },
    },
    {
        "key": "equipe",
        "label": "L’équipe",
        "question": "Connaît-elle le terrain ? Ira-t-elle voir les usagers ?",
        "weight": 2,
        "anchors": {
            1: "Le sujet est loin de son travail.",
            2: "Elle en a entendu parler.",
            3: "Elle le vit.",
            4: "Elle le vit et en a déjà parlé autour d’elle.",
            5: "Elle le vit, et a déjà essayé quelque chose.",
        },
    },
]

COMMITTEE_CRITERIA = [
    {
        "key": "impact",
        "label": "L’impact mesuré",
        "question": "Qu’est-ce qui a changé pour l’usager, et comment le sait-on ?",
        "weight": 3,
        "anchors": {
            1: "Rien n’est mesuré.",
            3: "Un usage est mesuré.",
            5: "Un changement est mesuré, daté, sourcé.",
        },
    },
    {
        "key": "suite",
        "label": "La suite proposée",
        "question": "Est-elle faisable en six mois, avec ce qui est demandé ?",
        "weight": 2,
        "anchors": {
            1: "On ne voit pas la suite.",
            3: "La suite est claire, les moyens sont à trouver.",
            5: "La suite et les moyens sont là.",
        },
    },
]

OBJECTIVES_2020 = "\n".join(
    [
        "Partir des problèmes que les agents voient sur le terrain.",
        "Donner aux agents qui s’engagent du temps, une méthode et le droit d’essayer.",
        "Améliorer le service rendu aux usagers, internes comme externes.",
        "Travailler autrement : petites équipes, essais courts, usagers présents.",
        "Mesurer l’impact de chaque projet.",
        "Installer un incubateur interne et un réseau d’ambassadeurs et d’experts.",
    ]
)

NOTE_2020 = (
    "Chiffres documentés : 19 agents candidats, 9 projets présélectionnés, 6 retenus, et les six décisions du 7 juillet "
    "2020. Le nombre de candidatures (13) est inventé pour la démonstration, comme trois des neuf projets présélectionnés, "
    "les quatre candidatures non présélectionnées, toutes les personnes et le texte des six objectifs. "
    "Les comités de 2021 à 2023 sont inventés, sauf la fin de Tout est permis, le 30 octobre 2023. "
    "Aucune cible n’avait été fixée."
)


def identify_site() -> None:
    """Say whose site this is, and whom to call."""
    site = Site.objects.get(is_default_site=True)
    settings = SiteSettings.for_site(site)
    settings.authority_name = people.AUTHORITY
    settings.programme_tagline = "Le programme d’intrapreneuriat de la Région"
    settings.contact_phone = PHONE
    settings.contact_email = f"intrapreneurs@{people.DOMAIN}"
    settings.contact_hours = "du lundi au vendredi, de 9 h à 17 h"
    settings.save()


def found(stage: Stage) -> dict[str, Programme]:
    """Create both programmes with their roles, grids and populations."""
    with on(FOUNDED):
        main = programmes.create_programme(
            actor=None,
            code="intrapreneurs",
            name="Intrapreneurs de Valombre",
            summary="Les agents qui voient un problème reçoivent trois mois, un coach et un peu de temps pour le résoudre. "
            "Un jury décide ensuite de la suite.",
            phone=PHONE,
            email=f"intrapreneurs@{people.DOMAIN}",
        )
        _roles(stage, main)
    with on(stage.day(-900)):
        second = programmes.create_programme(
            actor=None,
            code="incubateur-rh",
            name="Incubateur RH",
            summary="Un incubateur consacré à la vie au travail, créé par la direction des Ressources humaines.",
            phone=PHONE,
            email=f"incubateur-rh@{people.DOMAIN}",
            uses_preselection=False,
        )
        _roles(stage, second)
    manager = stage.who(MANAGER)
    for programme in (main, second):
        day = FOUNDED if programme == main else stage.day(-899)
        for key, name, criteria in (
            ("choix", "Choix des projets", CRITERIA),
            ("comite", "Comité d’investissement", COMMITTEE_CRITERIA),
        ):
            stage.grids[f"{programme.code}:{key}"] = make_grid(
                manager=manager, programme=programme, name=name, criteria=criteria, day=day
            )
    return {"main": main, "rh": second}


def _roles(stage: Stage, programme: Programme) -> None:
    for username, role in ((MANAGER, "manager"), (SPONSOR, "sponsor"), (PARTNER, "partner")):
        programmes.grant_programme_role(actor=None, programme=programme, user=stage.who(username), role=role)


def count_populations(stage: Stage) -> dict:
    """The groups out of which percentages are read, each with its source."""
    source = "Article sur l’application des agents des lycées (source du programme)"
    with on(date(2020, 6, 30)):
        homes = create_population(
            actor=None,
            name="Logements de fonction des lycées",
            size=2198,
            counted_on=date(2020, 4, 30),
            source="Fiche publique de l’investigation Shareloc, beta.gouv.fr, août 2020",
        )
        schools = create_population(
            actor=None,
            name="Lycées de la Région",
            size=274,
            counted_on=date(2020, 4, 30),
            source="Bilan du programme, juillet 2020",
        )
    with on(stage.day(-640)):
        agents = create_population(
            actor=None,
            name="Agents des lycées",
            size=8500,
            counted_on=clock.today(),
            source=source,
        )
        create_population(
            actor=None,
            name="Agents du siège",
            size=1700,
            counted_on=clock.today(),
            source=source,
        )
    return {"homes": homes, "schools": schools, "agents": agents}
