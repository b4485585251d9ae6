"""The list leaves the site: CSV, XLSX and JSON, at once or by the worker, for whoever may read it only."""

import csv
import io
import json
import tempfile
import tracemalloc
from datetime import timedelta
from decimal import Decimal

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from calls import exports, tasks
from calls.domain import applications, completion
from calls.domain import exports as verbs
from calls.exports import Column, Export, MoreColumns
from calls.listing import applications_of_call
from calls.models import Answer, Application, ApplicationExport
from incubator.accounts.models import Workplace
from incubator.core import clock, jobs
from incubator.core.models import JournalEntry, Letter, PrivateFile
from projects.domain.programmes import end_programme_role
from projects.enums import Stage
from projects.models import Project
from tests.factories.calls import make_application, make_call
from tests.factories.projects import make_manager, make_person, make_programme

pytestmark = pytest.mark.django_db

FORM = [
    {
        "title": "Tout",
        "key": "tout",
        "questions": [
            {"kind": "number", "key": "combien", "label": "Combien ?", "unit": "agents", "required": False},
            {"kind": "amount", "key": "achat", "label": "Quel achat ?", "required": False},
            {"kind": "amount", "key": "cout", "label": "Quel coût ?", "range": True, "required": False},
            {"kind": "site", "key": "site", "label": "Où ?", "required": False},
            {"kind": "date", "key": "jour", "label": "Quand ?", "required": False},
            {"kind": "choices", "key": "qui", "label": "Qui ?", "choices": ["Agents", "Usagers"], "required": False},
            {"kind": "yes_no", "key": "essai", "label": "Essayé ?", "required": False},
            {"kind": "long_text", "key": "lecon", "label": "Leçon ?", "only_if": {"key": "essai", "answers": ["yes"]}},
            {"kind": "short_text", "key": "sante", "label": "Santé ?", "personal": True, "required": False},
        ],
    }
]  # fmt: skip


@pytest.fixture(autouse=True)
def _site(site):
    """Pages are served below the default site."""


@pytest.fixture
def call():
    return make_call(questions=FORM)


@pytest.fixture
def one(call):
    place = Workplace.objects.create(name="Port")
    answers = {
        "title": "=1+1",
        "combien": "-1 200,5",
        "achat": "1 200,50 €",
        "cout": ["10", "20"],
        "site": str(place.pk),
        "jour": "31/03/2026",
        "qui": ["agents", "usagers"],
        "essai": "no",
        "lecon": "Gardée, mais pas demandée",
        "sante": "Un fauteuil",
    }
    return make_application(call=call, user=make_person(first_name="Awa", last_name="Zola"), answers=answers)


def address(call, kind="csv") -> str:
    return f"/appels/{call.code}/candidatures/export.{kind}"


def body(response) -> bytes:
    return b"".join(response.streaming_content)


def csv_rows(response) -> list[list[str]]:
    return list(csv.reader(io.StringIO(body(response).decode("utf-8-sig")), delimiter=";"))


def plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def test_csv_has_one_column_a_question_and_numbers_as_spreadsheets_take_them(client_for, call, one):
    head, row = csv_rows(client_for(call.created_by).get(address(call)))
    cells = dict(zip(head, row, strict=True))
    assert cells["Combien ? (agents)"] == "-1200,5"
    assert cells["Quel achat ? (€)"] == "1200,5"
    assert plain(cells["Quel coût ? (€)"]) == "de 10 € à 20 €"
    assert (cells["Où ?"], cells["Quand ?"], cells["Qui ?"]) == ("Port", "2026-03-31", "Agents, Usagers")
    assert cells["Titre"] == "'=1+1"
    assert cells["Portée par"] == "Awa Zola"
    assert cells["Leçon ?"] == ""
    assert "Un fauteuil" not in row
    assert not any("Santé" in label for label in head)


def test_json_says_what_each_key_is_and_keeps_kinds(client_for, call, one):
    response = client_for(call.created_by).get(address(call, "json"))
    assert response["Content-Type"] == "application/json"
    data = json.loads(body(response))
    assert data["call"] == {"code": call.code, "title": call.title}
    cout = next(column for column in data["columns"] if column["key"] == "cout")
    assert cout == {
        "part": "answers",
        "key": "cout",
        "label": "Quel coût ? (€)",
        "kind": "amount",
        "personal": False,
    }
    (found,) = data["applications"]
    assert found["application"]["receipt"] == one.receipt_number
    assert found["application"]["submitted"] == one.submitted_at.isoformat()
    assert found["answers"] == {
        "title": "=1+1",
        "combien": -1200.5,
        "achat": 1200.5,
        "cout": {"from": 10, "to": 20},
        "site": {"code": str(Workplace.objects.get().pk), "label": "Port"},
        "jour": "2026-03-31",
        "qui": ["Agents", "Usagers"],
        "essai": "Non",
        "lecon": None,
    }


def test_xlsx_holds_text_numbers_and_days_never_formulas(client_for, call, one):
    make_application(call=call, user=make_person(), answers={"title": "@SUM(1)", "essai": "yes",
        "lecon": "mot \x07 " * 12_000})  # fmt: skip
    response = client_for(call.created_by).get(address(call, "xlsx"))
    assert response["Content-Type"].endswith("spreadsheetml.sheet")
    sheet = openpyxl.load_workbook(io.BytesIO(body(response))).active
    head, first, second = list(sheet.iter_rows())
    cells = dict(zip([cell.value for cell in head], first, strict=True))
    assert (cells["Titre"].value, cells["Titre"].data_type) == ("=1+1", "s")
    assert cells["Combien ? (agents)"].value == -1200.5
    assert cells["Quand ?"].value.isoformat() == "2026-03-31T00:00:00"
    cells = dict(zip([cell.value for cell in head], second, strict=True))
    assert cells["Titre"].data_type == "s"
    assert len(cells["Leçon ?"].value) <= 32_767
    assert cells["Leçon ?"].value.endswith("CSV et JSON)")


def test_personal_answers_come_only_when_asked_for_and_that_is_noted(client_for, call, one):
    client = client_for(call.created_by)
    page = f"/appels/{call.code}/candidatures/exporter/"
    html = client.get(page).content.decode()
    assert "Santé ?" in html
    assert 'name="personal"' in html
    head, row = csv_rows(client.post(page, {"format": "csv", "personal": "on"}))
    assert "Santé ? (donnée personnelle)" in head
    assert "Un fauteuil" in row
    entry = JournalEntry.objects.get(verb="calls.export_personal_data")
    assert (entry.actor, entry.data["applications"]) == (call.created_by, 1)
    head, row = csv_rows(client.post(page, {"format": "csv"}))
    assert "Un fauteuil" not in row
    assert JournalEntry.objects.filter(verb="calls.export_personal_data").count() == 1
    assert client.post(page, {"format": "exe"}).status_code == 200
    assert client.get(address(call, "exe")).status_code == 404


@pytest.mark.parametrize("kind", ["csv", "xlsx", "json"])
def test_each_format_costs_the_same_with_one_or_three(client_for, assert_queries, call, one, kind):
    client = client_for(call.created_by)
    body(client.get(address(call, kind)))
    with assert_queries(11):
        body(client.get(address(call, kind)))
    for _number in range(2):
        make_application(call=call, user=make_person(), answers={"title": "Autre", "essai": "no"})
    with assert_queries(11):
        body(client.get(address(call, kind)))


@pytest.mark.parametrize("kind", ["csv", "json"])
def test_while_a_completion_is_written_what_was_submitted_stands(client_for, call, one, kind):
    """Nobody reads a text before its team sends it; a question that had no answer has none."""
    manager, agent = call.created_by, one.applicants.get().user
    two = make_application(call=call, user=make_person(), answers={"title": "Deux", "essai": "no"})
    for asked in (one, two):
        completion.ask_completion(
            actor=manager, application=asked, keys=["combien", "essai", "lecon"], message="Dites-nous.",
            due_on=clock.today() + timedelta(days=7),
        )  # fmt: skip
    written = {"combien": "7", "essai": "yes", "lecon": "Pas encore envoyé"}
    for asked in (one, two):
        author = asked.applicants.get().user
        applications.save_answers(actor=author, application=asked, values=written)

    def told(application) -> list:
        response = client_for(manager).get(address(call, kind))
        if kind == "csv":
            head, *rows = csv_rows(response)
            found = {row[0]: dict(zip(head, row, strict=True)) for row in rows}[application.receipt_number]
            return [found[key] for key in ("Combien ? (agents)", "Essayé ?", "Leçon ?")]
        rows = json.loads(body(response))["applications"]
        found = {row["application"]["receipt"]: row["answers"] for row in rows}[application.receipt_number]
        return [found[key] or "" for key in ("combien", "essai", "lecon")]

    number = {"csv": "-1200,5", "json": -1200.5}[kind]
    assert told(one) == [number, "Non", ""]
    assert told(two) == ["", "Non", ""]
    completion.complete(actor=agent, application=one)
    assert told(one) == [{"csv": "7", "json": 7}[kind], "Oui", "Pas encore envoyé"]
    assert told(two) == ["", "Non", ""]


def test_another_package_adds_columns_for_who_may_read_them(client_for, call, one, monkeypatch):
    def provider(user, asked):
        if user != call.created_by:
            return None
        columns = [Column("rank", "Rang", part="results", kind="number")]
        return MoreColumns(columns, lambda application: [Decimal("1.5")])

    monkeypatch.setattr(exports, "_providers", [provider])
    head, row = csv_rows(client_for(call.created_by).get(address(call)))
    assert (head[-1], row[-1]) == ("Rang", "1,5")
    other = make_manager(call.programme)
    assert "Rang" not in csv_rows(client_for(other).get(address(call)))[0]
    data = json.loads(body(client_for(call.created_by).get(address(call, "json"))))
    assert data["applications"][0]["results"] == {"rank": 1.5}


# -- By the worker -----------------------------------------------------------------------------------


@pytest.fixture
def long(settings, call, one):
    settings.EXPORT_DIRECT_ROWS = 1
    for title in ("Bravo", "Alpha"):
        make_application(call=call, user=make_person(), answers={"title": title, "essai": "no"})
    return call


def order(client, call, **typed) -> ApplicationExport:
    query = typed.pop("query", "")
    response = client.post(f"/appels/{call.code}/candidatures/exporter/{query}", {"format": "csv", **typed})
    export = ApplicationExport.objects.first()
    assert response["Location"] == f"/candidatures/exports/{export.uuid}/"
    return export


def test_a_long_list_is_made_by_the_worker_announced_and_deleted_after_a_while(client_for, settings, long):
    client = client_for(long.created_by)
    direct = client.get(address(long) + "?sort=-titre")
    assert direct["Location"] == f"/appels/{long.code}/candidatures/exporter/?sort=-titre"
    export = order(client, long, query="?sort=-titre", personal="on")
    assert order(client, long, query="?sort=-titre", personal="on") == export
    page = f"/candidatures/exports/{export.uuid}/"
    html = client.get(page).content.decode()
    assert '<progress class="ec-export-bar" max="3" value="0"' in html
    assert 'hx-trigger="every 2s"' in html
    assert client.get(page + "fichier/").status_code == 404
    jobs.sweep()
    html = client.get(page, headers={"hx-request": "true"}).content.decode()
    assert "<html" not in html
    assert "hx-trigger" not in html
    head, *rows = csv_rows(client.get(page + "fichier/"))
    assert [row[1] for row in rows] == ["Bravo", "Alpha", "'=1+1"]
    assert "Un fauteuil" in rows[2]
    letter = Letter.objects.get(kind="calls.export_ready")
    assert (letter.recipient, letter.state) == (long.created_by, Letter.State.SENT)
    assert page in letter.body
    assert "Un fauteuil" not in letter.body
    jobs.sweep()
    assert PrivateFile.objects.count() == 1
    with clock.at(clock.now() + timedelta(days=settings.EXPORT_KEPT_DAYS, minutes=1)):
        jobs.sweep()
    assert not PrivateFile.objects.exists()
    export.refresh_from_db()
    assert export.file is None
    assert export.is_over
    assert "supprimé" in client.get(page).content.decode()
    assert client.get(page + "fichier/").status_code == 404


def test_a_file_that_is_forgotten_leaves_the_disk(client_for, long, django_capture_on_commit_callbacks):
    export = order(client_for(long.created_by), long)
    jobs.sweep()
    export.refresh_from_db()
    storage, name = export.file.file.storage, export.file.file.name
    assert storage.exists(name)
    with django_capture_on_commit_callbacks(execute=True):
        verbs.forget_export(actor=None, export=export)
    assert not storage.exists(name)


def test_an_export_is_of_whoever_asked_while_they_run_the_call(client_for, long):
    manager = long.created_by
    export = order(client_for(manager), long)
    jobs.sweep()
    for user in (make_manager(long.programme), make_manager(make_programme()), make_person()):
        for end in ("", "fichier/"):
            assert client_for(user).get(f"/candidatures/exports/{export.uuid}/{end}").status_code == 404
    late = order(client_for(manager), long, format="json")
    for role in manager.programme_roles.filter(programme=long.programme):
        end_programme_role(actor=None, role=role)
    assert client_for(manager).get(f"/candidatures/exports/{export.uuid}/fichier/").status_code == 404
    jobs.sweep()
    late.refresh_from_db()
    assert late.failed_at is not None
    assert late.file is None


def test_the_worker_tells_how_far_it_is_and_may_be_run_twice(long, monkeypatch):
    monkeypatch.setattr(tasks, "ROWS_A_STEP", 2)
    export = verbs.order_export(actor=long.created_by, call=long, format_="xlsx", total=3)
    told = []
    update = ApplicationExport.objects.all().__class__.update
    monkeypatch.setattr(
        ApplicationExport.objects.all().__class__, "update",
        lambda self, **changes: (told.append(changes), update(self, **changes))[1],
    )  # fmt: skip
    found = applications_of_call(long.created_by, long)
    done = tasks.make_file(export, found)
    assert told == [{"total": 3, "done": 0}, {"done": 2}]
    assert (done.done, done.total, done.is_over) == (3, 3, True)
    assert tasks.make_file(done, found).file == done.file
    assert PrivateFile.objects.count() == 1


def test_the_memory_does_not_hold_the_answers(call, one, monkeypatch):
    """Rows come one at a time: the second is not read before the first has gone."""
    make_application(call=call, user=make_person(), answers={"title": "Deux", "essai": "no"})
    table = Export(call, applications_of_call(call.created_by, call), user=call.created_by)
    with CaptureQueriesContext(connection) as captured:
        rows = iter(table.table())
        next(rows)
        assert len(captured) == 0
        next(rows)
    assert len(captured) == 4


def many(one, number: int) -> None:
    """More applications beside this one, each with a long answer, inserted in bulk."""
    projects = Project.objects.bulk_create(
        Project(
            code=f"p-{number}-{i}",
            programme=one.call.programme,
            cohort=one.call.cohort,
            title="Long",
            stage=Stage.APPLIED,
        )
        for i in range(number)
    )
    made = Application.objects.bulk_create(
        Application(
            call=one.call, form_version=one.form_version, project=project, title="Long", state=one.state,
            receipt_number=f"{number}-{i}", submitted_at=one.submitted_at, answer_due_on=one.answer_due_on,
        )
        for i, project in enumerate(projects)
    )  # fmt: skip
    Answer.objects.bulk_create(
        Answer(application=application, key="essai", value="yes") for application in made
    )
    Answer.objects.bulk_create(
        Answer(application=application, key="lecon", value="mot " * 4_000) for application in made
    )


@pytest.mark.parametrize("kind", ["csv", "json", "xlsx"])
def test_the_memory_is_the_same_for_three_times_as_many(call, one, kind):
    """What is held at once while the file is written: 16 kB of text an application, and none of it adds up."""
    found = applications_of_call(call.created_by, call).order_by("pk")

    def peak() -> int:
        table = Export(call, found, user=call.created_by)
        with tempfile.TemporaryFile() as file:
            tracemalloc.start()
            try:
                verbs.write(file, table, kind)
                assert file.tell() > 0
                return tracemalloc.get_traced_memory()[1]
            finally:
                tracemalloc.stop()

    many(one, 250)
    few = peak()
    many(one, 500)
    assert peak() - few < 400_000
