"""Calls in the Wagtail admin."""

from django.templatetags.static import static
from django.urls import path
from django.utils.html import format_html
from django.utils.translation import gettext as _
from wagtail import hooks

from calls.views.board import board
from calls.viewsets import CallsGroup


@hooks.register("register_admin_viewset")
def call_viewsets():
    return CallsGroup()


@hooks.register("register_admin_urls")
def call_urls():
    return [path("appels/<int:pk>/ou-en-est-il/", board, name="calls_board")]


@hooks.register("insert_editor_js")
def question_builder():
    """The builder's own comforts, with the words they say."""
    return format_html(
        '<script id="question-builder" type="module" src="{}" data-yes="{}" data-no="{}" data-none="{}"></script>',
        static("eclosion/js/builder.js"),
        _("Yes"),
        _("No"),
        _("No earlier question with choices is called so."),
    )
