"""The minutes as a tagged PDF: the words of the page, kept private, made once; and what is said without Pango."""

import html
import re
import zlib

import pytest
from django.urls import reverse

from incubator.core import pdf
from incubator.core.models import JournalEntry, PrivateFile
from juries.domain import corrections
from juries.models import Decision, MinutesFile
from tests.factories import juries as make

pytestmark = pytest.mark.django_db

needs_pango = pytest.mark.skipif(bool(pdf.why_not()), reason="WeasyPrint or Pango is not installed")


def page(answer) -> str:
    return html.unescape(answer.content.decode()).replace("\u00a0", " ").replace("’", "'")


def opened(content: bytes) -> bytes:
    """The file with its compressed parts laid open."""
    parts = [content]
    for found in re.finditer(rb"stream\r?\n(.*?)\r?\nendstream", content, re.S):
        try:
            # Forgiving of a last byte that looks like the end of a line, and was taken for it.
            parts.append(zlib.decompressobj().decompress(found[1]))
        except zlib.error:
            continue
    return b"\n".join(parts)


def address(world, name="minutes_pdf"):
    return reverse(f"juries:{name}", args=[world.sitting.code])


@pytest.fixture
def world():
    world = make.World(projects=2, jurors=1).open_scoring().deliberate().decide_all().tell()
    world.pronounce()
    return world


@needs_pango
def test_it_is_tagged_has_a_language_and_a_title_and_is_made_once(client_for, site, world):
    client = client_for(world.jurors[0])
    sent = client.post(address(world))
    content = b"".join(sent.streaming_content)
    assert content.startswith(b"%PDF-1.7")
    assert sent["Content-Disposition"] == f'attachment; filename="pv-{world.sitting.minutes.number}.pdf"'
    assert sent["Cache-Control"] == "private, no-store"
    # PDF/UA-1 (ISO 14289-1): marked, with a structure tree, a language, a shown title, and saying so itself.
    content = opened(content)
    for mark in (rb"/MarkInfo", rb"/StructTreeRoot", rb"/Lang \(fr\)", rb"/DisplayDocTitle true"):
        assert re.search(mark, content), mark
    assert b"pdfuaid:part" in content
    for tag in (b"/H1", b"/H2", b"/H3", b"/LI"):
        assert tag in content
    b"".join(client_for(world.manager).post(address(world)).streaming_content)
    assert MinutesFile.objects.count() == PrivateFile.objects.count() == 1
    assert JournalEntry.objects.filter(verb="juries.minutes_printed", actor=world.jurors[0]).count() == 1


@needs_pango
def test_a_correction_makes_a_second_file_and_the_first_stays(client_for, site, world):
    client = client_for(world.manager)
    b"".join(client.post(address(world)).streaming_content)
    corrections.correct(
        actor=world.manager,
        decision=Decision.objects.first(),
        outcome="retain",
        reason="Le problème est réel, partagé, et chiffré.",
        why="Un mot manquait au motif.",
    )
    sent = client.post(address(world))
    b"".join(sent.streaming_content)
    assert f"pv-{world.sitting.minutes.number}-rectificatif-1.pdf" in sent["Content-Disposition"]
    assert list(MinutesFile.objects.order_by("pk").values_list("corrections", flat=True)) == [0, 1]


def test_others_do_not_know_it_and_looking_makes_nothing(client_for, site, world):
    assert client_for(make.person()).post(address(world)).status_code == 404
    assert client_for(world.projects[0].memberships.get().user).post(address(world)).status_code == 404
    assert client_for(world.manager).get(address(world)).status_code == 405
    assert not MinutesFile.objects.exists()


def test_without_pango_the_page_says_why_and_offers_to_print(client_for, site, world, monkeypatch):
    def missing():
        raise pdf.Unavailable(pdf.NOT_INSTALLED)

    monkeypatch.setattr(pdf, "_engine", missing)
    client = client_for(world.manager)
    text = page(client.get(address(world, "minutes")))
    assert "Ce site ne fait pas de PDF : le composant qui le dessine (Pango) n'est pas installé." in text
    assert "Télécharger en PDF" not in text
    refused = client.post(address(world), follow=True)
    assert "Ce site ne fait pas de PDF" in page(refused)
    assert not MinutesFile.objects.exists()


@needs_pango
def test_nothing_is_fetched_to_draw_it():
    content = pdf.make(
        '<html lang="fr"><title>x</title><p>a<img src="https://example.org/x.png" alt="x"></html>'
    )
    assert content.startswith(b"%PDF")


@needs_pango
def test_a_name_and_its_value_stay_on_the_same_page():
    import weasyprint
    from django.contrib.staticfiles import finders

    pairs = "<div><dt>Prochain comité le</dt><dd>30 mars 2021</dd></div>"
    body = "".join(
        f"<p>{'<br>'.join('x' * lines)}</p><dl class='jr-demands'>{pairs * 40}</dl>" for lines in (1, 2, 4)
    )
    style = weasyprint.CSS(finders.find("eclosion/css/minutes.css"))
    pages = (
        weasyprint.HTML(string=f"<html lang='fr'><body>{body}</body></html>")
        .render(stylesheets=[style])
        .pages
    )
    assert len(pages) > 4
    for printed in pages:
        tags = [
            box.element_tag for box in printed._page_box.descendants() if type(box).__name__ == "BlockBox"
        ]
        assert tags.count("dt") == tags.count("dd"), "a name was left at the foot of a page"
