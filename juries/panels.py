"""What this package shows on pages to its left, its entry of the menu, its badges, its words in the journal."""

from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from calls.exports import register_columns
from incubator.core import badges, journal, navigation, panels, public
from incubator.core.navigation import Entry, Section
from incubator.core.panels import Panel
from incubator.core.rules import register_scope
from juries import queries, verdicts
from juries.enums import SeatRole, SittingState
from juries.models import Grid, Hearing, Sitting
from juries.score_columns import score_columns


def next_hearing(user, project) -> Panel | None:
    """When the project will be heard: from the opening of the scoring on, never who scores or how. One query.

    What was decided stands on the project's own page already: it is written in its transitions.
    """
    hearing = queries.next_hearing_of(project, user)
    return Panel("juries/_next_hearing.html", {"hearing": hearing}) if hearing else None


def criteria_of_call(user, call) -> Panel | None:
    """What the jury will look at, for whoever reads the call. One query."""
    criteria = list(queries.criteria_for_cohort(call.cohort_id)) if call is not None else []
    return Panel("juries/_call_criteria.html", {"criteria": criteria}) if criteria else None


def what_the_body_said(user, project) -> Panel | None:
    """The three sentences to the team after each decision, and the corrections since. One query."""
    said = verdicts.said_to_team(project, user)
    return Panel("juries/_said_to_team.html", {"said": said}) if said else None


def entries(user) -> list[Entry]:
    if user is None or not user.is_authenticated or not queries.concerns(user):
        return []
    return [Entry(_("Juries"), reverse_lazy("juries:list"), Section.SPACE, 50)]


def register() -> None:
    panels.register("project.side", next_hearing, order=20)
    panels.register("project.main", what_the_body_said, order=20)
    panels.register("call.page", criteria_of_call, order=40)
    # Which grid a call's page shows, and what it says.
    public.register(
        "juries.grid_created",
        "juries.grid_revised",
        "juries.sitting_prepared",
        "juries.sitting_updated",
        "juries.sitting_copied",
        "juries.sitting_cancelled",
    )
    register_columns(score_columns)
    navigation.register(entries)
    for model in (Sitting, Hearing, Grid):
        register_scope(model._meta.label, model.objects.managed_by)
    badges.register(
        {
            SittingState.PREPARING: "neutral",
            SittingState.SCORING: "active",
            SittingState.DELIBERATING: "waiting",
            SittingState.PRONOUNCED: "good",
            SittingState.CANCELLED: "ended",
        }
    )
    badges.register(
        {
            SeatRole.PRESIDENT: "active",
            SeatRole.JUROR: "neutral",
            SeatRole.SECRETARY: "neutral",
            SeatRole.OBSERVER: "neutral",
        }
    )
    journal.describe(
        {
            "juries.grid_created": _("Grid created"),
            "juries.grid_revised": _("Grid changed"),
            "juries.sitting_prepared": _("Sitting prepared"),
            "juries.sitting_copied": _("Sitting copied"),
            "juries.sitting_updated": _("Sitting changed"),
            "juries.seat_added": _("Seat given"),
            "juries.seat_removed": _("Seat taken back"),
            "juries.hearing_added": _("Project put on the list"),
            "juries.hearing_removed": _("Project taken off the list"),
            "juries.hearings_reordered": _("Order of passage changed"),
            "juries.hours_made": _("Hours of passage made"),
            "juries.scoring_opened": _("Scoring opened"),
            "juries.dossier_redacted": _("Words hidden by hand"),
            "juries.calibration_written": _("Calibration file written"),
            "juries.calibration_opened": _("Calibration file given to the members"),
            "juries.calibration_scored": _("Calibration file scored"),
            "juries.calibration_discussed": _("Marks of the calibration file shown to all"),
            "juries.links_declared": _("Links of interest declared"),
            "juries.link_lifted": _("Link found by the site lifted"),
            "juries.dossiers_shared": _("Dossiers shared out"),
            "juries.dossier_given": _("Dossier given by hand"),
            "juries.scoring_begun": _("Juror began to score"),
            "juries.evaluation_given": _("Marks given"),
            "juries.hearing_passed": _("Project passed for now"),
            "juries.paper_entered": _("Paper grid entered for a juror"),
            "juries.history_read": _("History of named scores read"),
            "juries.jurors_reminded": _("Jurors reminded"),
            "juries.recused": _("Juror stood aside"),
            "juries.results_read": _("Named scores read"),
            "juries.others_marks_read": _("Marks of the others on a project read"),
            "juries.scores_exported": _("Named scores exported"),
            "juries.tie_break_opened": _("Comparison of projects opened"),
            "juries.tie_break_answered": _("Comparison of projects answered"),
            "juries.tie_break_entered": _("Paper ballot entered"),
            "juries.tie_break_closed": _("Comparison of projects closed"),
            "juries.tie_break_read": _("Comparison of projects read"),
            "juries.deliberation_begun": _("Deliberation begun"),
            "juries.decision_prepared": _("Decision prepared"),
            "juries.presence_noted": _("Presence noted"),
            "juries.clock_started": _("Clock started"),
            "juries.clock_stopped": _("Clock stopped"),
            "juries.clock_resumed": _("Clock started again"),
            "juries.clock_extended": _("More time given"),
            "juries.note_kept": _("Note of deliberation taken"),
            "juries.late_leave_given": _("Juror let to change marks late"),
            "juries.marks_changed_late": _("Marks changed after the deliberation began"),
            "juries.feedback_written": _("Feedback to the team written"),
            "juries.sitting_booked": _("Sitting booked by an extension"),
            "juries.hearing_booked": _("Project booked on a sitting by its extension"),
            "juries.correction_prepared": _("Correction prepared"),
            "juries.correction_given_up": _("Correction given up"),
            "juries.decision_corrected": _("Decision corrected"),
            "juries.minutes_printed": _("Minutes made as a PDF"),
            "juries.decision_signed_off": _("Decision agreed by the sponsor"),
            "juries.pronounced": _("Decisions pronounced"),
            "juries.sitting_cancelled": _("Sitting cancelled"),
        }
    )
