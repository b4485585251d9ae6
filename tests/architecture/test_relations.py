"""Foreign keys go one way too; the user model and ContentType are the only exceptions."""

from django.apps import apps
from django.contrib.auth import get_user_model
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.test.utils import isolate_apps

from tests.architecture.house import RANK

EXCEPTIONS = {"accounts.User", ContentType._meta.label}


def relation_faults(registry=apps) -> list[str]:
    """Relations of our models to a package to the right, to a missing model, or that lose people or history."""
    faults = []
    for model in registry.get_models(include_auto_created=True):
        if model._meta.app_label not in RANK or model._meta.auto_created:
            continue
        for field in model._meta.get_fields():
            if not field.is_relation or field.auto_created or field.related_model is None:
                continue
            target = field.related_model._meta
            if target.label in EXCEPTIONS:
                if (
                    field.concrete
                    and getattr(field.remote_field, "on_delete", models.PROTECT) is models.CASCADE
                ):
                    faults.append(
                        f"{model._meta.label}.{field.name}: a person takes nothing with them (PROTECT)"
                    )
            elif RANK.get(target.app_label, -1) > RANK[model._meta.app_label]:
                faults.append(f"{model._meta.label}.{field.name} may not point to {target.label}")
    return faults


def test_relations_go_one_way_and_people_are_protected():
    assert relation_faults() == []


def test_our_own_user_model_stands():
    assert get_user_model()._meta.label == "accounts.User"


def test_no_model_of_ours_sets_a_date_by_itself():
    """``auto_now`` asks the machine's clock, not ours."""
    automatic = [
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        if model._meta.app_label in RANK
        for field in model._meta.get_fields()
        if getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False)
        if field.model is model and not _inherited_from_others(model, field)
    ]
    assert automatic == []


def _inherited_from_others(model, field) -> bool:
    """Whether a field comes from an abstract model of Wagtail or taggit."""
    return any(
        field.name in {each.name for each in base._meta.get_fields()}
        for base in model.__mro__[1:]
        if hasattr(base, "_meta") and not base.__module__.startswith(("incubator", *RANK))
    )


# -- The gate, seen failing --------------------------------------------------------------------------


@isolate_apps("projects", "calls", "incubator.accounts")
def test_relation_gate_fails_on_a_wrong_way_key():
    class Call(models.Model):
        class Meta:
            app_label = "calls"

    class Project(models.Model):
        call = models.ForeignKey(Call, on_delete=models.PROTECT)

        class Meta:
            app_label = "projects"

    registry = Project._meta.apps
    assert relation_faults(registry) == ["projects.Project.call may not point to calls.Call"]
