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

__all__ = ["Cells", "row_to_hide"]

Cells = Mapping[tuple[str, str], int]
"""People by the label of one grouping and of another."""

Node = tuple[str, str | None]
"""A group: "row" or "column", and its label; None for all that are not shown."""

Graph = dict[Node, dict[Node, int]]


def row_to_hide(
    cells: Cells, rows: Collection[str], columns: Collection[str], smallest: int, *, whole_shown: bool = True
) -> str | None:
    """The row to hide next, because fewer than `smallest` people could be singled out; None if nobody can be.

    rows, columns: those that are shown. Call again with one row less until it gives None, or no row is left.

    >>> row_to_hide({("A", "girl"): 20, ("A", "boy"): 2, ("B", "boy"): 30}, {"A", "B"}, {"girl", "boy"}, 5)
    'B'
    >>> row_to_hide({("A", "girl"): 20, ("A", "boy"): 9, ("B", "boy"): 30}, {"A", "B"}, {"girl", "boy"}, 5)
    """
    graph = _graph(cells, rows, columns, whole_shown=whole_shown)
    few = _light_side(graph, smallest)
    if few is None or not rows:
        return None
    near = {*few, *(other for node in few for other in graph[node])}
    sizes = {node: sum(people.values()) for node, people in graph.items() if node[0] == "row" and node[1] is not None}
    candidates = [node for node in few if node in sizes] or [node for node in near if node in sizes] or [*sizes]
    return min((sizes[node], str(node[1])) for node in candidates)[1] if candidates else None


def _graph(cells: Cells, rows: Collection[str], columns: Collection[str], *, whole_shown: bool) -> Graph:
    rest: Node = ("row", None)
    rest_of_columns: Node = ("column", None) if whole_shown else rest
    graph: Graph = {}
    for (row, column), people in cells.items():
        one = ("row", row) if row in rows else rest
        other = ("column", column) if column in columns else rest_of_columns
        if people and one != other:
            for a, b in ((one, other), (other, one)):
                near = graph.setdefault(a, {})
                near[b] = near.get(b, 0) + people
    return graph


def _light_side(graph: Graph, smallest: int) -> set[Node] | None:
    """One side of a cut of fewer than `smallest` people, if there is one."""
    members = {node: {node} for node in graph}
    while len(graph) > 1:
        together, light = _scan(graph, smallest)
        if light is not None:
            return members[light]
        if not together:
            return None
        graph, members = _drawn_together(graph, members, together)
    return None


def _scan(graph: Graph, smallest: int) -> tuple[list[tuple[Node, Node]], Node | None]:
    """Pairs that no light cut separates; or else the node that a light cut sets apart."""
    together: list[tuple[Node, Node]] = []
    attached = dict.fromkeys(graph, 0)
    left = set(graph)
    queue: list[tuple[int, int, Node]] = []
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


def _drawn_together(
    graph: Graph, members: Mapping[Node, set[Node]], pairs: Collection[tuple[Node, Node]]
) -> tuple[Graph, dict[Node, set[Node]]]:
    parent: dict[Node, Node] = {node: node for node in graph}

    def root(node: Node) -> Node:
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    for one, other in pairs:
        parent[root(one)] = root(other)
    drawn: Graph = {root(node): {} for node in graph}
    joined: dict[Node, set[Node]] = {}
    for node, near in graph.items():
        joined.setdefault(root(node), set()).update(members[node])
        for other, people in near.items():
            if root(node) != root(other):
                own = drawn[root(node)]
                own[root(other)] = own.get(root(other), 0) + people
    return drawn, joined
