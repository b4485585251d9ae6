"""The manager's desk, by clicks: a problem handed to a department comes back to its author; everyone is answered,
and only then is the call archived."""

import re

from calls.enums import CallState
from tests.e2e.steps import Walk, fr, in_days, in_french

OPEN_CALL, CLOSED_CALL = "appel-en-cours", "ecologie"
ANSWER = "Les bidons de cinq litres arrivent en janvier dans tous les lycées."


def test_a_problem_handed_to_a_department_comes_back_to_its_author(browser):
    walk = Walk(browser)
    with walk.enter("responsable") as manager:
        manager.go(f"/appels/{OPEN_CALL}/candidatures/").look()
        row = manager.page.locator("main tbody th a").first
        title = row.inner_text()
        manager.follow(title).look()
        dossier = manager.path
        manager.press("Hand it to a department").look()
        # What is missing is said, and what is typed stays.
        manager.fill(recipient="Gwenaëlle Thibaud", address="gwenaelle@valombre.example", due_on=in_days(20))
        manager.clicks(manager.page.locator("main form button.ec-btn--primary").last)
        manager.visit.complaints.clear()  # the browser says that the form was refused: it was
        manager.look()
        assert manager.page.locator('main [name="recipient"]').input_value() == "Gwenaëlle Thibaud"
        manager.fill(directorate="Lycées", reason="Vous achetez ces produits pour tous les lycées.").send()
        manager.look().reads("Gwenaëlle Thibaud")
        # The letter to her waits among the others; it holds the link that opens the page.
        letter = manager.page.locator("main .dk-letters a", has_text=title).first
        manager.clicks(letter).look()
        manager.go(dossier)
        bodies = []
        for one in manager.page.locator("main .dk-letters a").evaluate_all("all => all.map(a => a.pathname)"):
            manager.go(one)
            bodies.append(manager.page.locator(".ec-letter").inner_text())
        link = next(found[0] for body in bodies if (found := re.search(r"/reorientations/\S+", body)))
    with walk.enter(None) as department:
        department.go(link).look().reads(title)
        department.page.locator('main input[name="kind"][value="will_do"]').check(force=True)
        department.fill(answer=ANSWER)
        department.clicks(department.page.locator("main form button.ec-btn--primary").last)
        department.look().reads(fr("Thank you: the answer is recorded"))
        department.go(link).look().reads(ANSWER)
    with walk.enter("responsable") as manager:
        manager.go(dossier).look().reads(ANSWER)
        back = manager.page.locator("main .dk-letters a", has_text="Une réponse à votre idée").first
        manager.clicks(back).reads(ANSWER)
    assert walk.faults == [], "\n".join(walk.faults)


def test_a_manager_answers_everyone_and_archives(browser):
    """Archiving is refused with the names of those who wait; each is handed to a department and told by phone, all at
    once; then it is done."""
    walk = Walk(browser)
    with walk.enter("responsable") as manager:
        board = board_of(manager, CLOSED_CALL)
        manager.go(board)
        manager.press("Archive")
        manager.reads(fr("Who still lacks an answer"))
        waiting = manager.page.locator('section:has(a[href$="/candidatures/"]) li a').evaluate_all(
            "all => all.map(a => a.pathname)"
        )
        assert waiting, "the board names nobody who waits"
        for dossier in waiting:
            hand_over(manager, dossier)
        manager.go(f"/appels/{CLOSED_CALL}/candidatures/").look()
        manager.fill(scope="list", act="phoned").press("See what it will do")
        manager.look().reads(f"{len(waiting)} candidatures sont concernées")
        manager.clicks(manager.page.locator('main button[name="confirm"]')).look()
        manager.go(f"/appels/{CLOSED_CALL}/candidatures/").look().reads(fr("Everyone has an answer"))
        manager.go(board)
        manager.press("Archive")
        assert manager.page.locator('button[value="archive"]').count() == 0
        manager.go("/candidatures/recues/").look()
        row = manager.page.locator(
            "main li.ec-list__row", has=manager.page.locator(f'a[href*="/{CLOSED_CALL}/"]')
        )
        assert in_french(CallState.ARCHIVED.label) in row.first.inner_text()
    assert walk.faults == [], "\n".join(walk.faults)


def hand_over(manager, dossier: str) -> None:
    manager.go(dossier.replace("/dossier/", "/reorienter/"))
    manager.fill(
        directorate="Lycées", recipient="Gwenaëlle Thibaud", address="02 03 04 05 06", due_on=in_days(20),
        reason="Votre direction peut agir dès maintenant.",
    )  # fmt: skip
    manager.send()


def board_of(person, call: str) -> str:
    """The address of the admin page of a call."""
    person.go("/candidatures/recues/")
    row = person.page.locator("main li.ec-list__row", has=person.page.locator(f'a[href*="/{call}/"]')).first
    return row.get_by_role("link", name=fr("Where it stands")).get_attribute("href")
