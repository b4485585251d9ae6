"""The thirteen applications of the promotion 2020, by nineteen people.

Documented: the subject of the first six and the figures they quote. Invented: the other seven, the
number thirteen, every person, and the words of all of them.
"""

from home.demo.questions import Dossier

KNOWN = (
    Dossier(
        code="tout-est-permis",
        title="Tout est permis",
        theme="Jeunesse et emploi",
        directorate="formation",
        team=("clara.besnier", "hugo.lemarie"),
        problem="Un apprenti sur deux a besoin du permis pour aller travailler. La Région aide à le payer, mais 91 % "
        "des dossiers d’aide nous sont renvoyés incomplets. Les jeunes abandonnent, et nous passons nos journées "
        "à réclamer des papiers.",
        who="Les apprentis en CAP et leurs familles, les centres de formation, et les six agents qui instruisent.",
        count=3000,
        nature=0,
        idea="Refaire le dossier avec dix apprentis, sur leur téléphone, et ne demander que ce que nous n’avons pas déjà.",
        why="Sept mois après un CAP, 45 % des titulaires du permis ont un emploi, contre 19 % des autres. On ne peut "
        "pas laisser un formulaire décider à leur place.",
        time=2,
    ),
    Dossier(
        code="la-belette",
        title="La Belette",
        theme="Relation à l’usager",
        directorate="relation",
        team=("nadege.corbin", "farid.benhamou"),
        problem="Le numéro vert reçoit 8 000 appels et 4 000 messages par mois pour cinq agents. Au standard, chacune "
        "prend une centaine d’appels par jour. Trois fois sur quatre, on ne sait pas à qui passer la personne.",
        who="Les habitants qui appellent, les huit agents du numéro vert et du standard, et les services qui reçoivent "
        "des appels qui ne sont pas pour eux.",
        count=8000,
        idea="Un annuaire par sujet, et non par service, que chacun corrige quand il se trompe de porte.",
        why="Dire « je ne sais pas » cent fois par jour, cela use. Nous savons déjà presque toutes les réponses.",
        time=1,
        tried=True,
    ),
    Dossier(
        code="ma-region",
        title="Ma Région",
        theme="Relation à l’usager",
        directorate="relation",
        team=("solene.guerin", "aicha.diallo"),
        problem="La Région verse des dizaines d’aides, mais les habitants ne les connaissent pas. Sur une centaine de "
        "personnes rencontrées à la gare, 91 % ne connaissaient pas le numéro vert et 30 % ignoraient qu’une aide existait.",
        who="Les habitants qui ont droit à une aide : lycéens, familles, demandeurs d’emploi, petites entreprises.",
        nature=0,
        idea="Une seule entrée qui part de la situation de la personne : « je passe le bac », « je déménage », « j’embauche ».",
        why="Nous tenons l’accueil à deux. Nous voyons les gens repartir sans savoir.",
        time=2,
    ),
    Dossier(
        code="shareloc",
        title="Shareloc",
        theme="Lycées",
        directorate="lycees",
        team=("marc.delaunoy", "ines.rouvier"),
        problem="Nos 274 lycées comptent 2 198 logements de fonction. 373 sont vides, soit 17 %. Pendant ce temps, des "
        "collègues mutés dorment à l’hôtel.",
        who="Les agents qui arrivent ou sont mutés (46 ont été aidés en 2019), les gestionnaires des lycées.",
        count=373,
        nature=2,
        idea="Montrer les logements vides au même endroit, et laisser un lycée en prêter un pour quelques mois.",
        why="J’ai les clés, elle a les listes. À deux, nous pouvons les rapprocher.",
        time=1,
    ),
    Dossier(
        code="suivi-subventions",
        title="Suivi des porteurs de projets subventionnés",
        theme="Aides et subventions",
        directorate="europe",
        team=("thierry.gaudin",),
        problem="Quand une association que nous subventionnons a des difficultés, chaque service l’apprend de son côté, "
        "et souvent trop tard. Personne n’a la vue d’ensemble.",
        who="Les chargés de mission qui instruisent des subventions, et les organismes aidés eux-mêmes.",
        nature=3,
        idea="Une fiche partagée par organisme, alimentée par les données publiques, avec une alerte simple.",
        why="J’ai vu trois dossiers différents pour la même association, la même semaine.",
        time=0,
    ),
    Dossier(
        code="controles-alleges",
        title="Allègement des procédures de contrôle",
        theme="Aides et subventions",
        directorate="europe",
        team=("pascale.vignon",),
        problem="Pour une aide européenne, il faut fournir chaque ticket. Entre la dépense et le versement, une petite "
        "structure avance de 3 à 24 mois de trésorerie. Certaines renoncent.",
        who="Les associations et petites communes aidées, et nos contrôleurs.",
        nature=0,
        idea="Utiliser les coûts simplifiés que le règlement permet déjà, en commençant par les frais de personnel.",
        why="Je contrôle des tickets de parking depuis neuf ans.",
        time=1,
    ),
)

INVENTED_PRESELECTED = (
    Dossier(
        code="covoiturage-lycees",
        title="Covoiturage entre lycées",
        theme="Mobilités",
        directorate="lycees",
        team=("romain.tessier", "julie.carpentier"),
        problem="Chaque matin, nous sommes quatre du même village à prendre quatre voitures vers trois lycées voisins.",
        who="Les agents des lycées de la vallée, hors des lignes de bus.",
        count=400,
        nature=2,
        idea="Un tableau des trajets par vallée, affiché en salle des agents, puis sur le téléphone.",
        why="L’essence coûte cher et l’on s’entend bien.",
    ),
    Dossier(
        code="carnet-entretien",
        title="Le carnet d’entretien partagé",
        theme="Lycées",
        directorate="lycees",
        team=("denis.hamelin",),
        problem="Quand je suis absent, personne ne sait où est la vanne ni quand la chaudière a été vue. Tout est dans ma tête.",
        who="Les agents de maintenance des lycées et leurs remplaçants.",
        count=600,
        nature=3,
        idea="Une étiquette sur chaque équipement, une photo, une date.",
        why="Je pars à la retraite dans quatre ans. Autant que cela serve.",
        tried=True,
    ),
    Dossier(
        code="accueil-nouveaux",
        title="L’accueil des nouveaux agents",
        theme="Ressources humaines",
        directorate="rh",
        team=("laure.pasquet", "samir.touati"),
        problem="Le premier jour, un nouvel agent n’a ni badge, ni poste, ni nom à demander. Il attend souvent deux semaines.",
        who="Environ trois cents personnes par an, et leurs équipes.",
        count=300,
        idea="Une liste unique qui part dès la signature du contrat, et un parrain par étage.",
        why="On n’a qu’une première journée.",
    ),
)

NOT_PRESELECTED = (
    Dossier(
        code="frais-deplacement",
        title="Un seul formulaire pour les frais de déplacement",
        theme="Ressources humaines",
        directorate="finances",
        team=("brigitte.morel",),
        problem="Trois formulaires selon que l’on prend le train, la voiture ou les deux. On se trompe une fois sur deux.",
        who="Tous les agents qui se déplacent.",
        nature=3,
        idea="Un seul formulaire, dans l’application qui existe déjà.",
        why="Je les traite tous les mois.",
        time=0,
    ),
    Dossier(
        code="repas-justes",
        title="Des repas moins gaspillés",
        theme="Écologie",
        directorate="lycees",
        team=("gerard.lacombe",),
        problem="Nous jetons chaque jour l’équivalent de trente repas, parce que nous ne savons pas combien d’élèves viendront.",
        who="Les équipes de restauration des lycées.",
        nature=2,
        idea="Demander la veille, par un simple bouton, qui mange demain.",
        why="Jeter fait mal au cœur.",
        time=0,
    ),
    Dossier(
        code="pret-outils",
        title="Le prêt d’outils entre lycées",
        theme="Lycées",
        directorate="lycees",
        team=("kevin.marchal",),
        problem="Chaque lycée a acheté une nacelle qui sert quatre jours par an.",
        who="Les ateliers de maintenance.",
        nature=2,
        idea="Un planning commun par bassin.",
        why="La nôtre rouille.",
        time=0,
    ),
    Dossier(
        code="reserver-salle",
        title="Réserver une salle sans trois appels",
        theme="Vie au travail",
        directorate="dgs",
        team=("valerie.sorin",),
        problem="Pour réserver une salle avec un vidéoprojecteur, il faut appeler trois services.",
        who="Tous les agents du siège.",
        count=1700,
        idea="Ouvrir le planning de l’accueil à tout le monde.",
        why="Je suis à l’accueil : c’est moi que l’on appelle.",
        time=0,
    ),
)

ALL = KNOWN + INVENTED_PRESELECTED + NOT_PRESELECTED
