"""How applications are named to the verbs and to the screens that act on several of them."""


def pks(applications) -> list[int]:
    return [one.pk for one in applications]


def uuids(applications) -> list[str]:
    return [str(one.uuid) for one in applications]


def page_of(call) -> str:
    return f"/appels/{call.code}/candidatures/ensemble/"
