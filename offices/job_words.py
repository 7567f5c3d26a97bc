"""后台任务的名称: what each kind of job is called, and what it counts."""

from typing import NamedTuple


class Words(NamedTuple):
    """The name of a kind and the measure word of its progress."""

    name: str
    unit: str


WORDS = {
    "acts": Words("操作日志", "条"),
    "claim_sheet": Words("请款单", "行"),
    "impact": Words("新规则的影响", "户"),
    "journal": Words("日记账", "行"),
    "list_apply": Words("名单入库", ""),
    "list_import": Words("名单导入", ""),
    "list_revoke": Words("名单撤回", ""),
    "list_settle": Words("名单处理", "人"),
    "listed_missing": Words("未参保资助对象", "人"),
    "omissions": Words("未参保人员", "人"),
    "paid_impact": Words("对已缴费的人的影响", "人"),
    "prepare_renewal": Words("续保预核", "次"),
    "printing": Words("批量打印", "张"),
    "renewal_list": Words("续保名单", "户"),
    "roster_check": Words("花名册核对", ""),
    "roster_marked": Words("核对意见表", "行"),
    "roster_template": Words("花名册模板", "人"),
    "roster_taking": Words("花名册入账", "人"),
    "statement": Words("银行对账单", "行"),
}
UNKNOWN = Words("后台任务", "")
