"""What the journal calls each act of this package."""

from django.utils.translation import gettext_lazy as _

WORDS = {
    "calls.create_call": _("Call created"),
    "calls.update_call": _("Call changed"),
    "calls.write_questions": _("Questions of the call written"),
    "calls.publish_call_page": _("Page of the call published"),
    "calls.schedule_call": _("Opening of the call scheduled"),
    "calls.unschedule_call": _("Call put back in preparation"),
    "calls.open_call": _("Call opened"),
    "calls.opening_refused": _("Opening of the call refused"),
    "calls.close_call": _("Call closed"),
    "calls.extend_call": _("More time given to apply"),
    "calls.reopen_call": _("Call opened again"),
    "calls.archive_call": _("Call archived"),
    "calls.begin_application": _("Application begun"),
    "calls.claim_application": _("Application claimed at sign-in"),
    "calls.confirm_place": _("Place in the team confirmed"),
    "calls.name_team": _("Team of the application named"),
    "calls.attach_file": _("File attached"),
    "calls.remove_file": _("File removed"),
    "calls.submit_application": _("Application submitted"),
    "calls.enter_paper_application": _("Paper application entered"),
    "calls.declare_eligible": _("Application declared eligible"),
    "calls.undo_eligible": _("Application put back to submitted"),
    "calls.withdraw_application": _("Application withdrawn"),
    "calls.discard_draft": _("Draft discarded"),
}
