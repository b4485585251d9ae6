"""The tags, the frame of every page, the forms, the pages that say what went wrong, and where the files come from."""

import re
from enum import Enum
from hashlib import sha256
from pathlib import Path

import bootstrap_wrapper
import django_htmx
import pytest
from bs4 import BeautifulSoup
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.paginator import Paginator
from django.template import Context, Template
from django.template.loader import render_to_string
from django.test import RequestFactory, override_settings
from django.urls import reverse
from django.utils import translation

from incubator.core import badges, gallery, navigation, panels
from incubator.core.models import SiteSettings
from incubator.core.navigation import Entry, Section, navigation_for


@pytest.fixture(autouse=True)
def _in_french():
    with translation.override("fr"):
        yield


def soup(template, **context):
    html = Template("{% load ui crispy_forms_tags %}" + template).render(Context(context))
    return BeautifulSoup(html, "html.parser")


def page_of(response):
    return BeautifulSoup(response.content, "html.parser")


# -- Where the files come from ---------------------------------------------------------------------


class TestProvenance:
    """Third-party files come from small packages: theirs are the bytes that were looked at."""

    @pytest.mark.parametrize(
        ("path", "digest"),
        [
            ("css/bootstrap.min.css", "d85327d99c7a3ee1f9b5d0500d1370acea3ad2db39c163c2f51f232baedbdede"),
        ],
    )
    def test_bootstrap_is_that_of_npm(self, path, digest):
        content = (Path(str(bootstrap_wrapper.get_bootstrap_dir())) / path).read_bytes()
        assert sha256(content).hexdigest() == digest

    def test_htmx_is_the_one_we_read(self):
        path = Path(django_htmx.__file__).parent / "static/django_htmx/htmx-2.min.js"
        assert (
            sha256(path.read_bytes()).hexdigest()
            == "71ea67185bfa8c98c39d31717c6fce5d852370fcdfd129db4543774d3145c0de"
        )


# -- The frame of every page -------------------------------------------------------------------------


class TestFrame:
    def test_a_page_has_its_language_its_ways_and_one_title(self, client, site):
        page = page_of(client.get("/nowhere/"))
        assert page.html["lang"] == "fr"
        assert page.title.get_text(strip=True) == "Page introuvable · Éclosion"
        assert [a["href"] for a in page.select(".ec-skip a")] == ["#main", "#navigation", "#footer"]
        assert all(page.find(id=a["href"][1:]) for a in page.select(".ec-skip a"))
        assert len(page.find_all("h1")) == 1
        assert len(page.find_all("main")) == 1

    def test_nothing_is_inline_and_nothing_comes_from_elsewhere(self, client, site):
        page = page_of(client.get("/nowhere/"))
        assert not page.find_all(style=True)
        assert not page.find_all("style")
        assert all(script.get("src", "").startswith("/static/") for script in page.find_all("script"))
        assert all(link["href"].startswith(("/static/", "/theme-")) for link in page.find_all("link"))
        assert len(page.find_all(["link", "script"])) + 1 <= 12  # of the 15 requests of a front page

    def test_htmx_puts_no_style_into_the_page(self, client, site):
        config = page_of(client.get("/nowhere/")).find("meta", attrs={"name": "htmx-config"})["content"]
        assert '"includeIndicatorStyles":false' in config
        assert '"allowEval":false' in config

    def test_the_authority_and_its_phone_stand_on_every_screen(self, client, site):
        SiteSettings.objects.create(
            site=site,
            authority_name="Région Valombre",
            contact_phone="03 53 01 12 34",
            contact_email="intrapreneurs@valombre.example",
            contact_hours="du lundi au vendredi, de 9 h à 17 h",
        )
        page = page_of(client.get("/nowhere/"))
        assert page.find(class_="ec-brand__authority").get_text() == "Région Valombre"
        footer = page.find("footer")
        assert footer.find("a", href="tel:0353011234").get_text() == "03 53 01 12 34"
        assert footer.find("a", href="mailto:intrapreneurs@valombre.example")
        assert "du lundi au vendredi, de 9 h à 17 h" in footer.get_text()
        assert footer.find("a", href="/accessibilite/")

    def test_one_changes_the_language_and_comes_back(self, client, site):
        response = client.post("/langue/", {"language": "en", "next": "/nowhere/?a=1"})
        assert response.headers["Location"] == "/nowhere/?a=1"
        page = page_of(client.get("/nowhere/"))
        assert page.html["lang"] == "en"
        assert page.title.get_text(strip=True) == "Page not found · Éclosion"
        button = page.find(class_="ec-language__button")
        assert (button["value"], button["lang"], button.get_text()) == ("fr", "fr", "Français")

    def test_the_language_never_leads_out_of_the_site(self, client, site):
        response = client.post("/langue/", {"language": "en", "next": "https://elsewhere.example/"})
        assert response.headers["Location"] == "/"

    def test_a_visitor_gets_no_cookie_for_reading(self, client, site):
        assert not client.get("/nowhere/").cookies


# -- Navigation ----------------------------------------------------------------------------------------


class TestNavigation:
    @pytest.fixture(autouse=True)
    def _only_these(self, monkeypatch):
        monkeypatch.setattr(navigation, "_providers", [])

    def test_entries_stand_in_their_section_in_order(self):
        navigation.register(lambda user: [Entry("B", "/b/", Section.SPACE, 20), Entry("P", "/p/", "public")])
        navigation.register(lambda user: [Entry("A", "/a/", Section.SPACE, 10)])
        sections = navigation_for(AnonymousUser())
        assert [(s.key, [e.label for e in s.entries]) for s in sections] == [
            ("public", ["P"]),
            ("space", ["A", "B"]),
        ]

    def test_the_longest_address_that_holds_the_page_is_the_current_one(self):
        navigation.register(
            lambda user: [Entry("Home", "/"), Entry("Calls", "/appels/"), Entry("Mine", "/appels/miens/")]
        )

        def current(path):
            return [e.label for s in navigation_for(None, path) for e in s.entries if e.current]

        assert current("/appels/2020/") == ["Calls"]
        assert current("/appels/miens/") == ["Mine"]
        assert current("/") == ["Home"]
        assert current("/ailleurs/") == []

    def test_an_entry_holds_other_addresses_too(self):
        navigation.register(
            lambda user: [
                Entry("Calls", "/appels/"),
                Entry("Desk", "/recues/", within="/appels/[^/]+/liste/"),
            ]
        )

        def current(path):
            return [e.label for s in navigation_for(None, path) for e in s.entries if e.current]

        assert current("/appels/2020/liste/") == ["Desk"]
        assert current("/appels/2020/") == ["Calls"]
        assert current("/recues/") == ["Desk"]

    def test_a_provider_is_asked_once_however_often_it_registers(self):
        def provider(user):
            return [Entry("A", "/a/")]

        navigation.register(provider)
        navigation.register(provider)
        assert len(navigation_for(None)[0].entries) == 1

    def test_the_page_says_where_one_is(self, client, site):
        navigation.register(lambda user: [Entry("Ici", "/nowhere/", "public")])
        link = page_of(client.get("/nowhere/")).select_one(".ec-nav a[aria-current]")
        assert (link.get_text(), link["aria-current"]) == ("Ici", "page")


# -- Tags ----------------------------------------------------------------------------------------------


class TestTags:
    def test_page_header(self):
        page = soup("{% page_header 'Portefeuille' 'Tous les projets.' 'Région' %}")
        assert page.h1.get_text() == "Portefeuille"
        assert [p.get_text() for p in page("p")] == ["Région", "Tous les projets."]

    def test_facts_leave_out_what_is_not_known(self):
        page = soup("{% facts pairs %}", pairs=[("Montant", "0"), ("Lieu", ""), ("Date", None), ("N", 0)])
        assert [(dt.get_text(), dt.find_next("dd").get_text()) for dt in page("dt")] == [
            ("Montant", "0"),
            ("N", "0"),
        ]

    def test_a_badge_says_its_word_and_shows_a_shape(self):
        page = soup("{% badge state %}", state=gallery.SampleState.WAITING)
        assert page.span["class"] == ["ec-badge", "ec-badge--waiting"]
        assert page.span.get_text() == "En attente du jury"
        assert page.svg["aria-hidden"] == "true"

    def test_each_tint_has_a_shape_of_its_own(self):
        shapes = {
            "".join(map(str, soup("{% badge s %}", s=state).svg.contents)) for state in gallery.SampleState
        }
        assert len(shapes) == len(badges.Tint)

    def test_a_badge_may_speak_to_its_audience(self):
        class Stage(Enum):
            SENT = "sent"
            label = property(lambda self: "À valider")

            def label_for(self, audience):
                return {"agent": "Envoyé"}[audience]

        member = Stage.SENT
        badges.register({member: "neutral"})
        assert badges.badge_for(member, "agent").label == "Envoyé"
        assert badges.badge_for(member).label == "À valider"

    def test_an_unknown_tint_is_refused(self):
        with pytest.raises(ValueError, match="red"):
            badges.register({gallery.SampleState.GOOD: "red"})

    def test_a_post_button_is_a_form_with_its_token(self):
        page = soup("{% post_action 'Ouvrir' '/appels/1/ouvrir/' 'primary' %}", csrf_token="abc")
        assert (page.form["method"], page.form["action"]) == ("post", "/appels/1/ouvrir/")
        assert page.find("input", attrs={"name": "csrfmiddlewaretoken"})["value"] == "abc"
        assert page.button.get_text() == "Ouvrir"
        assert page.details is None

    def test_a_button_to_confirm_opens_its_sentence_first(self):
        page = soup("{% post_action 'Retirer' '/x/' 'secondary' 'Elle ne sera pas lue.' %}", csrf_token="abc")
        assert page.summary.get_text() == "Retirer"
        assert page.details.form.p.get_text() == "Elle ne sera pas lue."
        assert page.button.get_text() == "Oui : Retirer"

    def test_the_pager_keeps_the_filters(self):
        request = RequestFactory().get("/liste/?phase=jury&page=2")
        page = soup("{% pager page %}", page=Paginator(range(30), 10).page(2), request=request)
        assert [(a["rel"], a["href"]) for a in page("a")] == [
            (["prev"], "?phase=jury&page=1"),
            (["next"], "?phase=jury&page=3"),
        ]
        assert page.span.get_text() == "Page 2 sur 3"

    def test_one_page_needs_no_pager(self):
        request = RequestFactory().get("/")
        page = soup("{% pager page %}", page=Paginator(range(3), 10).page(1), request=request)
        assert page.get_text(strip=True) == ""

    def test_panels_are_shown_in_their_order(self, monkeypatch):
        monkeypatch.setattr(panels, "_providers", panels.defaultdict(list))
        request = RequestFactory().get("/")
        request.user = AnonymousUser()

        def panel(title):
            return lambda user, obj: panels.Panel(
                "components/page_header.html", {"title": f"{title} {obj}", "lead": "", "eyebrow": ""}
            )

        panels.register("here", panel("second"), order=60)
        panels.register("here", panel("first"), order=40)
        panels.register("here", lambda user, obj: None)
        page = soup("{% panels 'here' obj %}", obj="of <you>", request=request)
        assert [h.get_text() for h in page("h1")] == ["first of <you>", "second of <you>"]


# -- Forms ---------------------------------------------------------------------------------------------


class TestForms:
    def test_help_and_errors_are_linked_to_their_field(self):
        form = gallery.SampleForm({"title": ""})
        page = soup("{% crispy form %}", form=form)
        field = page.find(id="id_title")
        linked = [page.find(id=ref).get_text(strip=True) for ref in field["aria-describedby"].split()]
        assert linked == ["Quelques mots que vos collègues comprennent.", "Champ requis."]
        assert field["aria-invalid"] == "true"

    def test_a_group_of_choices_has_a_legend_and_its_error(self):
        page = soup("{% crispy form %}", form=gallery.SampleForm({}))
        group = page.find(id="div_id_level").fieldset
        assert group.legend.get_text(strip=True) == "À quelle fréquence ?"
        assert "id_level_error" in group["aria-describedby"].split()
        assert page.find(id="id_level_error").get_text(strip=True) == "Champ requis."

    def test_help_and_errors_come_before_the_control(self):
        markup = str(soup("{% crispy form %}", form=gallery.SampleForm({})).find(id="div_id_title"))
        assert (
            markup.index("<label")
            < markup.index("id_title_helptext")
            < markup.index('id="id_title_error"')
            < markup.index("<input")
        )

    def test_optional_fields_say_so_and_no_star_is_drawn(self):
        page = soup("{% crispy form %}", form=gallery.SampleForm())
        labels = [label.get_text(" ", strip=True) for label in page.find_all(class_="form-label")]
        assert labels[0] == "Titre de votre projet"
        assert labels[-1] == "Depuis quand ? (facultatif)"
        assert "*" not in page.get_text()

    def test_nothing_typed_is_lost(self):
        page = soup("{% crispy form %}", form=gallery.SampleForm({"problem": "Mes mots", "level": "2"}))
        assert page.find(id="id_problem").get_text(strip=True) == "Mes mots"
        assert [i["value"] for i in page("input", checked=True)] == ["2"]

    def test_the_summary_leads_to_each_field(self):
        form = gallery.SampleForm({"problem": "x", "level": "2"})
        page = soup("{% error_summary form %}", form=form)
        assert page.div["role"] == "alert"
        assert page.find(class_="ec-notice__word").get_text(strip=True) == "2 choses à corriger"
        assert [(a["href"], a.get_text()) for a in page("a")] == [
            ("#id_title", "Titre de votre projet"),
            ("#id_place", "Où le voyez-vous ?"),
        ]

    def test_each_link_of_the_summary_lands_on_something(self):
        form = gallery.SampleForm({})
        page = soup("{% error_summary form %}{% crispy form %}", form=form)
        targets = [a["href"][1:] for a in page.select(".ec-errors a")]
        assert len(targets) == 4
        assert [t for t in targets if page.find(id=t) is None] == []

    def test_what_concerns_the_whole_form_stands_in_the_summary(self):
        form = gallery.SampleForm({"title": "a", "problem": "b", "place": "school", "level": "1"})
        form.add_error(None, "Ces deux dates se contredisent.")
        page = soup("{% error_summary form %}{% crispy form %}", form=form)
        assert page.get_text().count("Ces deux dates se contredisent.") == 1
        assert page.find(class_="ec-notice__word").get_text(strip=True) == "Une chose à corriger"

    def test_a_fresh_or_a_right_form_has_no_summary(self):
        right = gallery.SampleForm({"title": "a", "problem": "b", "place": "school", "level": "1"})
        page = soup("{% error_summary one two %}", one=gallery.SampleForm(), two=right)
        assert page.get_text(strip=True) == ""

    def test_every_page_with_a_form_also_has_its_summary(self):
        """Our crispy pack leaves the form's own errors to the summary: a page may not forget it."""
        without = []
        for path in (settings.BASE_DIR / "templates").rglob("*.html"):
            text = path.read_text()
            sent = re.search(r"{%\s*crispy\s", text) and re.search(
                r"<form\b", text
            )  # a preview sends nothing
            if sent and "error_summary" not in text and 'method="get"' not in text:
                without.append(str(path.relative_to(settings.BASE_DIR)))
        assert without == []


# -- When something went wrong -------------------------------------------------------------------------


class TestErrorPages:
    def test_not_found_says_what_to_do(self, client, site):
        response = client.get("/nowhere/")
        assert response.status_code == 404
        page = page_of(response)
        assert page.h1.get_text() == "Cette page n’existe pas, ou elle ne vous est pas ouverte"
        assert page.main.find("a", href=reverse("account_login") + "?next=/nowhere/")

    def test_a_form_open_too_long_says_that_nothing_is_lost(self, site):
        from django.test import Client

        response = Client(enforce_csrf_checks=True).post(reverse("account_login"), {})
        assert response.status_code == 403
        page = page_of(response)
        assert page.h1.get_text() == "Le formulaire est resté ouvert trop longtemps"
        assert "Ce que vous avez écrit n’est pas perdu." in page.main.get_text()

    def test_forbidden_says_whom_to_ask(self, rf, site):
        from django.views.defaults import permission_denied

        request = rf.get("/x/")
        request.user = AnonymousUser()
        request._messages = ()
        response = permission_denied(request, Exception("x"))
        assert response.status_code == 403
        page = page_of(response)
        assert page.h1.get_text() == "Vous ne pouvez pas faire cela"
        assert "la personne responsable du programme" in page.main.get_text()

    def test_the_failure_page_needs_no_database_and_speaks_both_languages(self):
        page = BeautifulSoup(render_to_string("500.html"), "html.parser")
        assert page.h1.get_text() == "Le site a un problème"
        assert page.find(lang="en").h2.get_text() == "The site has a problem"
        for link in page.find_all("link"):
            assert (settings.BASE_DIR / "incubator" / link["href"].lstrip("/")).exists()


# -- The page that shows them all ----------------------------------------------------------------------


class TestGallery:
    def test_it_is_open_on_a_demonstration(self, client, site, assert_queries):
        with override_settings(DEMO=True), assert_queries(1):
            response = client.get("/composants/")
        page = page_of(response)
        assert response.status_code == 200
        assert len(page.select("ol.ec-path__stops")) == 3
        assert len(page.select("figure.ec-chart")) == 5
        ids = [tag["id"] for tag in page.find_all(id=True)]
        assert len(ids) == len(set(ids))

    def test_elsewhere_it_asks_for_a_sign_in(self, client, site):
        response = client.get("/composants/")
        assert response.headers["Location"] == reverse("account_login") + "?next=/composants/"

    def test_elsewhere_it_is_for_those_who_run_the_programme(self, client_for, site, django_user_model):
        agent = django_user_model.objects.create_user(username="agent")
        assert client_for(agent).get("/composants/").status_code == 403
        admin = django_user_model.objects.create_superuser(username="admin")
        assert client_for(admin).get("/composants/").status_code == 200
