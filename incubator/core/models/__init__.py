from incubator.core.models.base import AbstractTransition, AppendOnly, AppendOnlyError, Refused
from incubator.core.models.files import PrivateFile, SiteDocument, SiteImage, SiteRendition
from incubator.core.models.heartbeats import Heartbeat
from incubator.core.models.jobs import Job
from incubator.core.models.journal import JournalEntry
from incubator.core.models.letters import Letter, LetterTemplate
from incubator.core.models.public import PublicVersion
from incubator.core.models.site import SiteSettings

__all__ = [
    "AbstractTransition",
    "AppendOnly",
    "AppendOnlyError",
    "SiteDocument",
    "SiteImage",
    "Heartbeat",
    "Job",
    "JournalEntry",
    "Letter",
    "LetterTemplate",
    "PrivateFile",
    "PublicVersion",
    "Refused",
    "SiteRendition",
    "SiteSettings",
]
