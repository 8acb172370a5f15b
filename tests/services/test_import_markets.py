"""Many markets in one import: what goes in, what stays out and who says so, on both databases."""

import json
from dataclasses import replace
from datetime import date

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import box

from gridmap.errors import InputRefusedError, InvalidParameterError
from gridmap.model.ids import MarketCode
from gridmap.model.intake import Accepted, IntakeFiles
from gridmap.services import markets
from gridmap.services.audit import read_log
from gridmap.services.intake import read_market, read_markets
from gridmap.services.intake_report import NothingAcceptedError
from gridmap.services.register import Intake, import_market, import_markets
from gridmap.spatial import crs

TODAY = date(2026, 11, 22)
PROJECTION = crs.local_projection(121.49, 31.22)


def stall(x, *, code=None, level=0, y=0.0, w=4.0, **properties):
    place = crs.to_lonlat(box(x, y, x + w, y + 5), PROJECTION)
    properties = {"stall_id": code or f"s{x:g}-{level}", "level": level, **properties}
    return {"type": "Feature", "properties": properties, "geometry": json.loads(shapely.to_geojson(place))}


def floor(x, **properties):
    place = crs.to_lonlat(box(x, 0, x + 40, 20), PROJECTION)
    return {"type": "Feature", "properties": properties, "geometry": json.loads(shapely.to_geojson(place))}


def write(folder, **inputs):
    """Write features as GeoJSON and text as CSV; return the files of an import."""
    paths = {}
    for role, content in inputs.items():
        is_text = isinstance(content, str)
        paths[role] = folder / f"{role}.{'csv' if is_text else 'geojson'}"
        paths[role].write_text(
            content if is_text else json.dumps({"type": "FeatureCollection", "features": content}), encoding="utf-8"
        )
    return IntakeFiles(**paths)


def read(folder, **inputs):
    taken = read_markets(write(folder, **inputs), today=TODAY)
    report = taken.report()
    for count in report.files:
        assert count.rows == count.accepted + count.quarantined + count.set_aside + count.refused
    return taken, report


def codes(database, market):
    return [found.stall.code for found in markets.market_stalls(database, market, TODAY)]


TWO = [stall(0, market="a"), stall(4, market="a"), stall(100, market="b"), stall(104, market="b")]


def test_good_markets_go_in_and_the_rest_is_named(database, tmp_path):
    import_market(database, Intake(write(tmp_path, stalls=[stall(300)])), MarketCode("old"), today=TODAY)
    rows = [
        *TWO,
        stall(101, market="b", code="on-top"),  # row 5: overlaps the first stall of b
        stall(8),  # row 6: names no market
        stall(300, market="old"),  # row 7: is there already, and stays as it is
        stall(200, market="豫园"),  # row 8: no code
        stall(400, market="c", level="x"),  # row 9: all of c is faulty
    ]
    seen = []
    files = write(tmp_path, stalls=rows)
    report = import_markets(database, Intake(files), today=TODAY, progress=lambda *step: seen.append(step))
    assert [codes(database, market) for market in ("a", "b", "old")] == [
        ["s0-0", "s4-0"],
        ["s100-0", "s104-0"],
        ["s300-0"],
    ]
    assert {(q.row, q.field) for q in report.quarantined} == {
        (5, "geometry"),
        (6, "market"),
        (8, "market"),
        (9, "level"),
    }
    assert all(" / " in text for q in report.quarantined for text in (q.reason, q.remedy))
    refused = {m.market: m for m in report.markets if m.refused}
    assert set(refused) == {"c"}
    assert [m.changes for m in report.markets if m.market == "old"] == [()]
    assert "all 1 rows are faulty" in refused["c"].refused
    (count,) = report.files
    assert (count.rows, count.accepted, count.quarantined, count.refused) == (9, 5, 4, 0)
    assert report.accepted == Accepted(levels=2, stalls=5)
    assert not report.complete
    assert seen[0] == ("file", 1, 1)
    assert [step for step in seen if step[0] == "write"] == [("write", i, 3) for i in (1, 2, 3)]
    with pytest.raises(Exception, match="没有找到"):
        markets.market_summary(database, "c", TODAY)


def test_an_import_is_named_in_the_audit_log(database, tmp_path):
    import_markets(database, Intake(write(tmp_path, stalls=TWO)), today=TODAY)
    import_market(database, Intake(write(tmp_path, stalls=[stall(0)])), MarketCode("m"), today=TODAY)
    lines = [(line.action, line.subject) for line in read_log(database)]
    assert lines == [
        ("import", "a, b"), ("market.add", "a"), ("market.add", "b"), ("import", "m"), ("market.add", "m"),
    ]  # fmt: skip
    detail = json.loads(read_log(database)[0].detail)
    assert (detail["files"], detail["markets"], detail["quarantined"]) == (["stalls.geojson"], 2, 0)
    assert detail["rows"]["insert stall"] == 4


def test_the_same_file_twice_changes_nothing(database, tmp_path):
    intake = Intake(write(tmp_path, stalls=TWO))
    import_markets(database, intake, today=TODAY)
    before = read_log(database)
    report = import_markets(database, intake, today=date(2026, 12, 1))
    assert [(m.market, m.record, m.changes) for m in report.markets] == [("a", "", ()), ("b", "", ())]
    assert read_log(database) == before


def test_if_no_market_can_go_in_nothing_is_written(database, tmp_path):
    with pytest.raises(NothingAcceptedError) as caught:
        import_markets(database, Intake(write(tmp_path, stalls=[stall(0, market="a", level="x")])), today=TODAY)
    assert [m.market for m in caught.value.report.markets if m.refused] == ["a"]
    assert read_log(database) == []


def test_whoever_was_quicker_keeps_the_market(database, tmp_path):
    (tmp_path / "other").mkdir()
    other = Intake(write(tmp_path / "other", stalls=[stall(300)]))

    def meanwhile(what, done, of):
        if what == "check" and done == of:
            import_market(database, other, MarketCode("a"), today=TODAY)

    report = import_markets(database, Intake(write(tmp_path, stalls=TWO)), today=TODAY, progress=meanwhile)
    assert [(m.market, bool(m.refused)) for m in report.markets] == [("a", True), ("b", False)]
    assert [codes(database, market) for market in ("a", "b")] == [["s300-0"], ["s100-0", "s104-0"]]


def test_a_dry_run_says_the_same_and_writes_nothing(database, tmp_path):
    import_market(database, Intake(write(tmp_path, stalls=[stall(112)])), MarketCode("b"), today=TODAY)
    files = write(tmp_path, stalls=TWO)
    tried = import_markets(database, Intake(files, dry_run=True), today=TODAY)
    assert [line.subject for line in read_log(database)] == ["b", "b"]
    done = import_markets(database, Intake(files), today=TODAY)
    assert [m.record for m in done.markets] == ["a-i1", "b-i2"]
    assert [[event.kind for event in m.changes] for m in tried.markets] == [
        [],
        ["stall-add", "stall-add", "stall-end", "level"],
    ]
    assert tried == replace(done, markets=tuple(replace(m, record="") for m in done.markets))


def test_a_member_of_another_market_is_not_taken_twice(database, tmp_path):
    members = "market,member_id,name,stall_id\na,P1,甲,s0-0\nb,P1,乙,\nb,P2,丙,s100-0\n"
    report = import_markets(database, Intake(write(tmp_path, stalls=TWO, members=members)), today=TODAY)
    assert [(q.file, q.row, q.field) for q in report.quarantined] == [("members.csv", 3, "member_id")]
    more = [stall(0, market="c"), stall(100, market="d")]
    files = write(tmp_path, stalls=more, members="market,member_id,name\nc,P2,丁\nd,P3,戊\n")
    report = import_markets(database, Intake(files), today=TODAY)
    assert [(m.market, m.refused) for m in report.markets] == [("c", ""), ("d", "")]
    assert [(q.row, q.value, "market b" in q.reason) for q in report.quarantined] == [(2, "P2", True)]
    assert [m.code for m in markets.market_members(database, "d")] == ["P3"]


def test_a_name_is_for_one_market(database, tmp_path):
    with pytest.raises(InvalidParameterError):
        import_markets(database, Intake(write(tmp_path, stalls=TWO), name="老街"), today=TODAY)
    import_markets(database, Intake(write(tmp_path, stalls=TWO[:2]), name="老街"), today=TODAY)
    assert markets.market_summary(database, "a", TODAY).market.name == "老街"


# --- Which row is whose -----------------------------------------------------------------------------------------------


def test_capital_letters_of_a_code_are_small_ones_here(tmp_path):
    taken, _ = read(tmp_path, stalls=[stall(0, market="M001"), stall(4, market="m001"), stall(100, market="M002")])
    assert [(draft.market.code, len(draft.stalls)) for draft in taken.drafts] == [("m001", 2), ("m002", 1)]
    draft, _ = read_market(write(tmp_path, stalls=[stall(0, market="M001")]), market=MarketCode("m001"), today=TODAY)
    assert len(draft.stalls) == 1


def test_rows_of_the_only_market_need_not_name_it(tmp_path):
    taken, report = read(tmp_path, stalls=[stall(0, market="a"), stall(4)], merchants="stall_id,name\ns4-0,甲\n")
    assert [len(draft.stalls) for draft in taken.drafts] == [2]
    assert report.accepted.merchants == 1


def test_files_without_the_column_go_by_the_stall(tmp_path):
    rows = [*TWO, stall(0, market="a", level=1), stall(8, market="a", code="both"), stall(108, market="b", code="both")]
    taken, report = read(
        tmp_path,
        stalls=rows,
        links="from,to,walk_m\ns0-0,s0-1,12\ns100-0,s104-0,4\ns0-0,s100-0,9\nnowhere,s0-0,1\n",
        merchants="stall_id,name\ns4-0,甲\ns100-0,乙\nboth,丙\n,丁\n",
    )
    assert [[c.kind.value for c in draft.connectors] for draft in taken.drafts] == [["stairs"], []]
    assert [[m.name for m in draft.merchants] for draft in taken.drafts] == [["甲"], ["乙"]]
    told = {(q.file, q.row): (q.field, q.reason) for q in report.quarantined}
    assert set(told) == {("links.csv", 4), ("links.csv", 5), ("merchants.csv", 4), ("merchants.csv", 5)}
    assert told["links.csv", 4][0] == "to"
    assert "several markets" in told["merchants.csv", 4][1]
    assert "its market is not known" in told["links.csv", 5][1]


@pytest.mark.parametrize("role", ["levels", "connectors"])
def test_a_file_that_cannot_say_whose_its_rows_are_is_refused(tmp_path, role):
    content = [floor(0, level=0)] if role == "levels" else "from_level,to_level,lon,lat\n0,1,121.49,31.22\n"
    with pytest.raises(InputRefusedError) as caught:
        read(tmp_path, stalls=TWO, **{role: content})
    assert "no column market" in caught.value.reason_en


def test_a_market_without_stalls_is_refused_by_name(tmp_path):
    taken, report = read(tmp_path, stalls=TWO, merchants="market,stall_id,name\na,s0-0,甲\nghost,x,乙\n")
    assert len(taken.drafts) == 2
    (ghost,) = [m for m in report.markets if m.refused]
    assert ghost.market == "ghost"
    assert "no stalls yet" in ghost.refused


def test_remarks_are_added_up_over_the_markets(tmp_path):
    _, report = read(tmp_path, stalls=[*TWO, stall(0, market="a", level=1), stall(100, market="b", level=1)])
    assert sum("the floors of 4 levels" in note for note in report.notes) == 1
    assert sum("2 connectors between adjacent levels" in note for note in report.notes) == 1


# --- Together or one by one -------------------------------------------------------------------------------------------

ROW = st.tuples(
    st.sampled_from(["a", "b", "c"]),
    st.integers(0, 6),
    st.integers(0, 1),
    st.sampled_from([4.0, 4.3, 6.0, 0.001]),
    st.sampled_from(["stall", "auxiliary", "kiosk!"]),
)
SITES = {"a": 0, "b": 500, "c": 1000}


def of_market(rows, market):
    return [row for row in rows if row["properties"]["market"] == market]


@settings(deadline=None, max_examples=25)
@given(rows=st.lists(ROW, min_size=1, max_size=24), with_levels=st.booleans())
def test_together_or_one_by_one_the_same_is_stored(tmp_path_factory, rows, with_levels):
    """Overlaps, stalls off their floor, doubled codes and slivers included: a market does not feel its neighbours."""
    folder = tmp_path_factory.mktemp("files")
    stalls = [
        stall(SITES[m] + 4 * x, market=m, level=level, w=w, kind=kind, code=f"{x}-{level}-{w}")
        for m, x, level, w, kind in rows
    ]
    named = sorted({market for market, *_ in rows})
    levels = [floor(SITES[m], market=m, level=0) for m in named]
    inputs = {"stalls": stalls, **({"levels": levels} if with_levels else {})}
    together, report = read(folder, **inputs)
    alone, lost = {}, 0
    for market in named:
        mine = {role: of_market(features, market) for role, features in inputs.items()}
        try:
            draft, told = read_market(write(folder, **mine), market=MarketCode(market), today=TODAY)
            alone[market] = draft
        except NothingAcceptedError as error:
            told = error.report
        lost += len(told.quarantined)
    assert {draft.market.code: draft for draft in together.drafts} == alone
    assert len(report.quarantined) == lost


def test_stored_together_or_one_by_one_is_the_same(database, tmp_path):
    merchants = "market,stall_id,name\na,s0-0,甲\nb,s104-0,乙\n"
    import_markets(database, Intake(write(tmp_path, stalls=TWO, merchants=merchants)), today=TODAY)
    for market, other in (("a", "c"), ("b", "d")):
        rows = [{**row, "properties": {**row["properties"], "market": other}} for row in of_market(TWO, market)]
        lines = [line.replace(market, other, 1) for line in merchants.splitlines()[1:] if line.startswith(market)]
        files = write(tmp_path, stalls=rows, merchants="\n".join(["market,stall_id,name", *lines]))
        import_market(database, Intake(files), MarketCode(other), today=TODAY)
        for what in (markets.market_stalls, markets.market_levels):
            assert what(database, market, TODAY) == what(database, other, TODAY)
