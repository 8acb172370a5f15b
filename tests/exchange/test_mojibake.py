"""Damaged letters, in the shape of the account that went through a wrong encoding."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridmap.exchange.mojibake import DamageKind, damages, misread, recovered
from gridmap.model.quantities import quantities_in

WHOLE = "小個專"


def shifted(before: str) -> str:
    """Damage as it came about: one byte of GBK is lost before the name, what follows is read one byte late."""
    raw = (before + "“小個專").encode("gbk")[len(before.encode("gbk")) + 1 :]
    return before + raw.replace(b"\x82\x80", b"\x82\x01").decode("gb18030", "replace").replace("\x01", "€")


def account() -> str:
    """Build a text with the damage that was counted in the real one: 29 + 10 names, 309 brackets, 5 stray signs."""
    names = [shifted(f"第{i}类") + "党建" for i in range(29)] + [f"第{i}批{WHOLE}党建" for i in range(10)]
    pinyin = ["荔湾(wān)区(qū)"] * 154 + ["芳村(cūn)"]
    stray = ["品牌\ue07d", "茶\ue087叶", "水\ue507产", "批\ue7a8发", "市场€"]
    figures = ["22個指導站", "5.78万户企业", "8.47万户个体", "120个市场", "28个联系点", "58名党员"]
    return "\n".join([*names, *pinyin, *stray, *figures])


def test_the_damage_of_the_account_is_counted_by_kind():
    assert shifted("类") == "类靶\ue507€專"
    found = Counter(damage.kind for damage in damages(account()))
    assert found[DamageKind.SHIFTED] + found[DamageKind.PRIVATE] + found[DamageKind.EURO] == 29 + 5
    assert found[DamageKind.PINYIN] == 309
    assert found.total() == 29 + 309 + 5


def test_the_figures_of_the_damaged_account_still_parse():
    values = {found.value for found in quantities_in(account())}
    assert {22, 57_800, 84_700, 120, 28, 58} <= values


@pytest.mark.parametrize("before", ["", "类", "全省", "推进"])
def test_a_shifted_name_is_offered_as_it_was(before):
    assert recovered(shifted(before)) == before + WHOLE


@pytest.mark.parametrize(
    ("text", "kinds", "meant"),
    [
        ("荔湾(wān)茶行", [DamageKind.PINYIN], "荔湾茶行"),
        ("杜文\uff08dù\uff09店", [DamageKind.PINYIN], "杜文店"),
        ("豫园€商行", [DamageKind.EURO], "豫园商行"),
        ("\ue07d店", [DamageKind.PRIVATE], None),
        ("豫\ufffd商行", [DamageKind.REPLACED], None),
        ("锟斤拷商行", [DamageKind.REPLACED], None),
        ("鍟嗘埛鍚嶇О", [DamageKind.MISREAD], "商户名称"),
        ("ÉÌ»§Ãû³Æ", [DamageKind.MISREAD], "商户名称"),
        ("å•†æˆ·", [DamageKind.MISREAD], "商户"),
        ("\ue087\u3000靶\ue507€專”黨建工作", [DamageKind.PRIVATE, DamageKind.SHIFTED], "省“小個專”黨建工作"),
    ],
)
def test_damage_is_named_and_its_repair_offered(text, kinds, meant):
    assert [damage.kind for damage in damages(text)] == kinds
    assert recovered(text) == meant


@pytest.mark.parametrize(
    "text",
    ["", "豫园小商品行", "小個專", "Café Müller", "naïve", "Crêpes Ñandú", "繁體國語", "𠮷野家", "联通", "张三(zhang)",
     "€5 店", "100€", "“老”字号·茶庄", "A+B 店(总店)", "鑫鑫百货", "東京ラーメン", "한국식당", "Ω 咖啡"],
)  # fmt: skip
def test_sound_names_are_left_alone(text):
    assert damages(text) == []
    assert recovered(text) == text


common = st.text(alphabet=[bytes([a, b]).decode("gb2312") for a in range(0xB0, 0xD7) for b in range(0xA1, 0xFE)])


@given(common)
def test_no_everyday_name_is_doubted(name):
    assert damages(name) == []


@given(common.filter(lambda name: len(name) >= 3))
def test_utf_8_opened_as_gbk_is_recovered_where_it_can_be(name):
    wrong = name.encode().decode("gbk", "replace")
    if "\ufffd" not in wrong:
        assert misread(wrong) == name


@given(st.text(max_size=30))
def test_any_text_is_looked_at(text):
    for damage in damages(text):
        assert 0 <= damage.start < damage.end <= len(text)
    recovered(text)
