"""The fast track on screen: ask, answer, take back."""

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy

from incubator.core import words
from projects import forms, rules
from projects.domain import fast_track
from projects.models import FastTrackRequest
from projects.views.acts import ActView


class AskFastTrack(ActView):
    form_class = forms.FastTrackForm
    heading = gettext_lazy("Ask the chief executive's office")
    lead = gettext_lazy(
        "For what cannot wait for the next body: one question, and the day by which you need the answer."
    )
    button = gettext_lazy("Ask this question")
    done = gettext_lazy("Your question is asked. The answer will be shown on this page.")
    rule = staticmethod(rules.can_ask_fast_track)

    def act(self, **values):
        return fast_track.ask(actor=self.user, project=self.project, **values)


class _AboutAQuestion(ActView):
    """An act about one question of this project; who may not act on it does not know the address."""

    def setup(self, request, *args, **kwargs):
        super().setup(request, *args, **kwargs)
        if self.project is not None:
            if not self.rule(self.user, self.project):
                raise Http404
            self.question = get_object_or_404(
                FastTrackRequest.objects.select_related("asked_by", "project__programme"),
                project=self.project,
                pk=kwargs["pk"],
            )
            self.heading = self.question.question


class AnswerFastTrack(_AboutAQuestion):
    template_name = "projects/fast_track_answer.html"
    form_class = forms.FastTrackAnswerForm
    button = gettext_lazy("Give this answer")
    done = gettext_lazy("The answer is given. The letter to the team waits to be read before it goes.")
    rule = staticmethod(rules.can_answer_fast_track)

    def act(self, **values):
        return fast_track.answer(actor=self.user, question=self.question, **values)

    def get_context_data(self, **kwargs):
        return super().get_context_data(question=self.question, **kwargs)


class WithdrawFastTrack(_AboutAQuestion):
    button = gettext_lazy("Take the question back")
    done = gettext_lazy("The question is taken back: nobody has to answer it.")
    rule = staticmethod(rules.can_ask_fast_track)

    @property
    def lead(self):
        return words.in_words(self.question.answer_by)

    def act(self):
        return fast_track.withdraw_question(actor=self.user, question=self.question)
