"""Merchants that may be one and the same: doubts for somebody to decide, never a rejection."""

from collections import defaultdict
from collections.abc import Mapping
from itertools import combinations

from gridmap.exchange.findings import Fault, Findings
from gridmap.exchange.names import are_alike, plain_name
from gridmap.model.ids import MerchantCode, StallCode
from gridmap.model.register import Merchant, Occupancy
from gridmap.model.timelines import meet

Place = tuple[MerchantCode, StallCode]
_CROWD = 40
"""Of more merchants in one stall (a hall of tables) the likeness of each two is not looked at."""
_TELLING = 4
"""Letters that a name must have, without the form of the firm, to be told from namesakes elsewhere."""
_REMEDY = ("若是同一户,请合并为一行或写同一编号", "If they are one merchant, join the rows or give them one number")


def doubt_alikes(
    file: str,
    merchants: Mapping[MerchantCode, Merchant],
    occupancies: Mapping[Place, Occupancy],
    rows: Mapping[Place, int],
    findings: Findings,
) -> None:
    """
    Doubt merchants of one stall and time whose names are alike, and names elsewhere that differ in signs or form alone.

    How many names stand in several stalls without a number is remarked: each counts as a merchant of its own.

    Parameters
    ----------
    rows
        The row in which each merchant stands in each stall.
    """
    by_stall: dict[StallCode, list[MerchantCode]] = defaultdict(list)
    by_name: dict[str, list[Place]] = defaultdict(list)
    for place in occupancies:
        by_stall[place[1]].append(place[0])
        by_name[plain_name(merchants[place[0]].name)].append(place)
    for stall, codes in by_stall.items():
        for one, other in combinations(codes, 2) if len(codes) <= _CROWD else ():
            if meet(occupancies[one, stall], occupancies[other, stall]):
                _doubt_pair(file, merchants[one], merchants[other], rows[one, stall], rows[other, stall], findings)
    for core, places in by_name.items():
        if len(core) >= _TELLING and len(places) > 1:
            _doubt_elsewhere(file, [(merchants[code], stall, rows[code, stall]) for code, stall in places], findings)
    _tell_namesakes(file, merchants, by_name, findings)


def _doubt_pair(file: str, one: Merchant, other: Merchant, first_row: int, row: int, findings: Findings) -> None:
    if not are_alike(one.name, other.name):
        return
    same = one.name == other.name
    zh, en = ("同名", "the same name") if same else (f"名称相近(“{one.name}”)", f"a like name ('{one.name}')")
    findings.doubt(
        file,
        row,
        Fault(
            "name", other.name, f"与同铺位第 {first_row} 行{zh}", f"has {en} as row {first_row} in the stall", *_REMEDY
        ),
    )


def _doubt_elsewhere(file: str, places: list[tuple[Merchant, StallCode, int]], findings: Findings) -> None:
    """Doubt each spelling of a name that is not its first, unless both have a credit code or stand in one stall."""
    first, first_stall, first_row = places[0]
    told = {first.name}
    for merchant, stall, row in places[1:]:
        if merchant.name in told or stall == first_stall or (first.uscc and merchant.uscc):
            continue
        told.add(merchant.name)
        findings.doubt(
            file,
            row,
            Fault(
                "name",
                merchant.name,
                f"与第 {first_row} 行“{first.name}”(铺位 {first_stall})名称相近",
                f"is nearly the name '{first.name}' of row {first_row} (stall {first_stall})",
                *_REMEDY,
            ),
        )


def _tell_namesakes(
    file: str, merchants: Mapping[MerchantCode, Merchant], by_name: Mapping[str, list[Place]], findings: Findings
) -> None:
    count = sum(
        len({code for code, _ in places}) > 1
        and len({stall for _, stall in places}) > 1
        and len({merchants[code].name for code, _ in places}) == 1
        and not any(merchants[code].uscc for code, _ in places)
        for places in by_name.values()
    )
    if count:
        findings.note(
            f"{file}:{count} 个名称出现在几个铺位而没有编号,每铺各按一户计",
            f"{file}: {count} names stand in several stalls without a number; each counts as a merchant of its own",
        )
