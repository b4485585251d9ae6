"""The answer of the person who took a project over: by the link of their letter, without an account.

Opening the address shows the question and writes nothing, so that a mail scanner that follows links says nothing.
"""

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from incubator.core import files
from projects.domain import exits
from projects.exit_forms import FollowUpToldForm, ask_for_the_file_again
from projects.models import FollowUp
from projects.notifications import follow_up_of, recipient_of
from projects.views.acts import add_errors
from projects.views.screens import project_or_404


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def told(request, token: str):
    pk = follow_up_of(token)
    if pk is None:
        raise Http404
    follow_up = get_object_or_404(FollowUp.objects.select_related("project__programme"), pk=pk)
    project = follow_up.project
    if follow_up.checked_on is not None:
        return render(request, "projects/follow_up_told.html", {"project": project, "follow_up": follow_up})
    form = FollowUpToldForm(
        request.POST or None, request.FILES or None, initial={"told_by": recipient_of(project)[0]}
    )
    if request.method == "POST" and form.is_valid():
        try:
            exits.tell_follow_up(actor=None, follow_up=follow_up, **form.cleaned_data)
        except ValidationError as error:
            add_errors(form, error)
        else:
            return redirect("projects:follow_up_told", token)
    ask_for_the_file_again(form)
    return render(
        request, "projects/follow_up_told.html", {"project": project, "follow_up": follow_up, "form": form}
    )


@require_safe
def proof(request, code: str, pk: int):
    """The file that shows what became of a project, to whoever reads what became of it on the project's page."""
    follow_up = get_object_or_404(
        FollowUp.objects.select_related("proof"),
        project=project_or_404(request.user, code),
        pk=pk,
        proof__isnull=False,
    )
    return files.send(follow_up.proof)
