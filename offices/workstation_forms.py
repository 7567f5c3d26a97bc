"""读卡器的表单."""

from typing import Any

from django import forms

from offices.forms import RefusableForm
from offices.workstation import HTTP, KEYBOARD, WAYS, CardReader, is_on_this_computer

ADDRESS = {
    True: "请写本机的 HTTP 地址，例如 http://127.0.0.1:18088/read；读卡服务只能在这台电脑上。",
    False: "请写本机的 WebSocket 地址，例如 ws://127.0.0.1:18089/；读卡服务只能在这台电脑上。",
}


class CardReaderForm(RefusableForm):
    """Which reader this computer has and, for a service, where it listens."""

    way = forms.ChoiceField(label="读卡方式", choices=WAYS, widget=forms.RadioSelect)
    address = forms.CharField(label="服务地址", max_length=200, required=False)
    send = forms.CharField(label="读卡指令", max_length=200, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["address"].help_text = "见读卡程序的说明书。"
        self.fields["send"].help_text = "只有要先发一句话才读卡的程序需要；不知道就空着。"
        for name in ("address", "send"):
            self.fields[name].widget.attrs |= {"autocomplete": "off", "spellcheck": "false"}

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        way, address = found.get("way"), found.get("address", "")
        if way and way != KEYBOARD and not is_on_this_computer(address, way=way):
            self.add_error("address", ADDRESS[way == HTTP])
        return found

    def reader(self) -> CardReader:
        """What was chosen; of a keyboard nothing else is kept."""
        found = self.cleaned_data
        if found["way"] == KEYBOARD:
            return CardReader()
        return CardReader(found["way"], found["address"], found["send"])
