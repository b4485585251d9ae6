"""A completion: the manager names what is missing at her desk, the agent answers on a phone, both texts stay."""

from home.demo.dossiers_recent import PAPER
from home.demo.programme import PHONE as NUMBER
from tests.calls.test_apply_screens import PNG
from tests.e2e.conftest import PHONE
from tests.e2e.steps import Walk, fr, in_days

CALL = "appel-en-cours"
ASKED = "Dites en quelques mots qui porte les bidons, et combien de fois par jour."
COMPLETED = "Deux agents portent chaque bidon de vingt litres sur deux étages, six fois par jour."
TODAY = "Complete your application “%(title)s”"
AWAITED = "An answer is awaited here. If you have none, call %(phone)s."
ARRIVED = "What you completed has arrived. Your number stays the same."


def test_a_completion_is_asked_answered_on_a_phone_and_read(browser):
    walk = Walk(browser, widths={"agent-sans-mel": PHONE})
    # What the demonstration asks of Yvon is answered first: the place is one of two open questions.
    with walk.enter("agent-sans-mel") as agent:
        agent.go("/aujourdhui/").reads(fr(TODAY, title=PAPER.title)).press("Read what is asked")
        assert open_questions(agent) == ["lieu", "piece"]
        # What could be left empty before awaits an answer now: sent without one, nothing leaves.
        agent.press("Send what was asked").look().reads(fr(AWAITED, phone=NUMBER))
        agent.page.locator('main [name="lieu"]').select_option(index=1)
        agent.page.locator('main [name="piece"]').set_input_files(
            {"name": "bidon.png", "mimeType": "image/png", "buffer": PNG}
        )
        agent.press("Send what was asked").look().reads(fr(ARRIVED))

    with walk.enter("responsable") as manager:
        manager.go(f"/appels/{CALL}/candidatures/?q=bidons").follow(PAPER.title)
        dossier = manager.path
        manager.look().press("Ask for a completion")
        manager.page.locator('main input[name="keys"][value="probleme"]').check()
        manager.look().fill(message=ASKED, due_on=in_days(7)).send()
        manager.look().reads(ASKED)

    with walk.enter("agent-sans-mel") as agent, walk.enter("responsable") as manager:
        agent.go("/aujourdhui/").look().press("Read what is asked").look().reads(ASKED)
        assert open_questions(agent) == ["probleme"]
        with agent.page.expect_response(lambda answer: answer.request.method == "POST"):
            agent.page.locator('main [name="probleme"]').fill(COMPLETED)
        # Until it is sent, the manager reads what was submitted.
        manager.go(dossier)
        assert COMPLETED not in manager.page.locator("main").inner_text()
        agent.press("Send what was asked").look().reads(fr(ARRIVED))

        manager.go(dossier).reads(COMPLETED)
        for fold in manager.page.locator("main details").all():
            fold.evaluate("fold => { fold.open = true }")
        manager.look().reads(ASKED, PAPER.problem)
    assert walk.faults == [], "\n".join(walk.faults)


def open_questions(person) -> list[str]:
    """The names of the questions that the form lets one answer, in its order, each once."""
    controls = person.page.locator(
        "main form :is(textarea, select, input):not([type=hidden]):not([type=submit])"
    )
    names = controls.evaluate_all("all => all.map(one => one.name).filter(Boolean)")
    return list(dict.fromkeys(names))
