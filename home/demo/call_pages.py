"""What the page of each call of the demonstration says: for whom, what one gets, the rules, who helps, questions."""

from typing import Any

HELPERS = [
    {
        "name": "Hélène Vasseur",
        "role": "Responsable du programme, à l’Hôtel de Région",
        "phone": "03 53 01 12 34",
        "email": "intrapreneurs@valombre.example",
    },
    {
        "name": "Mireille Tanguy",
        "role": "Ambassadrice dans les lycées. Elle se déplace, et écrit avec vous si vous voulez.",
        "phone": "06 39 98 10 09",
        "email": "mireille.tanguy@valombre.example",
    },
]

AUDIENCE = [
    "Tous les agents de la Région, quel que soit votre métier, votre grade ou votre contrat.",
    "Dans les lycées, dans les antennes ou au siège, avec ou sans adresse e-mail.",
    "Seul ou à plusieurs, jusqu’à cinq personnes, du même service ou non.",
    "Aucun diplôme, aucune connaissance en informatique : il suffit de connaître le problème.",
]

GAINS = [
    {
        "title": "Du temps",
        "text": "D’une demi-journée à deux jours par semaine pendant trois mois, sur votre temps de travail, écrits noir sur blanc.",
    },
    {
        "title": "Un coach",
        "text": "Une personne vous suit chaque semaine. Elle aide à décider, elle ne fait pas à votre place.",
    },
    {
        "title": "Une formation",
        "text": "Enquêter auprès des usagers, essayer vite, mesurer : trois journées, avec les autres équipes.",
    },
    {
        "title": "Une réponse",
        "text": "Retenu ou non, vous recevez une réponse écrite, avec la raison, et quelqu’un à qui parler.",
    },
]

RULES = """
<ul>
<li>Vous racontez un problème vécu dans votre travail. Une idée de solution aide, mais elle n’est pas demandée.</li>
<li>Le problème concerne un service de la Région, pour ses habitants ou pour ses agents.</li>
<li>Personne d’autre que vous et l’équipe du programme ne lit un brouillon.</li>
<li>Votre candidature est lue par un jury, avec une grille connue d’avance, la même pour tout le monde.</li>
<li>Vous pouvez vous retirer à tout moment, sans dire pourquoi.</li>
<li>S’arrêter est une fin comme une autre : ce qui a été appris est gardé et peut resservir.</li>
</ul>
"""

ASKED_IN_RETURN = """
<p>Du temps, d’abord : celui que vous avez demandé, chaque semaine, pendant trois mois. Puis deux habitudes.</p>
<ul>
<li><b>Aller voir les gens.</b> Chaque équipe rencontre celles et ceux que le problème gêne, avant de proposer quoi que ce soit.</li>
<li><b>Mesurer.</b> Un chiffre au début, le même chiffre à la fin. S’il n’a pas bougé, on le dit aussi.</li>
</ul>
"""

QUESTIONS = [
    (
        "Faut-il avoir une adresse e-mail ?",
        "Non. Vous pouvez commencer sans compte, sur votre téléphone. Sans e-mail, la réponse vient par SMS, par courrier "
        "ou par téléphone : c’est vous qui choisissez.",
    ),
    (
        "Mon chef sera-t-il prévenu ?",
        "Pas avant la présélection. Ensuite, seulement si vous êtes d’accord.",
    ),
    (
        "Je n’écris pas bien. Est-ce un problème ?",
        "Non. Les fautes ne comptent pas. Vous pouvez aussi appeler : nous écrivons avec vous, ou vous remplissez le "
        "formulaire de papier et nous le recopions tel quel.",
    ),
    (
        "Et si je n’ai pas le temps de finir ?",
        "Tout est gardé à mesure que vous écrivez. Revenez quand vous voulez : vous retrouvez la question où vous étiez.",
    ),
    (
        "Que se passe-t-il si mon projet n’est pas retenu ?",
        "Vous recevez la raison en quelques phrases. Si une direction peut s’en occuper, nous lui transmettons le problème, "
        "avec votre accord. Et vous pouvez vous présenter à nouveau.",
    ),
]


def _text(heading: str, html: str) -> dict[str, Any]:
    return {"type": "text", "value": {"heading": heading, "text": html}}


def body() -> list[dict[str, Any]]:
    """The whole page of a call, in the order in which one asks oneself the questions."""
    return [
        {"type": "audience", "value": {"heading": "Pour qui ?", "people": AUDIENCE}},
        {"type": "steps", "value": {"heading": "Ce que vous recevez", "steps": GAINS}},
        _text("Ce que nous vous demandons en retour", ASKED_IN_RETURN),
        {"type": "rules", "value": {"heading": "Les règles, en clair", "text": RULES}},
        {"type": "helpers", "value": {"heading": "Qui peut vous aider ?", "helpers": HELPERS}},
        {
            "type": "questions",
            "value": {
                "heading": "Vos questions",
                "questions": [
                    {"question": question, "answer": f"<p>{answer}</p>"} for question, answer in QUESTIONS
                ],
            },
        },
    ]


def body_2020() -> list[dict[str, Any]]:
    """The first call: the programme had everything to prove, and said so."""
    return [
        {"type": "audience", "value": {"heading": "Pour qui ?", "people": AUDIENCE}},
        _text(
            "Pourquoi ce premier appel",
            "<p>Les agents voient des problèmes que personne ne règle, parce que personne n’en a le temps. Nous ouvrons un "
            "programme pour leur donner ce temps, une méthode et le droit d’essayer.</p>"
            "<p>C’est une première : le programme lui-même est un essai, mené avec un partenaire, beta.gouv.fr.</p>",
        ),
        {"type": "steps", "value": {"heading": "Ce que vous recevez", "steps": GAINS}},
        {"type": "rules", "value": {"heading": "Les règles, en clair", "text": RULES}},
        {
            "type": "figures",
            "value": {
                "heading": "Ce qui s’est passé ensuite",
                "figures": [
                    {"value": "19", "label": "agents candidats", "source": "Présélection de février 2020"},
                    {
                        "value": "6",
                        "label": "projets retenus sur 9 présélectionnés",
                        "source": "Jury du 5 mars 2020",
                    },
                    {"value": "6", "label": "décisions, une par projet", "source": "Jury du 7 juillet 2020"},
                ],
            },
        },
    ]
