"""The dossier that jurors read: frozen when the scoring opens, so that every juror reads the same text."""

import re
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from incubator.core import clock, words
from juries import rules
from juries.domain import anonymity
from juries.models import Hearing
from juries.queries import WORDS_SHOWN, team_names, texts_for_jury
from projects.enums import Gate
from projects.models import Transition
from projects.queries import progress_of
from projects.readings import Reading as Indicator

# Before these gates there is only a text to judge; at them the work has shown something.
GATES_WITH_FACTS = frozenset({Gate.PREINCUBATION_END, Gate.EXTENSION_END, Gate.COMMITTEE})


def build(project, answers: list[dict], facts: list[dict], joined: list[dict] = ()) -> dict:
    """Plain data: ``{"title", "problem", "theme", "answers": [{"key", "label", "text"}], "facts", "words"}``.

    ``facts`` are those of ``projects.queries.progress_of``: figures as they stood on the day of freezing. Once
    frozen with its names, it has also ``"team"``: the names of its members. ``joined``: the texts of the
    applications that have joined this one, ``[{"title", "answers"}]``; the key is there only when there are any.
    """
    dossier = {
        "title": project.title,
        "problem": project.problem,
        "theme": project.theme,
        "answers": _said(answers),
        "facts": facts,
    }
    if joined:
        dossier["joined"] = [{"title": one["title"], "answers": _said(one["answers"])} for one in joined]
    return dossier | {"words": cut(dossier).words}  # so that the time it takes is known without reading it


def _said(answers: list[dict]) -> list[dict]:
    return [
        {"key": answer["key"], "label": str(answer["label"]), "text": str(answer["text"])}
        for answer in answers
        if str(answer.get("text") or "").strip()
    ]


# What the body before left open, by the keys of ``projects.outcomes``: read first by the body after.
_LEFT_OPEN = (
    ("open_question", gettext_noop("The question left open")),
    ("evidence", gettext_noop("What had to be shown by now")),
    ("missing_proof", gettext_noop("What was missing to decide")),
    ("criterion", gettext_noop("What was to count as a success")),
)


def left_open(projects) -> dict[int, list[dict]]:
    """By project, what its last decision asked for, as the first answers of the dossier; one query."""
    rows = (
        Transition.objects.filter(project__in=projects, name__contains=":")
        .exclude(name__startswith=f"{Gate.FAST_TRACK.value}:")
        .order_by("project", "-pk")
        .values_list("project", "data")
    )
    found: dict[int, list[dict]] = {}
    for project, data in rows:
        if project not in found:
            found[project] = [
                {"key": key, "label": _(label), "text": str(data[key])}
                for key, label in _LEFT_OPEN
                if data.get(key)
            ]
    return found


def fictitious(*, title: str, problem: str, text: str) -> dict:
    """A dossier of no project, in the same shape: the calibration file."""
    dossier = {
        "title": title,
        "problem": problem,
        "theme": "",
        "answers": [{"key": "text", "label": "", "text": text}],
        "facts": [],
    }
    return dossier | {"words": cut(dossier).words}


def drafts(hearings: list[Hearing]) -> dict[int, dict]:
    """The dossiers with their names as they stand now, by hearing; a fixed number of queries."""
    projects = [hearing.project for hearing in hearings]
    texts = texts_for_jury(projects)
    with_facts = [hearing.project for hearing in hearings if hearing.sitting.gate in GATES_WITH_FACTS]
    facts = progress_of(with_facts) if with_facts else {}
    asked = left_open(with_facts) if with_facts else {}
    teams = team_names(projects)
    found = {}
    for hearing in hearings:
        first, *joined = texts.get(hearing.project_id) or [{"answers": []}]
        dossier = build(
            hearing.project,
            [*asked.get(hearing.project_id, []), *first["answers"]],
            facts.get(hearing.project_id, []),
            joined,
        )
        found[hearing.pk] = dossier | {"team": teams.get(hearing.project_id, [])}
    return found


def freeze(hearings: list[Hearing]) -> None:
    """Write the dossier of each hearing, redacted where names are hidden; the number of queries is fixed."""
    now = clock.now()
    full = drafts(hearings)
    hidden = [hearing for hearing in hearings if hearing.sitting.names_hidden]
    people = anonymity.people_behind([hearing.project for hearing in hidden]) if hidden else {}
    for hearing in hearings:
        hearing.dossier = full[hearing.pk]
        if hearing.sitting.names_hidden:
            hearing.original = full[hearing.pk]
            hearing.dossier = anonymity.redacted(hearing, full[hearing.pk], people[hearing.project_id])
        hearing.frozen_at = now
    Hearing.objects.bulk_update(hearings, ["dossier", "original", "frozen_at"])


def read_by(user, hearing: Hearing, sitting=None) -> dict:
    """The dossier as this person may read it: with its names once the rules of the sitting give them back."""
    if hearing.original and rules.sees_names(user, sitting or hearing.sitting):
        return hearing.original
    return hearing.dossier


def facts_in_words(dossier: dict) -> list[tuple[str, str]]:
    """The frozen facts as (term, sentence), in the language of the reader."""
    return [_fact(fact) for fact in dossier.get("facts", [])]


def _fact(fact: dict) -> tuple[str, str]:
    if fact["key"] == "milestones":
        return _("Milestones"), ngettext(
            "%(reached)d reached of %(planned)d planned",
            "%(reached)d reached of %(planned)d planned",
            fact["reached"],
        ) % {"reached": fact["reached"], "planned": fact["planned"]}
    if fact["key"] == "users_met":
        return _("Users met"), words.number(fact["count"])
    reading = Indicator.from_json(fact["reading"])
    return reading.name, reading.finding


@dataclass
class Reading:
    """A dossier cut for the screen: what is shown at once, and what stands behind "see more"."""

    shown: list[dict] = field(default_factory=list)
    more: list[dict] = field(default_factory=list)
    words: int = 0


def whole(dossier: dict) -> list[dict]:
    """All the text: ``[{"label", "text"}]``, the problem first and nothing twice (it is often an answer).

    The first part of each application that has joined has also ``"joined"``: what that application is called.
    """
    seen: set[str] = set()
    parts = _new([{"label": "", "text": dossier.get("problem", "")}, *dossier.get("answers", [])], seen)
    for application in dossier.get("joined", []):
        if added := _new(application["answers"], seen):
            added[0]["joined"] = application["title"]
            parts += added
    return parts


def _new(answers: list[dict], seen: set[str]) -> list[dict]:
    """Those that say something which was not ``seen`` yet."""
    parts = []
    for part in answers:
        text = str(part.get("text") or "").strip()
        if text and text not in seen:
            seen.add(text)
            parts.append({"label": part["label"], "text": text})
    return parts


SENTENCE_END = re.compile(r"[.!?…][\s»”)]*\s")


def cut(dossier: dict, limit: int = WORDS_SHOWN) -> Reading:
    """The first ``limit`` words at most; the text that they cut ends with a sentence where it can."""
    reading = Reading()
    left = limit
    for part in whole(dossier):
        text = part["text"]
        count = len(text.split())
        reading.words += count
        if count <= left:
            reading.shown.append(part)
            left -= count
        elif left >= 40:
            first, rest = _split(text, left)
            reading.shown.append({**part, "text": first + " …"})
            reading.more.append({"label": part["label"], "text": "… " + rest})
            left = 0
        else:
            reading.more.append(part)
            left = 0
    return reading


def _split(text: str, count: int) -> tuple[str, str]:
    """Cut after ``count`` words at most, at the end of a sentence where one ends near, keeping line breaks."""
    position = 0
    for _word in range(count):
        while position < len(text) and text[position].isspace():
            position += 1
        while position < len(text) and not text[position].isspace():
            position += 1
    ends = [found.end() for found in SENTENCE_END.finditer(text, 0, position + 1)]
    if ends and ends[-1] >= position * 2 // 3:
        position = ends[-1]
    return text[:position].rstrip(), text[position:].lstrip()
