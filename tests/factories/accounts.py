"""People for tests, made by the verbs. Every name is invented and numbered."""

from itertools import count

from incubator.accounts.domain import people, places
from incubator.accounts.enums import Role
from incubator.accounts.models import Directorate, User

_numbers = count(1)


def make_person(*, roles: tuple[Role, ...] = (), password: str | None = None, **facts) -> User:
    """Someone without an e-mail unless ``email`` is given; ``password`` is their own choice already."""
    number = next(_numbers)
    person = people.create_person(
        actor=None, **{"first_name": f"Camille{number}", "last_name": f"Martin{number}", **facts}
    )
    for role in roles:
        people.grant_role(actor=None, user=person, role=role)
    if password:
        people.choose_password(actor=person, user=person, password=password)
    return person


def make_admin(**facts) -> User:
    return make_person(roles=(Role.ADMIN,), **facts)


def make_directorate(name: str | None = None) -> Directorate:
    number = next(_numbers)
    return places.create_directorate(actor=None, code=f"dir-{number}", name=name or f"Direction {number}")
