"""What core itself offers to its own registries: badges, words of the journal, entries of the menu."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from incubator.core import badges, journal, navigation, public
from incubator.core.models import Job, Letter, PrivateFile
from incubator.core.rules import can_read_journal, can_run_jobs, can_run_outbox, register_scope


def register_all() -> None:
    public.register("core.letter_sent", "core.letter_printed", "core.letter_phoned")
    badges.register(
        {
            Letter.State.HELD: "waiting",
            Letter.State.APPROVED: "active",
            Letter.State.SENDING: "active",
            Letter.State.SENT: "good",
            Letter.State.PRINTED: "good",
            Letter.State.PHONED: "good",
            Letter.State.UNCERTAIN: "waiting",
            Letter.State.DROPPED: "ended",
        }
    )
    badges.register(
        {
            Job.State.QUEUED: "neutral",
            Job.State.RUNNING: "active",
            Job.State.DONE: "good",
            Job.State.FAILED: "ended",
        }
    )
    badges.register(
        {
            PrivateFile.Scan.NOT_CONFIGURED: "neutral",
            PrivateFile.Scan.PENDING: "waiting",
            PrivateFile.Scan.CLEAN: "good",
            PrivateFile.Scan.REFUSED: "ended",
        }
    )
    journal.describe(
        {
            "core.letter_written": _("Letter written"),
            "core.letter_renewed": _("Letter completed with what was written since"),
            "core.letter_edited": _("Letter corrected"),
            "core.letter_approved": _("Letter approved"),
            "core.letter_sent_again": _("Letter sent again"),
            "core.letter_printed": _("Letter printed and handed over"),
            "core.letter_phoned": _("Letter said by phone"),
            "core.letter_sent": _("Letter confirmed as arrived"),
            "core.letter_not_sent": _("Letter found not to have left"),
            "core.letter_dropped": _("Letter set aside"),
            "core.letter_template_created": _("Words of a letter written"),
            "core.letter_template_changed": _("Words of a letter changed"),
            "core.letter_template_removed": _("Words of a letter removed"),
            "core.job_retried": _("Work in the background tried again"),
            "core.job_dropped": _("Work in the background put aside"),
            "core.file_refused": _("File refused by the virus check"),
        }
    )
    navigation.register(_entries)
    register_scope("core.letter", Letter.objects.visible_to)
    register_scope("core.lettertemplate")
    register_scope("core.job", lambda user: Job.objects.visible_to(user))


def _entries(user):
    if can_run_jobs(user):
        yield navigation.Entry(_("Work that failed"), reverse("core:jobs"), navigation.Section.MANAGE, 95)
    if can_run_outbox(user):
        yield navigation.Entry(_("Letters"), reverse("core:outbox"), navigation.Section.MANAGE, 60)
    if can_read_journal(user):
        yield navigation.Entry(_("Journal"), reverse("core:journal"), navigation.Section.MANAGE, 90)
