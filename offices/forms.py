"""登录表单."""

from typing import ClassVar

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Submit
from django.contrib.auth.forms import AuthenticationForm

# The same words for a wrong name, a wrong password and a closed login: nobody learns which names exist.
WRONG = "登录名或口令不正确。请核对大小写后重新输入；忘记口令请找管理员重设。"


class LoginForm(AuthenticationForm):
    """Name and password."""

    error_messages: ClassVar = {"invalid_login": WRONG, "inactive": WRONG}

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = "登录名"
        self.fields["username"].error_messages["required"] = "请输入登录名。"
        self.fields["username"].widget.attrs |= {"autocapitalize": "none", "spellcheck": "false"}
        self.fields["password"].label = "口令"
        self.fields["password"].error_messages["required"] = "请输入口令。"
        self.helper = FormHelper()
        self.helper.add_input(Submit("login", "登录"))
