"""The authority's two colours: refused when some people could not read them, served once for ever."""

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from incubator.core import theme
from incubator.core.models import SiteSettings


class TestContrast:
    @pytest.mark.parametrize(
        ("one", "other", "ratio"),
        [("#000000", "#ffffff", 21.0), ("#ffffff", "#ffffff", 1.0), ("#777777", "#ffffff", 4.48)],
    )
    def test_it_is_that_of_wcag(self, one, other, ratio):
        assert round(theme.contrast(one, other), 2) == ratio
        assert theme.contrast(one, other) == theme.contrast(other, one)

    def test_our_own_colours_pass(self):
        assert theme.refusals(theme.DEFAULT_PRIMARY, theme.DEFAULT_ACCENT) == {}

    def test_the_grounds_are_those_of_the_style_sheet(self, settings):
        tokens = (settings.BASE_DIR / "incubator/static/eclosion/css/tokens.css").read_text()
        assert f"--ec-paper: {theme.PAPER};" in tokens
        assert f"--ec-ink: {theme.INK};" in tokens
        assert f"--ec-primary: {theme.DEFAULT_PRIMARY};" in tokens
        assert f"--ec-accent: {theme.DEFAULT_ACCENT};" in tokens


class TestChoosing:
    def clean(self, primary, accent):
        with translation.override("fr"):
            try:
                SiteSettings(primary_color=primary, accent_color=accent).clean()
            except ValidationError as refused:
                return refused.message_dict
        return {}

    def test_a_light_colour_of_actions_is_refused_with_its_ratio(self):
        assert self.clean("#33aabb", theme.DEFAULT_ACCENT) == {
            "primary_color": [
                "Cette couleur est trop claire pour être lue : son contraste est de 2,6 pour 1, "
                "il en faut 4,5. Choisissez-en une plus foncée."
            ]
        }

    def test_just_under_the_threshold_is_never_rounded_up(self):
        # 4.48 to 1 on white, less on paper: the sentence may not say 4.5.
        assert "4,2 pour 1" in self.clean("#777777", "#ffe9c9")["primary_color"][0]

    def test_a_dark_accent_is_refused(self):
        assert list(self.clean(theme.DEFAULT_PRIMARY, "#5a3a10")) == ["accent_color"]

    def test_two_colours_that_are_one_in_grey_are_refused(self):
        # Both pass alone: they are refused because nothing tells now from what can be done.
        wrong = self.clean("#6a6a6a", "#9a9a9a")
        assert wrong == {
            "accent_color": [
                "Cette couleur est trop proche de celle des actions : en gris, personne ne les "
                "distinguerait. Choisissez-en une plus claire."
            ]
        }

    def test_what_is_no_colour_is_left_to_the_field(self):
        assert self.clean("red", "#12345") == {}


class TestServed:
    def test_with_its_fingerprint_it_is_kept_for_ever(self, client, site):
        SiteSettings.objects.create(site=site, primary_color="#5B2A86", accent_color="#ffd166")
        url = f"/theme-{theme.fingerprint('#5b2a86', '#ffd166')}.css"
        response = client.get(url)
        assert response["Content-Type"] == "text/css; charset=utf-8"
        assert response.content == b":root{--ec-primary:#5b2a86;--ec-accent:#ffd166}\n"
        assert response["Cache-Control"] == "public, max-age=31536000, immutable"
        assert url.encode() in client.get("/nowhere/").content

    def test_an_old_address_answers_the_present_colours_and_is_not_kept(self, client, site):
        response = client.get("/theme-000000000000.css")
        assert response.content == b":root{--ec-primary:#0b4f5c;--ec-accent:#f0a35e}\n"
        assert response["Cache-Control"] == "no-store"

    def test_a_row_written_past_the_form_breaks_nothing(self, client, site):
        SiteSettings.objects.create(site=site, primary_color="}</st", accent_color="")
        response = client.get("/theme-x.css")
        assert response.content == b":root{--ec-primary:#0b4f5c;--ec-accent:#f0a35e}\n"

    def test_reading_a_page_of_an_unconfigured_site_writes_nothing(self, client, site):
        client.get("/theme-x.css")
        assert not SiteSettings.objects.exists()
