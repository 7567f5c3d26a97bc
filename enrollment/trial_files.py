"""试算的案例文件: a file in the contract of `manage.py assess`, and which of its cases is meant."""

import json
from typing import Any

from django import forms

LARGEST = 1024 * 1024  # bytes
WANTED = '{"cases": [ … ]}'


class CaseFileForm(forms.Form):
    """A file of cases, and the name of one of them; without a name the first."""

    file = forms.FileField(
        label="案例文件", error_messages={"required": "请选择案例文件。", "empty": "这个案例文件是空的，请重新选择。"}
    )
    case_id = forms.CharField(label="案例编号", required=False, max_length=60)

    def clean(self) -> dict[str, Any]:
        """Find the case; what it says is read later."""
        typed = super().clean() or {}
        if file := typed.get("file"):
            self.case, self.others = self._found(file, typed.get("case_id", ""))
        return typed

    def _found(self, file: Any, name: str) -> tuple[Any, int]:
        if file.size > LARGEST:
            raise forms.ValidationError("案例文件超过 1 MB，请用 manage.py assess 核定。")
        try:
            data = json.loads(file.read().decode("utf-8-sig"))
        except (ValueError, RecursionError) as error:
            raise forms.ValidationError("这不是 UTF-8 的 JSON 文件。请选择“存成案例文件”存下的文件。") from error
        cases = data.get("cases") if isinstance(data, dict) else None
        if not isinstance(cases, list) or not cases:
            raise forms.ValidationError(f"文件里没有案例，应为 {WANTED}。")
        named = [case for case in cases if isinstance(case, dict) and str(case.get("id", "")) == name]
        if name and not named:
            raise forms.ValidationError(f"文件里没有编号为“{name}”的案例，请核对编号。")
        return (named or cases)[0], len(cases) - 1

    @property
    def title(self) -> str:
        """The name of the case that was found."""
        return str(self.case.get("id") or "")[:60] if isinstance(self.case, dict) else ""
