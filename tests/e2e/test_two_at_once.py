"""Two people write the same answer at once, on a phone and on a desk: nobody overwrites anybody without a word."""

from home.demo.dossiers_recent import DRAFT
from tests.e2e.conftest import DESK
from tests.e2e.steps import Walk, fr

MINE, THEIRS = "Le texte de Lina, écrit au lycée.", "Le texte de Sabine, écrit au port."


def test_two_co_applicants_at_once_keep_both_texts_and_choose(browser):
    walk = Walk(browser, widths={"intrapreneur": DESK})
    with walk.enter("agent") as lina, walk.enter("intrapreneur") as sabine:
        draft = invite(lina, sabine)
        for person in (lina, sabine):
            person.go(f"{draft}probleme/").look()

        # Lina, on her phone, is the first whose text reaches the site; Sabine's page is older and does not know.
        write(lina, MINE)
        write(sabine, THEIRS)
        sabine.page.locator("#conflict-probleme .ec-other-text", has_text=MINE).wait_for()
        sabine.look().reads(
            fr("Also written elsewhere: %(label)s", label="").partition(":")[0], "Lina Moreau"
        )
        assert answer_of(sabine) == THEIRS

        # Sabine prefers Lina's text: it stands again, and hers is kept with the earlier ones.
        sabine.press("Take this text instead")
        sabine.look()
        assert answer_of(sabine) == MINE
        sabine.go(f"{draft}textes/").look()
        for fold in sabine.page.locator("main details").all():
            fold.evaluate("fold => { fold.open = true }")
        sabine.reads(MINE, THEIRS, "Sabine Ferrand")
        lina.go(f"{draft}probleme/")
        assert answer_of(lina) == MINE
    assert walk.faults == [], "\n".join(walk.faults)


def invite(lead, mate) -> str:
    """The lead makes a code on her phone and says it aloud; her colleague types it. Returns the draft's address."""
    lead.go("/candidatures/")
    draft = lead.page.locator('main a[href^="/candidatures/"]').filter(has_text=DRAFT.title).first
    address = draft.get_attribute("href")
    lead.go(f"{address}a-plusieurs/").look().press("Make a code")
    code = lead.look().page.locator("main .ec-code").first.inner_text()
    mate.go("/candidatures/code/").look().fill(code=code).press("See the invitation")
    mate.look().press("Yes, join the team")
    return address


def write(person, text: str) -> None:
    """Type, and wait until the site has answered."""
    with person.page.expect_response(lambda answer: answer.request.method == "POST"):
        person.page.locator('#step textarea[name="probleme"]').fill(text)


def answer_of(person) -> str:
    return person.page.locator('#step textarea[name="probleme"]').input_value()
