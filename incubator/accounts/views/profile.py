"""One's own page, and the slip that is handed to someone without e-mail."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from incubator.accounts import rules
from incubator.accounts.domain import people
from incubator.accounts.forms import ProfileForm
from incubator.accounts.models import User
from incubator.accounts.queries import second_factor_is_on
from incubator.core.viewsets import add_errors


@require_http_methods(["GET", "POST"])
def profile(request):
    """What I am called, how I am written to, in which language; and the way to my password."""
    stored = User.objects.with_places().get(pk=request.user.pk)
    form = ProfileForm(request.POST or None, instance=stored)
    if request.method == "POST" and form.is_valid():
        try:
            people.update_profile(actor=request.user, user=request.user, **form.cleaned_data)
        except ValidationError as error:
            add_errors(form, error)
        else:
            request.language_chosen = request.user.language
            messages.success(request, _("Your page is saved."))
            return redirect(reverse("account_profile"))
    context = {
        "form": form,
        "person": stored,
        "roles": [role.label for role in rules.Role if rules.has_role(request.user, role)],
        "second_factor": second_factor_is_on(request.user),
    }
    return render(request, "accounts/profile.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
def slip(request, uuid):
    """GET says what will happen; POST makes a one-time password and shows it this once, ready to print."""
    person = get_object_or_404(User.objects.visible_to(request.user), uuid=uuid)
    if not rules.can_issue_one_time_password(request.user, person):
        raise PermissionDenied("accounts.issue_one_time_password")
    context = {"person": person, "password": ""}
    if request.method == "POST":
        context["password"] = people.issue_one_time_password(actor=request.user, user=person)
        context["sign_in_url"] = request.build_absolute_uri(reverse("account_login"))
    return render(request, "accounts/slip.html", context)
