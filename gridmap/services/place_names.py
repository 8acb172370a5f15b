"""Invented names, plausible and nobody's: people, shops, markets."""

import numpy as np

_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任沈"
    "姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
)
_FIRST = "建志文海国玉爱立慧永桂振小春卫明晓丽秀家宏美德云雪光思佳嘉瑞"
_SECOND = "平英远燕庆梅杰华群敏康兰宇芳生民强红军霞峰琴涛娟勇玲斌萍辉莉"
_SHOP = (
    "福来 和顺 金禾 锦程 安心 小蓝 瑞丰 宝盛 新华 嘉和 永兴 万里 美佳 同德 百顺 鸿运 春晖 乐家 恒信 聚友 广源 "
    "三和 东升 明珠 佳美 四海 长青 益民 诚达 天成 众诚 荣昌 惠丰 双喜 顺达 吉庆 富康 兴隆 正大 源泰"
).split()
_SHOP_ENDS = ("行", "店", "商行", "经营部", "批发部", "")


def person_names(rng: np.random.Generator, count: int) -> list[str]:
    """Make so many different names of people."""
    names: dict[str, None] = {}
    while len(names) < count:
        parts = [pool[int(rng.integers(len(pool)))] for pool in (_SURNAMES, _FIRST, _SECOND)]
        names["".join(parts)] = None
    return list(names)


def shop_names(rng: np.random.Generator, trades: list[str]) -> list[str]:
    """Make a name for each shop from its trade."""
    first = rng.integers(len(_SHOP), size=len(trades)).tolist()
    last = rng.integers(len(_SHOP_ENDS), size=len(trades)).tolist()
    return [f"{_SHOP[i]}{trade}{_SHOP_ENDS[j]}" for i, trade, j in zip(first, trades, last, strict=True)]


def market_name(words: tuple[str, ...], index: int, site: str, trade: str) -> str:
    """Name a market: `福安饰品市场`, with the site's name in front where a place has several sites."""
    ending = ("市场", "批发市场", "商城", "市场")[index % 4]
    return f"{site}{words[(index * 7) % len(words)]}{trade}{ending}"
