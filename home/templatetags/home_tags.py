"""``{% load home_tags %}``: what the front page shows besides its editor's words."""

from django import template

from home.queries import front as queries

register = template.Library()


@register.simple_tag
def front() -> queries.Front:
    return queries.front()
