"""The audit log: read it, and find out whether somebody changed it."""

from dataclasses import dataclass

from gridmap.errors import InvalidParameterError
from gridmap.model.accounts import EVERY_LINE, AuditFilter, AuditLine
from gridmap.store import audit
from gridmap.store.session import Database


@dataclass(frozen=True, slots=True)
class Verdict:
    """What checking the whole chain found; `head` is worth noting down elsewhere, as `SEQ:DIGEST`."""

    lines: int
    faults: tuple[str, ...]
    head: str


def verify(database: Database, *, anchor: str | None = None) -> Verdict:
    """
    Check every line of the audit log against the chain.

    A changed line no longer has its own digest; a removed or inserted one breaks the number or the link to the line
    before; lines removed at the end are missed by the remembered head. Whoever can write to the database can also
    compute a whole new chain: `anchor`, a head noted down earlier, finds that too.

    Parameters
    ----------
    anchor
        `SEQ:DIGEST`, as printed by an earlier check.
    """
    asked = _anchor(anchor)
    faults: list[str] = []
    previous, seq, met = audit.FIRST, 0, asked is None
    with database.reading() as connection:
        head_seq, head = audit.head(connection)
        for line in audit.all_lines(connection):
            faults += _faults(line, seq, previous)
            met = met or (line.seq, line.digest) == asked
            previous, seq = line.digest, line.seq
    if (seq, previous) != (head_seq, head):
        faults.append(
            f"末尾应为第 {head_seq} 行,实为第 {seq} 行 / the log ends at line {seq}, the head says {head_seq}"
        )
    if not met:
        faults.append(f"没有与 {anchor} 相符的行 / no line matches {anchor}")
    return Verdict(seq, tuple(faults), f"{seq}:{previous}")


def read_log(
    database: Database,
    *,
    after: int = 0,
    limit: int = 1000,
    newest: bool = False,
    wanted: AuditFilter = EVERY_LINE,
) -> list[AuditLine]:
    """Return lines of the log in order, or the newest first: those past the line with a number, 0 for all."""
    with database.reading() as connection:
        return audit.lines(connection, after=after, limit=limit, newest=newest, wanted=wanted)


def _faults(line: AuditLine, seq: int, previous: str) -> list[str]:
    named = f"{line.seq} ({line.at:%Y-%m-%d %H:%M:%S}Z {line.actor} {line.action} {line.subject})"
    found: list[str] = []
    if line.seq != seq + 1:
        found.append(f"第 {seq + 1} 至 {line.seq - 1} 行缺失 / lines {seq + 1} to {line.seq - 1} are missing")
    elif line.previous != previous:
        found.append(f"第 {named} 行与前一行不相接 / line {line.seq} does not follow from the one before")
    if audit.digest_of(line) != line.digest:
        found.append(f"第 {named} 行被改动 / line {line.seq} was changed")
    return found


def _anchor(text: str | None) -> tuple[int, str] | None:
    if text is None:
        return None
    seq, _, digest = text.partition(":")
    if not seq.isdigit() or len(digest) != len(audit.FIRST):
        raise InvalidParameterError("anchor", text, "格式为 行号:摘要。", "Give SEQ:DIGEST as printed earlier.")
    return int(seq), digest
