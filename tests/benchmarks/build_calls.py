"""Fill a database for the measure of calls: 5,000 applications of twelve answers, and drafts to write in and to submit.

One programme of its own, so that the other measures count what they always counted. ``--memory`` prints
how much the exports hold at once for a tenth of the applications and for all of them.
"""

import json
import os
import sys
import tracemalloc
from datetime import timedelta

from tests.benchmarks.build import PROBLEM, people, session_of

APPLICATIONS, DRAFTS, STEPS, QUESTIONS_A_STEP = 5000, 60, 3, 4
FORMATS = ("csv", "xlsx", "json")


def questions() -> list[dict]:
    return [
        {
            "title": f"Étape {step + 1}",
            "key": f"etape-{step + 1}",
            "questions": [
                {
                    "kind": "long_text",
                    "key": f"question-{step + 1}-{number + 1}",
                    "label": f"Question {step + 1}.{number + 1} : que voyez-vous ?",
                }
                for number in range(QUESTIONS_A_STEP)
            ],
        }
        for step in range(STEPS)
    ]


def programme_of_its_own(code: str):
    """(programme, cohort, manager), on a site that is set up."""
    from home.domain.site import set_up_site
    from incubator.accounts.domain.people import create_person
    from projects.domain import programmes
    from projects.enums import ProgrammeRoleKind

    set_up_site()
    programme = programmes.create_programme(actor=None, code=code, name=f"Programme {code}")
    cohort = programmes.create_cohort(actor=None, programme=programme, code=code, name=f"Promotion {code}")
    manager = create_person(
        actor=None, first_name="Hélène", last_name="Responsable", email=f"{code}@region.example"
    )
    programmes.grant_programme_role(
        actor=None, programme=programme, user=manager, role=ProgrammeRoleKind.MANAGER
    )
    return programme, cohort, manager


def open_call(programme, cohort, manager, code: str):
    from calls.domain import calls
    from incubator.core import clock

    now = clock.now()
    call = calls.create_call(
        actor=manager,
        programme=programme,
        cohort=cohort,
        code=code,
        title="Appel mesuré",
        opens_at=now - timedelta(days=40),
        closes_at=now + timedelta(days=4),
        questions=questions(),
    )
    calls.publish_call_page(actor=manager, call=call)
    calls.open_call(actor=manager, call=call)
    call.refresh_from_db()
    return call


def keys_of(call) -> list[str]:
    from calls import schema

    return [question["key"] for question in schema.questions_of(call.current_version.schema)]


def submitted(call) -> list:
    """Applications as they stand after submission, inserted in bulk: the verbs would take an hour."""
    from calls.enums import ApplicantRole, ApplicationState
    from calls.models import Answer, Applicant, Application
    from incubator.core import clock
    from projects.enums import Stage, TeamRole
    from projects.models import Membership, Project

    now = clock.now()
    authors = people(APPLICATIONS, "candidat")
    projects = Project.objects.bulk_create(
        Project(
            code=f"candidature-{i}",
            programme=call.programme,
            cohort=call.cohort,
            title=f"Le problème numéro {i}",
            problem=PROBLEM,
            stage=Stage.APPLIED,
        )
        for i in range(APPLICATIONS)
    )
    Membership.objects.bulk_create(
        Membership(project=project, user=author, role=TeamRole.LEAD)
        for project, author in zip(projects, authors, strict=True)
    )
    applications = Application.objects.bulk_create(
        Application(
            call=call,
            form_version=call.current_version,
            project=project,
            state=ApplicationState.ELIGIBLE if i % 3 else ApplicationState.SUBMITTED,
            title=project.title,
            receipt_number=f"M-{i:06d}",
            submitted_at=now - timedelta(hours=i % 700),
            answer_due_on=(now + timedelta(days=i % 20 - 5)).date(),
        )
        for i, project in enumerate(projects)
    )
    Applicant.objects.bulk_create(
        Applicant(
            application=application,
            user=author,
            role=ApplicantRole.LEAD,
            first_name=author.first_name,
            last_name=author.last_name,
        )
        for application, author in zip(applications, authors, strict=True)
    )
    index_words(call, applications)
    Answer.objects.bulk_create(
        (
            Answer(application=application, key=key, value=f"{PROBLEM} ({i})")
            for i, application in enumerate(applications)
            for key in keys_of(call)
        ),
        batch_size=5000,
    )
    return applications


def index_words(call, applications) -> None:
    """What the worker reads of each application for the search."""
    from wagtail.search.backends import get_search_backend

    from calls.folding import fold
    from calls.models import ApplicationText

    texts = ApplicationText.objects.bulk_create(
        (
            ApplicationText(application=one, call=call, title=fold(one.title), body=fold(f"{PROBLEM} " * 12))
            for one in applications
        ),
        batch_size=1000,
    )
    index = get_search_backend().get_index_for_model(ApplicationText)
    for first in range(0, len(texts), 1000):
        index.add_items(ApplicationText, texts[first : first + 1000])


def ready_drafts(call) -> list:
    """Drafts of people of their own, with everything that is needed to submit them, made by the verbs."""
    from calls import schema
    from calls.domain import applications
    from calls.domain.answers import save_answers
    from calls.domain.teams import name_team

    answers = dict.fromkeys(keys_of(call), PROBLEM) | {schema.TITLE_KEY: "Ressaisies"}

    drafts = []
    for person in people(DRAFTS, "redacteur"):
        draft, _token = applications.begin_application(call=call, user=person)
        save_answers(actor=person, application=draft, values=answers)
        name_team(
            actor=person,
            application=draft,
            people=[{"first_name": "Camille", "last_name": "Test", "user": person}],
        )
        drafts.append((person, draft))
    return drafts


def fill() -> dict:
    from django.urls import reverse

    programme, cohort, manager = programme_of_its_own("cinq-mille")
    call = open_call(programme, cohort, manager, "appel-cinq-mille")
    applications = submitted(call)
    drafts = ready_drafts(call)
    writer, draft = drafts.pop()
    return {
        "sessions": {
            "calls_manager": session_of(manager),
            "writer": session_of(writer),
            **{f"submit-{i}": session_of(person) for i, (person, _draft) in enumerate(drafts)},
        },
        "addresses": {
            "applications": reverse("calls:applications", args=[call.code]),
            "application": reverse("calls:application", args=[applications[7].uuid]),
            "autosave": reverse("calls:step", args=[draft.uuid, "etape-1"]),
            "submit": [reverse("calls:submit", args=[one.uuid]) for _person, one in drafts],
            "applications_csv": reverse("calls:export", args=[call.code, "csv"]),
        },
        "rows": {"applications": APPLICATIONS, "answers": APPLICATIONS * STEPS * QUESTIONS_A_STEP},
    }


def memory() -> dict:
    """Peak bytes held while the manager's CSV of a tenth of the applications, then of all, is read to its end."""
    from django.conf import settings
    from django.test import Client
    from django.urls import reverse

    from calls.models import Call
    from incubator.accounts.models import User

    settings.ALLOWED_HOSTS = ["testserver"]
    # The counter of queries reads a file to its end before it lets go of it: what it holds is not the product's.
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if not name.endswith("CountQueries")]
    call = Call.objects.get(code="appel-cinq-mille")
    client = Client()
    client.force_login(User.objects.get(email="cinq-mille@region.example"))
    address = reverse("calls:export", args=[call.code, "csv"])
    peaks = {}
    # The list's own search makes the small one: the titles that hold “numéro 7…”.
    for name, query in (("warm", "?q=4999"), ("some", "?q=numéro+7"), ("all", "")):
        tracemalloc.start()
        rows = 0
        for chunk in client.get(address + query).streaming_content:
            rows += chunk.count(b"\n")
        peaks[name] = {"lines": rows, "peak_kb": tracemalloc.get_traced_memory()[1] // 1024}
        tracemalloc.stop()
    del peaks["warm"]
    return peaks


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.benchmarks.settings")
    import django
    from django.db import connection

    django.setup()
    answer = memory() if "--memory" in sys.argv else fill()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    print(json.dumps(answer))


if __name__ == "__main__":
    main()
