"""Settings, read from the environment (prefix `GRIDMAP_`); only the doors read them."""

from functools import lru_cache
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

_PACKAGE = Path(__file__).parent


class Settings(BaseSettings):
    """All settings; `gridmap settings` lists them with their present values."""

    model_config = SettingsConfigDict(env_prefix="GRIDMAP_", frozen=True, extra="ignore")

    database_url: str = Field(
        default="sqlite:///var/gridmap.db",
        description="数据库 / database: sqlite:///file (SpatiaLite), postgresql+psycopg://user@host/name (PostGIS)",
    )
    host: str = Field(default="127.0.0.1", description="监听地址;对外须先有管理员 / address, see docs/reference.md")
    port: int = Field(default=8000, ge=1, le=65535, description="监听端口 / port")
    public_url: str = Field(
        default="", description="一次性链接和二维码所用的网址,默认按监听地址 / address in links and printed codes"
    )
    proxies: str = Field(
        default="",
        description="受信反向代理的地址,逗号分隔 / reverse proxies whose X-Forwarded-For and -Proto are believed",
    )
    tls_cert: Path | None = Field(default=None, description="TLS 证书文件 / certificate")
    tls_key: Path | None = Field(default=None, description="TLS 私钥文件 / private key")
    workers: int = Field(default=1, ge=1, le=64, description="服务进程数 / server processes")
    upload_mib: int = Field(
        default=256, ge=16, le=4096, description="导入文件的上传上限,MiB / most that an upload of files may have"
    )
    time_zone: str = Field(default="Asia/Shanghai", description="屏幕与日历所用时区 / time zone of screens and days")
    web_dir: Path = Field(default=_PACKAGE / "web", description="网页端文件夹 / folder of the built web client")
    keep_records_days: int = Field(default=730, ge=1, description="走访等记录保留天数 / days that records are kept")
    keep_absences_days: int = Field(default=730, ge=1, description="请假记录保留天数 / days that absences are kept")
    keep_ended_days: int = Field(
        default=1095, ge=1, description="离任人员、退场商户的姓名名称保留天数 / days that names are kept after the end"
    )
    keep_keys_days: int = Field(default=90, ge=1, description="失效的链接和令牌保留天数 / days that dead keys are kept")
    calendar: Path | None = Field(default=None, description="节假日历文件,默认只有周末 / file of holidays")
    basemap_url: str = Field(default="", description="底图瓦片地址,含 {z} {x} {y};留空则自绘 / address of a basemap")
    basemap_datum: Literal["wgs84", "gcj02"] = Field(
        default="wgs84", description="底图坐标基准:wgs84(含 CGCS2000)或 gcj02 / datum of the basemap"
    )
    basemap_credit: str = Field(default="", description="底图署名 / whose basemap it is")
    spatialite: str = Field(default="", description="SpatiaLite 扩展路径,留空则自动查找 / path of mod_spatialite")

    @property
    def zone(self) -> ZoneInfo:
        """The time zone of screens and calendar days."""
        return ZoneInfo(self.time_zone)


@lru_cache(maxsize=1)
def settings() -> Settings:
    """Return the settings of this process."""
    return Settings()
