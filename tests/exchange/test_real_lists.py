"""Real lists: what is read of each, and how it comes out."""

import gzip
import shutil
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from gridmap.errors import InputRefusedError
from gridmap.exchange.findings import Findings
from gridmap.exchange.rows import text
from gridmap.exchange.sources import read_table
from gridmap.model.ids import MarketCode
from gridmap.model.intake import IntakeFiles, Reading
from gridmap.services.intake import read_market
from tests.conftest import SHARED_DATA

pytestmark = pytest.mark.data

ISLINGTON = {"stall_id": "fhrsid", "trade": "type"}
CHICAGO = {"stall_id": "License", "name": "Facility_Type"}
LISTS = {
    "hangzhou-mall/merchants.csv": ("merchants", {}, 234, 0),
    "islington-hygiene/fsa_islington_2021.csv": ("merchants", ISLINGTON, 2386, None),
    "chicago-inspections/food_inspections.csv": ("merchants", CHICAGO, 27_600, None),
}
REFUSED = {
    "islington-hygiene/fsa_islington_2021.csv": "stall_id are missing",
    "chicago-inspections/food_inspections.csv": "stall_id, name are missing",
    "singapore-hawker-centres/centres.geojson": "are not read here",
}


@pytest.fixture
def listed(tmp_path: Path):
    def _listed(name: str) -> Path:
        path = SHARED_DATA / name
        if path.is_file():
            return path
        packed = path.with_name(path.name + ".gz")
        if not packed.is_file():
            pytest.skip(f"real data is missing: {path} (set GRIDMAP_SHARED_DATA)")
        with gzip.open(packed) as stream, (tmp_path / path.name).open("wb") as target:
            shutil.copyfileobj(stream, target)
        return tmp_path / path.name

    return _listed


@pytest.mark.parametrize("name", LISTS)
def test_every_record_of_a_real_list_is_read(listed, name: str) -> None:
    role, columns, count, left = LISTS[name]
    findings = Findings()
    table = read_table(listed(name), role, findings, Reading(columns=columns))
    assert len(table.rows) == count
    assert table.encoding == "utf-8"
    assert not [row.fault for row in table.rows if row.fault is not None]
    assert all(text(row, "name") for row in table.rows) or left is None


@pytest.mark.parametrize("name", REFUSED)
def test_a_list_of_something_else_is_refused_with_its_reason(listed, name: str) -> None:
    with pytest.raises(InputRefusedError) as caught:
        read_table(listed(name), "merchants", Findings())
    assert REFUSED[name] in caught.value.text("en")
    assert caught.value.remedy_zh


def test_the_merchants_of_the_mall_go_in(hangzhou: Path) -> None:
    files = IntakeFiles(
        levels=hangzhou / "levels.geojson", stalls=hangzhou / "units.geojson", merchants=hangzhou / "merchants.csv"
    )
    draft, report = read_market(files, market=MarketCode("mall"), datum="gcj02", today=date(2026, 11, 21))
    count = next(count for count in report.files if count.role == "merchants")
    assert count.rows == count.accepted + count.quarantined == 234
    assert len(draft.occupancies) == count.accepted
    assert report.columns["merchants.csv"] == {"stall_id": "stall_id", "name": "name", "level": "level_label"}
    assert Counter(doubt.field for doubt in report.doubts if doubt.file == "merchants.csv")["level"] == 0


def test_the_match_can_be_told_for_a_drawing_too(hangzhou: Path) -> None:
    told = Reading(columns={"stall_id": "name"})
    table = read_table(hangzhou / "units.geojson", "stalls", Findings(), told)
    assert table.columns["stall_id"] == "name"
    with pytest.raises(InputRefusedError, match="nowhere"):
        read_table(hangzhou / "units.geojson", "stalls", Findings(), Reading(columns={"stall_id": "nowhere"}))
