"""Applications as columns: what came in, who, and one column for each question that was ever asked."""

from collections.abc import Iterable, Iterator

from django.db.models import Prefetch
from django.utils import timezone
from django.utils.translation import gettext as _

from calls import schema
from calls.enums import ApplicantRole, ApplicationState, Channel
from calls.models import Answer, Applicant, Call
from projects.enums import Stage

CHUNK = 2000  # rows held in memory at a time


def columns_of(versions) -> dict[str, str]:
    """The questions of every version of a form, by key, under their latest words.

    Two questions with the same words are told apart by their keys.
    """
    labels: dict[str, str] = {}
    for version in versions:
        for question in schema.questions_of(version.schema):
            labels[question["key"]] = question["label"]
    words = list(labels.values())
    return {key: f"{label} [{key}]" if words.count(label) > 1 else label for key, label in labels.items()}


def csv_rows(call: Call, applications) -> Iterator[Iterable]:
    """The header, then one row an application, read by chunks: the memory does not grow with their number."""
    asked = list(call.form_versions.order_by("number"))
    columns = columns_of(asked)
    versions = {version.pk: _questions(version) for version in asked}
    yield [
        _("Receipt"),
        _("State"),
        _("Stage"),
        _("Came in"),
        _("Submitted"),
        _("Answer due"),
        _("Led by"),
        _("Team"),
        _("Persons"),
        _("Directorate"),
        *columns.values(),
    ]
    wanted = applications.prefetch_related(
        Prefetch("answers", queryset=Answer.objects.only("application", "key", "value")),
        Prefetch("applicants", queryset=Applicant.objects.select_related("directorate")),
    )
    for application in wanted.iterator(chunk_size=CHUNK):
        team = list(application.applicants.all())
        lead = next((person for person in team if person.role == ApplicantRole.LEAD), None)
        questions = versions[application.form_version_id]
        answers = {
            answer.key: schema.in_words(questions[answer.key], answer.value)
            for answer in application.answers.all()
            if answer.key in questions
        }
        yield [
            application.receipt_number,
            ApplicationState(application.state).label,
            Stage(application.project.stage).label,
            Channel(application.channel).label,
            f"{timezone.localtime(application.submitted_at):%Y-%m-%d %H:%M}",
            application.answer_due_on.isoformat() if application.answer_due_on else "",
            lead.name if lead else "",
            ", ".join(person.name for person in team if person is not lead),
            len(team),
            lead.directorate.name if lead and lead.directorate else "",
            *(answers.get(key, "") for key in columns),
        ]


def _questions(version) -> dict[str, dict]:
    return {question["key"]: question for question in schema.questions_of(version.schema)}
