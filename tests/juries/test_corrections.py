"""A correction is a new act beside the old one: both are read, and the project follows only where it still can."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils.html import strip_tags

from home.queries.waiting import waiting_for
from incubator.core import clock, jobs, letters
from incubator.core.models import AppendOnlyError, JournalEntry, Letter, Refused
from juries.domain import corrections
from juries.enums import SittingState
from juries.models import Correction, CorrectionDraft, Decision, Minutes, Sitting
from juries.verdicts import answers_of_sitting
from projects.domain import projects as project_verbs
from projects.enums import Gate, Maturity, Outcome, PhaseKind, Stage
from projects.models import BudgetLine, FollowUp, Phase
from tests.factories import juries as make
from tests.factories import projects as project_factory
from tests.juries.screens import page, url

pytestmark = pytest.mark.django_db

JULY = make.at(2026, 7, 7, 14)
REASON = "Trois mois d'enquête ont convaincu le jury."
WHY = "Le procès-verbal portait l'issue du projet voisin."


def text_of(answer) -> str:
    return " ".join(strip_tags(page(answer)).split())


def july(*decided):
    """A jury at the end of pre-incubation that has pronounced these outcomes on 7 July."""
    with clock.at(make.at(2026, 4, 1)):
        world = make.World(
            projects=len(decided),
            jurors=1,
            gate=Gate.PREINCUBATION_END,
            stage_ready=lambda _world, project: project_factory.bring_to(project, Stage.PREINCUBATION),
            starts_at=JULY,
            body="Jury de juillet",
        )
    with clock.at(JULY):
        world.open_scoring().deliberate()
        for hearing, outcome in zip(world.hearings, decided, strict=True):
            demands = project_factory.demands_for(outcome)
            decision = world.decide(hearing, outcome, reason=REASON, demands=demands)
            if outcome in {"startup_territory", "startup_internal", "startup_incubator"}:
                from juries.domain.decisions import sign_off

                sign_off(actor=world.sponsor, decision=decision)
        world.tell().pronounce()
    return world


def correct(world, outcome, *, number=0, actor=None, on=None, why=WHY, **given):
    with clock.at(on or make.at(2026, 7, 9)):
        return corrections.correct(
            actor=actor or world.manager,
            decision=Decision.objects.select_related("hearing__sitting__programme", "hearing__project", "transition").get(
                hearing=world.hearings[number]
            ),
            outcome=outcome,
            reason=given.pop("reason", REASON),
            demands=project_factory.demands_for(outcome, JULY.date(), **given),
            why=why,
        )  # fmt: skip


def project_of(world, number=0):
    project = world.projects[number]
    project.refresh_from_db()
    return project


def test_a_stop_corrected_into_a_hand_over_moves_the_project_and_keeps_both(client_for, site):
    world = july("stop")
    decision = Decision.objects.get()
    written = correct(world, "hand_over")
    project = project_of(world)
    assert project.stage == Stage.HANDED_OVER
    assert [t.name for t in project.transitions.order_by("pk")][-3:] == [
        "preincubation_end:stop", "correct", "preincubation_end:hand_over",
    ]  # fmt: skip
    assert {t.effective_on for t in project.transitions.order_by("pk")[3:]} <= {
        date(2026, 7, 7),
        date(2026, 4, 1),
    }
    assert sorted(FollowUp.objects.values_list("due_on", flat=True)) == [date(2027, 1, 7), date(2027, 7, 7)]
    phase = Phase.objects.get(kind=PhaseKind.PREINCUBATION)
    assert (phase.actual_end, phase.closed_by) == (date(2026, 7, 7), written.transition)
    # The first decision is untouched, and the minutes show both.
    decision.refresh_from_db()
    assert decision.outcome == "stop"
    text = page(client_for(world.president).get(url("minutes", world)))
    assert "Arrêté" in text
    assert f"Rectificatif n° 1, écrit par {world.manager}" in text
    assert WHY in text
    assert "Transmis en mode projet classique" in text
    assert world.sitting.minutes.content["decisions"][0]["outcome"] == "stop"
    member = project.memberships.get().user
    shown = page(client_for(member).get(reverse("projects:detail", args=[project.code])))
    assert "Décision corrigée : la précédente ne vaut plus" in shown
    assert f"Rectificatif n° 1, {written.written_at.day} juillet 2026" in shown
    letter = Letter.objects.get(kind="decision.correction")
    assert (letter.recipient, letter.state) == (member, "held")
    for words in (
        WHY,
        "Ce qui était écrit : Arrêté.",
        "Ce qui vaut maintenant : Transmis en mode projet classique.",
    ):
        assert words in letter.body.replace("\u00a0", " ").replace("’", "'")
    # The letter that told the first decision may no longer leave.
    first = Letter.objects.get(kind="decision.stop")
    from incubator.core import letters

    with pytest.raises(Refused, match="a été corrigée depuis"):
        letters.approve(actor=world.manager, letter=first)
    letters.approve(actor=world.manager, letter=letter)


def test_a_team_is_told_once_its_correction_is(client_for, site):
    world = july("stop", "stop")
    for letter in Letter.objects.filter(state="held"):
        letters.mark_phoned(actor=world.manager, letter=letter)
    assert answers_of_sitting(world.sitting).is_over
    correct(world, "hand_over", on=make.at(2026, 10, 1))
    with clock.at(make.at(2026, 10, 2)):
        answers = answers_of_sitting(world.sitting)
        assert (answers.told, answers.total) == (1, 2)
        assert (answers.rows[0].due_on, answers.is_late) == (date(2026, 10, 22), False)
        assert [task.due for task in waiting_for(world.manager) if "Répondre" in task.title] == [
            date(2026, 10, 22)
        ]
        said = text_of(client_for(world.manager).get(url("answers", world)))
        assert (
            "Transmis en mode projet classique (décision corrigée le 1er octobre 2026, auparavant : Arrêté)"
            in said
        )
        assert ("Répondre à 1 équipe", url("answers", world)) in [
            (task.title, task.url) for task in waiting_for(world.manager)
        ]
        for letter in Letter.objects.filter(state="held"):
            letters.mark_phoned(actor=world.manager, letter=letter)
        assert answers_of_sitting(world.sitting).is_over
        assert "Répondre à 1 équipe" not in [task.title for task in waiting_for(world.manager)]


def test_only_words_are_corrected_without_moving_the_project():
    world = july("stop")
    before = project_of(world).transitions.count()
    written = correct(
        world, "stop", reason="Le besoin existe déjà dans l'annuaire.", why="Une phrase a été oubliée."
    )
    assert written.transition is None
    assert project_of(world).transitions.count() == before
    # A second one counts on, from what the first says.
    with pytest.raises(Refused, match="Rien ne diffère"):
        correct(world, "stop", reason="Le besoin existe déjà dans l'annuaire.")
    assert correct(world, "stop", reason=REASON).number == 2


def test_money_waits_for_the_sponsor_then_takes_effect(client_for, site):
    world = july("startup_territory")
    waiting = correct(world, "startup_internal")
    assert isinstance(waiting, CorrectionDraft)
    assert project_of(world).stage == Stage.STARTUP_TERRITORY
    assert not Letter.objects.filter(kind="decision.correction").exists()
    with pytest.raises(Refused, match="attend déjà l.accord du sponsor"):
        correct(world, "startup_incubator")
    with pytest.raises(PermissionDenied):
        corrections.agree_to_correction(actor=world.manager, draft=waiting)
    from home.queries.waiting import waiting_for

    assert url("sign_off", world) in [task.url for task in waiting_for(world.sponsor)]
    agreed = client_for(world.sponsor).post(
        url("correct_agree", world, world.hearings[0]),
        {"seen_at": waiting.prepared_at.isoformat()},
        follow=True,
    )
    assert "Vous avez donné votre accord" in page(agreed)
    project = project_of(world)
    assert (project.stage, project.maturity) == (Stage.STARTUP_INTERNAL, Maturity.CONSTRUCTION)
    written = Correction.objects.get()
    assert (written.written_by, written.signed_off_by) == (world.manager, world.sponsor)
    assert [line.label for line in BudgetLine.objects.all()] == [
        "Temps des agents\u00a0: 50\u00a0% de l’équipe"
    ]
    planned = Phase.objects.filter(actual_start=None, closed_by=None)
    assert [phase.opened_by for phase in planned] == [written.transition]
    assert not CorrectionDraft.objects.exists()
    assert JournalEntry.objects.filter(verb="juries.decision_corrected", actor=world.sponsor).count() == 1


def test_the_sponsor_reads_what_changes_beside_what_stood_and_may_say_no(client_for, site):
    world = july("startup_territory")
    sponsor = client_for(world.sponsor)
    assert "Rien ne vous attend" in page(sponsor.get(url("sign_off", world)))
    correct(world, "startup_territory", amount_min="60000", amount_max="90000", partner="La métropole")
    for address in ("sign_off", "minutes"):
        shown = text_of(sponsor.get(url(address, world)))
        assert "60 000 € auparavant : 50 000 €" in shown
        assert "90 000 € n'était pas précisé" in shown
        assert "La métropole auparavant : beta.gouv.fr" in shown
        assert shown.count("auparavant") == 2  # what stays the same is not said twice
    assert "Rien ne vous attend" not in page(sponsor.get(url("sign_off", world)))
    no = page(sponsor.get(url("sign_off", world)))
    assert "Je ne suis pas d'accord" in no
    assert f"Dites pourquoi à {world.manager}, qui l'a écrit." in no
    sponsor.post(url("correct_give_up", world, world.hearings[0]))
    assert "Rien ne vous attend" in page(sponsor.get(url("sign_off", world)))
    assert not CorrectionDraft.objects.exists()
    assert Decision.objects.get().demands["amount_min"] == "50000.00"


def test_a_second_correction_is_read_beside_the_first(client_for, site):
    world = july("hand_over")
    correct(world, "hand_over", recipient="Zoé Martin")
    correct(world, "hand_over", recipient="Paul Durand")
    shown = text_of(client_for(world.manager).get(url("minutes", world)))
    assert "Zoé Martin auparavant : " in shown
    assert "Paul Durand auparavant : Zoé Martin" in shown


def test_a_correction_that_waits_can_be_given_up(client_for, site):
    world = july("startup_territory")
    waiting = correct(world, "stop")  # what the sponsor agreed to is taken back: they agree again
    assert isinstance(waiting, CorrectionDraft)
    given_up = client_for(world.manager).post(url("correct_give_up", world, world.hearings[0]), follow=True)
    assert "Le rectificatif est abandonné" in page(given_up)
    assert project_of(world).stage == Stage.STARTUP_TERRITORY
    with pytest.raises(Refused, match="n.attend plus"):
        corrections.agree_to_correction(actor=world.sponsor, draft=waiting)


def test_the_extension_that_is_corrected_frees_its_jury_and_the_other_way_round():
    world = july("extend", "stop")
    booked = Sitting.objects.get(gate=Gate.EXTENSION_END)
    correct(world, "stop", number=0)
    booked.refresh_from_db()
    assert (booked.state, booked.hearings.count()) == (SittingState.CANCELLED, 0)
    correct(world, "extend", number=1)
    booked = Sitting.objects.get(gate=Gate.EXTENSION_END, state=SittingState.PREPARING)
    assert [hearing.project for hearing in booked.hearings.all()] == [world.projects[1]]
    assert project_of(world, 1).stage == Stage.PREINCUBATION
    # The same outcome on another date moves the hearing, the phase and the next decision.
    correct(world, "extend", number=1, ends_on="2026-11-16")
    moved = Sitting.objects.get(gate=Gate.EXTENSION_END, state=SittingState.PREPARING)
    assert moved.starts_at == make.at(2026, 11, 16, 9)
    assert not booked.hearings.exists()
    planned = Phase.objects.get(project=world.projects[1], kind=PhaseKind.EXTENSION, closed_by=None)
    assert planned.planned_end == date(2026, 11, 16)
    assert project_of(world, 1).next_decision_on == date(2026, 11, 16)


def test_what_has_gone_on_is_not_taken_back(client_for, site):
    world = july("extend")
    project = project_of(world)
    with clock.at(make.at(2026, 7, 8)):
        project_verbs.start_phase(actor=world.manager, project=project)
    before = project.transitions.count()
    with pytest.raises(Refused, match="ne peut plus être repris"):
        correct(world, "stop")
    project = project_of(world)
    assert (project.stage, project.transitions.count()) == (Stage.PREINCUBATION, before)
    assert not Correction.objects.exists()
    assert Sitting.objects.get(gate=Gate.EXTENSION_END).hearings.count() == 1
    # Its words still can.
    assert correct(world, "extend", reason="Le jury veut entendre dix gestionnaires.").transition is None


def test_follow_ups_of_an_exit_that_is_taken_back_are_given_up():
    world = july("hand_over")
    correct(world, "stop")
    assert not FollowUp.objects.exists()
    with clock.at(make.at(2027, 8, 1)):
        jobs.sweep()
    assert not Letter.objects.filter(kind="projects.follow_up").exists()


@pytest.mark.parametrize(
    ("outcome", "given", "field"),
    [
        ("stop", {"why": " "}, "why"),
        ("stop", {"why": "Erreur."}, "why"),
        ("hand_over", {"reason": ""}, "reason"),
        ("hand_over", {"recipient": "Claire"}, "recipient"),
        ("sustain", {}, "outcome"),
        ("nothing", {}, "outcome"),
    ],
)
def test_what_is_missing_is_said_beside_it(outcome, given, field):
    world = july("adjourn")
    demands = project_factory.demands_for(outcome, JULY.date()) if outcome in Outcome.values else {}
    values = {"reason": REASON, "why": WHY} | {k: v for k, v in given.items() if k in {"reason", "why"}}
    demands |= {k: v for k, v in given.items() if k not in {"reason", "why"}}
    with clock.at(make.at(2026, 7, 9)), pytest.raises(Refused) as refused:
        corrections.correct(
            actor=world.manager, decision=Decision.objects.get(), outcome=outcome, demands=demands, **values
        )
    assert list(refused.value.message_dict) == [field]


def test_who_may_and_when(client_for, site):
    world = july("stop")
    for someone in (world.president, world.jurors[0], world.sponsor, make.person()):
        with pytest.raises(PermissionDenied):
            correct(world, "hand_over", actor=someone)
    assert client_for(world.president).get(url("correct", world, world.hearings[0])).status_code == 403
    assert client_for(make.person()).get(url("correct", world, world.hearings[0])).status_code == 404
    silent = make.World(projects=1, jurors=1).open_scoring().deliberate().decide_all()
    with pytest.raises(Refused, match="n.est pas encore prononcée"):
        corrections.correct(
            actor=silent.manager, decision=Decision.objects.get(hearing=silent.hearings[0]),
            outcome="not_this_time", reason=REASON, why=WHY,
        )  # fmt: skip


def test_minutes_are_never_changed_nor_deleted():
    july("stop")
    minutes = Minutes.objects.get()
    minutes.content["decisions"][0]["outcome_label"] = "Autre chose"
    with pytest.raises(AppendOnlyError):
        minutes.save()
    with pytest.raises(AppendOnlyError):
        minutes.delete()
    with pytest.raises(AppendOnlyError):
        Minutes.objects.update(number="2026-999")
    with (
        pytest.raises(DatabaseError, match="never changed"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("UPDATE juries_minutes SET number = '2026-999'")
    assert Minutes.objects.get().content["decisions"][0]["outcome_label"] == "Arrêté"


def test_a_correction_is_never_changed():
    world = july("stop")
    written = correct(world, "hand_over")
    written.why = "Autre chose."
    with pytest.raises(AppendOnlyError):
        written.save()
    with pytest.raises(AppendOnlyError):
        Correction.objects.update(why="Autre chose.")


def test_the_form_keeps_what_was_typed_and_writes_once(client_for, site):
    world = july("stop")
    client, address = client_for(world.manager), url("correct", world, world.hearings[0])
    with clock.at(make.at(2026, 7, 9)):
        shown = client.get(address)
        assert shown.context["form"]["reason"].value() == REASON
        chosen = client.post(address, {"choose": "1", "outcome": "hand_over", "why": WHY})
        assert chosen.context["form"]["why"].value() == WHY
        values = {"save": "1", "outcome": "hand_over", "why": WHY, "reason": REASON,
                  **project_factory.demands_for("hand_over", JULY.date())}  # fmt: skip
        refused = client.post(address, {**values, "recipient": "Claire"})
        assert list(refused.context["form"].errors) == ["recipient"]
        assert refused.context["form"]["why"].value() == WHY
        done = client.post(address, values, follow=True)
        assert "Le rectificatif est écrit à côté de la décision." in page(done)
        again = client.post(address, values)
        assert "Rien ne diffère" in page(again)
    assert Correction.objects.count() == 1


def test_a_retained_by_mistake_goes_back_to_the_application():
    with clock.at(make.at(2026, 3, 2)):
        world = make.World(projects=1, jurors=1).open_scoring().deliberate().decide_all().tell()
        world.pronounce()
    with clock.at(make.at(2026, 3, 3)):
        corrections.correct(
            actor=world.manager, decision=Decision.objects.get(), outcome="redirect", reason=REASON, why=WHY,
            demands={"department": "Direction du numérique"},
        )  # fmt: skip
    project = project_of(world)
    assert project.stage == Stage.REDIRECTED
    last = list(project.transitions.order_by("pk").values_list("name", "source", "target"))
    assert last[-2:] == [
        ("correct", "preselected", "applied"),
        ("preselection:redirect", "applied", "redirected"),
    ]
