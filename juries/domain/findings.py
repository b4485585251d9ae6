"""What the figures of a sitting say, in words: the finding, the corrected ranks, one decimal."""

from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from django.utils.formats import number_format
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from juries.domain import adjusted
from juries.domain.figures import Figures
from juries.domain.statistics import Result

TENTH = Decimal("0.1")


def one_decimal(value: float | None) -> str:
    """A mean as the panel can carry it: one decimal, halves upwards; a dash where there is nothing.

    One, because whole marks by fewer than about fifty readers who differ by a point leave a mean uncertain by
    more than a tenth (0.8 / √50): a second decimal would be read as a difference that is not there. Ranks and
    ties come from the exact means, so that rounding decides nothing.
    """
    return "–" if value is None else _one_decimal(value, get_language())


@lru_cache(maxsize=4096)
def _one_decimal(value: float, language: str | None) -> str:
    """The same few means come back on each reading of a board: each is written once for each language."""
    # number_format alone would cut 4.25 to 4.2: it rounds nothing, and it is never given a float.
    return number_format(Decimal(repr(value)).quantize(TENTH, ROUND_HALF_UP), 1)


def severity_in_words(difference: float | None) -> str:
    """« 0,4 plus sévère »; a dash where too few projects are in common to say anything."""
    if difference is None:
        return "–"
    size = one_decimal(abs(difference))
    if size == one_decimal(0.0):
        return _("like the others")
    if difference < 0:
        return _("%(size)s more severe") % {"size": size}
    return _("%(size)s more generous") % {"size": size}


def rank_text(result: Result) -> str:
    if result.rank is None:
        return "–"
    return _("%(rank)d, tied") % {"rank": result.rank} if result.tied else str(result.rank)


def moves(result: Result) -> str:
    """« 3 à 6 » where the rank depends on one juror; empty where it is firm."""
    if result.rank is None or result.is_firm:
        return ""
    return _("%(best)d to %(worst)d") % {"best": result.highest_rank, "worst": result.lowest_rank}


# -- With comparable readers -----------------------------------------------------------------------------------


def corrected(result: Result, found: adjusted.Adjusted) -> tuple[str, str]:
    """The rank with comparable readers where it differs, and why: who happened to read this project."""
    rank = found.ranks.get(result.hearing)
    if rank is None or rank == result.rank:
        return "", ""
    difference = result.total - found.means[result.hearing]
    size = one_decimal(abs(difference))
    if size == one_decimal(0.0):
        return str(rank), _("the means are very close")
    if difference < 0:
        return str(rank), _("read by more severe jurors: %(size)s point") % {"size": size}
    return str(rank), _("read by more generous jurors: %(size)s point") % {"size": size}


def note_on_readers(figures: Figures, rows, someone_is_apart: bool) -> str:
    """What the correction says about the whole list; empty where there is no reason to speak of it."""
    outcome = figures.adjusted.outcome
    if outcome == adjusted.Outcome.COMPLETE:
        if not someone_is_apart:
            return ""
        return _(
            "One juror marks far from the others. As everybody scored every project, this lowers or raises all "
            "of them alike: the order does not come from there."
        )
    if outcome == adjusted.Outcome.SPLIT:
        return _(
            "The jurors form %(count)d groups that have no project in common: nothing tells a severe group "
            "from weaker projects. Compare the ranks of two groups with care, or have some projects read by both."
        ) % {"count": figures.adjusted.parts}
    if outcome == adjusted.Outcome.THIN:
        return _(
            "Not everybody scored every project, and there are too few marks to correct for it: nothing tells a "
            "severe juror from a weaker project yet."
        )
    if outcome != adjusted.Outcome.DONE:
        return ""
    moved = sum(1 for row in rows if row.adjusted)
    if not moved:
        return _("Not everybody scored every project. Corrected for who read what, the order stays the same.")
    return ngettext(
        "Not everybody scored every project. If the same jurors had read them all, %(count)d project would "
        "probably have another rank: it stands under “Comparable readers”.",
        "Not everybody scored every project. If the same jurors had read them all, %(count)d projects would "
        "probably have another rank: it stands under “Comparable readers”.",
        moved,
    ) % {"count": moved}


# -- The finding -----------------------------------------------------------------------------------------------


def sentence(figures: Figures, rows) -> str:
    """What to remember, in one sentence: how firm the list is, or where the jurors differ."""
    if figures.jurors < 2:
        return _("Too few marks are given to say how firm the list is.")
    if figures.places:
        return sentence_on_the_list(figures, rows)
    disputed = sum(1 for row in rows if row.in_zone)
    if disputed:
        return ngettext(
            "The jurors are far apart on %(count)d project: talk about it first.",
            "The jurors are far apart on %(count)d projects: talk about them first.",
            disputed,
        ) % {"count": disputed}
    moving = sum(1 for result in figures.results.values() if result.rank and not result.is_firm)
    if not moving:
        return _("The order stays the same without any one juror.")
    return ngettext(
        "Without one juror, the rank of %(count)d project changes.",
        "Without one juror, the rank of %(count)d projects changes.",
        moving,
    ) % {"count": moving}


def sentence_on_the_list(figures: Figures, rows) -> str:
    if not figures.changing and not figures.tie_at_cut:
        return _("The list stays the same without any one juror.")
    # Hidden rows are not counted in: their place would be told.
    shown = sorted(row.rank for row in rows if row.in_zone and row.rank is not None)
    if not shown:
        return _("Without one juror, the list changes.")
    if not figures.changing:
        if len(shown) == 1:  # the reader stands aside from the others
            return _("Several projects share the rank where the list ends: talk about them first.")
        return _(
            "%(count)d projects share rank %(rank)d, where the list ends: talk about these projects first."
        ) % {"count": len(shown), "rank": shown[0]}
    return ngettext(
        "Without one juror, the list changes (true for %(count)d of %(jurors)d jurors), around ranks "
        "%(first)d to %(last)d: talk about these projects first.",
        "Without one juror, the list changes (true for %(count)d of %(jurors)d jurors), around ranks "
        "%(first)d to %(last)d: talk about these projects first.",
        figures.changing,
    ) % {
        "count": figures.changing,
        "jurors": figures.jurors,
        "first": shown[0],
        "last": shown[-1],
    }
