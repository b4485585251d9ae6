"""The French catalogue, read as gettext writes it, for the gates on words."""

import ast
import re
from dataclasses import dataclass, field
from pathlib import Path

from tests.architecture.house import ROOT

CATALOGUE = ROOT / "incubator" / "locale" / "fr" / "LC_MESSAGES" / "django.po"
_FIELD = re.compile(r'(msgctxt|msgid_plural|msgid|msgstr)(?:\[\d\])? (".*")$')


@dataclass
class Message:
    msgid: str = ""
    plural: str = ""
    context: str = ""
    french: list[str] = field(default_factory=list)

    @property
    def english(self) -> list[str]:
        return [text for text in (self.msgid, self.plural) if text]


def messages(path: Path = CATALOGUE) -> list[Message]:
    """Every message, without the header."""
    return [found for block in path.read_text().split("\n\n") if (found := _message(block)).msgid]


def _message(block: str) -> Message:
    texts: dict[str, list[str]] = {}
    latest: list[str] = []
    for line in block.split("\n"):
        if begins := _FIELD.match(line):
            latest = texts.setdefault(begins[1], [])
            latest.append(ast.literal_eval(begins[2]))
        elif line.startswith('"') and latest:
            latest[-1] += ast.literal_eval(line)
    first = {name: (texts.get(name) or [""])[0] for name in ("msgid", "msgid_plural", "msgctxt")}
    return Message(first["msgid"], first["msgid_plural"], first["msgctxt"], texts.get("msgstr", []))
