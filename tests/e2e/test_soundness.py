"""What spares axe a page, and what does not: pages of a few lines, judged as the walks judge theirs."""

import pytest

from tests.e2e.soundness import Judge

PAGE = """<!doctype html><html lang="fr"><head><title>Page</title><style>body {{ color: #222; background: #fff }}
.pale {{ color: #bbb }} input {{ height: 48px }} .box {{ width: 200px; height: 60px; overflow: auto }}</style></head>
<body><main><h1>{title}</h1><h2>Les champs</h2>{fields}</main></body></html>"""
FIELD = '<p><label for="f{n}">{label}</label> <input id="f{n}" value="{value}"></p>'
SOUND = FIELD.format(n=1, label="Nom", value="Lina")


@pytest.fixture
def judge(tmp_path):
    return Judge(tmp_path)


@pytest.fixture
def page(chromium):
    page = chromium.new_page(viewport={"width": 360, "height": 740})
    yield page
    page.close()


def judged(judge, page, *, title="Titre", fields=SOUND, width=360) -> tuple[list[str], int]:
    """The rules broken, and how many pages axe has read so far."""
    page.set_content(PAGE.format(title=title, fields=fields))
    return [violation["id"] for violation in judge.violations(page, width)], judge.judged


def test_the_same_shape_is_judged_once_at_each_width(judge, page):
    assert judged(judge, page) == ([], 1)
    more = SOUND + FIELD.format(n=27, label="Prénom et surnom", value="Maëlle")
    assert judged(judge, page, title="Un autre titre, plus long", fields=more) == ([], 1)
    assert judged(judge, page, width=1280) == ([], 2)


@pytest.mark.parametrize(
    ("fields", "rule"),
    [
        (SOUND.replace("<label", "<span").replace("</label", "</span"), "label"),
        (SOUND.replace('for="f1"', 'for="f2"'), "label"),
        (SOUND.replace("Nom", ""), "label"),
        (SOUND.replace("<p>", '<p class="pale">'), "color-contrast"),
        (SOUND + '<p><a href="/a/"></a></p>', "link-name"),
        (SOUND + "<h4>Un pas de trop</h4>", "heading-order"),
        (SOUND + '<img src="data:,">', "image-alt"),
        (SOUND + '<div class="box">' + "Des mots. " * 80 + "</div>", "scrollable-region-focusable"),
        (SOUND + '<p aria-expanded="peut-être">Plus</p>', "aria-valid-attr-value"),
        (SOUND + FIELD.format(n=2, label="Prénom", value="").replace('for="f2"', 'for="f1"'), "label"),
        (SOUND.replace("<input", '<input tabindex="3"'), "tabindex"),
    ],
)
def test_what_breaks_a_rule_is_another_shape_and_is_found_each_time(judge, page, fields, rule):
    judged(judge, page)
    judged(judge, page, fields=SOUND + '<div class="box">Un mot.</div>')
    before = judge.judged
    for turn in (1, 2):
        found, read = judged(judge, page, fields=fields)
        assert rule in found
        assert read == before + turn
