"""Who is what, and who may do what with people.

``actor`` None is the site itself (first installation, demonstration). A manager looks after people,
but must not be able to become an administrator or a sponsor: whoever holds such a role, or runs a
programme, has their way in (e-mail, user name, password) changed by an administrator only.
"""

from collections.abc import Callable

from incubator.accounts.enums import Role
from incubator.core.rules import is_staff_member

# What a manager may give; the other roles decide or administer, an administrator gives them.
ROLES_GIVEN_BY_MANAGERS = frozenset({Role.AMBASSADOR, Role.MEDIATOR, Role.EXPERT})


def roles_of(user) -> frozenset[str]:
    """The authority-wide roles held today (codes of :class:`Role`); one query, kept on the object."""
    if not getattr(user, "is_authenticated", False) or not user.is_active:
        return frozenset()
    if not hasattr(user, "_roles_held"):
        held = set(user.role_grants.filter(ended_at__isnull=True).order_by().values_list("role", flat=True))
        if user.is_superuser:
            held.add(Role.ADMIN.value)
        user._roles_held = frozenset(held)
    return user._roles_held


def forget_roles(user) -> None:
    """Read the roles again at the next question: called by the verbs that change them."""
    user.__dict__.pop("_roles_held", None)


def has_role(user, role: Role) -> bool:
    return role in roles_of(user)


def is_admin(user) -> bool:
    return has_role(user, Role.ADMIN)


def can_manage_people(actor) -> bool:
    """Create people, places and slips; see the list of people."""
    return actor is None or is_admin(actor) or is_staff_member(actor)


can_create_person = can_manage_people
can_manage_places = can_manage_people


_power_tests: list[Callable] = []


def register_power_test(test: Callable) -> Callable:
    """Let a package say that someone decides (``test(person) -> bool``, cheap); call in ``ready()``."""
    if test not in _power_tests:
        _power_tests.append(test)
    return test


def is_privileged(person) -> bool:
    """Whether taking this person's place would give someone power over decisions or over the site."""
    return (
        bool({Role.ADMIN, Role.SPONSOR} & roles_of(person))
        or is_staff_member(person)
        or any(test(person) for test in _power_tests)
    )


def can_update_person(actor, person) -> bool:
    return can_manage_people(actor) and (
        actor is None or is_admin(actor) or actor == person or not is_privileged(person)
    )


def can_issue_one_time_password(actor, person) -> bool:
    """For someone else, whose place gives no more power than one's own."""
    return actor is None or (person.is_active and actor != person and can_update_person(actor, person))


def can_update_profile(actor, person) -> bool:
    """One's own page: what one is called, how one is written to, in which language."""
    return actor is None or (getattr(actor, "is_authenticated", False) and actor == person)


def can_give_role(actor, role: Role) -> bool:
    """Grant or end an authority-wide role."""
    return actor is None or is_admin(actor) or (role in ROLES_GIVEN_BY_MANAGERS and is_staff_member(actor))


def can_open_admin(user) -> bool:
    """Enter the Wagtail admin: those who configure and publish."""
    return is_admin(user) or is_staff_member(user)
