"""What other packages ask about people. Roles are read once for each user object (see rules.roles_of)."""

from incubator.accounts.rules import has_role, is_admin, roles_of

__all__ = ["has_role", "is_admin", "roles_of"]
