"""Sharing dossiers among readers: each project gets so many, and everyone about as many. Pure functions.

Giving ``k`` readers to each project so that the loads are as equal as the bars allow is an *optimal semi-matching*
(Harvey, Ladner, Lovász and Tamir, "Semi-matchings for bipartite graphs and load balancing", Journal of Algorithms
59, 2006): begin with any sharing, then, as long as a chain of projects leads from a reader to another who has at
least two fewer, hand each project of the chain over. A sharing without such a chain minimises every convex cost of
the loads, hence the largest load and the spread too.

Nothing is drawn: ties are broken by a digest of the ids, so that the same input always gives the same sharing, and
readers are mixed with one another (pairs that read much in common would otherwise be compared with nobody else).
"""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import sha256

Pair = tuple[int, int]  # (reader, project)


@dataclass
class Sharing:
    """``kept`` and ``given`` make the whole; ``short`` is how many readers a project lacks, where it lacks any."""

    kept: set[Pair]
    given: set[Pair]
    short: dict[int, int] = field(default_factory=dict)

    @property
    def pairs(self) -> set[Pair]:
        return self.kept | self.given


def share(
    *,
    projects: Iterable[int],
    readers: Iterable[int],
    each: int,
    barred: set[Pair] = frozenset(),
    avoided: set[Pair] = frozenset(),
    kept: set[Pair] = frozenset(),
    salt: str = "",
) -> Sharing:
    """Give ``each`` readers to each project, or all who may read it where they are fewer.

    ``barred`` pairs never read; ``avoided`` ones only where a project would otherwise lack a reader; ``kept``
    pairs, which must not be barred, stay and count in the loads.
    """
    projects, readers = sorted(set(projects)), sorted(set(readers))
    kept = {(reader, project) for reader, project in kept if reader in readers and project in projects}
    kept -= set(barred)
    have: dict[int, set[int]] = {project: set() for project in projects}
    loads = dict.fromkeys(readers, 0)
    for reader, project in kept:
        have[project].add(reader)
        loads[reader] += 1
    sharing = Sharing(kept=kept, given=set())
    choices: dict[int, list[int]] = {}
    wanted: dict[int, int] = {}
    for project in projects:
        free = [one for one in readers if (one, project) not in barred and one not in have[project]]
        missing = max(0, each - len(have[project]))
        if len(free) < missing:
            sharing.short[project] = missing - len(free)
            missing = len(free)
        best = [one for one in free if (one, project) not in avoided]
        if len(best) < missing:  # everyone whom nothing speaks against, and the rest among the others
            for reader in best:
                sharing.given.add((reader, project))
                loads[reader] += 1
            missing -= len(best)
            best = [one for one in free if (one, project) in avoided]
        choices[project], wanted[project] = best, missing
    holders = _begin(choices, wanted, loads, salt)
    _even_out(choices, holders, loads)
    sharing.given |= {(reader, project) for project, chosen in holders.items() for reader in chosen}
    return sharing


def _digest(salt: str, *parts: int) -> bytes:
    return sha256(":".join([salt, *map(str, parts)]).encode()).digest()


def _begin(choices, wanted, loads, salt) -> dict[int, set[int]]:
    """A first sharing: those with the least choice first, each to the readers who have the least so far."""
    order = sorted(choices, key=lambda one: (len(choices[one]) - wanted[one], _digest(salt, one)))
    holders: dict[int, set[int]] = {}
    for project in order:
        ranked = sorted(choices[project], key=lambda one: (loads[one], _digest(salt, one, project)))
        holders[project] = set(ranked[: wanted[project]])
        for reader in holders[project]:
            loads[reader] += 1
    return holders


def _even_out(choices, holders, loads) -> None:
    """Hand projects over along chains until no reader can be relieved by one who has two fewer."""
    held: dict[int, set[int]] = {reader: set() for reader in loads}
    for project, chosen in holders.items():
        for reader in chosen:
            held[reader].add(project)
    relieved = True
    while relieved:
        relieved = False
        for reader in sorted(loads, key=lambda one: (-loads[one], one)):
            chain = _chain_from(reader, choices, holders, held, loads)
            if chain:
                relieved = True
                for giver, project, taker in chain:
                    holders[project].remove(giver)
                    holders[project].add(taker)
                    held[giver].remove(project)
                    held[taker].add(project)
                loads[chain[0][0]] -= 1
                loads[chain[-1][2]] += 1
                break


def _chain_from(start, choices, holders, held, loads) -> list[tuple[int, int, int]]:
    """The shortest chain of (giver, project, taker) from ``start`` to a reader with at least two fewer."""
    came: dict[int, tuple[int, int] | None] = {start: None}
    queue = deque([start])
    while queue:
        giver = queue.popleft()
        for project in sorted(held[giver]):
            for taker in choices[project]:
                if taker in came or taker in holders[project]:
                    continue
                came[taker] = (giver, project)
                if loads[taker] <= loads[start] - 2:
                    return _walk_back(taker, came)
                queue.append(taker)
    return []


def _walk_back(end, came) -> list[tuple[int, int, int]]:
    chain = []
    while came[end] is not None:
        giver, project = came[end]
        chain.append((giver, project, end))
        end = giver
    return chain[::-1]
