"""Lists of merchants: what goes in, what is doubted, what stays out, with its reason."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridmap.exchange.names import are_alike, plain_name
from gridmap.model.credit_codes import check_symbol
from gridmap.model.ids import MarketCode
from gridmap.model.intake import ImportReport, IntakeFiles, MarketDraft, Reading
from gridmap.services.intake import read_market
from tests.workbooks import xlsx

STALLS = "stall_id,level,lon,lat\n" + "".join(f"A{i},{i // 10},{121.49 + i / 10_000:.4f},31.2200\n" for i in range(20))
CODE = "91350100M000100Y43"
Take = Callable[..., tuple[MarketDraft, ImportReport]]


@pytest.fixture
def take(tmp_path: Path) -> Take:
    stalls = tmp_path / "stalls.csv"
    stalls.write_text(STALLS, encoding="utf-8")

    def _take(rows: str, heading: str = "铺位号,店名,统一社会信用代码,经营范围,楼层", **options: object):
        merchants = tmp_path / "merchants.csv"
        merchants.write_text(f"{heading}\n{rows}", encoding="utf-8")
        files = IntakeFiles(stalls=stalls, merchants=merchants, **options)  # type: ignore[arg-type]
        return read_market(files, market=MarketCode("m"), today=date(2026, 11, 21))

    return _take


@pytest.mark.parametrize(
    ("row", "field", "reason", "remedy"),
    [
        ("A2,乙,91350100M000100Y4X,,", "uscc", "check symbol", CODE),
        ("A2,乙,91350100M000100Y4Z,,", "uscc", "symbols that no", "licence"),
        ("A2,乙,91350100MO00100Y43,,", "uscc", "symbols that no", CODE),
        ("A2,乙,9135,,", "uscc", "18 symbols", "licence"),
        ("A2,乙,9.13501E+17,,", "uscc", "15 digits", "text"),
        ("A2,荔湾(wān)茶行,,,", "name", "pinyin", "荔湾茶行"),
        ("A2,靶\ue507€專,,,", "name", "shifted", "小個專"),
        ("A2,乙,,茶\ufffd叶,", "trade", "lost", "anew"),
        ("A1,甲,,,", "name", "repeats row 2", "Delete"),
        (f"A1,甲乙,{CODE},,", "name", "repeats row 2", "Delete"),
    ],
)
def test_a_row_that_cannot_be_believed_is_quarantined(take: Take, row, field, reason, remedy) -> None:
    first = f"A1,甲,{CODE},," if CODE in row and row.startswith("A1") else "A1,甲,,,"
    draft, report = take(f"{first}\n{row}\n")
    (found,) = report.quarantined
    assert (found.row, found.field) == (3, field)
    assert reason in found.reason
    assert remedy in found.remedy
    assert [merchant.name for merchant in draft.merchants] == ["甲"]
    if "\ue507" in row:
        assert "\ue507" not in found.value


@pytest.mark.parametrize(
    ("rows", "field", "reason"),
    [
        ("A1,甲,310101600123456,,\n", "uscc", "15 digits, as before"),
        ("A1,甲,,,二楼\n", "level", "on the level 0"),
        ("A1,甲,,,天台\n", "level", "not known"),
        ("A1,豫园商行,,,\nA1,豫园 商行(店),,,\n", "name", "a like name"),
        ("A1,老字号茶庄,,,\nA1,老字号荼庄,,,\n", "name", "a like name"),
        (f"A1,豫园商行,{CODE},,\nA1,豫园商行,91310101MA1FPX1234,,\n", "name", "the same name"),
        ("A1,豫园小商品行,,,\nA2,豫园小商品商行,,,\n", "name", "nearly the name"),
    ],
)
def test_a_doubt_is_said_and_the_row_goes_in(take: Take, rows, field, reason) -> None:
    draft, report = take(rows)
    assert not report.quarantined
    (found,) = report.doubts
    assert (found.row, found.field) == (len(rows.splitlines()) + 1, field)
    assert reason in found.reason
    assert len(draft.occupancies) == len(rows.splitlines())


@pytest.mark.parametrize(
    "rows",
    [
        "A1,陈记茶行,,,\nA2,林记茶行,,,\n",
        "A1,甲,无,,一楼\nA2,乙,/,,1F\n",
        f"A1,豫园小商品行,{CODE},,\nA2,豫园小商品商行,91310101MA1FPX1234,,\n",
        f"A1,甲,{CODE},,\nA2,甲,{CODE},,\n",
    ],
)
def test_what_is_sound_is_not_doubted(take: Take, rows) -> None:
    _, report = take(rows)
    assert not report.doubts
    assert not report.quarantined


def test_namesakes_in_several_stalls_are_counted(take: Take) -> None:
    draft, report = take("A1,豫园商行,,,\nA2,豫园商行,,,\nA3,别家商行,,,\n")
    assert len(draft.merchants) == 3
    assert any("1 names stand in several stalls" in note for note in report.notes)


def test_the_seven_trades_of_beizhen_are_held_against(take: Take) -> None:
    rows = "A1,甲,,纺织,\nA2,乙,,纺织品批发,\nA3,丙,,茶叶,\nA4,丁,,家电、建材,\nA5,戊,,,\n"
    draft, report = take(rows, trades="beizhen")
    assert [(merchant.name, merchant.trade) for merchant in draft.merchants] == [
        ("甲", "纺织"),
        ("乙", "纺织"),
        ("戊", ""),
    ]
    assert [(row.row, row.field) for row in report.quarantined] == [(4, "trade"), (5, "trade")]
    assert "副食" in report.quarantined[0].remedy
    assert "several trades" in report.quarantined[1].reason
    assert [(row.row, row.field) for row in report.repaired] == [(3, "trade")]


def test_a_list_of_seventy_trades_is_loaded_from_a_file(take: Take, tmp_path: Path) -> None:
    rows = [
        ["业态清单"],
        ["代码", "名称", "别名"],
        *[[f"T{i:02}", f"门类{i}号", f"旧名{i}"] for i in range(70)],
        ["T01", "另一", ""],
    ]
    path = xlsx(tmp_path / "trades.xlsx", {"清单": rows})
    draft, report = take("A1,甲,,T07,\nA2,乙,,旧名69,\nA3,丙,,T70,\n", trades=str(path))
    assert [merchant.trade for merchant in draft.merchants] == ["门类7号", "门类69号"]
    assert [(row.file, row.row) for row in report.quarantined] == [("trades.xlsx", 73), ("merchants.csv", 4)]
    assert any("a list of 70 trades" in note for note in report.notes)


def test_the_match_of_columns_can_be_told(take: Take) -> None:
    heading = "铺位号,店名,招牌"
    draft, report = take("A1,甲,乙\n", heading, readings={"merchants": Reading(columns={"name": "招牌"})})
    assert [merchant.name for merchant in draft.merchants] == ["乙"]
    assert report.columns["merchants.csv"] == {"stall_id": "铺位号", "name": "招牌"}


def test_codes_that_a_spreadsheet_rounded_are_noticed(take: Take, tmp_path: Path) -> None:
    stalls = tmp_path / "stalls.csv"
    path = xlsx(tmp_path / "m.xlsx", {"s": [["铺位", "店名", "信用代码"], ["A1", "甲", 913501000001000000]]})
    files = IntakeFiles(stalls=stalls, merchants=path)
    _, report = read_market(files, market=MarketCode("m"), today=date(2026, 11, 21))
    (found,) = report.quarantined
    assert (found.row, found.field) == (2, "uscc")
    assert "15 digits" in found.reason


names = st.text(alphabet="豫园茶行商店甲乙丙丁记 ()A1", min_size=1, max_size=8)


@given(names, names)
def test_likeness_is_mutual_and_every_name_is_like_itself(one, other):
    assert are_alike(one, one)
    assert are_alike(one, other) == are_alike(other, one)
    assert plain_name(plain_name(one)) == plain_name(one) or plain_name(one)


@given(st.text(alphabet="豫园茶甲乙丙丁记", min_size=4, max_size=8), st.integers(0, 7), st.sampled_from("天地"))
def test_one_slip_is_alike_and_three_are_not(name, at, letter):
    at %= len(name)
    assert are_alike(name, name[:at] + letter + name[at + 1 :])
    assert are_alike(name, name[:at] + name[at + 1 :])
    assert not are_alike(name, letter * 3 + name[3:])


def test_every_code_of_the_tests_is_sound() -> None:
    assert check_symbol(CODE[:17]) == CODE[17]
