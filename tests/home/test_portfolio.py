"""The portfolio: who opens it, what it counts, what it exports."""

from decimal import Decimal

import pytest

from home.queries.portfolio import listed
from incubator.core import clock
from projects.domain.exits import record_follow_up
from projects.domain.money import add_budget_line
from projects.enums import Outcome, Stage
from projects.models import Project
from tests.factories.juries import at
from tests.factories.projects import (
    decide,
    make_cohort,
    make_manager,
    make_partner,
    make_person,
    make_programme,
    make_project,
    make_sponsor,
    manager_of,
)


@pytest.fixture
def programme(db):
    return make_programme(name="Intrapreneurs")


@pytest.fixture
def cohort(programme):
    return make_cohort(programme, name="Promotion d’essai")


@pytest.fixture
def dgs(db):
    return make_sponsor()


def get(client_for, user, query=""):
    return client_for(user).get(f"/portefeuille/{query}")


def test_visitors_are_sent_to_the_sign_in_page(client_for):
    assert get(client_for, None).status_code == 302


def test_it_is_unknown_to_those_who_follow_no_programme(client_for, cohort):
    lead = make_person()
    make_project(Stage.PRESELECTED, cohort=cohort, lead=lead)
    for stranger in (make_person(), lead):
        assert get(client_for, stranger).status_code == 404
        assert client_for(stranger).get("/portefeuille/export.csv").status_code == 404


def test_it_opens_to_managers_sponsors_and_partners(client_for, programme, dgs):
    for reader in (dgs, make_manager(programme), make_partner(programme)):
        assert get(client_for, reader).status_code == 200


def test_a_project_enters_the_day_it_is_preselected(client_for, cohort, dgs):
    make_project(Stage.APPLIED, cohort=cohort, title="Encore une candidature")
    make_project(Stage.PRESELECTED, cohort=cohort, title="Déjà présélectionné")
    html = get(client_for, dgs).content.decode()
    assert "Déjà présélectionné" in html
    assert "Encore une candidature" not in html
    assert "1 projet" in html


def test_one_promotion_another_programme_is_not_shown_to_its_neighbour(client_for, cohort):
    make_project(Stage.PRESELECTED, cohort=cohort, title="D’ici")
    other = make_programme()
    make_project(Stage.PRESELECTED, cohort=make_cohort(other), title="D’ailleurs")
    html = get(client_for, make_manager(other)).content.decode()
    assert "D’ailleurs" in html
    assert "D’ici" not in html


def test_empty_it_says_how_projects_come(client_for, dgs):
    assert "Un projet arrive ici le jour où il est présélectionné." in get(client_for, dgs).content.decode()


@pytest.mark.parametrize("rows", [1, 3])
def test_it_costs_the_same_whatever_the_rows(client_for, cohort, dgs, assert_queries, rows):
    for number in range(rows):
        make_project(Stage.PREINCUBATION, cohort=cohort, title=f"Projet {number}")
    client = client_for(dgs)
    with assert_queries(11):
        assert client.get("/portefeuille/").status_code == 200


@pytest.mark.parametrize("rows", [1, 3])
def test_the_export_costs_the_same_whatever_the_rows(client_for, cohort, dgs, assert_queries, rows):
    for number in range(rows):
        make_project(Stage.PREINCUBATION, cohort=cohort, title=f"Projet {number}")
    client = client_for(dgs)
    with assert_queries(5):
        b"".join(client.get("/portefeuille/export.csv"))


def test_filters(client_for, cohort, dgs):
    make_project(Stage.PREINCUBATION, cohort=cohort, title="La navette", theme="Mobilités")
    make_project(Stage.PRESELECTED, cohort=cohort, title="Le chauffage", theme="Écologie")
    html = get(client_for, dgs, "?theme=%C3%89cologie").content.decode()
    assert "Le chauffage" in html
    assert "La navette" not in html
    assert "Thème\u00a0: Écologie" in html
    assert "La navette" in get(client_for, dgs, "?stage=preincubation").content.decode()
    assert "Le chauffage" in get(client_for, dgs, "?q=chauff").content.decode()
    assert "Aucun projet ne correspond" in get(client_for, dgs, "?q=zzz").content.decode()


@pytest.mark.parametrize(
    "query",
    [
        "?cohort=999999",
        "?stage=zzz",
        "?directorate=abc",
        "?page=zzz",
    ],
)
def test_a_wrong_filter_never_breaks_the_page(client_for, cohort, dgs, query):
    make_project(Stage.PRESELECTED, cohort=cohort)
    assert get(client_for, dgs, query).status_code == 200


def test_small_counts_are_masked_for_those_who_only_read(client_for, programme, cohort, dgs):
    for number in range(3):
        make_project(Stage.PRESELECTED, cohort=cohort, title=f"Projet {number}")
    masked = "Les nombres de personnes et de candidatures inférieurs à 11 ne sont pas affichés."
    assert masked in get(client_for, dgs).content.decode()
    assert masked not in get(client_for, make_manager(programme)).content.decode()


def test_the_export_has_exactly_these_rows(client_for, programme, cohort, dgs):
    make_project(Stage.APPLIED, cohort=cohort, title="Encore une candidature")
    make_project(Stage.PRESELECTED, cohort=cohort, title="=2+3", theme="Écologie", code="formule")
    handed = make_project(Stage.PREINCUBATION, cohort=cohort, title="Transmis", code="transmis")
    decide(handed, "preincubation_end", Outcome.HAND_OVER)
    response = client_for(dgs).get("/portefeuille/export.csv")
    lines = b"".join(response).decode("utf-8-sig").splitlines()
    since = handed.transitions.latest("pk").effective_on.isoformat()
    assert lines == [
        "Code;Projet;Promotion;Étape;Phase du mode startup;Depuis;Direction;Thème;Prochaine décision le;"
        "Prochaine décision;Montant le plus bas (€);Montant le plus haut (€);Pour combien de mois",
        f"formule;'=2+3;Promotion d’essai;Présélectionné;;{since};;Écologie;;;;;",
        f"transmis;Transmis;Promotion d’essai;Transmis en mode projet classique;;{since};;;;;;;",
    ]
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert "attachment" in response["Content-Disposition"]


def test_a_stage_lasts_through_what_does_not_change_it_and_an_ended_project_has_no_step(
    client_for, cohort, dgs
):
    with clock.at(at(2026, 3, 2)):
        project = make_project(Stage.PREINCUBATION, cohort=cohort, title="La navette")
        began = clock.today()
    with clock.at(at(2026, 6, 1)):
        decide(project, "preincubation_end", Outcome.EXTEND)
        assert listed(Project.objects.all()).get().stage_since == began
    with clock.at(at(2026, 9, 1)):
        decide(project, "extension_end", Outcome.STARTUP_TERRITORY, actor=dgs)
        assert "Construction" in get(client_for, dgs).content.decode()
    with clock.at(at(2026, 11, 2)):
        decide(project, "committee", Outcome.STOP, actor=dgs)
        assert listed(Project.objects.all()).get().stage_since == clock.today()
        assert "Construction" not in get(client_for, dgs).content.decode()
        export = b"".join(client_for(dgs).get("/portefeuille/export.csv")).decode()
    assert "Construction" not in export
    assert "2026-11-02" in export


def test_the_export_keeps_the_filters(client_for, cohort, dgs):
    make_project(Stage.PRESELECTED, cohort=cohort, title="La navette")
    make_project(Stage.PRESELECTED, cohort=cohort, title="Le chauffage")
    lines = b"".join(client_for(dgs).get("/portefeuille/export.csv?q=chauff")).decode().splitlines()
    assert len(lines) == 2


def test_partners_read_no_amount(client_for, programme, cohort):
    project = make_project(Stage.PREINCUBATION, cohort=cohort, title="Avec de l’argent")
    decide(project, "preincubation_end", Outcome.STARTUP_TERRITORY, actor=make_sponsor())
    partner = make_partner(programme)
    assert "Budget décidé" not in get(client_for, partner).content.decode()
    head = b"".join(client_for(partner).get("/portefeuille/export.csv")).decode()
    assert "Code;Projet;" in head
    assert "Montant" not in head


def test_the_costs_of_a_cohort_are_for_its_managers_and_sponsors(client_for, programme, cohort, dgs):
    manager = make_manager(programme)
    make_project(Stage.PREINCUBATION, cohort=cohort)
    add_budget_line(actor=manager, cohort=cohort, label="Partenariat", amount_min=Decimal(40_000))
    for reader in (dgs, manager):
        assert "40\u00a0000\u00a0€" in get(client_for, reader).content.decode()
        assert b"".join(client_for(reader).get("/portefeuille/couts.csv")).count(b"40000.00") == 6
    partner = make_partner(programme)
    assert "40\u00a0000\u00a0€" not in get(client_for, partner).content.decode()
    assert client_for(partner).get("/portefeuille/couts.csv").status_code == 404
    assert client_for(make_person()).get("/portefeuille/couts.csv").status_code == 404


def test_a_promotion_without_costs_says_nothing_of_them(client_for, cohort, dgs):
    make_project(Stage.PREINCUBATION, cohort=cohort)
    assert "Ce que coûte la promotion" not in get(client_for, dgs).content.decode()


def test_money_and_small_counts_are_read_in_ones_own_programme_only(client_for, programme, cohort):
    """A partner here who manages another programme stays a partner here."""
    project = make_project(Stage.PRESELECTED, cohort=cohort, title="Un projet chiffré")
    add_budget_line(
        actor=make_manager(programme), project=project, label="Essais", amount_min=Decimal(40000), months=6
    )
    reader = make_partner(programme)
    make_manager(make_programme(name="Un autre programme"), reader)
    client = client_for(reader)
    answer = client.get("/portefeuille/")
    html = answer.content.decode().replace("\u202f", " ").replace("\xa0", " ")
    assert ("Un projet chiffré" in html, "40 000" in html) == (True, False)
    assert answer.context["masked"] is True
    exported = b"".join(client.get("/portefeuille/export.csv").streaming_content).decode()
    assert ("Un projet chiffré" in exported, "40000" in exported) == (True, False)
    manager = client_for(make_manager(programme))
    assert manager.get("/portefeuille/").context["masked"] is False
    assert "40000.00" in b"".join(manager.get("/portefeuille/export.csv").streaming_content).decode()


def test_it_says_what_became_of_the_projects_that_left(client_for, cohort, dgs):
    """Each counted once, at its last check; those that nobody has asked are said too."""
    left = [make_project(Stage.HANDED_OVER, cohort=cohort) for _one in range(3)]
    manager = manager_of(cohort.programme)
    for project, states in zip(left, (("alive", "changed"), ("ended",), ()), strict=True):
        checks = project.follow_ups.order_by("due_on")
        for follow_up, state in zip(checks, states, strict=False):
            record_follow_up(actor=manager, follow_up=follow_up, state=state, note="Dit au téléphone.")
    shown = client_for(dgs).get("/portefeuille/")
    assert shown.context["became"] == [
        ("Continue sous une autre forme", 1),
        ("Terminé", 1),
        ("Pas encore demandé", 1),
    ]
