"""allauth's hooks: our words, our verbs, and the two rules of the house (closed sign-up, slips that expire)."""

from allauth.account.adapter import DefaultAccountAdapter
from django.utils.translation import gettext_lazy as _

from incubator.accounts.domain import people
from incubator.core import clock

_WRONG = _("This user name or this password is not right. Check both, then try again.")


class AccountAdapter(DefaultAccountAdapter):
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "account_inactive": _("This account is closed. Call us if you think it should be open."),
        "email_password_mismatch": _WRONG,
        "username_password_mismatch": _WRONG,
        "invalid_login": _WRONG,
        "enter_current_password": _("This is not your present password. Type it again."),
        "incorrect_password": _("This is not your present password. Type it again."),
        "incorrect_code": _("This code is not right. Copy the code of the latest message."),
        "too_many_login_attempts": _("Too many tries. Wait five minutes, then try again."),
        "rate_limited": _("That was too fast. Wait one minute, then try again."),
        "one_time_password_expired": _(
            "This one-time password is no longer valid. Ask the person who gave you the slip for a new one."
        ),
    }

    def is_open_for_signup(self, request):
        """Nobody registers by a form: a code sent to an open domain opens the account (domain.entrance)."""
        return False

    def authenticate(self, request, **credentials):
        user = super().authenticate(request, **credentials)
        if (
            user is not None
            and user.must_change_password
            and user.one_time_password_until
            and user.one_time_password_until < clock.now()
        ):
            raise self.validation_error("one_time_password_expired")
        return user

    def set_password(self, user, password):
        """Every way to a new password (change, first one, reset by e-mail) is the same verb."""
        people.choose_password(actor=user, user=user, password=password)

    def get_password_change_redirect_url(self, request):
        return self.get_login_redirect_url(request)
