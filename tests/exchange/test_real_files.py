"""Real files, each with its outcome: in, or refused for the right reason. None of them is committed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import pytest

from gridmap.errors import InputRefusedError
from gridmap.model.ids import MarketCode
from gridmap.model.intake import IntakeFiles, Reading
from gridmap.services.intake import read_market
from tests.conftest import SHARED_DATA, missing

pytestmark = pytest.mark.data
PARIS = Reading(level=0, columns={"stall_id": "id_marche", "name": "nom_long"})
SINGAPORE = Reading(level=0, columns={"stall_id": "OBJECTID", "name": "NAME"})
GROUND = Reading(level=0)


@dataclass(frozen=True)
class Case:
    """Files by role; what goes in (levels, stalls, merchants, connectors), or words of the refusal."""

    files: Mapping[str, str]
    taken: tuple[int, int, int, int] | None = None
    refused: str = ""
    readings: Mapping[str, Reading] = field(default_factory=dict)
    rejected: tuple[str, ...] = ()


HANGZHOU = {
    role: f"hangzhou-mall/{name}"
    for role, name in (("levels", "levels.geojson"), ("stalls", "units.geojson"), ("merchants", "merchants.csv"))
}
CASES = {
    "hangzhou": Case(HANGZHOU, (5, 1285, 234, 4), rejected=("overlaps B1-650",)),
    "hangzhou, stalls tagged gcj02 alone": Case(
        HANGZHOU, refused="--datum stalls=wgs84", readings={"stalls": Reading(datum="gcj02")}
    ),
    "hangzhou, both tagged gcj02": Case(
        HANGZHOU,
        (5, 1285, 234, 4),
        readings=dict.fromkeys(("levels", "stalls"), Reading(datum="gcj02")),
        rejected=("overlaps B1-650",),
    ),
    "grenoble mall": Case(
        {"everything": "osm-mall/grand-place.geojson"},
        (2, 118, 101, 0),
        rejected=("there is no level 2", "its level is missing", "set aside", "m off level 0"),
    ),
    "grenoble quarter": Case(
        {"everything": "osm-mall/caserne.geojson"},
        (3, 65, 38, 6),
        rejected=("its level is missing", "not a LineString", "set aside"),
    ),
    # Four markets are drawn on the ground of another one, which is held on other days.
    "paris": Case(
        {"stalls": "paris-markets/market.geojson"}, (1, 77, 0, 0), readings={"stalls": PARIS}, rejected=("overlaps",)
    ),
    "paris without a word": Case({"stalls": "paris-markets/market.geojson"}, refused="stall_id, level are missing"),
    "singapore": Case(
        {"stalls": "singapore-hawker-centres/centres.geojson"}, (1, 129, 0, 0), readings={"stalls": SINGAPORE}
    ),
    "shapefile in UTM": Case({"levels": "malformed/encodings/a_utm.shp"}, (1, 0, 0, 0), readings={"levels": GROUND}),
    "shapefile in degrees": Case(
        {"levels": "malformed/encodings/d_geo.shp"}, (1, 0, 0, 0), readings={"levels": GROUND}
    ),
    "shapefile without a level": Case({"levels": "malformed/encodings/d_geo.shp"}, refused="level are missing"),
    "shapefile far off": Case(
        {"levels": "malformed/encodings/invalid_coordinates.shp"},
        refused="latitude beyond 90 degrees",
        readings={"levels": GROUND},
    ),
    "json far off": Case({"stalls": "malformed/encodings/invalid_coordinates.json"}, refused="beyond 90 degrees"),
    "shapefile in metres that says degrees": Case(
        {"levels": "malformed/encodings/chinese.shp"},
        refused="latitude beyond 90 degrees",
        readings={"levels": GROUND},
    ),
}


@pytest.fixture(autouse=True)
def _there():
    if not SHARED_DATA.is_dir():
        missing(f"real data is missing: {SHARED_DATA} (set GRIDMAP_SHARED_DATA)")


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_real_file_goes_in_or_is_refused_for_the_right_reason(case: Case):
    files = IntakeFiles(**{role: SHARED_DATA / name for role, name in case.files.items()}, readings=case.readings)
    if case.taken is None:
        with pytest.raises(InputRefusedError) as caught:
            read_market(files, market=MarketCode("m"), today=date(2026, 11, 21))
        assert case.refused in f"{caught.value.reason_en} {caught.value.remedy_en}"
        return
    _, report = read_market(files, market=MarketCode("m"), today=date(2026, 11, 21))
    a = report.accepted
    assert (a.levels, a.stalls, a.merchants, a.connectors) == case.taken
    for count in report.files:
        assert count.rows == count.accepted + count.quarantined + count.set_aside
    told = {next((words for words in case.rejected if words in q.reason), q.reason) for q in report.quarantined}
    assert told == set(case.rejected)
