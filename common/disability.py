"""Certificates of disability of the second and third generation: what their number says. 残疾人证.

The number has 20 places: the holder's ID number (18), kind (1), grade (1); a certificate issued again after loss adds
B1, B2 … (残疾人证管理办法; the suffix as public code reads it). First-generation certificates, good until 2009, have no
such number: whether one is asked for is the rule set's business.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType

from common.idcard import IdNumber, IdNumberError, clean_id_number, parse_id_number
from common.typed import InputError, shown

KINDS: Mapping[int, str] = MappingProxyType(
    {1: "视力", 2: "听力", 3: "言语", 4: "肢体", 5: "智力", 6: "精神", 7: "多重"}
)
GRADES: Mapping[int, str] = MappingProxyType({1: "一级", 2: "二级", 3: "三级", 4: "四级"})

_NUMBER = re.compile(r"(?P<holder>.{18})(?P<kind>.)(?P<grade>.)(?:B(?P<reissue>[1-9][0-9]?))?")


class DisabilityCertificateError(InputError):
    """A certificate number that cannot be taken; `code`: empty, length, holder_number, kind, grade, holder."""


@dataclass(frozen=True, slots=True)
class DisabilityCertificate:
    """A certificate's number and what it says: whose, which kind 1–7, which grade 1–4, how often issued again."""

    number: str = field(repr=False)
    holder: IdNumber
    kind: int
    grade: int
    reissue: int

    @property
    def label(self) -> str:
        """Kind and grade in words: 肢体二级."""
        return KINDS[self.kind] + GRADES[self.grade]


def parse_disability_certificate(text: str, *, today: date | None) -> DisabilityCertificate:
    """Read a certificate's number as typed; raises DisabilityCertificateError. `today` as for ID numbers."""
    number = clean_id_number(text)
    if not number:
        raise DisabilityCertificateError(
            "empty", "未录入残疾人证号，残疾类别和等级须凭证号核对。请录入证件上的20位号码。"
        )
    match = _NUMBER.fullmatch(number)
    if match is None:
        raise DisabilityCertificateError(
            "length",
            f"残疾人证号应为20位（18位身份证号加类别、等级各1位），补办的末尾另加B1、B2等，现为{len(number)}位。"
            "请对照证件重新录入；第一代残疾人证没有这样的号码。",
        )
    return DisabilityCertificate(
        number=number,
        holder=_holder(match["holder"], today=today),
        kind=_code(match["kind"], KINDS, "kind", "第19位是残疾类别，只能是1至7"),
        grade=_code(match["grade"], GRADES, "grade", "第20位是残疾等级，只能是1至4"),
        reissue=int(match["reissue"] or 0),
    )


def check_holder(certificate: DisabilityCertificate, id_number: str) -> None:
    """Refuse a certificate that is not this person's: its first 18 places must be the ID number."""
    if certificate.holder.number != id_number:
        raise DisabilityCertificateError(
            "holder", "残疾人证号前18位与此人的身份证号不一致，不是同一人的证件或有一处录错。请对照两证核对。"
        )


def _holder(number: str, *, today: date | None) -> IdNumber:
    try:
        return parse_id_number(number, today=today)
    except IdNumberError as wrong:
        raise DisabilityCertificateError(
            "holder_number", f"残疾人证号前18位应是持证人的身份证号，现有误。{wrong}"
        ) from wrong


def _code(digit: str, codes: Mapping[int, str], code: str, rule: str) -> int:
    if digit not in "0123456789" or int(digit) not in codes:
        raise DisabilityCertificateError(code, f"残疾人证号{rule}，现为{shown(digit)}。请对照证件改正。")
    return int(digit)
