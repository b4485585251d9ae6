"""Work in the background that failed after its last attempt: read why, try again, or put it aside."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from incubator.core import jobs as verbs
from incubator.core.models import Job, Refused
from incubator.core.rules import can_run_jobs

PAGE = 30


@require_safe
def failed(request):
    if not can_run_jobs(request.user):
        raise Http404
    found = Job.objects.visible_to(request.user)
    page = Paginator(found.filter(state=Job.State.FAILED).order_by("-finished_at", "-pk"), PAGE)
    waiting = found.filter(state__in=[Job.State.QUEUED, Job.State.RUNNING]).count()
    return render(
        request,
        "core/jobs.html",
        {"page_obj": page.get_page(request.GET.get("page")), "waiting": waiting},
    )


@require_POST
def act(request, uuid, action):
    """Try again, or put aside."""
    job = get_object_or_404(Job.objects.visible_to(request.user), uuid=uuid)
    try:
        if action == "relancer":
            verbs.retry(actor=request.user, job=job)
            messages.success(request, _("It is tried again now."))
        elif action == "ecarter":
            verbs.put_aside(actor=request.user, job=job)
            messages.success(request, _("Put aside: it will not be done."))
        else:
            raise Http404
    except Refused as error:
        messages.error(request, " ".join(error.messages))
    return redirect("core:jobs")
