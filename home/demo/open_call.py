"""The call that is open on the day of loading and closes 45 days later, with what has already come in."""

from datetime import timedelta

from calls.domain import applications, invitations
from calls.domain import calls as call_verbs
from calls.enums import ApplicantRole
from calls.models import Application
from home.demo import call_pages
from home.demo import dossiers_recent as texts
from home.demo.play import Stage, apply_for, choice_key, moment, on, run_call
from home.demo.programme import MANAGER
from home.demo.questions import QUESTIONS_TODAY
from juries.domain import sittings
from projects.domain import programmes
from projects.models import Programme

ANNOUNCED_FOR_DAYS, OPEN_FOR_DAYS = 38, 45


def play(stage: Stage, programme: Programme) -> None:
    manager = stage.who(MANAGER)
    closes = stage.day(OPEN_FOR_DAYS)
    year = (closes + timedelta(days=180)).year
    with on(stage.day(-30), 10):
        cohort = programmes.create_cohort(
            actor=manager,
            programme=programme,
            code=f"promotion-{year}" if year != stage.today.year else f"promotion-{year}-2",
            name=f"Promotion {year}" if year != stage.today.year else f"Promotion {year}, deuxième appel",
            objectives="Des problèmes vécus sur le terrain, par tous les métiers de la Région.",
            preincubation_starts_on=stage.working_day(OPEN_FOR_DAYS + 90),
            note="Promotion inventée pour la démonstration.",
        )
    call = run_call(
        manager=manager,
        cohort=cohort,
        code="appel-en-cours",
        title="Appel à intrapreneurs : dites-nous ce qui ne va pas",
        opens=stage.day(-12),
        closes=stage.day(ANNOUNCED_FOR_DAYS),
        lead="Quel que soit votre métier, racontez un problème que vous voyez dans votre travail. Vingt minutes suffisent, "
        "sur un téléphone, en plusieurs fois si vous voulez.",
        body=call_pages.body(),
        questions=QUESTIONS_TODAY,
        preselection_on=stage.working_day(OPEN_FOR_DAYS + 15),
        hackathon_on=stage.working_day(OPEN_FOR_DAYS + 45),
        preincubation_from=stage.working_day(OPEN_FOR_DAYS + 90),
        jury_on=stage.working_day(OPEN_FOR_DAYS + 187),
    )
    _announce_the_criteria(stage, call)
    for number, dossier in enumerate(texts.OPEN_CALL):
        # Ophélie has no e-mail: her receipt still waits to be said by phone, as Yvon's does.
        apply_for(
            stage,
            call=call,
            dossier=dossier,
            day=stage.day(-6 + 3 * number),
            letters_are_past=bool(stage.who(dossier.team[0]).email),
        )
    _on_paper(stage, call)
    _not_alone(stage, _a_draft(stage, call))
    with on(stage.day(-1), 10):
        call_verbs.extend_call(
            actor=manager,
            call=call,
            closes_at=moment(closes, 18),
            reason="Les vacances scolaires tombent au milieu de l’appel : les agents des lycées ont une semaine de plus.",
        )


def _announce_the_criteria(stage: Stage, call) -> None:
    """The sitting that will preselect has its day and its grid: the call's page says what the jury looks at."""
    with on(stage.day(-13), 15):
        sittings.prepare_sitting(
            actor=stage.who(MANAGER),
            programme=call.programme,
            cohort=call.cohort,
            gate="preselection",
            body="Comité de présélection",
            starts_at=moment(call.preselection_on, 9),
            place="Hôtel de Région, salle du Conseil",
            grid_version=stage.grids["intrapreneurs:choix"],
            quorum=3,
            code=f"preselection-{call.preselection_on.year}",
        )


def _on_paper(stage: Stage, call) -> None:
    """Yvon wrote on paper, with Mireille's help; the manager entered it. He follows it with his receipt."""
    values = texts.PAPER.answers(choice_key)
    title = values.pop("title")
    with on(stage.day(-4), 11, letters_are_past=False):
        application = applications.enter_paper_application(
            actor=stage.who(MANAGER),
            call=call,
            authors=[stage.who(name) for name in texts.PAPER.team],
            title=title,
            answers=values,
        )
    stage.projects[texts.PAPER.code] = application.project


def _a_draft(stage: Stage, call) -> Application:
    """Lina has written the first step, and was interrupted."""
    lina = stage.who("lina.moreau")
    values = texts.DRAFT.answers(choice_key)
    kept = {key: values[key] for key in ("title", "probleme", "qui", "combien", "nature")}
    with on(stage.day(-2), 12, 40):
        application, _token = applications.begin_application(call=call, user=lina)
        applications.save_answers(actor=lina, application=application, values=kept, step="probleme")
    return application


def _not_alone(stage: Stage, application: Application) -> None:
    """Lina asks Mireille to read over her draft, by e-mail, and keeps a code for two colleagues of her lycée."""
    lina = stage.who("lina.moreau")
    with on(stage.day(-2), 12, 55):
        invitations.invite(
            actor=lina,
            application=application,
            email=stage.who("mireille.tanguy").email,
            role=ApplicantRole.READER,
        )
        invitations.invite(actor=lina, application=application, most_uses=2)
