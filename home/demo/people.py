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
    "bernard.lestang": ("Bernard", "Lestang", "dqp", "siege", "A", True, "06 39 98 10 06"),
    "helene.vasseur": ("Hélène", "Vasseur", "dqp", "siege", "A", True, "06 39 98 10 07"),
    "philippe.arnoult": ("Philippe", "Arnoult", "dgs", "siege", "A", True, "06 39 98 10 08"),
    "mireille.tanguy": ("Mireille", "Tanguy", "lycees", "lycee-canal", "B", True, "06 39 98 10 09"),
    # Those who sit, accompany and take over
    "celine.aubert": ("Céline", "Aubert", "rh", "siege", "A", True, ""),
    "jean-marc.rivoal": ("Jean-Marc", "Rivoal", "dsi", "siege", "A", True, ""),
    "estelle.fabry": ("Estelle", "Fabry", "dqp", "siege", "A", True, ""),
    "nicolas.perrot": ("Nicolas", "Perrot", "formation", "siege", "A", True, ""),
    "nathalie.grosjean": ("Nathalie", "Grosjean", "dqp", "siege", "B", True, ""),
    # Promotion 2020: nineteen people
    "clara.besnier": ("Clara", "Besnier", "formation", "siege", "B", True, ""),
    "hugo.lemarie": ("Hugo", "Lemarié", "formation", "siege", "A", True, ""),
    "nadege.corbin": ("Nadège", "Corbin", "relation", "siege", "C", True, ""),
    "farid.benhamou": ("Farid", "Benhamou", "relation", "siege", "B", True, ""),
    "solene.guerin": ("Solène", "Guérin", "relation", "antenne-nord", "B", True, ""),
    "aicha.diallo": ("Aïcha", "Diallo", "relation", "antenne-nord", "B", True, ""),
    "marc.delaunoy": ("Marc", "Delaunoy", "lycees", "siege", "C", True, ""),
    "ines.rouvier": ("Inès", "Rouvier", "lycees", "siege", "B", True, ""),
    "thierry.gaudin": ("Thierry", "Gaudin", "europe", "siege", "A", True, ""),
    "pascale.vignon": ("Pascale", "Vignon", "europe", "siege", "B", True, ""),
    "romain.tessier": ("Romain", "Tessier", "lycees", "lycee-iris", "C", False, "06 39 98 20 11"),
    "julie.carpentier": ("Julie", "Carpentier", "lycees", "lycee-verger", "C", True, ""),
    "denis.hamelin": ("Denis", "Hamelin", "lycees", "lycee-canal", "C", False, "06 39 98 20 13"),
    "laure.pasquet": ("Laure", "Pasquet", "rh", "siege", "B", True, ""),
    "samir.touati": ("Samir", "Touati", "rh", "siege", "C", True, ""),
    "brigitte.morel": ("Brigitte", "Morel", "finances", "siege", "C", True, ""),
    "gerard.lacombe": ("Gérard", "Lacombe", "lycees", "lycee-verger", "C", False, ""),
    "kevin.marchal": ("Kévin", "Marchal", "lycees", "lycee-iris", "C", True, ""),
    "valerie.sorin": ("Valérie", "Sorin", "dgs", "siege", "C", True, ""),
    # Incubateur RH
    "adele.fontan": ("Adèle", "Fontan", "rh", "siege", "A", True, ""),
    "gilles.aumont": ("Gilles", "Aumont", "lycees", "lycee-canal", "C", False, "06 39 98 20 21"),
    "yasmina.cherif": ("Yasmina", "Chérif", "lycees", "lycee-verger", "C", True, ""),
    "paul.hervouet": ("Paul", "Hervouet", "lycees", "lycee-verger", "C", False, "06 39 98 20 22"),
    "remi.caradec": ("Rémi", "Caradec", "lycees", "lycee-canal", "C", True, ""),
    "maelle.jourdan": ("Maëlle", "Jourdan", "mobilites", "antenne-nord", "B", True, ""),
    "claire.duvivier": ("Claire", "Duvivier", "finances", "siege", "B", True, ""),
    "jonas.meriel": ("Jonas", "Mériel", "lycees", "siege", "B", True, ""),
    "stephane.lucas": ("Stéphane", "Lucas", "lycees", "lycee-iris", "C", False, ""),
    # Promotion 2026
    "emilie.sarrazin": ("Émilie", "Sarrazin", "formation", "siege", "B", True, ""),
    "bruno.tellier": ("Bruno", "Tellier", "formation", "siege", "B", True, ""),
    "ingrid.masson": ("Ingrid", "Masson", "formation", "siege", "B", True, ""),
    "fabrice.nollet": ("Fabrice", "Nollet", "lycees", "lycee-iris", "C", False, "06 39 98 20 31"),
    "sonia.haddad": ("Sonia", "Haddad", "lycees", "lycee-iris", "B", True, ""),
    "gwenaelle.ridel": ("Gwenaëlle", "Ridel", "finances", "siege", "A", True, ""),
    "pierrick.lehoux": ("Pierrick", "Lehoux", "rh", "siege", "C", True, ""),
    "nora.belaid": ("Nora", "Belaïd", "rh", "siege", "B", True, ""),
    "loic.garnier": ("Loïc", "Garnier", "mobilites", "siege", "C", True, ""),
    "solange.prigent": ("Solange", "Prigent", "dgs", "siege", "C", True, ""),
    "mathieu.cottin": ("Mathieu", "Cottin", "dsi", "siege", "B", True, ""),
    # The call that is open today
    "ophelie.grandin": ("Ophélie", "Grandin", "lycees", "lycee-canal", "C", False, "06 39 98 20 41"),
    "antoine.bellec": ("Antoine", "Bellec", "relation", "siege", "B", True, ""),
    "rachel.simon": ("Rachel", "Simon", "relation", "siege", "C", True, ""),
}

ROLES = {
    "philippe.arnoult": Role.SPONSOR,
    "mireille.tanguy": Role.AMBASSADOR,
}


def create_directorates() -> dict[str, Directorate]:
    return {code: Directorate.objects.create(code=code, name=name) for code, name in DIRECTORATES.items()}


def create_people(directorates: dict[str, Directorate]) -> dict[str, User]:
    """Create the workplaces and everybody, and answer the people by user name."""
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
            preferred_channel=_channel(has_email, phone),
            directorate=directorates[directorate],
            workplace=workplaces[workplace],
            category=category,
        )
    for username, role in ROLES.items():
        grant_role(actor=None, user=people[username], role=role)
    return people


def _channel(has_email: bool, phone: str) -> str:
    if has_email:
        return PreferredChannel.EMAIL
    return PreferredChannel.SMS if phone else PreferredChannel.PAPER
