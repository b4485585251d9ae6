"""The address of a call's page. Wagtail would find it too, at three queries for each level of the tree."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from wagtail import hooks
from wagtail.views import serve, serve_chain

from calls.models import CallPage


@login_not_required
def call_page(request, code):
    """Serve the published page of this call as Wagtail does, hooks and view restrictions included."""
    related = ("call__programme", "call__current_version", "call__form")
    page = CallPage.objects.live().select_related(*related).filter(slug=code).first()
    if page is None:
        return serve(request, f"appels/{code}")
    chain = serve_chain
    for hook in reversed(hooks.get_hooks("on_serve_page")):
        chain = hook(chain)
    for hook in hooks.get_hooks("before_serve_page"):
        answer = hook(page, request, [], {})
        if isinstance(answer, HttpResponse):
            return answer
    return chain(page, request, [], {})
