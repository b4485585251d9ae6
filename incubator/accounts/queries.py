"""What other packages ask about people. Roles are read once for each user object (see rules.roles_of)."""

from allauth.mfa.models import Authenticator

from incubator.accounts.rules import has_role, is_admin, roles_of

__all__ = ["has_role", "is_admin", "roles_of", "second_factor_is_on"]


def second_factor_is_on(user) -> bool:
    """Whether this person also gives a code from their phone when they sign in."""
    return Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists()
