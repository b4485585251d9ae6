"""Who may do what with a sitting, its scores and its decisions: small predicates with names.

Their queryset twins stand in ``juries.models.querysets``.
"""

from juries.enums import SCORING_ROLES, STAFF_ROLES, MarksShown, NamesReturn, SeatRole, SittingState
from projects.rules import is_manager, is_sponsor


def seat_of(user, sitting):
    """The seat ``user`` holds in ``sitting``, or None. Asked once a request: kept on the sitting."""
    if user is None or not user.pk:
        return None
    known = sitting.__dict__.setdefault("_seats_by_user", {})
    if user.pk not in known:
        known[user.pk] = sitting.seats.filter(user=user).first()
    return known[user.pk]


def remember_seats(sitting, seats) -> None:
    """Every seat has been read: who is not among them has none."""
    sitting._seats_by_user = _AllSeats({seat.user_id: seat for seat in seats})


class _AllSeats(dict):
    """Knows everyone: a person who is not in it has no seat."""

    def __contains__(self, user_pk) -> bool:
        return True

    def __missing__(self, user_pk) -> None:
        return None


def holds(user, sitting, roles) -> bool:
    seat = seat_of(user, sitting)
    return seat is not None and seat.role in roles


def is_recused(user, hearing) -> bool:
    return hearing.recusals.filter(seat__user=user).exists()


def sees_names(user, sitting) -> bool:
    """Whether ``user`` may read who stands behind the dossiers of this sitting.

    In an anonymous reading the manager knows, who prepares it and has no voice; nobody else before the
    deliberation, and then whom ``names_return`` says, and the sponsor without a seat, whose agreement is asked.
    Everyone once the decisions are pronounced.
    """
    if not sitting.names_hidden or user is None or is_manager(user, sitting.programme):
        return True
    if sitting.state == SittingState.PRONOUNCED:
        return True
    if sitting.state != SittingState.DELIBERATING:
        return False
    if seat_of(user, sitting) is None:
        return is_sponsor(user, sitting.programme)
    if sitting.names_return == NamesReturn.PRONOUNCED:
        return False
    return sitting.names_return == NamesReturn.EVERYONE or holds(user, sitting, STAFF_ROLES)


def title_field(sees: bool) -> str:
    """The column of a hearing that holds its title for who ``sees`` the names, or does not."""
    return "project__title" if sees else "dossier__title"


def marks_of_others_are_shown(sitting, *, own_given: bool, asked: bool = True) -> bool:
    """Whether a juror may read the marks of the others on a project they do not stand aside from.

    ``own_given``: their own marks on that project are given; ``asked``: it was theirs to mark. Abstaining shows
    nothing before the decisions are pronounced, as the president may still let them give their marks. It says
    nothing of president, secretary and manager, who follow ``can_read_results``.
    """
    if sitting.marks_shown == MarksShown.NEVER:
        return False
    if sitting.state == SittingState.PRONOUNCED:
        return True
    if sitting.state == SittingState.DELIBERATING:
        return own_given or not asked
    return sitting.state == SittingState.SCORING and sitting.marks_shown == MarksShown.AFTER_OWN and own_given


def judges_what_they_manage(user, programme, role) -> bool:
    """A seat with a voice for someone who manages the programme: they prepare and record, and do not judge."""
    return role in SCORING_ROLES and is_manager(user, programme)


def can_prepare(user, programme) -> bool:
    """Prepare sittings for this programme."""
    return user is None or is_manager(user, programme)


def can_organise(user, sitting) -> bool:
    """Change the date, the members, the projects; open the scoring; cancel."""
    return user is None or is_manager(user, sitting.programme)


def can_score(user, sitting) -> bool:
    """Hold a seat with a voice. Standing aside from one project is asked for each hearing."""
    return holds(user, sitting, SCORING_ROLES)


def can_read_results(user, sitting) -> bool:
    return holds(user, sitting, STAFF_ROLES) or is_manager(user, sitting.programme)


def can_enter_paper(user, sitting) -> bool:
    """Enter the paper grids of jurors: the secretary and the manager, who give no marks of their own."""
    return holds(user, sitting, {SeatRole.SECRETARY}) or is_manager(user, sitting.programme)


def can_print_for(user, seat) -> bool:
    """Print the dossiers of a juror: themselves, or whoever hands them out."""
    return seat.user_id == user.pk or can_enter_paper(user, seat.sitting)


def can_read_history(user, sitting) -> bool:
    """How marks have changed: president, secretary and manager, once marks are sealed by the deliberation."""
    return sitting.state in {SittingState.DELIBERATING, SittingState.PRONOUNCED} and can_read_results(
        user, sitting
    )


def can_deliberate(user, sitting) -> bool:
    """Open the deliberation: the president, or the secretary or the manager at the president's side."""
    return can_read_results(user, sitting)


def can_see_decisions(user, sitting) -> bool:
    """The board of decisions before they are pronounced: nobody else knows of them."""
    return can_read_results(user, sitting)


def can_prepare_decision(user, hearing) -> bool:
    """The president decides; the secretary and the manager record for them. Who stands aside does neither."""
    return can_read_results(user, hearing.sitting) and not is_recused(user, hearing)


def can_note(user, hearing) -> bool:
    """Write notes of deliberation, and read those of the body: its president and its secretary alone."""
    return holds(user, hearing.sitting, STAFF_ROLES) and not is_recused(user, hearing)


def can_write_feedback(user, hearing) -> bool:
    """The three sentences to the team: whoever records the decision."""
    return can_prepare_decision(user, hearing)


def can_correct(user, sitting) -> bool:
    """Write a correction beside a decision that was pronounced: the manager (the sponsor agrees where it engages)."""
    return is_manager(user, sitting.programme)


def can_sign_off(user, sitting) -> bool:
    return is_sponsor(user, sitting.programme)


def can_let_speak_late(user, hearing) -> bool:
    """Let a juror say marks after the deliberation began: the president, or the secretary who records it."""
    return holds(user, hearing.sitting, STAFF_ROLES) and not is_recused(user, hearing)


def can_pronounce(user, sitting) -> bool:
    return holds(user, sitting, {SeatRole.PRESIDENT})


def can_read_minutes(user, sitting) -> bool:
    """The record with its reasons: members, managers and sponsors, once it is sealed."""
    return sitting.state == SittingState.PRONOUNCED and (
        seat_of(user, sitting) is not None
        or is_manager(user, sitting.programme)
        or is_sponsor(user, sitting.programme)
    )
