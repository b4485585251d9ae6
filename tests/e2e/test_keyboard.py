"""The main path by keyboard alone: from the call's page to the second step, and the focus is seen at every stop."""

from tests.e2e.conftest import PHONE
from tests.e2e.steps import fr

FOCUSED = """() => {
  const at = document.activeElement, style = getComputedStyle(at);
  return {
    name: at.name || at.innerText || at.getAttribute("aria-label") || "",
    seen: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
    html: at.outerHTML.slice(0, 120),
  };
}"""


def test_an_application_is_begun_by_keyboard_and_the_focus_is_always_seen(browser):
    unseen = []
    with browser(width=PHONE) as visit:
        page = visit.page

        def tab_to(words: str) -> None:
            for _ in range(60):
                page.keyboard.press("Tab")
                at = page.evaluate(FOCUSED)
                if not at["seen"]:
                    unseen.append(at["html"])
                if words.replace("\u00a0", " ") in at["name"].replace("\u00a0", " "):
                    return
            raise AssertionError(f"{page.url}: the keyboard does not reach “{words}”")

        visit.go("/appels/appel-en-cours/")
        tab_to(fr("Begin my application: %(duration)s", duration=""))
        with page.expect_navigation(wait_until="load"):
            page.keyboard.press("Enter")
        for name in ("title", "probleme", "qui"):
            tab_to(name)
            page.keyboard.type("Au clavier")
        tab_to("nature")
        page.keyboard.press("Space")
        tab_to(fr("Save and continue"))
        with page.expect_navigation(wait_until="load"):
            page.keyboard.press("Enter")
        assert page.url.endswith("/idee/")
    assert unseen == []
