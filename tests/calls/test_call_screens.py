"""Calls as everybody reads them, and as their manager prepares and reads them."""

from datetime import timedelta

import pytest
from wagtail.models import Page

from calls import queries
from calls.domain import calls as verbs
from calls.enums import ApplicationState, CallState
from calls.models import Application, Call, CallForm
from incubator.core import clock, panels
from projects.counts import CountUnit, provided
from tests.factories.calls import make_application, make_call, make_draft
from tests.factories.projects import decide, make_cohort, make_manager, make_person, make_programme

pytestmark = pytest.mark.django_db


def plain(html: str) -> str:
    return html.replace("\u00a0", " ")


@pytest.fixture(autouse=True)
def _site(site):
    """Pages are served below the default site."""


def page(client, call):
    return client.get(f"/appels/{call.code}/")


def test_a_call_says_only_what_is_true_now(client_for):
    visitor = client_for()
    draft = make_call(state="draft")
    assert page(visitor, draft).status_code == 404
    soon = make_call(state="scheduled")
    html = page(visitor, soon).content.decode()
    assert f"/appels/{soon.code}/candidater/" not in html
    call = make_call()
    html = page(visitor, call).content.decode()
    assert f'action="/appels/{call.code}/candidater/"' in html
    assert "Quel est le problème\u00a0?" in html
    with clock.at(call.closes_at):
        # The hour has passed and no worker has run yet: nothing can be begun any more.
        assert f"/appels/{call.code}/candidater/" not in page(visitor, call).content.decode()
    verbs.close_call(actor=call.created_by, call=call)
    assert f"/appels/{call.code}/candidater/" not in page(visitor, call).content.decode()
    verbs.archive_call(actor=call.created_by, call=call)
    assert page(visitor, call).status_code == 200


def test_the_page_of_a_call_costs_a_visitor_eight_queries_at_most(client_for, assert_queries):
    call = make_call()
    visitor = client_for()
    visitor.get(f"/appels/{call.code}/?a=1")
    with assert_queries(7):
        page(visitor, call)
    with assert_queries(1):
        page(visitor, call)  # kept for all visitors


def test_the_index_lists_calls_by_moment_at_a_constant_cost(client_for, assert_queries):
    visitor = client_for()
    make_call(title="Premier appel")
    visitor.get("/appels/?a=1")
    with assert_queries(7):
        assert "Premier appel" in visitor.get("/appels/?a=1").content.decode()
    make_call(title="Bientôt", state="scheduled")
    make_call(title="Fini", state="closed")
    make_call(title="Caché", state="draft")
    with assert_queries(7):
        html = visitor.get("/appels/?a=1").content.decode()
    assert "Bientôt" in html
    assert "Fini" in html
    assert "Caché" not in html
    assert [call.title for call in queries.open_calls()] == ["Premier appel"]


def test_someone_who_has_begun_is_offered_to_go_on(client_for):
    agent = make_person()
    draft = make_draft(user=agent)
    html = page(client_for(agent), draft.call).content.decode()
    assert f"/candidatures/{draft.uuid}/" in html


def test_a_visitor_who_comes_back_goes_on_in_the_same_browser(client_for):
    call, visitor = make_call(), client_for(None)
    begun = visitor.post(f"/appels/{call.code}/candidater/")
    draft = Application.objects.get(call=call)
    assert str(draft.uuid) in begun.url
    assert f"/candidatures/{draft.uuid}/" in page(visitor, call).content.decode()
    assert f"/candidatures/{draft.uuid}/" not in page(client_for(None), call).content.decode()


def test_the_path_of_a_call_moves_with_the_clock():
    call = make_call()
    assert [stop.state for stop in queries.path_of_call(call).stops] == ["now", *["planned"] * 4]
    verbs.close_call(actor=call.created_by, call=call)
    assert [stop.state for stop in queries.path_of_call(call).stops] == ["done", "next", *["planned"] * 3]


def test_a_programme_without_hackathon_shows_no_hackathon():
    programme = make_programme(uses_hackathon=False, uses_preselection=False, preincubation_months=7)
    call = make_call(programme=programme)
    labels = [str(stop.label) for stop in queries.path_of_call(call).stops]
    assert len(labels) == 3


def test_the_manager_reads_the_list_and_nobody_else_does(client_for):
    application = make_application(user=make_person())
    address = f"/appels/{application.call.code}/candidatures/"
    html = client_for(application.call.created_by).get(address).content.decode()
    assert application.receipt_number in html
    for user in (make_person(), make_manager(make_programme()), application.applicants.get().user):
        assert client_for(user).get(address).status_code == 404
    assert client_for().get(address).status_code == 302


def test_the_list_is_filtered_and_searched(client_for):
    call = make_call()
    one = make_application(call=call, user=make_person(last_name="Zola"))
    two = make_application(call=call, user=make_person())
    from calls.domain import applications

    applications.declare_eligible(actor=call.created_by, application=two)
    client = client_for(call.created_by)
    address = f"/appels/{call.code}/candidatures/"

    def found(query):
        html = client.get(address + query).content.decode()
        return [a for a in (one, two) if a.receipt_number in html]

    assert found("?state=eligible") == [two]
    assert found("?q=zola") == [one]
    assert found(f"?q={two.receipt_number}") == [two]
    assert found("?channel=paper") == []
    assert found("?state=nimporte&directorate=999999&page=abc") in ([one, two], [])
    assert client.get(address + "?q=%00").status_code in (200, 400)


def test_a_manager_declares_eligible_on_the_application_page(client_for):
    application = make_application(user=make_person())
    client = client_for(application.call.created_by)
    address = f"/candidatures/{application.uuid}/recevable/"
    assert client.get(address).status_code == 405
    client.post(address)
    application.refresh_from_db()
    assert application.state == ApplicationState.ELIGIBLE
    client.post(address)
    client.post(address, {"undo": "1"})
    application.refresh_from_db()
    assert application.state == ApplicationState.SUBMITTED


def test_an_agent_reads_the_answer_in_the_words_of_the_decision(client_for):
    agent = make_person()
    application = make_application(user=agent)
    decide(application.project, "preselection", "not_this_time")
    html = client_for(agent).get(f"/candidatures/{application.uuid}/").content.decode()
    assert "Le problème est réel et l&#x27;équipe est prête." in html
    assert "/retirer/" not in html


def test_the_follow_up_says_whom_to_call_by_name(client_for):
    programme = make_programme(phone="01 02 03 04 05")
    make_manager(programme, make_person("Hélène", "Vasseur"))
    agent = make_person()
    application = make_application(user=agent, call=make_call(programme=programme))
    html = client_for(agent).get(f"/candidatures/{application.uuid}/").content.decode()
    assert "Une question ? Appelez Hélène Vasseur : 01 02 03 04 05." in plain(html)


def test_the_project_page_shows_the_answers_to_those_who_may_read_them():
    agent = make_person()
    application = make_application(user=agent)
    project = application.project

    def shown(user):
        return any(
            panel.template == "calls/_project_answers.html"
            for panel in panels.panels_for("project.main", user, project)
        )

    assert shown(agent)
    assert shown(application.call.created_by)
    assert not shown(make_person())


def test_persons_applications_and_projects_are_counted_apart():
    cohort = make_cohort()
    call = make_call(programme=cohort.programme, cohort=cohort)
    one = make_application(call=call, user=make_person())
    from calls.domain import applications

    paper = applications.enter_paper_application(
        actor=call.created_by,
        call=call,
        authors=[make_person(), make_person()],
        title="À deux",
        answers={},
    )
    assert provided(CountUnit.APPLICATIONS, cohort) == {one.project_id: 1, paper.project_id: 1}
    assert queries.counts_of_call(call) == {"applications": 2, "persons": 3, "drafts": 0}


# -- The admin -------------------------------------------------------------------------------------


def board(call):
    return f"/admin/appels/{call.pk}/ou-en-est-il/"


def test_a_manager_prepares_and_opens_a_call_in_the_admin(client_for):
    programme = make_programme(time_zone="America/Martinique")
    manager, cohort = make_manager(programme), make_cohort(programme)
    client = client_for(manager)
    form = {
        "title": "Appel 2031",
        "code": "appel-2031",
        "programme": programme.pk,
        "cohort": cohort.pk,
        "opens_at": "2031-01-10 08:00",
        "closes_at": "2031-02-10 18:00",
        "max_team_size": "5",
        "minutes_to_apply": "20",
        "reminder_days_before": "3",
        "grace_minutes": "30",
    }
    wrong = client.post("/admin/appels/new/", {**form, "closes_at": "2031-01-01 18:00"})
    assert wrong.status_code == 200
    assert not Call.objects.exists()
    response = client.post("/admin/appels/new/", form)
    call = Call.objects.get()
    assert response["Location"] == board(call)
    # 8 h was typed for the programme's zone, four hours behind UTC.
    assert call.opens_at.isoformat() == "2031-01-10T12:00:00+00:00"
    edit = client.get(f"/admin/appels/edit/{call.pk}/").content.decode()
    assert "2031-01-10 08:00" in edit
    assert "America/Martinique" in edit
    html = client.get(board(call)).content.decode()
    assert 'value="publish"' in html
    client.post(board(call), {"act": "schedule"})
    call.refresh_from_db()
    assert call.state == CallState.DRAFT
    questions = client.get(f"/admin/appels-questions/edit/{call.form.pk}/")
    assert questions.status_code == 200
    stream = {
        "sections-count": "1",
        "sections-0-deleted": "",
        "sections-0-order": "0",
        "sections-0-type": "section",
        "sections-0-id": "",
        "sections-0-value-title": "Le problème",
        "sections-0-value-intro": "",
        "sections-0-value-key": "",
        "sections-0-value-questions-count": "1",
        "sections-0-value-questions-0-deleted": "",
        "sections-0-value-questions-0-order": "0",
        "sections-0-value-questions-0-type": "choice",
        "sections-0-value-questions-0-id": "",
        "sections-0-value-questions-0-value-label": "À quelle fréquence ?",
        "sections-0-value-questions-0-value-help": "",
        "sections-0-value-questions-0-value-required": "on",
        "sections-0-value-questions-0-value-key": "",
        "sections-0-value-questions-0-value-choices": "Souvent",
    }
    address = f"/admin/appels-questions/edit/{call.form.pk}/"
    assert client.post(address, stream).status_code == 200
    stream["sections-0-value-questions-0-value-choices"] = "Souvent\nParfois"
    assert client.post(address, stream)["Location"] == board(call)
    question = CallForm.objects.get().sections[0].value["questions"][0]
    assert question.value["key"] == "a-quelle-frequence"
    client.post(board(call), {"act": "publish"})
    client.post(board(call), {"act": "schedule"})
    call.refresh_from_db()
    assert call.state == CallState.SCHEDULED
    client.post(board(call), {"act": "open"})
    client.post(board(call), {"act": "close"})
    call.refresh_from_db()
    assert call.state == CallState.CLOSED
    assert client.post(board(call), {"act": "reopen", "closes_at": "hier"}).status_code == 200
    later = (clock.now() + timedelta(days=9)).strftime("%Y-%m-%dT%H:%M")
    client.post(board(call), {"act": "reopen", "closes_at": later})
    call.refresh_from_db()
    assert call.state == CallState.OPEN
    assert client.post(board(call), {"act": "detruire"}).status_code == 404


def test_what_agents_notice_at_once_is_asked_about_first(client_for):
    call = make_call()
    client, address = client_for(call.created_by), f"/admin/appels/{call.pk}/ou-en-est-il/"
    html = plain(client.get(address).content.decode())
    assert "Oui : Clore maintenant" in html
    assert "Les brouillons en cours sont gardés, mais ne peuvent plus être déposés." in html
    graceful = make_call(programme=call.programme, manager=call.created_by, grace_minutes=60)
    html = plain(client.get(f"/admin/appels/{graceful.pk}/ou-en-est-il/").content.decode())
    assert "Oui : Clore maintenant" in html
    assert "ne peuvent plus être déposés" not in html
    verbs.close_call(actor=call.created_by, call=call)
    assert "Oui : Archiver" in plain(client.get(address).content.decode())


def test_another_programmes_manager_finds_no_call_in_the_admin(client_for):
    call = make_call()
    outsider = client_for(make_manager(make_programme()))
    for address in (
        board(call),
        f"/admin/appels/edit/{call.pk}/",
        f"/admin/appels/inspect/{call.pk}/",
        f"/admin/appels/history/{call.pk}/",
        f"/admin/appels-questions/edit/{call.form.pk}/",
    ):
        assert outsider.get(address).status_code == 404, address
    assert call.title not in outsider.get("/admin/appels/").content.decode()


def test_a_page_is_made_with_its_call_never_alone():
    call = make_call(state="draft")
    parent = call.page.get_parent().specific
    from calls.models import CallPage

    assert not CallPage.can_create_at(parent)
    assert Page.objects.type(CallPage).count() == 1


def test_what_came_in_is_listed_by_call_for_its_manager_alone(client_for, assert_queries):
    call = make_call()
    make_application(call=call, user=make_person())
    manager = client_for(call.created_by)
    manager.get("/candidatures/recues/")
    with assert_queries(6):
        html = manager.get("/candidatures/recues/").content.decode()
    assert call.title in html
    make_call(programme=call.programme, manager=call.created_by, title="Un autre")
    make_call(programme=call.programme, manager=call.created_by, title="Encore un")
    make_call(title="D'ailleurs")
    with assert_queries(6):
        html = manager.get("/candidatures/recues/").content.decode()
    assert "Encore un" in html
    assert "ailleurs" not in html
    assert client_for(make_person()).get("/candidatures/recues/").status_code == 404
