"""Rosters as villages write them: title, headings, merged households, sums and signatures. All people are invented."""

from typing import Any

from common.idcard import check_digit

HEADS = ["序号", "户号", "户主姓名", "姓名", "性别", "身份证号码", "与户主关系", "特殊人群类别", "缴费金额", "联系电话"]


def number(born: str, serial: int) -> str:
    """A valid number of 嵩明 that belongs to nobody; an odd serial is a man's."""
    first17 = f"530127{born}{serial:03d}"
    return first17 + check_digit(first17)


LI, WANG, LIU = number("19600101", 991), number("19620203", 992), number("19750506", 993)


def village_rows() -> list[list[Any]]:
    """Two households of three people, the cells of a household merged."""
    return [
        ["嵩阳街道东村2017年度城乡居民基本医疗保险参保花名册"],
        ["村（居）：东村", "", "", "", "", "", "", "", "单位：元"],
        HEADS,
        [1, "001", "李大山", "李大山", "男", LI, "户主", "", 150, 13812348888],
        [2, "", "", "王  秀", "女", "'" + WANG, "妻", "", "150元", ""],
        [],
        [3, "002", "刘  利", "刘  利", "男", LIU, "户主", "", "150.00", ""],
        ["合计", "2户", "", "3人", "", "", "", "", 450],
        ["村负责人（签字）：", "", "", "经办人：赵六", "", "", "日期：2016年11月1日"],
    ]


def csv_of(rows: list[list[Any]], encoding: str = "utf-8") -> bytes:
    """The rows as comma-separated text."""
    return "\r\n".join(",".join(f'"{cell}"' for cell in row) for row in rows).encode(encoding)
