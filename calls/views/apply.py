"""An agent applies: begins without an account, goes step by step, reads everything over, submits once."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from calls import queries, rules, schema
from calls.domain import applications as verbs
from calls.enums import ApplicationState
from calls.forms import StepForm
from calls.models import Application, Call
from calls.views import writing
from calls.views.access import (
    drafts_in_session,
    forget_tokens,
    one_page_for_all,
    remember_token,
    token_for,
    with_application,
)
from incubator.core import clock
from incubator.core.limits import limited
from incubator.core.models import Refused


@login_not_required
@one_page_for_all
@limited("visitor_post")
def begin(request, code):
    """POST begins a draft, on the server from the first field on; GET goes back to the call's page."""
    call = get_object_or_404(
        Call.objects.select_related("programme", "current_version").filter(page__live=True), code=code
    )
    if request.method != "POST":
        return redirect(queries.call_url(call))
    if not request.user.is_authenticated:
        # A double click, or a second thought: the draft that nothing was written in yet serves again.
        for draft in drafts_in_session(request):
            if draft.call_id == call.pk and not draft.answers.exists():
                return redirect(_first_step(draft))
    try:
        application, token = verbs.begin_application(call=call, user=request.user)
    except Refused as error:
        messages.error(request, " ".join(error.messages))
        return redirect(queries.call_url(call))
    if token:
        remember_token(request, application, token)
    return redirect(_first_step(application))


def _first_step(application: Application) -> str:
    return step_url(application, schema.steps_of(application.form_version.schema)[0][0])


def step_url(application: Application, step: str) -> str:
    if step == schema.TEAM_STEP:
        return reverse("calls:team", args=[application.uuid])
    if step == schema.REVIEW_STEP:
        return reverse("calls:review", args=[application.uuid])
    return reverse("calls:step", args=[application.uuid, step])


def resume_url(application: Application) -> str:
    """Where a draft was left: the step, and the question in it."""
    sections = application.form_version.schema
    steps = [key for key, _title in schema.steps_of(sections)]
    step = application.last_step if application.last_step in steps else steps[0]
    section = schema.section_of(sections, step) or {"questions": []}
    at = application.last_field
    field = f"#div_id_{at}" if at in [question["key"] for question in section["questions"]] else ""
    return step_url(application, step) + field


def frame(request, application: Application, step: str) -> dict:
    """What every step shows: the progress line, the neighbours, where the draft is kept."""
    steps = schema.steps_of(application.form_version.schema)
    keys = [key for key, _title in steps]
    position = keys.index(step)
    return {
        "application": application,
        "call": application.call,
        "steps": [
            {"key": key, "title": title, "url": step_url(application, key), "number": number}
            for number, (key, title) in enumerate(steps, start=1)
        ],
        "step": step,
        "number": position + 1,
        "count": len(steps),
        "previous_url": step_url(application, keys[position - 1]) if position else "",
        "next_key": keys[position + 1] if position + 1 < len(keys) else "",
        "without_account": not request.user.is_authenticated,
        "is_over": not application.call.takes_drafts,
        "in_grace": application.call.in_grace,
        "time_left": queries.time_left(application.call),
    }


def not_writable(request, application: Application):
    """A redirect when this application is no draft of this person's to write, else None."""
    if application.state != ApplicationState.DRAFT:
        if request.htmx:
            return HttpResponse(status=409)
        messages.info(request, _("This application has been submitted: its text does not change any more."))
        return redirect("calls:follow", uuid=application.uuid)
    if token_for(request, application) or rules.can_write(request.user, application):
        return None
    if rules.is_applicant(request.user, application):
        return redirect("calls:review", uuid=application.uuid)  # a reader reads
    raise Http404


def too_late(request, application: Application, error: Refused):
    """Another tab submitted or gave up this draft after this request had read it."""
    if request.htmx:
        return HttpResponse(status=409)
    messages.info(request, " ".join(error.messages))
    return redirect("calls:follow", uuid=application.uuid)


@with_application(theirs_first=True)
def step(request, application, step):
    """One section of questions. Saved by its button without JavaScript, and while one types with it."""
    section = schema.section_of(application.form_version.schema, step)
    if section is None:
        raise Http404
    if request.method == "POST":
        try:
            return _save_step(request, application, section)
        except PermissionDenied:
            raise Http404 from None
        except Refused as error:
            return too_late(request, application, error)
    if response := not_writable(request, application):
        return response
    form, answers = _stored(request, application, section)
    return _show_step(request, application, section, form, answers)


def _stored(request, application, section) -> tuple[StepForm, dict]:
    """The section's form with what is stored; ``?corriger=1`` also says what is wrong with it."""
    answers = {answer.key: answer for answer in application.answers.select_related("file")}
    whole = application.form_version.schema
    if "corriger" in request.GET:
        return StepForm.checked(section, answers, whole), answers
    return StepForm(section, answers=answers, sections=whole), answers


def _show_step(request, application, section, form, answers, conflicts=()):
    context = {
        **frame(request, application, section["key"]),
        **_fields(application, section, form, answers, conflicts),
        "rereading": "relire" in request.GET,
    }
    return render(request, "calls/step.html", context)


def _fields(application, section, form, answers, conflicts=()) -> dict:
    """What the questions of one section need, on their own step or in their place among all the answers."""
    return {
        "section": section,
        "form": form,
        "seen": writing.seen_of_section(section, answers),
        "conflicts": writing.conflicts_in_words(section, conflicts),
        "free_keys": [
            question["key"]
            for question in section["questions"]
            if question["key"] not in {conflict.key for conflict in conflicts}
        ],
        "saved_at": application.saved_at if answers else None,
    }


def _save_step(request, application, section):
    keys = [key for key, _title in schema.steps_of(application.form_version.schema)]
    rereading = "relire" in request.GET
    next_key = schema.REVIEW_STEP if rereading else keys[keys.index(section["key"]) + 1]
    staying = request.htmx or {"quitter", "prendre"} & set(request.POST)
    saving = writing.save(
        request,
        application,
        section,
        step=section["key"],
        step_when_valid="" if staying else next_key,
    )
    if request.htmx:
        return writing.answer_autosave(request, section, saving)
    if "prendre" in request.POST:
        key = writing.choose_text(request, application)
        messages.success(
            request,
            _("The other text stands here now. The one that it replaces is kept with the earlier texts."),
        )
        return redirect(f"{step_url(application, section['key'])}#div_id_{key}")
    newly_asked = [] if "quitter" in request.POST else saving.form.newly_asked()
    if saving.form.errors or saving.saved.conflicts or newly_asked:
        answers = {answer.key: answer for answer in application.answers.select_related("file")}
        shown = writing.shown_again(request, application, section, saving, answers)
        _say_newly_asked(request, newly_asked)
        return _show_step(request, application, section, shown, answers, saving.saved.conflicts)
    if "quitter" in request.POST:
        return go_on_later(request, application)
    place = f"#partie-{section['key']}" if rereading else ""
    return redirect(step_url(application, next_key) + place)


def _say_newly_asked(request, questions) -> None:
    if questions:
        sentence = ngettext(
            "Your answer brings %(count)d more question: “%(label)s”. Your text is saved.",
            "Your answers bring %(count)d more questions, the first is: “%(label)s”. Your text is saved.",
            len(questions),
        )
        messages.info(request, sentence % {"count": len(questions), "label": questions[0]["label"]})


def go_on_later(request, application):
    messages.success(request, _("Your text is kept. You can go on whenever you like."))
    if request.user.is_authenticated:
        return redirect("calls:mine")
    return redirect(queries.call_url(application.call))


@with_application
def review(request, application):
    """Everything on one page: what was written, what is missing, and the button that submits."""
    if application.state != ApplicationState.DRAFT:
        return redirect("calls:follow", uuid=application.uuid)
    return _show_review(request, application)


def _show_review(request, application, status=200):
    may_write = bool(token_for(request, application)) or rules.can_write(request.user, application)
    problems = verbs.problems_of(application) if may_write else []
    by_key = {problem.key: problem.sentence for problem in problems}
    context = {
        **frame(request, application, schema.REVIEW_STEP),
        "may_write": may_write,
        "may_delete": rules.can_withdraw(request.user, application),
        "editing": _edited_in_place(request, application) if may_write else None,
        "sections": queries.answers_of(application, problems=by_key),
        "people": application.applicants.select_related("directorate", "workplace", "user"),
        "problems": [
            {
                "sentence": problem.sentence,
                "label": _label_of(application, problem),
                "url": _url_to_mend(application, problem),
            }
            for problem in problems
        ],
        "team_problem": by_key.get("team"),
        "answer_due_on": verbs.answer_due_on(application.call, clock.now()),
        "sign_in_url": f"{reverse('account_login')}?next={reverse('calls:review', args=[application.uuid])}",
    }
    return render(request, "calls/review.html", context, status=status)


def _edited_in_place(request, application) -> dict | None:
    """The section that is open for changes among the answers, saved by its own step."""
    section = schema.section_of(application.form_version.schema, request.GET.get("modifier", ""))
    if section is None or not application.call.takes_drafts:
        return None
    form, answers = _stored(request, application, section)
    return {**_fields(application, section, form, answers), "url": step_url(application, section["key"])}


def _url_to_mend(application, problem) -> str:
    if problem.step == schema.TEAM_STEP:
        return step_url(application, problem.step)
    here = step_url(application, schema.REVIEW_STEP)
    return f"{here}?modifier={problem.step}&corriger=1#div_id_{problem.key}"


def _label_of(application, problem) -> str:
    if problem.key == "team":
        return _("You and your team")
    questions = schema.questions_of(application.form_version.schema)
    return next(question["label"] for question in questions if question["key"] == problem.key)


@require_POST
@with_application
def submit(request, application):
    """Submit once: a second click, a second tab or a replayed form shows the same receipt."""
    if not request.user.is_authenticated:
        return redirect_to_login(reverse("calls:review", args=[application.uuid]))
    already = application.state != ApplicationState.DRAFT
    try:
        verbs.submit_application(actor=request.user, application=application)
    except PermissionDenied:
        raise Http404 from None
    except Refused as error:
        if hasattr(error, "error_dict"):
            messages.error(request, _("Your application is kept, but something is missing before it can go."))
        else:
            messages.error(request, " ".join(error.messages))
        return _show_review(request, application)
    if already:
        messages.info(request, _("This application had already been submitted: here is its receipt."))
    return redirect("calls:receipt", uuid=application.uuid)


@login_not_required
@require_POST
def forget(request):
    """On a shared device: this browser forgets the drafts begun in it."""
    forget_tokens(request)
    messages.success(request, _("This device no longer opens the draft."))
    return redirect("/appels/")
