"""What an administrator fills in about an API key."""

from __future__ import annotations

from django import forms
from django.utils.functional import lazy

from kieng.web.templatetags.kieng import say

_said = lazy(say, str)


class Why(forms.Form):
    why = forms.CharField(label=_said("Lý do", "Reason"), max_length=500)


class KeyForm(Why):
    name = forms.CharField(label=_said("Cấp cho ai", "Given to"), max_length=200)
    contact = forms.CharField(label=_said("Liên hệ", "Contact"), max_length=200, required=False)
    field_order = ("name", "contact", "why")
