"""Headings: which column of a file means which of our words, in Chinese and English."""

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from gridmap.errors import InputRefusedError
from gridmap.exchange.headings import REQUIRED, SYNONYMS
from gridmap.model.intake import InputRole

NOTHING_TOLD: Mapping[str, str] = MappingProxyType({})
_BRACKETS = re.compile(r"_?[(\[【][^)\]】]*[)\]】]")
_BETWEEN_HAN = re.compile(r"(?<=[^\x00-\x7f])\s+(?=[^\x00-\x7f])")
_SIMPLE = str.maketrans(
    "戶攤鋪舖檔號樓層統會碼經營範圍業態稱編類負責員職電話開時間單場緯結束組織區駐項務產門內幾標記執",
    "户摊铺铺档号楼层统会码经营范围业态称编类负责员职电话开时间单场纬结束组织区驻项务产门内几标记执",
)
"""Traditional letters of the headings below."""


@dataclass(frozen=True, slots=True)
class Match:
    """
    Which heading means what.

    `columns`: our word -> heading in the file; `unused`: headings that mean nothing to us; `repeated`: headings that
    stand there twice, of which the first counts.
    """

    columns: Mapping[str, str]
    unused: tuple[str, ...]
    repeated: tuple[str, ...] = ()


def match_columns(headings: Iterable[str], role: InputRole, told: Mapping[str, str] = NOTHING_TOLD) -> Match:
    """
    Find out which heading means what.

    Of several headings for one of our words the one that stands first in the list of synonyms wins (our own word is
    always first), then the one that stands first in the file. Width, case, spaces, asterisks, traditional letters and a
    remark in brackets (`面积(㎡)`) do not count.

    Parameters
    ----------
    told
        Our word -> heading, as somebody says it: it wins over every synonym.
    """
    by_key: dict[str, str] = {}
    repeated: dict[str, None] = {}
    listed = [heading for heading in headings if _key(heading)]
    for heading in listed:
        if _key(heading) in by_key:
            repeated[heading] = None
        by_key.setdefault(_key(heading), heading)
    for heading in listed:
        by_key.setdefault(_BRACKETS.sub("", _key(heading)), heading)
    asked = {word: _key(told[word]) for word in SYNONYMS[role] if word in told}
    columns = {word: by_key[key] for word, key in asked.items() if key in by_key}
    for word, synonyms in SYNONYMS[role].items():
        if word not in columns:
            found = next((by_key[s] for s in synonyms if s in by_key and by_key[s] not in columns.values()), None)
            if found is not None:
                columns[word] = found
    used = set(columns.values())
    ordered = {word: columns[word] for word in SYNONYMS[role] if word in columns}
    return Match(ordered, tuple(dict.fromkeys(h for h in listed if h not in used)), tuple(repeated))


def worth_of(match: Match) -> int:
    """Say how much of a heading we understand."""
    return len(match.columns)


def check_required(file: str, match: Match, role: InputRole, *, given: Collection[str] = ()) -> None:
    """
    Refuse a file that lacks a column without which nothing can be read; what is `given` otherwise is not missed.

    Raises
    ------
    InputRefusedError
        Naming the missing columns, what they may be called, and what the file has.
    """
    missing = [word for word in REQUIRED[role] if word not in match.columns and word not in given]
    if not missing:
        return
    has = "、".join([*match.columns.values(), *match.unused][:20]) or "-"
    names = "; ".join(f"{word} ({', '.join(SYNONYMS[role][word][1:6])})" for word in missing)
    words = ", ".join(missing)
    raise InputRefusedError(
        file,
        f"缺少必需的列 {words};文件中的列:{has}",
        f"the column(s) {words} are missing; the file has: {has.replace('、', ', ')}",
        f"请补上列(也可用这些列名:{names})。",
        f"Add the column(s); these headings are understood: {names}.",
    )


def check_told(file: str, headings: Sequence[str], role: InputRole, told: Mapping[str, str]) -> None:
    """
    Refuse a match that somebody asked for and that cannot be.

    Raises
    ------
    InputRefusedError
        If the role knows no such word, or the file has no such heading.
    """
    keys = {_key(heading) for heading in headings}
    for word, heading in told.items():
        if word not in SYNONYMS[role]:
            words = ", ".join(SYNONYMS[role])
            raise InputRefusedError(
                file,
                f"--column 中的 {word} 不是可用的列名",
                f"'{word}', named in --column, is no column of this file",
                f"可用:{words}。",
                f"Use one of: {words}.",
            )
        if _key(heading) not in keys:
            has = "、".join([h for h in headings if h][:20]) or "-"
            raise InputRefusedError(
                file,
                f"没有“{heading}”这一列;文件中的列:{has}",
                f"there is no column '{heading}'; the file has: {has.replace('、', ', ')}",
                "请改正 --column。",
                "Correct --column.",
            )


def _key(heading: str) -> str:
    plain = unicodedata.normalize("NFKC", heading).strip("\ufeff \t\r\n*#:.").casefold().translate(_SIMPLE)
    return re.sub(r"[\s\-]+", "_", _BETWEEN_HAN.sub("", plain))
