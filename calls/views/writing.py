"""Saving what is typed on a page of questions, a step or a completion: while one types, and by its buttons."""

from dataclasses import dataclass

from django.http import Http404
from django.shortcuts import get_object_or_404, render

from calls import schema
from calls.domain import applications as verbs
from calls.domain.answers import Saved, Seen, seen_of
from calls.models import AnswerRevision
from calls.questions import SEEN_PREFIX, StepForm, as_data
from calls.views.access import token_for
from incubator.core.models import Refused


@dataclass
class Saving:
    """What was posted and what became of it."""

    form: StepForm
    saved: Saved


def save(request, application, section: dict, *, step: str = "", step_when_valid: str = "") -> Saving:
    """Save the answers, then the files. Raises Refused when nothing can be written here any more."""
    # What other steps hold decides which questions are asked here; while one types nothing is checked.
    stored = {} if request.htmx else {answer.key: answer for answer in application.answers.all()}
    sections = section.get("sections") or application.form_version.schema
    form = StepForm(section, answers=stored, sections=sections, data=request.POST, files=request.FILES)
    typed = form.typed()
    seen = {
        key: parsed for key in typed if (parsed := Seen.parse(request.POST.get(f"{SEEN_PREFIX}{key}", "")))
    }
    saved = verbs.save_answers(
        actor=request.user,
        application=application,
        values=typed,
        step=step_when_valid if step_when_valid and form.is_valid() and not form.newly_asked() else step,
        at_field=request.POST.get("at-field", "")[:60],
        token=token_for(request, application),
        seen=seen,
    )
    if not request.htmx:
        _save_files(request, application, section, form)
    return Saving(form, saved)


def _save_files(request, application, section: dict, form: StepForm) -> None:
    token = token_for(request, application)
    for question in section["questions"]:
        key = question["key"]
        if question["kind"] != "file":
            continue
        try:
            if f"remove-{key}" in request.POST:
                verbs.remove_file(actor=request.user, application=application, key=key, token=token)
            if upload := request.FILES.get(key):
                verbs.attach_file(
                    actor=request.user, application=application, key=key, upload=upload, token=token
                )
        except Refused as error:
            form.add_error(key, error.messages)


def choose_text(request, application) -> str:
    """The button beside two texts: take the other one. Answers the key of its question."""
    wanted = request.POST.get("prendre", "")
    if not wanted.isdecimal() or len(wanted) > 18:
        raise Http404
    revision = get_object_or_404(
        AnswerRevision.objects.select_related("answer"), pk=int(wanted), answer__application=application
    )
    token = token_for(request, application)
    verbs.choose_text(actor=request.user, application=application, revision=revision, token=token)
    return revision.answer.key


def answer_autosave(request, section: dict, saving: Saving):
    """The fragment that htmx puts in place: the hour, what the page now knows, and what to choose between."""
    context = {
        "seen": seen_inputs(request, section, saving.saved),
        "conflicts": conflicts_in_words(section, saving.saved.conflicts),
        "saved_at": saving.saved.at,
    }
    return render(request, "calls/_saved.html", context)


def seen_inputs(request, section: dict, saved: Saved) -> list[tuple[str, str]]:
    """What the page has seen of each answer. Where a newer text was kept that this page does not show, it has
    still seen the old one only: otherwise its next save would overwrite the newer text."""
    behind = {conflict.key for conflict in saved.conflicts if conflict.kept_theirs}
    return [
        (name, request.POST.get(name, "") if key in behind else value)
        for key, (name, value) in zip(
            [question["key"] for question in section["questions"]],
            seen_of_section(section, saved.answers),
            strict=True,
        )
    ]


def seen_of_section(section: dict, answers: dict) -> list[tuple[str, str]]:
    return [
        (f"{SEEN_PREFIX}{question['key']}", str(seen_of(answers.get(question["key"]))))
        for question in section["questions"]
    ]


def conflicts_in_words(section: dict, conflicts) -> list[dict]:
    questions = {question["key"]: question for question in section["questions"]}
    return [
        {
            "key": conflict.key,
            "label": questions[conflict.key]["label"],
            "text": schema.in_words(questions[conflict.key], conflict.other),
            "at": conflict.at,
            "by": conflict.by,
            "kept_theirs": conflict.kept_theirs,
            "revision": conflict.revision,
        }
        for conflict in conflicts
        if conflict.key in questions
    ]


def shown_again(request, application, section: dict, saving: Saving, answers: dict) -> StepForm:
    """The form bound to what was typed, so that people see their own words with the sentences beside them; but
    where a newer text was kept, that one stands in the field."""
    data = request.POST.copy()
    for conflict in saving.saved.conflicts:
        if conflict.kept_theirs:
            question = next(one for one in section["questions"] if one["key"] == conflict.key)
            stands = answers[conflict.key].value if conflict.key in answers else None
            for name, value in as_data(question, stands).items():
                data.setlist(name, value if isinstance(value, list) else [value or ""])
    sections = section.get("sections") or application.form_version.schema
    form = StepForm(section, answers=answers, sections=sections, data=data, files=request.FILES)
    form._errors = saving.form.errors
    for conflict in saving.saved.conflicts:
        if conflict.kept_theirs:
            form._errors.pop(conflict.key, None)
    return form
