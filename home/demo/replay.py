"""The replay: which parts, in which order, up to which stage."""

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils import translation

from home.demo import (
    cohort_2020,
    desk,
    futures_2020,
    lycees,
    open_call,
    other_calls,
    people,
    programme,
    promotion_2026,
)
from home.demo.personas import PERSONAS
from home.demo.play import Stage
from home.domain.site import set_up_site
from projects.models import Programme

STAGES = ("call", "selection", "incubation", "all")


def is_loaded() -> bool:
    """Whether the people of the demonstration are here."""
    return get_user_model().objects.filter(username=PERSONAS["responsable"].username).exists()


def has_real_data() -> bool:
    """Whether someone has begun to use this site for real."""
    return Programme.objects.exists()


def load(*, stage: str = "all", say: Callable[[str], object] = lambda line: None) -> None:
    """Replay the demonstration up to ``stage``, all or nothing, in the language of the site.

    ``call``: the programme with its first call and thirteen applications; ``selection``: up to the jury of
    the hackathon; ``incubation``: up to the six decisions of July 2020; ``all``: what became of them, and
    the recent cohorts.
    """
    with transaction.atomic(), translation.override(settings.LANGUAGE_CODE):
        scene = _set_the_scene()
        say("People, programmes, pages: done.")
        found = programme.found(scene)
        scene.populations = programme.count_populations(scene)
        cohort = cohort_2020.open_cohort(scene, found["main"])
        cohort_2020.call_for_projects(scene, cohort)
        say("Promotion 2020: thirteen applications by nineteen people.")
        if stage == "call":
            return
        cohort_2020.select(scene, cohort)
        say("Promotion 2020: nine projects preselected, six selected.")
        if stage == "selection":
            return
        cohort_2020.incubate(scene, cohort)
        cohort_2020.decide_in_july(scene, cohort)
        say("Promotion 2020: six decisions on 7 July 2020.")
        if stage == "incubation":
            return
        futures_2020.what_became_of_them(scene, cohort)
        say("Promotion 2020: what became of them.")
        lycees.play(scene, found["rh"])
        lycees.contest(scene, found["rh"])
        say("Incubateur RH: one startup with its impact page, one contest open for scoring.")
        promotion_2026.play(scene, found["main"])
        say("This year's promotion: a jury in deliberation, a team in pre-incubation.")
        open_call.play(scene, found["main"])
        other_calls.play(scene, found["rh"])
        desk.play(scene)
        say(f"An open call, until {scene.day(open_call.OPEN_FOR_DAYS)}.")


def _set_the_scene() -> Stage:
    set_up_site()
    programme.identify_site()
    directorates = people.create_directorates()
    return Stage(people=people.create_people(directorates), directorates=directorates)
