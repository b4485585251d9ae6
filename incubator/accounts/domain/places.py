"""Verbs about where people work: directorates and workplaces."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from incubator.accounts import rules
from incubator.accounts.models import Directorate, Workplace
from incubator.core import journal
from incubator.core.models import Refused


@transaction.atomic
def create_directorate(*, actor, code: str, name: str) -> Directorate:
    return _save(actor, Directorate(code=code, name=name), "accounts.create_directorate")


@transaction.atomic
def update_directorate(*, actor, directorate: Directorate, code: str, name: str) -> Directorate:
    directorate.code, directorate.name = code, name
    return _save(actor, directorate, "accounts.update_directorate")


@transaction.atomic
def create_workplace(*, actor, name: str, town: str = "") -> Workplace:
    return _save(actor, Workplace(name=name, town=town), "accounts.create_workplace")


@transaction.atomic
def update_workplace(*, actor, workplace: Workplace, name: str, town: str = "") -> Workplace:
    workplace.name, workplace.town = name, town
    return _save(actor, workplace, "accounts.update_workplace")


def _save(actor, place, verb: str):
    if not rules.can_manage_places(actor):
        raise PermissionDenied(verb)
    try:
        place.full_clean()
    except ValidationError as error:
        raise Refused(error.error_dict) from error
    place.save()
    journal.record(verb=verb, actor=actor, target=place)
    return place
