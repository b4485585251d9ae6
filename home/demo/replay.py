"""The replay: which parts, in which order, up to which stage."""

from collections.abc import Callable

from django.contrib.auth import get_user_model
from django.db import transaction

from home.demo import people
from home.demo.personas import PERSONAS
from home.domain.site import set_up_site
from projects.models import Programme

STAGES = ("call", "selection", "incubation", "all")


def is_loaded() -> bool:
    """Whether the people of the demonstration are here."""
    return get_user_model().objects.filter(username=PERSONAS["responsable"].username).exists()


def has_real_data() -> bool:
    """Whether someone has begun to use this site for real."""
    return Programme.objects.exists()


@transaction.atomic
def load(*, stage: str = "all", say: Callable[[str], object] = lambda line: None) -> None:
    """Replay the demonstration up to ``stage``, all or nothing."""
    set_up_site(authority=people.AUTHORITY)
    people.create_people()
    say("People: done.")
