"""Words as the search compares them, the same on both databases: small letters, no accents, no plural.

PostgreSQL's French dictionary goes further (verbs, feminines); SQLite has none, so that what is found there
is a little less. Nothing folded is ever shown.
"""

import re
import unicodedata

_WORD = re.compile(r"[^\W_]+")
_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss"})
SHORTEST = 4


def words_of(text: str) -> list[str]:
    """The words of a text, folded, in their order."""
    flat = unicodedata.normalize("NFKD", (text or "").lower().translate(_LIGATURES))
    bare = "".join(letter for letter in flat if not unicodedata.combining(letter))
    return [_singular(word) for word in _WORD.findall(bare)]


def fold(text: str) -> str:
    """The text as it is indexed and as it is searched."""
    return " ".join(words_of(text))


def telling_words(text: str) -> list[str]:
    """The words that say what a text is about, each once, in their order."""
    found = dict.fromkeys(words_of(text))
    return [word for word in found if len(word) >= SHORTEST and word not in _EMPTY and not word.isdigit()]


def _singular(word: str) -> str:
    return word[:-1] if len(word) > SHORTEST - 1 and word[-1] in "sx" else word


# Common words that say nothing about a problem, without their accents.
_COMMON = """
alors apres aussi autre avant avec avoir beaucoup bien cela certain cette chaque comme comment dans depuis deux
devant deja doit doivent donc elle encore entre etait etre eux faire fait faut font hors jamais jour leur lors
main mais meme mieux moins notre parce parfois pendant peut peuvent plus plusieurs pour pourquoi prend quand
quel quelle quelque rien sans selon sera seulement sont souvent tant tout toute toujours tres trop vient voir
votre contre trois agent service projet idee probleme collectivite region besoin temps personne chez this that
with from have they which when their there where would about
"""
_EMPTY = frozenset(words_of(_COMMON))
