"""The three ledgers in (merchants, responsible persons, organisations): doubted, taken in and back, sent out again."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from gridmap.errors import ForbiddenError, InputRefusedError, RegisterConflictError
from gridmap.exchange.exports import SUFFIX
from gridmap.model.duty import Member
from gridmap.model.exports import ExportFormat
from gridmap.model.ids import MarketCode, MemberCode
from gridmap.model.imports import RowState
from gridmap.model.intake import ImportReport, IntakeFiles
from gridmap.model.kinds import Role
from gridmap.model.organisations import Parent, Relation, Side, Tie, Tier
from gridmap.model.provenance import Source, Verification
from gridmap.model.rights import AccountRole, Action, Caller, Grant, Scope
from gridmap.services import drafts, exports, imports, markets, members, plans, quarantine
from gridmap.services.register import Intake, import_market
from gridmap.spatial.partition.params import Params
from gridmap.store import exports as store
from gridmap.store import history
from gridmap.store.session import Database
from tests import worlds
from tests.callers import author
from tests.registers import assert_same, held, wiped
from tests.workbooks import xlsx

TODAY = date(2026, 11, 26)
MARKET = MarketCode("two-floors")
ORGANISATIONS = [
    ["豫园商圈党组织台账"],
    ["组织编号", "组织名称", "组织类型", "组建方式", "与市场的关系", "上级组织", "其他上级", "来源", "核实状态"],
    ["YY-DW", "豫园街道党工委", "党工委", "", "", "", "", "社区", "已核实"],
    ["YY-ZZ", "豫园商城党总支", "", "单独建", "", "豫园街道党工委", "", "", ""],
    ["YY-1", "小商品党支部", "党支部", "联合", "自有", "YY-ZZ", "YY-JG(条,指导)", "窗口", "已核实"],
    ["YY-2", "黄金珠宝党支部", "党支部", "", "挂靠", "YY-ZZ", "", "走访", ""],
    ["YY-JG", "市场监管所", "主管部门", "", "", "", "", "", ""],
    ["YY-3", "无上级党支部", "党支部", "", "自有", "YY-9", "", "", ""],
    ["YY-4", "有误党支部", "党小组", "", "自有", "", "", "", ""],
    ["YY-5", "待查党支部", "党支部", "", "自有", "", "", "", "大概"],
]
PEOPLE = [
    ["网格员编号", "姓名", "角色", "本人铺位", "办公电话", "任职组织", "到任日期", "来源", "核实状态"],
    ["W1", "张一", "网格长", "1F-001", "63550001", "", "2026-01-01", "窗口登记", "是"],
    ["W2", "李二", "网格员", "2F-001", "", "", "", "", ""],
    ["G1", "王三", "党建指导员", "", "63550002", "YY-1", "2026-03-01", "社区摸排", "已核实"],
    ["G2", "赵四", "网格员", "", "", "YY-1", "", "", ""],
    ["G3", "钱五", "指导员", "", "", "没有的组织", "", "", ""],
]


def bring(database: Database, market: MarketCode = MARKET, **files: Path) -> ImportReport:
    return import_market(database, Intake(IntakeFiles(**files), whole=False), market, today=TODAY)


@pytest.fixture
def market(database: Database) -> Database:
    markets.add_market(database, worlds.two_floors_one_stair(stalls_a_floor=4))
    return database


@pytest.fixture
def ledgers(tmp_path: Path) -> dict[str, Path]:
    return {
        "organisations": xlsx(tmp_path / "组织台账.xlsx", {"组织台账": ORGANISATIONS}),
        "members": xlsx(tmp_path / "责任人台账.xlsx", {"责任人台账": PEOPLE}),
    }


def test_ledgers_are_doubted_and_taken_in_once(market: Database, ledgers: dict[str, Path]) -> None:
    report = bring(market, **ledgers)
    assert (report.accepted.organisations, report.accepted.members) == (5, 3)
    assert [(q.file, q.row, q.field, q.value) for q in report.quarantined] == [
        ("组织台账.xlsx", 9, "tier", "党小组"),
        ("组织台账.xlsx", 10, "verification", "大概"),
        ("组织台账.xlsx", 8, "parent", "YY-9"),
        ("责任人台账.xlsx", 5, "role", "member"),
        ("责任人台账.xlsx", 6, "organisation", "没有的组织"),
    ]
    assert [doubt.value for doubt in report.doubts] == ["黄金珠宝党支部(YY-2)"]  # nobody holds a post in it
    assert [(r.row, r.field) for r in report.repaired] == [(4, "tier")]
    register = registered(market)
    one = register.organisations["YY-1"]
    assert (one.tie, one.organisation.tier, one.organisation.source) == (Tie.OWN, Tier.BRANCH, Source.COUNTER)
    assert one.organisation.verification is Verification.VERIFIED
    assert one.parents == (
        Parent("YY-1", "YY-ZZ"), Parent("YY-1", "YY-JG", Side.LINE, Relation.GUIDE, primary=False),
    )  # fmt: skip
    assert register.organisations["YY-ZZ"].parents == (Parent("YY-ZZ", "YY-DW"),)
    guide = register.members[MemberCode("G1")]
    assert (guide.organisation, guide.market, guide.source) == ("YY-1", None, Source.COMMUNITY)
    assert register.members[MemberCode("W1")].verification is Verification.VERIFIED
    duty = {found.member.code: found.posts for found in members.list_members(market, MARKET, TODAY)}
    assert duty["W1"] == (Role.LEADER,)

    again = bring(market, **ledgers)
    assert (again.markets[0].record, again.markets[0].changes) == ("", ())
    assert len(imports.list_imports(market, MARKET)) == 1


def registered(database: Database, market: str = MARKET) -> history.Register:
    with database.reading() as connection:
        return history.register(connection, market)


def test_ledgers_are_taken_back_and_their_rows_mended(market: Database, ledgers: dict[str, Path]) -> None:
    before = registered(market)
    record = bring(market, **ledgers).markets[0].record
    rows = {(row.role, row.row): row.code for row in quarantine.list_rows(market, MARKET)}
    mended = quarantine.mend_row(market, MARKET, rows["organisations", 9], {"层级": "党支部"}, author=author())
    assert (mended.row.state, [e.after for e in mended.events]) == (RowState.MENDED, ["YY-4"])
    mended = quarantine.mend_row(market, MARKET, rows["members", 6], {"任职组织": "YY-4"}, author=author())
    assert mended.row.state is RowState.MENDED
    assert registered(market).members[MemberCode("G3")].organisation == "YY-4"
    with pytest.raises(RegisterConflictError):
        imports.undo_import(market, MARKET, f"{MARKET}-i2", author=author())  # somebody holds a post in it
    for number in (3, 2):
        imports.undo_import(market, MARKET, f"{MARKET}-i{number}", author=author())
    imports.undo_import(market, MARKET, record, author=author())
    after = registered(market)
    assert replace(after, market=before.market) == before


def test_second_leader_and_codes_of_others_stay_out_alone(market: Database, tmp_path: Path) -> None:
    markets.add_market(market, worlds.two_floors_one_stair("other", stalls_a_floor=2))
    bring(market, members=xlsx(tmp_path / "a.xlsx", {"a": [PEOPLE[0], PEOPLE[1], PEOPLE[2]]}))
    bring(market, MarketCode("other"), members=xlsx(tmp_path / "o.xlsx", {"o": [["编号", "姓名"], ["X1", "周六"]]}))
    rows = [["编号", "姓名", "角色", "到任日期"], ["W3", "新来", "网格长", ""], ["X1", "周六", "网格员", ""],
            ["W4", "吴七", "网格员", ""]]  # fmt: skip
    report = bring(market, members=xlsx(tmp_path / "b.xlsx", {"b": rows}))
    assert [(q.row, q.field) for q in report.quarantined] == [(2, "role"), (3, "member_id")]
    assert "W1" in report.quarantined[0].reason
    assert "other" in report.quarantined[1].reason
    assert {m.code for m in registered(market).members.values()} == {"W1", "W2", "W4"}
    # he gives the office up, and another takes it, in one list
    rows = [rows[0], ["W1", "张一", "网格员", ""], ["W3", "新来", "网格长", ""]]
    assert bring(market, members=xlsx(tmp_path / "c.xlsx", {"c": rows})).quarantined == ()
    assert [post.member for post in registered(market).leaders] == ["W3"]
    imports.undo_import(market, MARKET, imports.list_imports(market, MARKET)[0].code, author=author())
    assert [post.member for post in registered(market).leaders] == ["W1"]


def test_leader_by_post_alone_counts_too(market: Database, tmp_path: Path) -> None:
    members.add_member(market, MARKET, Member(MemberCode("W1"), "张一"))
    members.give_post(market, MARKET, "W1", Role.LEADER, TODAY)
    rows = [["编号", "姓名", "角色"], ["W3", "新来", "网格长"]]
    with pytest.raises(Exception, match="W1"):
        bring(market, members=xlsx(tmp_path / "b.xlsx", {"b": rows}))


def test_state_of_verification_follows_the_lists(market: Database, tmp_path: Path) -> None:
    def listed(state: str, source: str = "上门摸排") -> ImportReport:
        rows = [["铺位号", "商户名称", "商户编号", "来源", "是否核实"], ["1F-001", "甲", "M1", source, state]]
        return bring(market, merchants=xlsx(tmp_path / "m.xlsx", {"m": rows}))

    listed("")
    listed("已核实")
    report = listed("", source="")  # what a list leaves empty is not known to it
    assert report.markets[0].changes == ()
    with market.reading() as connection:
        (one,) = (m for m in store.merchants(connection, MARKET) if m.code == "M1")
    assert (one.source, one.verification) == (Source.VISIT, Verification.VERIFIED)
    found = imports.show_import(market, MARKET, f"{MARKET}-i2")
    assert [(e.kind, e.before, e.after) for e in found.events] == [("ledger", "上门走访", "上门走访 已核实")]
    with pytest.raises(InputRefusedError, match="no state of verification"):
        listed("也许")


def test_shared_organisation_is_changed_only_by_who_may_everywhere(market: Database, ledgers: dict[str, Path]) -> None:
    markets.add_market(market, worlds.two_floors_one_stair("other", stalls_a_floor=2))
    bring(market, organisations=ledgers["organisations"])
    planner = Caller("user:planner", (Grant(AccountRole.PLANNER, Scope(market="other")),))
    own = market.acting(planner, Action.EDIT_REGISTER)
    folder = ledgers["organisations"].parent
    row = ["YY-1", "小商品党支部", "党支部", "联合", "挂靠", "", "", "", ""]
    hidden = xlsx(folder / "h.xlsx", {"h": [ORGANISATIONS[1], row]})
    with pytest.raises(Exception, match="do not see"):
        bring(own, MarketCode("other"), organisations=hidden)
    bring(market, MarketCode("other"), organisations=hidden)  # by who sees both: now it serves both
    assert registered(market, "other").organisations["YY-1"].tie is Tie.ATTACHED
    renamed = xlsx(folder / "r.xlsx", {"r": [ORGANISATIONS[1], ["YY-1", "改名党支部", *row[2:]]]})
    with pytest.raises(ForbiddenError):
        bring(own, MarketCode("other"), organisations=renamed)
    assert registered(market).organisations["YY-1"].organisation.name == "小商品党支部"


@pytest.mark.parametrize("form", list(ExportFormat))
def test_market_with_ledgers_and_zones_is_taken_back_whole_and_comes_again(
    form: ExportFormat, market: Database, ledgers: dict[str, Path], tmp_path: Path
) -> None:
    bring(market, **ledgers)
    draft = drafts.draft_plan(market, MARKET, Params(target=4), author=author(), day=TODAY)
    plans.publish_plan(market, draft.code, TODAY, today=TODAY)
    path = tmp_path / f"all{SUFFIX[form]}"
    exports.export_market(market, MARKET, form, path, now=datetime(2026, 11, 26, 9, tzinfo=UTC))
    before, before_market = held(market, MARKET, TODAY), registered(market).market
    assert len(before.values["zones"]) == 2
    wiped(market)
    for _ in range(2):
        report = bring(market, everything=path)
        assert (report.quarantined, report.accepted.zones) == ((), 2)
        assert_same(before, held(market, MARKET, TODAY))
        again = bring(market, everything=path)
        assert (again.quarantined, again.markets[0].changes, again.markets[0].record) == ((), (), "")
        imports.undo_import(market, MARKET, report.markets[0].record, author=author())
        with market.reading() as connection:
            left = history.shared_register(connection, before_market)
        assert (left.organisations, left.members) == ({}, {})
