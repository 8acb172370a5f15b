"""Members in: rows to people with a duty, with what is shown at the office and nothing else."""

from collections.abc import Container, Iterable, Mapping
from types import MappingProxyType

from gridmap.exchange.findings import Fault, FaultyRowError, faulty
from gridmap.exchange.names import sound_text
from gridmap.exchange.provenance import source_of, verification_of
from gridmap.exchange.rows import Row, Table, cell, code, day, text
from gridmap.exchange.scope import Scope, rows_of_market
from gridmap.exchange.sheets import cell_text
from gridmap.model.duty import Member
from gridmap.model.ids import MemberCode, StallCode
from gridmap.model.kinds import OFFICE_ROLES, ROLE_WORDS, ZONE_ROLES, Role
from gridmap.model.organisations import LedgerOrganisation
from gridmap.model.quantities import quantity_of
from gridmap.model.timelines import meet

NO_ORGANISATIONS: Mapping[str, LedgerOrganisation] = MappingProxyType({})
_ROLES = {
    **{role.value: role for role in Role},
    **{word: role for role, word in ROLE_WORDS.items()},
    **dict.fromkeys(("指导员",), Role.GUIDE),
    **dict.fromkeys(("开办者", "市场开办方", "开办单位"), Role.OPERATOR),
}


def read_members(
    table: Table,
    scope: Scope,
    *,
    stalls: Container[StallCode],
    leaders: Iterable[MemberCode] = (),
    organisations: Mapping[str, LedgerOrganisation] = NO_ORGANISATIONS,
) -> dict[MemberCode, Member]:
    """
    Turn rows into members; faulty rows go to the findings, and so does whoever would be a second leader.

    Parameters
    ----------
    stalls
        The market's, for the members' own ones.
    leaders
        Who leads the market already; somebody whom the rows name is judged by them.
    organisations
        Those that somebody may hold a post in: he is theirs, not the market's.
    """
    members: dict[MemberCode, Member] = {}
    named = {str(row.cells.get("member_id", "")).strip() for row in table.rows}
    others = [code for code in leaders if code not in named]
    first_row: dict[MemberCode, int] = {}
    for row in rows_of_market(table, scope):
        try:
            member = _member(table.file, row, scope, stalls, organisations)
            if member.code in members:
                first = first_row[member.code]
                raise faulty(
                    "member_id", member.code, f"与第 {first} 行重复", f"repeats row {first}", "请删去一行", "Delete one"
                )
            taken = [*others, *(code for code, one in members.items() if _leads(one) and meet(one, member))]
            if _leads(member) and taken:
                raise faulty(
                    "role",
                    "网格长",
                    f"市场已有网格长 {taken[0]}",
                    f"the market has a leader already, {taken[0]}",
                    "每个市场同一天一名网格长;请改正",
                    "A market has one leader at a time: correct it",
                )
            other = scope.members.get(member.code, scope.market)
            if other != scope.market:
                raise faulty(
                    "member_id",
                    member.code,
                    f"已是{f'市场 {other}' if other else '另一市场'}的网格员编号",
                    f"is the code of a member in {f'the market {other}' if other else 'another market'}",
                    "每人一个编号,只属于一个市场;请改正",
                    "Everybody has a code of his own, in one market: correct it",
                )
        except FaultyRowError as error:
            scope.findings.reject(table.file, row.number, error.fault)
            continue
        members[member.code], first_row[member.code] = member, row.number
    return members


def _leads(member: Member) -> bool:
    return member.role is Role.LEADER and not member.organisation


def _member(
    file: str, row: Row, scope: Scope, stalls: Container[StallCode], organisations: Mapping[str, LedgerOrganisation]
) -> Member:
    home = StallCode(text(row, "stall_id", limit=64))
    if home and home not in stalls:
        raise faulty("stall_id", home, "没有这个铺位", "there is no such stall", "请核对或留空", "Mend or leave empty")
    name = sound_text(row, "name", limit=100)
    if not name:
        raise faulty("name", "", "未写姓名", "the name is missing", "请填写", "Fill it in")
    role = role_of(row)
    first, end = day(row, "valid_from"), day(row, "valid_to")
    if first is not None and end is not None and end <= first:
        raise faulty(
            "valid_to", end.isoformat(), "离任不晚于到任", "ends before it begins", "请改正日期", "Correct the days"
        )
    return Member(
        code=MemberCode(code(row, "member_id")),
        name=name,
        role=role,
        office_contact=sound_text(row, "office_contact", limit=100),
        capacity=_capacity(file, row, scope),
        home_stall=home or None,
        valid_from=first,
        valid_to=end,
        organisation=_organisation(row, role, organisations),
        source=source_of(row),
        verification=verification_of(row),
    )


def _organisation(row: Row, role: Role, organisations: Mapping[str, LedgerOrganisation]) -> str:
    """Return the organisation that a row names, by code or name; its people have an office, no zone."""
    written = text(row, "organisation")
    if not written:
        return ""
    named = [code for code, one in organisations.items() if written in (code, one.organisation.name)]
    if len(named) != 1:
        raise faulty(
            "organisation", written, "没有这个组织" if not named else "几个组织同名",
            "there is no such organisation" if not named else "several organisations have this name",
            "请写组织台账中的编号,或留空", "Write its code in the ledger of organisations, or leave it empty",
        )  # fmt: skip
    if role in ZONE_ROLES:
        known = "、".join(word for word, one in _ROLES.items() if one in OFFICE_ROLES and not word.isascii())
        raise faulty(
            "role", role, "网格员属于市场,不属于组织", "belongs to a market, not to an organisation",
            f"任职组织的人:{known};或把任职组织留空", "People of an organisation are guides, liaisons and the like",
        )  # fmt: skip
    return named[0]


def _capacity(file: str, row: Row, scope: Scope) -> int | None:
    """Read how many merchants somebody looks after: `50`, `50户`; of `约50户` the figure is used, with a doubt."""
    value = cell(row, "capacity")
    if value is None:
        return None
    written = cell_text(value) if isinstance(value, str | int | float) else str(value)
    found = quantity_of(written)
    if found is None or found.value < 1 or not found.value.is_integer():
        raise faulty("capacity", written, "应为正整数", "is not positive", "请改正或留空", "Mend it or leave it empty")
    if found.bound is not None:
        scope.findings.doubt(
            file,
            row.number,
            Fault(
                "capacity",
                written,
                f"不是确数,按 {found.value:g} 户",
                f"is no exact figure; {found.value:g} is used",
                "请写确数",
                "Write the exact figure",
            ),
        )
    return int(found.value)


def role_of(row: Row) -> Role:
    """Read a role; that of a member if none is named. FaultyRowError for a word that is none."""
    written = text(row, "role").casefold()
    if not written:
        return Role.MEMBER
    if written not in _ROLES:
        known = "、".join(_ROLES)
        raise faulty("role", written, "没有这种角色", "is no role", f"可用:{known}", f"Use one of: {known}")
    return _ROLES[written]
