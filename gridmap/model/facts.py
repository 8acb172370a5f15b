"""Figures that keep their kind: what an account states is not what was computed from it."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class FigureKind(StrEnum):
    """Where a figure comes from."""

    STATED = "stated"  # 原文数据
    BOUND = "bound"  # 不低于 / 约
    COMPUTED = "computed"  # 本系统推算
    WHAT_IF = "what-if"  # 按豫园标准测算
    NOT_STATED = "not-stated"  # 原文未列明


class BoundKind(StrEnum):
    """Which side of the true figure a bound lies on."""

    MORE_THAN = "more-than"  # 超过
    AT_LEAST = "at-least"  # 余, 以上
    NEARLY = "nearly"  # 近
    ABOUT = "about"  # 约


FIGURE_WORDS = {
    FigureKind.STATED: "原文数据",
    FigureKind.BOUND: "原文数据(界限)",
    FigureKind.COMPUTED: "本系统推算",
    FigureKind.WHAT_IF: "按豫园标准测算",
    FigureKind.NOT_STATED: "原文未列明",
}
BOUND_WORDS = {
    BoundKind.MORE_THAN: "超过",
    BoundKind.AT_LEAST: "不低于",
    BoundKind.NEARLY: "近",
    BoundKind.ABOUT: "约",
}


class Closed:
    """A table of a file: a key that it does not know is a mistake."""

    __pydantic_config__ = {"extra": "forbid"}  # noqa: RUF012 - read by the reader of the files, never changed


@dataclass(frozen=True)
class Figure(Closed):
    """
    One figure of a place.

    `value` is None where the account does not state one; `bound` is given exactly for bounds; `rows` are the rows of
    the programme that it belongs to; `text` is what the account says, where the words matter.
    """

    key: str
    unit: str
    kind: FigureKind
    rows: tuple[str, ...]
    value: float | None = None
    bound: BoundKind | None = None
    text: str = ""
    as_of: date | None = None

    def __post_init__(self) -> None:
        if (self.kind is FigureKind.BOUND) != (self.bound is not None):
            raise ValueError(f'figure {self.key}: `bound` belongs to kind "bound", and to no other')
        if (self.kind is FigureKind.NOT_STATED) != (self.value is None):
            raise ValueError(f'figure {self.key}: `value` is left out exactly where kind is "not-stated"')
        if not self.rows:
            raise ValueError(f"figure {self.key}: name the row it belongs to")

    @property
    def words(self) -> str:
        """Return the figure as a screen shows it, with its kind."""
        if self.value is None:
            return FIGURE_WORDS[self.kind]
        prefix = BOUND_WORDS[self.bound] if self.bound else ""
        return f"{prefix}{self.value:,g} {self.unit}({FIGURE_WORDS[self.kind]})"
