"""The words of the screens: French as it is set in print, English message ids, and none of the words to avoid."""

import re

import pytest

from tests.architecture.catalogue import CATALOGUE, Message, messages
from tests.architecture.house import ROOT
from tests.architecture.test_templates import STRIP, template_files

NBSP = "\u00a0"
MARKUP = re.compile(r"<[^>]+>|https?://\S+")
NUMBER = re.compile(r"%\((\w+)\)")

FRENCH = (
    (
        re.compile(r"[ \u202f][:;?!»€]|«(?!\u00a0)"),
        "a no-break space (U+00A0) goes with : ; ? ! » € and after «",
    ),
    (re.compile(r"[^\W\d_][;?!»]|[^\W\d_]:(?=\s|$)"), "a no-break space is missing before the sign"),
    (re.compile(r"\d %|\)s %%|n° "), "a no-break space goes with % and n°"),
    (re.compile(r"[^\W\d_]'(?=\w|%\()"), "the apostrophe is ’"),
    (re.compile(r"\.\.\."), "three dots are one sign: …"),
    (re.compile(r'[“”"]'), "French quotes are « »"),
    (re.compile(r"\w\((?:e?s|x)\)"), "no plural between brackets: ngettext knows how many"),
)

# domain.md, “words to avoid in the interface”, with their family.
AVOIDED = re.compile(
    r"\b(lauréat\w*|perdant\w*|rejet\w*|échec\w*|échou\w*|kpi\w*|users?|onboarding|tickets?|tu|toi|tes)\b",
    re.I,
)

# A message may say one of them, for a reason written here.
MAY_SAY: dict[str, str] = {}

# In French zero takes the singular: it must then say its number, unless there is always one at least.
NEVER_ZERO = {
    "%(count)s thing is missing before you can submit": "shown when something is missing",
    "For the %(count)s pre-incubated project": "a cost is divided by the projects that were pre-incubated",
    "One project has no decision yet: %(titles)s.": "shown when a decision is missing",
    "One thing to correct": "shown when the form has errors",
    "Teams of %(most)s person at most.": "a team has one person at least",
    "The project of this sitting": "the heading of a list that holds some",
    "the only one of this list": "the list is searched only when it holds some",
}

ENGLISH = (
    (
        re.compile(r"[^\x00-\x7f“”…×·€→–]"),
        "an English message is in plain letters, with straight apostrophes",
    ),
    (
        re.compile(
            r"\b(aux|avec|ce|cette|dans|des|du|elle|est|et|il|la|le|les|leur|nous|où|par|pas|pour|qui|sont|sur"
            r"|un|une|votre|vos|vous)\b",
            re.I,
        ),
        "an English message holds no French",
    ),
    (re.compile(r" [:;?!]|\d %|\)s %%"), "no space before a sign in English"),
    (re.compile(r"\.\.\."), "three dots are one sign: …"),
)

# French names that an English sentence may hold.
NAMES = re.compile(r"\b(Hélène|lycée|Licence Ouverte)\b")

COLON = re.compile(r":(?=\s|$)|«|»")
BLOCK = re.compile(r"\{%-?\s*blocktranslate.*?endblocktranslate\s*-?%\}|\{[{%].*?[}%]\}", re.S)
BOTH_LANGUAGES = {"500.html"}  # shown when nothing works any more, in both languages at once


def french_faults(message: Message) -> list[str]:
    faults = []
    for text in message.french:
        bare = MARKUP.sub("", text)
        faults += [f"“{text}”: {why}" for sign, why in FRENCH if sign.search(bare)]
        if message.msgid not in MAY_SAY:
            faults += [f"“{text}”: do not say “{found}”" for found in AVOIDED.findall(bare)]
    return faults


def zero_faults(message: Message) -> list[str]:
    """A singular that leaves the number out would be read for zero too."""
    if not message.plural or message.msgid in NEVER_ZERO:
        return []
    wanted = set(NUMBER.findall(message.plural)) - set(NUMBER.findall(message.french[0]))
    return [f"“{message.french[0]}”: zero is read in this form, say %({name})" for name in sorted(wanted)]


def english_faults(message: Message) -> list[str]:
    return [
        f"“{text}”: {why}"
        for text in message.english
        for sign, why in ENGLISH
        if sign.search(NAMES.sub("Name", MARKUP.sub("", text)))
    ]


def template_faults(text: str) -> list[str]:
    """Signs of one language, typed between two values: ``{% colon %}`` and translated sentences know both."""
    bare = MARKUP.sub(" ", BLOCK.sub("", STRIP.sub("", text)))
    return [bare[max(0, found.start() - 30) : found.end() + 10] for found in COLON.finditer(bare)]


@pytest.mark.parametrize("faults", [french_faults, zero_faults, english_faults])
def test_the_words_of_the_screens(faults):
    assert [fault for message in messages() for fault in faults(message)] == []


def test_templates_type_no_sign_of_one_language():
    found = {
        name: faults
        for name, path in template_files(ROOT)
        if name.endswith(".html")
        and name not in BOTH_LANGUAGES
        and (faults := template_faults(path.read_text()))
    }
    assert found == {}


def test_exceptions_are_still_needed():
    known = {message.msgid: message for message in messages()}
    for msgid in MAY_SAY:
        assert any(AVOIDED.search(text) for text in known[msgid].french), msgid
    for msgid in NEVER_ZERO:
        message = known[msgid]
        assert set(NUMBER.findall(message.plural)) - set(NUMBER.findall(message.french[0])), msgid


@pytest.mark.parametrize(
    "french",
    [
        "Un problème : lequel",
        "Un problème\u202f: lequel",
        "Vraiment ?",
        "Vraiment?",
        "Attention: lisez",
        f"Dans « Lettres{NBSP}»",
        f"Dans «{NBSP}Lettres »",
        "40 % des agents",
        "Départage n° %(number)s",
        "L'équipe",
        "D'%(name)s",
        "Enregistrement...",
        "La vue “%(name)s”",
        "%(count)s projet(s)",
        "Les lauréats",
        "Une candidature rejetée",
        "Ce n’est pas un échec",
        "Les KPI du projet",
        "Un ticket est ouvert",
        "Tu peux écrire",
    ],
)
def test_the_french_gate_fails_on(french):
    assert len(french_faults(Message("Something", french=[french]))) == 1


@pytest.mark.parametrize(
    "french",
    [
        f"Un problème{NBSP}: à 14:30, «{NBSP}oui{NBSP}»{NBSP}?",
        '<a href="/connexion/?next=%(here)s" class="ec">Aller</a>',
        "https://www.example.org/page?suite=oui",
        "Le trajet rejoint la ligne",
    ],
)
def test_the_french_gate_lets_pass(french):
    assert french_faults(Message("Something", french=[french])) == []


def test_the_gate_on_zero_fails_on_a_singular_without_its_number():
    trap = Message("%(count)s letter", "%(count)s letters", french=["Une lettre", "%(count)s lettres"])
    assert len(zero_faults(trap)) == 1
    trap.french[0] = "%(count)s lettre"
    assert zero_faults(trap) == []


@pytest.mark.parametrize(
    "english",
    [
        "Une candidature for you",
        "Télécharger",
        "Really ?",
        "40 % of agents",
        "%(share)s %% of the team",
        "the authority’s own",
        "Saving...",
    ],
)
def test_the_english_gate_fails_on(english):
    assert english_faults(Message(english)) != []


def test_the_english_gate_lets_names_pass():
    assert english_faults(Message("Hélène works in a lycée: 40% of “her” time")) == []


@pytest.mark.parametrize(
    "template",
    [
        '<p>{% translate "To check" %} : {{ day }}</p>',
        "<li>{{ name }} « {{ title }} »</li>",
    ],
)
def test_the_gate_on_templates_fails_on(template):
    assert template_faults(template) != []


def test_the_gate_on_templates_lets_pass():
    assert template_faults('{% translate "To check" %}{% colon %} {{ day }} {# a : b #}') == []


def test_a_message_is_read_with_its_lines_and_its_plural(tmp_path):
    file = tmp_path / "django.po"
    file.write_text(
        'msgid ""\nmsgstr ""\n"Language: fr\\n"\n\n#, python-format\nmsgctxt "letter"\nmsgid "%(count)s letter"\n'
        'msgid_plural "%(count)s letters"\nmsgstr[0] ""\n"%(count)s "\n"lettre"\nmsgstr[1] "%(count)s lettres"\n'
    )
    assert messages(file) == [
        Message("%(count)s letter", "%(count)s letters", "letter", ["%(count)s lettre", "%(count)s lettres"])
    ]
    assert len(messages(CATALOGUE)) > 3000
