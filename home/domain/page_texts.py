"""The first words of the pages that every site has. An editor changes them in the admin; nothing here is read again.

Written in French, the language of the readers: these are contents, not labels.
"""

import re

from home.models.pages import ACCESSIBILITY_SLUG


def text(heading: str, html: str) -> dict:
    return {"type": "text", "value": {"heading": heading, "text": html}}


HOME = {
    "title": "Accueil",
    "headline": "Un problème dans votre travail ? Prenez le temps de le résoudre.",
    "lead": "Le programme d’intrapreneuriat donne aux agents de la collectivité le temps, l’accompagnement "
    "et le droit d’essayer. Aucun diplôme n’est demandé : vous connaissez le terrain, cela suffit.",
    "body": [
        {
            "type": "steps",
            "value": {
                "heading": "Comment ça marche",
                "steps": [
                    {
                        "title": "Vous racontez le problème",
                        "text": "Vingt minutes, sur un téléphone ou un ordinateur. Vous pouvez vous arrêter "
                        "et reprendre, ou demander à quelqu’un de vous aider.",
                    },
                    {
                        "title": "Un petit groupe présélectionne",
                        "text": "Chaque candidature est lue par plusieurs personnes. Vous recevez une réponse, toujours.",
                    },
                    {
                        "title": "Vous présentez votre projet",
                        "text": "Une journée : on vous prépare le matin, vous parlez trois minutes l’après-midi.",
                    },
                    {
                        "title": "Vous enquêtez pendant trois mois",
                        "text": "Une partie de votre temps est libérée. Un coach vous accompagne. Vous rencontrez "
                        "les personnes concernées et vous essayez.",
                    },
                    {
                        "title": "Un jury décide de la suite",
                        "text": "Six suites sont possibles. S’arrêter en est une : on garde ce que l’on a appris.",
                    },
                ],
            },
        },
        {
            "type": "questions",
            "value": {
                "heading": "Ce que l’on nous demande souvent",
                "questions": [
                    {
                        "question": "Mon chef sera-t-il prévenu ?",
                        "answer": "<p>Non, pas au moment de la candidature. Votre hiérarchie est informée seulement "
                        "si vous êtes présélectionné·e, et avec votre accord.</p>",
                    },
                    {
                        "question": "Je n’ai pas d’adresse de messagerie professionnelle.",
                        "answer": "<p>Vous pouvez candidater quand même. La réponse peut arriver par SMS ou sur papier.</p>",
                    },
                    {
                        "question": "Et si mon projet ne marche pas ?",
                        "answer": "<p>C’est permis. Un projet qui s’arrête nous apprend quelque chose, et vous "
                        "retrouvez votre poste.</p>",
                    },
                ],
            },
        },
    ],
}

COMPLIANCE_PAGES = {
    ACCESSIBILITY_SLUG: {
        "title": "Accessibilité",
        "lead": "La collectivité s’engage à rendre ce site accessible, comme le demande l’article 47 de la loi "
        "n° 2005-102 du 11 février 2005.",
        "body": [
            text(
                "État de conformité",
                "<p>L’état de conformité avec le référentiel général d’amélioration de l’accessibilité (RGAA), "
                "version 4.1.2, est écrit en haut de cette page. Sans audit en cours de validité, un site est "
                "non conforme, même s’il a été construit avec soin.</p>",
            ),
            text(
                "Résultats des tests",
                "<p>Aucun audit de conformité n’a encore été réalisé par une personne extérieure. Des tests "
                "automatiques contrôlent chaque écran à chaque changement du site.</p>",
            ),
            text(
                "Contenus non accessibles",
                "<p>L’audit dira quels contenus ne sont pas accessibles. L’espace de publication, réservé aux "
                "personnes qui préparent les pages, n’a pas encore été évalué.</p>",
            ),
            text(
                "Vous rencontrez une difficulté",
                "<p>Dites-le-nous, par téléphone ou par message : les coordonnées sont en bas de chaque page. "
                "Nous vous répondons en une semaine au plus, et nous vous donnons le contenu sous une autre forme.</p>",
            ),
            text(
                "Voies de recours",
                "<p>Vous nous avez signalé un défaut et vous n’avez pas eu de réponse satisfaisante ? Vous pouvez :</p>"
                "<ul><li>écrire au <a href='https://formulaire.defenseurdesdroits.fr/'>Défenseur des droits</a> ;</li>"
                "<li>contacter son délégué ou sa déléguée dans votre région ;</li>"
                "<li>envoyer un courrier gratuit, sans timbre : Défenseur des droits, Libre réponse 71120, "
                "75342 Paris CEDEX 07.</li></ul>",
            ),
        ],
    },
    "mentions-legales": {
        "title": "Mentions légales",
        "lead": "Qui publie ce site, qui en répond, qui l’héberge.",
        "body": [
            text(
                "Éditeur",
                "<p>Ce site est publié par la collectivité, dont le nom et les coordonnées figurent en bas de chaque "
                "page. La directrice ou le directeur de la publication est la présidente ou le président de la "
                "collectivité.</p>",
            ),
            text(
                "Hébergement",
                "<p>À compléter avant l’ouverture du site : nom, adresse et téléphone de l’hébergeur.</p>",
            ),
            text(
                "Contenus et logiciel",
                "<p>Sauf mention contraire, les textes et les données publiés ici peuvent être réutilisés sous "
                "<a href='https://www.etalab.gouv.fr/licence-ouverte-open-licence/'>Licence Ouverte 2.0</a>. Le logiciel "
                "Éclosion est libre (licence MIT).</p>",
            ),
        ],
    },
    "donnees-personnelles": {
        "title": "Données personnelles",
        "lead": "Ce que le site garde de vous, pourquoi, combien de temps, et ce que vous pouvez demander.",
        "body": [
            text(
                "Pourquoi",
                "<p>Le programme d’intrapreneuriat est une mission d’intérêt public de la collectivité : c’est la base "
                "légale de ce site (article 6.1.e du RGPD). C’est pourquoi aucune case de consentement ne vous est "
                "présentée. Vous pouvez vous retirer du programme à tout moment, sans dire pourquoi.</p>",
            ),
            text(
                "Quoi",
                "<p>Votre nom, la façon de vous joindre, votre direction, votre lieu de travail, ce que vous écrivez "
                "dans votre candidature, puis la vie de votre projet. Ni date de naissance, ni santé, ni opinion. "
                "Aucun outil de mesure d’audience n’est installé.</p>",
            ),
            text(
                "Qui les lit",
                "<ul><li>l’équipe du programme ;</li><li>les membres du jury, pour les candidatures qu’ils examinent ;</li>"
                "<li>la personne qui vous accompagne ;</li><li>votre hiérarchie, seulement si vous êtes "
                "présélectionné·e.</li></ul>",
            ),
            text(
                "Combien de temps",
                "<p>Une candidature non retenue est gardée deux ans, puis rendue anonyme. Les décisions sont conservées "
                "comme archives publiques. Les journaux techniques sont gardés douze mois au plus.</p>",
            ),
            text(
                "Vos droits",
                "<p>Vous pouvez demander à lire, corriger, effacer vos données, ou vous opposer à leur usage : écrivez "
                "à l’équipe du programme ou à la personne déléguée à la protection des données de la collectivité. "
                "Si la réponse ne vous convient pas, vous pouvez saisir la <a href='https://www.cnil.fr/'>CNIL</a>.</p>",
            ),
            text(
                "Cookies",
                "<p>Le site n’utilise que les cookies nécessaires pour rester connecté et pour protéger les "
                "formulaires.</p>",
            ),
        ],
    },
}

IMPACT = {
    "slug": "impact",
    "title": "Ce que les projets ont changé",
    "lead": "Chaque projet mesuré a sa page : la valeur avant, la valeur aujourd’hui, et ce que nous ne savons pas.",
    "show_in_menus": True,
}

CALLS = {
    "slug": "appels",
    "title": "Les appels à intrapreneurs",
    "lead": "Un appel, c’est une période où l’on peut candidater. En voici les dates, et ce que l’on y demande.",
    "show_in_menus": True,
}


def _fine(value):
    """The same contents with the unbreakable spaces that French puts before double punctuation."""
    if isinstance(value, dict):
        return {key: _fine(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_fine(item) for item in value]
    if isinstance(value, str):
        return re.sub(r" (?=[?!:;»])|(?<=«) ", "\u00a0", value)
    return value


HOME, COMPLIANCE_PAGES, IMPACT, CALLS = (_fine(part) for part in (HOME, COMPLIANCE_PAGES, IMPACT, CALLS))
