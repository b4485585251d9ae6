from incubator.accounts.models.places import Directorate, Workplace
from incubator.accounts.models.users import RoleGrant, User

__all__ = ["Directorate", "RoleGrant", "User", "Workplace"]
