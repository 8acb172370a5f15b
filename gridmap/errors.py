"""What can go wrong, in words for people and in typed fields for programs.

Every error has a stable `code`, a sentence in Chinese and one in English. No class here knows an HTTP status or an
exit code: `api/errors.py` and `cli/errors.py` hold one table each.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, ClassVar, Literal

Language = Literal["zh", "en"]

_WORDS_ZH = {
    "market": "市场", "building": "楼栋", "level": "楼层", "stall": "铺位", "member": "网格员", "plan": "方案",
    "zone": "责任区", "place": "示范地点", "account": "账号", "token": "令牌", "division": "行政区划",
    "draft": "草案", "published": "现行方案", "ended": "历史方案", "import": "导入", "quarantine": "待处理行",
    "proposed": "待确认", "applied": "已入库", "undone": "已撤销", "dropped": "已放弃", "open": "待处理",
    "mended": "已改正入库",
    "absence": "请假记录", "assignment": "责任分工", "merchant": "商户", "record": "走访记录",
}  # fmt: skip
_WORD_FIELDS = ("kind", "state", "needed")
"""Fields that carry a word of the glossary, shown in the reader's language."""


@dataclass(eq=False)
class GridmapError(Exception):
    """Base of all errors that gridmap raises on purpose."""

    code: ClassVar[str] = "error"
    title_zh: ClassVar[str] = "出错"
    title_en: ClassVar[str] = "Error"
    zh: ClassVar[str] = "出错。"
    en: ClassVar[str] = "Something went wrong."

    def text(self, language: Language = "zh") -> str:
        """Return the sentence in one language, with the fields filled in."""
        values = {f.name: getattr(self, f.name) for f in fields(self)}
        if language == "zh":
            values |= {name: _WORDS_ZH.get(values[name], values[name]) for name in _WORD_FIELDS if name in values}
        return (self.zh if language == "zh" else self.en).format(**values)

    def title(self, language: Language = "zh") -> str:
        """Return the short name of this kind of error."""
        return self.title_zh if language == "zh" else self.title_en

    def __str__(self) -> str:
        return f"{self.text('zh')} / {self.text('en')}"


@dataclass(eq=False)
class NotFoundError(GridmapError):
    """A thing that was named does not exist."""

    kind: str
    name: str
    code: ClassVar[str] = "not-found"
    title_zh: ClassVar[str] = "未找到"
    title_en: ClassVar[str] = "Not found"
    zh: ClassVar[str] = "没有找到 {kind}“{name}”。请核对编号。"
    en: ClassVar[str] = "There is no {kind} '{name}'. Check the code."


@dataclass(eq=False)
class AlreadyExistsError(GridmapError):
    """A code that must be unique is taken."""

    kind: str
    name: str
    code: ClassVar[str] = "already-exists"
    title_zh: ClassVar[str] = "已存在"
    title_en: ClassVar[str] = "Already exists"
    zh: ClassVar[str] = "{kind}“{name}”已存在。请换一个编号,或先删除原有的。"
    en: ClassVar[str] = "The {kind} '{name}' exists already. Choose another code or delete the old one first."


@dataclass(eq=False)
class VersionAheadError(GridmapError):
    """A caller asks for a state that the database has not reached: he heard of it from another database."""

    wanted: int
    reached: int
    code: ClassVar[str] = "version-ahead"
    title_zh: ClassVar[str] = "版本尚未到达"
    title_en: ClassVar[str] = "Version not reached"
    zh: ClassVar[str] = "要求的版本 {wanted} 尚未到达,当前为 {reached}。请核对 X-Gridmap-At-Least 是否来自本系统。"
    en: ClassVar[str] = "Version {wanted} is not reached, this is {reached}. Check where X-Gridmap-At-Least is from."


@dataclass(eq=False)
class InvalidParameterError(GridmapError):
    """A parameter has a value that makes no sense, or two of them contradict each other."""

    field: str
    value: str
    remedy_zh: str
    remedy_en: str
    code: ClassVar[str] = "invalid-parameter"
    title_zh: ClassVar[str] = "参数有误"
    title_en: ClassVar[str] = "Invalid parameter"
    zh: ClassVar[str] = "参数 {field} 的值“{value}”不可用。{remedy_zh}"
    en: ClassVar[str] = "Parameter {field} cannot be '{value}'. {remedy_en}"


@dataclass(eq=False)
class InputRefusedError(GridmapError):
    """A whole file cannot be used; nothing of it was written."""

    file: str
    reason_zh: str
    reason_en: str
    remedy_zh: str
    remedy_en: str
    code: ClassVar[str] = "input-refused"
    title_zh: ClassVar[str] = "文件无法使用"
    title_en: ClassVar[str] = "Input refused"
    zh: ClassVar[str] = "文件 {file}:{reason_zh}。{remedy_zh} 没有写入任何数据。"
    en: ClassVar[str] = "File {file}: {reason_en}. {remedy_en} Nothing was written."


@dataclass(eq=False)
class GeometryError(GridmapError):
    """A geometry breaks a rule that an algorithm relies on."""

    what: str
    where: str
    code: ClassVar[str] = "geometry"
    title_zh: ClassVar[str] = "图形有误"
    title_en: ClassVar[str] = "Geometry error"
    zh: ClassVar[str] = "{where} 的图形有误:{what}。"
    en: ClassVar[str] = "Geometry of {where}: {what}."


@dataclass(frozen=True, slots=True)
class LaterChange:
    """What somebody else did after the caller read a thing: at which revision, who, when, and the edit as JSON."""

    revision: int
    by: str
    at: str
    edit: Mapping[str, Any]


@dataclass(eq=False)
class StaleVersionError(GridmapError):
    """Somebody else changed the thing since it was read."""

    kind: str
    name: str
    current: str
    changes: tuple[LaterChange, ...] = ()
    code: ClassVar[str] = "stale-version"
    title_zh: ClassVar[str] = "内容已被他人修改"
    title_en: ClassVar[str] = "Stale version"
    zh: ClassVar[str] = "{kind}“{name}”在您读取之后已被修改(现为版本 {current})。请重新读取后再提交。"
    en: ClassVar[str] = "{kind} '{name}' changed since you read it (now version {current}). Read it again first."


@dataclass(eq=False)
class PlanStateError(GridmapError):
    """A plan is not in the state that the action needs."""

    plan: str
    state: str
    needed: str
    code: ClassVar[str] = "plan-state"
    title_zh: ClassVar[str] = "方案状态不符"
    title_en: ClassVar[str] = "Plan state"
    zh: ClassVar[str] = "方案“{plan}”目前是“{state}”,此操作需要“{needed}”。"
    en: ClassVar[str] = "Plan '{plan}' is '{state}', but this needs '{needed}'."


@dataclass(eq=False)
class ZoneLockedError(GridmapError):
    """An edit would change the stalls of a locked zone."""

    zone: str
    code: ClassVar[str] = "zone-locked"
    title_zh: ClassVar[str] = "责任区已锁定"
    title_en: ClassVar[str] = "Zone locked"
    zh: ClassVar[str] = "责任区 {zone} 已锁定,其铺位不能变动。请先解锁。"
    en: ClassVar[str] = "Zone {zone} is locked: its stalls cannot change. Unlock it first."


@dataclass(eq=False)
class InfeasibleError(GridmapError):
    """The merchants cannot be shared out under the given cap or number of zones; nothing was written."""

    merchants: int
    cap: int
    zones: int
    need: int
    least_cap_pooled: int
    least_cap_no_crossing: int
    tightest_market: str
    tightest_need: int
    tightest_have: int
    code: ClassVar[str] = "infeasible-cap"
    title_zh: ClassVar[str] = "按此条件无法划分"
    title_en: ClassVar[str] = "Infeasible"
    zh: ClassVar[str] = (
        "按此条件无法划分:{merchants}户、上限{cap}户,至少需{need}个责任区,现有{zones}个。"
        "若仍为{zones}个,上限最低须放宽到{least_cap_pooled}户(不分市场)"
        "或{least_cap_no_crossing}户(不跨市场)。"
        "最紧张的市场:{tightest_market},需{tightest_need}人,现有{tightest_have}人。"
        "本次未生成方案。"
    )
    en: ClassVar[str] = (
        "Infeasible: {merchants} merchants under a cap of {cap} need {need} zones, there are {zones}. "
        "With {zones} zones the least cap is {least_cap_pooled} pooled, {least_cap_no_crossing} with no zone across "
        "markets. Tightest market: {tightest_market} needs {tightest_need}, has {tightest_have}. No plan was made."
    )


@dataclass(eq=False)
class DoesNotFitError(GridmapError):
    """More stalls were asked for than a block of floor has room for; nothing was drawn."""

    asked: int
    fit: int
    rows: int
    per_row: int
    code: ClassVar[str] = "does-not-fit"
    title_zh: ClassVar[str] = "放不下"
    title_en: ClassVar[str] = "Does not fit"
    zh: ClassVar[str] = (
        "放不下:要画 {asked} 个铺位,这里只放得下 {fit} 个({rows} 排,最短的一排 {per_row} 个)。"
        "请减小铺位或通道的尺寸,或减少排数、每排个数。"
    )
    en: ClassVar[str] = (
        "It does not fit: {asked} stalls were asked for, {fit} have room ({rows} rows, the shortest of {per_row}). "
        "Make stalls or aisles smaller, or ask for fewer rows or fewer stalls in a row."
    )


@dataclass(eq=False)
class ZoneCrossesMarketError(GridmapError):
    """A zone would hold stalls of more than one market."""

    zone: str
    markets: str
    code: ClassVar[str] = "zone-crosses-market"
    title_zh: ClassVar[str] = "责任区跨市场"
    title_en: ClassVar[str] = "Zone crosses markets"
    zh: ClassVar[str] = "责任区 {zone} 跨了市场({markets})。一个责任区只能在一个市场内。"
    en: ClassVar[str] = "Zone {zone} crosses markets ({markets}). A zone lies inside one market."


@dataclass(eq=False)
class NotReadyError(GridmapError):
    """The installation lacks something it needs."""

    what_zh: str
    what_en: str
    remedy: str
    code: ClassVar[str] = "not-ready"
    title_zh: ClassVar[str] = "系统未就绪"
    title_en: ClassVar[str] = "Not ready"
    zh: ClassVar[str] = "{what_zh}。处理办法:{remedy}"
    en: ClassVar[str] = "{what_en}. Remedy: {remedy}"


@dataclass(eq=False)
class TooFewZonesError(InfeasibleError):
    """There are fewer zones than parts that no zone may or can join: markets, or pieces of one without a link."""

    code: ClassVar[str] = "infeasible-zones"
    zh: ClassVar[str] = (
        "按此条件无法划分:共有{need}个互不相通的部分(市场,或市场内没有通道相连的片区),"
        "每个至少需1个责任区,"
        "现有{zones}个。请增加责任区数,或补上缺失的通道。本次未生成方案。"
    )
    en: ClassVar[str] = (
        "Infeasible: there are {need} parts that no zone can join (markets, or areas of one that no link joins); each "
        "needs a zone of its own, and there are {zones}. Ask for more zones or add the missing links. No plan was made."
    )


@dataclass(eq=False)
class CapMissedError(InfeasibleError):
    """Enough zones by arithmetic, but `over` of those found exceed the cap, with up to `reached` merchants."""

    over: int
    reached: int
    code: ClassVar[str] = "infeasible-cap-missed"
    zh: ClassVar[str] = (
        "按此条件未能划分:{merchants}户、上限{cap}户,算术上{need}个责任区够用(现有{zones}个),"
        "但铺位不可拆分、每区须连成一片,仍有{over}个责任区超过上限,最多{reached}户(市场:{tightest_market})。"
        "请增加责任区,或将上限放宽到{reached}户。本次未生成方案。"
    )
    en: ClassVar[str] = (
        "No zones were found: {merchants} merchants under a cap of {cap} need {need} zones by arithmetic, and there "
        "are {zones}; but with whole stalls and zones in one piece {over} of them exceed the cap, up to {reached} "
        "merchants (market: {tightest_market}). Ask for more zones, or allow {reached}. No plan was made."
    )


@dataclass(eq=False)
class UnauthenticatedError(GridmapError):
    """Nobody has signed in, or the session or token no longer works."""

    code: ClassVar[str] = "unauthenticated"
    title_zh: ClassVar[str] = "请先登录"
    title_en: ClassVar[str] = "Not signed in"
    zh: ClassVar[str] = "请先登录,或出示有效的令牌。"
    en: ClassVar[str] = "Sign in first, or send a token that is valid."


@dataclass(eq=False)
class BadSignInError(UnauthenticatedError):
    """Name or password is wrong. Which of the two is not said."""

    code: ClassVar[str] = "bad-sign-in"
    title_zh: ClassVar[str] = "无法登录"
    title_en: ClassVar[str] = "Cannot sign in"
    zh: ClassVar[str] = "账号或密码不对。忘记密码请联系管理员重新发放链接。"
    en: ClassVar[str] = "Name or password is wrong. If you forgot it, ask an administrator for a new link."


@dataclass(eq=False)
class ForbiddenError(GridmapError):
    """The caller is known but may not do this."""

    action: str
    code: ClassVar[str] = "forbidden"
    title_zh: ClassVar[str] = "没有权限"
    title_en: ClassVar[str] = "Forbidden"
    zh: ClassVar[str] = "您的账号没有进行此操作的权限({action})。需要时请联系管理员。"
    en: ClassVar[str] = "Your account may not do this ({action}). Ask an administrator if you need to."


@dataclass(eq=False)
class CrossSiteError(GridmapError):
    """A write under a session cookie came without its CSRF token."""

    code: ClassVar[str] = "cross-site"
    title_zh: ClassVar[str] = "请求来源不明"
    title_en: ClassVar[str] = "Cross-site request"
    zh: ClassVar[str] = "此请求没有带上本次登录的校验值(X-CSRF-Token),已拒绝。请刷新页面后再试。"
    en: ClassVar[str] = "The request lacks the check value of this session (X-CSRF-Token). Reload the page first."


@dataclass(eq=False)
class ThrottledError(GridmapError):
    """Too many sign-ins failed in a row."""

    wait_s: int
    code: ClassVar[str] = "throttled"
    title_zh: ClassVar[str] = "尝试过于频繁"
    title_en: ClassVar[str] = "Too many attempts"
    zh: ClassVar[str] = "登录失败次数过多,请在 {wait_s} 秒后再试。"
    en: ClassVar[str] = "Too many failed attempts. Try again in {wait_s} s."


@dataclass(eq=False)
class LinkUnusableError(GridmapError):
    """A one-time link was used, is over, or never existed. Which of them is not said."""

    code: ClassVar[str] = "link-unusable"
    title_zh: ClassVar[str] = "链接已失效"
    title_en: ClassVar[str] = "Link cannot be used"
    zh: ClassVar[str] = "此链接已使用、已过期或不存在。请联系管理员重新发放。"
    en: ClassVar[str] = "This link was used, is over or does not exist. Ask an administrator for a new one."


@dataclass(eq=False)
class AlreadyRunningError(GridmapError):
    """Somebody has begun the same long work, and it has not ended yet."""

    kind: str
    name: str
    code: ClassVar[str] = "already-running"
    title_zh: ClassVar[str] = "正在进行"
    title_en: ClassVar[str] = "Already running"
    zh: ClassVar[str] = "{kind}“{name}”正在载入,请等它完成。"
    en: ClassVar[str] = "The {kind} '{name}' is being loaded already. Wait until that is done."


@dataclass(eq=False)
class ImportStateError(GridmapError):
    """An import, or a row in quarantine, is not in the state that the action needs."""

    kind: str
    name: str
    state: str
    needed: str
    code: ClassVar[str] = "import-state"
    title_zh: ClassVar[str] = "导入状态不符"
    title_en: ClassVar[str] = "Import state"
    zh: ClassVar[str] = "{kind}“{name}”目前是“{state}”,此操作需要“{needed}”。"
    en: ClassVar[str] = "The {kind} '{name}' is '{state}', but this needs '{needed}'."


@dataclass(eq=False)
class RegisterConflictError(GridmapError):
    """The register is no longer as the changes found it, or other things refer to what would go."""

    thing: str
    by: str
    code: ClassVar[str] = "register-conflict"
    title_zh: ClassVar[str] = "登记已有后续变动"
    title_en: ClassVar[str] = "The register has changed since"
    zh: ClassVar[str] = "“{thing}”之后又有变动或被引用({by}),没有写入任何数据。请先撤销较晚的变动,或重新提交清单。"
    en: ClassVar[str] = (
        "{thing} was changed or is referred to since ({by}); nothing was written. Undo what came later first, or hand "
        "in the list anew."
    )


@dataclass(eq=False)
class LeaderTakenError(GridmapError):
    """A market has a leader on those days: at most one at any date."""

    market: str
    leader: str
    code: ClassVar[str] = "leader-taken"
    title_zh: ClassVar[str] = "已有网格长"
    title_en: ClassVar[str] = "There is a leader"
    zh: ClassVar[str] = "市场“{market}”在这段时间已有网格长 {leader}。每个市场同一天只有一名网格长,请先结束原任职。"
    en: ClassVar[str] = "Market '{market}' has the leader {leader} on those days; end that first: one at any date."


@dataclass(eq=False)
class TiersShortError(GridmapError):
    """Tiers of visits need more than there are each day."""

    need: int
    limit: int
    code: ClassVar[str] = "tiers-short"
    title_zh: ClassVar[str] = "走访次数不足"
    title_en: ClassVar[str] = "Not enough visits"
    zh: ClassVar[str] = "各档按周期每日共需 {need} 次,上限为 {limit} 次。请放宽周期或减少户数。"
    en: ClassVar[str] = "The tiers with a cycle need {need} visits a day, the limit is {limit}. Lengthen a cycle."


@dataclass(eq=False)
class DutyConflictError(GridmapError):
    """An assignment cannot stand beside another, or beyond a capacity."""

    what_zh: str
    what_en: str
    code: ClassVar[str] = "duty-conflict"
    title_zh: ClassVar[str] = "分工冲突"
    title_en: ClassVar[str] = "Duties in conflict"
    zh: ClassVar[str] = "{what_zh}"
    en: ClassVar[str] = "{what_en}"
