"""Members in: rows to people with a duty, with what is shown at the office and nothing else."""

from collections.abc import Container, Iterable

from gridmap.exchange.findings import Fault, FaultyRowError, faulty
from gridmap.exchange.names import sound_text
from gridmap.exchange.rows import Row, Table, cell, code, text
from gridmap.exchange.scope import Scope, rows_of_market
from gridmap.exchange.sheets import cell_text
from gridmap.model.duty import Member
from gridmap.model.ids import MemberCode, StallCode
from gridmap.model.kinds import Role
from gridmap.model.quantities import quantity_of

_ROLES = {
    **{role.value: role for role in Role},
    "网格员": Role.MEMBER,
    "代管网格员": Role.DEPUTY,
    "网格长": Role.LEADER,
    "党建指导员": Role.GUIDE,
    "联络员": Role.LIAISON,
    "市场开办者": Role.OPERATOR,
}


def read_members(
    table: Table, scope: Scope, *, stalls: Container[StallCode], leaders: Iterable[MemberCode] = ()
) -> dict[MemberCode, Member]:
    """
    Turn rows into members; faulty rows go to the findings, and so does whoever would be a second leader.

    Parameters
    ----------
    stalls
        The market's, for the members' own ones.
    leaders
        Who leads the market already; somebody whom the rows name is judged by them.
    """
    members: dict[MemberCode, Member] = {}
    named = {str(row.cells.get("member_id", "")).strip() for row in table.rows}
    others = [code for code in leaders if code not in named]
    first_row: dict[MemberCode, int] = {}
    for row in rows_of_market(table, scope):
        try:
            member = _member(table.file, row, scope, stalls)
            if member.code in members:
                first = first_row[member.code]
                raise faulty(
                    "member_id", member.code, f"与第 {first} 行重复", f"repeats row {first}", "请删去一行", "Delete one"
                )
            taken = [*others, *(code for code, one in members.items() if one.role is Role.LEADER)]
            if member.role is Role.LEADER and taken:
                raise faulty(
                    "role",
                    "网格长",
                    f"市场已有网格长 {taken[0]}",
                    f"the market has a leader already, {taken[0]}",
                    "每个市场同一天一名网格长;请改正",
                    "A market has one leader at a time: correct it",
                )
            if member.code in scope.members:
                other = scope.members[member.code]
                raise faulty(
                    "member_id",
                    member.code,
                    f"已是市场 {other} 的网格员编号",
                    f"is the code of a member in the market {other}",
                    "每人一个编号,只属于一个市场;请改正",
                    "Everybody has a code of his own, in one market: correct it",
                )
        except FaultyRowError as error:
            scope.findings.reject(table.file, row.number, error.fault)
            continue
        members[member.code], first_row[member.code] = member, row.number
    return members


def _member(file: str, row: Row, scope: Scope, stalls: Container[StallCode]) -> Member:
    home = StallCode(text(row, "stall_id", limit=64))
    if home and home not in stalls:
        raise faulty("stall_id", home, "没有这个铺位", "there is no such stall", "请核对或留空", "Mend or leave empty")
    name = sound_text(row, "name", limit=100)
    if not name:
        raise faulty("name", "", "未写姓名", "the name is missing", "请填写", "Fill it in")
    return Member(
        code=MemberCode(code(row, "member_id")),
        name=name,
        role=_role(row),
        office_contact=sound_text(row, "office_contact", limit=100),
        capacity=_capacity(file, row, scope),
        home_stall=home or None,
    )


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


def _role(row: Row) -> Role:
    written = text(row, "role").casefold()
    if not written:
        return Role.MEMBER
    if written not in _ROLES:
        known = "、".join(_ROLES)
        raise faulty("role", written, "没有这种角色", "is no role", f"可用:{known}", f"Use one of: {known}")
    return _ROLES[written]
