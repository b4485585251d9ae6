"""Screens that act: each shows a form, hands what was typed to one verb, and says what the verb answers."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import NON_FIELD_ERRORS, PermissionDenied, ValidationError
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView

from incubator.core import clock
from projects import exit_forms, forms, rules
from projects.dates import months_after
from projects.domain import exits, projects, work
from projects.views.screens import project_or_404


class ActView(FormView):
    """One act on a project. What one may not know is not found; what one may not do is forbidden."""

    template_name = "projects/act.html"
    form_class: type[forms.ProjectForm] = forms.ConfirmForm
    heading: Any = ""
    lead: Any = ""
    button: Any = ""
    done: Any = ""
    rule = staticmethod(rules.can_work)
    back = "projects:detail"

    def setup(self, request, *args, **kwargs):
        super().setup(request, *args, **kwargs)
        self.user = request.user
        self.project = None
        if self.user.is_authenticated:
            self.project = project_or_404(self.user, kwargs["code"])

    def dispatch(self, request, *args, **kwargs):
        if self.project is not None and not self.rule(self.user, self.project):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self):
        return {**super().get_form_kwargs(), "project": self.project, "user": self.user}

    def form_valid(self, form):
        try:
            self.act(**form.values())
        except ValidationError as error:
            add_errors(form, error)
            return self.form_invalid(form)
        messages.success(self.request, self.done)
        return HttpResponseRedirect(self.get_success_url())

    def act(self, **values) -> Any:
        raise NotImplementedError

    def get_success_url(self):
        return reverse(self.back, args=[self.project.code])

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            project=self.project,
            heading=self.heading,
            lead=self.lead,
            button=self.button,
            back_url=self.get_success_url(),
            **kwargs,
        )


def add_errors(form, error: ValidationError) -> None:
    """Put a verb's sentences beside their fields; the others stand above the form."""
    if not hasattr(error, "error_dict"):
        form.add_error(None, error)
        return
    for field, sentences in error.error_dict.items():
        known = field != NON_FIELD_ERRORS and field in form.fields
        for sentence in sentences:
            form.add_error(field if known else None, sentence)


# -- The work --------------------------------------------------------------------------------------


class PlanMilestone(ActView):
    form_class = forms.MilestoneForm
    heading = gettext_lazy("Plan a milestone")
    lead = gettext_lazy("A date, and what will show that you are there.")
    button = gettext_lazy("Plan this milestone")
    done = gettext_lazy("The milestone is planned.")
    rule = staticmethod(rules.can_plan_milestone)

    def act(self, **values):
        return work.plan_milestone(actor=self.user, project=self.project, **values)


class ReachMilestone(ActView):
    form_class = forms.ReachForm
    button = gettext_lazy("Note that it is reached")
    done = gettext_lazy("Well done: the milestone is reached.")
    rule = staticmethod(rules.can_reach_milestone)

    def setup(self, request, *args, **kwargs):
        super().setup(request, *args, **kwargs)
        if self.project is not None:
            self.milestone = get_object_or_404(self.project.milestones, pk=kwargs["pk"])
            self.heading = self.milestone.title

    def get_initial(self):
        return {"reached_on": clock.today()}

    def act(self, **values):
        return work.reach_milestone(actor=self.user, milestone=self.milestone, **values)


class LogMeeting(ActView):
    form_class = forms.MeetingForm
    heading = gettext_lazy("Note a meeting")
    lead = gettext_lazy("One minute is enough: one sentence on what you learnt.")
    button = gettext_lazy("Save this meeting")
    done = gettext_lazy("The meeting is saved.")
    rule = staticmethod(rules.can_log_meeting)

    def get_initial(self):
        return {"held_on": clock.today()}

    def act(self, **values):
        return work.log_meeting(actor=self.user, project=self.project, **values)


# -- People ----------------------------------------------------------------------------------------


class SignCommitment(ActView):
    form_class = forms.CommitmentForm
    heading = gettext_lazy("Record a letter of commitment")
    lead = gettext_lazy(
        "The letter frees working time for the project, with the agreement of the line manager."
    )
    button = gettext_lazy("Record the letter")
    done = gettext_lazy("The letter of commitment is recorded.")
    rule = staticmethod(rules.can_sign_commitment)

    def get_initial(self):
        planned = self.project.phases.filter(actual_end__isnull=True, closed_by__isnull=True).first()
        starts_on = planned.planned_start if planned else clock.today()
        ends_on = planned.planned_end if planned else months_after(starts_on, 3)
        return {"user": self.user.pk, "starts_on": starts_on, "ends_on": ends_on, "signed_on": clock.today()}

    def act(self, **values):
        return projects.sign_commitment(actor=self.user, project=self.project, **values)


class AddMember(ActView):
    form_class = forms.MemberForm
    heading = gettext_lazy("Add someone to the team")
    button = gettext_lazy("Add to the team")
    done = gettext_lazy("The team has one more person.")
    rule = staticmethod(rules.can_manage_team)

    def act(self, **values):
        return projects.add_member(actor=self.user, project=self.project, **values)


class EndMembership(ActView):
    heading = gettext_lazy("Someone leaves the team")
    button = gettext_lazy("Note this departure")
    done = gettext_lazy("The departure is noted.")
    rule = staticmethod(rules.can_manage_team)

    def setup(self, request, *args, **kwargs):
        super().setup(request, *args, **kwargs)
        if self.project is not None:
            members = self.project.memberships.filter(left_on__isnull=True)
            self.membership = get_object_or_404(members, pk=kwargs["pk"])
            self.lead = _("%(name)s will no longer see the project.") % {"name": self.membership.user}

    def act(self):
        return projects.end_membership(actor=self.user, membership=self.membership)


class AssignCompanion(ActView):
    form_class = forms.CompanionForm
    heading = gettext_lazy("Name a companion")
    lead = gettext_lazy("A coach, a senior companion, an expert or a partner.")
    button = gettext_lazy("Name this person")
    done = gettext_lazy("This person now accompanies the project.")
    rule = staticmethod(rules.can_assign_companion)

    def get_initial(self):
        return {"starts_on": clock.today()}

    def act(self, **values):
        return projects.assign_companion(actor=self.user, project=self.project, **values)


# -- The life of the project -----------------------------------------------------------------------


class EditProject(ActView):
    form_class = forms.EditForm
    heading = gettext_lazy("Correct the title or the problem")
    button = gettext_lazy("Save")
    done = gettext_lazy("The project is up to date.")
    rule = staticmethod(rules.can_edit_project)

    def get_initial(self):
        return {"title": self.project.title, "problem": self.project.problem, "theme": self.project.theme}

    def act(self, **values):
        return projects.update_project(actor=self.user, project=self.project, **values)


class StartPreincubation(ActView):
    form_class = forms.StartForm
    heading = gettext_lazy("Start pre-incubation")
    lead = gettext_lazy("A letter of commitment is signed and the day has come: the clock starts.")
    button = gettext_lazy("Start pre-incubation")
    done = gettext_lazy("Pre-incubation has started.")
    rule = staticmethod(rules.can_start)
    verb = staticmethod(projects.start_preincubation)

    def get_initial(self):
        return {"on": clock.today()}

    def act(self, **values):
        return self.verb(actor=self.user, project=self.project, **values)


class StartPhase(StartPreincubation):
    heading = gettext_lazy("Start the planned phase")
    lead = gettext_lazy("The last decision planned this phase: note the day when it really starts.")
    button = gettext_lazy("Start the phase")
    done = gettext_lazy("The phase has started.")
    verb = staticmethod(projects.start_phase)


class Withdraw(ActView):
    form_class = forms.WithdrawForm
    heading = gettext_lazy("Withdraw the project")
    lead = gettext_lazy(
        "You may stop at any time, without giving a reason. The project leaves the programme; what you wrote is "
        "kept, and you may apply again to a later call. This cannot be undone."
    )
    button = gettext_lazy("Withdraw the project")
    done = gettext_lazy("The project is withdrawn. Thank you for having tried.")
    rule = staticmethod(rules.can_withdraw)

    def act(self, **values):
        return projects.withdraw(actor=self.user, project=self.project, **values)


class Suspend(ActView):
    form_class = forms.SuspendForm
    heading = gettext_lazy("Suspend the project")
    lead = gettext_lazy(
        "Every deadline stops, and moves by the length of the pause when the project resumes."
    )
    button = gettext_lazy("Suspend the project")
    done = gettext_lazy("The project is on pause.")
    rule = staticmethod(rules.can_suspend)

    def act(self, **values):
        return projects.suspend(actor=self.user, project=self.project, **values)


class Resume(ActView):
    form_class = forms.ResumeForm
    heading = gettext_lazy("Resume the project")
    lead = gettext_lazy(
        "The project takes up where it was; dates still to come move by the length of the pause."
    )
    button = gettext_lazy("Resume the project")
    done = gettext_lazy("The project goes on.")
    rule = staticmethod(rules.can_suspend)

    def get_initial(self):
        return {"on": clock.today()}

    def act(self, **values):
        return projects.resume(actor=self.user, project=self.project, **values)


class Wake(ActView):
    form_class = forms.WakeForm
    heading = gettext_lazy("Wake the project")
    lead = gettext_lazy("Someone takes it up again: its next step is planned, with a date of committee.")
    button = gettext_lazy("Wake the project")
    done = gettext_lazy("The project is awake.")
    rule = staticmethod(rules.can_wake)

    def act(self, **values):
        return projects.wake(actor=self.user, project=self.project, **values)


# -- Exits -----------------------------------------------------------------------------------------


class WritePostMortem(ActView):
    form_class = exit_forms.PostMortemForm
    heading = gettext_lazy("Write what was learnt")
    lead = gettext_lazy("Stopping is not failing: what you learnt saves time for those who come after.")
    button = gettext_lazy("Save what was learnt")
    done = gettext_lazy("What was learnt is saved.")
    rule = staticmethod(rules.can_write_post_mortem)

    def get_initial(self):
        written = getattr(self.project, "post_mortem", None)
        if written:
            return {"reason": written.reason, "learning": written.learning, "advice": written.advice}
        stopped = self.project.transitions.exclude(data={}).order_by("pk").last()
        data = stopped.data if stopped else {}
        return {"reason": data.get("stop_reason", ""), "learning": data.get("learning", "")}

    def act(self, **values):
        return exits.write_post_mortem(actor=self.user, project=self.project, **values)


class RecordFollowUp(ActView):
    form_class = exit_forms.FollowUpForm
    heading = gettext_lazy("Record what became of it")
    lead = gettext_lazy("“Not known” is an answer too.")
    button = gettext_lazy("Record")
    done = gettext_lazy("What became of the project is recorded.")
    rule = staticmethod(rules.can_record_follow_up)

    def setup(self, request, *args, **kwargs):
        super().setup(request, *args, **kwargs)
        if self.project is not None:
            self.follow_up = get_object_or_404(self.project.follow_ups, pk=kwargs["pk"])

    def get_initial(self):
        return {"checked_on": clock.today()}

    def form_invalid(self, form):
        exit_forms.ask_for_the_file_again(form)
        return super().form_invalid(form)

    def act(self, **values):
        return exits.record_follow_up(actor=self.user, follow_up=self.follow_up, **values)
