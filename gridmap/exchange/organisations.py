"""Organisations in: rows of a ledger to organisations under their parents, with how they serve the market."""

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TypeVar

from gridmap.exchange.findings import Fault, FaultyRowError, Findings, faulty
from gridmap.exchange.names import sound_text
from gridmap.exchange.parents import parents_of
from gridmap.exchange.provenance import source_of, verification_of
from gridmap.exchange.rows import Row, Table, day, text
from gridmap.exchange.scope import Scope, rows_of_market
from gridmap.model.duty import Member
from gridmap.model.organisations import Formed, LedgerOrganisation, Organisation, Parent, Tie, Tier

TIER_WORDS = {
    Tier.WORK_COMMITTEE: "党工委",
    Tier.COMMITTEE: "党委",
    Tier.BUREAU: "分局党总支",
    Tier.GENERAL_BRANCH: "党总支",
    Tier.BRANCH: "党支部",
    Tier.AGENCY: "主管部门",
}
FORMED_WORDS = {Formed.ALONE: "单独建", Formed.JOINT: "联合建", Formed.ATTACHED: "挂靠建"}
TIE_WORDS = {Tie.FEEDS: "建在网格", Tie.OWN: "本市场自有", Tie.ATTACHED: "挂靠覆盖"}
_TIERS = {
    **{tier.value: tier for tier in Tier},
    **{word: tier for tier, word in TIER_WORDS.items()},
    **dict.fromkeys(("支部", "联合党支部"), Tier.BRANCH),
    **dict.fromkeys(("总支", "总支部", "党总支部"), Tier.GENERAL_BRANCH),
    **dict.fromkeys(("部门", "条线", "条线部门"), Tier.AGENCY),
}
_FORMS = {
    **{form.value: form for form in Formed},
    **{word: form for form, word in FORMED_WORDS.items()},
    **dict.fromkeys(("单独", "单建", "单独组建"), Formed.ALONE),
    **dict.fromkeys(("联合", "联建", "联合组建"), Formed.JOINT),
    **dict.fromkeys(("挂靠", "挂靠组建"), Formed.ATTACHED),
}
_TIES = {
    **{tie.value: tie for tie in Tie},
    **{word: tie for tie, word in TIE_WORDS.items()},
    **dict.fromkeys(("自有", "本市场", "自建"), Tie.OWN),
    **dict.fromkeys(("挂靠", "覆盖"), Tie.ATTACHED),
    **dict.fromkeys(("支部建在网格里", "建在网格里", "进网格"), Tie.FEEDS),
}
Word = TypeVar("Word", Tier, Formed, Tie)
_CODE = re.compile(r"[^\s、,,;;()()]+")


def read_organisations(
    table: Table, scope: Scope, *, known: Mapping[str, LedgerOrganisation]
) -> dict[str, LedgerOrganisation]:
    """
    Turn rows into organisations; faulty ones go to the findings, and those whose parent is not there.

    Without a column `tie` every one serves the market as its own; with it, an empty cell is an organisation above.

    Parameters
    ----------
    known
        The organisations of the database that the caller may see: a row may name one of them as a parent.
    """
    found: dict[str, LedgerOrganisation] = {}
    rows: dict[str, Row] = {}
    for row in rows_of_market(table, scope):
        try:
            entry = _organisation(table, row, scope)
            if entry.code in found:
                first = rows[entry.code].number
                raise faulty(
                    "organisation", entry.code, f"与第 {first} 行重复", f"repeats row {first}", "请删去一行",
                    "Delete one",
                )  # fmt: skip
        except FaultyRowError as error:
            scope.findings.reject(table.file, row.number, error.fault)
            continue
        found[entry.code], rows[entry.code] = entry, row
    names = {entry.organisation.name: code for code, entry in {**known, **found}.items()}
    found = {code: replace(one, parents=tuple(_named(p, names, {**known, **found}) for p in one.parents))
             for code, one in found.items()}  # fmt: skip
    while True:  # who stands under one that stays out stays out as well
        there = {**known, **found}
        faults = {code: fault for code, one in found.items() if (fault := _parent_fault(one, there)) is not None}
        if not faults:
            return found
        for code, fault in faults.items():
            scope.findings.reject(table.file, rows[code].number, fault)
            del found[code]


def doubt_deserted(
    table: Table, organisations: Mapping[str, LedgerOrganisation], members: Iterable[Member], findings: Findings
) -> None:
    """Doubt organisations that serve the market and in which nobody holds a post."""
    staffed = {member.organisation for member in members}
    for code, entry in organisations.items():
        if entry.tie is not None and code not in staffed:
            findings.doubt(
                table.file,
                None,
                Fault(
                    "organisation", f"{entry.organisation.name}({code})", "没有责任人", "has no responsible person",
                    "请在责任人台账的“任职组织”列写上它", "Name it in the column `organisation` of the members' ledger",
                ),
            )  # fmt: skip


def _organisation(table: Table, row: Row, scope: Scope) -> LedgerOrganisation:
    name = sound_text(row, "name")
    if not name:
        raise faulty("name", "", "未写组织名称", "the name is missing", "请填写", "Fill it in")
    code = text(row, "organisation", limit=64) or _made_code(scope.market, name)
    if not _CODE.fullmatch(code):
        raise faulty(
            "organisation", code, "组织编号含空格、括号或顿号", "the code has spaces, brackets or commas",
            "请改用字母、数字、汉字和连字符", "Use letters, digits and hyphens",
        )  # fmt: skip
    first, end = day(row, "valid_from"), day(row, "valid_to")
    if first is not None and end is not None and end <= first:
        raise faulty(
            "valid_to", end.isoformat(), "撤销不晚于成立", "ends before it begins", "请改正日期", "Correct the days"
        )
    formed = _word(row, "formed", _FORMS, FORMED_WORDS)
    organisation = Organisation(
        code, name, _tier(table, row, scope, name), formed, first, end, None, source_of(row), verification_of(row)
    )
    tie = _word(row, "tie", _TIES, TIE_WORDS) if "tie" in table.columns else Tie.OWN
    parents = parents_of(code, text(row, "parent"), "parent", primary=True)
    if len(parents) > 1:
        raise faulty(
            "parent", text(row, "parent"), "主要上级只能有一个", "there is one primary parent only",
            "其余写在“其他上级”列", "Put the others into other_parents",
        )  # fmt: skip
    others = parents_of(code, text(row, "other_parents", limit=1000), "other_parents", primary=False)
    return LedgerOrganisation(organisation, tie, tuple(parents + sorted(others, key=lambda parent: parent.parent)))


def _tier(table: Table, row: Row, scope: Scope, name: str) -> Tier:
    """Read the tier; where the ledger does not say it, its name may (`…党支部`), and this is told."""
    stated = _word(row, "tier", _TIERS, TIER_WORDS)
    if stated is not None:
        return stated
    ends = sorted((word for word in _TIERS if not word.isascii()), key=len, reverse=True)
    word = next((word for word in ends if name.endswith((word, f"{word}委员会"))), None)
    if word is None:
        raise faulty(
            "tier", "", "未写组织层级", "its tier is missing", f"可用:{'、'.join(TIER_WORDS.values())}",
            f"Use one of: {', '.join(Tier)}",
        )  # fmt: skip
    tier = _TIERS[word]
    scope.findings.mend(
        table.file, row.number, "tier", f"未写层级,按名称记为{TIER_WORDS[tier]}", f"taken from the name: {tier}"
    )
    return tier


def _word(row: Row, name: str, known: Mapping[str, Word], words: Mapping[Word, str]) -> Word | None:
    written = text(row, name)
    if not written:
        return None
    if written.casefold() not in known:
        raise faulty(
            name, written, "没有这一项", "is not known here", f"可用:{'、'.join(words.values())}",
            f"Use one of: {', '.join(map(str, words))}",
        )  # fmt: skip
    return known[written.casefold()]


def _named(parent: Parent, names: Mapping[str, str], known: Mapping[str, LedgerOrganisation]) -> Parent:
    return parent if parent.parent in known else replace(parent, parent=names.get(parent.parent, parent.parent))


def _parent_fault(entry: LedgerOrganisation, known: Mapping[str, LedgerOrganisation]) -> Fault | None:
    above = [parent.parent for parent in entry.parents]
    for number, code in enumerate(above):
        if code not in known:
            return Fault(
                "parent", code, "没有这个上级组织", "there is no such organisation", "请补上它的一行,或改正",
                "Add a row for it, or correct it",
            )  # fmt: skip
        if code in above[:number]:
            return Fault("parent", code, "上级重复", "stands there twice", "请删去一个", "Delete one of the two")
    if _is_above_itself(entry, known):
        return Fault(
            "parent", "、".join(above), "上级关系成环", "it would stand above itself", "请改正上级组织",
            "Correct the parents",
        )  # fmt: skip
    return None


def _is_above_itself(entry: LedgerOrganisation, known: Mapping[str, LedgerOrganisation]) -> bool:
    seen, last = set[str](), {parent.parent for parent in entry.parents}
    while last - seen:
        seen |= last
        last = {parent.parent for code in last if code in known for parent in known[code].parents}
    return entry.code in seen


def _made_code(market: str, name: str) -> str:
    return "o-" + hashlib.sha256(f"{market}\n{name}".encode()).hexdigest()[:16]
