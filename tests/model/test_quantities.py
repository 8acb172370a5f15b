"""Printed figures keep their kind."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridmap.model.facts import BoundKind
from gridmap.model.numerals import number_of
from gridmap.model.quantities import quantities_in, quantity_of
from gridmap.model.shares import counts_of_share


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("一百二十", 120), ("一百零五", 105), ("十五", 15), ("二十三", 23), ("十", 10), ("两万三千", 23_000),
        ("一万五", 15_000), ("三百二", 320), ("1万5千", 15_000), ("5.78万", 57_800), ("1.2亿", 120_000_000),
        ("一亿二千万", 120_000_000),
        ("３６，０００", 36_000), ("36,000", 36_000), ("二〇二六", 2026), ("壹佰贰拾", 120),
        ("8.47萬", 84_700), ("", None), ("abc", None), ("1.2.3", None), ("一二十", None), ("9,8", None), ("万", None),
    ],
)  # fmt: skip
def test_numbers_in_digits_and_numerals(written, number):
    assert number_of(written) == number


def _numeral(n: int) -> str:
    digits, units = "零一二三四五六七八九", ["", "十", "百", "千"]
    text = "".join(digits[int(d)] + (units[len(str(n)) - 1 - i] if d != "0" else "") for i, d in enumerate(str(n)))
    while "零零" in text:
        text = text.replace("零零", "零")
    return text.rstrip("零") or "零"


@given(st.integers(1, 9999), st.integers(1, 9999))
def test_every_numeral_is_read_back(high, low):
    assert number_of(_numeral(low)) == low
    assert number_of(f"{_numeral(high)}万零{_numeral(low)}") == high * 10_000 + low
    assert number_of(f"{high}万{low:04d}") in (high * 10_000 + low, None) or low >= 1000


@pytest.mark.parametrize(
    ("written", "value", "bound", "unit"),
    [
        ("210余", 210, BoundKind.AT_LEAST, ""),
        ("超过210户", 210, BoundKind.MORE_THAN, "户"),
        ("70多个", 70, BoundKind.MORE_THAN, "个"),
        ("约50", 50, BoundKind.ABOUT, ""),
        ("50户左右", 50, BoundKind.ABOUT, "户"),
        ("近3.5万人", 35_000, BoundKind.NEARLY, "人"),
        ("不低于 120", 120, BoundKind.AT_LEAST, ""),
        ("1.5万余户", 15_000, BoundKind.AT_LEAST, "户"),
        ("５.７８万户", 57_800, None, "户"),
    ],
)
def test_a_figure_keeps_its_kind_and_its_words(written, value, bound, unit):
    found = quantity_of(written)
    assert found is not None
    assert (found.value, found.bound, found.unit, found.text) == (value, bound, unit, written)


@pytest.mark.parametrize("written", ["60%", "不足200", "A12", "", "几十", "12 月"])
def test_what_is_no_figure_alone_is_none(written):
    assert quantity_of(written) is None


@pytest.mark.parametrize(
    ("written", "count", "admitted"),
    [("210余", 210, True), ("210余", 209, False), ("超过210", 210, False), ("超过210", 211, True), ("近100", 95, True),
     ("近100", 101, False), ("约100", 91, True), ("约100", 80, False), ("100", 100, True), ("100", 101, False)],
)  # fmt: skip
def test_which_counts_a_figure_admits(written, count, admitted):
    found = quantity_of(written)
    assert found is not None
    assert found.admits(count) == admitted


def test_the_figures_of_a_running_text_are_found():
    text = "设22個指導站,有5.78万户企业、8.47萬户个体、120个市场、28个联系点、58名党员经营户,十余个市场"
    assert [found.value for found in quantities_in(text)] == [22, 57_800, 84_700, 120, 28, 58, 10]


def test_sixty_per_cent_of_twenty_three_is_impossible():
    assert list(counts_of_share("60", 23)) == []
    assert list(counts_of_share("60.9%", 23)) == [14]


@given(st.integers(1, 500), st.integers(0, 500), st.integers(0, 2))
def test_a_share_that_was_counted_is_possible(whole, part, digits):
    part = min(part, whole)
    assert part in counts_of_share(f"{100 * part / whole:.{digits}f}", whole)
