"""How the markets of one import fared, and the report of it: totals, rows by file, words for what went wrong."""

from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass, replace
from types import MappingProxyType

from gridmap.errors import InputRefusedError
from gridmap.exchange.findings import Findings, both
from gridmap.exchange.rows import Table
from gridmap.model.ids import MarketCode
from gridmap.model.intake import (
    Accepted,
    FileCount,
    ImportReport,
    InputRole,
    MarketDraft,
    MarketOutcome,
    Quarantined,
)
from gridmap.spatial.crs import Datum


@dataclass(eq=False)
class NothingAcceptedError(InputRefusedError):
    """A file can be read, but none of its rows can be used; `report` has every row with its reason."""

    report: ImportReport


@dataclass(frozen=True)
class MarketIntake:
    """One market as it was read: its draft, or why it stays out as a whole."""

    market: MarketCode
    counts: tuple[FileCount, ...]
    draft: MarketDraft | None = None
    refusal: InputRefusedError | None = None
    rows: tuple[Quarantined, ...] = ()
    """Its rows that stay out."""
    carried: frozenset[InputRole] = frozenset()
    """What of the draft comes from the database, not from a file."""
    outcome: MarketOutcome | None = None
    """What became of it in the register, once that is known."""

    def refused(self, refusal: InputRefusedError) -> "MarketIntake":
        """Return the same market as one that stays out: none of its rows counts as accepted."""
        counts = (replace(c, accepted=0, set_aside=0, refused=c.rows - c.quarantined) for c in self.counts)
        return replace(self, counts=tuple(counts), draft=None, refusal=refusal)


@dataclass(frozen=True)
class MarketsIntake:
    """All markets of one import with what was found in their files."""

    markets: tuple[MarketIntake, ...]
    tables: Mapping[InputRole, Table]
    findings: Findings
    datum: Datum

    @property
    def drafts(self) -> tuple[MarketDraft, ...]:
        """The markets that are ready to be written."""
        return tuple(market.draft for market in self.markets if market.draft is not None)

    def report(self) -> ImportReport:
        """Say what goes in, what was mended and what stays out."""
        return _report(self.markets, self.tables, self.findings, self.datum)

    def nothing_accepted(self) -> NothingAcceptedError:
        """Make the error for an import of which nothing goes in."""
        report, first = self.report(), next((m.refusal for m in self.markets if m.refusal is not None), None)
        if len(self.markets) == 1 and first is not None:
            return NothingAcceptedError(
                first.file, first.reason_zh, first.reason_en, first.remedy_zh, first.remedy_en, report
            )
        return NothingAcceptedError(
            next(iter(self.tables.values())).file,
            f"没有可以导入的市场(有问题的 {len(self.markets)} 个)",
            f"there is no market that can be taken in ({len(self.markets)} have faults)",
            "原因逐条列在前面。",
            "The reasons are listed above.",
            report,
        )


def _report(
    markets: Sequence[MarketIntake], tables: Mapping[InputRole, Table], findings: Findings, datum: Datum
) -> ImportReport:
    """Put together what the markets of one import, and the files as a whole, have to say."""
    files = [table.file for table in tables.values()]
    names: dict[InputRole, str] = {
        role: t.file if files.count(t.file) == 1 else f"{role}: {t.file}" for role, t in tables.items()
    }
    _remark(findings, tables, names)
    outcomes = tuple(outcome_of(market) for market in markets)
    return ImportReport(
        market=markets[0].market if len(markets) == 1 else "",
        accepted=_sum([outcome.accepted for outcome in outcomes]),
        datum=datum.value,
        datums=MappingProxyType({names[role]: table.datum.value for role, table in tables.items()}),
        repaired=tuple(findings.repaired),
        quarantined=tuple(findings.quarantined),
        doubts=tuple(findings.doubts),
        encoding=MappingProxyType({names[role]: table.encoding for role, table in tables.items()}),
        columns=MappingProxyType({names[role]: table.columns for role, table in tables.items()}),
        notes=tuple(findings.notes),
        files=tuple(_file_count(role, table, markets) for role, table in tables.items()),
        markets=outcomes,
    )


def _remark(findings: Findings, tables: Mapping[InputRole, Table], names: Mapping[InputRole, str]) -> None:
    _remark_datums(findings, tables, names)
    for role, table in tables.items():
        if table.unused:
            shown = "、".join(table.unused[:12])
            findings.note(
                f"{names[role]}:未使用的列 {shown}", f"{names[role]}: columns not used: {shown.replace('、', ', ')}"
            )


def _remark_datums(findings: Findings, tables: Mapping[InputRole, Table], names: Mapping[InputRole, str]) -> None:
    placed = {names[role]: table.datum for role, table in tables.items() if role in ("levels", "stalls", "connectors")}
    for datum in sorted({datum for datum in placed.values() if datum is not Datum.WGS84}):
        mine = [name for name, stated in placed.items() if stated is datum]
        zh, en = ("", "") if len(mine) == len(placed) else ("、".join(mine) + ":", ", ".join(mine) + ": ")
        findings.note(
            f"{zh}坐标按 {datum.value} 读取,已换算为 WGS84",
            f"{en}coordinates were read as {datum.value} and turned into WGS84",
        )


def outcome_of(market: MarketIntake) -> MarketOutcome:
    """Say how a market of an import fared."""
    draft, refusal = market.draft, market.refusal
    if market.outcome is not None:
        return market.outcome
    if refusal is not None or draft is None:
        reason = both(refusal.reason_zh, refusal.reason_en) if refusal is not None else "-"
        return MarketOutcome(
            market.market, Accepted(), reason, both(refusal.remedy_zh, refusal.remedy_en) if refusal else ""
        )
    accepted = Accepted(
        levels=len(draft.levels),
        stalls=len(draft.stalls),
        merchants=len(draft.merchants),
        connectors=len(draft.connectors),
        occupancies=len(draft.occupancies),
        members=len(draft.members),
        organisations=len(draft.organisations),
        zones=len(draft.zoning.zones) if draft.zoning is not None else 0,
    )
    return MarketOutcome(market.market, replace(accepted, **dict.fromkeys(_carried(market.carried), 0)))


def _carried(roles: frozenset[InputRole]) -> list[str]:
    """Return the counts that no file of the import has anything to do with."""
    names = [role for role in ("levels", "stalls", "merchants", "organisations", "members") if role in roles]
    ways = ["connectors"] if {"connectors", "links"} <= roles else []
    return [*names, *ways, *(["occupancies"] if "merchants" in roles else [])]


def _sum(parts: Sequence[Accepted]) -> Accepted:
    return Accepted(*(sum(column) for column in zip(*map(astuple, parts), strict=True)))


def _file_count(role: InputRole, table: Table, markets: Sequence[MarketIntake]) -> FileCount:
    """Add up one file's rows; those that belong to no market were rejected before any market was looked at."""
    mine = [count for market in markets for count in market.counts if count.role == role]
    nowhere = len(table.rows) - sum(count.rows for count in mine)
    return FileCount(
        table.file,
        role,
        len(table.rows),
        accepted=sum(count.accepted for count in mine),
        quarantined=sum(count.quarantined for count in mine) + nowhere,
        set_aside=sum(count.set_aside for count in mine),
        refused=sum(count.refused for count in mine),
    )


def all_faulty(counts: Sequence[FileCount], quarantined: Sequence[Quarantined]) -> InputRefusedError | None:
    """
    Say why a market has nothing to go in, None if it has something.

    That is so if every row of its levels or of its stalls is faulty, or no row of any file can be used.
    """
    needed = [count for count in counts if count.role in ("levels", "stalls")] or list(counts)
    empty = [count for count in needed if count.accepted + count.set_aside == 0]
    if not empty or (empty[0].role not in ("levels", "stalls") and len(empty) < len(needed)):
        return None
    count = empty[0]
    first = next((q for q in quarantined if q.file == count.file), None)
    zh_en = first.reason.partition(" / ") if first is not None else ("-", "", "-")
    remedy = first.remedy.partition(" / ") if first is not None else ("", "", "")
    at_zh, at_en = (f"第 {first.row} 行:", f"row {first.row}: ") if first is not None else ("", "")
    return InputRefusedError(
        file=count.file,
        reason_zh=f"{count.rows} 行全部被退回({at_zh}{zh_en[0]})",
        reason_en=f"all {count.rows} rows are faulty ({at_en}{zh_en[2]})",
        remedy_zh=f"{remedy[0]}。",
        remedy_en=f"{remedy[2]}.",
    )
