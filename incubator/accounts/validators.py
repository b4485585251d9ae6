"""What a name, a phone number, a user name may look like; shared by verbs and forms."""

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_PHONE = re.compile(r"^\+?[0-9][0-9 .\-/()]{5,28}$")
_USERNAME = re.compile(r"^[a-z0-9][a-z0-9._-]{1,148}$")


def validate_plain_text(value: str) -> None:
    """Refuse characters that no keyboard types and no database of ours stores (a null byte is one)."""
    if _CONTROL.search(value):
        raise ValidationError(_("This contains a character that cannot be read. Type it again."))


def validate_phone(value: str) -> None:
    if not _PHONE.match(value):
        raise ValidationError(_("Write the phone number with digits and spaces, for example 01 23 45 67 89."))


def validate_username(value: str) -> None:
    if not _USERNAME.match(value):
        raise ValidationError(
            _("Write the user name in small letters, digits, dots or hyphens, for example marie.durand.")
        )
