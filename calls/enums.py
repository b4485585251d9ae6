"""Closed lists of calls and applications."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class CallState(models.TextChoices):
    """What can be done with a call; what can be read of it is its page's business."""

    DRAFT = "draft", _("In preparation")
    SCHEDULED = "scheduled", _("Scheduled")
    OPEN = "open", _("Open")
    CLOSED = "closed", _("Closed")
    ARCHIVED = "archived", _("Archived")


class ApplicationState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Submitted")
    TO_COMPLETE = "to_complete", _("To complete")
    ELIGIBLE = "eligible", _("Eligible")
    JOINED = "joined", _("Joined with another")

    def label_for(self, audience: str) -> str:
        """The word for this audience: an agent reads what happens to them, not a manager's sorting."""
        return _FOR_AGENTS.get(self, self.label) if audience == "agent" else self.label


_FOR_AGENTS = {
    ApplicationState.SUBMITTED: _("Received"),
    ApplicationState.ELIGIBLE: _("A jury will read it"),
}


class Channel(models.TextChoices):
    WEB = "web", _("Online")
    ASSISTED = "assisted", _("With help")
    PAPER = "paper", _("On paper")


class QuestionKind(models.TextChoices):
    SHORT_TEXT = "short_text", _("Short text")
    LONG_TEXT = "long_text", _("Long text")
    CHOICE = "choice", _("One choice")
    CHOICES = "choices", _("Several choices")
    NUMBER = "number", _("Number")
    AMOUNT = "amount", _("Amount or range")
    DATE = "date", _("Date")
    YES_NO = "yes_no", _("Yes or no")
    LINK = "link", _("Link")
    SITE = "site", _("Workplace")
    FILE = "file", _("File")


class ExportFormat(models.TextChoices):
    CSV = "csv", _("CSV, for a spreadsheet")
    XLSX = "xlsx", _("XLSX, an Excel workbook")
    JSON = "json", _("JSON, for a program")


class ApplicantRole(models.TextChoices):
    LEAD = "lead", _("Leads the application")
    MEMBER = "member", _("Member of the team")
    READER = "reader", _("Reads, without writing")


# Those who apply; a reader only reads what is written.
AUTHORS = frozenset({ApplicantRole.LEAD, ApplicantRole.MEMBER})


class InvitationState(models.TextChoices):
    """What an invitation can still do; computed, never stored."""

    WAITING = "waiting", _("Waiting for an answer")
    USED = "used", _("Used")
    EXPIRED = "expired", _("Expired")
    REVOKED = "revoked", _("Taken back")


class RedirectionState(models.TextChoices):
    """Where a problem that was handed to a department stands."""

    WAITING = "waiting", _("Answer awaited")
    LATE = "late", _("Answer late")
    ANSWERED = "answered", _("Answered")
    CANCELLED = "cancelled", _("Taken back")


class RedirectionAnswer(models.TextChoices):
    """What the department says to the author."""

    WILL_DO = "will_do", _("We will act on it")
    EXISTS = "exists", _("A solution already exists")
    TALK = "talk", _("We would like to talk about it")
    NOT_POSSIBLE = "not_possible", _("It is not possible for now")
    NOT_OURS = "not_ours", _("Somebody else should answer")


class BulkKind(models.TextChoices):
    """What can be done on several applications at once."""

    ELIGIBLE = "eligible", _("Declare eligible")
    MESSAGE = "message", _("Write to the teams")
    COMPLETION = "completion", _("Ask for a completion")
    REDIRECTION = "redirection", _("Hand them to a department")
    PHONED = "phoned", _("Note that the answer was said by phone")
    PRINTED = "printed", _("Note that the answer was printed and handed over")
