"""Colours for zones, so that neighbours differ."""

import numpy as np

from gridmap.spatial.arrays import IntArray


def colour_zones(borders: IntArray, k: int, colours: int = 5) -> IntArray:
    """
    Colour zones so that no two with a common border have the same colour, if it can be found.

    DSATUR (Brelaz, Communications of the ACM 22, 1979): always the zone that sees most colours next. Where it sees
    all, two colours are swapped along a Kempe chain to free one (Kempe 1879); only if that fails too, the colour is
    taken that the fewest neighbours have. Among allowed colours the least used wins, so that all are seen.

    Parameters
    ----------
    borders
        Shape (e, 2), pairs of zones 0..k-1 with a common border, on whatever level.
    k
        Number of zones.
    colours
        Number of colours.

    Returns
    -------
    colour
        Shape (k,), 0..colours-1. Same input, same colours.
    """
    near: list[set[int]] = [set() for _ in range(k)]
    for a, b in borders.tolist():
        if a != b:
            near[a].add(b)
            near[b].add(a)
    colour = [-1] * k
    used = [0] * colours
    seen: list[set[int]] = [set() for _ in range(k)]
    waiting = set(range(k))
    while waiting:
        zone = min(waiting, key=lambda z: (-len(seen[z]), -len(near[z]), z))
        waiting.remove(zone)
        allowed = set(range(colours)) - seen[zone]
        if not allowed:
            allowed = _freed(zone, near, colour, colours)
            used = [colour.count(c) for c in range(colours)]
            for other in waiting:
                seen[other] = {colour[n] for n in near[other] if colour[n] >= 0}
        chosen = min(allowed, key=lambda c: (sum(colour[n] == c for n in near[zone]), used[c], c))
        colour[zone] = chosen
        used[chosen] += 1
        for other in near[zone]:
            seen[other].add(chosen)
    return np.array(colour, dtype=np.int64)


def _freed(zone: int, near: list[set[int]], colour: list[int], colours: int) -> set[int]:
    """Swap two colours along chains so that a zone's neighbours leave one free; all colours if none can be freed."""
    for a in range(colours):
        for b in range(colours):
            if a == b:
                continue
            chain = _chain([n for n in near[zone] if colour[n] == a], a, b, near, colour)
            if not any(colour[n] == b for n in near[zone] & chain):
                for member in chain:
                    colour[member] = b if colour[member] == a else a
                return {a}
    return set(range(colours))


def _chain(starts: list[int], a: int, b: int, near: list[set[int]], colour: list[int]) -> set[int]:
    """Zones of colour a or b that hang together with `starts`."""
    chain = set(starts)
    waiting = list(starts)
    while waiting:
        for other in near[waiting.pop()]:
            if other not in chain and colour[other] in (a, b):
                chain.add(other)
                waiting.append(other)
    return chain
