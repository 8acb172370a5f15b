"""Many questions at once: who answers for each of up to thousands of places; one faulty question spoils no other."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np

from gridmap.errors import GridmapError, NotFoundError
from gridmap.model.answers import DutyAnswer
from gridmap.services.duty import DutyDesk, Spot, answer_of
from gridmap.services.duty_days import DutyDay, Objects
from gridmap.spatial.arrays import FloatArray


@dataclass(frozen=True, slots=True)
class Question:
    """A place in a market, by code or UUID, at a moment in the time zone of the shifts."""

    market: str
    spot: Spot
    at: datetime


Answered = DutyAnswer | GridmapError
_SEVERAL = -1


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
    days = {market: desk.day(market, at.date()) for market in dict.fromkeys(places.market)}
    named = list(zip(places.market, places.building, places.level, strict=True))
    distinct = {name: nth for nth, name in enumerate(dict.fromkeys(named))}
    asked = np.fromiter(map(distinct.__getitem__, named), np.int64, len(named))
    floor = np.array([_floor(days[market], building, level) for market, building, level in distinct], dtype=np.int64)
    nth_of = {market: nth for nth, market in enumerate(days)}
    market = np.array([nth_of[name] for name, _, _ in distinct], dtype=np.int64)[asked]
    floor = floor[asked]
    market[floor == _SEVERAL] = len(days)  # those are asked one by one
    order = np.argsort(market, kind="stable")
    ends = np.cumsum(np.bincount(market, minlength=len(days) + 1)).tolist()
    member, reason = np.empty(len(asked), np.object_), np.empty(len(asked), np.object_)
    walk_m = np.empty(len(asked))
    for duties, start, end in zip(days.values(), [0, *ends], ends, strict=False):
        here = order[start:end]
        stalls, _ = duties.ground.stalls_at(places.lon[here], places.lat[here], floor[here])
        members, metres, reasons = duties.at(at).columns
        member[here], walk_m[here], reason[here] = members[stalls], metres[stalls], reasons[stalls]
    for i in np.flatnonzero(floor == _SEVERAL).tolist():
        name, building, level = named[i]
        lon, lat = float(places.lon[i]), float(places.lat[i])
        member[i], metres_to, reason[i] = desk.who(name, lon=lon, lat=lat, building=building, ordinal=level, at=at)
        walk_m[i] = np.nan if metres_to is None else metres_to
    return member, walk_m, reason


def _floor(duties: DutyDay, building: str | None, level: int) -> int:
    """Return the position of a level, `_SEVERAL` where it may be one of several or does not exist."""
    floor = duties.ground.floor_with_stalls(building, level)
    return _SEVERAL if floor is None else floor
