"""Files of an import as a browser or a program sends them: a form with a file for each role, and how to read them."""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from shutil import copyfileobj
from tempfile import TemporaryDirectory
from typing import Annotated, Literal

from fastapi import File, Form, UploadFile
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from gridmap.errors import InvalidParameterError
from gridmap.exchange.headings import SYNONYMS
from gridmap.exchange.place_files import PLACES
from gridmap.model.intake import CONTROL_LIMIT_M, Datum, InputRole, IntakeFiles, Reading
from gridmap.services.intake import NO_TRADES
from gridmap.services.register import Intake

_PLACED: tuple[InputRole, ...] = ("levels", "stalls", "connectors")
_LONGEST_NAME = 120


class ReadingIn(BaseModel):
    """How one file is to be read, as far as it does not say so itself."""

    model_config = ConfigDict(extra="forbid")

    level: Annotated[int, Field(ge=-99, le=999)] | None = Field(None, description="未写楼层的行 / rows that name none")
    columns: dict[str, str] = Field(default_factory=dict, description="列的对应 / our word -> heading in the file")
    sheet: str | None = Field(None, description="工作表 / sheet of a workbook")
    datum: Datum | None = None
    crs: str | None = Field(None, description="未注明坐标系时的 EPSG 编号 / EPSG code of a file that names none")
    layers: list[str] = Field(default_factory=list, description="DXF 图层,`图层@楼层序号` / layers of a drawing")
    control_limit_m: float = Field(CONTROL_LIMIT_M, gt=0, le=100)
    placement: Literal["similarity", "affine"] = "similarity"


class IntakeOptions(BaseModel):
    """What is said of the files."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    first_day: date | None = Field(None, alias="from", description="清单自哪天起,默认今天 / first day of a list")
    whole: bool | None = Field(None, description="名单之外的即已离场,默认是 / who is not on it is gone")
    name: str = Field("", max_length=200, description="新市场的名称 / name of a new market")
    datum: Datum = "wgs84"
    accept_datum: bool = Field(False, description="已核对:各层位置如此 / layers that lie apart are meant so")
    trades: str = Field(
        "",
        description="业态清单取自某地点;默认用保存的清单,none 不核对 / of a place; none: no list",
        examples=["beizhen"],
    )
    readings: dict[InputRole, ReadingIn] = Field(default_factory=dict, description="逐类 / by role")


@dataclass
class Uploads:
    """The form."""

    levels: Annotated[UploadFile | None, File(description="楼层轮廓 / level outlines")] = None
    stalls: Annotated[UploadFile | None, File(description="铺位 / stalls")] = None
    merchants: Annotated[UploadFile | None, File(description="商户 / merchants")] = None
    connectors: Annotated[UploadFile | None, File(description="连通点 / connectors")] = None
    links: Annotated[UploadFile | None, File(description="通路 / links")] = None
    organisations: Annotated[UploadFile | None, File(description="组织台账 / organisations")] = None
    members: Annotated[UploadFile | None, File(description="责任人台账 / members")] = None
    everything: Annotated[UploadFile | None, File(description="含多类内容的文件 / one that holds several kinds")] = None
    trades: Annotated[UploadFile | None, File(description="业态清单 / list of trades")] = None
    control: Annotated[UploadFile | None, File(description="控制点 / control points of a drawing")] = None
    options: Annotated[str, Form(description="IntakeOptions, JSON")] = "{}"

    @contextmanager
    def intake(self, *, dry_run: bool = False) -> Generator[Intake]:
        """
        Give what is asked of an import, with its files in a folder that is gone afterwards.

        Raises
        ------
        RequestValidationError
            If the options are not as `IntakeOptions` has them.
        InvalidParameterError
            If a list of trades or a column is named that there is not.
        """
        said = _options(self.options)
        with TemporaryDirectory(prefix="gridmap-import-") as folder:
            at = {name: saved(sent, Path(folder) / name) for name, sent in self._sent().items()}
            roles: tuple[InputRole, ...] = tuple(SYNONYMS)
            files = IntakeFiles(
                **{role: at[role] for role in roles if role in at and role != "trades"},
                everything=at.get("everything"),
                readings={role: _reading(role, said, at.get("control")) for role in roles},
                datum_accepted=said.accept_datum,
                trades=str(at["trades"]) if "trades" in at else _place(said.trades),
            )
            yield Intake(files, said.name, said.datum, dry_run, said.first_day, said.whole)

    def _sent(self) -> dict[str, UploadFile]:
        return {name: sent for name, sent in vars(self).items() if name != "options" and sent is not None}


def _options(text: str) -> IntakeOptions:
    try:
        return IntakeOptions.model_validate_json(text or "{}")
    except ValidationError as error:
        raise RequestValidationError(
            [{**fault, "loc": ("body", "options", *fault["loc"]), "type": "value_error"} for fault in error.errors()]
        ) from error


def saved(sent: UploadFile, folder: Path) -> Path:
    """Keep a file under the last part of its name; a folder of its own, as two may be called alike."""
    name = (sent.filename or "").replace("\\", "/").rpartition("/")[2]
    name = "".join(c for c in name if c.isprintable()).strip(" .")[-_LONGEST_NAME:] or "file"
    folder.mkdir()
    with (folder / name).open("wb") as target:
        copyfileobj(sent.file, target)
    return folder / name


def _reading(role: InputRole, said: IntakeOptions, control: Path | None) -> Reading:
    given = said.readings.get(role, ReadingIn.model_construct())
    for word in given.columns:
        if word not in SYNONYMS[role]:
            raise InvalidParameterError(
                f"options/readings/{role}/columns", word, f"可用:{', '.join(SYNONYMS[role])}。",
                f"Known here: {', '.join(SYNONYMS[role])}.",
            )  # fmt: skip
    return Reading(
        level=given.level, columns=given.columns, sheet=given.sheet, datum=given.datum, crs=given.crs,
        layers=tuple(given.layers), control=control if role in _PLACED else None,
        control_limit_m=given.control_limit_m, placement=given.placement,
    )  # fmt: skip


def _place(name: str) -> str:
    """Let through the name of a place, or `none`: any other text would be a file of the server."""
    if name and name not in (*PLACES, NO_TRADES):
        raise InvalidParameterError(
            "options/trades", name, f"可用:{', '.join(PLACES)};或上传 trades 文件。",
            f"It is one of {', '.join(PLACES)}; or send a file `trades`.",
        )  # fmt: skip
    return name
