"""Neighbours: a level is one walkable graph, levels join only by connectors, assumptions are marked."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from shapely import MultiPolygon, Point, box

from gridmap.model.ids import BuildingCode
from gridmap.model.kinds import ConnectorKind
from gridmap.model.places import Connector, LevelKey
from gridmap.spatial import crs
from gridmap.spatial.adjacency import LANDING_STALLS, connector_links, level_links, links_of, merge, middles, renumber
from gridmap.spatial.arrays import places_of
from gridmap.spatial.cells import level_cells
from gridmap.spatial.nearest import Floor, StallFinder
from gridmap.spatial.walking import WalkGraph
from tests.spatial.halls import Hall, halls, one_street, points_only_market, two_floors_one_stair

MAIN = BuildingCode("main")
PROJECTION = crs.local_projection(121.49, 31.225)


def floor_of(hall: Hall, ordinal: int, first: int = 0) -> Floor:
    stalls = np.arange(first, first + len(hall.stalls_m))
    cells = level_cells(hall.level_m, hall.stalls_m)
    return Floor(LevelKey(MAIN, ordinal), hall.level_m, stalls, hall.stalls_m, cells)


def connector(start: tuple[int, float, float], end: tuple[int, float, float], walk_m: float = 15.0) -> Connector:
    return Connector(
        code="S1",
        kind=ConnectorKind.STAIRS,
        from_level=LevelKey(MAIN, start[0]),
        from_lonlat=crs.to_lonlat(Point(start[1:]), PROJECTION),
        to_level=LevelKey(MAIN, end[0]),
        to_lonlat=crs.to_lonlat(Point(end[1:]), PROJECTION),
        walk_m=walk_m,
    )


@settings(deadline=None, max_examples=50)
@given(hall=halls())
def test_a_level_of_one_piece_needs_no_assumption(hall: Hall) -> None:
    links = level_links(level_cells(hall.level_m, hall.stalls_m), hall.stalls_m)
    assert (links.kind == "level").all()
    assert WalkGraph.from_links(len(hall.stalls_m), links).components().max() == 0
    assert len(np.unique(np.sort(links.ends, axis=1), axis=0)) == len(links.ends)


@settings(deadline=None, max_examples=25)
@given(hall=halls(pieces=2))
def test_pieces_apart_are_joined_by_one_assumed_link(hall: Hall) -> None:
    links = level_links(level_cells(hall.level_m, hall.stalls_m), hall.stalls_m)
    assert WalkGraph.from_links(len(hall.stalls_m), links).components().max() == 0
    parts = [shapely.distance(part, hall.stalls_m) == 0 for part in shapely.get_parts(hall.level_m)]
    assumed = links.ends[links.kind == "assumed"]
    assert len(assumed) == 1
    xy = middles(hall.stalls_m)
    gaps = np.hypot(*(xy[parts[0]][:, None] - xy[parts[1]][None]).transpose(2, 0, 1))
    assert links.walk_m[links.kind == "assumed"][0] == pytest.approx(gaps.min())


def test_neighbours_of_a_street_and_their_distance() -> None:
    hall = one_street(5)
    links = level_links(level_cells(hall.level_m, hall.stalls_m), hall.stalls_m)
    assert links.ends.tolist() == [[0, 1], [1, 2], [2, 3], [3, 4]]
    assert links.walk_m == pytest.approx(np.full(4, 3.0))


def test_three_islands_in_a_line() -> None:
    level = MultiPolygon([box(0, 0, 4, 4), box(10, 0, 14, 4), box(16, 0, 20, 4)])
    stalls = places_of([box(1, 1, 3, 3), box(11, 1, 13, 3), box(17, 1, 19, 3)])
    links = level_links(level_cells(level, stalls), stalls)
    assert links.ends.tolist() == [[1, 2], [0, 1]]
    assert links.walk_m.tolist() == [6.0, 10.0]
    assert links.kind.tolist() == ["assumed", "assumed"]


def test_stalls_of_an_island_without_a_stall_are_no_neighbours_there() -> None:
    """Both share the island's floor, but nobody can walk from one to the other on it."""
    level = MultiPolygon([box(0, 0, 4, 4), box(20, 0, 24, 4), box(8, 10, 16, 14)])
    stalls = places_of([box(1, 1, 3, 3), box(21, 1, 23, 3)])
    cells = level_cells(level, stalls)
    assert shapely.area(cells.faces).sum() == pytest.approx(level.area)
    assert len(cells.borders) == 0
    assert level_links(cells, stalls).kind.tolist() == ["assumed"]


def test_points_on_one_spot_are_linked() -> None:
    hall = points_only_market()
    links = level_links(level_cells(hall.level_m, hall.stalls_m), hall.stalls_m)
    assert [4, 6] in links.ends.tolist()
    assert WalkGraph.from_links(7, links).components().max() == 0


def test_a_stair_joins_the_stalls_at_its_ends() -> None:
    lower, upper = two_floors_one_stair()
    finder = StallFinder([floor_of(lower, 0), floor_of(upper, 1, first=6)])
    links = connector_links([connector((0, 1.5, 5.5), (1, 17.0, 1.5))], finder, PROJECTION)
    found = dict(zip(map(tuple, links.ends.tolist()), links.walk_m.tolist(), strict=True))
    assert found[0, 14] == pytest.approx(15.0 + 4.0)
    assert found[0, 14] == min(found.values())
    assert len(found) == len(links.ends) <= LANDING_STALLS**2
    assert set(links.kind.tolist()) == {"stairs"}


def test_levels_join_only_by_connectors() -> None:
    lower, upper = two_floors_one_stair()
    floors = [floor_of(lower, 0), floor_of(upper, 1, first=6)]
    levels = [renumber(level_links(floor.cells, floor.places_m), floor.stalls) for floor in floors]
    assert WalkGraph.from_links(15, merge(levels)).components().tolist() == [0] * 6 + [1] * 9
    stairs = connector_links([connector((0, 1.5, 5.5), (1, 1.0, 5.5))], StallFinder(floors), PROJECTION)
    whole = WalkGraph.from_links(15, merge([*levels, stairs]))
    assert whole.components().max() == 0
    assert whole.distances_m(np.array([0]))[0, 6] == pytest.approx(15.0 + 4.0 + 4.0, abs=1e-6)


def test_a_level_without_stalls_is_passed_through() -> None:
    lower, upper = two_floors_one_stair()
    empty = Floor(
        LevelKey(MAIN, 1),
        lower.level_m,
        np.empty(0, np.int64),
        places_of([]),
        level_cells(lower.level_m, places_of([])),
    )
    finder = StallFinder([floor_of(lower, 0), empty, floor_of(upper, 2, first=6)])
    up = connector((0, 1.5, 1.5), (1, 1.5, 1.5))
    on = connector((2, 17.0, 1.5), (1, 11.5, 1.5))
    links = connector_links([up, on], finder, PROJECTION)
    found = dict(zip(map(tuple, links.ends.tolist()), links.walk_m.tolist(), strict=True))
    assert found[0, 14] == pytest.approx(15.0 + 10.0 + 15.0, abs=1e-6)
    assert found[0, 14] == min(found.values())
    assert connector_links([up], finder, PROJECTION).ends.shape == (0, 2)
    assert connector_links([], finder, PROJECTION).ends.shape == (0, 2)


def test_merging_nothing_and_renumbering() -> None:
    assert len(merge([]).ends) == 0
    links = renumber(links_of(np.array([[0, 1]]), np.array([2.0]), "level"), np.array([7, 9]))
    assert links.ends.tolist() == [[7, 9]]
