"""The invented people of the invented Region: their names, their work, and how one writes to them."""

from incubator.accounts.domain.people import create_person, grant_role
from incubator.accounts.enums import PreferredChannel, Role
from incubator.accounts.models import Directorate, User, Workplace

AUTHORITY = "Région Valombre"
DOMAIN = "valombre.example"

DIRECTORATES = {
    "dgs": "Direction générale des services",
    "dqp": "Direction Qualité et Performance",
    "lycees": "Direction des Lycées",
    "rh": "Direction des Ressources humaines",
    "dsi": "Direction des Systèmes d’information",
    "formation": "Direction de la Formation professionnelle",
    "europe": "Direction des Fonds et Subventions",
    "mobilites": "Direction des Mobilités",
    "relation": "Direction de la Relation à l’usager",
    "finances": "Direction des Finances et du Contrôle",
}

WORKPLACES = {
    "siege": ("Hôtel de Région", "Valombre"),
    "lycee-iris": ("Lycée des Iris", "Montclair-sur-Lisse"),
    "lycee-verger": ("Lycée du Verger", "Saint-Aubry"),
    "lycee-canal": ("Lycée du Canal", "Port-Lisse"),
    "antenne-nord": ("Antenne du Nord", "Brézolles-le-Haut"),
}

# username: first name, last name, directorate, workplace, category, has an e-mail, phone
PEOPLE: dict[str, tuple[str, str, str, str, str, bool, str]] = {
    # The nine personas
    "lina.moreau": ("Lina", "Moreau", "lycees", "lycee-iris", "C", True, "06 39 98 10 01"),
    "yvon.kerdal": ("Yvon", "Kerdal", "lycees", "lycee-verger", "C", False, "06 39 98 10 02"),
    "sabine.ferrand": ("Sabine", "Ferrand", "mobilites", "siege", "B", True, "06 39 98 10 03"),
    "karim.oudin": ("Karim", "Oudin", "dqp", "siege", "A", True, "06 39 98 10 04"),
    "odile.maurin": ("Odile", "Maurin", "finances", "siege", "A", True, "06 39 98 10 05"),
    "bernard.lestang": ("Bernard", "Lestang", "formation", "siege", "A", True, "06 39 98 10 06"),
    "helene.vasseur": ("Hélène", "Vasseur", "dqp", "siege", "A", True, "06 39 98 10 07"),
    "philippe.arnoult": ("Philippe", "Arnoult", "dgs", "siege", "A", True, "06 39 98 10 08"),
    "mireille.tanguy": ("Mireille", "Tanguy", "lycees", "lycee-canal", "B", True, "06 39 98 10 09"),
}

ROLES = {
    "philippe.arnoult": Role.SPONSOR,
    "mireille.tanguy": Role.AMBASSADOR,
}


def create_people() -> dict[str, User]:
    """Create the directorates, the workplaces and everybody, and answer the people by user name."""
    directorates = {
        code: Directorate.objects.create(code=code, name=name) for code, name in DIRECTORATES.items()
    }
    workplaces = {
        key: Workplace.objects.create(name=name, town=town) for key, (name, town) in WORKPLACES.items()
    }
    people = {}
    for username, (first, last, directorate, workplace, category, has_email, phone) in PEOPLE.items():
        people[username] = create_person(
            actor=None,
            first_name=first,
            last_name=last,
            username=username,
            email=f"{username}@{DOMAIN}" if has_email else None,
            phone=phone,
            preferred_channel=PreferredChannel.EMAIL if has_email else PreferredChannel.SMS,
            directorate=directorates[directorate],
            workplace=workplaces[workplace],
            category=category,
        )
    for username, role in ROLES.items():
        grant_role(actor=None, user=people[username], role=role)
    return people
