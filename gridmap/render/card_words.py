"""Words of the public card, in Chinese and English."""

from typing import Final

from gridmap.errors import Language
from gridmap.model.answers import Reason
from gridmap.model.kinds import Role

REASONS: Final[dict[Language, dict[Reason, str]]] = {
    "zh": {
        Reason.OWN_ZONE: "本人负责", Reason.COVER: "代管", Reason.DEPUTY: "代管", Reason.LEADER: "由网格长接办",
        Reason.OPERATOR: "由市场开办者接办", Reason.NEAREST_ZONE: "最近责任区", Reason.NOBODY: "暂无人负责",
    },
    "en": {
        Reason.OWN_ZONE: "in charge", Reason.COVER: "stands in", Reason.DEPUTY: "stands in",
        Reason.LEADER: "grid leader", Reason.OPERATOR: "market operator", Reason.NEAREST_ZONE: "nearest zone",
        Reason.NOBODY: "nobody at present",
    },
}  # fmt: skip
ROLES_EN: Final[dict[Role, str]] = {
    Role.MEMBER: "Grid member", Role.DEPUTY: "Deputy", Role.LEADER: "Grid leader", Role.GUIDE: "Guide",
    Role.LIAISON: "Liaison", Role.OPERATOR: "Market operator",
}  # fmt: skip
WORDS: Final[dict[Language, dict[str, str]]] = {
    "zh": {
        "head": "市场网格 · 责任公示", "zone": "责任区", "zones": "责任分工", "stalls": "铺位", "leader": "网格长",
        "name": "名称", "where": "本区位置", "map": "责任区分布", "call": "办公电话,点按拨打", "office": "办公联系方式",
        "no_contact": "未登记办公联系方式,请到市场服务站点询问",
        "nobody": "暂无人负责", "nobody_do": "今天这个责任区没有可以答复的网格员。请向市场开办者或所在社区反映。",
        "choose": "请选择市场", "missing": "没有这张公示牌",
        "missing_do": "责任区可能已经调整。请扫现场最新张贴的二维码,或向市场开办者询问。",
        "kept": "本页只公开岗位信息,不记录访问者", "as_of": "{when} 的责任分工",
        "since": "{day}起生效", "of": "{n} 个铺位",
    },
    "en": {
        "head": "Market grid · who is responsible", "zone": "Zone", "zones": "who is responsible", "stalls": "Stalls",
        "leader": "Grid leader", "name": "Name", "where": "Where it is", "map": "Zones", "call": "Office, tap to call",
        "office": "Office contact", "no_contact": "No office contact is registered; please ask at the service point",
        "nobody": "Nobody at present",
        "nobody_do": "No member can answer for this zone today. Please tell the market's operator or the community.",
        "choose": "Which market?", "missing": "There is no such card",
        "missing_do": "The zone may have been changed. Scan the newest code on the wall, or ask the market's operator.",
        "kept": "Posts only; who looks is not recorded", "as_of": "As of {when}", "since": "in force since {day}",
        "of": "{n} stalls",
    },
}  # fmt: skip
