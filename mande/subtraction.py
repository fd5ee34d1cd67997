"""Can somebody who has tables by two groupings find out about a few people by adding and subtracting them?

Schools and sexes are two ways to cut the same people. Whoever adds up some schools and takes away some sexes is left
with the people on which the two disagree. Take a graph whose nodes are the groups that are shown, and whose edges are
the people whom two groups have in common: what is left over is a cut of it, and its size is the weight of the cut. So
nobody can be singled out if no cut is lighter than the smallest cell. Groups that are not shown cannot be told apart:
they are one node on each side, and one node in all where the whole is not shown either.

Whether there is a lighter cut is decided exactly by maximum adjacency orderings (Nagamochi & Ibaraki 1992), in which
everything is drawn together that no lighter cut can separate.
"""

from __future__ import annotations

import heapq
from collections.abc import Collection, Mapping
from typing import NamedTuple

import numpy as np

from mande.crossing import Crossing
from mande.stats.counts import IntArray, cells_of

__all__ = ["row_to_hide"]

Graph = dict[int, dict[int, int]]


class _Edges(NamedTuple):
    """Two nodes and the people whom they have in common, entry by entry, shape (m,). Nodes differ."""

    one: IntArray
    other: IntArray
    people: IntArray

    @classmethod
    def of(cls, one: IntArray, other: IntArray, people: IntArray) -> _Edges:
        """Pairs of nodes may come repeated and in either order; those of a node with itself are left out."""
        apart = (one != other) & (people > 0)
        pairs, sums = cells_of([np.minimum(one, other)[apart], np.maximum(one, other)[apart]], people[apart])
        return cls(pairs[:, 0], pairs[:, 1], sums)

    def drawn_together(self, root: IntArray) -> _Edges:
        return _Edges.of(root[self.one], root[self.other], self.people)


def row_to_hide(
    cells: Crossing, rows: Collection[str], columns: Collection[str], smallest: int, *, whole_shown: bool = True
) -> str | None:
    """The row to hide next, because fewer than `smallest` people could be singled out; None if nobody can be.

    rows, columns: those that are shown. Call again with one row less until it gives None, or no row is left.

    >>> few = Crossing.of({("A", "girl"): 20, ("A", "boy"): 2, ("B", "boy"): 30})
    >>> row_to_hide(few, {"A", "B"}, {"girl", "boy"}, 5)
    'B'
    >>> enough = Crossing.of({("A", "girl"): 20, ("A", "boy"): 9, ("B", "boy"): 30})
    >>> row_to_hide(enough, {"A", "B"}, {"girl", "boy"}, 5)
    """
    edges = _edges(cells, rows, columns, whole_shown=whole_shown)
    few = _light_side(edges, smallest)
    if few is None or not rows:
        return None
    inside = np.isin(edges.one, few), np.isin(edges.other, few)
    near = np.unique(np.concatenate([few, edges.other[inside[0]], edges.one[inside[1]]]))
    every = np.unique(np.concatenate([edges.one, edges.other]))
    for nodes in (few, near, every):
        candidates = [i for i in nodes.tolist() if i < len(cells.rows) and cells.rows[i] in rows]
        if candidates:
            return cells.rows[min(candidates, key=lambda i: (_people(edges, i), cells.rows[i]))]
    return None


def _edges(cells: Crossing, rows: Collection[str], columns: Collection[str], *, whole_shown: bool) -> _Edges:
    """A node for each row, each column, and for those of either that are not shown."""
    rest = len(cells.rows) + len(cells.columns)
    rest_of_columns = rest + 1 if whole_shown else rest
    of_row = np.array([i if name in rows else rest for i, name in enumerate(cells.rows)], dtype=np.int64)
    of_column = np.array(
        [i if name in columns else rest_of_columns for i, name in enumerate(cells.columns, len(cells.rows))],
        dtype=np.int64,
    )
    return _Edges.of(of_row[cells.row], of_column[cells.column], cells.people)


def _people(edges: _Edges, node: int) -> int:
    return int(edges.people[(edges.one == node) | (edges.other == node)].sum())


def _light_side(edges: _Edges, smallest: int) -> IntArray | None:
    """One side of a cut of fewer than `smallest` people, if there is one."""
    nodes = max(int(edges.other.max(initial=0)), int(edges.one.max(initial=0))) + 1
    root = np.arange(nodes)
    while edges.people.size:
        heavy = edges.people >= smallest
        if heavy.any():  # no light cut goes through such an edge
            drawn = _components(edges.one[heavy], edges.other[heavy], nodes)
        else:
            together, light = _scan(_graph(edges), smallest)
            if light is not None:
                return np.flatnonzero(root == light)
            if not together:
                return None
            pairs = np.array(together, dtype=np.int64)
            drawn = _components(pairs[:, 0], pairs[:, 1], nodes)
        root, edges = drawn[root], edges.drawn_together(drawn)
    return None


def _components(one: IntArray, other: IntArray, nodes: int) -> IntArray:
    """For each node the least node that edges join it to, shape (nodes,)."""
    root = np.arange(nodes)
    while True:
        least = np.minimum(root[one], root[other])
        joined = root.copy()
        for side in (one, other):
            np.minimum.at(joined, root[side], least)
        joined = joined[joined]
        if np.array_equal(joined, root):
            return root
        root = joined


def _graph(edges: _Edges) -> Graph:
    graph: Graph = {}
    for one, other, people in zip(edges.one.tolist(), edges.other.tolist(), edges.people.tolist(), strict=True):
        graph.setdefault(one, {})[other] = people
        graph.setdefault(other, {})[one] = people
    return graph


def _scan(graph: Mapping[int, Mapping[int, int]], smallest: int) -> tuple[list[tuple[int, int]], int | None]:
    """Pairs that no light cut separates; or else the node that a light cut sets apart."""
    together: list[tuple[int, int]] = []
    attached = dict.fromkeys(graph, 0)
    left = set(graph)
    queue: list[tuple[int, int, int]] = []
    order = {node: i for i, node in enumerate(graph)}
    for start in graph:
        if start not in left:
            continue
        queue, last = [(0, order[start], start)], None
        while queue:
            weight, _, node = heapq.heappop(queue)
            if node not in left or -weight != attached[node]:
                continue
            left.remove(node)
            last = node
            for other, people in graph[node].items():
                if other in left:
                    attached[other] += people
                    heapq.heappush(queue, (-attached[other], order[other], other))
                    if attached[other] >= smallest:
                        together.append((node, other))
        if last is not None and 0 < attached[last] < smallest:
            return [], last
    return together, None
