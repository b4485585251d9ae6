"""Our letters as files: set like the screens; a text message goes in one piece, however long the title."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from incubator.core import letter_texts
from tests.architecture.house import ROOT
from tests.architecture.test_words import BLOCK, Message, french_faults

FILES = sorted((ROOT / "templates" / "letters").glob("*.txt"))
TEXT_MESSAGES = [path for path in FILES if ".sms." in path.name]
FRENCH_LETTERS = [path for path in FILES if path.name.endswith(".fr.txt") and path not in TEXT_MESSAGES]

ONE_MESSAGE = 160
# The letters that go 160 to a message (GSM 03.38): any other sign makes messages of 70.
GSM = set(
    "@£$¥èéùìòÇØøÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà\n"
)
LONG = {
    "project": "P" * 120,
    "call": "A" * 150,
    "body": "J" * 120,
    "phone": "03 20 00 00 00",
    "contact_phone": "03 20 00 00 00",
    "receipt_number": "ECL-2027-00042",
    "left": 12,
    "url": "https://incubateur.region-littoral.example/jurys/hackathon-2027/",
    "closes_at": datetime(2027, 12, 31, 23, 59, tzinfo=ZoneInfo("Europe/Paris")),
    "answer_due_on": date(2027, 12, 31),
}


@pytest.mark.parametrize("path", FRENCH_LETTERS, ids=lambda path: path.name)
def test_a_french_letter_is_set_like_the_screens(path):
    text = BLOCK.sub("x", path.read_text().replace("Subject: ", ""))
    assert french_faults(Message(path.name, french=[text])) == []


@pytest.mark.parametrize("path", TEXT_MESSAGES, ids=lambda path: path.name)
def test_a_text_message_goes_in_one_piece(path, db):
    kind, _sms, language, _txt = path.name.rsplit(".", 3)
    message = letter_texts.render(kind, language, "sms", LONG).body.strip()
    assert len(message) <= ONE_MESSAGE
    assert set(BLOCK.sub("", path.read_text().partition("\n\n")[2])) <= GSM


def test_each_date_of_a_letter_is_in_words():
    machine = [path.name for path in FILES if path not in TEXT_MESSAGES and "|date:" in path.read_text()]
    assert machine == []
