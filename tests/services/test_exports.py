"""What is exported comes back equal, whatever the format; and it holds no more than the caller may see."""

import csv
import io
import json
import shutil
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pyogrio
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyarrow import parquet as pq
from python_calamine import CalamineWorkbook

from gridmap.errors import InputRefusedError, InvalidParameterError
from gridmap.exchange.exports import SUFFIX
from gridmap.exchange.formulas import meant, neutral
from gridmap.model.exports import ExportFormat
from gridmap.model.ids import MarketCode
from gridmap.model.intake import IntakeFiles, MarketDraft
from gridmap.model.rights import AccountRole, Caller, Grant
from gridmap.services import drafts as drafts_service
from gridmap.services import exports, markets, plans, register
from gridmap.services.register import Intake
from gridmap.spatial.crs import Datum
from gridmap.spatial.partition.params import Params
from gridmap.store import audit
from gridmap.store.session import Database, open_database
from tests import worlds
from tests.callers import author
from tests.conftest import BACKENDS
from tests.postgis import Cluster
from tests.registers import RISKY, TODAY, add_whole, assert_same, credit_code, drafts, held, wiped
from tests.worlds import OPENED

NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)
FORMATS = list(ExportFormat)
SLOW = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture, HealthCheck.data_too_large]


@pytest.fixture(params=BACKENDS)
def two(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Database, Database]]:
    """Give two fresh databases of one kind."""
    if request.param == "spatialite":
        template: Path = request.getfixturevalue("spatialite_template")
        urls = [f"sqlite:///{shutil.copy(template, tmp_path / f'{n}.db')}" for n in "ab"]
    else:
        cluster: Cluster = request.getfixturevalue("cluster")
        named = request.getfixturevalue("postgis_template")
        urls = [cluster.create(f"export_{n}_{tmp_path.name[-12:].lower()}", template=named) for n in "ab"]
    one, other = map(open_database, urls)
    yield one, other
    one.close()
    other.close()


@pytest.mark.parametrize("form", FORMATS)
def test_a_market_comes_back_equal(form: ExportFormat, two: tuple[Database, Database], tmp_path: Path) -> None:
    source, target = two
    examples = 3 if source.engine.dialect.name != "sqlite" else 6 if form is ExportFormat.XLSX else 12

    @settings(max_examples=examples, deadline=None, suppress_health_check=SLOW)
    @given(drafts())
    def comes_back(draft: MarketDraft) -> None:
        _round(wiped(source), wiped(target), draft, form, tmp_path)

    comes_back()


def _round(source: Database, target: Database, draft: MarketDraft, form: ExportFormat, folder: Path) -> None:
    add_whole(source, draft)
    path = folder / f"market{SUFFIX[form]}"
    exports.export_market(source, "round", form, path, now=NOW)
    report = register.import_market(target, Intake(IntakeFiles(everything=path)), MarketCode("round"), today=TODAY)
    assert (report.quarantined, report.repaired) == ((), ())
    assert_same(held(source, "round"), held(target, "round"))


@pytest.mark.parametrize("form", FORMATS)
def test_a_market_comes_back_under_another_code(form: ExportFormat, database: Database, tmp_path: Path) -> None:
    markets.add_market(database, worlds.two_floors_one_stair())
    path, other = tmp_path / f"market{SUFFIX[form]}", MarketCode("copy")
    exports.export_market(database, "two-floors", form, path, now=NOW)
    report = register.import_market(database, Intake(IntakeFiles(everything=path)), other, today=TODAY)
    assert report.quarantined == ()
    assert any("copy" in note for note in report.notes)
    one, copy = held(database, "two-floors"), held(database, other)
    assert copy.values["market"][0] == other
    assert_same(one, replace(copy, values=copy.values | {"market": one.values["market"]}))


def test_a_file_of_one_market_does_not_replace_another(database: Database, tmp_path: Path) -> None:
    markets.add_market(database, worlds.two_floors_one_stair())
    markets.add_market(database, worlds.two_floors_one_stair("other"))
    path = tmp_path / "market.geojson"
    exports.export_market(database, "two-floors", ExportFormat.GEOJSON, path, now=NOW)
    with pytest.raises(InputRefusedError, match="another market"):
        register.import_market(database, Intake(IntakeFiles(everything=path)), MarketCode("other"), today=TODAY)


def test_words_that_a_spreadsheet_would_run_are_text_and_come_back(tmp_path: Path) -> None:
    for text in RISKY:
        assert meant(neutral(text)) == text
        assert not neutral(text).startswith(("=", "+", "-", "@", "\t", "\r"))


@given(st.text())
def test_any_text_comes_back_from_a_cell(text: str) -> None:
    assert meant(neutral(text)) == text
    assert not neutral(text).startswith(("=", "+", "-", "@", "\t", "\r"))


@pytest.fixture
def market(database: Database) -> Database:
    """Give a database with the market `two-floors`: two members, a plan in force, words that are no formulas."""
    draft = worlds.two_floors_one_stair(stalls_a_floor=8)
    names = ["=HYPERLINK(1)", "两行\n名称", '"引号"', "龙门🐉", "@x", "-1", "长" * 200]
    merchants = [replace(m, name=n) for m, n in zip(draft.merchants, names, strict=False)]
    rest = draft.merchants[len(merchants) :]
    coded = (replace(rest[0], uscc=credit_code(1)), *rest[1:])
    ended = replace(draft.occupancies[-1], valid_to=OPENED + timedelta(days=9))
    markets.add_market(
        database,
        replace(draft, merchants=(*merchants, *coded), occupancies=(*draft.occupancies[:-1], ended)),
        staff=worlds.members_at("1F-001", "2F-002"),
    )
    who = author()
    plan = drafts_service.draft_plan(database, "two-floors", Params(target=8), author=who, day=TODAY)
    plans.publish_plan(database, plan.code, TODAY, today=TODAY)
    return database


def exported(database: Database, form: ExportFormat, folder: Path, role: str = "admin", **more: Any) -> Path:
    """Export as somebody with a role."""
    caller = Caller(f"user:{role}", (Grant(AccountRole(role)),))
    path = folder / f"{role}{SUFFIX[form]}"
    exports.export_market(database.acting(caller), "two-floors", form, path, now=NOW, **more)
    return path


def test_geojson_is_as_rfc_7946_has_it(market: Database, tmp_path: Path) -> None:
    document = json.loads(exported(market, ExportFormat.GEOJSON, tmp_path).read_text(encoding="utf-8"))
    assert "crs" not in document
    tables = Counter(feature["properties"]["table"] for feature in document["features"])
    assert tables == {
        "merchants": 16,
        "members": 2,
        "stalls": 16,
        "levels": 2,
        "connectors": 1,
        "zones": tables["zones"],
        "plans": 1,
        "assignments": 2,
    }
    for feature in document["features"]:
        if feature["geometry"] and feature["geometry"]["type"] == "Polygon":
            assert shapely.LinearRing(feature["geometry"]["coordinates"][0]).is_ccw
    everything = pyogrio.read_info(tmp_path / "admin.geojson")
    assert everything["features"] == len(document["features"])


def test_others_can_read_the_geopackage(market: Database, tmp_path: Path) -> None:
    path = exported(market, ExportFormat.GPKG, tmp_path)
    layers = dict(pyogrio.list_layers(path).tolist())
    assert layers.keys() == {"merchants", "members", "organisations", "stalls", "levels", "connectors", "zones",
                             "plans", "assignments"}  # fmt: skip
    assert layers["merchants"] is None
    meta, stalls = pyogrio.read_arrow(path, layer="stalls")
    assert (meta["crs"], stalls.num_rows) == ("EPSG:4326", 16)
    _, merchants = pyogrio.read_arrow(path, layer="merchants")
    assert {"=HYPERLINK(1)", "两行\n名称", "龙门🐉", "长" * 200} <= {*merchants["name"].to_pylist()}
    wkb = shapely.from_wkb(pyogrio.read_arrow(path, layer="levels")[1]["geom"].to_pylist())
    assert shapely.is_valid(wkb).all()


def test_geoparquet_says_what_it_is(market: Database, tmp_path: Path) -> None:
    table = pq.read_table(exported(market, ExportFormat.GEOPARQUET, tmp_path))
    geo = json.loads(table.schema.metadata[b"geo"])
    column = geo["columns"][geo["primary_column"]]
    assert (geo["version"], column["encoding"], column["crs"]["id"]["code"]) == ("1.1.0", "WKB", "CRS84")
    for row in table.select(["geometry", "bbox"]).to_pylist():
        if row["geometry"] is None:
            assert row["bbox"] is None
        else:
            assert tuple(row["bbox"].values()) == shapely.from_wkb(row["geometry"]).bounds


def test_a_workbook_holds_text_and_no_formula(market: Database, tmp_path: Path) -> None:
    path = exported(market, ExportFormat.XLSX, tmp_path)
    book = CalamineWorkbook.from_path(path)
    assert book.sheet_names[:3] == ["商户台账", "责任人台账", "组织台账"]
    heading, *rows = book.get_sheet_by_name("商户台账").to_python()
    names = [row[heading.index("商户名称")] for row in rows]
    assert {"'=HYPERLINK(1)", "两行\n名称", "'@x", "'-1"} <= {*names}
    with zipfile.ZipFile(path) as parts:
        assert not any(b"<f>" in parts.read(name) for name in parts.namelist() if "worksheets" in name)
    with zipfile.ZipFile(exported(market, ExportFormat.CSV, tmp_path)) as parts:
        lines = csv.reader(io.StringIO(parts.read("merchants.csv").decode("utf-8-sig")))
        assert not any(cell.startswith(("=", "+", "-", "@")) for line in lines for cell in line)


def test_imdf_refers_to_what_is_there(market: Database, tmp_path: Path) -> None:
    with zipfile.ZipFile(exported(market, ExportFormat.IMDF, tmp_path)) as archive:
        manifest = json.loads(archive.read("manifest.json"))
        files = {n.removesuffix(".geojson"): json.loads(archive.read(n)) for n in archive.namelist() if "geojson" in n}
    assert (manifest["version"], manifest["created"]) == ("1.0.0", "2026-11-25T09:00:00+00:00")
    features = [f for file in files.values() for f in file["features"]]
    ids = {feature["id"] for feature in features}
    assert len(ids) == len(features)
    assert all(UUID(identity) for identity in ids)
    assert all(f["feature_type"] == kind for kind, file in files.items() for f in file["features"])
    named = ("address_id", "anchor_id", "unit_id", "level_id")
    for feature in features:
        own = feature["properties"]
        assert {own[name] for name in named if own.get(name)} | {*own.get("building_ids", [])} <= ids
        for end in ("origin", "destination"):
            assert own.get(end, {"id": feature["id"]})["id"] in ids
    occupant = files["occupant"]["features"][0]
    assert occupant["geometry"] is None
    assert occupant["properties"]["validity"]["start"].startswith("2026-01-01T00:00:00")
    assert {f["properties"]["ordinal"] for f in files["level"]["features"]} == {0, 1}


def test_as_of_a_day(market: Database, tmp_path: Path) -> None:
    def trading(path: Path) -> int:
        text = path.read_text(encoding="utf-8")
        return text.count('"table":"merchants"')

    assert trading(exported(market, ExportFormat.GEOJSON, tmp_path)) == 16
    assert trading(exported(market, ExportFormat.GEOJSON, tmp_path, at=OPENED)) == 16
    assert trading(exported(market, ExportFormat.GEOJSON, tmp_path, at=TODAY)) == 15
    assert trading(exported(market, ExportFormat.GEOJSON, tmp_path, at=OPENED - timedelta(days=1))) == 0


@pytest.mark.parametrize(
    ("role", "names", "private"),
    [("admin", True, True), ("planner", True, True), ("leader", True, False), ("member", False, False),
     ("viewer", False, False), ("api", False, False)],
)  # fmt: skip
def test_a_file_holds_what_its_reader_may_see(
    market: Database, tmp_path: Path, role: str, names: bool, private: bool
) -> None:
    text = exported(market, ExportFormat.GEOJSON, tmp_path, role).read_text(encoding="utf-8")
    assert ("HYPERLINK" in text) == names
    assert (credit_code(1) in text) == private
    members = [f["properties"] for f in json.loads(text)["features"] if f["properties"]["table"] == "members"]
    assert [bool(member["stall_id"]) for member in members] == [private, private]
    with market.reading() as connection:
        lines = [(line.actor, line.action) for line in audit.lines(connection) if line.action == "register.export"]
    assert lines == ([(f"user:{role}", "register.export")] if names else [])
    zones = [f["properties"]["merchants"] for f in json.loads(text)["features"] if f["properties"]["table"] == "zones"]
    assert zones
    assert all((count is not None) == names for count in zones)


@pytest.mark.parametrize("form", FORMATS)
def test_a_market_of_points_comes_back_with_its_footprints(
    form: ExportFormat, database: Database, tmp_path: Path
) -> None:
    points = tmp_path / "points.csv"
    spots = [f"P{i},{i % 2},{120 + i // 2 * 4e-5},30" for i in range(12)]
    points.write_text("\n".join(["stall_id,level,lon,lat", *spots]), encoding="utf-8")
    code = MarketCode("points")
    register.import_market(database, Intake(IntakeFiles(stalls=points)), code, today=TODAY)
    before = held(database, code)
    assert {place.geom_type for key, place in before.places.items() if key[0] == "stall"} == {"Polygon"}
    path = tmp_path / f"market{SUFFIX[form]}"
    exports.export_market(database, code, form, path, now=NOW)
    report = register.import_market(wiped(database), Intake(IntakeFiles(everything=path)), code, today=TODAY)
    assert report.quarantined == ()
    assert_same(before, held(database, code))


@pytest.mark.parametrize("form", [form for form in FORMATS if form is not ExportFormat.IMDF])
@pytest.mark.parametrize("datum", [Datum.GCJ02, Datum.BD09, Datum.CGCS2000])
def test_an_export_in_another_datum_comes_back_with_it(
    form: ExportFormat, datum: Datum, database: Database, tmp_path: Path
) -> None:
    markets.add_market(database, worlds.two_floors_one_stair("round"))
    before, path = held(database, "round"), tmp_path / f"market{SUFFIX[form]}"
    exports.export_market(database, "round", form, path, now=NOW, datum=datum)
    back = Intake(IntakeFiles(everything=path), datum=datum.value)
    report = register.import_market(wiped(database), back, MarketCode("round"), today=TODAY)
    assert report.quarantined == ()
    assert_same(before, held(database, "round"), within_degrees=1e-6)


def test_imdf_is_wgs84(database: Database, tmp_path: Path) -> None:
    markets.add_market(database, worlds.two_floors_one_stair("round"))
    with pytest.raises(InvalidParameterError, match="WGS84"):
        exports.export_market(database, "round", ExportFormat.IMDF, tmp_path / "x.imdf", now=NOW, datum=Datum.GCJ02)
