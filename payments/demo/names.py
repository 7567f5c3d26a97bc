"""姓名: invented names as they are borne at a place and age. Whoever bears one of them in truth is not meant."""

from datetime import date
from random import Random

# Surname and how many in a thousand bear it, roughly; the last lines are rare ones that try the search.
SURNAMES = """
王72 李70 张67 刘53 陈45 杨31 赵23 黄22 周21 吴20 徐17 孙15 朱13 马13 胡13 郭12 林12 何12 高11 梁8 郑8 罗8 宋8 谢7 唐7
韩7 曹6 许6 邓6 冯5 程5 蔡5 彭5 潘4 袁4 于4 董4 余4 苏4 叶4 吕4 魏4 蒋4 田4 杜4 丁3 沈3 姜3 范3 江3 傅3 钟3 卢3 汪3
戴3 崔3 任3 陆3 廖3 姚3 方3 金3 邱3 夏3 谭3 韦2 贾2 邹2 石2 熊2 孟2 秦2 阎2 薛2 侯2 雷2 白2 龙2 段2 郝2 孔2 邵2 史2
毛2 常2 万2 顾2 赖2 武2 康2 贺2 严2 尹2 钱2 施2 牛1 洪1 龚1
曾6 欧阳2 单3 解2 仇2 查2 区1 朴1 盖1 上官1 司马1
"""
# Surnames that are more frequent around 嵩明 than elsewhere.
YUNNAN = "杨60 李50 张30 段12 普8 毕6 保4 沐1"

# (born before, men's names, women's names)
GIVEN = (
    (
        1950,
        "德福 德胜 有才 长贵 福生 金山 玉林 万福 连生 凤山 树林 传贵 广义 兆祥 守义 怀仁 启发 世昌",
        "桂兰 秀英 玉珍 凤英 淑珍 兰英 桂英 秀兰 玉兰 素珍 凤兰 翠英 素英 菊英 莲英 金凤",
    ),
    (
        1970,
        "建国 建军 国强 志强 卫东 永强 建华 建平 国庆 志明 德明 学军 保国 立新 长河 正明 家富 文才 绍华",
        "秀英 丽华 玉兰 爱华 红梅 月英 桂芳 春兰 建英 美华 兰芳 金花 琼仙 琼芬 惠珍 学英 翠萍 素芳",
    ),
    (
        1990,
        "伟 强 军 磊 勇 涛 杰 超 斌 鹏 海波 志刚 晓东 建新 永刚 立军 俊 云飞 红兵 文军 正华 绍伟",
        "芳 静 敏 燕 艳 丽 娟 霞 婷 晓燕 海燕 丽娟 春梅 红霞 雪梅 丽萍 慧 琼 巧云 艳芬 翠仙 秋菊",
    ),
    (
        2008,
        "浩 宇 鑫 俊杰 浩然 子豪 天宇 文博 嘉豪 一鸣 志远 晨阳 家辉 思远 瑞 承志 博文",
        "婷 雪 欣怡 思雨 佳怡 梦瑶 雨欣 诗涵 晓萱 可欣 文静 雅琪 思琪 梦婷 佳慧 紫萱",
    ),
    (
        9999,
        "梓轩 浩宇 子轩 宇轩 皓轩 沐宸 俊熙 铭泽 奕辰 宇航 瑾瑜 景行",
        "梓涵 欣妍 子涵 一诺 诗琪 语桐 若曦 雨桐 思涵 可馨 书瑶 梦洁",
    ),
)


def surname(rng: Random, *, yunnan: bool = False) -> str:
    """A surname, as often as it is borne."""
    rows = SURNAMES.split() + (YUNNAN.split() if yunnan else [])
    names = [row.rstrip("0123456789") for row in rows]
    weights = [int(row[len(name) :]) for row, name in zip(rows, names, strict=True)]
    return rng.choices(names, weights)[0]


def given(rng: Random, *, sex: str, born: date) -> str:
    """A given name of the years in which its bearer was born."""
    _, men, women = next(row for row in GIVEN if born.year < row[0])
    return rng.choice((men if sex == "M" else women).split())
