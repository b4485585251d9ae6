"""Applications that seem to be about the same problem.

The database's full-text search finds those that hold some of the same telling words; they are then compared by
the cosine of their words, each weighing more the fewer applications hold it (inverse document frequency; Salton
and Buckley, 1988). It proposes; a person reads both and decides.
"""

from collections import Counter
from dataclasses import dataclass
from math import log, sqrt

from django.core.cache import cache
from modelsearch.query import PlainText
from wagtail.search.backends import get_search_backend

from calls.enums import ApplicationState
from calls.folding import telling_words, words_of
from calls.models import Application, ApplicationText
from projects.enums import Stage

ASKED = 24  # words of the application that are searched
CANDIDATES = 60
# Below, two texts only share the words that many applications share. In the demonstration, the two applications
# that a manager joined stand at 0.23, the nearest other pair of a cohort at 0.14.
NEAR = 0.18
COUNTED = 400  # latest applications in which words are counted
_COUNTS = "calls.similar.counts"
_OPEN = (Stage.APPLIED, Stage.PRESELECTED, Stage.SELECTED)


@dataclass(frozen=True)
class Similar:
    """An application that may be about the same problem, and the words that say so, as they were written."""

    application: Application
    words: list[str]
    score: float


def similar_to(application: Application, *, most: int = 5) -> list[Similar]:
    """The applications of the same cohort nearest to this one. Two queries, whatever their number, and one an
    hour to count the words."""
    text = ApplicationText.objects.filter(application=application).first()
    mine = _words(text) if text else {}
    if not mine:
        return []
    others = [(other, _words(other)) for other in _candidates(application, list(mine)[:ASKED])]
    weigh = _weights()
    found = []
    for other, words in others:
        common = [word for word in mine if word in words]
        score = sum(map(weigh, common)) / sqrt(sum(map(weigh, mine)) * sum(map(weigh, words)) or 1)
        if score >= NEAR:
            telling = sorted(common, key=weigh, reverse=True)[:6]
            found.append(Similar(other.application, telling, score))
    found.sort(key=lambda one: (-one.score, one.application.pk))
    return found[:most]


def hint_for(application: Application) -> list[dict]:
    """The nearest three as ``{"uuid", "title"}``, looked for again after ten minutes at most: a page that is read
    many times pays once."""
    return cache.get_or_set(
        f"calls.similar:{application.pk}",
        lambda: [
            {"uuid": one.application.uuid, "title": one.application.title}
            for one in similar_to(application, most=3)
        ],
        timeout=600,
    )


def forget_hints(*applications: Application) -> None:
    cache.delete_many([f"calls.similar:{application.pk}" for application in applications])


def _words(text: ApplicationText) -> dict[str, None]:
    return dict.fromkeys(telling_words(f"{text.title} {text.body}"))


def _weights():
    """How much a word weighs: its inverse document frequency among the latest applications, counted each hour."""
    total, held = cache.get_or_set(_COUNTS, _count_words, timeout=3600)
    return lambda word: log((total + 1) / min(held.get(word, 1), total))


def _count_words() -> tuple[int, dict[str, int]]:
    texts = list(ApplicationText.objects.only("title", "body").order_by("-pk")[:COUNTED])
    return max(1, len(texts)), Counter(word for text in texts for word in _words(text))


def _candidates(application: Application, words: list[str]) -> list[ApplicationText]:
    """The texts that hold some of these words, the best first. One query."""
    found = get_search_backend().search(
        PlainText(" ".join(words), operator="or"), ApplicationText.objects.all()
    )
    near = (
        found.get_queryset()
        .exclude(application=application)
        .filter(call__cohort=application.call.cohort_id, application__project__stage__in=_OPEN)
        .exclude(application__state=ApplicationState.JOINED)
        .select_related("application__call")
    )
    return list(near[:CANDIDATES])


def as_written(words: list[str], *texts: str) -> list[str]:
    """Folded words as these texts write them, accents and all."""
    written: dict[str, str] = {}
    for text in texts:
        for token in text.replace("’", " ").replace("'", " ").split():
            bare = token.strip('.,;:!?«»()"“”…-').lower()
            for folded in words_of(bare)[:1]:
                written.setdefault(folded, bare)
    return [written.get(word, word) for word in words]
