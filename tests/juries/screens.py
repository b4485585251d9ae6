"""How the tests of the juries name a page and read it."""

import html

from django.urls import reverse


def page(answer) -> str:
    """What a person reads: without entities, with plain spaces and straight apostrophes."""
    return (
        html.unescape(answer.content.decode()).replace("\u00a0", " ").replace("\u202f", " ").replace("’", "'")
    )


def url(name, world, hearing=None) -> str:
    extra = {"hearing": hearing.uuid} if hearing else {}
    return reverse(f"juries:{name}", kwargs={"code": world.sitting.code, **extra})
