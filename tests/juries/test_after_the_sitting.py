"""After the sitting: three sentences to each team, answers counted in working days, an extension that books its jury."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from home.queries.waiting import waiting_for
from incubator.core import clock, letters
from incubator.core.calendar import add_working_days, working_days_between
from incubator.core.models import JournalEntry, Letter, Refused
from juries.domain import decisions, feedback, sittings
from juries.enums import SittingState
from juries.models import Decision, Feedback, Sitting
from juries.verdicts import answers_of_sitting
from projects.domain import projects as project_verbs
from projects.enums import Gate, Outcome, Stage
from tests.factories import juries as make
from tests.factories import projects as project_factory
from tests.juries.screens import page, url

pytestmark = pytest.mark.django_db

THURSDAY = make.at(2026, 4, 30, 14)  # the eve of a public holiday
SENTENCES = {
    "convinced": "Vous avez rencontré douze agents.",
    "lacked": "Il manque un chiffre de départ.",
    "what_next": "Comptez pendant un mois, puis rappelez-nous.",
}


def test_working_days_leave_out_weekends_and_public_holidays():
    # Friday 1 May and Friday 8 May 2026 are public holidays in France, 14 May is Ascension day, 25 May Whit Monday.
    assert add_working_days(date(2026, 4, 30), 1) == date(2026, 5, 4)
    assert add_working_days(date(2026, 4, 30), 15) == date(2026, 5, 27)
    assert working_days_between(date(2026, 4, 30), date(2026, 5, 27)) == 15
    assert working_days_between(date(2026, 5, 27), date(2026, 4, 30)) == -15
    assert working_days_between(date(2026, 5, 2), date(2026, 5, 3)) == 0


class TestFeedback:
    @pytest.fixture
    def world(self):
        with clock.at(THURSDAY):
            yield (
                make.World(projects=2, jurors=1).open_scoring().deliberate().decide_all(Outcome.NOT_THIS_TIME)
            )

    def test_it_is_prepared_silently_and_told_in_the_letter_and_on_the_page(self, client_for, site, world):
        hearing, member = world.hearings[0], world.projects[0].memberships.get().user
        kept = client_for(world.president).post(url("feedback", world, hearing), SENTENCES, follow=True)
        assert "« Projet A » : les trois phrases sont gardées." in page(kept)
        project = reverse("projects:detail", args=[world.projects[0].code])
        assert SENTENCES["convinced"] not in page(client_for(member).get(project))
        world.pronounce()
        shown = page(client_for(member).get(project))
        for sentence in SENTENCES.values():
            assert sentence in shown
        letter = Letter.objects.get(recipient=member)
        assert f"Ce qui a convaincu : {SENTENCES['convinced']}" in letter.body.replace("\u00a0", " ")
        assert letter.state == "held"
        letters.approve(actor=world.manager, letter=letter)

    def test_without_them_no_letter_leaves_by_any_way(self, client_for, site, world):
        world.pronounce()
        letter = Letter.objects.order_by("pk").first()
        for act in (letters.approve, letters.mark_printed, letters.mark_phoned):
            with pytest.raises(Refused, match="Écrivez d.abord les trois phrases"):
                act(actor=world.manager, letter=letter)
        client = client_for(world.manager)
        assert "Écrivez d'abord les trois phrases" in page(
            client.get(reverse("core:letter", args=[letter.uuid]))
        )
        many = client.post(
            reverse("core:letters_approve"),
            {"letter": [one.uuid for one in Letter.objects.all()]},
            follow=True,
        )
        assert "Écrivez d'abord les trois phrases" in page(many)
        assert set(Letter.objects.values_list("state", flat=True)) == {"held"}
        # Written since: the letter that waits says them, and leaves.
        world.tell(world.hearings[0])
        letter.refresh_from_db()
        assert "Vous avez rencontré douze agents." in letter.body
        letters.approve(actor=world.manager, letter=letter)
        assert Letter.objects.get(pk=letter.pk).state == "approved"

    def test_words_that_a_person_corrected_are_kept(self, world):
        world.pronounce()
        letter = Letter.objects.order_by("pk").first()
        letters.edit(
            actor=world.manager, letter=letter, subject=letter.subject, body="Chère Autrice, venez me voir."
        )
        world.tell(world.hearings[0])
        letter.refresh_from_db()
        assert letter.body.startswith("Chère Autrice, venez me voir.\n\n")
        assert "Comptez pendant un mois" in letter.body

    def test_they_no_longer_change_once_told(self, world):
        world.tell().pronounce()
        letters.mark_phoned(actor=world.manager, letter=Letter.objects.order_by("pk").first())
        with pytest.raises(Refused, match="ne changent plus"):
            world.tell(world.hearings[0])
        world.tell(world.hearings[1])

    @pytest.mark.parametrize(
        ("wrong", "sentence"),
        [("", "Écrivez une phrase"), ("Bien sûr", "Écrivez une phrase"), ("mot " * 200, "Trop long : 600")],
    )
    def test_each_of_the_three_is_asked_for(self, client_for, site, world, wrong, sentence):
        for key in SENTENCES:
            refused = client_for(world.president).post(
                url("feedback", world, world.hearings[0]), {**SENTENCES, key: wrong}
            )
            errors = refused.context["form"].errors
            assert list(errors) == [key]
            assert sentence in errors[key][0].replace("\u00a0", " ")
        assert not Feedback.objects.exists()

    def test_others_neither_write_nor_know(self, client_for, site, world):
        decision = Decision.objects.get(hearing=world.hearings[0])
        for someone in (world.jurors[0], world.sponsor, make.person()):
            with pytest.raises(PermissionDenied):
                feedback.write_feedback(actor=someone, decision=decision, **SENTENCES)
            assert client_for(someone).get(url("feedback", world, world.hearings[0])).status_code == 404


class TestAnswers:
    def test_fifteen_working_days_are_counted_and_the_late_come_first(self, client_for, site):
        with clock.at(THURSDAY):
            world = make.World(projects=3, jurors=1).open_scoring().deliberate().decide_all().tell()
            world.pronounce()
            client = client_for(world.manager)
            assert "0 équipes prévenues sur 3" in page(client.get(url("detail", world)))
            assert "encore 15 jours ouvrés" in page(client.get(url("answers", world)))
            told = Letter.objects.filter(key__startswith=f"decision-{world.hearings[0].decision.pk}-")
            letters.mark_printed(actor=world.manager, letter=told.get())
        with clock.at(make.at(2026, 5, 29)):
            answers = answers_of_sitting(world.sitting)
            assert (answers.told, answers.total, answers.due_on) == (1, 3, date(2026, 5, 27))
            assert [row.decision.hearing.project.title for row in answers.rows] == [
                "Projet B", "Projet C", "Projet A",
            ]  # fmt: skip
            assert answers.is_late
            text = page(client.get(url("answers", world)))
            assert "2 jours ouvrés de retard" in text
            tasks = [task for task in waiting_for(world.manager) if "Répondre" in task.title]
            assert [(task.title, task.is_late, task.url) for task in tasks] == [
                ("Répondre à 2 équipes", True, url("answers", world))
            ]
            for letter in Letter.objects.filter(state="held"):
                letters.mark_phoned(actor=world.manager, letter=letter)
            assert answers_of_sitting(world.sitting).is_over
            assert "Toutes les équipes sont prévenues." in page(client.get(url("detail", world)))
            assert not [task for task in waiting_for(world.manager) if "Répondre" in task.title]

    @pytest.mark.parametrize("count", [1, 3])
    def test_the_board_costs_the_same(self, client_for, site, assert_queries, count):
        world = make.World(projects=count, jurors=1).open_scoring().deliberate().decide_all()
        world.pronounce()
        client = client_for(world.manager)
        with assert_queries(ANSWERS_QUERIES):
            assert client.get(url("answers", world)).status_code == 200


ANSWERS_QUERIES = 10


class TestExtension:
    DEMANDS = {
        "open_question": "Les gestionnaires ouvriront-ils leurs espaces vacants ?",
        "evidence": "Dix gestionnaires engagés par écrit.",
        "ends_on": "2026-08-01",  # a Saturday
    }

    @pytest.fixture
    def world(self):
        with clock.at(make.at(2026, 1, 20)):
            world = make.World(
                projects=2,
                jurors=2,
                gate=Gate.PREINCUBATION_END,
                stage_ready=lambda _world, project: project_factory.bring_to(project, Stage.PREINCUBATION),
                starts_at=THURSDAY,
                body="Jury de printemps",
            )
        with clock.at(THURSDAY):
            world.open_scoring().deliberate()
            for hearing in world.hearings:
                world.decide(hearing, Outcome.EXTEND, demands=self.DEMANDS)
            yield world

    def booked(self):
        return Sitting.objects.filter(gate=Gate.EXTENSION_END)

    def test_pronouncing_books_one_sitting_on_the_first_working_day(self, client_for, site, world):
        assert not self.booked().exists()
        world.pronounce()
        sitting = self.booked().get()
        assert (sitting.state, sitting.starts_at, sitting.body) == (
            SittingState.PREPARING, make.at(2026, 8, 3, 9), "Jury de printemps",
        )  # fmt: skip
        assert [hearing.project for hearing in sitting.hearings.order_by("position")] == world.projects
        assert {(seat.user, seat.role) for seat in sitting.seats.all()} == {
            (seat.user, seat.role) for seat in world.sitting.seats.all()
        }
        waiting = [task.url for task in waiting_for(world.manager)]
        assert reverse("juries:detail", args=[sitting.code]) in waiting
        assert not [task for task in waiting_for(world.manager) if "Inscrire" in task.title]

    def test_a_sitting_that_the_manager_has_set_for_that_day_is_used(self, world):
        mine = sittings.prepare_sitting(
            actor=world.manager, programme=world.programme, cohort=world.cohort, gate=Gate.EXTENSION_END,
            body="Jury d'été", starts_at=make.at(2026, 8, 3, 15), grid_version=world.grid,
        )  # fmt: skip
        world.pronounce()
        assert self.booked().get() == mine
        assert mine.hearings.count() == 2

    def test_the_open_question_is_read_first_in_the_dossier(self, world):
        world.pronounce()
        sitting = self.booked().get()
        with clock.at(make.at(2026, 7, 27)):
            sittings.open_scoring(actor=world.manager, sitting=sitting)
            dossier = sitting.hearings.first().dossier
        assert [(part["label"], part["text"]) for part in dossier["answers"][:2]] == [
            ("La question restée ouverte", self.DEMANDS["open_question"]),
            ("Ce qui devait être montré d’ici là", self.DEMANDS["evidence"]),
        ]

    def test_a_project_that_leaves_is_no_longer_heard_there(self, world):
        world.pronounce()
        project_verbs.withdraw(actor=world.projects[0].memberships.first().user, project=world.projects[0])
        assert [hearing.project for hearing in self.booked().get().hearings.open()] == [world.projects[1]]

    def test_a_pause_takes_the_hearing_off_and_the_return_books_it_at_the_new_end(self, world):
        world.pronounce()
        booked = self.booked().get()
        paused, other = world.projects
        with clock.at(make.at(2026, 5, 11)):
            project_verbs.start_phase(actor=world.manager, project=paused)
        with clock.at(make.at(2026, 6, 1)):
            project_verbs.suspend(
                actor=world.manager, project=paused, reason="Congé.", resumes_on=date(2026, 6, 15)
            )
        assert [hearing.project for hearing in booked.hearings.all()] == [other]
        assert JournalEntry.objects.filter(verb="juries.hearing_removed", actor=world.manager).count() == 1
        with clock.at(make.at(2026, 6, 22)):  # three weeks, one more than was planned
            project_verbs.resume(actor=world.manager, project=paused)
        moved = self.booked().exclude(pk=booked.pk).get()
        paused.refresh_from_db()
        running = paused.phases.get(actual_start__isnull=False, actual_end__isnull=True)
        assert running.planned_end == date(2026, 8, 22)  # a Saturday: the jury sits on the Monday
        assert (moved.starts_at, moved.body) == (make.at(2026, 8, 24, 9), "Jury de printemps")
        assert [hearing.project for hearing in moved.hearings.all()] == [paused]
        assert [hearing.project for hearing in booked.hearings.all()] == [other]
        # Paused again: the sitting that extended is still found, and the day moves once more.
        with clock.at(make.at(2026, 7, 6)):
            project_verbs.suspend(
                actor=world.manager, project=paused, reason="Élections.", resumes_on=date(2026, 7, 13)
            )
            assert not moved.hearings.exists()
            moved.refresh_from_db()
            assert moved.state == SittingState.CANCELLED  # the site had made it, and it hears nobody any more
            assert moved.transitions.get().public_reason == "Ce jour-là, plus aucun projet n’est à entendre."
        assert booked.state == SittingState.PREPARING
        with clock.at(make.at(2026, 7, 13)):
            project_verbs.resume(actor=world.manager, project=paused)
        again = self.booked().get(hearings__project=paused)
        assert again.starts_at == make.at(2026, 8, 31, 9)

    def test_a_sitting_that_the_manager_has_set_stays_though_it_is_empty(self, world):
        mine = sittings.prepare_sitting(
            actor=world.manager, programme=world.programme, cohort=world.cohort, gate=Gate.EXTENSION_END,
            body="Jury d'été", starts_at=make.at(2026, 8, 3, 15), grid_version=world.grid,
        )  # fmt: skip
        world.pronounce()
        for project in world.projects:
            project_verbs.suspend(
                actor=world.manager, project=project, reason="Congé.", resumes_on=date(2026, 6, 15)
            )
        mine.refresh_from_db()
        assert (mine.state, mine.hearings.count()) == (SittingState.PREPARING, 0)

    def test_an_extension_that_had_not_begun_is_booked_again_too(self, world):
        world.pronounce()
        paused = world.projects[0]
        with clock.at(make.at(2026, 6, 1)):
            project_verbs.suspend(
                actor=world.manager, project=paused, reason="Congé.", resumes_on=date(2026, 6, 15)
            )
        with clock.at(make.at(2026, 6, 8)):
            project_verbs.resume(actor=world.manager, project=paused)
        assert self.booked().get(hearings__project=paused).starts_at == make.at(2026, 8, 10, 9)

    def test_a_pause_outside_an_extension_books_nothing(self, world):
        early = project_factory.make_project(Stage.SUSPENDED, cohort=world.cohort)
        project_verbs.resume(actor=world.manager, project=early)
        assert not self.booked().exists()

    def test_the_new_decision_is_given_there(self, world):
        world.pronounce()
        sitting = self.booked().get()
        with clock.at(make.at(2026, 7, 27)):
            sittings.open_scoring(actor=world.manager, sitting=sitting)
        with clock.at(make.at(2026, 8, 3, 10)):
            sittings.begin_deliberation(actor=world.president, sitting=sitting, present=world.everyone)
            for hearing in sitting.hearings.select_related("project", "sitting"):
                decisions.prepare_decision(
                    actor=world.president, hearing=hearing, outcome=Outcome.STOP,
                    reason="La question est restée sans réponse.",
                    demands={"stop_reason": "no_sponsor", "learning": "Demander avant de construire."},
                )  # fmt: skip
            decisions.pronounce(actor=world.president, sitting=sitting)
        for project in world.projects:
            project.refresh_from_db()
        assert {project.stage for project in world.projects} == {Stage.STOPPED}


def test_a_committee_is_proposed_six_months_later_and_said_late(client_for, site):
    with clock.at(make.at(2026, 1, 5)):
        project = project_factory.make_project(Stage.STARTUP_INTERNAL)
        manager, sponsor = project_factory.manager_of(project.programme), project_factory.make_sponsor()
        world = make.World(
            projects=1,
            jurors=1,
            gate=Gate.COMMITTEE,
            stage_ready=lambda _world, one: project_factory.bring_to(one, Stage.STARTUP_INTERNAL),
        )
    with clock.at(make.at(2026, 3, 2)):
        world.open_scoring().deliberate()
        form = client_for(world.president).post(
            url("decide", world, world.hearings[0]), {"choose": "1", "outcome": "continue"}
        ).context["form"]  # fmt: skip
        assert form["next_committee_on"].value() == date(2026, 9, 2)
    project.refresh_from_db()
    on_the_day = make.at(2026, 1, 1) + (project.next_decision_on - date(2026, 1, 1))
    name = f"Le comité sur « {project.title} » ne s'est pas réuni"
    for late, moment in ((False, on_the_day), (True, on_the_day + timedelta(days=1))):
        with clock.at(moment):
            found = [task for task in waiting_for(sponsor) if page_words(task.title) == name]
            assert len(found) == late
            assert all(task.is_late for task in found)
            mine = [task for task in waiting_for(manager) if project.title in task.title]
            assert [task.is_late for task in mine if task.due_on == project.next_decision_on] == [late]


def page_words(text: str) -> str:
    return text.replace("\u00a0", " ").replace("’", "'")
