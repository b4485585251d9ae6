"""Every member of every closed list has a word, and a badge where its list is shown as badges."""

import pytest
from django.apps import apps
from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from incubator.core import badges
from tests.architecture.house import PACKAGES, RANK


def enums(base: type = models.Choices) -> list[type[models.Choices]]:
    """Every closed list of our packages."""
    found = []
    for enum in base.__subclasses__():
        if enum.__module__.startswith(PACKAGES) and list(enum):
            found.append(enum)
        found += enums(enum)
    return found


def label_faults(enum) -> list[str]:
    """Members whose word cannot be translated (a sign such as % needs none) or is another member's."""
    faults = [
        f"{enum.__name__}.{member.name} has no translatable label"
        for member in enum
        if not isinstance(member._label_, Promise) and any(letter.isalpha() for letter in str(member.label))
    ]
    words = [str(member.label) for member in enum]
    return faults + [
        f"{enum.__name__}: two members read “{word}”" for word in set(words) if words.count(word) > 1
    ]


def badge_faults(enum, registered=badges.is_registered) -> list[str]:
    """A list of which some members have a badge and others have none."""
    have = [member for member in enum if registered(member)]
    return [f"{enum.__name__}.{member.name} has no badge" for member in enum if have and member not in have]


def test_every_member_has_a_word_of_its_own():
    found = [fault for enum in enums() for fault in label_faults(enum)]
    assert found == []


def test_lists_shown_as_badges_have_one_for_each_member():
    assert [fault for enum in enums() for fault in badge_faults(enum)] == []


def test_every_state_has_a_badge():
    """Whatever a workflow may write into its state column is shown somewhere as a badge."""
    from tests.architecture.test_workflows import workflows

    without = []
    for name, workflow in workflows().items():
        subject = workflow.log._meta.get_field(workflow.subject).related_model
        for value, _label in subject._meta.get_field(workflow.state_field).choices:
            members = [member for enum in enums() for member in enum if member.value == value]
            if not any(badges.is_registered(member) for member in members):
                without.append(f"{name}: {value}")
    assert without == []


def test_codes_are_stored_and_never_sentences():
    odd = [
        f"{enum.__name__}.{member.name} = {member.value!r}"
        for enum in enums()
        for member in enum
        if isinstance(member.value, str)
        and member.value
        and not member.value.replace("_", "").replace("-", "").isalnum()
    ]
    assert odd == []


def test_choices_of_columns_come_from_the_enums():
    """No column writes its choices out: their codes would have no name in the code."""
    codes = [{member.value for member in enum} for enum in enums()]
    loose = [
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        if model._meta.app_label in RANK
        for field in model._meta.get_fields()
        if field.concrete and field.choices and field.model is model
        if not any({value for value, _label in field.flatchoices} <= known for known in codes)
        if field.name not in {"language"}
    ]
    assert loose == []


# -- The gates, seen failing -------------------------------------------------------------------------


class Sound(models.TextChoices):
    YES = "yes", _("Yes")
    NO = "no", _("No")


class Mute(models.TextChoices):
    YES = "yes"
    NO = "no", "No"


class Twice(models.TextChoices):
    YES = "yes", _("Yes")
    SURE = "sure", _("Yes")


def test_label_gate_fails_on_a_missing_or_double_word():
    assert label_faults(Sound) == []
    assert len(label_faults(Mute)) == 2
    assert len(label_faults(Twice)) == 1


@pytest.mark.parametrize(("known", "faults"), [(set(), 0), ({"yes", "no"}, 0), ({"yes"}, 1)])
def test_badge_gate_fails_on_a_half_dressed_list(known, faults):
    assert len(badge_faults(Sound, lambda member: member.value in known)) == faults
