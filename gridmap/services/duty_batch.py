"""Many questions at once: who answers for each of up to thousands of places; one faulty question spoils no other."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import repeat
from typing import Any

import numpy as np

from gridmap.errors import GridmapError, NotFoundError
from gridmap.model.answers import DutyAnswer, Reason
from gridmap.services.duty import DutyDesk, Spot, answer_of
from gridmap.services.duty_days import DutyDay, Objects
from gridmap.services.grounds import Ground
from gridmap.services.kept import Kept
from gridmap.spatial.arrays import FloatArray, IntArray
from gridmap.spatial.city_grid import city_grid
from gridmap.spatial.nearest import NO_STALL
from gridmap.spatial.stall_grid import CityGrid, find_in_city


@dataclass(frozen=True, slots=True)
class Question:
    """A place in a market, by code or UUID, at a moment in the time zone of the shifts."""

    market: str
    spot: Spot
    at: datetime


Answered = DutyAnswer | GridmapError


def answer_all(desk: DutyDesk, questions: Sequence[Question], *, others: int = 0) -> list[Answered]:
    """
    Answer every question as `DutyDesk.responsible_for`, in their order.

    Points with a level are looked up together. A question that cannot be answered has its error for an answer.
    """
    answers: dict[int, Answered] = {}
    for (market, day), asked in _grouped(questions).items():
        try:
            duties = desk.day(market, day)
        except NotFoundError as error:
            answers |= dict.fromkeys(asked, error)
            continue
        points = [i for i in asked if questions[i].spot.stall is None]
        stall_of = _stalls_of_points(duties, [questions[i].spot for i in points])
        found = dict(zip(points, stall_of, strict=True))
        for i in asked:
            answers[i] = _answer(desk, duties, questions[i], found.get(i), others)
    return [answers[i] for i in range(len(questions))]


def _grouped(questions: Sequence[Question]) -> dict[tuple[str, date], list[int]]:
    groups: dict[tuple[str, date], list[int]] = {}
    for i, question in enumerate(questions):
        groups.setdefault((question.market, question.at.date()), []).append(i)
    return groups


def _stalls_of_points(duties: DutyDay, spots: Sequence[Spot]) -> Iterable[int | None]:
    """Find the stalls of points whose level is one by its building and ordinal; None for the others."""
    floors = [duties.ground.floor_with_stalls(spot.building, spot.ordinal) for spot in spots]
    known = [i for i, floor in enumerate(floors) if floor is not None]
    found: list[int | None] = [None] * len(spots)
    if known:
        lon, lat = (np.array([getattr(spots[i], axis) for i in known], dtype=np.float64) for axis in ("lon", "lat"))
        stall, _ = duties.ground.stalls_at(lon, lat, np.array([floors[i] for i in known], dtype=np.int64))
        for i, at in zip(known, stall.tolist(), strict=True):
            found[i] = at
    return found


def _answer(desk: DutyDesk, duties: DutyDay, question: Question, stall: int | None, others: int) -> Answered:
    try:
        if stall is None:
            stall = desk.stall_at(duties, question.spot)
        return answer_of(duties, stall, question.at, others)
    except GridmapError as error:
        return error


@dataclass(frozen=True)
class Places:
    """Points of q questions, each on a level: columns of length q, degrees in WGS84."""

    market: Sequence[str]
    building: Sequence[str | None]
    level: Sequence[int]
    lon: FloatArray
    lat: FloatArray


@dataclass(frozen=True)
class _City:
    """
    The stalls of some markets behind each other.

    `floor_of` finds a level with stalls by its market's name, building and ordinal, where that can be only one.
    """

    grid: CityGrid
    floor_of: dict[tuple[str, str | None, int], int]


@dataclass(frozen=True)
class _Answers:
    """
    Who answers for every stall of a city, as long as nobody's shift begins or ends.

    `first` (n+1,) indexes `member` and `reason`, which are few; `walk_m` (n+1,) are metres, nan where there is no way.
    The last one stands for no stall.
    """

    city: _City
    first: IntArray
    member: Objects
    reason: Objects
    walk_m: FloatArray


def who_all(desk: DutyDesk, places: Places, at: datetime) -> tuple[Objects, FloatArray, Objects]:
    """
    Say for q points only who answers, how far and why, as `DutyDesk.who` does for one.

    Returns
    -------
    member, walk_m, reason
        Shape (q,): codes (None where nobody answers), metres (nan where there is no way), reasons.

    Raises
    ------
    NotFoundError
        If one of the markets or levels does not exist.
    """
    names = tuple(dict.fromkeys(places.market))
    if not names:
        return np.empty(0, np.object_), np.empty(0), np.empty(0, np.object_)
    minute = at.replace(second=0, microsecond=0)
    answers = _answers.get((desk.state, names, minute), lambda: _answers_of(desk, names, minute))
    floor_of = answers.city.floor_of
    asked = zip(places.market, places.building, places.level, strict=True)
    floors = np.fromiter(map(floor_of.get, asked, repeat(NO_STALL)), np.int64, len(places.market))
    order = np.argsort(floors.astype(_small(len(floor_of))), kind="stable")  # a level's points after one another
    stall = find_in_city(answers.city.grid, floors[order], places.lon[order], places.lat[order])
    first, walk_m = np.empty(len(floors), np.int64), np.empty(len(floors))
    first[order], walk_m[order] = answers.first[stall], answers.walk_m[stall]
    member, reason = answers.member[first], answers.reason[first]
    for i in map(int, order[stall == NO_STALL]):  # far off, or on a level that has to be found
        name, building, level = places.market[i], places.building[i], places.level[i]
        lon, lat = float(places.lon[i]), float(places.lat[i])
        member[i], metres_to, reason[i] = desk.who(name, lon=lon, lat=lat, building=building, ordinal=level, at=at)
        walk_m[i] = np.nan if metres_to is None else metres_to
    return member, walk_m, reason


_cities: Kept[tuple[tuple[str, ...], tuple[Ground, ...]], _City] = Kept(size=2)
_answers: Kept[tuple[object, tuple[str, ...], datetime], _Answers] = Kept(size=4)


def _answers_of(desk: DutyDesk, names: tuple[str, ...], at: datetime) -> _Answers:
    days = [desk.day(market, at.date()) for market in names]
    grounds, stretches = tuple(day.ground for day in days), [day.at(at) for day in days]
    pairs = [pair for stretch in stretches for pair in zip(stretch.member, stretch.reason, strict=True)]
    pairs.append((None, Reason.NOBODY))
    few = {pair: nth for nth, pair in enumerate(dict.fromkeys(pairs))}
    return _Answers(
        city=_cities.get((names, grounds), lambda: _city(names, grounds)),
        first=np.fromiter(map(few.__getitem__, pairs), np.int64, len(pairs)),
        member=np.array([member for member, _ in few], dtype=np.object_),
        reason=np.array([reason for _, reason in few], dtype=np.object_),
        walk_m=np.concatenate([*(stretch.table.walk_m for stretch in stretches), [np.nan]]),
    )


def _city(names: Sequence[str], grounds: Sequence[Ground]) -> _City:
    stalls = np.array([len(ground.level_of) for ground in grounds], dtype=np.int64)
    first = np.cumsum([0, *(len(ground.levels) for ground in grounds)]).tolist()
    floor_of = {
        (name, building, ordinal): before + floor
        for name, ground, before in zip(names, grounds, first, strict=False)
        for (building, ordinal), floor in ground.floor_of.items()
        if ground.floor_with_stalls(building, ordinal) is not None
    }
    return _City(city_grid([ground.grid for ground in grounds], [ground.frame for ground in grounds], stalls), floor_of)


def _small(levels: int) -> type[np.signedinteger[Any]]:
    """Return a type for the numbers of levels; the smallest ones are sorted much faster."""
    return np.int16 if levels < 2**15 else np.int64
