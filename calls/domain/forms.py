"""The questions of a call: written in the builder, frozen when the call opens."""

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from calls import conditions, rules, schema
from calls.blocks import title_fault
from calls.enums import CallState
from calls.models import Call, CallForm, CallFormVersion
from incubator.core import journal
from incubator.core.models import Refused


def fill_keys(form: CallForm) -> None:
    """Give a key to each step and question that has none. Keys once given are kept; two alike are refused, and
    so is a condition that names no earlier question: afterwards conditions name their question by its key."""
    section_keys = {block.value.get("key") for block in form.sections} - {None, ""}
    if clash := section_keys & schema.RESERVED_STEPS:
        raise Refused(
            {"sections": _("A step cannot have the key “%(key)s”: choose another.") % {"key": min(clash)}}
        )
    question_keys: set[str] = set()
    for section in form.sections:
        for question in section.value["questions"]:
            key = question.value.get("key")
            if key and key in question_keys:
                raise Refused({"sections": _("Two questions have the key “%(key)s”.") % {"key": key}})
            if key and schema.is_reserved_key(key):
                raise Refused(
                    {
                        "sections": _("The key “%(key)s” is used by the pages themselves: choose another.")
                        % {"key": key}
                    }
                )
            if key == schema.TITLE_KEY and (fault := title_fault(question.block_type, question.value)):
                raise Refused({"sections": fault % {"key": key}})
            if key:
                question_keys.add(key)
    reserved = schema.RESERVED_STEPS
    for section in form.sections:
        if not section.value.get("key"):
            section.value["key"] = schema.make_key(section.value["title"], section_keys | reserved, "step")
            section_keys.add(section.value["key"])
        for question in section.value["questions"]:
            if not question.value.get("key"):
                taken = question_keys | {schema.TITLE_KEY}
                question.value["key"] = schema.make_key(question.value["label"], taken)
                question_keys.add(question.value["key"])
    _name_conditions_by_key(form)


def _name_conditions_by_key(form: CallForm) -> None:
    sections = schema.written(form.sections)
    if faults := conditions.resolve(sections):
        raise Refused({"sections": [fault.sentence for fault in faults]})
    for section, block in zip(sections, form.sections, strict=True):
        for question, child in zip(section["questions"], block.value["questions"], strict=True):
            if condition := question.get("only_if"):
                child.value["only_if_question"] = condition["key"]


@transaction.atomic
def write_questions(*, actor, form: CallForm, sections=None) -> CallForm:
    """Save the questions. On an open call this makes a new version, for new applications only.

    ``sections``: a list as ``calls.schema`` describes, to replace the builder's value; without it the
    form's own value (as the builder's screen has set it) is saved.
    """
    call = form.call
    if actor is not None and not rules.can_manage_call(actor, call):
        raise PermissionDenied("write_questions")
    if call.state == CallState.ARCHIVED:
        raise Refused(_("This call is archived: its questions do not change any more."))
    if sections is not None:
        form.sections = form._meta.get_field("sections").stream_block.to_python(schema.to_stream(sections))
    fill_keys(form)
    form.save()
    version = freeze_form(call=call) if call.state == CallState.OPEN else None
    journal.record(
        verb="calls.write_questions",
        actor=actor,
        target=call,
        version=version.number if version else None,
        questions=sum(len(section.value["questions"]) for section in form.sections),
    )
    return form


def schema_of(call: Call) -> list[dict]:
    """The questions as they would be asked if the call opened now, in the site's own language."""
    form = CallForm.objects.filter(call=call).first()
    if form is None:
        return []
    with translation.override(settings.LANGUAGE_CODE):
        return schema.with_title(schema.from_stream(form.sections))


@transaction.atomic
def freeze_form(*, call: Call) -> CallFormVersion:
    """Freeze the questions into the version that new applications will be asked. Same questions, same version."""
    sections = schema_of(call)
    fingerprint = schema.digest(sections)
    version = call.form_versions.filter(digest=fingerprint).first()
    if version is None:
        number = (call.form_versions.order_by("-number").values_list("number", flat=True).first() or 0) + 1
        version = CallFormVersion.objects.create(
            call=call, number=number, schema=sections, digest=fingerprint
        )
    Call.objects.filter(pk=call.pk).update(current_version=version)
    call.current_version = version
    return version
