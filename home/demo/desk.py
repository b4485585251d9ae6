"""What the manager did at her desk: problems handed over, something missing asked for, a note, a view that she keeps."""

from calls.domain import completion, notes, redirections, saved_views
from calls.models import Application
from home.demo.play import Stage, on
from home.demo.programme import MANAGER
from incubator.accounts.models import Directorate

VIEW = (
    "À lire avant la présélection",
    "state=submitted&sort=arrivee&col=porteur&col=direction&col=personnes",
)


def play(stage: Stage) -> None:
    _hand_over_the_badge(stage)
    _hand_over_the_boxes(stage)
    _ask_what_is_missing(stage)
    with on(stage.day(-10), 9):
        saved_views.save_view(actor=stage.who(MANAGER), name=VIEW[0], query=VIEW[1])


def _hand_over_the_badge(stage: Stage) -> None:
    """The preliminary jury redirected it; the first person asked says who can really act, the second one is awaited."""
    manager = stage.who(MANAGER)
    application = Application.objects.get(project=stage.project("badge-cantine"))
    with on(stage.working_day(-156), 10):
        first = redirections.redirect_application(
            actor=manager,
            application=application,
            directorate=Directorate.objects.get(code="dsi"),
            recipient=stage.who("jean-marc.rivoal"),
            reason="Le nouveau marché des badges est préparé chez vous.",
            due_on=stage.working_day(-135),
        )
    with on(stage.working_day(-143), 15):
        redirections.answer_redirection(
            actor=stage.who("jean-marc.rivoal"),
            redirection=first,
            kind="not_ours",
            answer="Nous fournissons les badges, mais la cantine est payée par les finances : c’est à elles de dire oui. "
            "Dites-leur que techniquement nous sommes prêts.",
        )
    with on(stage.day(-12), 11):
        notes.add_note(
            actor=manager,
            application=application,
            text="Vu avec les systèmes d’information : tout est prêt de leur côté. Demander aux finances.",
        )
        redirections.redirect_application(
            actor=manager,
            application=application,
            directorate=Directorate.objects.get(code="finances"),
            name="Gwenaëlle Thibaud",
            address="gwenaelle.thibaud@valombre.example",
            reason="La paie de la cantine dépend de vous ; les systèmes d’information sont prêts.",
            due_on=stage.working_day(9),
            with_names=True,
        )


def _hand_over_the_boxes(stage: Stage) -> None:
    """The jury of the hackathon said no; the chief executive's office, which rents the warehouse, is asked."""
    with on(stage.day(-1), 15):
        redirections.redirect_application(
            actor=stage.who(MANAGER),
            application=Application.objects.get(project=stage.project("archives-cartons")),
            directorate=Directorate.objects.get(code="dgs"),
            recipient=stage.who("philippe.arnoult"),
            reason="L’entrepôt est loué par vos services : une matinée de tri ne demande que votre accord.",
            due_on=stage.working_day(20),
            with_names=True,
        )


def _ask_what_is_missing(stage: Stage) -> None:
    """Yvon's paper does not say where; he has no e-mail: the request waits to be said by phone."""
    with on(stage.day(-1), 16, letters_are_past=False):
        completion.ask_completion(
            actor=stage.who(MANAGER),
            application=Application.objects.get(project=stage.project("produits-menage")),
            keys=["lieu", "piece"],
            message="Dites-nous dans quel lycée vous le voyez, et ajoutez une photo d’un bidon.",
            due_on=stage.working_day(12),
        )
