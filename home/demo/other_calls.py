"""Two more calls of the second incubator: one closed yesterday with grace for drafts, one that is announced."""

from calls.domain import applications
from calls.domain import calls as call_verbs
from calls.models import Call
from home.demo import call_pages
from home.demo import dossiers_recent as texts
from home.demo.play import Stage, apply_for, choice_key, let_the_worker_run, moment, on, run_call
from home.demo.programme import MANAGER
from home.demo.questions import QUESTIONS
from projects.domain import programmes
from projects.models import Cohort, Programme

GRACE = 2 * 24 * 60  # minutes, the most that a call may give: the grace is still seen the next day


def play(stage: Stage, programme: Programme) -> None:
    with on(stage.day(-60), 10):
        cohort = programmes.create_cohort(
            actor=stage.who(MANAGER),
            programme=programme,
            code="bien-arriver",
            name="Bien arriver, bien rester",
            objectives="Que chaque nouvel agent soit attendu, et que chacun ait envie de rester.",
            preincubation_starts_on=stage.working_day(60),
            note="Cohorte inventée pour la démonstration.",
        )
    _in_grace(stage, cohort)
    _announced(stage, cohort)


def _in_grace(stage: Stage, cohort: Cohort) -> Call:
    """The hour has passed; Yvon, who had begun, may still submit."""
    closes = stage.day(-1)
    call = run_call(
        manager=stage.who(MANAGER),
        cohort=cohort,
        code="bien-arriver",
        title="Bien arriver dans son service",
        opens=stage.day(-30),
        closes=closes,
        lead="Votre premier jour, celui d’un collègue : qu’est-ce qui manquait ? Dites-le, nous l’essaierons autrement.",
        body=call_pages.body(),
        grace_minutes=GRACE,
        hackathon_on=stage.working_day(30),
        preincubation_from=stage.working_day(60),
    )
    apply_for(stage, call=call, dossier=texts.ARRIVING, day=stage.day(-9))
    yvon = stage.who(texts.ARRIVING_DRAFT.team[0])
    values = texts.ARRIVING_DRAFT.answers(choice_key)
    kept = {key: values[key] for key in ("title", "probleme", "qui", "nature")}
    with on(stage.day(-3), 14, 10):
        draft, _token = applications.begin_application(call=call, user=yvon)
        applications.save_answers(actor=yvon, application=draft, values=kept, step="probleme")
    let_the_worker_run(closes)
    return call


def _announced(stage: Stage, cohort: Cohort) -> Call:
    """Everybody can read it and put its day in their calendar; nobody can apply yet."""
    manager = stage.who(MANAGER)
    with on(stage.day(-5), 11):
        call = call_verbs.create_call(
            actor=manager,
            programme=cohort.programme,
            cohort=cohort,
            code="bien-rester",
            title="Bien rester dans son service",
            opens_at=moment(stage.day(20), 9),
            closes_at=moment(stage.day(50), 18),
            questions=QUESTIONS,
            page_content={
                "lead": "Qu’est-ce qui vous ferait rester, ou partir ? Un problème bien dit, et nous cherchons avec vous.",
                "body": call_pages.body(),
            },
            hackathon_on=stage.working_day(70),
        )
        call_verbs.publish_call_page(actor=manager, call=call)
        return call_verbs.schedule_call(actor=manager, call=call)
