"""操作日志的阅读: who may read which acts, and what they say in words."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db.models import Q, QuerySet
from django.db.models.fields.json import KeyTextTransform
from django.urls import reverse

from common.dates import SHANGHAI
from offices.job_words import WORDS as JOBS
from offices.models import Act, Office, Staff

# Every verb that any application writes; tests/offices/test_acts.py reads the sources and fails for one without words.
VERBS = {
    "login": "登录",
    "logout": "退出",
    "login_failed": "登录失败",
    "unlock_login": "解除登录暂停",
    "unlock_address": "解除地址暂停",
    "switch_on_second_factor": "启用动态码",
    "switch_off_second_factor": "停用动态码",
    "renew_recovery_codes": "更换备用码",
    "reset_second_factor": "重置动态码",
    "end_session": "结束登录",
    "change_own_password": "更改自己的口令",
    "reset_password": "重设口令",
    "found_administrator": "设立首位管理员",
    "add_divisions": "登记区划",
    "correct_division": "更正区划名称",
    "end_division": "停用区划",
    "open_office": "登记机构",
    "choose_ruleset": "选定规则集",
    "invite_staff": "邀请人员",
    "withdraw_invitation": "撤回邀请",
    "take_up_invitation": "接受邀请",
    "change_staff": "更改人员资料",
    "deactivate_staff": "停用登录",
    "reactivate_staff": "恢复登录",
    "set_demo_clock": "设定演示时间",
    "acknowledge_audit": "确认核对不符",
    "reveal": "显示号码",
    "reach_limit": "达到用量上限",
    "lift_limit": "放开用量上限",
    "see_alert": "查看用量提醒",
    "register_household": "登记新户",
    "update_household": "更改户资料",
    "add_member": "新增成员",
    "end_membership": "成员离户",
    "update_person": "更改人员信息",
    "admit_person": "特准参保",
    "record_certification": "登记类别认定",
    "correct_certification": "更改类别认定",
    "record_other_cover": "登记其他医保",
    "correct_other_cover": "更改其他医保",
    "record_repaid_year": "登记补缴年度",
    "withdraw_repaid_year": "撤回补缴年度",
    "mark_papers_seen": "查验材料",
    "unmark_paper": "撤回材料",
    "store_file": "存入文件",
    "remove_file": "移除文件",
    "purge_file": "销毁文件",
    "print_form": "打印参保登记表",
    "verify_papers": "核定材料齐全",
    "lift_refusal": "主管特批",
    "fill_base_population": "填写基数人口",
    "confirm_base_population": "复核基数人口",
    "make_weekly_report": "报送周报",
    "record_visit": "登记督查",
    "finish_visit": "登记整改",
    "assign_village": "指定村（社区）责任人",
    "open_roster": "建立花名册",
    "withdraw_roster": "撤销花名册",
    "hand_in_roster": "交来花名册",
    "correct_roster_columns": "改正花名册栏目",
    "check_roster_again": "重新核对花名册",
    "set_aside_roster_household": "剔出名册中的一户",
    "put_back_roster_household": "放回名册中的一户",
    "fetch_roster_file": "下载名册文件",
    "fetch_statement_file": "下载银行对账单",
    "agree_roster": "花名册核对相符",
    "withdraw_roster_agreement": "撤回花名册核对",
    "deposit_roster": "登记花名册缴存",
    "enter_roster_deposit": "补录花名册缴存",
    "withdraw_roster_deposit": "撤回花名册缴存",
    "submit_roster": "上报花名册",
    "withdraw_roster_submission": "撤回花名册上报",
    "enter_roster_rows": "录入花名册",
    "return_roster_row": "退回花名册的一行",
    "undo_roster_entry": "撤销录入或退回",
    "answer_roster_return": "处理退回的一行",
    "take_payment": "收款",
    "enter_slip": "补录银行缴费",
    "take_roster": "名册入账",
    "make_county": "造县",
    "prepare_renewal": "续保预核",
    "print_receipt": "打印收据",
    "start_print_run": "开始批量打印",
    "continue_print_run": "继续批量打印",
    "close_print_run": "提前结束批量打印",
    "finish_print_run": "批量打印完成",
    "fetch_print_run": "取批量打印的文件",
    "save_overprint": "保存套打版式",
    "withdraw_overprint": "停用套打版式",
    "save_printer": "保存打印机",
    "withdraw_printer": "停用打印机",
    "void_receipt": "作废收据",
    "cancel_sponsored": "撤销资助参保",
    "settle_day": "日结",
    "reverse_receipt": "冲正收据",
    "make_remittance": "制上缴单",
    "bank_remittance": "登记上缴回单",
    "review_remittance": "审核上缴单",
    "withdraw_remittance": "撤回上缴单",
    "export_journal": "导出日记账",
    "export_acts": "导出操作日志",
    "make_transfer": "制划解单",
    "bank_transfer": "登记划解回单",
    "confirm_transfer": "复核划解单",
    "withdraw_transfer": "撤回划解单",
    "take_statement": "导入对账单",
    "rematch_statement": "重新核对对账单",
    "match_row": "人工核对到账",
    "mark_row": "对账单另记",
    "undo_mark": "取消另记",
    "undo_match": "取消核对",
    "withdraw_statement": "撤回对账单",
    "receive_book": "票据入库",
    "allot_book": "分配票据",
    "close_book": "停用票据",
    "receive_lot": "票据批次入库",
    "allot_from_lot": "下发票据",
    "take_back_book": "收回票据存库",
    "return_book": "退回票据",
    "report_lost_book": "报告票据遗失",
    "verify_book": "核销票据",
    "register_change": "办理变更",
    "undo_change": "撤销变更",
    "load_ruleset": "载入规则",
    "fill_policy_text": "载入条款原文",
    "fill_workmanship_fee": "填写工本费",
    "credit_accounts": "划入个人账户",
    "credit_again": "冲正后重新划入个人账户",
    "refund_balance": "退还个人账户余额",
    "reverse_entry": "冲正个人账户流水",
    "issue_cards": "发放医保卡和病历",
    "take_back_card": "收回医保卡或病历",
    "void_workmanship": "作废工本费收据",
    "reverse_workmanship": "冲正工本费收据",
    "print_workmanship": "打印工本费收据",
    "make_funder_claim": "编制资助请款单",
    "make_subsidy_claim": "编制补助请款单",
    "confirm_claim": "复核请款单",
    "withdraw_claim": "撤回请款单",
    "export_claim": "导出请款单",
    "record_funding": "登记到账",
    "reverse_funding": "冲正到账",
    "fill_subsidy_rate": "填写补助标准",
    "confirm_subsidy_rate": "复核补助标准",
    "end_subsidy_rate": "停用补助标准",
    "issue_certificate": "开具参保证明",
    "revoke_certificate": "撤销参保证明",
    "hand_out_roster": "下发名册模板",
    "import_list": "导入名单",
    "choose_words": "名称对照",
    "apply_list": "名单入库",
    "revoke_list": "撤回已入库的名单",
    "settle_list": "处理死亡或职工参保名单",
    "withdraw_list": "撤回名单",
    "export_missing": "导出未参保资助对象",
    "note_follow_up": "记录联系情况",
    "export_omissions": "导出未参保人员",
    "ask_for_job": "提交后台任务",
    "cancel_job": "停止后台任务",
    "ask_again_for_job": "重新提交后台任务",
    "export_renewal": "导出续保名单",
    "fetch_job_file": "取任务的文件",
    "save_trial": "存下试算链接",
    "start_draft": "起草规则",
    "save_draft": "修改规则草稿",
    "discard_draft": "废弃规则草稿",
    "submit_draft": "规则草稿送审",
    "withdraw_draft": "撤回规则草稿",
    "publish_draft": "发布规则",
}
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d")
DETAILS = {
    "receipt": "收据",
    "amount": "金额",
    "reason": "事由",
    "persons": "人数",
    "members": "人数",
    "copy": "次数",
    "from": "原为",
    "to": "改为",
    "username": "登录名",
    "name": "姓名",
    "role": "角色",
    "work_number": "工号",
    "office": "机构",
    "scope": "范围",
    "code": "代码",
    "first": "起始号",
    "last": "终止号",
    "next": "下一号",
    "clerk": "领用人",
    "change": "变更",
    "household": "户号",
    "year": "年度",
    "fields": "项目",
    "edition": "版本",
    "document": "文号",
    "articles": "条数",
    "person": "成员",
    "papers": "材料",
    "originals": "原件",
    "copies": "复印件",
    "covers": "医保证",
    "photos": "照片",
    "sha256": "摘要",
    "numbers": "编号",
    "purpose": "用途",
    "day": "日期",
    "claim": "请款单",
    "payer": "付款部门",
    "category": "类别",
    "voucher": "凭证号",
    "form": "格式",
    "valid": "有效",
    "voided": "作废",
    "unused": "未用",
    "to_whom": "退给",
    "place": "地点",
    "rows": "行数",
    "receipts": "张数",
    "pages": "页数",
    "right": "向右",
    "down": "向下",
    "count": "笔数",
    "found": "核对上",
    "locked": "登录",
    "address": "来源地址",
    "what": "内容",
    "title": "名称",
    "file": "文件",
    "copy_no": "份号",
    "most": "上限",
    "kind": "种类",
    "failed": "结果",
    "last_day": "最后一日",
    "cause": "原因",
    "entry": "流水号",
    "ruleset": "规则",
    "imported": "由文件导入",
    "coverage_year": "年度",
    "ended": "终止",
    "payable": "个人应缴",
    "sponsored": "资助",
    "slip": "银行回单",
    "moment": "缴费时刻",
    "sheet": "工作表",
    "row": "行号",
    "outcome": "结果",
    "answer": "答复",
    "seed": "种子",
}
# What is kept as a code, in words: jobs by their kind, the rows of a submitted roster by what became of them.
CODES = {"entered": "已录入", "returned": "已退回"} | {kind: words.name for kind, words in JOBS.items()}
# What a number in an act's detail stands for: by verb and key, or by the key alone.
REFERENCES = {
    "person": "households.person",
    "clerk": "offices.staff",
    "allot_book from": "offices.staff",
    "allot_book to": "offices.staff",
    "take_back_book from": "offices.staff",
}
Things = dict[str, dict[int, str]]
# The page of a thing by its model; pages of higher applications are known by their URL names only.
PAGES = {
    "households.household": "household",
    "payments.receipt": "receipt",
    "payments.receiptbook": "book",
    "payments.workmanshipreceipt": "workmanship-receipt",
    "payments.bankstatement": "statement",
    "payments.settlement": "settlement",
    "payments.remittance": "remittance",
    "payments.transfer": "transfer",
    "payments.fundingclaim": "funding-claim",
    "payments.printrun": "print-run",
}
# By which number a thing is found in the log.
NUMBERED = {"households.household": "number", "payments.receipt": "printed_number"}
MOST_SUBJECTS = 100
STAFF_PAGES = {"offices.staff": "staff-change"}


@dataclass(frozen=True, slots=True)
class ActRow:
    """One act in words: `subject` is what it was done to, `href` its page where there is one for the reader."""

    act: Act
    verb: str
    kind: str
    subject: str
    href: str
    detail: str


def acts_within(
    staff: Staff,
    *,
    day: date | None = None,
    last: date | None = None,
    verb: str = "",
    who: str = "",
    office: Office | None = None,
    subject: str = "",
    copy_no: str = "",
    request_id: UUID | None = None,
    **_: Any,
) -> QuerySet[Act]:
    """The acts that a member of staff may read, newest first: a supervisor's office, an overseer's divisions.

    `day` alone is that day; with `last`, the days from one to the other. `subject` is the number of a household or of
    a receipt, `copy_no` that of a file somebody took.
    """
    rows = _readable(staff).select_related("by", "office")
    if first := day or last:
        end = (last or first) + timedelta(days=1)
        rows = rows.filter(at__gte=_midnight(first), at__lt=_midnight(end))
    if office:
        rows = rows.filter(office=office)
    if subject:
        rows = rows.filter(_about(subject))
    if copy_no:
        rows = rows.alias(copy_no=KeyTextTransform("copy_no", "detail"))
        rows = rows.filter(detail__has_key="copy_no", copy_no=copy_no.upper())
    if verb:
        rows = rows.filter(verb=verb)
    if who:
        # By their numbers, so that the database knows how many lines are theirs.
        named = Staff.objects.filter(Q(username=who) | Q(name=who))
        rows = rows.filter(by__in=list(named.values_list("pk", flat=True)))
    return rows.filter(request_id=request_id) if request_id else rows


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=SHANGHAI)


def _about(number: str) -> Q:
    """What was done to the household, or to the receipts, of a number."""
    found = Q(pk__in=())
    for label, field in NUMBERED.items():
        ids = list(apps.get_model(label).objects.filter(**{field: number}).values_list("pk", flat=True)[:MOST_SUBJECTS])
        found |= Q(subject_type=label, subject_id__in=ids) if ids else Q(pk__in=())
    return found


def _readable(staff: Staff) -> QuerySet[Act]:
    if staff.role == Staff.Role.SUPERVISOR:
        return Act.objects.filter(office=staff.office_id).order_by("-at", "-pk")  # as the index act_of_office has it
    if staff.role not in (Staff.Role.ADMINISTRATOR, Staff.Role.AUDITOR):
        return Act.objects.none()
    if not staff.division_scope:
        return Act.objects.all()
    offices = Office.objects.filter(division_code__startswith=staff.division_scope)
    return Act.objects.filter(Q(office__in=offices) | Q(division_code__startswith=staff.division_scope))


def described(acts: Iterable[Act], *, reader: Staff) -> list[ActRow]:
    """The acts in words, with ways to what the reader may open; one query for each kind of thing among them."""
    acts = list(acts)
    things = _things(acts)
    pages = PAGES | (STAFF_PAGES if reader.role == Staff.Role.ADMINISTRATOR else {})
    return [_row(act, things, pages) for act in acts]


def _things(acts: list[Act]) -> Things:
    wanted: dict[str, set[int]] = defaultdict(set)
    for act in acts:
        if act.subject_id is not None:
            wanted[act.subject_type].add(act.subject_id)
        for key, value in act.detail.items():
            if isinstance(value, int) and (model := _referred(act, key)):
                wanted[model].add(value)
    found: Things = defaultdict(dict)
    for label, ids in wanted.items():
        found[label] = {pk: str(row) for pk, row in apps.get_model(label).objects.in_bulk(ids).items()}
    return found


def _referred(act: Act, key: str) -> str | None:
    return REFERENCES.get(f"{act.verb} {key}") or REFERENCES.get(key)


def _row(act: Act, things: Things, pages: Mapping[str, str]) -> ActRow:
    model = apps.get_model(act.subject_type)
    thing = things[act.subject_type].get(act.subject_id, "") if act.subject_id else ""
    page = pages.get(act.subject_type)
    detail = [(DETAILS.get(key, key), _words(act, key, value, things)) for key, value in _ordered(act.detail)]
    return ActRow(
        act=act,
        verb=VERBS.get(act.verb, act.verb),
        kind=str(model._meta.verbose_name),
        subject=thing,
        href=reverse(page, args=[act.subject_id]) if page and thing else "",
        detail="，".join(f"{label} {words}" for label, words in detail),
    )


def _ordered(detail: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """In the order of DETAILS: the database keeps keys in an order of its own."""
    order = list(DETAILS)
    return sorted(detail.items(), key=lambda item: order.index(item[0]) if item[0] in DETAILS else len(order))


def _words(act: Act, key: str, value: Any, things: Things) -> str:
    label = _referred(act, key)
    if label and isinstance(value, int):
        return things[label].get(value, str(value))
    if key == "fields":
        return "、".join(_field(act.subject_type, name) for name in value)
    if isinstance(value, list):
        return " → ".join(_plain(each) for each in value)
    return _plain(value)


def _field(label: str, name: str) -> str:
    fields = {field.name: field for field in apps.get_model(label)._meta.get_fields()}
    return str(getattr(fields.get(name), "verbose_name", name))


def _plain(value: Any) -> str:
    if value in (None, ""):
        return "（空）"
    if isinstance(value, bool):
        return "是" if value else "否"
    text = str(value)
    if MOMENT.match(text):
        return text[:16].replace("T", " ")
    return CODES.get(text) or str(dict(Staff.Role.choices).get(text, text))
