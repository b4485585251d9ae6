"""What people do on the screens, in one place: fill in a form, press a button by its French words, hold a sitting.

Buttons are named by their English words in the code and pressed by their French ones, so that a better
wording of the catalogue breaks nothing. Fields are named as their forms name them.
"""

import re
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import urlsplit

from django.utils import translation
from django.utils.translation import gettext, pgettext

from incubator.core import clock
from tests.e2e.conftest import DESK, PHONE

NAMES = {
    "agent": "Lina Moreau",
    "jure": "Odile Maurin",
    "presidence": "Bernard Lestang",
    "coach": "Karim Oudin",
}
WIDTHS = {"agent": PHONE, "jure": PHONE, "coach": PHONE, None: PHONE}


def fr(words: str, context: str | None = None, **values) -> str:
    """These words as the French screens say them."""
    with translation.override("fr"):
        said = pgettext(context, words) if context else gettext(words)
    return said % values


def in_french(label) -> str:
    """A label of an enum as the French screens show it."""
    with translation.override("fr"):
        return str(label)


def plain(text: str) -> str:
    """The same text with ordinary spaces: typography is judged elsewhere."""
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def in_days(days: int) -> str:
    return (clock.today() + timedelta(days=days)).isoformat()


@dataclass
class Walk:
    """One promotion on its way: what is known so far, and every fault of the screens met."""

    browser: object
    faults: list[str] = field(default_factory=list)
    application: str = ""
    project: str = ""
    widths: dict[str, int] = field(default_factory=dict)  # whoever takes another screen than usual

    @contextmanager
    def enter(self, persona: str | None, *, admin: bool = False):
        """A window of this person: a phone for those who work on one, a desk for the others."""
        with self.browser(
            width=self.widths.get(persona, WIDTHS.get(persona, DESK)), persona=persona
        ) as visit:
            yield (Editor if admin else Person)(visit, self)


class Person:
    """Someone in front of a screen."""

    def __init__(self, visit, walk: Walk):
        self.visit, self.walk, self.page = visit, walk, visit.page

    @property
    def path(self) -> str:
        return urlsplit(self.page.url).path

    def go(self, path: str):
        self.visit.go(path)
        return self

    def look(self):
        """The screen is sound: axe, width, console, content policy."""
        self.walk.faults += self.visit.is_sound()
        return self

    def reads(self, *words: str):
        text = plain(self.page.locator("body").inner_text())
        for said in words:
            assert plain(said) in text, f"{self.path} does not say « {said} »:\n{text[:2500]}"
        return self

    def clicks(self, target):
        """Click, and wait for the page that follows."""
        with self.page.expect_navigation(wait_until="load"):
            target.click()
        return self

    def press(self, words: str, **values):
        """Press the button or follow the link that says this; a question « Oui : … » is answered too."""
        said = fr(words, **values)
        main = self.page.locator("main")
        summary = main.locator("summary:is(.btn, .button)", has_text=said)
        if summary.count():
            summary.first.click()
            return self.clicks(main.get_by_role("button", name=fr("Yes: %(label)s", label=said)).first)
        button = main.get_by_role("button", name=said)
        target = button if button.count() else main.get_by_role("link", name=said)
        assert target.count(), f"{self.path} offers no « {said} »:\n{main.inner_text()[:1500]}"
        return self.clicks(target.first)

    def follow(self, text: str):
        """Follow the link of the page that bears this title."""
        return self.clicks(self.page.locator("main").get_by_role("link", name=text).first)

    def answer_the_rest(self):
        """Answer each question of the step that has no answer yet, by its kind."""
        form = self.page.locator("main form#step")
        if (boxes := form.locator('input[type="checkbox"]')).count():
            boxes.first.check()
        done: set[str] = set()
        for control in form.locator("input:visible, textarea:visible, select:visible").all():
            kind = control.evaluate("one => one.tagName === 'INPUT' ? one.type : one.tagName.toLowerCase()")
            name = control.get_attribute("name")
            if kind in {"file", "checkbox"} or name in done:
                continue
            done.add(name)
            if kind == "radio":
                control.check(force=True)
            elif kind == "date":
                control.fill(in_days(-300))
            elif not control.input_value():
                control.fill(
                    "60" if control.get_attribute("inputmode") or kind == "number" else "Les gardiens"
                )
        return self

    def another_tab(self):
        """The same page in a second tab of the same browser."""
        page = self.page.context.new_page()
        page.goto(self.page.url, wait_until="load")
        twin = Person(self.visit, self.walk)
        twin.page = page
        return twin

    def fill(self, **values):
        """Fill in fields by their names: text, a day, a choice, a box to tick."""
        for name, value in values.items():
            self._fill_one(self.page.locator(f'main [name="{name}"]:not([type="hidden"])'), value)
        return self

    def _fill_one(self, control, value) -> None:
        kind = control.first.evaluate("one => one.tagName === 'INPUT' ? one.type : one.tagName.toLowerCase()")
        if kind == "radio":
            control.and_(self.page.locator(f'[value="{value}"]')).check(force=True)
        elif kind == "checkbox":
            control.set_checked(bool(value))
        elif kind == "select":
            text = control.locator("option", has_text=str(value))
            control.select_option(text.first.get_attribute("value") if text.count() else str(value))
        else:
            control.fill(str(value))

    def send(self):
        """Press the main button of the form; the form is accepted, so another page follows."""
        before = self.path
        self.clicks(self.page.locator("main form button.ec-btn--primary").last)
        assert self.path != before, f"{before} is refused:\n{self.page.locator('main').inner_text()[:2000]}"
        return self


# -- The administration ------------------------------------------------------------------------------


class Editor(Person):
    """Someone in the Wagtail admin. Its own screens are Wagtail's to judge; the console is ours."""

    def look(self):
        self.walk.faults += [f"{self.path}: console: {said}" for said in self.visit.complaints]
        self.visit.complaints.clear()
        return self

    def _fill_one(self, control, value) -> None:
        super()._fill_one(control, value)
        self.page.keyboard.press("Tab")  # a calendar that has opened closes again

    def save_draft(self):
        """Keep the page as a draft, and wait for the editor to say so."""
        self.page.locator("main form#page-edit-form button.action-save").first.click()
        self.page.wait_for_load_state("load")
        return self.look()

    def save(self):
        """Press the button by keyboard: a calendar may still stand over it."""
        with self.page.expect_navigation():
            self.page.locator('main form button[type="submit"]').last.press("Enter")
        return self.look()

    def add_block(self, stream: str, kind: str | None = None):
        """Insert a block at the end of a stream, of this kind where there is a choice."""
        buttons = self.page.locator(f'[name="{stream}-count"] + div > div > button.c-sf-add-button')
        buttons.last.scroll_into_view_if_needed()
        buttons.last.click()
        if kind:
            option = self.page.get_by_role("option", name=kind).first
            if not _comes(option):
                buttons.last.click()  # the list closes again while the block before still unfolds
            option.click()
        return self

    def write_step(self, number: int, title: str, questions: list[tuple[str, dict]]):
        """One step of the application, with its questions: their kind, and what is filled in for each."""
        self.add_block("sections")
        self.fill(**{f"sections-{number}-value-title": title})
        stream = f"sections-{number}-value-questions"
        for position, (kind, values) in enumerate(questions):
            self.add_block(stream, fr(kind))
            self.fill(**{f"{stream}-{position}-value-{name}": value for name, value in values.items()})
        return self


def _comes(target) -> bool:
    """Whether it is seen within a second."""
    from playwright.sync_api import TimeoutError as TooLate

    try:
        target.wait_for(state="visible", timeout=1500)
    except TooLate:
        return False
    return True


# -- The space of one project ------------------------------------------------------------------------


def act(person: Person, walk: Walk, action: str, **values):
    """Open the project, choose one of the acts it offers, fill it in and send it."""
    person.go(f"/projets/{walk.project}/").look()
    person.press(action)
    person.fill(**values)
    person.look().send()


# -- A sitting ---------------------------------------------------------------------------------------


def prepare_sitting(
    walk: Walk, *, cohort: str, gate: str, body: str, title: str, seats: dict[str, str]
) -> str:
    """The manager prepares a sitting with a weighted grid, its members and the project; returns its address."""
    with walk.enter("responsable") as manager:
        manager.go("/jurys/").look().press("Prepare a sitting")
        manager.fill(
            body=body, cohort=cohort, gate=gate, starts_at=f"{in_days(1)}T09:30", place="Salle du conseil",
            grid_version="Choix des projets", quorum="2",
        )  # fmt: skip
        manager.look().send()
        address = manager.path
        for persona, role in seats.items():
            manager.go(f"{address}membres/")
            manager.fill(q=NAMES[persona]).press("Search")
            row = manager.page.locator("main form.jr-give-seat").first
            row.locator("select").select_option(role)
            manager.clicks(row.get_by_role("button"))
        manager.look().reads(*(NAMES[persona] for persona in seats))
        manager.go(f"{address}projets/").look().reads(title).press("Add the chosen projects")
        manager.look().go(address).look().press("Open the scoring")
        manager.look()
    return address


def declare_no_link(juror) -> None:
    """Before the first dossier: the one tap of a juror who knows none of the teams."""
    juror.look().press("I have no link: begin reading")


def score(walk: Walk, address: str, persona: str, marks: list[int]) -> None:
    """A juror reads the dossier on the screen they have, gives one mark a criterion, and has read everything."""
    with walk.enter(persona) as juror:
        juror.go(address).look().press("Begin reading")
        declare_no_link(juror)
        form = juror.page.locator("form#score")
        scales = form.locator("fieldset").all()
        assert len(scales) == len(marks)
        for scale, mark in zip(scales, marks, strict=True):
            scale.locator(f'input[value="{mark}"]').check()
        form.locator("textarea").fill("Un problème vécu, que d’autres confirment.")
        juror.look().press("Give my marks and go on")
        juror.look().reads(fr("You have read everything"))


def stand_aside(walk: Walk, address: str, persona: str) -> None:
    """A juror who knows the team steps aside: their mark is missing, never a zero."""
    with walk.enter(persona) as juror:
        juror.go(address).press("Begin reading")
        declare_no_link(juror)
        juror.press("I stand aside").look()
        juror.fill(reason="J’ai aidé à écrire cette candidature.").press("Stand aside from this project")
        juror.look().reads(fr("Nothing to score"))


def deliberate(
    walk: Walk, address: str, *, outcome: str, reason: str, absent: tuple[str, ...] = (), **demands
):
    """The president begins the deliberation and prepares the decision: nothing moves yet."""
    with walk.enter("presidence") as president:
        president.go(address).press("Begin the deliberation").look()
        for persona in absent:
            president.page.get_by_label(re.compile(NAMES[persona])).uncheck()
        president.press("Begin the deliberation").look()
        president.press("Decide")
        president.fill(outcome=outcome)
        president.page.locator("#fields [name=reason]").wait_for()
        president.fill(reason=reason, **demands)
        president.look().press("Prepare this decision")
        president.look().reads(reason)


def run_the_clock(walk: Walk, address: str) -> None:
    """The president starts the clock of the project in the room, gives it more time, and stops it."""
    with walk.enter("presidence") as president:
        president.go(f"{address}seance/").look().press("Start the clock")
        president.look().fill(minutes="5").press("Add this time")
        president.press("Stop the clock")
        president.look()
        assert president.page.get_by_role("button", name=fr("Go on")).count() == 1


def take_a_note(walk: Walk, address: str, text: str) -> None:
    """A note of deliberation, kept while it is typed."""
    with walk.enter("presidence") as president:
        president.go(f"{address}seance/")
        president.page.locator("#note-text").fill(text)
        president.page.locator("#note-saved", has_text=re.compile(r"\d+\sh")).wait_for()
        president.go(f"{address}seance/")
        assert president.page.locator("#note-text").input_value() == text


def say_a_late_mark(walk: Walk, address: str, persona: str, **marks: str) -> None:
    """The president lets a juror say another mark; it stands beside the first, which stays in the mean."""
    with walk.enter("presidence") as president:
        president.go(f"{address}seance/")
        president.page.locator("summary", has_text=fr("Let a juror say marks late")).click()
        president.page.locator("#late-seat").select_option(label=NAMES[persona])
        president.press("Allow it")
        president.look()
    with walk.enter(persona) as juror:
        juror.go(address)
        juror.clicks(juror.page.locator('main a[href$="/apres-coup/"]').first)
        juror.look().fill(**marks).press("Say these marks")
        juror.look()
    with walk.enter("presidence") as president:
        president.go(f"{address}seance/").look()
        president.reads(fr("Marks given after the deliberation began"), NAMES[persona])


def give_feedback(walk: Walk, address: str, title: str) -> None:
    """The three sentences to the team, without which its letter does not leave."""
    with walk.enter("presidence") as president:
        president.go(f"{address}reponses/").look().follow(title)
        president.look().fill(
            convinced="Vous avez rencontré douze agents.",
            lacked="Il manque un chiffre de départ.",
            what_next="Comptez pendant un mois, puis rappelez-nous.",
        )
        president.press("Keep these sentences").look()


def pronounce(walk: Walk, address: str, title: str) -> None:
    """The president pronounces: the stage moves, the letter is written, the minutes are sealed."""
    with walk.enter("presidence") as president:
        president.go(f"{address}decisions/").press("Pronounce all the decisions")
        president.look()
        president.go(f"{address}pv/").look().reads(title, "1 décision")
