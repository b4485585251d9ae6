"""The life of a sitting: prepared, scored, deliberated, pronounced; or cancelled before that."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from incubator.core.workflow import Move, Workflow
from juries import rules
from juries.enums import SCORING_ROLES, CriterionKind, SeatRole, SittingState
from juries.models import SittingTransition
from projects import outcomes
from projects.enums import ENGAGING_OUTCOMES, ProgrammeRoleKind


def _has_president(sitting, facts):
    if not sitting.seats.filter(role=SeatRole.PRESIDENT).exists():
        return _("Nobody presides: give one member the seat of president.")
    return None


def _quorum_can_be_reached(sitting, facts):
    voices = sitting.seats.filter(role__in=SCORING_ROLES).count()
    if voices < sitting.quorum:
        return ngettext(
            "The quorum is %(quorum)d and only %(voices)d member has a voice: add members or lower the quorum.",
            "The quorum is %(quorum)d and only %(voices)d members have a voice: add members or lower the quorum.",
            voices,
        ) % {"quorum": sitting.quorum, "voices": voices}
    return None


def _has_a_grid(sitting, facts):
    if sitting.grid_version_id is None:
        return _("There is no grid: choose one, so that every juror scores the same things.")
    weights = list(
        sitting.grid_version.criteria.filter(kind=CriterionKind.SCALE).values_list("weight", flat=True)
    )
    if not weights or any(weight < 1 for weight in weights):
        return _("The grid needs at least one criterion, and each criterion a weight of 1 or more.")
    return None


def _enough_readers(sitting, facts):
    if sitting.readers_each is None:
        return None
    voices = sitting.seats.filter(role__in=SCORING_ROLES).count()
    if voices < sitting.readers_each:
        return ngettext(
            "Each project should have %(readers)d readers and only %(voices)d member has a voice: "
            "add members, or ask for fewer readers.",
            "Each project should have %(readers)d readers and only %(voices)d members have a voice: "
            "add members, or ask for fewer readers.",
            voices,
        ) % {"readers": sitting.readers_each, "voices": voices}
    return None


def _managers_do_not_judge(sitting, facts):
    names = [
        str(seat.user)
        for seat in sitting.seats.filter(
            role__in=SCORING_ROLES,
            user__programme_roles__programme=sitting.programme_id,
            user__programme_roles__role=ProgrammeRoleKind.MANAGER,
            user__programme_roles__ended_at__isnull=True,
        ).select_related("user")
    ]
    if names:
        return _(
            "%(names)s: who manages the programme does not judge in it. "
            "Take this seat back, then give the seat of secretary or of observer."
        ) % {"names": ", ".join(names)}
    return None


def _has_projects(sitting, facts):
    if not sitting.hearings.open().exists():
        return _("There is no project to hear: add at least one.")
    return None


def _quorum_is_present(sitting, facts):
    present = sitting.seats.filter(role__in=SCORING_ROLES, present=True)
    if not present.filter(role=SeatRole.PRESIDENT).exists():
        return _("The president is not marked as present: the deliberation cannot begin without them.")
    count = present.count()
    if count < sitting.quorum:
        return _(
            "The quorum is %(quorum)d members and %(present)d are present: "
            "wait for the others, or choose another date."
        ) % {"quorum": sitting.quorum, "present": count}
    return None


def _title(sitting) -> str:
    """A condition does not know who asks: in an anonymous reading it names nobody."""
    return rules.title_field(not sitting.names_hidden)


def _everything_is_decided(sitting, facts):
    missing = list(
        sitting.hearings.open().filter(decision__isnull=True).values_list(_title(sitting), flat=True)
    )
    if missing:
        return ngettext(
            "One project has no decision yet: %(titles)s.",
            "%(count)d projects have no decision yet: %(titles)s.",
            len(missing),
        ) % {"count": len(missing), "titles": ", ".join(missing)}
    if not sitting.hearings.open().exists():
        return _("No project is left to decide on.")
    return None


def _everything_is_signed(sitting, facts):
    waiting = list(
        sitting.hearings.open()
        .filter(decision__outcome__in=ENGAGING_OUTCOMES, decision__signed_off_at__isnull=True)
        .values_list(_title(sitting), flat=True)
    )
    if waiting:
        return _("The sponsor has not agreed yet for: %(titles)s.") % {"titles": ", ".join(waiting)}
    return None


def _outcomes_fit_the_gate(sitting, facts):
    strangers = [
        hearing.dossier["title"] if sitting.names_hidden else hearing.project.title
        for hearing in sitting.hearings.open().select_related("project__programme", "decision")
        if hearing.decision.outcome not in outcomes.offered(sitting.gate, hearing.project)
    ]
    if titles := ", ".join(strangers):
        return _("This body cannot decide that at this gate, choose again for: %(titles)s.") % {
            "titles": titles
        }
    return None


SITTING = Workflow(
    state_field="state",
    log=SittingTransition,
    subject="sitting",
    moves=[
        Move(
            name="open_scoring",
            label=gettext_lazy("Open the scoring"),
            sources=frozenset({SittingState.PREPARING}),
            target=SittingState.SCORING,
            allowed=rules.can_organise,
            conditions=(
                _has_president,
                _quorum_can_be_reached,
                _enough_readers,
                _managers_do_not_judge,
                _has_a_grid,
                _has_projects,
            ),
        ),
        Move(
            name="begin_deliberation",
            label=gettext_lazy("Begin the deliberation"),
            sources=frozenset({SittingState.SCORING}),
            target=SittingState.DELIBERATING,
            allowed=rules.can_deliberate,
            conditions=(_quorum_is_present,),
        ),
        Move(
            name="pronounce",
            label=gettext_lazy("Pronounce the decisions"),
            sources=frozenset({SittingState.DELIBERATING}),
            target=SittingState.PRONOUNCED,
            allowed=rules.can_pronounce,
            conditions=(
                _quorum_is_present,
                _everything_is_decided,
                _outcomes_fit_the_gate,
                _everything_is_signed,
            ),
        ),
        Move(
            name="cancel",
            label=gettext_lazy("Cancel the sitting"),
            sources=frozenset({SittingState.PREPARING, SittingState.SCORING, SittingState.DELIBERATING}),
            target=SittingState.CANCELLED,
            allowed=rules.can_organise,
        ),
    ],
)


def missing_before(sitting, move: str) -> list[str]:
    """What the conditions of ``move`` would refuse today, said beforehand on the screen."""
    sentences = (condition(sitting, {}) for condition in SITTING.moves[move].conditions)
    return [sentence for sentence in sentences if sentence]
