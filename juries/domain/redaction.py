"""Hide who wrote a text: names, e-mails and phones of a team are replaced by neutral words. Pure functions.

Names are found whatever their accents, case, order, hyphens and apostrophes, with a civility or an initial in front,
and inside addresses ("lina-moreau"). All e-mails and phones go, the team's or not: none helps to judge a problem.
A first or last name that is also a word ("claire", "petit") stays where it is written in small letters, and is told
as a doubt: a person then decides.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

# Frequent French names that are words too, folded: written small, they are most often the word.
ALSO_WORDS = frozenset(
    """
    aime ange aurore avril ballon barbier bas beau bel belle berger blanc blanche blond bois bon
    bonne boucher boulanger brun brune cerise chapelle charpentier clair claire clemence clement
    colombe constant court couture dame dimanche divine domaine fidele fleur fontaine
    fort franc france garde gentil grand gras grenier gris gros iris jardin jasmin jour
    juste lange lion long loup mai maire maitre major marchand marche marguerite marin
    merle modeste moine moulin neuf noble noel noir olive page parent paris perle petit
    pie pierre place poisson pomme pont porte poulain prudence prune reine renard rene riche riviere
    roche roi roman rose rousse roux sage saison sauvage serein seul simple soleil tailleur tisserand
    tonnelier vallee verger vert victoire vigne ville violette voisin
    """.split()  # noqa: SIM905 - a list of words is read as lines
)
PARTICLES = frozenset(("d", "da", "de", "del", "des", "di", "du", "el", "la", "le", "les", "van", "von"))

_EMAIL = re.compile(r"[\w.+'-]+\s?(?:@|\(at\)|\[at\]|\barobase\b)\s?[\w-]+(?:\.[\w-]+)+")
_PHONE = re.compile(r"(?<![\w+])(?:\+33|0033|0)[\s.()/-]*(?:0\)?[\s.-]*)?[1-9](?:[\s./-]*\d{2}){4}(?!\d)")
_CIVILITY = r"(?:(?:messieurs|mesdames|monsieur|madame|mademoiselle|docteur|mme|mlle|mr|dr|m)\.?\s+)?"
_IN_NAME = r"[\s'._-]*"  # inside a first or a last name
_BETWEEN = r"[\s'._,-]*"  # between the first and the last name
_DASHES = "\u2010\u2011\u2012\u2013\u2014"


@dataclass(frozen=True)
class Person:
    """Someone of the team, as the site knows them."""

    first_name: str = ""
    last_name: str = ""
    display_name: str = ""
    phones: tuple[str, ...] = ()
    leads: bool = False


@dataclass(frozen=True)
class Segment:
    """A piece of the text: unchanged where ``after`` is ``before``."""

    before: str
    after: str

    @property
    def is_hidden(self) -> bool:
        return self.before != self.after


@dataclass
class Redacted:
    segments: list[Segment] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)  # words that may be names, left as they are

    @property
    def text(self) -> str:
        return "".join(segment.after for segment in self.segments)

    @property
    def hidden(self) -> list[str]:
        return [segment.before for segment in self.segments if segment.is_hidden]


def fold(text: str) -> str:
    """Without accents, in small letters, plain apostrophes, hyphens and blanks; exactly as long as ``text``."""
    return "".join(_fold_one(letter) for letter in text)


def _fold_one(letter: str) -> str:
    if letter in "’ʼ‘`´":
        return "'"
    if letter in _DASHES:
        return "-"
    if letter.isspace():
        return " " if letter != "\n" else letter
    return unicodedata.normalize("NFD", letter)[0].lower()[0]


def redact(
    text: str, people: Sequence[Person], *, hide: Iterable[str] = (), keep: Iterable[str] = ()
) -> Redacted:
    """``text`` with everyone of ``people`` hidden, and what ``hide`` names; ``keep`` names what is no name here."""
    text = unicodedata.normalize("NFC", text)
    folded = fold(text)
    kept = {_squeeze(fold(word)) for word in keep if word.strip()}
    found = [(match, _("[address removed]")) for match in _EMAIL.finditer(folded)]
    found += [(match, _("[number removed]")) for match in _PHONE.finditer(folded)]
    for phrase in hide:
        if pattern := _phrase(phrase):
            found += [(match, _("[word removed]")) for match in re.finditer(pattern, folded)]
    result = Redacted()
    for person in people:
        neutral = _("the project lead") if person.leads else _("a member of the team")
        for match in re.finditer(_full(person), folded) if _full(person) else ():
            found.append((match, neutral))
        for phone in filter(None, map(_digits, person.phones)):
            found += [(match, _("[number removed]")) for match in re.finditer(phone, folded)]
        for pattern, word in _alone(person):
            for match in re.finditer(pattern, folded):
                written = text[match.start() : match.end()]
                if word in ALSO_WORDS | PARTICLES and written == written.lower():
                    result.doubts.append(written)
                elif len(word) > 2 or written != written.lower():
                    found.append((match, neutral))
    spans = sorted((match.start(), -match.end(), neutral) for match, neutral in found)
    position = 0
    for start, end, neutral in spans:
        if start < position or _squeeze(folded[start:-end]) in kept:
            continue
        if start > position:
            result.segments.append(Segment(text[position:start], text[position:start]))
        result.segments.append(Segment(text[start:-end], neutral))
        position = -end
    if position < len(text):
        result.segments.append(Segment(text[position:], text[position:]))
    result.doubts = sorted({word for word in result.doubts if fold(word) not in kept})
    return result


def _squeeze(text: str) -> str:
    return " ".join(text.split())


def _tokens(name: str) -> list[str]:
    return [
        re.escape(token)
        for token in re.split(r"[\s'._-]+", fold(unicodedata.normalize("NFC", name)))
        if token
    ]


def _phrase(phrase: str) -> str:
    """A word or several, whatever stands between them."""
    tokens = _tokens(phrase)
    return rf"(?<!\w){_BETWEEN.join(tokens)}(?!\w)" if tokens else ""


def _full(person: Person) -> str:
    """First and last name in either order, or the initials and the last name, with a civility before."""
    first, last = _tokens(person.first_name), _tokens(person.last_name)
    ways = []
    if first and last:
        given, family = _IN_NAME.join(first), _IN_NAME.join(last)
        initials = r"[\s.-]*".join(token[0] for token in first) + r"\.?"
        ways += [
            f"{given}{_BETWEEN}{family}",
            f"{family}{_BETWEEN}{given}",
            rf"{initials}[\s.-]*{family}",
            rf"{family}[\s,]+{initials}(?!\w)",
        ]
    if (shown := _tokens(person.display_name)) and len(shown) > 1:
        ways.append(_BETWEEN.join(shown))
    return rf"(?<![^\W_]){_CIVILITY}(?:{'|'.join(ways)})(?![^\W_])" if ways else ""


def _alone(person: Person) -> list[tuple[str, str]]:
    """Each name by itself, and the parts of a double last name, with the folded word that it is."""
    names = {person.first_name, person.last_name}
    parts = re.split(r"[\s-]+", person.last_name)
    names |= {part for part in parts if len(part) > 3 and fold(part) not in PARTICLES}
    shown = _tokens(person.display_name)
    if len(shown) == 1:
        names.add(person.display_name)
    patterns = []
    for name in sorted(names):
        tokens = _tokens(name)
        if len("".join(tokens)) < 2:
            continue
        patterns.append((rf"(?<![^\W_]){_CIVILITY}{_IN_NAME.join(tokens)}(?![^\W_])", " ".join(tokens)))
    return patterns


def _digits(phone: str) -> str:
    """The same number however it is spaced, with or without the code of the country."""
    digits = re.sub(r"\D", "", phone)
    for code in ("0033", "33", "0"):
        if digits.startswith(code) and len(digits) - len(code) >= 8:
            digits = digits[len(code) :]
            break
    if len(digits) < 6:
        return ""
    spaced = r"[\s./-]*".join(digits)
    return rf"(?<!\d)(?:\+33|0033|0)?[\s.()/-]*{spaced}(?!\d)"
