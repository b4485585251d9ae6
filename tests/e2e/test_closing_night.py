"""A night of closing with grace: begun in time, closed by the worker, submitted in the grace, then too late.

The server's clock is the machine's: instead of waiting, the hours of the call are moved to the past, and the
worker's jobs are run.
"""

from tests.e2e.conftest import PHONE
from tests.e2e.test_journey import fill_in, go_on

CODE = "appel-de-nuit"
PREPARE = f"""
from datetime import timedelta
from calls.domain import calls
from incubator.core import clock
from projects.models import Cohort, ProgrammeRole
role = ProgrammeRole.objects.filter(role="manager", ended_at=None).select_related("programme", "user").first()
call = calls.create_call(
    actor=role.user, programme=role.programme, cohort=Cohort.objects.filter(programme=role.programme).first(),
    code="{CODE}", title="Appel de nuit", opens_at=clock.now() - timedelta(days=1),
    closes_at=clock.now() + timedelta(days=3),
    grace_minutes=60,
    questions=[{{"title": "Le problème", "key": "probleme", "questions": [
        {{"kind": "long_text", "key": "probleme", "label": "Quel est le problème ?"}}]}}],
)
calls.publish_call_page(actor=role.user, call=call)
calls.open_call(actor=role.user, call=call)
"""
TIME_PASSES = f"""
from datetime import timedelta
from calls.models import Call
from incubator.core import clock, jobs, public
from incubator.core.models import Job
past = clock.now() - timedelta(minutes={{minutes}})
Call.objects.filter(code="{CODE}").update(closes_at=past)
Job.objects.filter(key=f"call:{{{{Call.objects.get(code='{CODE}').pk}}}}:close").update(run_after=past)
jobs.sweep()
public.change()
assert Call.objects.get(code="{CODE}").state == "closed"
"""
SUBMIT = 'form[action$="/deposer/"] button'
BEGIN = 'form[action$="/candidater/"] button'


def begin(visit) -> str:
    """Begin a draft and answer it all; the address of its review."""
    visit.go(f"/appels/{CODE}/")
    visit.page.locator(BEGIN).first.click()
    visit.page.wait_for_load_state("load")
    for _step in range(6):
        if "/relecture/" in visit.page.url:
            return visit.page.url
        fill_in(visit.page)
        go_on(visit)
    raise AssertionError(visit.page.locator("main").inner_text()[:1500])


def test_a_night_of_closing_with_grace(demo, browser):
    demo.meanwhile(PREPARE)
    faults = []
    with browser(width=PHONE, persona="agent") as visit:
        first, second = begin(visit), begin(visit)
        assert first != second

        demo.meanwhile(TIME_PASSES.format(minutes=10))
        visit.go(f"/appels/{CODE}/")
        faults += visit.is_sound()
        assert visit.page.locator(BEGIN).count() == 0
        visit.reads("Vous pouvez encore déposer")
        visit.go(first)
        faults += visit.is_sound()
        visit.reads("vous pouvez encore la déposer")
        visit.page.locator(SUBMIT).first.click()
        visit.page.wait_for_load_state("load")
        assert "/recepisse/" in visit.page.url

        # The page with the button was open when the grace ended.
        visit.go(second)
        demo.meanwhile(TIME_PASSES.format(minutes=61))
        visit.page.locator(SUBMIT).first.click()
        visit.page.wait_for_load_state("load")
        faults += visit.is_sound()
        visit.reads("ne peut plus être déposé", "Nous ressaisissons la même fiche trois fois.")
        assert visit.page.locator(SUBMIT).count() == 0
    with browser(width=PHONE) as visit:
        visit.go(f"/appels/{CODE}/")
        faults += visit.is_sound()
        assert "encore déposer" not in visit.page.locator("main").inner_text().replace("\xa0", " ")
    assert faults == [], "\n".join(faults)
