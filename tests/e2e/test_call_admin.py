"""Where a call is prepared, in the administration: every screen is sound, and nothing that agents notice goes unasked."""

from tests.e2e.conftest import DESK
from tests.e2e.steps import fr


def test_every_screen_where_a_call_is_prepared_is_sound(browser):
    faults, seen = [], []
    with browser(width=DESK, persona="responsable") as visit:
        page = visit.page
        visit.go("/admin/appels/")
        faults += visit.is_sound()
        page.locator("main").get_by_role("link", name="dites-nous ce qui ne va pas").click()
        dates = page.url
        visit.go(dates)
        faults += visit.is_sound()
        page.get_by_role("link", name=fr("Where it stands")).first.click()
        page.wait_for_load_state("load")
        faults += visit.is_sound()

        # An act that agents notice at once asks first; until then nothing has happened.
        page.locator("main summary", has_text=fr("Close now")).click()
        faults += visit.is_sound()
        visit.reads("Les brouillons en cours sont gardés, mais ne peuvent plus être déposés.")
        assert page.get_by_role("button", name=fr("Yes: %(label)s", label=fr("Close now"))).is_visible()

        board = page.url
        for words in ("Open the page's editor", "Write the questions", "See the form as an agent sees it"):
            visit.go(board)
            page.locator("main").get_by_role("link", name=fr(words)).first.click()
            page.wait_for_load_state("load")
            seen.append(page.url.removeprefix(visit.base))
            faults += visit.is_sound()
    assert faults == [], "\n".join(faults)
    assert seen[0].startswith("/admin/pages/")
    assert seen[1].startswith("/admin/appels-questions/edit/")
