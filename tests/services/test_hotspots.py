"""Hot spots from field records, on both databases."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest

from gridmap.errors import InvalidParameterError, NotFoundError
from gridmap.services import hotspots
from gridmap.services.hotspots import Span, span_of
from gridmap.store.session import Database
from tests.field_world import FIRST, HALL, LAST, TROUBLED, VISITS_EACH, troubled_hall

ZONE = ZoneInfo("Asia/Shanghai")
WHOLE = Span(FIRST, LAST)


def test_the_corner_of_trouble_is_hot_and_the_floor_above_is_not(database: Database) -> None:
    troubled_hall(database)
    found = hotspots.hotspots(database, HALL, span=WHOLE, zone=ZONE).run
    rows = {row["stall_id"]: row for row in found.rows}
    assert len(rows) == 400
    hot = {code for code, row in rows.items() if row["class"] == "hot"}
    assert len(hot & set(TROUBLED)) >= 0.8 * len(TROUBLED)
    assert len(hot - set(TROUBLED)) <= 0.3 * len(TROUBLED)
    assert not any(code.startswith("2F") for code in hot)
    assert {row["visits"] for row in rows.values()} == {VISITS_EACH}
    assert found.report["neighbours"] == "walking"
    assert found.report["hot_places"][0]["ratio"] > 2.5


def test_the_same_input_gives_the_same_answer_and_digest(database: Database) -> None:
    troubled_hall(database)
    one, other = (hotspots.hotspots(database, HALL, span=WHOLE, zone=ZONE).run for _ in range(2))
    assert (one.rows, one.report) == (other.rows, other.report)
    shorter = hotspots.hotspots(database, HALL, span=Span(FIRST, LAST - timedelta(days=60)), zone=ZONE).run
    assert shorter.given.digest != one.given.digest
    assert shorter.counts.events.sum() < one.counts.events.sum()


def test_periods_share_out_all_days_and_the_level(database: Database) -> None:
    troubled_hall(database)
    found = hotspots.hotspots(database, HALL, span=WHOLE, zone=ZONE).run
    parts = hotspots.periods(found)
    assert 2 <= len(parts) <= hotspots.MOST_PERIODS
    assert (parts[0][0].first, parts[-1][0].last) == (FIRST, LAST)
    assert sum(span.days for span, _, _ in parts) == WHOLE.days
    assert sum(counts.events.sum() for _, counts, _ in parts) == found.counts.events.sum()
    assert all(answer.settings.level * len(parts) == pytest.approx(0.05) for _, _, answer in parts)


def test_a_market_without_records_tells_nothing(database: Database) -> None:
    troubled_hall(database)
    early = Span(date(2020, 1, 1), date(2020, 2, 1))
    found = hotspots.hotspots(database, HALL, span=early, zone=ZONE).run
    assert {row["class"] for row in found.rows} == {"too_few_visits"}
    assert found.report["hot_places"] == []


def test_days_that_make_no_sense_are_refused(database: Database) -> None:
    assert span_of(None, None, LAST) == Span(LAST - timedelta(days=179), LAST)
    for first, last in ((LAST, FIRST), (date(1990, 1, 1), LAST)):
        with pytest.raises(InvalidParameterError):
            span_of(first, last, LAST)
    with pytest.raises(NotFoundError):
        hotspots.hotspots(database, "no-such-hall", span=WHOLE, zone=ZONE)
