"""One's own account, and the administrator's pages about people and posts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from allauth.account.views import LoginView, password_change
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.core.paginator import Paginator
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kieng.plan.agency import AgencyTree
from kieng.web import door
from kieng.web.accounts import actions, demo, forms, province, reads
from kieng.web.accounts.models import Post, User
from kieng.words import Name

province_begins = province.begins
province_answers = province.answers
_form_page = require_http_methods(["GET", "HEAD", "POST"])


class LogIn(LoginView):  # type: ignore[misc]
    """Logging in; in a demonstration, with the people to log in as."""

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        told: dict[str, Any] = super().get_context_data(**more)
        told["province"] = settings.OIDC_NAME
        told["next_page"] = self.request.GET.get("next", "")
        if settings.DEMO:
            told |= {"demo_people": demo.PEOPLE, "demo_password": demo.PASSWORD}
        return told


log_in = LogIn.as_view()


def change_password(request: HttpRequest) -> HttpResponse:
    """Choose another password. Who logs in by the province's account has none here."""
    if not _self(request).has_usable_password():
        raise PermissionDenied
    answer: HttpResponse = password_change(request)
    return answer


@require_GET
def enter(request: HttpRequest) -> HttpResponse:
    """Where somebody goes after logging in: to what they answer for, else to the plan."""
    return redirect("cockpit:home" if reads.person_of(request).posts else "public:plan")


@require_GET
@never_cache
def me(request: HttpRequest) -> HttpResponse:
    """My posts, my second factor, my password."""
    user, today = _self(request), timezone.localdate()
    posts = reads.posts_of(user)
    lent = [one for post in posts for one in post.delegations.select_related("user") if _goes_on(one, today)]
    told = {"posts": posts, "today": today, "lent": lent, "agencies": _agency_names()}
    told["second_factor"] = reads.has_second_factor(user)
    told["may_delegate"] = any(not post.acting for post in reads.person_of(request).posts)
    return render(request, "accounts/me.html", told)


@require_POST
def end_sessions(request: HttpRequest) -> HttpResponse:
    """Log out everywhere, here too."""
    user = _self(request)
    actions.end_sessions(user=user, by=user)
    return redirect("account_login")


@_form_page
def delegate(request: HttpRequest) -> HttpResponse:
    """Let somebody act in one's post for some days."""
    person = reads.person_of(request)
    own = {post.pk: post for post in person.posts if not post.acting}
    colleagues = reads.colleagues(_self(request), tuple(own.values()))
    names = {post.pk: _post_name(post) for post in own.values()}
    shown = {one.pk: one.get_full_name() for one in colleagues}
    form = forms.DelegateForm(names, shown, _sent(request))
    if form.is_valid():
        post, to = own[int(form.cleaned_data["post"])], colleagues.get(pk=form.cleaned_data["to"])
        days = {"valid_from": form.cleaned_data["valid_from"], "valid_to": form.valid_to}
        why = form.cleaned_data["why"]
        if _done(form, lambda: actions.delegate(post=post, to=to, by=_self(request), why=why, **days)):
            return _back(request, "accounts:me", Name("Đã uỷ quyền.", "Delegated."))
    return _page(request, "accounts/delegate.html", form, {"nobody": not shown})


@require_POST
def end_delegation(request: HttpRequest, post: int) -> HttpResponse:
    """Take back, as of today, what one delegated."""
    lent = get_object_or_404(Post, pk=post, instead_of__user=_self(request))
    by, why = _self(request), Name("Người uỷ quyền rút lại", "Taken back").in_language(get_language() or "vi")
    try:
        actions.take_back(post=lent, on=timezone.localdate(), by=by, why=why)
    except actions.Refused as refused:
        return _back(request, "accounts:me", refused.says)
    return _back(request, "accounts:me", Name("Đã rút uỷ quyền.", "Taken back."))


@require_GET
def people(request: HttpRequest) -> HttpResponse:
    """Everybody with an account, and the posts they hold today."""
    search = request.GET.get("tim", "")
    if "\0" in search or len(search) > 200:
        raise BadRequest("not a text to look for")
    page = Paginator(reads.people(search), 50).get_page(request.GET.get("trang"))
    told = {"page": page, "search": search, "today": timezone.localdate(), "agencies": _agency_names()}
    return render(request, "accounts/people.html", told)


@_form_page
@never_cache
def new_person(request: HttpRequest) -> HttpResponse:
    """Open an account; its first password is shown once."""
    form = forms.PersonForm(_sent(request))
    if not form.is_valid():
        return _page(request, "accounts/new_person.html", form)
    given = form.cleaned_data
    password = actions.made_password() if given.pop("local") else ""
    user = actions.create_person(**given, password=password, by=_self(request))
    return render(request, "accounts/password.html", {"one": user, "password": password})


@require_GET
def one_person(request: HttpRequest, user: int) -> HttpResponse:
    """A person: posts, and what can be done."""
    return _person_page(request, get_object_or_404(User, pk=user))


@require_POST
def give_post(request: HttpRequest, user: int) -> HttpResponse:
    """Let somebody hold a post."""
    one = get_object_or_404(User, pk=user)
    form = forms.PostForm(_tree(), request.POST)
    if form.is_valid() and _done(
        form, lambda: actions.give_post(user=one, by=_self(request), **form.cleaned_data)
    ):
        return _back(request, "accounts:one_person", Name("Đã giao chức vụ.", "The post is given."), one.pk)
    return _person_page(request, one, post_form=form)


@_form_page
def end_post(request: HttpRequest, post: int) -> HttpResponse:
    """End a post on a day."""
    held = get_object_or_404(Post.objects.select_related("user"), pk=post)
    form = forms.EndForm(_sent(request), initial={"on": timezone.localdate() + timedelta(days=1)})
    if form.is_valid() and _done(
        form, lambda: actions.end_post(post=held, by=_self(request), **form.cleaned_data)
    ):
        return _back(request, "accounts:one_person", Name("Đã kết thúc.", "Ended."), held.user_id)
    return _page(request, "accounts/end_post.html", form, {"post": held, "agencies": _agency_names()})


@require_POST
def province_login(request: HttpRequest, user: int) -> HttpResponse:
    """Say what the province's log-in calls somebody."""
    one = get_object_or_404(User, pk=user)
    form = forms.ProvinceLoginForm(request.POST)
    if form.is_valid() and _done(
        form, lambda: actions.set_province_login(user=one, by=_self(request), **form.cleaned_data)
    ):
        return _back(request, "accounts:one_person", Name("Đã ghi.", "Kept."), one.pk)
    return _person_page(request, one, province_form=form)


_DEEDS: dict[str, tuple[Callable[..., object], Name]] = {
    "khoa": (actions.disable, Name("Khoá tài khoản", "Disable the account")),
    "mo-khoa": (actions.enable, Name("Mở khoá tài khoản", "Enable the account")),
    "mat-khau": (actions.new_password, Name("Cấp mật khẩu mới", "Give a new password")),
    "bo-lop-hai": (actions.remove_second_factor, Name("Bỏ lớp bảo vệ thứ hai", "Remove the second factor")),
}


@_form_page
@never_cache
def do(request: HttpRequest, user: int, deed: str) -> HttpResponse:
    """Disable, enable, give a password, remove the second factor: each asks why first."""
    if deed not in _DEEDS:
        raise Http404
    one, (act, name) = get_object_or_404(User, pk=user), _DEEDS[deed]
    form = forms.Why(_sent(request))
    made: list[object] = []
    if form.is_valid() and _done(
        form, lambda: made.append(act(user=one, by=_self(request), **form.cleaned_data))
    ):
        if isinstance(made[0], str):
            return render(request, "accounts/password.html", {"one": one, "password": made[0]})
        return _back(request, "accounts:one_person", Name("Đã làm.", "Done."), one.pk)
    return _page(request, "accounts/do.html", form, {"one": one, "deed": name})


def _person_page(request: HttpRequest, one: User, **asked: Form) -> HttpResponse:
    told: dict[str, Any] = {
        "one": one,
        "posts": reads.posts_of(one),
        "today": timezone.localdate(),
        "agencies": _agency_names(),
        "second_factor": reads.has_second_factor(one),
        "post_form": forms.PostForm(_tree(), initial={"valid_from": timezone.localdate()}),
        "province_form": forms.ProvinceLoginForm(initial={"province_login": one.province_login}),
    }
    status = 400 if asked else 200
    return render(request, "accounts/one_person.html", told | asked, status=status)


def _sent(request: HttpRequest) -> QueryDict | None:
    """What was sent, be it nothing at all."""
    return request.POST if request.method == "POST" else None


def _done(form: Form, act: Callable[[], object]) -> bool:
    """Do it; what refuses it is said on the form."""
    try:
        act()
    except actions.Refused as refused:
        form.add_error(None, refused.says.in_language(get_language() or "vi"))
        return False
    return True


def _page(
    request: HttpRequest, template: str, form: Form, more: dict[str, Any] | None = None
) -> HttpResponse:
    told = {"form": form} | (more or {})
    return render(request, template, told, status=400 if form.is_bound else 200)


def _back(request: HttpRequest, to: str, says: Name, *args: object) -> HttpResponse:
    messages.info(request, says.in_language(get_language() or "vi"))
    return redirect(to, *args)


def _self(request: HttpRequest) -> User:
    user = reads.person_of(request).user
    if user is None:
        raise PermissionDenied
    return user


def _tree() -> AgencyTree:
    try:
        return door.state().definitions.tree
    except door.NO_STATE:
        return AgencyTree({}, {})


def _agency_names() -> dict[str, Name]:
    """The newest name of every agency."""
    return {key: agency.names[-1].value for key, agency in _tree().agencies.items() if agency.names}


def _post_name(post: Post) -> str:
    name, agency = post.said, _agency_names().get(post.agency)
    language = get_language() or "vi"
    told = name.in_language(language)
    return f"{told}, {agency.in_language(language)}" if agency else told


def _goes_on(post: Post, today: date) -> bool:
    return post.valid_to is None or post.valid_to > today
