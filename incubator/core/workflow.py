"""The workflow engine: a table of moves, and :meth:`Workflow.perform`, the only writer of a state.

A package declares its table once, next to its models; views, admin, tasks and demo data all go
through ``perform``. It asks who, from where and under which conditions; changes the state by
compare-and-swap (right on SQLite too, where ``select_for_update`` does nothing); writes the log
row; and calls the listeners, all in one transaction.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.dispatch import Signal
from django.utils.translation import gettext_lazy as _

from incubator.core import clock
from incubator.core.models import AbstractTransition, Refused

# Sent after commit, to wake workers and purge caches: losing it loses nothing. Arguments: transition.
transitioned = Signal()


@dataclass(frozen=True)
class Move:
    """One row of a transition table.

    ``target`` is a state, or a function of the object when the way back depends on its history
    (``targets`` then lists every possible answer). ``allowed(user, obj)`` says who;
    ``conditions`` are called ``condition(obj, facts)`` and answer a sentence when they refuse.
    ``sets`` names other columns that change with the state.
    """

    name: str
    label: Any
    sources: frozenset[str]
    target: str | Callable[[models.Model], str]
    allowed: Callable[[Any, models.Model], bool]
    conditions: tuple[Callable[[models.Model, dict], str | None], ...] = ()
    sets: dict[str, Any] = field(default_factory=dict)
    targets: frozenset[str] = frozenset()

    def resolve_target(self, obj: models.Model) -> str:
        return self.target(obj) if callable(self.target) else self.target

    def possible_targets(self) -> frozenset[str]:
        return self.targets if callable(self.target) else frozenset({self.target})


class Workflow:
    """The life of one kind of object: its state column, its log, its moves."""

    def __init__(
        self, *, state_field: str, log: type[AbstractTransition], subject: str, moves: Iterable[Move]
    ):
        self.state_field = state_field
        self.log = log
        self.subject = subject  # the log's foreign key to the object
        self.moves = {move.name: move for move in moves}
        self._listeners: list[Callable[[AbstractTransition], None]] = []

    def listen(self, listener: Callable[[AbstractTransition], None]) -> None:
        """Call ``listener(transition)`` inside every later transition's transaction. It may raise to refuse."""
        if listener not in self._listeners:
            self._listeners.append(listener)

    def available(self, user, obj: models.Model) -> list[Move]:
        """The moves this user may make now, whatever facts they will have to give."""
        state = getattr(obj, self.state_field)
        return [move for move in self.moves.values() if state in move.sources and move.allowed(user, obj)]

    def perform(
        self,
        obj: models.Model,
        name: str,
        *,
        actor,
        effective_on=None,
        public_reason: str = "",
        facts: dict | None = None,
        sets: dict[str, Any] | None = None,
        system: bool = False,
        **log_fields: Any,
    ) -> AbstractTransition:
        """Make the move ``name`` and answer its log row.

        ``facts`` are kept in the log and offered to the conditions; ``sets`` are columns that change with the
        state in this one move (beside the move's own); ``system`` is for moves that
        the worker makes by itself at an hour set by a person (``actor`` is then None).
        Raises PermissionDenied when the actor may not, Refused when the state or a condition says no.
        """
        move = self.moves[name]
        facts = facts or {}
        with transaction.atomic():
            obj.refresh_from_db(fields=[self.state_field])
            source = getattr(obj, self.state_field)
            if not system and not move.allowed(actor, obj):
                raise PermissionDenied(name)
            if source not in move.sources:
                raise Refused(
                    _(
                        "“%(move)s” is not possible now: the state is “%(state)s”. Reload the page to see where it stands."
                    )
                    % {"move": move.label, "state": self._state_label(obj)}
                )
            for condition in move.conditions:
                if sentence := condition(obj, facts):
                    raise Refused(sentence)
            target = move.resolve_target(obj)
            changes = {self.state_field: target, **move.sets, **(sets or {})}
            swapped = (
                type(obj)._default_manager.filter(pk=obj.pk, **{self.state_field: source}).update(**changes)
            )
            if not swapped:
                raise Refused(
                    _("Someone else has just changed this. Reload the page to see where it stands.")
                )
            for column, value in changes.items():
                setattr(obj, column, value)
            row = self.log.objects.create(
                **{self.subject: obj},
                name=name,
                source=source,
                target=target,
                actor=actor if actor is not None and actor.pk else None,
                effective_on=effective_on or clock.today(),
                public_reason=public_reason,
                data=facts,
                **log_fields,
            )
            for listener in self._listeners:
                listener(row)
            transaction.on_commit(lambda: transitioned.send_robust(sender=self.log, transition=row))
        return row

    def _state_label(self, obj: models.Model) -> str:
        return str(getattr(obj, f"get_{self.state_field}_display")())
