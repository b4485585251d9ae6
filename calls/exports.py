"""Applications as columns: what came in, who, one column for each question ever asked, and what others add.

The queries do not grow with the rows, nor does the memory: answers and teams are read once, in the order of
their applications, into a file that is thrown away; the applications then follow in the order of the list.
"""

import json
import tempfile
from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from operator import itemgetter
from os import SEEK_END
from typing import IO, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from calls import histories, kinds, schema
from calls.enums import ApplicantRole, ApplicationState, Channel, QuestionKind
from calls.models import Answer, Applicant, Call
from incubator.core import words
from projects.enums import Stage

CHUNK = 200  # rows that the database hands over at a time


@dataclass(frozen=True)
class Column:
    """One column: its key for programs, its label for people, and which part of an application it tells."""

    key: str
    label: str
    part: str = "application"  # or "answers", or "results"
    kind: str = "text"
    personal: bool = False

    @property
    def head(self) -> str:
        return _("%(label)s (personal data)") % {"label": self.label} if self.personal else self.label


@dataclass(frozen=True)
class MoreColumns:
    """What another package adds: its columns, and their values for one application, in the same order.

    A value is text, a number (Decimal or int) or None.
    """

    columns: list[Column]
    values: Callable[[Any], list[Any]]


_providers: list[Callable[[Any, Call], MoreColumns | None]] = []


def register_columns(provider: Callable[[Any, Call], MoreColumns | None]) -> None:
    """Offer columns to the exports of applications (in ``AppConfig.ready``).

    ``provider(user, call)`` answers None when this person may not read them; its queries do not depend on
    the number of applications.
    """
    if provider not in _providers:
        _providers.append(provider)


_OWN = (
    ("receipt", gettext_lazy("Receipt"), "text"),
    ("title", gettext_lazy("Title"), "text"),
    ("state", gettext_lazy("State"), "text"),
    ("stage", gettext_lazy("Stage"), "text"),
    ("channel", gettext_lazy("Came in"), "text"),
    ("submitted", gettext_lazy("Submitted"), "moment"),
    ("due", gettext_lazy("Answer due"), "date"),
    ("lead", gettext_lazy("Led by"), "text"),
    ("team", gettext_lazy("Team"), "text"),
    ("persons", gettext_lazy("Persons"), "number"),
    ("directorate", gettext_lazy("Directorate"), "text"),
)


class Export:
    """The table of one list of applications, for one reader.

    ``applications``: the filtered list, in the order of the screen. ``personal``: with the answers that hold
    personal data, which are left out otherwise.
    """

    def __init__(self, call: Call, applications, *, user, personal: bool = False):
        self.call, self.personal = call, personal
        self.applications = applications.select_related("project")
        versions = list(call.form_versions.order_by("number"))
        self.questions = {version.pk: _questions(version) for version in versions}
        self.asked = _columns_of(versions, personal=personal)
        self.more = [found for provider in _providers if (found := provider(user, call)) is not None]
        self.columns = [
            *(Column(key, str(label), kind=kind) for key, label, kind in _OWN),
            *self.asked,
            *(column for more in self.more for column in more.columns),
        ]

    def table(self) -> Iterator[list]:
        """The head, then one row an application."""
        yield [column.head for column in self.columns]
        for application, answers, team in self._read():
            asked = self.questions[application.form_version_id]
            given = {key: _cell(asked[key], value) for key, value in answers.items()}
            yield [
                *_own_values(application, team),
                *(given.get(column.key, "") for column in self.asked),
                *(value for more in self.more for value in more.values(application)),
            ]

    def objects(self) -> Iterator[dict]:
        """One object an application, keyed by the columns' keys, in three parts."""
        own = [key for key, _label, _kind in _OWN]
        for application, answers, team in self._read():
            asked = self.questions[application.form_version_id]
            given = {key: _plain(asked[key], value) for key, value in answers.items()}
            results = {
                column.key: _json(value)
                for more in self.more
                for column, value in zip(more.columns, more.values(application), strict=True)
            }
            yield {
                "application": {
                    key: _json(value) for key, value in zip(own, _own_values(application, team), strict=True)
                },
                "answers": {column.key: given.get(column.key) for column in self.asked},
                **({"results": results} if self.more else {}),
            }

    def json_head(self) -> dict:
        """What a program reads before the rows: which call, and what each key says."""
        return {
            "call": {"code": self.call.code, "title": self.call.title},
            "columns": [
                {
                    "part": column.part,
                    "key": column.key,
                    "label": column.label,
                    "kind": column.kind,
                    "personal": column.personal,
                }
                for column in self.columns
            ],
        }

    def _read(self) -> Iterator[tuple[Any, dict[str, Any], list[dict]]]:
        """Each application with the values of the questions that it was asked, and its team."""
        ids = self.applications.order_by().values("pk")
        with tempfile.TemporaryFile() as spool:
            given = _Aside(
                spool,
                Answer.objects.filter(application__in=ids)
                .order_by("application_id", "pk")
                .values_list("application_id", "key", "value"),
            )
            people = _Aside(
                spool,
                Applicant.objects.filter(application__in=ids)
                .order_by("application_id", "pk")
                .values_list(
                    "application_id", "role", "first_name", "last_name", "user__first_name",
                    "user__last_name", "directorate__name",
                ),
            )  # fmt: skip
            asked_again = _Aside(
                spool,
                histories.asked_again(ids)
                .order_by("application_id")
                .values_list("application_id", "keys", "before"),
            )
            for application in self.applications.iterator(chunk_size=CHUNK):
                answers = dict(given.of(application.pk))
                for keys, before in asked_again.of(application.pk):
                    # Being written again: what was submitted stands until the team sends it.
                    submitted = histories.as_submitted(keys, before)
                    answers |= {key: text["value"] for key, text in submitted.items()}
                team = [_person(*row) for row in people.of(application.pk)]
                yield application, self._asked(application, answers), team

    def _asked(self, application, answers: dict[str, Any]) -> dict[str, Any]:
        asked = self.questions[application.form_version_id]
        hidden = schema.hidden_keys([{"questions": list(asked.values())}], answers)
        return {
            key: value
            for key, value in answers.items()
            if key in asked and key not in hidden and (self.personal or not asked[key].get("personal"))
        }


# -- Reading once ------------------------------------------------------------------------------------


class _Aside:
    """The rows of each application, written into a file as one line; where each begins is kept in sixteen bytes."""

    def __init__(self, spool: IO[bytes], rows):
        """``rows``: a queryset of tuples that begin with the application's number and come in its order."""
        self.spool, self.numbers, self.places = spool, array("q"), array("q")
        spool.seek(0, SEEK_END)
        for number, group in groupby(rows.iterator(chunk_size=CHUNK), key=itemgetter(0)):
            self.numbers.append(number)
            self.places.append(spool.tell())
            spool.write(json.dumps([row[1:] for row in group]).encode() + b"\n")

    def of(self, number: int) -> list[list]:
        found = bisect_left(self.numbers, number)
        if found == len(self.numbers) or self.numbers[found] != number:
            return []
        self.spool.seek(self.places[found])
        return json.loads(self.spool.readline())


def _person(role, first, last, account_first, account_last, directorate) -> dict:
    name = f"{first} {last}".strip() or f"{account_first or ''} {account_last or ''}".strip()
    return {"lead": role == ApplicantRole.LEAD, "name": name, "directorate": directorate or ""}


# -- Columns and cells ---------------------------------------------------------------------------------


def _questions(version) -> dict[str, dict]:
    return {question["key"]: question for question in schema.questions_of(version.schema)}


def _columns_of(versions, *, personal: bool) -> list[Column]:
    """The questions of every version of a form, by key, under their latest words.

    Two questions with the same words are told apart by their keys. What once held personal data does in
    every version: its column stays out, or says so.
    """
    latest: dict[str, dict] = {}
    sensitive = set()
    for version in versions:
        for question in schema.questions_of(version.schema):
            latest[question["key"]] = question
            if question.get("personal"):
                sensitive.add(question["key"])
    labels = [question["label"] for question in latest.values()]
    return [
        Column(
            key,
            _label(question, twice=labels.count(question["label"]) > 1),
            part="answers",
            kind=question["kind"],
            personal=key in sensitive,
        )
        for key, question in latest.items()
        if personal or key not in sensitive
    ]


def _label(question: dict, *, twice: bool) -> str:
    label = f"{question['label']} [{question['key']}]" if twice else question["label"]
    return f"{label} ({question['unit']})" if question.get("unit") else label


def _own_values(application, team: list[dict]) -> list[Any]:
    lead = next((person for person in team if person["lead"]), None)
    return [
        application.receipt_number,
        application.title,
        str(ApplicationState(application.state).label),
        str(Stage(application.project.stage).label),
        str(Channel(application.channel).label),
        application.submitted_at,
        application.answer_due_on,
        lead["name"] if lead else "",
        ", ".join(person["name"] for person in team if person is not lead),
        len(team),
        lead["directorate"] if lead else "",
    ]


def _cell(question: dict, value: Any) -> Any:
    """An answer in a table: a number where it is one number, a day where it is one, else its words."""
    kind = question["kind"]
    if kind == QuestionKind.NUMBER and (number := kinds.read_number(value)) is not None:
        return words.plain(number)
    if (
        kind == QuestionKind.AMOUNT
        and (bounds := kinds.read_range(question, value))
        and len(set(bounds)) == 1
    ):
        return words.plain(bounds[0])
    if kind == QuestionKind.DATE and (day := kinds.read_date(value)):
        return day
    return schema.in_words(question, value)


def _plain(question: dict, value: Any) -> Any:
    """An answer for a program."""
    kind = question["kind"]
    if schema.is_empty(value):
        return None
    if (
        kind == QuestionKind.AMOUNT
        and question.get("range")
        and (bounds := kinds.read_range(question, value))
    ):
        return {"from": _json(bounds[0]), "to": _json(bounds[1])}
    if kind == QuestionKind.SITE and isinstance(value, list) and len(value) == 2:
        return {"code": value[0], "label": value[1]}
    if kind == QuestionKind.CHOICES and isinstance(value, list):
        labels = {choice["key"]: choice["label"] for choice in question["choices"]}
        return [labels.get(item, item) for item in value if isinstance(item, str)]
    return _json(_cell(question, value))


def _json(value: Any) -> Any:
    """Numbers as numbers, days and moments as ISO 8601."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value.isoformat() if hasattr(value, "isoformat") else value
