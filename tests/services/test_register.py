"""Lists that follow one another: what each changes, what it leaves alone, and how it is taken back."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gridmap.errors import (
    ImportStateError,
    InputRefusedError,
    InvalidParameterError,
    RegisterConflictError,
    StaleVersionError,
)
from gridmap.model.credit_codes import check_symbol
from gridmap.model.ids import MarketCode, MerchantCode, StallCode
from gridmap.model.imports import ImportState, RowState
from gridmap.model.intake import IntakeFiles
from gridmap.services import drafts, imports, markets, persons, quarantine
from gridmap.services.audit import read_log
from gridmap.services.plans import Author
from gridmap.services.register import Intake, import_market
from gridmap.spatial.partition.params import Params
from gridmap.store import history
from gridmap.store import tables as t
from tests import worlds

MARKET = MarketCode("two-floors")
STALLS = ("1F-001", "1F-002", "1F-003", "1F-004", "2F-001", "2F-002", "2F-003", "2F-004")
START = date(2026, 11, 1)
WHO = Author("test", datetime(2026, 11, 20, tzinfo=UTC))
USCC = {name: (first := f"91310000MA1FL0{n:03d}") + check_symbol(first) for n, name in enumerate("甲乙丙丁戊己庚")}


def day(n):
    return START + timedelta(days=n)


class Lists:
    """A market of eight stalls without merchants, and lists brought into it."""

    def __init__(self, database, folder):
        self.database, self.folder, self.number = database, folder, 0
        draft = worlds.two_floors_one_stair(MARKET, stalls_a_floor=4)
        markets.add_market(database, replace(draft, merchants=(), occupancies=()))

    def write(self, rows):
        self.number += 1
        path = self.folder / f"list-{self.number}.csv"
        lines = [",".join(map(str, row)) for row in rows]
        path.write_text("\n".join(["stall_id,name,uscc,merchant_id,trade", *lines]) + "\n", encoding="utf-8")
        return path

    def bring(self, rows, n, **options):
        """Bring a list in, as whole unless said otherwise, from day n; return the report."""
        options = {"whole": True, "first_day": day(n), **options}
        return import_market(
            self.database, Intake(IntakeFiles(merchants=self.write(rows)), **options), MARKET, today=day(n)
        )

    def register(self):
        with self.database.reading() as connection:
            found = history.register(connection, MARKET)
        return replace(found, market=replace(found.market, revision=0))

    def trading(self, n):
        """Return who trades where on day n, by name."""
        found = markets.market_stalls(self.database, MARKET, day(n))
        return {t.stall.code: sorted(t.merchant_names) for t in found if t.merchant_names}


@pytest.fixture
def lists(database, tmp_path):
    return Lists(database, tmp_path)


def kinds(report):
    return [(e.kind.value, e.name, e.stalls, e.from_stalls) for m in report.markets for e in m.changes]


FIRST = [
    ("1F-001", "永康布行", USCC["甲"], "", "布匹"),
    ("1F-002", "永康布行", USCC["甲"], "", "布匹"),
    ("1F-003", "老王五金", "", "M3", "五金"),
    ("2F-001", "小红服饰", "", "", ""),
    ("2F-001", "阿明鞋店", "", "", ""),
    ("2F-002", "东方茶庄", USCC["丁"], "", "茶叶"),
]


def test_next_months_list_becomes_dated_changes(lists):
    opened = lists.bring(FIRST, 0)
    assert [kind for kind, *_ in kinds(opened)] == ["open"] * 5  # a merchant with two stalls opens once
    later = lists.bring(
        [
            ("1F-001", "永康布业", USCC["甲"], "", "布匹"),  # a new name, and one stall less
            ("1F-004", "老王五金", "", "M3", "灯具"),  # moved, another trade
            ("2F-001", "小红服饰", "", "", ""),  # as before; 阿明 has left
            ("2F-002", "东方茶庄", USCC["丁"], "", ""),  # a trade left empty is not known, not gone
            ("2F-003", "新来水果", "", "", ""),
        ],
        30,
    )
    assert kinds(later) == [
        ("open", "新来水果", ("2F-003",), ()),
        ("close", "永康布业", ("1F-002",), ()),
        ("close", "阿明鞋店", ("2F-001",), ()),
        ("move", "老王五金", ("1F-004",), ("1F-003",)),
        ("rename", "永康布业", (), ()),
        ("trade", "老王五金", (), ()),
    ]
    assert lists.trading(29) == {
        "1F-001": ["永康布行"], "1F-002": ["永康布行"], "1F-003": ["老王五金"], "2F-001": ["小红服饰", "阿明鞋店"],
        "2F-002": ["东方茶庄"],
    }  # fmt: skip
    assert lists.trading(30) == {
        "1F-001": ["永康布业"], "1F-004": ["老王五金"], "2F-001": ["小红服饰"], "2F-002": ["东方茶庄"],
        "2F-003": ["新来水果"],
    }  # fmt: skip
    assert markets.market_summary(lists.database, MARKET, day(29)).merchants == 5
    assert markets.market_summary(lists.database, MARKET, day(30)).merchants == 5


def test_a_part_closes_nothing(lists):
    lists.bring(FIRST, 0)
    report = lists.bring([("2F-004", "新来水果", "", "", "")], 5, whole=False)
    assert kinds(report) == [("open", "新来水果", ("2F-004",), ())]


def test_the_same_list_again_changes_nothing_at_all(lists):
    lists.bring(FIRST, 0)
    before, log = lists.register(), read_log(lists.database)
    path = lists.folder / "list-1.csv"
    for options in ({"whole": True}, {"whole": False}, {"whole": None}):
        again = import_market(
            lists.database, Intake(IntakeFiles(merchants=path), first_day=day(40), **options), MARKET, today=day(40)
        )
        assert [(m.changes, m.record) for m in again.markets] == [((), "")]
    assert lists.register() == before
    assert read_log(lists.database) == log
    assert markets.market_summary(lists.database, MARKET, day(50)).market.revision == 2


def test_a_list_that_would_close_very_many_must_be_said_to_be_whole(lists):
    rows = [(stall, f"商户{i}{stall}", "", f"M{stall}{i}", "") for stall in STALLS for i in "甲乙丙"]
    lists.bring(rows, 0)
    before = lists.register()
    with pytest.raises(InputRefusedError, match="--whole"):
        lists.bring(rows[:5], 10, whole=None)
    assert lists.register() == before
    assert len(lists.bring(rows[:5], 10, whole=None, dry_run=True).markets[0].changes) == 19
    assert len(lists.bring(rows[:5], 10, whole=True).markets[0].changes) == 19


def test_a_name_that_is_near_is_a_doubt_and_not_a_guess(lists):
    lists.bring([("1F-001", "王记布行", "", "", ""), ("1F-002", "和平药店", "", "", "")], 0)
    report = lists.bring([("1F-001", "李记布行", "", "", ""), ("1F-002", "和平药店", "", "", "")], 30)
    assert kinds(report) == []
    (doubt,) = report.quarantined
    assert (doubt.row, doubt.field, doubt.value) == (2, "name", "李记布行")
    assert "王记布行" in doubt.reason
    assert lists.trading(30)["1F-001"] == ["王记布行"]
    other = lists.bring([("1F-001", "大发百货", "", "", ""), ("1F-002", "和平 药店", "", "", "")], 40)
    assert [kind for kind, *_ in kinds(other)] == ["open", "close", "rename"]


def test_one_code_with_two_credit_codes_is_a_doubt(lists):
    lists.bring([("1F-001", "甲店", USCC["甲"], "M1", "")], 0)
    report = lists.bring([("1F-001", "甲店", USCC["乙"], "M1", "")], 30)
    assert kinds(report) == []
    assert [q.field for q in report.quarantined] == ["uscc"]
    assert lists.trading(30) == {"1F-001": ["甲店"]}


def test_who_stands_in_a_faulty_row_is_not_closed(lists):
    lists.bring(FIRST, 0)
    rows = [row for row in FIRST if row[1] != "东方茶庄"]
    report = lists.bring([*rows, ("2F-02", "东方茶庄", USCC["丁"], "", "")], 30)  # a slip in the stall
    assert [q.field for q in report.quarantined] == ["stall_id"]
    assert kinds(report) == []
    assert lists.trading(30)["2F-002"] == ["东方茶庄"]


def test_merchants_are_found_by_credit_code_then_code_then_stall_and_name(lists):
    lists.bring(
        [("1F-001", "甲店", USCC["甲"], "", ""), ("1F-002", "乙店", "", "M2", ""), ("1F-003", "丙店", "", "", "")], 0
    )
    report = lists.bring(
        [
            ("2F-001", "甲字号", USCC["甲"], "K9", ""),
            ("2F-002", "乙字号", "", "M2", ""),
            ("1F-003", "丙店", USCC["丙"], "K3", ""),
        ],
        9,
    )
    assert [kind for kind, *_ in kinds(report)] == ["move", "move", "rename", "rename", "credit-code"]
    assert len(lists.register().merchants) == 3


def test_an_earlier_list_is_refused_once_a_later_one_is_in_force(lists):
    lists.bring(FIRST, 20)
    with pytest.raises(InputRefusedError, match="two-floors-i1"):
        lists.bring(FIRST[:2], 10)


def test_undo_gives_the_register_back_and_refuses_what_others_build_on(lists):
    start = lists.register()
    lists.bring(FIRST, 0)
    first = lists.register()
    lists.bring(FIRST[:3], 10)
    with pytest.raises(RegisterConflictError, match="two-floors-i2"):
        imports.undo_import(lists.database, MARKET, "two-floors-i1", author=WHO)
    undone = imports.undo_import(lists.database, MARKET, "two-floors-i2", author=WHO)
    assert (undone.state, undone.undone_by) == (ImportState.UNDONE, "test")
    assert lists.register() == first
    with pytest.raises(ImportStateError):
        imports.undo_import(lists.database, MARKET, "two-floors-i2", author=WHO)
    imports.undo_import(lists.database, MARKET, "two-floors-i1", author=WHO)
    assert lists.register() == start
    assert [line.action for line in read_log(lists.database)][-2:] == ["register.undone", "register.undone"]


def test_a_new_market_is_undone_as_a_whole_unless_a_plan_builds_on_it(database, tmp_path):
    lists = Lists(database, tmp_path)
    stalls = tmp_path / "stalls.csv"
    stalls.write_text("stall_id,level,lon,lat\nA1,0,121.49,31.22\nA2,0,121.4902,31.22\n", encoding="utf-8")
    code = MarketCode("points")
    import_market(database, Intake(IntakeFiles(stalls=stalls)), code, today=START)
    imports.undo_import(database, code, "points-i1", author=WHO)
    assert [m.market.code for m in markets.list_markets(database, START)] == [MARKET]
    lists.bring(FIRST, 0)
    import_market(database, Intake(IntakeFiles(stalls=stalls)), code, today=START)
    members = tmp_path / "members.csv"
    members.write_text("member_id,name\nP1,甲\n", encoding="utf-8")
    import_market(database, Intake(IntakeFiles(members=members)), code, today=START)
    with pytest.raises(RegisterConflictError, match="points-i3"):
        imports.undo_import(database, code, "points-i2", author=WHO)


def test_a_proposal_waits_for_a_person(lists):
    lists.bring(FIRST, 0)
    before = lists.register()
    intake = Intake(IntakeFiles(merchants=lists.write(FIRST[:4])), first_day=day(30))
    proposal = imports.propose(lists.database, intake, MARKET, author=WHO)
    assert (proposal.state, proposal.counts, proposal.decided_by) == (ImportState.PROPOSED, {"close": 2}, None)
    assert lists.register() == before
    shown = imports.show_import(lists.database, MARKET, proposal.code)
    assert sorted(event.name for event in shown.events) == ["东方茶庄", "阿明鞋店"]
    with pytest.raises(StaleVersionError):
        imports.apply_import(lists.database, MARKET, proposal.code, author=WHO, version="x")
    imports.apply_import(lists.database, MARKET, proposal.code, author=WHO, version=proposal.version)
    assert lists.trading(30).keys() == {"1F-001", "1F-002", "1F-003", "2F-001"}
    late = imports.propose(
        lists.database, replace(intake, files=IntakeFiles(merchants=lists.write(FIRST))), MARKET, author=WHO
    )
    lists.bring(FIRST[:5], 31)
    with pytest.raises(RegisterConflictError):
        imports.apply_import(lists.database, MARKET, late.code, author=WHO)
    assert imports.drop_import(lists.database, MARKET, late.code, author=WHO).state is ImportState.DROPPED


def test_stalls_end_and_come_and_their_history_stays(lists):
    lists.bring(FIRST, 0)
    found = markets.market_stalls(lists.database, MARKET, day(0))
    features = [
        {"type": "Feature", "geometry": t.stall.place_lonlat.__geo_interface__,
         "properties": {"stall_id": t.stall.code if t.stall.code != "1F-002" else "1F-002B",
                        "level": t.stall.level.ordinal}}
        for t in found
    ]  # fmt: skip
    path = lists.folder / "stalls.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    intake = Intake(IntakeFiles(stalls=path), first_day=day(10))
    report = import_market(lists.database, intake, MARKET, today=day(10))
    assert kinds(report) == [
        ("close", "永康布行", ("1F-002",), ()), ("stall-add", "", ("1F-002B",), ()), ("stall-end", "", ("1F-002",), ())
    ]  # fmt: skip
    assert {t.stall.code for t in found} == {
        t.stall.code for t in markets.market_stalls(lists.database, MARKET, day(9))
    }
    assert "1F-002" not in {t.stall.code for t in markets.market_stalls(lists.database, MARKET, day(10))}
    again = import_market(lists.database, replace(intake, first_day=day(11)), MARKET, today=day(11))
    assert [(m.changes, m.record) for m in again.markets] == [((), "")]
    imports.undo_import(lists.database, MARKET, "two-floors-i2", author=WHO)
    assert {t.stall.code for t in markets.market_stalls(lists.database, MARKET, day(10))} == set(STALLS)
    assert lists.trading(10)["1F-002"] == ["永康布行"]


def test_a_stall_of_a_plan_cannot_be_undone_away(lists):
    rows = "stall_id,level,lon,lat\n" + "\n".join(
        f"{t.stall.code},{t.stall.level.ordinal},{t.stall.place_lonlat.centroid.x},{t.stall.place_lonlat.centroid.y}"
        for t in markets.market_stalls(lists.database, MARKET, START)
    )
    path = lists.folder / "more.csv"
    floor = worlds.two_floors_one_stair(MARKET, stalls_a_floor=4).levels[0].outline_lonlat
    west, south, *_ = floor.bounds
    path.write_text(rows.splitlines()[0] + f"\nX1,0,{west + 1e-6},{south + 1e-6}\n", encoding="utf-8")
    report = import_market(
        lists.database, Intake(IntakeFiles(stalls=path), whole=False, first_day=day(1)), MARKET, today=day(1)
    )
    assert kinds(report) == [("stall-add", "", ("X1",), ())]
    lists.bring([("X1", "甲店", "", "", ""), *FIRST], 2)
    plan = drafts.draft_plan(lists.database, MARKET, Params(zones=1), author=WHO, day=day(3))
    imports.undo_import(lists.database, MARKET, "two-floors-i2", author=WHO)
    with pytest.raises(RegisterConflictError, match="zone_stall"):
        imports.undo_import(lists.database, MARKET, "two-floors-i1", author=WHO)
    assert plan.market == MARKET


def test_a_row_in_quarantine_is_mended_and_let_in(lists):
    lists.bring([*FIRST[:5], ("2F-02", "东方茶庄", USCC["丁"], "", "茶叶"), ("9F-1", "错铺", "", "", "")], 0)
    tea, wrong = quarantine.list_rows(lists.database, MARKET)
    assert (tea.field, tea.cells["name"], tea.record) == ("stall_id", "东方茶庄", "two-floors-i1")
    still = quarantine.mend_row(lists.database, MARKET, tea.code, {"stall_id": "2F-09"}, author=WHO)
    assert (still.record, still.row.value, still.row.revision) == ("", "2F-09", 2)
    with pytest.raises(InvalidParameterError):
        quarantine.mend_row(lists.database, MARKET, tea.code, {"没有的列": "1"}, author=WHO)
    done = quarantine.mend_row(lists.database, MARKET, tea.code, {"铺位号": "2F-002"}, author=WHO)
    assert [(e.kind.value, e.name, e.day) for e in done.events] == [("open", "东方茶庄", day(0))]
    assert lists.trading(0)["2F-002"] == ["东方茶庄"]
    assert quarantine.drop_row(lists.database, MARKET, wrong.code, author=WHO).state is RowState.DROPPED
    assert quarantine.list_rows(lists.database, MARKET) == []
    with pytest.raises(ImportStateError):
        quarantine.drop_row(lists.database, MARKET, wrong.code, author=WHO)
    imports.undo_import(lists.database, MARKET, done.record, author=WHO)
    assert [row.code for row in quarantine.list_rows(lists.database, MARKET)] == [tea.code]
    assert "2F-002" not in lists.trading(0)


# --- Properties -------------------------------------------------------------------------------------------------------

NAMES = ("甲记", "乙号", "丙行", "丁店", "戊坊", "己铺")
ROWS = st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(STALLS), st.sampled_from(("布", "茶"))), max_size=9)


def listed(rows):
    """Make rows of a list: one trade and one credit code for each name, no row twice."""
    trades = {name: trade for name, _, trade in rows}
    pairs = sorted({(stall, name) for name, stall, _ in rows})
    codes = dict(zip(NAMES, USCC.values(), strict=False))
    return [(stall, name, codes[name], "", trades[name]) for stall, name in pairs] or [
        ("1F-001", NAMES[0], codes[NAMES[0]], "", "布")
    ]


def state_on(lists, n):
    found = lists.register()
    when = day(n)
    names = {
        code: next((d.value.name, d.value.trade) for d in states if d.holds(when))
        for code, states in found.merchants.items()
    }
    return {
        (names[merchant], stall)
        for (merchant, stall), spans in found.occupancies.items()
        if any(span.holds(when) for span in spans)
    }


@given(sequence=st.lists(ROWS, min_size=1, max_size=3), partial=st.lists(st.booleans(), min_size=3, max_size=3))
@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
def test_lists_applied_and_undone_give_the_start(lists, sequence, partial):
    """Also: earlier days keep their answers, and a whole list is the whole truth from its day on."""
    start = lists.register()
    before = len(imports.list_imports(lists.database, MARKET))
    for i, rows in enumerate(sequence):
        earlier = [state_on(lists, n) for n in range(10 * i)]
        wanted = listed(rows)
        lists.bring(wanted, 10 * i, whole=not partial[i])
        assert [state_on(lists, n) for n in range(10 * i)] == earlier
        told = {((name, trade), stall) for stall, name, _, _, trade in wanted}
        assert told <= state_on(lists, 10 * i)
        if not partial[i]:
            assert told == state_on(lists, 10 * i) == state_on(lists, 1000)
    for record in imports.list_imports(lists.database, MARKET)[: -before or None]:
        if record.state is ImportState.APPLIED:
            imports.undo_import(lists.database, MARKET, record.code, author=WHO)
    assert lists.register() == start


def test_keys_are_codes(lists):
    lists.bring(FIRST, 0)
    found = lists.register()
    assert (MerchantCode("M3"), StallCode("1F-003")) in found.occupancies


def test_one_cell_may_name_several_stalls_of_a_merchant(lists):
    rows = [("1F-001、1F-002", "连锁店"), ("2F-001/002", "楼上店"), ("１Ｆ-００３", "全角店")]
    report = lists.bring(rows, 0)
    assert lists.trading(1) == {
        "1F-001": ["连锁店"], "1F-002": ["连锁店"], "1F-003": ["全角店"], "2F-001": ["楼上店"], "2F-002": ["楼上店"]
    }  # fmt: skip
    assert len(report.repaired) == 3
    assert kinds(lists.bring(rows, 5)) == []


def test_stalls_of_a_faulty_row_that_names_several_stay_as_they_are(lists):
    lists.bring([("1F-001", "甲"), ("1F-002", "乙"), ("1F-003", "丙")], 0)
    report = lists.bring([("1F-001、1F-002、9F-009", "甲"), ("1F-004", "丁")], 5)
    assert [row.value for row in report.quarantined] == ["1F-001、1F-002、9F-009"]
    assert lists.trading(6) == {"1F-001": ["甲"], "1F-002": ["乙"], "1F-004": ["丁"]}


def test_nothing_of_an_erased_merchant_is_left_in_what_is_kept_of_lists(lists):
    """His earlier name, kept changes, reports and a row that stayed out hold no name and no credit code of him."""
    twice = ("1F-003", "旧名字号二", USCC["甲"], "m1")
    assert lists.bring([("1F-001", "旧名字号", USCC["甲"], "m1"), ("1F-002", "别家店"), twice], 0).repaired
    lists.bring([("1F-001", "新名字号", USCC["甲"], "m1"), ("1F-002", "别家店"), ("9F-009", "新名字号", USCC["甲"])], 5)
    lists.bring([("1F-002", "别家店")], 9)
    persons.erase_merchant(lists.database, f"{MARKET}:m1", today=day(20))
    with lists.database.reading() as connection:
        kept = [
            str(tuple(row))
            for table in (t.merchant, t.merchant_past, t.register_change, t.register_import, t.quarantine)
            for row in connection.execute(sa.select(table))
        ]
    assert [row for row in kept for word in ("旧名字号", "新名字号", USCC["甲"]) if word in row] == []
    assert any("别家店" in row for row in kept)
    newest = imports.list_imports(lists.database, MARKET)[0]
    imports.undo_import(lists.database, MARKET, newest.code, author=WHO)  # history can still be walked back
    assert "1F-001" in lists.trading(15)
