"""Forms about sheets of people, handover and activation."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q

from kieng.web.accounts.forms import DayField, Why, words
from kieng.web.accounts.models import User


class SheetForm(forms.Form):
    """A file of people, and the decision that it carries out."""

    file = forms.FileField(
        label=words("Tệp Excel hoặc CSV", "Excel or CSV file"),
        help_text=words("Không quá 1 MB và 2.000 dòng.", "At most 1 MB and 2,000 rows."),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv,.txt"}),
    )
    why = Why.base_fields["why"]


class HandOverForm(Why):
    """Who holds a post next, and from which day."""

    to = forms.CharField(
        label=words("Người nhận (tên đăng nhập hoặc thư điện tử)", "To (user name or e-mail)"),
        max_length=254,
        widget=forms.TextInput(attrs={"list": "nguoi", "autocomplete": "off", "autocapitalize": "none"}),
    )
    on = DayField(label=words("Từ ngày", "From"))
    field_order = ["to", "on", "why"]

    def clean_to(self) -> User:
        text: str = self.cleaned_data["to"].strip()
        found = list(User.objects.filter(Q(username__iexact=text) | Q(email__iexact=text))[:2])
        if len(found) != 1:
            raise forms.ValidationError(words("Không tìm thấy người này.", "Nobody was found by this."))
        return found[0]


class RenameForm(Why):
    """How pages call somebody, and the address by which a sheet knows them."""

    shown_as = forms.CharField(label=words("Họ và tên", "Full name"), max_length=200)
    email = forms.EmailField(label=words("Thư điện tử", "E-mail"), max_length=150, required=False)
    field_order = ["shown_as", "email", "why"]

    def __init__(self, user: User, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.user = user

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"].lower()
        if email and User.objects.filter(email__iexact=email).exclude(pk=self.user.pk).exists():
            raise forms.ValidationError(words("Địa chỉ này là của người khác.", "Somebody else has it."))
        return email


class SucceedForm(Why):
    """Where a post goes on whose agency has ended."""

    agency = forms.ChoiceField(label=words("Cơ quan kế thừa", "Successor"))
    field_order = ["agency", "why"]

    def __init__(self, heirs: dict[str, str], *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        end = words("Không: kết thúc cùng cơ quan", "None: it ends with the agency")
        self.fields["agency"].choices = [*heirs.items(), ("-", end)]  # type: ignore[attr-defined]


class PasswordForm(forms.Form):
    """A password that somebody chooses, twice."""

    password1 = forms.CharField(
        label=words("Mật khẩu", "Password"),
        max_length=200,
        strip=False,
        help_text=words("Ít nhất 12 ký tự.", "At least 12 characters."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    password2 = forms.CharField(
        label=words("Nhập lại mật khẩu", "The password again"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean_password2(self) -> str:
        text: str = self.cleaned_data["password2"]
        if text != self.cleaned_data.get("password1"):
            raise forms.ValidationError(words("Hai lần nhập không giống nhau.", "The two are not the same."))
        return text
