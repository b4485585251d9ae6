"""One promotion walked whole by clicks, by everyone: from a call that is only an idea to a startup with its figures.

Each part takes up what the one before left. Every screen on the way is sound: axe, width, console, content policy.
"""

import re

from projects.enums import Stage
from tests.e2e.steps import (
    Walk,
    act,
    deliberate,
    fr,
    give_feedback,
    in_days,
    in_french,
    prepare_sitting,
    pronounce,
    run_the_clock,
    say_a_late_mark,
    score,
    stand_aside,
    take_a_note,
)

COHORT, CODE = "Promotion de l’estuaire", "appel-de-l-estuaire"
CALL = "Dites-nous ce qui coince à l’estuaire"
LEAD = "Vous voyez un problème tous les jours ? Racontez-le en vingt minutes."
TITLE = "Le portail qui dort"
PROBLEM = "Chaque matin, le portail du lycée s’ouvre à la main et soixante personnes attendent dehors."
KEPT = "Votre problème est réel et vous l’avez compté : nous voulons vous entendre au hackathon."
SELECTED = "Votre essai avec dix agents a convaincu : vous avez trois mois pour aller plus loin."
STARTUP = "Les attentes ont baissé de moitié : le partenaire est prêt à construire avec vous."
INDICATOR = "Attente au portail le matin"


def test_a_promotion_from_the_call_to_startup_mode(browser):
    walk = Walk(browser)
    the_manager_opens_a_call(walk)
    an_agent_applies_once(walk)
    the_manager_closes_and_declares_eligible(walk)
    a_preselection_keeps_the_project(walk)
    the_agent_reads_the_answer_and_the_manager_lets_the_letter_go(walk)
    a_hackathon_selects_it(walk)
    pre_incubation_is_worked(walk)
    the_july_jury_makes_it_a_startup(walk)
    startup_mode_is_measured_and_published(walk)
    the_chief_executive_s_office_finds_it(walk)
    assert walk.faults == [], "\n".join(walk.faults)


# -- 1. The call -------------------------------------------------------------------------------------

STEPS = [
    (
        "Le problème",
        [
            ("Long text", {"label": "Quel problème voyez-vous ?", "max_words": 120}),
            ("One choice", {"label": "C’est plutôt…", "choices": "Un irritant\nUn gaspillage"}),
            ("Number", {"label": "Combien de personnes attendent ?", "unit": "personnes"}),
        ],
    ),
    (
        "Votre idée",
        [
            ("Short text", {"label": "Par quoi commencer ?"}),
            ("Several choices", {"label": "Qui pourrait aider ?", "choices": "L’accueil\nLes gardiens"}),
            ("Date", {"label": "Depuis quand le voyez-vous ?"}),
            ("Yes or no", {"label": "Avez-vous déjà essayé ?"}),
            ("File", {"label": "Une photo, si cela aide", "required": False}),
        ],
    ),
]


def the_manager_opens_a_call(walk: Walk) -> None:
    """Cohort, dates, questions and page in the administration; then everybody reads it."""
    with walk.enter("responsable", admin=True) as manager:
        manager.go("/admin/cohorts/new/").fill(
            programme="Intrapreneurs de Valombre", name=COHORT, code="estuaire",
            preincubation_starts_on=in_days(60),
        ).save()  # fmt: skip
        manager.go("/admin/appels/new/").fill(
            title=CALL, code=CODE, programme="Intrapreneurs de Valombre", cohort=COHORT,
            opens_at=f"{in_days(-1)} 08:00", closes_at=f"{in_days(30)} 12:00", preselection_on=in_days(40),
            hackathon_on=in_days(50), preincubation_from=in_days(60), jury_on=in_days(150),
        ).save()  # fmt: skip
        board = manager.path
        manager.press("Write the questions")
        for number, (title, questions) in enumerate(STEPS):
            manager.write_step(number, title, questions)
        manager.save().reads("8 questions")
        manager.press("Open the page's editor")
        manager.fill(lead=LEAD)
        manager.save_draft()
        manager.go(board).press("Publish the page").press("Open now").look()
    with walk.enter(None) as visitor:
        visitor.go("/").look().reads(CALL)
        visitor.go("/appels/").look().follow(CALL)
        visitor.look().reads(LEAD, CALL)


# -- 2. The application ------------------------------------------------------------------------------


def an_agent_applies_once(walk: Walk) -> None:
    """Begun without an account on a phone, left, taken up again, claimed at sign-in, submitted once."""
    with walk.enter(None) as agent:
        agent.go(f"/appels/{CODE}/")
        agent.clicks(agent.page.locator('form[action$="/candidater/"] button').first).look()
        agent.fill(title=TITLE).page.locator("main textarea").first.fill(PROBLEM)
        agent.press("Save and go on later")
        agent.look().press("Go on with “%(title)s”", title=TITLE)
        assert agent.page.locator("main textarea").first.input_value() == PROBLEM
        agent.answer_the_rest().look().press("Save and continue")
        agent.answer_the_rest().look().press("Save and continue")
        agent.fill(**{"p0-first_name": "Lina", "p0-last_name": "Moreau"}).look().press("Save and continue")
        agent.look().reads(TITLE, PROBLEM).press("Sign in and come back here")
        agent.look().clicks(agent.page.locator('form[action="/demo/agent/"] button'))
        agent.go("/candidatures/").look().follow(TITLE)
        agent.reads(TITLE, PROBLEM).look()
        walk.application = re.search(r"/candidatures/([0-9a-f-]{36})/", agent.path).group(1)

        # A second tab stands on the same page; both are sent.
        second = agent.another_tab()
        agent.press("Submit my application").look().reads(fr("Your application has arrived"))
        receipt = agent.page.locator(".ec-receipt__number").inner_text()
        assert re.search(r"\d", receipt)
        second.press("Submit my application").reads(receipt)
        agent.go("/candidatures/").look()
        assert agent.page.locator("main").inner_text().count(TITLE) == 1
        agent.go(f"/candidatures/{walk.application}/").look().reads(fr("Next"))


def the_manager_closes_and_declares_eligible(walk: Walk) -> None:
    with walk.enter("responsable", admin=True) as manager:
        manager.go("/admin/appels/").follow(CALL)
        if "ou-en-est-il" not in manager.path:
            manager.press("Where it stands")
        manager.press("Close now").look()
        manager.press("Read its applications")
    with walk.enter("responsable") as manager:
        manager.go(f"/appels/{CODE}/candidatures/").look().follow(TITLE)
        manager.look().press("Declare eligible").look()
        manager.follow(TITLE)
        manager.look().reads(in_french(Stage.APPLIED.label))
        walk.project = re.search(r"/projets/([^/]+)/", manager.path).group(1)


# -- 3. Preselection ---------------------------------------------------------------------------------


def a_preselection_keeps_the_project(walk: Walk) -> None:
    seats = {"presidence": "president", "jure": "juror", "coach": "juror"}
    address = prepare_sitting(
        walk, cohort=COHORT, gate="preselection", body="Présélection de l’estuaire", title=TITLE, seats=seats
    )
    score(walk, address, "jure", [4, 4, 5])
    score(walk, address, "presidence", [3, 4, 3])
    stand_aside(walk, address, "coach")
    with walk.enter("presidence") as president:
        president.go(f"{address}resultats/").look()
        # Weights 3, 2, 2: 4.3 and 3.3, so 3.8; two marks of the two who may give one.
        president.reads("3,8", "2 sur 2", "1 en déport")
    deliberate(walk, address, outcome="retain", reason=KEPT)
    run_the_clock(walk, address)
    take_a_note(walk, address, "La question du coût revient.")
    say_a_late_mark(walk, address, "jure", probleme="5")
    with walk.enter("agent") as agent:
        agent.go(f"/candidatures/{walk.application}/")
        assert KEPT not in agent.page.locator("main").inner_text()
    pronounce(walk, address, TITLE)
    give_feedback(walk, address, TITLE)


def the_agent_reads_the_answer_and_the_manager_lets_the_letter_go(walk: Walk) -> None:
    with walk.enter("agent") as agent:
        agent.go("/aujourdhui/").look()
        agent.go(f"/candidatures/{walk.application}/").look().reads(KEPT)
    with walk.enter("responsable") as manager:
        manager.go("/lettres/").look()
        row = manager.page.locator("main li", has_text=TITLE).first
        manager.clicks(row.get_by_role("link").first)
        manager.look().reads(KEPT, "Lina Moreau").press("Approve")
        manager.look().reads(fr("The letter is approved."))


# -- 4. Hackathon ------------------------------------------------------------------------------------


def a_hackathon_selects_it(walk: Walk) -> None:
    seats = {"presidence": "president", "jure": "juror"}
    address = prepare_sitting(
        walk, cohort=COHORT, gate="hackathon", body="Hackathon de l’estuaire", title=TITLE, seats=seats
    )
    score(walk, address, "jure", [5, 4, 5])
    deliberate(walk, address, outcome="retain", reason=SELECTED)
    pronounce(walk, address, TITLE)
    with walk.enter("agent") as agent:
        agent.go(f"/projets/{walk.project}/").look().reads(TITLE, SELECTED)


# -- 5. Pre-incubation -------------------------------------------------------------------------------


def pre_incubation_is_worked(walk: Walk) -> None:
    with walk.enter("agent") as agent:
        act(
            agent, walk, "Record the letter of commitment",
            share_of_time=40, agreed_by="Le proviseur", replacement="Deux collègues se relaient.",
        )  # fmt: skip
    with walk.enter("responsable") as manager:
        act(manager, walk, "Name a companion", user="Karim Oudin", kind="coach")
        act(manager, walk, "Start pre-incubation", on=in_days(0))
        manager.look().reads("Karim Oudin")
    with walk.enter("agent") as agent:
        act(
            agent,
            walk,
            "Plan a milestone",
            title="Vingt entretiens à la grille",
            kind="interviews",
            due_on=in_days(20),
        )
        agent.press("It is reached").fill(evidence="Vingt-trois agents et parents rencontrés.").look().send()
        agent.look().reads("Vingt-trois agents et parents rencontrés.")
        agent.go(f"/projets/{walk.project}/impact/").look().press("Add an indicator")
        agent.fill(
            name=INDICATOR, question="Combien de temps attend-on devant le portail ?", level="impact",
            direction="decrease", unit="count", numerator="Minutes d’attente, en moyenne", source="Relevés de l’accueil",
            is_main=True, is_public=True,
        ).look().send()  # fmt: skip
        agent.look().press("Add a value")
        agent.fill(
            value=12,
            role="baseline",
            period_end=in_days(-30),
            sample=60,
            quality="A",
            source="Relevé de trente matins",
        ).look().send()
    with walk.enter("coach") as coach:
        act(
            coach, walk, "Note a meeting",
            learnt="La barrière ne reconnaît pas les badges du département.", decided="Essayer un lundi.",
            next_step="Appeler le gardien", users_met=5,
        )  # fmt: skip
        coach.look().reads("La barrière ne reconnaît pas les badges du département.")


# -- 6. The jury at the end of pre-incubation --------------------------------------------------------


def the_july_jury_makes_it_a_startup(walk: Walk) -> None:
    seats = {"presidence": "president", "jure": "juror"}
    address = prepare_sitting(
        walk,
        cohort=COHORT,
        gate="preincubation_end",
        body="Jury de fin de préincubation",
        title=TITLE,
        seats=seats,
    )
    score(walk, address, "jure", [5, 5, 4])
    deliberate(
        walk, address, outcome="startup_territory", reason=STARTUP,
        amount_min="40000", amount_max="60000", months=12, partner="Le port de l’estuaire",
        convention="Signature prévue au printemps", criterion="Moins de cinq minutes d’attente dans trois lycées",
        starts_on=in_days(0), next_committee_on=in_days(180),
    )  # fmt: skip
    with walk.enter("presidence") as president:
        president.go(f"{address}decisions/").reads(fr("Waiting for the sponsor's agreement:"))
    with walk.enter("dgs") as sponsor:
        sponsor.go("/aujourdhui/").look()
        sponsor.go(f"{address}accords/").look().reads(STARTUP, "Le port de l’estuaire").press("I agree")
        sponsor.look().reads(fr("You have agreed"))
    pronounce(walk, address, TITLE)
    with walk.enter("dgs") as sponsor:
        sponsor.go(f"{address}pv/").look().reads(STARTUP, "Philippe Arnoult", "Odile Maurin")
        sponsor.page.emulate_media(media="print")
        assert sponsor.page.locator(".jr-minutes").is_visible()
        assert not sponsor.page.locator(".jr-screen-only").first.is_visible()


# -- 7. Startup mode and impact ----------------------------------------------------------------------


def startup_mode_is_measured_and_published(walk: Walk) -> None:
    with walk.enter("responsable") as manager:
        act(manager, walk, "Start the planned phase", on=in_days(0))
        manager.look()
    with walk.enter("agent") as agent:
        agent.go(f"/projets/{walk.project}/impact/").press("Set a target")
        agent.fill(value=5, due_on=in_days(180)).look().send()
        agent.press("Add a value")
        agent.fill(
            value=7, role="follow_up", sample=64, quality="A", source="Relevé de trente matins"
        ).look().send()
        agent.look().reads(INDICATOR)
        assert agent.page.locator("main figure svg").count() >= 1
    with walk.enter("responsable") as manager:
        manager.go(f"/projets/{walk.project}/impact/").press("Publish the impact page")
        manager.fill(
            problem="On attend dehors chaque matin.",
            for_whom="60 agents et élèves",
            unknown="L’effet en hiver.",
        )
        manager.look().send()
    with walk.enter(None) as visitor:
        visitor.go("/impact/").look().follow(TITLE)
        visitor.look().reads(INDICATOR, "12", "7", "L’effet en hiver.")


# -- 8. The portfolio --------------------------------------------------------------------------------


def the_chief_executive_s_office_finds_it(walk: Walk) -> None:
    with walk.enter("dgs") as office:
        office.go("/portefeuille/").look().fill(cohort=COHORT).press("Filter")
        row = office.look().page.locator("table.ec-portfolio tbody tr")
        assert row.count() == 1
        assert TITLE in row.inner_text()
        assert row.locator(".ec-portfolio__path").inner_text().strip()
        assert in_french(Stage.STARTUP_TERRITORY.label) in row.inner_text()
        export = office.page.request.get(f"{office.visit.base}/portefeuille/export.csv")
        assert export.status == 200
        assert TITLE in export.text()
