"""What is found while files are read: mended, doubted, set aside, remarked."""

from dataclasses import dataclass, field

from gridmap.model.intake import Doubted, Quarantined, Repaired

VALUE_CHARACTERS = 120


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a row cannot go in, in Chinese and English, with the way to mend it."""

    field: str
    value: object
    reason_zh: str
    reason_en: str
    remedy_zh: str
    remedy_en: str


class FaultyRowError(Exception):
    """Carries a fault from the depth of a row's reading to the place that collects it; never leaves the importer."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.reason_en)
        self.fault = fault


def faulty(
    field_name: str, value: object, reason_zh: str, reason_en: str, remedy_zh: str, remedy_en: str
) -> FaultyRowError:
    """Make the exception that says why a row cannot go in; arguments as in `Fault`."""
    return FaultyRowError(Fault(field_name, value, reason_zh, reason_en, remedy_zh, remedy_en))


@dataclass(slots=True)
class Findings:
    """Collects what the report will say; one per import."""

    repaired: list[Repaired] = field(default_factory=list)
    quarantined: list[Quarantined] = field(default_factory=list)
    doubts: list[Doubted] = field(default_factory=list)
    _notes: dict[tuple[str, str], int] = field(default_factory=dict[tuple[str, str], int])

    @property
    def notes(self) -> list[str]:
        """The remarks in words, in order of their first appearance."""
        return [both(zh, en).replace("{n}", str(n)) for (zh, en), n in self._notes.items()]

    def mend(self, file: str, row: int | None, field_name: str, zh: str, en: str) -> None:
        """Remember that a row (None: several, counted in the words) was mended."""
        self.repaired.append(Repaired(file, row, field_name, both(zh, en)))

    def reject(self, file: str, row: int, fault: Fault) -> None:
        """Remember a row that stays out."""
        self.quarantined.append(Quarantined(file, row, *_words(fault)))

    def doubt(self, file: str, row: int | None, fault: Fault) -> None:
        """Remember what somebody should look at, in a row (None: the file) that goes in all the same."""
        self.doubts.append(Doubted(file, row, *_words(fault)))

    def note(self, zh: str, en: str, n: int = 0) -> None:
        """Remember a remark about a whole file or import; the same remark is kept once, `{n}` in it counts on."""
        self._notes[zh, en] = self._notes.get((zh, en), 0) + n


def _words(fault: Fault) -> tuple[str, str, str, str]:
    return (
        fault.field,
        shown(fault.value),
        both(fault.reason_zh, fault.reason_en),
        both(fault.remedy_zh, fault.remedy_en),
    )


def both(zh: str, en: str) -> str:
    """Join the Chinese and the English sentence."""
    return f"{zh} / {en}"


def shown(value: object) -> str:
    """Return a value as a short line of printable text (what cannot be printed or encoded becomes `?`)."""
    try:
        text = value if isinstance(value, str) else "" if value is None else repr(value)
    except ValueError:  # an integer of thousands of digits
        text = "?"
    text = text[: VALUE_CHARACTERS * 2].encode("utf-8", "replace").decode("utf-8")
    text = "".join(c if c.isprintable() else "?" for c in text)
    return text if len(text) <= VALUE_CHARACTERS else text[: VALUE_CHARACTERS - 1] + "…"
