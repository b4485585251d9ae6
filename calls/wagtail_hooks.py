"""Calls in the Wagtail admin."""

from django.urls import path
from wagtail import hooks

from calls.views.board import board
from calls.viewsets import CallsGroup


@hooks.register("register_admin_viewset")
def call_viewsets():
    return CallsGroup()


@hooks.register("register_admin_urls")
def call_urls():
    return [path("appels/<int:pk>/ou-en-est-il/", board, name="calls_board")]
