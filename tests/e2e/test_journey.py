"""The journey on the demonstration, with real clicks: an agent applies, a juror scores, a coach notes, the
chief executive's office reads.

Each screen met on the way is sound too (axe, width, content policy); on a phone and on a desk.
"""

import re

import pytest

from tests.e2e.conftest import DESK, PHONE

pytestmark = pytest.mark.parametrize("width", [PHONE, DESK])


def fill_in(page, sentence: str = "Nous ressaisissons la même fiche trois fois.") -> None:
    """Answer every question of the step, by its kind."""
    form = page.locator("main form").filter(has=page.locator("button.ec-btn--primary")).first
    answered: set[str] = set()
    for control in form.locator("input:visible, textarea:visible, select:visible").all():
        kind = control.evaluate("one => one.tagName === 'INPUT' ? one.type : one.tagName.toLowerCase()")
        name = control.get_attribute("name") or ""
        if kind in {"hidden", "submit", "file", "checkbox"} or name in answered:
            continue
        answered.add(name)
        if kind == "radio":
            control.check()
        elif kind == "select":
            control.select_option(index=1)
        elif kind == "number" or control.get_attribute("inputmode") in {"numeric", "decimal"}:
            control.fill("12")
        elif kind == "date":
            control.fill("2026-01-15")
        elif kind in {"email", "tel"} or control.get_attribute("inputmode") == "url":
            continue
        elif not control.input_value():
            control.fill(sentence)


def go_on(visit) -> None:
    visit.page.locator("main form button.ec-btn--primary").first.click()
    visit.page.wait_for_load_state("load")


def test_an_agent_begins_without_an_account_and_submits_once(browser, width):
    faults = []
    with browser(width=width) as visit:
        visit.go("/appels/")
        visit.page.locator('main a[href^="/appels/"]').first.click()
        visit.page.wait_for_load_state("load")
        faults += visit.is_sound()
        visit.page.locator('form[action$="/candidater/"] button').first.click()
        visit.page.wait_for_load_state("load")
        for _step in range(12):
            if "/relecture/" in visit.page.url:
                break
            faults += visit.is_sound()
            fill_in(visit.page)
            go_on(visit)
        assert "/relecture/" in visit.page.url, visit.page.locator("main").inner_text()[:1500]
        review = visit.page.url
        visit.reads("Nous ressaisissons la même fiche trois fois.")

        # The draft, begun by a visitor under another name, is the agent's as soon as she says so.
        visit.enter_as("agent")
        visit.go(review)
        assert "/a-moi/" in visit.page.url
        faults += visit.is_sound()
        visit.page.locator('button[name="yes"]').click()
        visit.page.wait_for_load_state("load")
        visit.go(review)
        faults += visit.is_sound()
        submit = visit.page.locator('form[action$="/deposer/"] button').first
        submit.click()
        visit.page.wait_for_load_state("load")
        faults += visit.is_sound()
        receipt = re.search(r"/candidatures/([0-9a-f-]{36})/", visit.page.url).group(1)
        visit.go(f"/candidatures/{receipt}/recepisse/")
        number = visit.page.locator("main").inner_text()

        # Going back and submitting again changes nothing.
        visit.go(f"/candidatures/{receipt}/")
        faults += visit.is_sound()
        assert visit.page.locator('form[action$="/deposer/"]').count() == 0
        visit.go(f"/candidatures/{receipt}/recepisse/")
        assert visit.page.locator("main").inner_text() == number
    assert faults == [], "\n".join(faults)


def test_a_juror_scores_and_goes_on(browser, width):
    with browser(width=width, persona="jure") as visit:
        visit.go("/jurys/")
        sittings = [one.get_attribute("href") for one in visit.page.locator('main a[href^="/jurys/"]').all()]
        for address in dict.fromkeys(sittings):
            answer = visit.page.goto(f"{visit.base}{address.rstrip('/')}/noter/")
            if answer.status == 200 and visit.page.locator('main input[type="radio"]').count():
                break
        else:
            pytest.fail(f"The juror has nothing to score: {sittings}")
        form = visit.page.locator("main form").filter(has=visit.page.locator('input[type="radio"]')).first
        names = form.locator('input[type="radio"]').evaluate_all(
            "all => [...new Set(all.map(one => one.name))]"
        )
        for name in names:
            form.locator(f'input[name="{name}"][value="4"]').check(force=True)
        before = visit.page.url
        form.locator('button[name="give"]').click()
        visit.page.wait_for_url(lambda address: address != before)  # the marks still on their way go first
        assert visit.is_sound() == []


def test_a_coach_notes_a_meeting(browser, width):
    with browser(width=width, persona="coach") as visit:
        visit.go("/projets/")
        visit.page.locator('main a[href^="/projets/"]').first.click()
        visit.page.wait_for_load_state("load")
        visit.go(re.sub(r"^https?://[^/]+", "", visit.page.url).rstrip("/") + "/rencontres/nouvelle/")
        fill_in(visit.page, f"Vu dix agents, note prise à {width} points de large.")
        go_on(visit)
        assert "/rencontres/nouvelle/" not in visit.page.url, visit.page.locator("main").inner_text()[:1000]
        assert visit.is_sound() == []


def test_the_chief_executive_s_office_reads_the_portfolio(browser, width):
    with browser(width=width, persona="dgs") as visit:
        visit.go("/portefeuille/")
        assert visit.is_sound() == []
        words = visit.page.locator("main").inner_text()
        assert "La Belette" in words
        for forbidden in ("9/19", "6/19", "47,4", "31,6"):  # persons and projects are never one rate
            assert forbidden not in words
        export = visit.page.request.get(f"{visit.base}/portefeuille/export.csv")
        assert export.status == 200
        assert "La Belette" in export.text()
