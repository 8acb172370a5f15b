"""What is asked of a lay-out of stalls, on the wire."""

from typing import Annotated, Self

import shapely
from geojson_pydantic import MultiPolygon, Polygon
from pydantic import BaseModel, ConfigDict, Field, model_validator
from shapely.geometry import shape

from gridmap.model.kinds import UnitKind
from gridmap.services import layouts
from gridmap.services.layouts import Block, LayoutOrder
from gridmap.spatial.blocks import MOST_STALLS, BlockRule
from gridmap.spatial.numbering import CodeRule, Order

Metres = Annotated[float, Field(ge=0, le=1000, allow_inf_nan=False)]
Size = Annotated[float, Field(ge=0.3, le=1000, allow_inf_nan=False)]
Count = Annotated[int, Field(ge=1, le=MOST_STALLS)]


class RectangleIn(BaseModel):
    """A block from its first corner: `length_m` along the rows, `width_m` to their left."""

    model_config = ConfigDict(extra="forbid")

    lon: float = Field(ge=-180, le=180, examples=[121.4901])
    lat: float = Field(ge=-85, le=85, examples=[31.2251])
    length_m: float = Field(gt=0, le=5000, examples=[30])
    width_m: float = Field(gt=0, le=5000, examples=[12])


class LayoutIn(BaseModel):
    """Which block of which level, how its stalls stand and how they are numbered."""

    model_config = ConfigDict(extra="forbid")

    level: int = Field(ge=-99, le=999, description="楼层序号 / ordinal, 1F = 0")
    building: str | None = Field(default=None, max_length=64)
    rectangle: RectangleIn | None = Field(default=None, description="矩形区块 / or `outline`")
    outline: Polygon | MultiPolygon | None = Field(default=None, description="区块轮廓,经纬度 / or `rectangle`")
    angle_degrees: float = Field(default=0, ge=-360, le=360, description="排的方向,自正东逆时针 / rows, from east")
    width_m: Size = 3.0
    depth_m: Size = 3.0
    aisle_m: Metres = 2.4
    rows: Count | None = Field(default=None, description="排数,默认放满 / as many as fit")
    per_row: Count | None = Field(default=None, description="每排个数,默认放满 / as many as fit")
    double: bool = Field(default=True, description="背靠背双排 / rows back to back")
    single_first: bool = Field(default=False, description="第一排靠墙 / the first row by a wall")
    run: Count | None = Field(default=None, description="每隔几个留横通道 / stalls between cross aisles")
    cross_aisle_m: Metres = 3.0
    first: str = Field(default="A101", max_length=64, description="第一个编号 / code of the first stall")
    order: Order = Order.ROWS
    step: int = Field(default=1, ge=1, le=1000)
    names: list[str] = Field(default=[], max_length=1000, description="各排名称 / names of rows")
    kind: UnitKind = UnitKind.STALL
    store: bool = Field(default=False, description="真:入库;假:只回答图形 / true: add them to the market")

    @model_validator(mode="after")
    def _one_block(self) -> Self:
        if (self.rectangle is None) == (self.outline is None):
            raise ValueError("rectangle 与 outline 须且只须给出一个 / give either rectangle or outline")
        return self

    def order_asked(self) -> LayoutOrder:
        """Return what the use case takes."""
        rule = BlockRule(
            self.width_m, self.depth_m, self.aisle_m, self.rows, self.per_row, self.angle_degrees,
            self.double, self.single_first, self.run, self.cross_aisle_m,
        )  # fmt: skip
        codes = CodeRule(self.first, self.order, self.step, tuple(self.names))
        return LayoutOrder(self._block(), rule, codes, self.level, self.building, self.kind)

    def _block(self) -> Block:
        if self.rectangle is not None:
            r = self.rectangle
            return layouts.rectangle(r.lon, r.lat, length_m=r.length_m, width_m=r.width_m)
        assert self.outline is not None  # one of the two is given
        outline = shape(self.outline.model_dump())
        assert isinstance(outline, shapely.Polygon | shapely.MultiPolygon)  # by the schema
        return Block(outline)
