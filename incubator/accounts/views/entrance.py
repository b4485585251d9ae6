"""The ways in: the sign-in page with its two doors, the code, the first password after a slip."""

from allauth.account import views as allauth_views
from allauth.account.internal.decorators import login_stage_required
from allauth.account.internal.flows.login_by_code import LoginCodeVerificationProcess
from allauth.account.internal.stagekit import clear_login
from allauth.account.models import Login
from allauth.account.stages import LoginByCodeStage, LoginStageController
from allauth.account.utils import get_next_redirect_url
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods
from django.views.generic.edit import FormView

from incubator.accounts.adapter import AccountAdapter
from incubator.accounts.domain import entrance, people
from incubator.accounts.forms import CodeRequestForm, FirstPasswordForm, SignInForm


class CodeProcess(LoginCodeVerificationProcess):
    """allauth's login by code, which also lets an address of an open domain in: its account is opened
    when the code comes back, never before. Any other unknown address is told so by e-mail only."""

    def send_by_email(self, email, skip_enumeration_mails=False):
        if self.user is None and entrance.is_open_address(email):
            code = self.generate_code()
            context = {"request": self.request, "code": code}
            AccountAdapter(self.request).send_mail("account/email/login_code", email, context)
            return
        super().send_by_email(email, skip_enumeration_mails)

    def resend(self):
        if self.user is not None or entrance.is_open_address(self.state.get("email") or ""):
            super().resend()
        else:  # the same answer, but no code that could open anything
            self.record_resend()
            self.persist()

    def finish(self, redirect_url):
        email = self.state.get("email") or ""
        if self.user is None and entrance.is_open_address(email):
            self._user = entrance.open_account(email=email)
            messages.success(
                self.request, _("Your account is open. Check that your name is right on your own page.")
            )
        if self.user is not None and email:
            entrance.confirm_address(user=self.user, email=email)
        return super().finish(redirect_url)

    @classmethod
    def begin(cls, *, request, user, email):
        """As ``initiate``, which names its own class."""
        login = Login(user=user, email=email)
        login.state["stages"] = {"current": LoginByCodeStage.key}
        stage = LoginByCodeStage(LoginStageController(request, login), request, login)
        stage.state.update(cls.initial_state(user=user, email=email), initiated_by_user=True)
        process = cls(stage=stage)
        process.send()
        process.persist()
        return process


class _DoorsMixin:
    """Both doors stand on the same page, whichever one was tried."""

    template_name = "account/login.html"

    def _redirect_to_pending_stage(self, request, stage):
        if request.method == "POST":  # a new try replaces the one begun before
            clear_login(request)
            return None
        return super()._redirect_to_pending_stage(request, stage)

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        form = context["form"]
        context["password_form"] = form if isinstance(form, SignInForm) else SignInForm(request=self.request)
        context["code_form"] = form if isinstance(form, CodeRequestForm) else CodeRequestForm()
        context["next_url"] = get_next_redirect_url(self.request) or ""
        return context


class SignInView(_DoorsMixin, allauth_views.LoginView):
    pass


class CodeRequestView(_DoorsMixin, allauth_views.RequestLoginCodeView):
    def form_valid(self, form):
        CodeProcess.begin(request=self.request, user=form._user, email=form.cleaned_data["email"])
        return redirect(self.get_success_url())


@method_decorator(
    login_stage_required(stage=LoginByCodeStage.key, redirect_urlname="account_login"), name="dispatch"
)
class CodeConfirmView(allauth_views.ConfirmLoginCodeView):
    def dispatch(self, request, *args, **kwargs):
        self.stage = request._login_stage
        self._process = CodeProcess(stage=self.stage).abort_if_invalid()
        if self._process is None:
            messages.info(request, _("This code is too old. Ask for a new one."))
            return redirect(self.passthrough_next_url(reverse("account_login")))
        return FormView.dispatch(self, request, *args, **kwargs)

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        context["next_url"] = get_next_redirect_url(self.request) or ""
        return context


@never_cache
@sensitive_post_parameters("password1", "password2")
@require_http_methods(["GET", "POST"])
def first_password(request):
    """Choose a password of one's own; whoever came in with a slip goes nowhere else before."""
    target = get_next_redirect_url(request) or AccountAdapter(request).get_login_redirect_url(request)
    if not request.user.must_change_password:
        return redirect(target)
    form = FirstPasswordForm(request.user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        people.choose_password(actor=request.user, user=request.user, password=form.cleaned_data["password1"])
        update_session_auth_hash(request, request.user)
        messages.success(request, _("Your password is saved. The one of the slip no longer works."))
        return redirect(target)
    return render(request, "accounts/first_password.html", {"form": form, "next_url": target})


def closed(request, *args, **kwargs):
    """An address of allauth or Wagtail that this site does not offer."""
    raise Http404
