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
        move = self.moves.get(name)
        if move is None:
            raise Refused(_("This step does not exist."))
        with transaction.atomic():
            return self._perform(
                obj, move, actor, effective_on, public_reason, facts or {}, sets or {}, system, log_fields
            )

    def _perform(
        self, obj, move, actor, effective_on, public_reason, facts, sets, system, log_fields
    ) -> AbstractTransition:
        # PostgreSQL: the row is locked, so that conditions are judged on what will still be true at commit.
        # SQLite: IMMEDIATE transactions write one after the other. On both the swap below has the last word.
        obj.refresh_from_db(
            fields=[self.state_field], from_queryset=type(obj)._base_manager.select_for_update()
        )
        source = getattr(obj, self.state_field)
        if not system and not move.allowed(actor, obj):
            raise PermissionDenied(move.name)
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
        if target not in move.possible_targets():
            raise ValueError(f"{move.name} may not lead to {target}")
        changes = {self.state_field: target, **move.sets, **sets}
        swapped = type(obj)._default_manager.filter(pk=obj.pk, **{self.state_field: source}).update(**changes)
        if not swapped:
            raise Refused(_("Someone else has just changed this. Reload the page to see where it stands."))
        before = {column: getattr(obj, column) for column in changes}
        _set(obj, changes)
        try:
            row = self.log.objects.create(
                **{self.subject: obj},
                name=move.name,
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
        except BaseException:
            _set(obj, before)  # the transaction is undone: the object in hand must not say otherwise
            raise
        transaction.on_commit(lambda: transitioned.send_robust(sender=self.log, transition=row), robust=True)
        return row

    def _state_label(self, obj: models.Model) -> str:
        return str(getattr(obj, f"get_{self.state_field}_display")())


def _set(obj: models.Model, columns: dict[str, Any]) -> None:
    for column, value in columns.items():
        setattr(obj, column, value)
