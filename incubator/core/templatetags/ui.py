"""The tags and filters of every screen: ``{% load ui %}``. Each is shown with its contract on ``/composants/``."""

from django import template
from django.core.paginator import Page
from django.forms import BaseForm
from django.template.loader import render_to_string
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from incubator.core import badges, charts, drawing, panels, words
from incubator.core.path import Path

register = template.Library()

register.filter("in_words", words.in_words)
register.filter("day", words.day)
register.filter("hour", words.hour)
register.filter("typeset", words.typeset)
register.filter("unbroken", words.unbroken)
register.filter("ago", words.ago)
register.filter("amount", words.amount)
register.filter("number", words.number)
register.filter("with_unit", words.with_unit)
register.simple_tag(words.colon, name="colon")


@register.inclusion_tag("components/page_header.html")
def page_header(title, lead="", eyebrow=""):
    """What this page is: an eyebrow (where we are), the only h1, a lead of one or two sentences."""
    return {"title": words.typeset(title), "lead": words.typeset(lead), "eyebrow": words.typeset(eyebrow)}


@register.inclusion_tag("components/facts.html")
def facts(pairs):
    """A list of (term, value) pairs; pairs without a value are left out."""
    return {"pairs": [(term, value) for term, value in pairs if value not in (None, "")]}


@register.inclusion_tag("components/empty_state.html")
def empty_state(title, text="", url="", label=""):
    """What will stand here and how it gets here, with at most one way on."""
    return {"title": title, "text": text, "url": url, "label": label}


@register.inclusion_tag("components/action.html")
def action(label, url, style="primary"):
    """A link that looks like what it does: ``primary`` (one a screen), ``secondary``, ``quiet``."""
    return {"label": label, "url": url, "style": style}


@register.inclusion_tag("components/post_action.html", takes_context=True)
def post_action(context, label, url, style="primary", confirm=""):
    """A button that acts by POST. With ``confirm`` it first opens that sentence; no JavaScript needed."""
    return {
        "label": label,
        "url": url,
        "style": style,
        "confirm": confirm,
        "csrf_token": context.get("csrf_token"),
    }


@register.inclusion_tag("components/error_summary.html")
def error_summary(*forms: BaseForm | list[BaseForm]):
    """What is to correct in these forms, or lists of forms, with a link to each field. Nothing without errors."""
    general, fields = [], []
    flat = [form for given in forms for form in (given if isinstance(given, list) else [given])]
    for form in flat:
        if not form or not form.is_bound:
            continue
        general += form.non_field_errors()
        for name, errors in form.errors.items():
            if name in form.fields:
                bound = form[name]
                fields += [{"id": _first_id(bound), "label": bound.label, "error": error} for error in errors]
    return {"general": general, "fields": fields, "count": len(general) + len(fields)}


def _first_id(bound) -> str:
    """Where the focus goes: a group of choices has no input of its own id, its first choice has."""
    return f"{bound.auto_id}_0" if bound.use_fieldset and not bound.id_for_label else bound.auto_id


@register.inclusion_tag("components/pager.html", takes_context=True)
def pager(context, page_obj: Page):
    """Previous and next, keeping the filters of the address."""
    query = context["request"].GET.copy()
    links = {}
    if page_obj.has_previous():
        query["page"] = page_obj.previous_page_number()
        links["previous"] = "?" + query.urlencode()
    if page_obj.has_next():
        query["page"] = page_obj.next_page_number()
        links["next"] = "?" + query.urlencode()
    return {"page_obj": page_obj, "links": links}


@register.inclusion_tag("components/contact.html", takes_context=True)
def contact(context):
    """Whom to call, on every screen."""
    return {"identity": context["identity"]}


@register.simple_tag(takes_context=True, name="panels")
def show_panels(context, slot, obj=None) -> SafeString:
    """What packages to the right show in this slot about this object, to this user."""
    request = context["request"]
    shown = panels.panels_for(slot, request.user, obj)
    rendered = (render_to_string(panel.template, panel.context, request=request) for panel in shown)
    return format_html_join("\n", "{}", ((SafeString(html),) for html in rendered))


@register.inclusion_tag("components/badge.html")
def badge(member, audience=""):
    """The state of something, by word, shape and tint; ``member`` is an enum member."""
    return {"badge": badges.badge_for(member, audience)}


@register.simple_tag
def path(path: Path, size="large") -> SafeString:
    """The path: ``large`` on a page, ``small`` in a row."""
    return SafeString(
        render_to_string(f"components/path_{size}.html", {"path": path, "drawing": drawing.draw(path, size)})
    )


@register.simple_tag
def chart(chart: charts.Chart) -> SafeString:
    """A chart with its finding, its drawing, its figures in a table, and its CSV link."""
    return SafeString(
        render_to_string(
            "components/charts/figure.html", {"chart": chart, "drawing": chart.draw(), "uid": chart.uid}
        )
    )


@register.filter
def is_current(entry) -> str:
    """``aria-current`` for a link of the navigation."""
    return SafeString(' aria-current="page"') if entry.current else ""


@register.simple_tag
def notice_kind(level_tag: str) -> dict[str, str]:
    """How a message of Django's is shown: its tint and the word that opens it."""
    return {
        "success": {"tint": "good", "word": gettext("Done")},
        "warning": {"tint": "waiting", "word": gettext("Please note")},
        "error": {"tint": "error", "word": gettext("Not done")},
    }.get(level_tag, {"tint": "info", "word": gettext("For information")})
