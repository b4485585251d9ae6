"""Forms in the admin: choices are what one may see, refusals come back beside the fields."""

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.forms import ModelChoiceField


def scope_choices(form, user) -> None:
    """Restrict every choice of an object in ``form`` to what ``user`` may see."""
    for field in form.fields.values():
        if isinstance(field, ModelChoiceField) and hasattr(field.queryset, "visible_to"):
            field.queryset = field.queryset.visible_to(user)


def add_errors(form, error: ValidationError) -> None:
    """Put a verb's sentences beside the fields they speak of; the others stand above the form."""
    if not hasattr(error, "error_dict"):
        form.add_error(None, error)
        return
    for field, sentences in error.error_dict.items():
        known = field != NON_FIELD_ERRORS and field in form.fields
        for sentence in sentences:
            form.add_error(field if known else None, sentence)
