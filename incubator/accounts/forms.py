"""Forms of the ways in and of one's own page. Verbs check everything again."""

from allauth.account import forms as allauth_forms
from allauth.mfa.base import forms as mfa_forms
from django import forms
from django.contrib.auth.password_validation import password_validators_help_texts, validate_password
from django.core.validators import MaxLengthValidator
from django.utils.translation import gettext_lazy as _

from incubator.accounts.domain.people import PROFILE_FIELDS
from incubator.accounts.models import User
from incubator.core.forms import PlainForm

_TYPED_AS_IS = {"autocapitalize": "none", "autocorrect": "off", "spellcheck": "false"}
_PASSWORD_LENGTH = 256  # hashing longer ones would only cost the server


def password_help() -> str:
    return " ".join(str(text) for text in password_validators_help_texts())


def reword(form, name: str, label, help_text="", max_length: int | None = None, **attrs) -> None:
    """Give one of allauth's fields our words; its own validation stays."""
    field = form.fields[name]
    field.label, field.help_text = label, help_text
    field.widget.attrs.pop("placeholder", None)
    field.widget.attrs.update(attrs)
    if max_length:
        field.max_length = max_length
        field.validators.append(MaxLengthValidator(max_length))


class SignInForm(PlainForm, allauth_forms.LoginForm):
    """The second door: a user name (or an e-mail) and a password."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        reword(
            self,
            "login",
            _("User name"),
            _("It is printed on the slip you were given. Your work e-mail works too."),
            max_length=254,
            autocomplete="username",
            **_TYPED_AS_IS,
        )
        reword(self, "password", _("Password"), max_length=_PASSWORD_LENGTH)


class CodeRequestForm(PlainForm, allauth_forms.RequestLoginCodeForm):
    """The first door: an address, to which a code is sent."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        reword(self, "email", _("Your work e-mail"), max_length=254, **_TYPED_AS_IS)

    def clean_email(self):
        self.cleaned_data["email"] = self.cleaned_data["email"].lower()
        return super().clean_email()


class CodeForm(PlainForm, allauth_forms.ConfirmLoginCodeForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        reword(self, "code", _("The code of the message"), max_length=40, **_TYPED_AS_IS)


class _NewPasswordMixin(PlainForm):
    """Our words on two identical fields, whichever form of allauth is behind."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "oldpassword" in self.fields:
            reword(self, "oldpassword", _("Present password"), max_length=_PASSWORD_LENGTH)
        reword(self, "password1", _("New password"), password_help(), max_length=_PASSWORD_LENGTH)
        reword(self, "password2", _("The same password again"), max_length=_PASSWORD_LENGTH)


class PasswordChangeForm(_NewPasswordMixin, allauth_forms.ChangePasswordForm):
    pass


class PasswordSetForm(_NewPasswordMixin, allauth_forms.SetPasswordForm):
    pass


class PasswordFromKeyForm(_NewPasswordMixin, allauth_forms.ResetPasswordKeyForm):
    pass


class PasswordResetForm(PlainForm, allauth_forms.ResetPasswordForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        reword(self, "email", _("Your work e-mail"), max_length=254, **_TYPED_AS_IS)


class ConfirmPasswordForm(PlainForm, allauth_forms.ReauthenticateForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        reword(self, "password", _("Your password"), max_length=_PASSWORD_LENGTH)


class SecondFactorForm(PlainForm, mfa_forms.AuthenticateForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        label = _("The code shown by your phone, or one of your rescue codes")
        reword(self, "code", label, max_length=40, **_TYPED_AS_IS)


class FirstPasswordForm(PlainForm, forms.Form):
    """After the slip: a password of one's own."""

    password1 = forms.CharField(
        label=_("New password"),
        max_length=_PASSWORD_LENGTH,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    password2 = forms.CharField(
        label=_("The same password again"),
        max_length=_PASSWORD_LENGTH,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, user, *args, **kwargs):
        self.user = user
        super().__init__(*args, **kwargs)
        self.fields["password1"].help_text = password_help()

    def clean_password1(self):
        password = self.cleaned_data["password1"]
        if self.user.check_password(password):
            raise forms.ValidationError(_("This is the password of the slip. Choose another one."))
        validate_password(password, self.user)
        return password

    def clean(self):
        cleaned = super().clean()
        first, second = cleaned.get("password1"), cleaned.get("password2")
        if first and second and first != second:
            self.add_error("password2", _("The two passwords are not the same. Type the new one again."))
        return cleaned


class ProfileForm(PlainForm, forms.ModelForm):
    """What one changes oneself; the verb checks and writes."""

    class Meta:
        model = User
        fields = list(PROFILE_FIELDS)
        widgets = {
            "preferred_channel": forms.RadioSelect,
            "language": forms.RadioSelect,
            "phone": forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
            "first_name": forms.TextInput(attrs={"autocomplete": "given-name"}),
            "last_name": forms.TextInput(attrs={"autocomplete": "family-name"}),
        }
        labels = {"phone": _("Phone number")}
        help_texts = {
            "display_name": _("Left empty, your first name and your name are shown."),
            "phone": _("For text messages and to call you back. Nobody else sees it."),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["first_name"].required = self.fields["last_name"].required = True

    def _post_clean(self):
        """The verb checks and writes; the form only keeps what was typed."""
