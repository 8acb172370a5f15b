"""Cells that name stalls otherwise than they are called, or several at once; nothing is made up."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridmap.exchange.stall_codes import StallNames, possible_codes
from gridmap.model.ids import StallCode

HALL = StallNames(
    [StallCode(code) for code in ["A001", "A002", "A003", "B-1", "B-2", "1", "2", "x1", "X1", "A001、A002"]]
)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("A001", ["A001"]),
        ("Ａ００１", ["A001"]),  # full width
        ("a001", ["A001"]),
        (" A 001 ", ["A001"]),
        ("A001、A002", ["A001、A002"]),  # a stall is called just that
        ("A002、A003", ["A002", "A003"]),
        ("A002,A003", ["A002", "A003"]),
        ("A002/003", ["A002", "A003"]),
        ("A001-A003", ["A001", "A002", "A003"]),
        ("A001至003", ["A001", "A002", "A003"]),
        ("A002和A002", ["A002"]),
        ("B-1", ["B-1"]),
        ("B-1、B-2", ["B-1", "B-2"]),
        ("1-2", ["1", "2"]),
        ("A001-A004", []),  # A004 is not there
        ("A002、A009", []),
        ("A003-A001", []),
        ("A000-A999", []),
        ("x1", ["x1"]),
        ("Ｘ１", ["X1"]),
        ("", []),
        ("、", []),
    ],
)
def test_what_a_cell_means(written, meant):
    assert list(HALL.meant(written)) == meant


@given(st.text(alphabet="AB12、,/- 至０-", max_size=14))
def test_only_stalls_that_are_there_are_meant(written):
    meant = HALL.meant(written)
    assert all(HALL.meant(code) == (code,) for code in meant)
    assert len(set(meant)) == len(meant)


@given(st.lists(st.sampled_from(["A001", "A002", "A003"]), min_size=1, unique=True), st.sampled_from("、,;/ "))
def test_possible_codes_hold_all_that_can_be_meant(codes, sign):
    assert possible_codes(sign.join(codes)) >= set(codes)


def test_a_huge_range_makes_no_huge_list():
    assert len(possible_codes("A1-A999999999")) < 10
