"""Forms about people and posts."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.utils.functional import lazy
from django.utils.translation import get_language

from kieng.plan.agency import AgencyTree
from kieng.web.accounts.models import ROLE_NAMES, Role, User
from kieng.words import Name


def words(vi: str, en: str) -> Any:
    """A text that is chosen when it is shown."""
    return lazy(lambda: Name(vi, en).in_language(get_language() or "vi"), str)()


_DAY_FORMATS = ["%d/%m/%Y", "%d-%m-%Y", "%Y-%m-%d"]


class DayField(forms.DateField):
    """Day, month, year in both languages; a text, as the browser's own field shows its own order."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("input_formats", _DAY_FORMATS)
        options.setdefault("help_text", words("Ví dụ 05/03/2026", "Day/month/year, as 05/03/2026"))
        options.setdefault(
            "widget",
            forms.DateInput({"inputmode": "numeric", "autocomplete": "off", "maxlength": 10}, "%d/%m/%Y"),
        )
        super().__init__(**options)


class Why(forms.Form):
    """Every deed says why."""

    why = forms.CharField(
        label=words("Lý do", "Why"),
        max_length=500,
        help_text=words(
            "Số quyết định hoặc lý do; nhật ký giữ lại.", "A decision's number or a reason; kept."
        ),
    )


class PersonForm(forms.Form):
    """A new person."""

    shown_as = forms.CharField(
        label=words("Họ và tên", "Full name"),
        max_length=200,
        help_text=words("Tên mà các trang hiển thị.", "What pages call them."),
    )
    username = forms.CharField(
        label=words("Tên đăng nhập", "User name"),
        max_length=150,
        validators=[UnicodeUsernameValidator()],
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
    )
    province_login = forms.CharField(
        label=words("Tên trong đăng nhập chung của tỉnh", "Name in the province's log-in"),
        max_length=255,
        required=False,
        help_text=words("Để trống nếu không dùng.", "Leave empty if not used."),
    )
    local = forms.BooleanField(
        label=words("Cấp mật khẩu tại đây", "Give a password here"), required=False, initial=True
    )
    why = Why.base_fields["why"]

    def clean_username(self) -> str:
        name: str = self.cleaned_data["username"]
        if User.objects.filter(username__iexact=name).exists():
            raise forms.ValidationError(words("Tên này đã có người dùng.", "The name is taken."))
        return name

    def clean_province_login(self) -> str:
        name: str = self.cleaned_data["province_login"]
        if name and User.objects.filter(province_login=name).exists():
            raise forms.ValidationError(words("Tên này đã gắn với người khác.", "Another person has it."))
        return name


class PostForm(forms.Form):
    """A post for somebody. The agency is chosen from those that are there on the first day."""

    role = forms.ChoiceField(label=words("Chức vụ", "Post"))
    agency = forms.CharField(
        label=words("Mã cơ quan", "Agency's id"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"list": "co-quan", "autocomplete": "off"}),
        help_text=words("Cho cán bộ và người đứng đầu.", "For officers and heads."),
    )
    acting = forms.BooleanField(label=words("Quyền (tạm giữ)", "Acting"), required=False)
    valid_from = DayField(label=words("Từ ngày", "From"))
    valid_to = DayField(label=words("Đến trước ngày", "Until (not including)"), required=False)
    why = Why.base_fields["why"]

    def __init__(self, tree: AgencyTree, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.tree = tree
        language = get_language() or "vi"
        self.fields["role"].choices = [  # type: ignore[attr-defined]
            (role.value, name.in_language(language)) for role, name in ROLE_NAMES.items()
        ]

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        agency, first = given.get("agency"), given.get("valid_from")
        if agency and first and not self._exists(agency, first):
            self.add_error(
                "agency", words("Không có cơ quan này vào ngày đó.", "No such agency on that day.")
            )
        given["role"] = Role(given["role"]) if "role" in given else None
        return given

    def _exists(self, agency: str, day: date) -> bool:
        return agency in self.tree.agencies and self.tree.agencies[agency].exists_on(day)


class EndForm(Why):
    """The day a post ends."""

    on = DayField(label=words("Kết thúc từ ngày", "Ends on"))


class ProvinceLoginForm(Why):
    """What the province's log-in calls somebody."""

    province_login = forms.CharField(
        label=words("Tên trong đăng nhập chung của tỉnh", "Name in the province's log-in"),
        max_length=255,
        required=False,
    )
    field_order = ["province_login", "why"]


class DelegateForm(forms.Form):
    """Who acts in one's post, and when."""

    post = forms.ChoiceField(label=words("Chức vụ của tôi", "My post"))
    to = forms.ChoiceField(label=words("Uỷ quyền cho", "To"))
    valid_from = DayField(label=words("Từ ngày", "From"))
    last_day = DayField(label=words("Đến hết ngày", "Last day"))
    why = Why.base_fields["why"]

    def __init__(self, posts: dict[int, str], colleagues: dict[int, str], *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["post"].choices = [(str(key), name) for key, name in posts.items()]  # type: ignore[attr-defined]
        self.fields["to"].choices = [(str(key), name) for key, name in colleagues.items()]  # type: ignore[attr-defined]

    @property
    def valid_to(self) -> date:
        last: date = self.cleaned_data["last_day"]
        return last + timedelta(days=1)
