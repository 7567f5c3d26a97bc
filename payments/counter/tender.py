"""实收: what was handed over against what is due."""

from decimal import Decimal

from common.decision import Reason, Refusal
from common.money import yuan
from payments.models import Payment

MEANS = frozenset(Payment.Means.values)


def checked_tender(*, tendered: Decimal | None, payable: Decimal, means: str) -> Decimal:
    """What was handed over (None: exactly what is due): cash may be more, nothing may be less."""
    if means not in MEANS:
        raise Refusal(Reason("MEANS", "没有选择收款方式。请选择现金、刷卡、转账或扫码。"))
    handed = payable if tendered is None else tendered
    if not handed.is_finite() or abs(handed) >= Decimal(10) ** 10 or handed != yuan(handed):
        raise Refusal(Reason("TENDERED", "实收金额不对：最多两位小数，且不超过一百亿元。请重新录入实收金额。"))
    if handed < payable:
        text = f"实收{yuan(handed)}元，不足应收{payable}元，还差{yuan(payable - handed)}元。请补足后再收。"
        raise Refusal(Reason("TENDERED_TOO_LITTLE", text))
    if handed > payable and means != Payment.Means.CASH:
        text = f"只有现金可以找零：{Payment.Means(means).label}应正好是{payable}元。请核对实收金额。"
        raise Refusal(Reason("CHANGE_IS_CASH", text))
    return yuan(handed)
