"""上传的表单: a scan, a photo, and why a file is removed."""

from typing import Any, ClassVar

from django import forms

from households.imaging import BYTES_LIMIT, Crop
from households.models import StoredFile
from offices.forms import RefusableForm

SCAN_KINDS = [choice for choice in StoredFile.Kind.choices if choice[0] != StoredFile.Kind.PHOTO]
WANTED = "请选择文件。"


class UploadField(forms.FileField):
    """One file, read whole once its size is known to be within the limit."""

    def __init__(self, **kwargs: Any) -> None:
        messages = {"required": WANTED, "empty": "文件是空的，请重新选择。", "missing": WANTED, "invalid": WANTED}
        super().__init__(error_messages=messages, max_length=200, **kwargs)
        self.error_messages["max_length"] = "文件名太长，请改短后再传。"

    def clean(self, data: Any, initial: Any = None) -> bytes:
        found = super().clean(data, initial)
        if not found:  # where a file is not required
            return b""
        if found.size > BYTES_LIMIT:
            limit = BYTES_LIMIT // 1_000_000
            raise forms.ValidationError(f"文件超过{limit}MB，没有保存。请降低扫描分辨率（200–300 dpi）后再传。")
        return found.read()


class ScanForm(RefusableForm):
    """A scan: what it is of, whose it is, and the file."""

    kind = forms.ChoiceField(label="种类", choices=SCAN_KINDS)
    person = forms.TypedChoiceField(label="谁的", coerce=int, empty_value=None, required=False)
    file = UploadField(
        label="文件（JPEG、PNG、PDF，10MB以内）",
        widget=forms.ClearableFileInput(attrs={"accept": "image/jpeg,image/png,application/pdf"}),
    )

    def __init__(self, *args: Any, persons: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].choices = [("", "全户"), *persons]


class PhotoForm(RefusableForm):
    """A photo and, where the browser chose one, the part that is kept, in thousandths."""

    places: ClassVar = {"photo_small": "file"}
    file = UploadField(
        label="照片文件（JPEG、PNG）", widget=forms.ClearableFileInput(attrs={"accept": "image/jpeg,image/png"})
    )
    left = forms.IntegerField(required=False, min_value=0, max_value=1000, widget=forms.HiddenInput)
    top = forms.IntegerField(required=False, min_value=0, max_value=1000, widget=forms.HiddenInput)
    width = forms.IntegerField(required=False, min_value=50, max_value=1000, widget=forms.HiddenInput)

    def crop(self) -> Crop | None:
        """The chosen part, or None for the middle."""
        left, top, width = (self.cleaned_data.get(name) for name in ("left", "top", "width"))
        return Crop(left, top, width) if None not in (left, top, width) else None


class RemovalForm(RefusableForm):
    """Why a file is removed, and whether its bytes are destroyed."""

    reason = forms.CharField(label="事由", max_length=200, error_messages={"required": "请写明为什么移除。"})
    purge = forms.BooleanField(label="同时销毁文件内容（不能恢复；留下登记和校验值）", required=False)
