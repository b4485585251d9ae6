"""Axe on a page, once a run for each shape that the page can take at a width.

Axe takes more time than the site and the browser together, and most pages that a walk meets differ from one already
judged by their words and numbers alone. So a page is first reduced to its *shape*: everything that axe's rules read
(tags, classes, roles, aria, states, which names and texts are there and which are empty, which references lead
somewhere, the steps between headings, what is visible and what scrolls), but not what is written, nor how often and in
which order neighbours that are alike follow each other. A shape found sound at a width is noted in a folder that all
processes of the run share, and not judged again; one with a fault is judged, and told, each time.
"""

import hashlib
import os
from functools import cache
from pathlib import Path

SHAPE = """() => {
  // Moving parts come to rest, so that colours are measured as they stay.
  for (const one of document.getAnimations()) try { one.finish() } catch { /* it turns for ever */ }

  const REFERENCES = new Set(["for", "headers", "list", "aria-labelledby", "aria-describedby", "aria-controls",
                              "aria-owns", "aria-activedescendant", "aria-details", "aria-errormessage"]);
  const WRITTEN = new Set(["alt", "title", "placeholder", "value", "href", "src", "action", "label",
                           "aria-label", "aria-description", "aria-valuetext", "aria-valuenow", "aria-roledescription"]);
  const numberless = text => text.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, "#").replace(/\\d+/g, "#");
  const ids = [...document.querySelectorAll("[id]")].map(one => one.id);

  const attribute = ({name, value}) => {
    if (name === "tabindex") return name + value;
    if (name === "href" && value.startsWith("#")) return value + (ids.includes(value.slice(1)) ? "" : "?");
    if (WRITTEN.has(name)) return name + (value.trim() ? "=…" : "=");
    if (REFERENCES.has(name))
      return name + "=" + value.trim().split(/\\s+/).map(id => numberless(id) + (ids.includes(id) ? "" : "?"));
    if (/^(d|x|y|[xy][12]|c[xy]|r|points|transform|viewBox|data-.*|hx-.*|datetime)$/.test(name)) return name;
    return name + "=" + numberless(value);
  };
  const looks = one => {
    if (!one.checkVisibility()) return "-";
    const over = one.clientWidth && (one.scrollWidth > one.clientWidth + 1 || one.scrollHeight > one.clientHeight + 1);
    return over && /auto|scroll/.test(getComputedStyle(one).overflow) ? "~" : "";
  };
  const shape = one => {
    if (one.nodeType === Node.TEXT_NODE) return one.data.trim() ? "t" : "";
    if (one.nodeType !== Node.ELEMENT_NODE) return "";
    const inside = new Set([...one.childNodes].map(shape));
    inside.delete("");
    return `<${one.localName}${looks(one)} ${[...one.attributes].map(attribute).sort()}>${[...inside].sort().join("")}</>`;
  };
  const levels = [...document.querySelectorAll("h1,h2,h3,h4,h5,h6")].map(one => one.localName);
  const steps = new Set(levels.map((level, place) => `${levels[place - 1] ?? ""}>${level}`));
  const named = [...document.querySelectorAll("[aria-label]")].map(one => one.localName + one.ariaLabel);
  const labelled = [...document.querySelectorAll("label[for]")].map(one => one.htmlFor);
  const once = (list, what) => `${what} ${list.length === new Set(list).size ? "once" : "twice"}`;
  const firsts = levels.filter(level => level === "h1");
  const root = document.documentElement, viewport = document.querySelector("meta[name=viewport]");
  const unique = [once(ids, "ids"), once(named, "names"), once(labelled, "labels"), once(firsts, "h1")];
  return [root.lang, document.title ? "titled" : "", viewport?.content, ...unique, [...steps].sort(),
          shape(document.body)].join("\\n");
}"""
RUN = "async () => (await axe.run(document, {resultTypes: ['violations']})).violations"


@cache
def axe() -> str:
    import axe_playwright_python

    return (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text()


def shared_folder(tmp_path_factory) -> Path:
    """One folder for all processes of this run, and for no other run."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "sound"
    folder.mkdir(exist_ok=True)
    return folder


class Judge:
    """Axe's violations, with the memory of what was sound; ``judged`` counts the pages that axe has read."""

    def __init__(self, folder: Path):
        self.folder, self.judged = folder, 0

    def violations(self, page, width: int) -> list[dict]:
        shape = page.evaluate(SHAPE)
        known = self.folder / hashlib.sha256(f"{width}\n{shape}".encode()).hexdigest()
        if known.exists():
            return []
        self.judged += 1
        page.evaluate(axe())
        found = page.evaluate(RUN)
        if not found:
            known.touch()
        return found
