"""Anonymous reading: the redacted copies of dossiers, their preview, and what a person hides or keeps by hand."""

from collections.abc import Iterable

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _

from calls.models import Applicant
from incubator.core import journal
from incubator.core.models import Refused
from juries import rules
from juries.domain import redaction
from juries.domain.locks import lock
from juries.domain.redaction import Person, Redacted
from juries.enums import SittingState
from juries.models import Hearing
from projects.enums import TeamRole
from projects.models import Membership

MOST_WORDS = 40
LONGEST_WORD = 100


def people_behind(projects) -> dict[int, list[Person]]:
    """Everyone of each project's team, of today and before, and of its applications, those that have joined it
    included; two queries."""
    people: dict[int, list[Person]] = {project.pk: [] for project in projects}
    members = Membership.objects.filter(Q(project__in=projects) | Q(project__merged_into__in=projects))
    for member in members.select_related("user", "project"):
        people[_read_under(member.project, people)].append(
            Person(
                first_name=member.user.first_name,
                last_name=member.user.last_name,
                display_name=member.user.display_name,
                phones=(member.user.phone,),
                leads=member.role == TeamRole.LEAD,
            )
        )
    applicants = Applicant.objects.filter(
        Q(application__project__in=projects) | Q(application__project__merged_into__in=projects)
    ).select_related("application__project")
    for applicant in applicants:
        people[_read_under(applicant.application.project, people)].append(
            Person(first_name=applicant.first_name, last_name=applicant.last_name, phones=(applicant.phone,))
        )
    return people


def _read_under(project, people: dict[int, list[Person]]) -> int:
    """The project under which a text is read: its own, or the one that it has joined."""
    return project.pk if project.pk in people else project.merged_into_id


def redacted(hearing: Hearing, dossier: dict, people: list[Person]) -> dict:
    """A copy of ``dossier`` in which nobody of ``people`` is named; in the language of the site."""
    by_hand = _by_hand(hearing)
    with translation.override(settings.LANGUAGE_CODE):
        copy = _walk(dossier, lambda text: redaction.redact(text, people, **by_hand).text)
    copy.pop("team", None)
    return copy


def _walk(value, change):
    """``value`` with ``change`` made to each text in it; keys and the labels of questions stay."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, list):
        return [_walk(one, change) for one in value]
    if isinstance(value, dict):
        return {key: one if key in {"key", "label"} else _walk(one, change) for key, one in value.items()}
    return value


def _by_hand(hearing: Hearing) -> dict[str, list[str]]:
    return {"hide": hearing.redaction.get("hide", []), "keep": hearing.redaction.get("keep", [])}


def preview(hearing: Hearing, dossier: dict, people: list[Person]) -> list[tuple[str, Redacted]]:
    """Each text of the dossier with what is hidden in it: ``[(label, redacted)]``, the title first."""
    parts = [("", dossier.get("title", "")), ("", dossier.get("problem", ""))]
    parts += [(answer["label"], answer["text"]) for answer in dossier.get("answers", [])]
    for application in dossier.get("joined", []):
        title = application["title"]
        parts += [(_("Joined application"), title)]
        parts += [(answer["label"], answer["text"]) for answer in application["answers"]]
    by_hand = _by_hand(hearing)
    with translation.override(settings.LANGUAGE_CODE):
        return [(label, redaction.redact(text, people, **by_hand)) for label, text in parts if text]


def words_of(lines: str) -> list[str]:
    """What was typed in a field, one word or phrase a line."""
    return [" ".join(line.split()) for line in lines.replace("\x00", "").splitlines() if line.strip()]


@transaction.atomic
def redact_by_hand(*, actor, hearing: Hearing, hide: Iterable[str], keep: Iterable[str] = ()) -> Hearing:
    """Hide more words of one dossier, or keep some that are no names.

    While the jurors read, more can still be hidden, at once; what is hidden is not shown again.
    """
    sitting = hearing.sitting
    if not rules.can_organise(actor, sitting):
        raise PermissionDenied("juries.redact")
    lock(sitting)
    if not sitting.names_hidden:
        raise Refused(_("Names are not hidden in this sitting: there is nothing to hide."))
    if sitting.state not in {SittingState.PREPARING, SittingState.SCORING}:
        raise Refused(_("The deliberation has begun: dossiers no longer change."))
    hide, keep = list(dict.fromkeys(hide)), list(dict.fromkeys(keep))
    for name, given in (("hide", hide), ("keep", keep)):
        if len(given) > MOST_WORDS or any(len(word) > LONGEST_WORD for word in given):
            raise Refused(
                {
                    name: _("At most %(count)d lines of %(length)d characters each.")
                    % {"count": MOST_WORDS, "length": LONGEST_WORD}
                }
            )
    before = _by_hand(hearing)
    if sitting.state == SittingState.SCORING and (
        set(before["hide"]) - set(hide) or set(keep) - set(before["keep"])
    ):
        raise Refused(_("The jurors are reading: more words can be hidden, none can be shown again."))
    hearing.redaction = {"hide": hide, "keep": keep}
    changed = ["redaction"]
    if hearing.frozen_at is not None:
        people = people_behind([hearing.project])[hearing.project_id]
        hearing.dossier = redacted(hearing, hearing.original, people)
        changed.append("dossier")
    hearing.save(update_fields=changed)
    journal.record(
        verb="juries.dossier_redacted",
        actor=actor,
        target=sitting,
        project=hearing.project.code,
        words=len(hide),
    )
    return hearing
