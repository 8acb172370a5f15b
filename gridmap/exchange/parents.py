"""What stands above an organisation, as one cell of a ledger has it: `P1`, `P2(条,指导)`, several with `、` between."""

import re
from collections.abc import Iterable

from gridmap.exchange.findings import faulty
from gridmap.model.organisations import Parent, Relation, Side

_SIDES = {"块": Side.BLOCK, "条": Side.LINE, "block": Side.BLOCK, "line": Side.LINE}
_RELATIONS = {"领导": Relation.LEAD, "指导": Relation.GUIDE, "lead": Relation.LEAD, "guide": Relation.GUIDE}
_WORDS = {Side.LINE: "条", Side.BLOCK: "块", Relation.LEAD: "领导", Relation.GUIDE: "指导"}
_ENTRY = re.compile(r"([^()()]+?)\s*(?:[((]([^()()]*)[))])?")
_BETWEEN = re.compile(r"[、;;]|[,,](?![^(()]*[))])")


def parents_text(parents: Iterable[Parent]) -> str:
    """Write parents into one cell; what most are (块, 领导) is not said."""
    return "、".join(parent.parent + _remark(parent) for parent in parents)


def parents_of(organisation: str, written: str, name: str, *, primary: bool) -> list[Parent]:
    """
    Read parents from a cell, by code or by name.

    Raises
    ------
    FaultyRowError
        If an entry cannot be understood.
    """
    found: list[Parent] = []
    for entry in filter(None, (part.strip() for part in _BETWEEN.split(written))):
        match = _ENTRY.fullmatch(entry)
        words = [word.strip() for word in re.split("[,,]", match[2] or "") if word.strip()] if match else []
        if match is None or any(word not in _SIDES and word not in _RELATIONS for word in words):
            raise faulty(
                name, entry, "看不懂", "cannot be understood", "写组织编号,如 P1 或 P1(条,指导)",
                "Write the code of an organisation, such as P1 or P1(line,guide)",
            )  # fmt: skip
        side = next((_SIDES[word] for word in words if word in _SIDES), Side.BLOCK)
        relation = next((_RELATIONS[word] for word in words if word in _RELATIONS), Relation.LEAD)
        found.append(Parent(organisation, match[1].strip(), side, relation, primary))
    return found


def _remark(parent: Parent) -> str:
    words = [_WORDS[parent.side]] if parent.side is not Side.BLOCK else []
    words += [_WORDS[parent.relation]] if parent.relation is not Relation.LEAD else []
    return f"({','.join(words)})" if words else ""
