"""Why a market of an import stays out as a whole, in words."""

from datetime import date

from gridmap.errors import InputRefusedError
from gridmap.model.ids import MarketCode, MemberCode
from gridmap.services.intake_report import MarketIntake


def market_exists(code: MarketCode, file: str) -> InputRefusedError:
    """Say that somebody else made the market while the file was read."""
    return InputRefusedError(
        file,
        f"市场 {code} 已存在",
        f"the market {code} exists already",
        "请再导入一次,或在 market 列换一个编号。",
        "Import the file again, or give the market another code.",
    )


def changed_meanwhile(code: MarketCode, file: str) -> InputRefusedError:
    """Say that somebody else changed the market while the file was read."""
    return InputRefusedError(
        file,
        f"市场 {code} 在读取文件时被他人修改",
        f"the market {code} was changed by somebody else meanwhile",
        "请再导入一次。",
        "Import the file again.",
    )


def member_exists(code: MemberCode, taken: MarketIntake) -> InputRefusedError:
    """Say that a member of the list belongs to another market."""
    return InputRefusedError(
        next(count.file for count in taken.counts if count.role == "members"),
        f"网格员编号 {code} 已存在",
        f"the member code {code} exists already",
        "每人一个编号,只属于一个市场;请改正。",
        "Everybody has a code of his own, in one market: correct it.",
    )


def organisation_exists(code: str, taken: MarketIntake) -> InputRefusedError:
    """Say that an organisation of the list is one that the caller does not see."""
    return InputRefusedError(
        next(count.file for count in taken.counts if count.role == "organisations"),
        f"组织编号 {code} 已存在,属于您看不到的市场",
        f"the organisation code {code} exists already, in markets that you do not see",
        "请换一个编号,或请管理员导入。",
        "Use another code, or ask an administrator to import it.",
    )


def too_many_close(file: str, closes: int, stock: int) -> InputRefusedError:
    """Say that a list, taken as whole, would end a large share of all occupancies."""
    return InputRefusedError(
        file,
        f"按完整清单处理,{stock} 个经营期中有 {closes} 个将退场",
        f"taken as a whole list, it would end {closes} of {stock} occupancies",
        "确是完整清单请加 --whole,只是其中一部分请加 --partial。",
        "Say --whole if it is whole, --partial if it is a part.",
    )


def later_list(file: str, day: date, later: date, record: str) -> InputRefusedError:
    """Say that a list comes too late: a later one is in force."""
    return InputRefusedError(
        file,
        f"清单自 {day} 起,而自 {later} 起的清单 {record} 已入库",
        f"the list is from {day}, but {record} from {later} is in force already",
        "请先撤销较晚的清单(gridmap register undo),或用 --from 写明正确的日期。",
        "Undo the later one first (gridmap register undo), or say the right day with --from.",
    )


def name_of_known(file: str) -> InputRefusedError:
    """Say that a market that is there already keeps its name."""
    return InputRefusedError(
        file,
        "市场已存在,导入清单不能改名",
        "the market is there already: a list does not rename it",
        "请去掉 --name。",
        "Leave --name out.",
    )
