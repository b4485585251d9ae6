"""Filters, columns and order that a manager keeps under a name."""

from urllib.parse import parse_qsl, urlencode

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from calls import rules
from calls.models import SavedView
from incubator.core.models import Refused

MOST = 30
NOT_KEPT = frozenset({"apres", "avant", "csrfmiddlewaretoken"})


@transaction.atomic
def save_view(*, actor, name: str, query: str) -> SavedView:
    """Keep these filters under this name; a name that is taken takes the new filters."""
    if not rules.runs_something(actor):
        raise PermissionDenied("save_view")
    name = " ".join(name.replace("\x00", "").split())
    if not name:
        raise Refused({"name": _("Give the view a name.")})
    if len(name) > 60:
        raise Refused({"name": _("The name is too long: 60 characters at most.")})
    query = tidy(query)
    if len(query) > 1000:
        raise Refused(_("These filters are too long to be kept: remove some of them."))
    mine = SavedView.objects.filter(owner=actor)
    if mine.exclude(name=name).count() >= MOST:
        raise Refused(_("You keep %(count)d views already: remove one first.") % {"count": MOST})
    view, _created = SavedView.objects.update_or_create(owner=actor, name=name, defaults={"query": query})
    return view


@transaction.atomic
def forget_view(*, actor, view: SavedView) -> None:
    if view.owner_id != actor.pk:
        raise PermissionDenied("forget_view")
    view.delete()


def tidy(query: str) -> str:
    """The filters of an address, without the page and without what is empty."""
    # No limit on the number of fields: ``parse_qsl`` would raise, and the text is short already.
    pairs = parse_qsl(query.replace("\x00", "").removeprefix("?")[:4000])
    return urlencode([(key, value) for key, value in pairs if key not in NOT_KEPT and value])
