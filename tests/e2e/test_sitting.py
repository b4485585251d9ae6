"""A full sitting of the July jury, held by clicks: five people with a voice on their phones.

One stands aside, one loses the network, one meets a server that restarts, one is signed out in the middle; two
projects tie; one mark comes late; six projects take the six futures, the chief executive's office agrees, and all
is pronounced at once. Nothing marked is ever lost.
"""

import re

from projects.enums import Outcome
from tests.e2e.july import BY_CLICKS, MARKS, TITLES
from tests.e2e.steps import NAMES, Walk, declare_no_link, fr, plain
from tests.factories.projects import demands_for

FUTURES = [
    Outcome.STARTUP_TERRITORY,
    Outcome.STARTUP_INTERNAL,
    Outcome.STARTUP_INCUBATOR,
    Outcome.EXTEND,
    Outcome.HAND_OVER,
    Outcome.STOP,
]
REASON = "Trois mois d’enquête ont convaincu le jury, voici ce qu’il en attend."
NO_NETWORK = "No network: your marks are kept on this device. They leave by themselves when it is back."
NO_ANSWER = (
    "The site does not answer well just now. Your marks are kept on this device, and sent again in a moment."
)
SIGNED_OUT = "Your session is over. Your marks are kept on this device: sign in again, and they leave."


def test_a_july_jury_from_the_first_dossier_to_the_six_futures(browser, demo):
    address = demo.run("tests.e2e.july").strip().splitlines()[-1]
    walk = Walk(browser, widths={"presidence": 360, "intrapreneur": 360, "ambassade": 360})
    one_juror_clicks_through_all_six_and_loses_the_network(walk, address)
    one_meets_a_server_that_restarts(walk, address)
    one_is_signed_out_in_the_middle(walk, address)
    one_stands_aside(walk, address)
    the_president_gives_marks_too(walk, address)
    two_projects_tie(walk, address)
    one_mark_comes_late(walk, address)
    the_two_are_compared_on_a_phone_and_on_paper(walk, address)
    six_futures_are_prepared_agreed_and_pronounced(walk, address)
    assert walk.faults == [], "\n".join(walk.faults)


# -- On the phones -----------------------------------------------------------------------------------------


def title_of(juror) -> str:
    return plain(juror.page.locator("#dossier-title").inner_text())


def scales(juror) -> list:
    return juror.page.locator("form#score fieldset").all()


def click_marks(juror) -> None:
    for scale, mark in zip(scales(juror), MARKS[title_of(juror)], strict=True):
        scale.locator(f'input[value="{mark}"]').check()


def give(juror) -> None:
    juror.press("Give my marks and go on")


def line_says(juror, words: str) -> None:
    juror.page.locator("#saved", has_text=re.compile(re.escape(fr(words)))).wait_for(timeout=8000)


def is_saved(juror) -> None:
    juror.page.locator("#saved:not(.is-lost)", has_text=re.compile("Enregistré à")).wait_for(timeout=20000)
    assert kept_on_device(juror) == 0


def kept_on_device(juror) -> int:
    return juror.page.evaluate("Object.keys(localStorage).filter(key => key.startsWith('eclosion.')).length")


def checked(juror) -> list[int]:
    values = juror.page.locator("form#score input[type=radio]:checked").all()
    return [int(one.get_attribute("value")) for one in values]


def one_juror_clicks_through_all_six_and_loses_the_network(walk: Walk, address: str) -> None:
    with walk.enter("jure") as juror:
        juror.go(address).look().press("Begin reading")
        declare_no_link(juror)
        juror.look().reads("1 sur 6")
        juror.press("Pass for now")
        juror.reads("2 sur 6", "1 passé, à reprendre")

        scales(juror)[0].locator('input[value="1"]').check()
        is_saved(juror)
        juror.page.context.set_offline(True)
        line_says(juror, NO_NETWORK)
        click_marks(juror)
        juror.page.get_by_role("button", name=fr("Give my marks and go on")).click()
        line_says(juror, NO_NETWORK)
        assert kept_on_device(juror) == 1
        assert checked(juror) == list(MARKS[title_of(juror)])
        juror.page.context.set_offline(False)
        line_says(juror, "Your marks are given.")
        assert kept_on_device(juror) == 0
        juror.visit.complaints.clear()  # what Chromium says of the network that was away
        juror.clicks(juror.page.locator("#saved a")).reads("3 sur 6")

        for _project in range(4):
            click_marks(juror)
            is_saved(juror)
            give(juror)
        juror.look().reads("1 projet passé, à reprendre").press("Take them up again")
        click_marks(juror)
        give(juror)
        juror.look().reads(fr("You have read everything"))


def one_meets_a_server_that_restarts(walk: Walk, address: str) -> None:
    with walk.enter("coach") as juror:
        juror.go(f"{address}noter/")
        juror.page.route(
            "**/noter/**",
            lambda route: (
                route.fulfill(status=503, body="Service unavailable")
                if route.request.method == "POST"
                else route.continue_()
            ),
        )
        click_marks(juror)
        line_says(juror, NO_ANSWER)
        juror.page.unroute("**/noter/**")
        is_saved(juror)
        juror.visit.complaints.clear()
        give(juror)
        click_marks(juror)
        give(juror)
        juror.reads(fr("You have read everything"))


def one_is_signed_out_in_the_middle(walk: Walk, address: str) -> None:
    with walk.enter("intrapreneur") as juror:
        juror.go(f"{address}noter/")
        title = title_of(juror)
        juror.page.context.clear_cookies(name="sessionid")
        click_marks(juror)
        line_says(juror, SIGNED_OUT)
        here = juror.page.url
        juror.visit.enter_as("intrapreneur")
        juror.page.goto(here)
        is_saved(juror)
        assert checked(juror) == list(MARKS[title])
        juror.visit.complaints.clear()
        give(juror)
        click_marks(juror)
        give(juror)
        juror.reads(fr("You have read everything"))
        juror.page.reload()
        assert kept_on_device(juror) == 0


def one_stands_aside(walk: Walk, address: str) -> None:
    with walk.enter("ambassade") as juror:
        juror.go(f"{address}noter/")
        if title_of(juror) == TITLES[0]:
            click_marks(juror)
            give(juror)
        assert title_of(juror) == TITLES[1]
        juror.look().press("I stand aside").look()
        juror.fill(reason="J’ai aidé cette équipe.").press("Stand aside from this project")
        if "/noter/" in juror.path and juror.page.locator("form#score").count():
            click_marks(juror)
            give(juror)
        juror.look().reads(fr("You have read everything"))


def the_president_gives_marks_too(walk: Walk, address: str) -> None:
    with walk.enter("presidence") as president:
        president.go(f"{address}resultats/").reads(
            fr("Nobody sees the marks of others before having given their own.")
        )
        president.go(f"{address}noter/")
        for _project in range(2):
            click_marks(president)
            give(president)
        president.look().reads(fr("You have read everything"))


# -- In the room -------------------------------------------------------------------------------------------


def two_projects_tie(walk: Walk, address: str) -> None:
    """Both have 4, although one has four readers and the other five."""
    with walk.enter("presidence") as president:
        president.go(f"{address}avancement/").look().reads("Évaluations données : 29 sur 29")
        president.go(f"{address}resultats/").look()
        text = plain(president.page.locator("main").inner_text())
        assert text.count(fr("%(rank)d, tied", rank=2)) >= 2, text[:3000]


def one_mark_comes_late(walk: Walk, address: str) -> None:
    """Marks are sealed; with the president's leave another is kept beside the first, outside the mean."""
    with walk.enter("presidence") as president:
        president.go(address).press("Begin the deliberation").look().press("Begin the deliberation").look()
        president.go(f"{address}seance/")
        president.page.locator("summary", has_text=fr("Let a juror say marks late")).click()
        president.fill(seat=NAMES["coach"]).press("Allow it").look()
    with walk.enter("coach") as juror:
        juror.go(address).clicks(juror.page.locator('main a[href$="/apres-coup/"]')).look()
        juror.fill(effet="1")
        juror.press("Say these marks").look()
    with walk.enter("presidence") as president:
        president.go(f"{address}historique/").look().reads("après l’ouverture de la délibération")
        president.go(f"{address}resultats/")
        text = plain(president.page.locator("main").inner_text())
        assert text.count(fr("%(rank)d, tied", rank=2)) >= 2, text[:3000]


def the_two_are_compared_on_a_phone_and_on_paper(walk: Walk, address: str) -> None:
    """The marks do not separate them: each member present says which one they would study first."""
    with walk.enter("presidence") as president:
        president.go(f"{address}resultats/").press("Compare projects two by two").look()
        for title in TITLES:
            president.page.get_by_label(title).set_checked(title in BY_CLICKS)
        president.press("Ask the members")
    with walk.enter("jure") as juror:
        juror.go(address).press("Answer", context="on a button").look()
        juror.page.get_by_label(TITLES[1], exact=True).check()
        juror.press("Give my answers").reads("1 réponse sur 1 est gardée")
    with walk.enter("presidence") as president:
        president.go(f"{address}departages/1/").look()
        row = president.page.locator("main tr", has_text=NAMES["coach"])
        president.clicks(row.get_by_role("link", name=fr("Enter the paper ballot")))
        president.page.get_by_label(TITLES[1], exact=True).check()
        president.press("Enter these answers").press("Close and read the result").look()
        president.reads(f"« {TITLES[1]} » serait étudié d’abord : 2 réponses sur 2.")


def six_futures_are_prepared_agreed_and_pronounced(walk: Walk, address: str) -> None:
    with walk.enter("presidence") as president:
        for outcome in FUTURES:
            president.go(f"{address}decisions/").press("Decide")
            president.fill(outcome=outcome)
            president.page.locator("#fields [name=reason]").wait_for()
            demands = {key: str(value).removesuffix(".00") for key, value in demands_for(outcome).items()}
            president.fill(reason=REASON, **demands).press("Prepare this decision").reads(
                "la décision est préparée"
            )
        president.look()
    with walk.enter("dgs") as sponsor:
        for _agreement in range(3):
            sponsor.go(f"{address}accords/").press("I agree")
        sponsor.look().reads(fr("You have agreed"))
    with walk.enter("presidence") as president:
        president.go(f"{address}decisions/").press("Pronounce all the decisions")
        president.go(f"{address}pv/").look().reads("1 + 1 + 1 + 1 + 1 + 1 = 6", *TITLES)
