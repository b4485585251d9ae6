"""A phone that is interrupted three times: reloaded, gone back, without a network. What was typed is there, and said."""

from home.demo.dossiers_recent import DRAFT
from tests.e2e.conftest import PHONE


def test_a_phone_interrupted_three_times_loses_no_word(browser):
    with browser(width=PHONE, persona="agent") as visit:
        page = visit.page
        visit.go("/candidatures/")
        draft = page.locator('main a[href^="/candidatures/"]').filter(has_text=DRAFT.title).first
        address = draft.get_attribute("href")
        visit.go(address + "probleme/")
        area, said = page.locator('#step textarea[name="probleme"]'), page.locator("#save-status")

        area.fill("Tapé, puis rechargé aussitôt")
        page.reload()
        assert area.input_value() == "Tapé, puis rechargé aussitôt"

        page.context.set_offline(True)
        area.fill("Tapé sans réseau")
        page.locator("#save-status.is-lost").wait_for()
        page.context.set_offline(False)
        page.locator("#save-status:not(.is-lost)").wait_for()

        # Its button, pressed without a network, gives no error page in place of the text.
        page.context.set_offline(True)
        area.fill("Tapé sans réseau, puis envoyé")
        page.locator("#step button.ec-btn--primary").click()
        page.locator("#save-status.is-lost").wait_for()
        assert area.input_value() == "Tapé sans réseau, puis envoyé"
        page.context.set_offline(False)
        page.locator("#save-status:not(.is-lost)").wait_for()

        area.fill("Tapé, puis parti et revenu")
        visit.go("/candidatures/")
        page.go_back()
        assert area.input_value() == "Tapé, puis parti et revenu"
        page.wait_for_timeout(3000)
        assert said.inner_text().strip()

        # On the server too, at the question that was left: what a leaving page sends may arrive after the next page.
        for _ in range(10):
            visit.go(address)
            if page.url.endswith("#div_id_probleme"):
                break
            page.wait_for_timeout(1000)
        assert page.url.endswith("#div_id_probleme")
        assert area.input_value() == "Tapé, puis parti et revenu"
        page.locator('textarea[name="probleme"]:focus').wait_for()


def test_a_part_is_changed_among_the_answers_and_nothing_typed_there_is_lost(browser):
    with browser(width=PHONE, persona="agent") as visit:
        page = visit.page
        visit.go("/candidatures/")
        draft = page.locator('main a[href^="/candidatures/"]').filter(has_text=DRAFT.title).first
        visit.go(draft.get_attribute("href") + "relecture/")
        page.locator('a[href="?modifier=idee#partie-idee"]').click()
        area = page.locator('#partie-idee textarea[name="idee"]')
        area.fill("Changé là, puis rechargé")
        page.reload()
        assert area.input_value() == "Changé là, puis rechargé"
        assert visit.is_sound() == []
        page.locator("#step button.ec-btn--primary").click()
        page.wait_for_url("**/relecture/#partie-idee")
        assert "Changé là, puis rechargé" in page.locator("#partie-idee").inner_text()
        assert visit.is_sound() == []
