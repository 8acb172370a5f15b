"""Headings of lists, in Chinese and English: what our own words may be called in a file."""

from collections.abc import Mapping

from gridmap.model.intake import InputRole


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_STALL = _words(
    "stall_id stall stall_no stall_code stall_number unit_id unit_no unit_number shop_no shop_number booth "
    "booth_no 摊位号 铺位号 摊位编号 铺位编号 摊位编码 铺位编码 摊位代码 铺位代码 商铺代码 商铺编码 门店编号 门面号 "
    "铺号 摊号 商铺号 商铺编号 店铺编号 店铺号 店面号 "
    "档口号 档口编号 档位号 档号 档口 档位 门牌号 单元号 房号"
)
_LEVEL = _words("level level_ordinal ordinal 楼层序号 floor storey story 楼层 所在楼层 层 层数")
_LABEL = _words("level_label label floor_label level_name floor_name 楼层名称 楼层标签")
_BUILDING = _words("building building_id 楼栋 楼号 栋 栋号 幢 幢号 楼宇 楼栋号")
_MARKET = _words("market market_code 市场 市场编号 市场代码")
_LON = _words("lon lng long longitude 经度")
_LAT = _words("lat latitude 纬度")
_WKT = _words("wkt 图形wkt geometry_wkt geometry geom")
_LEDGER = {
    "source": _words("source data_source 来源 数据来源 信息来源 采集方式 采集来源 登记方式 填报方式"),
    "verification": _words("verification verified state_of_verification 核实状态 核实情况 核实 是否核实 核实结果"),
}
"""What each row of a ledger may say of itself."""
_MORE_WKT = {f"wkt_{n}": (f"wkt_{n}", f"图形wkt{n}") for n in range(2, 10)}
"""An outline too long for one cell runs on in these."""

SYNONYMS: Mapping[InputRole, Mapping[str, tuple[str, ...]]] = {
    "levels": {
        "market": _MARKET,
        "level": (*_LEVEL, *_LABEL),
        "label": (*_LABEL, *_words("name 名称")),
        "building": _BUILDING,
        "building_name": _words("building_name 楼栋名称"),
        "market_name": _words("market_name 市场名称"),
        "market_kind": _words("market_kind 市场类型"),
        "layout": _words("layout market_layout 布局"),
        "division": _words("division division_code 行政区划"),
        "wkt": _WKT,
        **_MORE_WKT,
    },
    "stalls": {
        "market": _MARKET,
        "stall_id": (*_STALL, *_words("摊位 铺位 商铺 unit 编号")),
        "level": (*_LEVEL, *_LABEL),
        "level_label": _LABEL,
        "kind": _words("kind unit_kind category type 类型 类别 用途"),
        "zone": _words("zone 责任区 责任区编号"),
        "name": _words("name stall_name unit_name 铺位名称 摊位名称 名称"),
        "building": _BUILDING,
        "lon": _LON,
        "lat": _LAT,
        "x": _words("x 横坐标 x坐标 图上x"),
        "y": _words("y 纵坐标 y坐标 图上y"),
        "wkt": _WKT,
        **_MORE_WKT,
    },
    "merchants": {
        "market": _MARKET,
        "stall_id": (*_STALL, *_words("摊位 铺位 商铺 unit lot")),
        "name": _words(
            "name merchant merchant_name shop_name store_name shop store tenant tenant_name trading_name "
            "business_name dba_name 商户名称 店名 商户名 商户 字号 字号名称 店铺名称 店铺名 门店名称 商铺名称 "
            "商家名称 商家 商号 商号名称 商店名称 店面名称 铺名 "
            "租户 租户名称 经营户 经营户名称 业户 业户名称 招牌 招牌名称 个体户名称 个体工商户名称 "
            "企业名称 单位名称 市场主体名称 经营主体名称 经营主体 名称"
        ),
        "level": (*_LEVEL, *_LABEL),
        "merchant_id": _words("merchant_id merchant_code 商户编号 商户号 商户代码"),
        "trade": _words(
            "trade business trade_code industry category 经营范围 经营品类 经营类别 经营种类 经营项目 营业项目 "
            "经营内容 主营产品 主营商品 经营品种 "
            "业态 业态类别 行业 行业类别 行业门类 行业代码 主营 主营业务 主营品类 品类"
        ),
        "uscc": _words(
            "uscc credit_code unified_social_credit_code 统一社会信用代码 社会信用代码 统一信用代码 统一代码 "
            "信用代码 信用码 统一社会信用代码/注册号 营业执照号 营业执照号码 营业执照注册号 工商注册号 注册号 执照号"
        ),
        "valid_from": _words("valid_from from since start_date 入驻日期 入驻时间 开始日期 入场日期 进场日期 开业日期"),
        "valid_to": _words("valid_to until end_date 退场日期 结束日期 撤场日期 离场日期"),
        **_LEDGER,
    },
    "connectors": {
        "market": _MARKET,
        "code": _words("code connector connector_id id 编号 连通点 连通点编号"),
        "kind": _words("kind type 类型 类别"),
        "from_level": _words("from_level 起始楼层 起点楼层 从楼层"),
        "to_level": _words("to_level 到达楼层 终点楼层 到楼层"),
        "from_building": _words("from_building building 起始楼栋 楼栋"),
        "to_building": _words("to_building 到达楼栋"),
        "walk_m": _words("walk_m metres meters 步行距离 步行米数"),
        "assumed": _words("assumed 推定"),
        "locked": _words("locked 上锁 封闭"),
        "open_hours": _words("open_hours opening_hours 开放时间"),
        "lon": _LON,
        "lat": _LAT,
        "from_lon": _words("from_lon 起点经度"),
        "from_lat": _words("from_lat 起点纬度"),
        "to_lon": _words("to_lon 终点经度"),
        "to_lat": _words("to_lat 终点纬度"),
        "wkt": _WKT,
        **_MORE_WKT,
    },
    "links": {
        "market": _MARKET,
        "from": _words("from from_stall 起点 起始铺位"),
        "to": _words("to to_stall 终点 到达铺位"),
        "walk_m": _words("walk_m metres meters 步行距离 步行米数"),
        "kind": _words("kind type 类型 类别"),
    },
    "members": {
        "market": _MARKET,
        "member_id": _words("member_id member member_code 网格员编号 人员编号 工号 编号"),
        "name": _words("name member_name 姓名 网格员 网格员姓名 责任人 责任人姓名"),
        "role": _words("role 角色 职责 岗位 职务"),
        "stall_id": (*_words("home_stall 本人铺位"), *_STALL),
        "capacity": _words("capacity 户数上限 联系户数 责任户数 包联户数"),
        "office_contact": _words("office_contact office 办公电话 办公联系方式 值班电话"),
        "valid_from": _words("valid_from from since start_date 到任日期 任职日期 上岗日期 开始日期"),
        "valid_to": _words("valid_to until end_date 离任日期 卸任日期 结束日期"),
        "organisation": _words("organisation organization org 任职组织 所属组织 所在组织 组织编号"),
        **_LEDGER,
    },
    "organisations": {
        "market": _MARKET,
        "organisation": _words("organisation organization org organisation_code 组织编号 组织代码 编号"),
        "name": _words("name organisation_name 组织名称 党组织名称 党组织 组织 名称"),
        "tier": _words("tier 层级 组织层级 组织类型 组织类别 类型 类别"),
        "formed": _words("formed forming 组建方式 组建形式 建立方式"),
        "tie": _words("tie 与市场的关系 关系 覆盖方式"),
        "parent": _words("parent 上级组织 上级党组织 上级 隶属"),
        "other_parents": _words("other_parents 其他上级 业务指导单位 条线上级"),
        "valid_from": _words("valid_from from since 成立日期 成立时间 组建日期 开始日期"),
        "valid_to": _words("valid_to until 撤销日期 结束日期"),
        **_LEDGER,
    },
    "plans": {
        "market": _MARKET,
        "plan": _words("plan 方案"),
        "plan_name": _words("plan_name 方案名称"),
        "valid_from": _words("valid_from 生效日期"),
        "valid_to": _words("valid_to 结束日期"),
        "seed": _words("seed 随机种子"),
        "engine": _words("engine 划分引擎"),
        "input_hash": _words("input_hash 输入摘要"),
        "parameters": _words("parameters 参数"),
        "metrics": _words("metrics 指标"),
        "created_at": _words("created_at 编制时间"),
        "created_by": _words("created_by 编制人"),
    },
    "zones": {
        "market": _MARKET,
        "zone": _words("zone 责任区"),
        "zone_name": _words("zone_name 责任区名称"),
        "building": _BUILDING,
        "level": _LEVEL,
        "colour": _words("colour color 颜色序号"),
        "locked": _words("locked 锁定"),
        "stalls": _words("stalls 本层铺位数"),
        "merchants": _words("merchants 本层户数"),
        "wkt": _WKT,
        **_MORE_WKT,
    },
    "assignments": {
        "market": _MARKET,
        "zone": _words("zone 责任区"),
        "member_id": _words("member_id 网格员编号"),
        "role": _words("role 角色"),
        "valid_from": _words("valid_from 开始日期"),
        "valid_to": _words("valid_to 结束日期"),
    },
    "events": {
        "market": _MARKET,
        "uscc": _words("uscc credit_code unified_social_credit_code 统一社会信用代码 社会信用代码 信用代码 注册号"),
        "event": _words("event kind type 事项 业务类型 登记类型 登记事项 变更类型 事件"),
        "date": _words("date day 日期 登记日期 核准日期 注销日期 发生日期 办理日期"),
        "stall_id": _STALL,
        "name": _words("name 名称 商户名称 企业名称 市场主体名称 经营主体名称 字号"),
        "trade": _words("trade 经营范围 业态 行业"),
    },
    "trades": {
        "name": _words("name trade 名称 业态 业态名称 行业 行业名称 门类 门类名称 品类"),
        "code": _words("code trade_code 代码 编码 编号 行业代码 门类代码"),
        "alias": _words("alias aliases synonyms 别名 又名 同义词"),
    },
    "roads": {
        "road_id": _words("road_id osm_id @id full_id id road_code code 道路编号 道路编码 道路代码 编号 编码"),
        "name": _words("name name:zh road_name 道路名称 路名 街道名称 名称"),
        "kind": _words("kind class fclass highway road_class road_type type 道路等级 道路类型 道路类别 等级 类别 类型"),
        "width_m": _words("width_m width 道路宽度 路宽 红线宽度 宽度"),
    },
    "records": {
        "market": _MARKET,
        "stall_id": (*_STALL, *_words("摊位 铺位 商铺 unit")),
        "at": _words(
            "at date day time visited_at visit_date 日期 时间 时刻 走访日期 走访时间 巡查日期 巡查时间 联系日期 "
            "联系时间 检查日期"
        ),
        "kind": _words("kind type record_kind 类型 类别 记录类型 方式 走访方式"),
        "member_id": _words("member_id member member_code 网格员编号 人员编号 工号 网格员"),
        "note": _words("note remark remarks outcome result 备注 结果 走访结果 情况 走访情况 说明"),
    },
}

REQUIRED: Mapping[InputRole, tuple[str, ...]] = {
    "levels": ("level",),
    "stalls": ("stall_id", "level"),
    "merchants": ("stall_id", "name"),
    "connectors": ("from_level", "to_level"),
    "links": ("from", "to", "walk_m"),
    "members": ("member_id", "name"),
    "organisations": ("name",),
    "plans": ("plan",),
    "zones": ("zone", "level"),
    "assignments": ("zone", "member_id"),
    "events": ("uscc", "event", "date"),
    "trades": ("name",),
    "records": ("stall_id", "at"),
    "roads": (),
}
