"""The demonstration says what is documented (domain §2.7–2.8), and nothing that is not."""

from collections import Counter
from datetime import date
from decimal import Decimal

import pytest
from django.core.management import call_command

from home.demo import replay
from home.demo.personas import PERSONAS
from home.queries.waiting import waiting_for
from incubator.core.models import Job, JournalEntry, Letter
from juries.models import Decision, Minutes, Sitting
from projects.enums import Gate, Outcome, Stage
from projects.models import Cohort, Project
from projects.queries import CountUnit, costs_of, funnel

pytestmark = [
    pytest.mark.usefixtures("demo"),
    pytest.mark.same_on_any_database(
        reason="the browser walks load the demonstration on PostgreSQL and read it"
    ),
]


@pytest.fixture
def cohort(db):
    return Cohort.objects.get(code="promotion-2020")


def project(title):
    return Project.objects.get(title=title)


def person(persona):
    from django.contrib.auth import get_user_model

    return get_user_model().objects.get(username=PERSONAS[persona].username)


# -- The promotion of 2020 ---------------------------------------------------------------------------


def test_nineteen_persons_thirteen_applications_nine_and_six_projects(cohort):
    counted = funnel(cohort)
    applied = counted.step("applied")
    assert (
        applied[CountUnit.PERSONS].n,
        applied[CountUnit.APPLICATIONS].n,
        applied[CountUnit.PROJECTS].n,
    ) == (
        19,
        13,
        13,
    )
    assert counted.step("preselected")[CountUnit.PROJECTS].n == 9
    assert counted.step("selected")[CountUnit.PROJECTS].n == 6
    assert counted.step("preincubation")[CountUnit.PROJECTS].n == 6
    assert counted.rate(CountUnit.PROJECTS, "selected", "preselected").percent == Decimal("66.7")


def test_the_invented_number_of_applications_is_marked(cohort):
    assert "Le nombre de candidatures (13) est inventé" in cohort.note


def test_the_cohort_costs_what_is_documented(cohort, client_for):
    (cost,) = costs_of(cohort, funnel(cohort).step("preincubation")[CountUnit.PROJECTS])
    assert (
        cost.in_words == "40\u00a0000\u00a0€ + 1\u00a0ETP (catégorie\u00a0A) non valorisé\u00a0: coût partiel"
    )
    assert cost.each_in_words == "6\u00a0666,67\u00a0€ (coût partiel)"
    html = client_for(person("dgs")).get(f"/portefeuille/?cohort={cohort.pk}").content.decode()
    assert cost.in_words in html
    assert cost.each_in_words in html
    file = b"".join(client_for(person("dgs")).get(f"/portefeuille/couts.csv?cohort={cohort.pk}")).decode()
    assert "Pour chaque projet préincubé (6);6666.67;6666.67;;;;en partie" in file
    assert len(cohort.objectives.splitlines()) == 6


def test_six_known_projects_were_selected_on_the_day_of_the_hackathon(cohort):
    sitting = Sitting.objects.get(cohort=cohort, gate=Gate.HACKATHON)
    decided = Decision.objects.filter(hearing__sitting=sitting).select_related("transition")
    retained = {d.transition.project.title for d in decided if d.outcome == Outcome.RETAIN}
    assert retained == {
        "Tout est permis",
        "La Belette",
        "Ma Région",
        "Shareloc",
        "Suivi des porteurs de projets subventionnés",
        "Allègement des procédures de contrôle",
    }
    assert {d.transition.effective_on for d in decided} == {date(2020, 3, 5)}
    assert len(decided) == 9


def test_pre_incubation_lasted_97_days_for_all_six(cohort):
    phases = [
        phase
        for chosen in Project.objects.filter(cohort=cohort)
        for phase in chosen.phases.filter(kind="preincubation")
    ]
    assert len(phases) == 6
    assert {phase.actual_start for phase in phases} == {date(2020, 4, 1)}
    assert {(phase.actual_end - phase.actual_start).days for phase in phases} == {97}


def test_the_july_list_reads_one_one_one_one_two(cohort):
    sitting = Sitting.objects.get(cohort=cohort, gate=Gate.PREINCUBATION_END)
    outcomes = Counter(Decision.objects.filter(hearing__sitting=sitting).values_list("outcome", flat=True))
    assert outcomes == {
        Outcome.STARTUP_TERRITORY: 1,
        Outcome.STARTUP_INTERNAL: 1,
        Outcome.STARTUP_INCUBATOR: 1,
        Outcome.EXTEND: 1,
        Outcome.HAND_OVER: 2,
    }
    assert Outcome.STOP not in outcomes
    assert Minutes.objects.get(sitting=sitting).number == "2020-003"


def test_what_each_july_decision_records():
    def recorded(title):
        return project(title).transitions.get(effective_on=date(2020, 7, 7))

    permit = recorded("Tout est permis")
    assert (permit.data["amount_min"], permit.data["amount_max"], permit.data["months"]) == (
        "50000.00",
        "100000.00",
        6,
    )
    assert project("Shareloc").phases.get(kind="extension").planned_end == date(2020, 10, 7)
    assert recorded("Shareloc").data["open_question"].endswith("?")
    handed = [
        recorded("Suivi des porteurs de projets subventionnés"),
        recorded("Allègement des procédures de contrôle"),
    ]
    assert [transition.data["recipient"] for transition in handed] == ["Laurent Quévert", "Florence Maillard"]
    assert recorded("Ma Région").data["linked_project"]
    internal = project("La Belette").budget_lines.get()
    assert internal.amount_min is None  # agents' time is not valued, which is not zero


def test_what_became_of_them():
    permit = project("Tout est permis")
    construction = permit.phases.get(kind="construction")
    assert (construction.actual_start, construction.actual_end) == (date(2020, 10, 1), date(2023, 10, 30))
    assert (construction.actual_end - construction.actual_start).days == 1124
    assert permit.stage == Stage.STOPPED
    assert permit.post_mortem.learning
    assert project("Shareloc").stage == Stage.STOPPED
    assert project("Shareloc").transitions.get(outcome=Outcome.STOP).effective_on == date(2020, 10, 7)
    followed = project("Suivi des porteurs de projets subventionnés").follow_ups.order_by("due_on")
    assert [follow_up.state for follow_up in followed] == ["alive", "unknown"]
    assert followed[0].source.startswith("Fiche publique")


def test_the_published_baselines_have_their_source():
    def baseline(title):
        indicator = project(title).indicators.get(is_main=True)
        return indicator.measures.get(role="baseline")

    assert baseline("Tout est permis").value == 91
    assert baseline("La Belette").value == 84
    assert (baseline("Ma Région").value, baseline("Ma Région").sample) == (91, 100)
    assert baseline("Shareloc").value == 17
    assert baseline("Shareloc").indicator.population.size == 2198
    assert all(
        "beta.gouv.fr" in baseline(title).source
        for title in ("Tout est permis", "La Belette", "Ma Région", "Shareloc")
    )


# -- The other cohorts -------------------------------------------------------------------------------


def test_the_lycee_application_went_from_15_to_40_percent_in_six_months():
    app = project("L’appli des agents des lycées")
    opening = app.indicators.get(is_main=True)
    first, second = opening.measures.order_by("period_end")
    assert (first.value, second.value) == (15, 40)
    assert opening.population.size == 8500
    start = app.phases.get(kind="construction").actual_start
    assert 180 <= (second.period_end - start).days <= 187
    assert app.stage == Stage.STARTUP_INTERNAL
    assert app.next_decision_on > date.today()  # noqa: DTZ011 - the day of loading
    assert app.impact_page.live


def test_the_call_closes_forty_five_days_after_loading(client_for):
    from calls.queries import open_calls

    (call,) = open_calls()
    assert (call.closes_at.date() - date.today()).days == 45  # noqa: DTZ011
    response = client_for().get(f"/appels/{call.code}/")
    assert response.status_code == 200


def test_the_open_call_says_what_the_jury_looks_at(client_for):
    html = client_for().get("/appels/appel-en-cours/").content.decode()
    assert "Ce que le jury regarde" in html
    assert "Est-il réel, précis, vécu" in html


def test_a_call_of_each_moment_can_be_read(client_for):
    from calls.models import Call
    from calls.queries import moment_of

    calls = {call.code: call for call in Call.objects.all()}
    assert {
        "bien-rester": "soon",
        "appel-en-cours": "open",
        "bien-arriver": "closed",
        "appel-2020": "archived",
    }.items() <= {code: moment_of(call) for code, call in calls.items()}.items()
    extended = calls["appel-en-cours"]
    assert (extended.closes_at.date() - extended.extended_from.date()).days == 7
    assert calls["bien-arriver"].in_grace
    draft = calls["bien-arriver"].applications.drafts().get()
    html = client_for(person("agent-sans-mel")).get(f"/candidatures/{draft.uuid}/relecture/").content.decode()
    assert "vous pouvez encore la déposer" in html


@pytest.mark.parametrize(
    ("persona", "title", "page", "words"),
    [
        ("agent", "Prévenir les familles", "a-plusieurs", "mireille.tanguy@valombre.example"),
        ("agent-sans-mel", "Des bidons", "completer", "Dites-nous dans quel lycée"),
        ("responsable", "Des bidons", "dossier", "L’équipe doit la compléter"),
        ("responsable", "Parler directement", "dossier", "L’appli des agents des lycées"),
    ],
)
def test_each_screen_of_an_application_has_its_persona(client_for, persona, title, page, words):
    from calls.models import Application

    application = Application.objects.get(title__startswith=title)
    html = client_for(person(persona)).get(f"/candidatures/{application.uuid}/{page}/").content.decode()
    assert words in html


def test_an_invitation_and_a_problem_handed_over_wait_for_their_person(client_for):
    from calls.models import Invitation, Redirection

    invitation = Invitation.objects.get(email=person("ambassade").email)
    html = (
        client_for(person("ambassade")).get(f"/candidatures/invitations/{invitation.uuid}/").content.decode()
    )
    assert "Lina Moreau" in html
    asked = Redirection.objects.waiting().get(recipient=person("dgs"))
    html = client_for(person("dgs")).get(f"/reorientations/{asked.uuid}/").content.decode()
    assert "Trois mille cartons" in html


def test_each_dossier_of_the_contest_has_four_readers_of_five():
    from juries.domain.coverage import coverage_of

    coverage = coverage_of(Sitting.objects.get(code="jury-ecologie"))
    assert [len(row.readers) for row in coverage.rows] == [4, 4, 4, 4, 4]
    assert [load.reads for load in coverage.loads] == [4, 4, 4, 4, 4]


def test_past_letters_are_delivered_and_make_no_job():
    waiting = Letter.objects.filter(is_demo=False)
    # Two receipts and a request to say by phone, and the question of a team that the chief executive has not answered.
    assert sorted(letter.channel for letter in waiting) == ["email", "sms", "sms", "sms"]
    assert not Letter.objects.filter(is_demo=True, settled_at__isnull=True).exists()
    jobs = Job.objects.exclude(state=Job.State.DONE)
    # What the days to come bring, and the texts of the last days, which the worker reads for the search.
    kinds = set(jobs.values_list("kind", flat=True))
    assert kinds == {
        "calls.close_call",
        "calls.open_call",
        "calls.read_text",
        "calls.remind_drafts",
        "calls.remind_redirection",
        "projects.fast_track_silent",
    }


def test_everything_was_written_by_verbs():
    verbs = set(JournalEntry.objects.values_list("verb", flat=True))
    assert {"calls.submit_application", "juries.pronounced", "projects.apply_outcome"} <= verbs


# -- The personas ------------------------------------------------------------------------------------

FIRST_TASK = {
    "agent": "Finir votre candidature",
    "intrapreneur": "Compter les trajets avant l’essai",
    "coach": "Compter les trajets avant l’essai",
    "jure": "Noter 3 dossiers",
    "presidence": "Décider pour 2 projets",
    "dgs": "Répondre à «\u00a0La navette",
    "ambassade": "Parler à vos collègues",
}


@pytest.mark.parametrize(("persona", "words"), FIRST_TASK.items())
def test_each_persona_lands_on_something_to_do(persona, words, db):
    assert waiting_for(person(persona))[0].title.startswith(words)


def test_the_manager_has_several_things_to_do(db):
    titles = [task.title for task in waiting_for(person("responsable"))]
    assert "4 lettres vous attendent" in titles
    assert "Lire 3 nouvelles candidatures" in titles


@pytest.mark.parametrize("persona", list(PERSONAS))
def test_every_persona_enters_and_reads_today(persona, client, settings, db):
    settings.DEMO = True
    response = client.post(f"/demo/{persona}/", follow=True)
    assert response.redirect_chain == [("/aujourdhui/", 302)]
    assert response.status_code == 200
    assert person(persona).first_name in response.content.decode()


def test_the_agent_without_email_has_none(db):
    yvon = person("agent-sans-mel")
    assert yvon.email is None
    assert yvon.preferred_channel == "sms"


# -- The command -------------------------------------------------------------------------------------


def test_loading_twice_says_so(capsys, db):
    before = Project.objects.count()
    call_command("load_demo")
    assert "already loaded" in capsys.readouterr().out
    assert Project.objects.count() == before
    assert replay.is_loaded()
