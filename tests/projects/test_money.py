"""Money of a cohort: what is documented of 2020 (40 000 € of partnership, one person without any euro), exactly."""

import html
import re
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse

from incubator.accounts.enums import Category
from incubator.core.models import JournalEntry, Refused
from projects.counts import Count, CountUnit
from projects.domain.money import add_budget_line
from projects.enums import BudgetKind, Gate, Outcome, Stage
from projects.models import BudgetLine
from projects.queries import cost_rows, costs_of
from tests.factories.projects import (
    decide,
    make_cohort,
    make_manager,
    make_person,
    make_programme,
    make_project,
    make_sponsor,
)

pytestmark = pytest.mark.django_db
BUDGET_QUERIES = 10
SIX = Count(CountUnit.PROJECTS, 6)


@pytest.fixture
def cohort(db):
    return make_cohort(make_programme(), name="Promotion 2020", code="promotion-2020")


@pytest.fixture
def manager(cohort):
    return make_manager(cohort.programme)


@pytest.fixture
def partnership(cohort, manager):
    return add_budget_line(
        actor=manager, cohort=cohort, kind=BudgetKind.SPENT, label="Partenariat", amount_min=Decimal(40_000)
    )


@pytest.fixture
def staff(cohort, manager):
    return add_budget_line(
        actor=manager,
        cohort=cohort,
        kind=BudgetKind.SPENT,
        label="Animation",
        full_time=Decimal(1),
        category=Category.A,
    )


def test_forty_thousand_euros_and_one_person_are_a_partial_cost(cohort, partnership, staff):
    (cost,) = costs_of(cohort, SIX)
    assert (
        cost.in_words == "40\u00a0000\u00a0€ + 1\u00a0ETP (catégorie\u00a0A) non valorisé\u00a0: coût partiel"
    )
    assert (cost.money.lowest, cost.money.highest, cost.money.is_partial) == (40_000, 40_000, True)


def test_each_of_six_projects_costs_a_sixth_to_the_cent(cohort, partnership, staff):
    (cost,) = costs_of(cohort, SIX)
    assert cost.lowest_each == cost.highest_each == Decimal("6666.67")
    assert cost.each_in_words == "6\u00a0666,67\u00a0€ (coût partiel)"


def test_without_the_person_it_is_the_whole_cost(cohort, partnership):
    (cost,) = costs_of(cohort, SIX)
    assert cost.in_words == "40\u00a0000\u00a0€"
    assert cost.each_in_words == "6\u00a0666,67\u00a0€"


def test_a_person_alone_costs_no_euro_that_is_known(cohort, staff):
    (cost,) = costs_of(cohort, SIX)
    assert cost.in_words == "1\u00a0ETP (catégorie\u00a0A) non valorisé\u00a0: coût partiel"
    assert (cost.money.lowest, cost.lowest_each, cost.each_in_words) == (None, None, "")


def test_nobody_divides_by_no_project(cohort, partnership):
    (cost,) = costs_of(cohort, Count(CountUnit.PROJECTS, 0))
    assert cost.each_in_words == ""


def test_a_range_is_never_averaged(cohort, manager, partnership):
    add_budget_line(
        actor=manager,
        cohort=cohort,
        kind=BudgetKind.PLANNED,
        label="Six mois de startup",
        amount_min=Decimal(50_000),
        amount_max=Decimal(100_000),
        months=6,
    )
    planned, spent = costs_of(cohort, SIX)
    assert (planned.kind, spent.kind) == (BudgetKind.PLANNED, BudgetKind.SPENT)
    assert planned.in_words == "de 50\u00a0000\u00a0€ à 100\u00a0000\u00a0€"
    assert planned.each_in_words == "de 8\u00a0333,33\u00a0€ à 16\u00a0666,67\u00a0€"
    assert spent.in_words == "40\u00a0000\u00a0€"  # planned and spent are never added


def test_the_file_says_what_is_partial(cohort, partnership, staff):
    rows = [
        [("" if cell is None else str(cell)) for cell in row]
        for row in cost_rows(cohort, costs_of(cohort, SIX))
    ]
    spent = str(BudgetKind.SPENT.label)
    assert rows[1:] == [
        ["Promotion 2020", spent, "Partenariat", "40000.00", "40000.00", "", "", "", "oui"],
        ["Promotion 2020", spent, "Animation", "", "", "", "1.00", "A", "non"],
        ["Promotion 2020", spent, "Total", "40000.00", "40000.00", "", "", "", "en partie"],
        [
            "Promotion 2020",
            spent,
            "Pour chaque projet préincubé (6)",
            "6666.67",
            "6666.67",
            "",
            "",
            "",
            "en partie",
        ],
    ]


@pytest.mark.parametrize("lines", [1, 3])
def test_one_query_whatever_the_lines(cohort, manager, assert_queries, lines):
    for number in range(lines):
        add_budget_line(actor=manager, cohort=cohort, label=f"Ligne {number}", amount_min=Decimal(10))
    with assert_queries(1):
        list(cost_rows(cohort, costs_of(cohort, SIX)))


# -- A line belongs to a project or to a cohort ------------------------------------------------------


def test_a_line_belongs_to_exactly_one(cohort, manager):
    project = make_project(Stage.PREINCUBATION, cohort=cohort)
    for owners in ({}, {"project": project, "cohort": cohort}):
        with pytest.raises(Refused, match="un projet ou une promotion"):
            add_budget_line(actor=manager, label="Perdue", **owners)
        with pytest.raises(IntegrityError), transaction.atomic():
            BudgetLine.objects.create(label="Perdue", **owners)
    assert not BudgetLine.objects.exists()


def test_a_project_does_not_pay_for_its_cohort(cohort, manager, partnership):
    project = make_project(Stage.PREINCUBATION, cohort=cohort)
    add_budget_line(actor=manager, project=project, label="Matériel", amount_min=Decimal(500))
    (cost,) = costs_of(cohort, SIX)
    assert cost.in_words == "40\u00a0000\u00a0€"
    assert project.budget_lines.get().label == "Matériel"


def test_only_a_manager_of_the_programme_writes_them(cohort, partnership):
    for stranger in (make_person(), make_sponsor(), make_manager(make_programme())):
        with pytest.raises(PermissionDenied):
            add_budget_line(actor=stranger, cohort=cohort, label="Ligne", amount_min=Decimal(1))
    assert JournalEntry.objects.filter(verb="projects.add_budget_line").count() == 1


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"label": "  "}, "label"),
        ({"amount_max": Decimal(5)}, "amount_min"),
        ({"amount_min": Decimal(5), "amount_max": Decimal(4)}, "amount_max"),
        ({"category": Category.A}, "full_time"),
        ({"full_time": Decimal(0), "category": Category.A}, "full_time"),
        ({"kind": "rêvé"}, "kind"),
    ],
)
def test_wrong_input_is_refused_beside_its_field(cohort, manager, fields, named):
    with pytest.raises(ValidationError) as refused:
        add_budget_line(actor=manager, cohort=cohort, **{"label": "Ligne", **fields})
    assert list(refused.value.message_dict) == [named]
    assert not BudgetLine.objects.exists()


# -- The screen ------------------------------------------------------------------------------------


def address(cohort) -> str:
    return reverse("projects:cohort_budget", args=[cohort.code])


def read(answer) -> str:
    return html.unescape(answer.content.decode()).replace("\u00a0", " ").replace("’", "'")


def test_a_manager_writes_the_lines_of_a_cohort_and_reads_their_total(client_for, site, cohort, manager):
    client = client_for(manager)
    assert "Aucune dépense n'est encore écrite" in read(client.get(address(cohort)))
    client.post(address(cohort), {"label": "Partenariat", "kind": "spent", "amount_min": "40 000,00"})
    client.post(
        address(cohort), {"label": "Salle", "kind": "spent", "amount_min": "1000", "amount_max": "1500"}
    )
    shown = read(
        client.post(
            address(cohort),
            {"label": "Animation", "kind": "spent", "full_time": "0,5", "category": "A"},
            follow=True,
        )
    )
    assert "La ligne de budget est ajoutée." in shown
    words = " ".join(re.sub(r"<[^>]+>", " ", shown).split())
    assert words.split("Total : ")[1].startswith(
        "de 41 000 € à 41 500 € + 0,5 ETP (catégorie A) non valorisé : coût partiel"
    )
    assert list(BudgetLine.objects.filter(cohort=cohort).values_list("label", flat=True)) == [
        "Partenariat", "Salle", "Animation",
    ]  # fmt: skip
    assert JournalEntry.objects.filter(verb="projects.add_budget_line", actor=manager).count() == 3


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"label": ""}, "label"),
        ({"amount_min": "beaucoup"}, "amount_min"),
        ({"amount_min": "", "amount_max": "10"}, "amount_min"),
        ({"amount_min": "20", "amount_max": "10"}, "amount_max"),
        ({"amount_min": "-1"}, "amount_min"),
        ({"category": "B"}, "full_time"),
    ],
)
def test_what_does_not_hold_is_said_beside_it_and_nothing_typed_is_lost(
    client_for, site, cohort, manager, typed, field
):
    answer = client_for(manager).post(
        address(cohort), {"label": "Salle", "kind": "planned", "months": "7", **typed}
    )
    assert list(answer.context["form"].errors) == [field]
    assert 'value="7"' in answer.content.decode()
    assert not BudgetLine.objects.exists()


def test_a_line_written_by_mistake_is_taken_back_and_the_journal_keeps_it(
    client_for, site, cohort, manager, partnership
):
    client = client_for(manager)
    assert "Retirer « Partenariat »" in read(client.get(address(cohort)))
    back = reverse("projects:budget_line_back", args=[partnership.pk])
    for stranger in (make_person(), make_sponsor(), make_manager(make_programme(name="Un autre programme"))):
        assert client_for(stranger).post(back).status_code == 404
        assert "Retirer « Partenariat »" not in read(client_for(stranger).get(address(cohort)))
    assert BudgetLine.objects.get() == partnership
    shown = read(client.post(back, follow=True))
    assert "La ligne « Partenariat » est retirée." in shown
    assert "Aucune dépense n'est encore écrite" in shown
    assert not BudgetLine.objects.exists()
    kept = JournalEntry.objects.get(verb="projects.take_back_budget_line", actor=manager)
    assert (kept.data["label"], kept.data["amounts"]) == ("Partenariat", ["40000.00", None])
    assert client.post(back).status_code == 404


def test_a_line_of_a_project_is_taken_back_unless_a_decision_wrote_it(client_for, site, cohort, manager):
    project = make_project(Stage.PREINCUBATION, cohort=cohort)
    decide(project, Gate.PREINCUBATION_END, Outcome.STARTUP_TERRITORY)
    decided = project.budget_lines.get()
    mistyped = add_budget_line(actor=manager, project=project, label="Salle", amount_min=Decimal(10))
    client, screen = client_for(manager), reverse("projects:impact", args=[project.code])
    shown = read(client.get(screen))
    assert "Retirer « Salle »" in shown
    assert shown.count('aria-label="Retirer') == 1
    refused = client.post(reverse("projects:budget_line_back", args=[decided.pk]), follow=True)
    assert refused.redirect_chain[0][0] == screen
    assert "Cette ligne vient d'une décision" in read(refused)
    client.post(reverse("projects:budget_line_back", args=[mistyped.pk]))
    assert project.budget_lines.get() == decided


def test_the_budget_leads_to_that_of_a_cohort_without_a_project(client_for, site, cohort, manager):
    empty = make_cohort(cohort.programme, name="Promotion 2027", code="promotion-2027")
    make_cohort(make_programme(name="Un autre programme"), name="Promotion d'ailleurs")
    shown = read(client_for(manager).get(address(cohort)))
    assert address(empty) in shown
    assert "Promotion d'ailleurs" not in shown


def test_the_sponsor_reads_it_and_others_do_not_find_it(client_for, site, cohort, partnership):
    make_project(Stage.PREINCUBATION, cohort=cohort)
    sponsor = client_for(make_sponsor())
    assert "Pour le projet préincubé : 40 000 €" in read(sponsor.get(address(cohort)))
    assert sponsor.get(address(cohort)).context["form"] is None
    assert sponsor.post(address(cohort), {"label": "Salle", "kind": "planned"}).status_code == 403
    other = make_manager(make_programme(name="Un autre programme"))
    for stranger in (make_person(), other):
        assert client_for(stranger).get(address(cohort)).status_code == 404
        assert client_for(stranger).post(address(cohort), {"label": "Salle"}).status_code == 404
    assert BudgetLine.objects.get() == partnership


@pytest.mark.parametrize("lines", [1, 3])
def test_the_page_costs_the_same_whatever_the_lines(client_for, site, cohort, manager, lines, assert_queries):
    for number in range(lines):
        add_budget_line(actor=manager, cohort=cohort, label=f"Ligne {number}", amount_min=Decimal(10))
    client = client_for(manager)
    with assert_queries(BUDGET_QUERIES):
        assert client.get(address(cohort)).status_code == 200
