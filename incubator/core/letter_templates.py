"""Verbs for the authority's own words: which names they may use is checked before they replace ours."""

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from incubator.core import journal, letter_texts, letters, rules
from incubator.core.models import LetterTemplate, Refused


@transaction.atomic
def create_template(*, actor, kind: str, language: str, subject: str = "", body: str = "") -> LetterTemplate:
    """Replace our words for one kind in one language. Left empty, subject and text begin with ours."""
    _require_staff(actor)
    errors = {}
    if kind not in letters.kinds:
        errors["kind"] = _("Choose a kind of the list.")
    if language not in dict(settings.LANGUAGES):
        errors["language"] = _("Choose a language of the list.")
    if errors:
        raise Refused(errors)
    if LetterTemplate.objects.filter(kind=kind, language=language).exists():
        raise Refused(
            {"kind": _("These letters already have your words in this language: change them instead.")}
        )
    ours = letter_texts.starting_point(kind, language)
    words = _checked(kind, subject or ours.subject, body or ours.body)
    template = LetterTemplate.objects.create(kind=kind, language=language, **words)
    journal.record(verb="core.letter_template_created", actor=actor, target=template)
    return template


@transaction.atomic
def update_template(*, actor, template: LetterTemplate, subject: str, body: str) -> LetterTemplate:
    _require_staff(actor)
    for column, value in _checked(template.kind, subject, body).items():
        setattr(template, column, value)
    template.save(update_fields=["subject", "body"])
    journal.record(verb="core.letter_template_changed", actor=actor, target=template)
    return template


@transaction.atomic
def remove_template(*, actor, template: LetterTemplate) -> None:
    """Go back to our words; letters that are already written keep theirs."""
    _require_staff(actor)
    journal.record(verb="core.letter_template_removed", actor=actor, target=template)
    template.delete()


def _require_staff(actor) -> None:
    if not rules.can_run_outbox(actor):
        raise PermissionDenied


def _checked(kind: str, subject: str, body: str) -> dict[str, str]:
    subject, body = " ".join(subject.split()), body.strip() + "\n"
    errors = {}
    if not subject:
        errors["subject"] = _("Write the subject of the letter.")
    elif len(subject) > 200:
        errors["subject"] = _("The subject is too long: at most 200 characters.")
    if not body.strip():
        errors["body"] = _("Write the text of the letter.")
    for field, text in (("subject", subject), ("body", body)):
        if field not in errors and (unknown := letter_texts.unknown_names(kind, text)):
            errors[field] = _("“%(name)s” is not known here. You can use: %(known)s.") % {
                "name": unknown[0],
                "known": ", ".join(letter_texts.placeholders(kind)),
            }
    if errors:
        raise Refused(errors)
    return {"subject": subject, "body": body}
