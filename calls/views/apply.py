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
from calls.domain.answers import Seen, seen_of
from calls.enums import ApplicationState
from calls.forms import SEEN_PREFIX, PersonForm, StepForm
from calls.models import Application, Call
from calls.views.access import (
    drafts_in_session,
    forget_tokens,
    one_page_for_all,
    remember_token,
    token_for,
    with_application,
)
from incubator.accounts.models import Directorate, Workplace
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
    return _step_url(application, schema.steps_of(application.form_version.schema)[0][0])


def _step_url(application: Application, step: str) -> str:
    if step == schema.TEAM_STEP:
        return reverse("calls:team", args=[application.uuid])
    if step == schema.REVIEW_STEP:
        return reverse("calls:review", args=[application.uuid])
    return reverse("calls:step", args=[application.uuid, step])


def resume_url(application: Application) -> str:
    """Where a draft was left."""
    steps = [key for key, _title in schema.steps_of(application.form_version.schema)]
    return _step_url(application, application.last_step if application.last_step in steps else steps[0])


def _frame(request, application: Application, step: str) -> dict:
    """What every step shows: the progress line, the neighbours, where the draft is kept."""
    steps = schema.steps_of(application.form_version.schema)
    keys = [key for key, _title in steps]
    position = keys.index(step)
    return {
        "application": application,
        "call": application.call,
        "steps": [
            {"key": key, "title": title, "url": _step_url(application, key), "number": number}
            for number, (key, title) in enumerate(steps, start=1)
        ],
        "step": step,
        "number": position + 1,
        "count": len(steps),
        "previous_url": _step_url(application, keys[position - 1]) if position else "",
        "next_key": keys[position + 1] if position + 1 < len(keys) else "",
        "without_account": not request.user.is_authenticated,
        "is_over": not application.call.takes_drafts,
        "in_grace": application.call.in_grace,
        "time_left": queries.time_left(application.call),
    }


def _not_writable(request, application: Application):
    """A redirect when this application is no draft of this person's to write, else None."""
    if application.state != ApplicationState.DRAFT:
        if request.htmx:
            return HttpResponse(status=409)
        messages.info(request, _("This application has been submitted: its text does not change any more."))
        return redirect("calls:follow", uuid=application.uuid)
    if not (token_for(request, application) or rules.can_write(request.user, application)):
        raise Http404
    return None


def _too_late(request, application: Application, error: Refused):
    """Another tab submitted or gave up this draft after this request had read it."""
    if request.htmx:
        return HttpResponse(status=409)
    messages.info(request, " ".join(error.messages))
    return redirect("calls:follow", uuid=application.uuid)


@with_application
def step(request, application, step):
    """One section of questions. Saved by its button without JavaScript, and while one types with it."""
    section = schema.section_of(application.form_version.schema, step)
    if section is None:
        raise Http404
    if response := _not_writable(request, application):
        return response
    if request.method == "POST":
        try:
            return _save_step(request, application, section)
        except Refused as error:
            return _too_late(request, application, error)
    answers = {answer.key: answer for answer in application.answers.select_related("file")}
    whole = application.form_version.schema
    form = (
        StepForm.checked(section, answers, whole)
        if "corriger" in request.GET
        else StepForm(section, answers=answers, sections=whole)
    )
    return _show_step(request, application, section, form, answers)


def _show_step(request, application, section, form, answers, conflicts=(), status=200):
    context = {
        **_frame(request, application, section["key"]),
        "section": section,
        "form": form,
        "seen": _seen_inputs(section, answers),
        "files": {key: answer.file for key, answer in answers.items() if answer.file_id},
        "conflicts": _conflicts_in_words(section, conflicts),
        "saved_at": application.saved_at if answers else None,
    }
    return render(request, "calls/step.html", context, status=status)


def _seen_inputs(section: dict, answers: dict) -> list[tuple[str, str]]:
    return [
        (f"{SEEN_PREFIX}{question['key']}", str(seen_of(answers.get(question["key"]))))
        for question in section["questions"]
    ]


def _conflicts_in_words(section: dict, conflicts) -> list[dict]:
    questions = {question["key"]: question for question in section["questions"]}
    return [
        {
            "label": questions[conflict.key]["label"],
            "text": schema.in_words(questions[conflict.key], conflict.other),
            "at": conflict.at,
            "by": conflict.by,
            "kept_theirs": conflict.kept_theirs,
        }
        for conflict in conflicts
        if conflict.key in questions
    ]


def _save_step(request, application, section):
    autosave = bool(request.htmx)
    token = token_for(request, application)
    whole = application.form_version.schema
    # What other steps hold decides which questions are asked here; while one types nothing is checked.
    stored = {} if autosave else {answer.key: answer for answer in application.answers.all()}
    form = StepForm(section, answers=stored, sections=whole, data=request.POST, files=request.FILES)
    typed = form.typed()
    seen = {
        key: parsed for key in typed if (parsed := Seen.parse(request.POST.get(f"{SEEN_PREFIX}{key}", "")))
    }
    keys = [key for key, _title in schema.steps_of(whole)]
    newly_asked = [] if autosave or "quitter" in request.POST else form.newly_asked()
    going_on = not autosave and "quitter" not in request.POST and not newly_asked
    next_key = keys[keys.index(section["key"]) + 1]
    saved = verbs.save_answers(
        actor=request.user,
        application=application,
        values=typed,
        step=next_key if going_on and form.is_valid() else section["key"],
        token=token,
        seen=seen,
    )
    answers = saved.answers
    if autosave:
        context = {
            "seen": _seen_inputs(section, answers),
            "conflicts": _conflicts_in_words(section, saved.conflicts),
            "saved_at": saved.at,
        }
        return render(request, "calls/_saved.html", context)
    _save_files(request, application, section, form, token)
    if form.errors or saved.conflicts or newly_asked:
        answers = {answer.key: answer for answer in application.answers.select_related("file")}
        # Bound to what was typed: the person sees their own words, with the sentences beside them.
        shown = StepForm(section, answers=answers, sections=whole, data=request.POST, files=request.FILES)
        shown._errors = form.errors
        _say_newly_asked(request, newly_asked)
        return _show_step(request, application, section, shown, answers, saved.conflicts, status=200)
    if "quitter" in request.POST:
        messages.success(request, _("Your text is kept. You can go on whenever you like."))
        if request.user.is_authenticated:
            return redirect("calls:mine")
        return redirect(queries.call_url(application.call))
    return redirect(_step_url(application, next_key))


def _say_newly_asked(request, questions) -> None:
    if questions:
        sentence = ngettext(
            "Your answer brings %(count)d more question: “%(label)s”. Your text is saved.",
            "Your answers bring %(count)d more questions, the first is: “%(label)s”. Your text is saved.",
            len(questions),
        )
        messages.info(request, sentence % {"count": len(questions), "label": questions[0]["label"]})


def _save_files(request, application, section, form, token) -> None:
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


@with_application
def team(request, application):
    """Who applies: names, and what there is to reach them. Half of the agents have no e-mail."""
    if response := _not_writable(request, application):
        return response
    people = list(application.applicants.select_related("user"))
    choices = {
        "directorate": [("", _("I do not know"))] + [(str(d.pk), str(d)) for d in Directorate.objects.all()],
        "workplace": [("", _("I do not know"))] + [(str(w.pk), str(w)) for w in Workplace.objects.all()],
    }
    if request.method == "POST":
        try:
            return _save_team(request, application, people, choices)
        except Refused as error:
            return _too_late(request, application, error)
    forms = [_person_form(position, person, choices) for position, person in enumerate(people)]
    return _show_team(request, application, forms)


def _person_form(position: int, person, choices, data=None) -> PersonForm:
    initial = {}
    if person is not None:
        initial = {name: getattr(person, name) for name in ("first_name", "last_name", "email", "phone")}
        initial |= {"directorate": person.directorate_id, "workplace": person.workplace_id}
    return PersonForm(data, prefix=f"p{position}", initial=initial, choices=choices)


def _show_team(request, application, forms, saved_at=None):
    most = application.call.max_team_size
    context = {
        **_frame(request, application, schema.TEAM_STEP),
        "forms": forms,
        "may_add": len(forms) < most,
        "most": most,
        "saved_at": saved_at,
    }
    return render(request, "calls/team.html", context)


def _save_team(request, application, people, choices):
    shown = min(_count(request.POST.get("people")), application.call.max_team_size)
    removed = _count(request.POST.get("remove")) if "remove" in request.POST else None
    forms = [
        _person_form(position, people[position] if position < len(people) else None, choices, request.POST)
        for position in range(max(shown, 1))
    ]
    for form in forms:
        form.is_valid()
    kept = []
    for position, form in enumerate(forms):
        if position == removed and position > 0:
            continue
        if position > 0 and form.is_blank:
            continue
        person = form.typed()
        if position < len(people):
            person["pk"] = people[position].pk
        kept.append(person)
    going_on = not request.htmx and not {"add", "remove", "quitter"} & set(request.POST)
    verbs.name_team(
        actor=request.user,
        application=application,
        people=kept,
        token=token_for(request, application),
        step=schema.REVIEW_STEP if going_on else schema.TEAM_STEP,
    )
    if request.htmx:
        return render(request, "calls/_saved.html", {"saved_at": clock.now(), "conflicts": [], "seen": None})
    if removed is not None or "add" in request.POST:
        application = Application.objects.select_related("call__programme", "form_version").get(
            pk=application.pk
        )
        people = list(application.applicants.select_related("user"))
        forms = [_person_form(position, person, choices) for position, person in enumerate(people)]
        if "add" in request.POST and len(forms) < application.call.max_team_size:
            forms.append(_person_form(len(forms), None, choices))
        return _show_team(request, application, forms, clock.now())
    if any(form.errors for position, form in enumerate(forms) if position == 0 or not form.is_blank):
        return _show_team(request, application, forms, clock.now())
    if "quitter" in request.POST:
        messages.success(request, _("Your text is kept. You can go on whenever you like."))
        return (
            redirect("calls:mine")
            if request.user.is_authenticated
            else redirect(queries.call_url(application.call))
        )
    return redirect("calls:review", uuid=application.uuid)


def _count(text) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 4 else 0


@with_application
def review(request, application):
    """Everything on one page: what was written, what is missing, and the button that submits."""
    if application.state != ApplicationState.DRAFT:
        return redirect("calls:follow", uuid=application.uuid)
    if response := _not_writable(request, application):
        return response
    return _show_review(request, application)


def _show_review(request, application, status=200):
    problems = verbs.problems_of(application)
    by_key = {problem.key: problem.sentence for problem in problems}
    context = {
        **_frame(request, application, schema.REVIEW_STEP),
        "sections": queries.answers_of(application, problems=by_key),
        "people": application.applicants.select_related("directorate", "workplace", "user"),
        "problems": [
            {
                "sentence": problem.sentence,
                "label": _label_of(application, problem),
                "url": _step_url(application, problem.step) + "?corriger=1",
            }
            for problem in problems
        ],
        "team_problem": by_key.get("team"),
        "answer_due_on": verbs.answer_due_on(application.call, clock.now()),
        "sign_in_url": f"{reverse('account_login')}?next={reverse('calls:review', args=[application.uuid])}",
    }
    return render(request, "calls/review.html", context, status=status)


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
