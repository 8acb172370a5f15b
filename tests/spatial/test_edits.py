"""Edits of zones: whatever is done can be undone, no stall is ever in two zones, and the golden files still hold."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridmap.errors import AlreadyExistsError, GridmapError, InvalidParameterError, NotFoundError, ZoneLockedError
from gridmap.model.edits import (
    Aim,
    Assign,
    Edit,
    Lock,
    Merge,
    Proposed,
    Recolour,
    Rename,
    Split,
    Staff,
    ZoneEdit,
    ZoneState,
    edit_as_json,
    edit_from_json,
)
from gridmap.model.ids import MemberCode, StallCode, ZoneCode
from gridmap.model.kinds import Role
from gridmap.spatial.edits import Zones, apply_all, apply_edit, next_code, zone_of_stalls

STALLS = [StallCode(f"s{i}") for i in range(12)]
CODES = [ZoneCode(code) for code in ("101", "102", "201", "B101", "区")]
GOLDEN = sorted((Path(__file__).parent.parent / "golden" / "plan_edits").glob("*.json"))

codes = st.sampled_from(CODES)
stall_sets = st.lists(st.sampled_from(STALLS), max_size=6, unique=True).map(tuple)
proposed = st.builds(Proposed, st.sampled_from(["W1", "W2"]).map(MemberCode), st.sampled_from(Role))
members = st.lists(proposed, max_size=2)
edits = st.one_of(
    st.builds(Assign, stall_sets, st.none() | codes),
    st.builds(Split, codes, stall_sets, codes, st.text(min_size=1), st.integers(0, 4), members.map(tuple)),
    st.builds(Merge, st.lists(codes, min_size=1, max_size=3).map(tuple)),
    st.builds(Lock, codes, st.booleans()),
    st.builds(Rename, codes, st.text(min_size=1)),
    st.builds(Recolour, codes, st.integers(0, 4)),
    st.builds(Staff, codes, members.map(tuple)),
)


@st.composite
def zone_sets(draw: st.DrawFn) -> dict[ZoneCode, ZoneState]:
    there = draw(st.lists(codes, unique=True, min_size=1))
    where = [draw(st.none() | st.sampled_from(there)) for _ in STALLS]
    return {
        code: ZoneState(
            code,
            f"责任区 {code}",
            draw(st.integers(0, 4)),
            draw(st.booleans()),
            frozenset(s for s, at in zip(STALLS, where, strict=True) if at == code),
            tuple(draw(members)),
        )
        for code in there
    }


def tried(zones: Zones, wanted: list[ZoneEdit]) -> tuple[Zones, tuple[ZoneEdit, ...]]:
    """Apply those edits that can be made; return what came of it and what takes all of it back."""
    reverse: tuple[ZoneEdit, ...] = ()
    for edit in wanted:
        try:
            edited = apply_edit(zones, set(STALLS), edit)
        except GridmapError:
            continue
        zones, reverse = edited.zones, (*edited.reverse, *reverse)
    return zones, reverse


@settings(deadline=None)
@given(zone_sets(), st.lists(edits, max_size=12))
def test_any_sequence_undone_gives_the_start(zones: dict[ZoneCode, ZoneState], wanted: list[ZoneEdit]) -> None:
    after, reverse = tried(zones, wanted)
    assert apply_all(after, set(STALLS), reverse).zones == zones


@settings(deadline=None)
@given(zone_sets(), st.lists(edits, max_size=12))
def test_undoing_the_undo_does_it_again(zones: dict[ZoneCode, ZoneState], wanted: list[ZoneEdit]) -> None:
    after, reverse = tried(zones, wanted)
    undone = apply_all(after, set(STALLS), reverse)
    assert apply_all(undone.zones, set(STALLS), undone.reverse).zones == after


@settings(deadline=None)
@given(zone_sets(), st.lists(edits, max_size=12))
def test_no_stall_is_in_two_zones_and_locked_zones_keep_theirs(
    zones: dict[ZoneCode, ZoneState], wanted: list[ZoneEdit]
) -> None:
    before: Zones = zones
    for edit in wanted:
        after, _ = tried(before, [edit])
        assert sum(len(zone.stalls) for zone in after.values()) == len(zone_of_stalls(after))
        for code, zone in before.items():
            if zone.locked:
                assert after[code].stalls == zone.stalls
        if not isinstance(edit, Assign):
            assert set(zone_of_stalls(after)) == set(zone_of_stalls(before))
        before = after


@settings(deadline=None)
@given(edits | st.builds(Aim, st.floats(1, 100), st.floats(1, 50), st.floats(50, 100)))
def test_an_edit_survives_its_json(edit: Edit) -> None:
    assert edit_from_json(json.loads(json.dumps(edit_as_json(edit)))) == edit


def test_refusals_name_what_is_wrong() -> None:
    zones = {
        code: ZoneState(code, code, 0, locked, frozenset(stalls))
        for code, locked, stalls in (("101", False, STALLS[:4]), ("102", True, STALLS[4:8]))
    }
    refused: list[tuple[ZoneEdit, type[GridmapError], str]] = [
        (Assign((STALLS[4],), "101"), ZoneLockedError, "102"),
        (Assign((STALLS[0],), "102"), ZoneLockedError, "102"),
        (Assign((STALLS[4],), None), ZoneLockedError, "102"),
        (Assign(("nowhere",), "101"), NotFoundError, "nowhere"),
        (Assign((STALLS[0],), "109"), NotFoundError, "109"),
        (Split("101", (STALLS[0],), "102", "", 0), AlreadyExistsError, "102"),
        (Split("101", (STALLS[4],), "103", "", 0), InvalidParameterError, STALLS[4]),
        (Split("102", (STALLS[4],), "103", "", 0), ZoneLockedError, "102"),
        (Merge(("101", "102")), ZoneLockedError, "102"),
        (Merge(("101", "101")), InvalidParameterError, "101"),
        (Merge(("101",)), InvalidParameterError, "101"),
    ]
    for edit, error, word in refused:
        with pytest.raises(error, match=word):
            apply_edit(zones, set(STALLS), edit)


@pytest.mark.parametrize(
    ("zone", "taken", "wanted"),
    [
        ("101", {"101"}, "102"),
        ("101", {"101", "102", "103"}, "104"),
        ("A-B109", {"A-B109"}, "A-B110"),
        ("007", {"007", "008"}, "009"),
        ("99", {"99"}, "100"),
        ("东区", {"东区"}, "东区2"),
        ("东区", {"东区", "东区2"}, "东区3"),
        ("区①", {"区①"}, "区①2"),
    ],
)
def test_new_zones_are_numbered_on(zone: str, taken: set[str], wanted: str) -> None:
    assert next_code(ZoneCode(zone), taken) == wanted


def zones_from_json(told: list[dict[str, Any]]) -> dict[ZoneCode, ZoneState]:
    return {
        zone["zone"]: ZoneState(
            zone["zone"],
            zone["name"],
            zone["colour"],
            zone["locked"],
            frozenset(zone["stalls"]),
            tuple(Proposed(m["member_id"], Role(m["role"])) for m in zone["members"]),
        )
        for zone in told
    }


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_golden_edits_are_replayed(path: Path) -> None:
    """The files that the browser replays, too; tests/golden/README.md describes them."""
    told = json.loads(path.read_text(encoding="utf-8"))
    zones: Zones = zones_from_json(told["start"])
    for step in told["steps"]:
        edit = edit_from_json(step["edit"])
        assert not isinstance(edit, Aim)
        if "refused" in step:
            with pytest.raises(GridmapError) as caught:
                apply_edit(zones, set(told["stalls"]), edit)
            assert caught.value.code == step["refused"]
            continue
        edited = apply_edit(zones, set(told["stalls"]), edit)
        assert edited.zones == zones_from_json(step["zones"])
        assert [edit_as_json(back) for back in edited.reverse] == step["reverse"]
        assert apply_all(edited.zones, set(told["stalls"]), edited.reverse).zones == zones
        zones = edited.zones


def test_there_are_golden_edits_of_every_kind() -> None:
    steps = [step for path in GOLDEN for step in json.loads(path.read_text(encoding="utf-8"))["steps"]]
    assert {step["edit"]["op"] for step in steps} == {"assign", "split", "merge", "lock", "name", "recolour", "staff"}
    assert {step["refused"] for step in steps if "refused" in step} >= {"zone-locked", "not-found", "already-exists"}
