"""The administrator's pages about many people at once, and the page on which somebody chooses a password."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied, ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kieng.problem_words import in_vietnamese
from kieng.problems import Problem, UserError
from kieng.web.accounts import actions as accounts
from kieng.web.accounts.models import Post, User
from kieng.web.accounts.reads import person_of
from kieng.web.people import actions, activation, forms, kept_sheet, reads
from kieng.web.people.activation import Link
from kieng.web.people.blank import blank_sheet as blank
from kieng.web.people.changes import Changes, Kind
from kieng.web.people.columns import Column
from kieng.web.people.sheet import Sheet
from kieng.words import Name

_form_page = require_http_methods(["GET", "HEAD", "POST"])
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: So many rows of a list are shown at once, the rest as a count.
_SHOWN = 300


@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """What is to be seen to."""
    found = reads.overview(reads.definitions(), timezone.localdate())
    return render(request, "people/overview.html", {"found": found, "agencies": _agency_names()})


@_form_page
@never_cache
def sheet(request: HttpRequest) -> HttpResponse:
    """Send a file and see what it would change, or all that is wrong with it. Nothing is written."""
    form = forms.SheetForm(request.POST, request.FILES) if request.method == "POST" else forms.SheetForm()
    if not form.is_valid():
        return render(request, "people/sheet.html", {"form": form}, status=400 if form.is_bound else 200)
    try:
        read = _read(form.cleaned_data["file"])
        changes = actions.look(read, reads.definitions(), timezone.localdate())
    except UserError as error:
        return _wrong(request, error.problems, form.cleaned_data["file"].name or "")
    return _preview(request, read, changes, form.cleaned_data["why"])


@require_POST
@never_cache
def accept(request: HttpRequest) -> HttpResponse:
    """Do what was looked at; where the accounts have changed meanwhile it is looked at once more."""
    user = _self(request)
    try:
        read, looked_at, why = kept_sheet.opened(request.POST.get("sheet", ""), user)
    except kept_sheet.Lost:
        return _back(request, "people:sheet", Name("Hãy gửi lại tệp.", "Send the file again."))
    asked: dict[str, Any] = {
        "definitions": reads.definitions(),
        "today": timezone.localdate(),
        "by": user,
        "why": why,
    }
    try:
        done = actions.load(sheet=read, looked_at=looked_at, **asked)
    except actions.Moved as moved:
        return _preview(request, read, moved.changes, why, moved=True)
    except UserError as error:
        return _wrong(request, error.problems, read.file)
    count = sum(one.kind is not Kind.UNCHANGED for one in done.changes)
    return _back(request, "people:overview", Name(f"Đã nạp {count} thay đổi.", f"{count} changes are made."))


@require_safe
def blank_sheet(request: HttpRequest) -> HttpResponse:
    """The form to fill in."""
    content = blank(reads.definitions(), timezone.localdate())
    return _file(content, _XLSX, "nhan-su.xlsx")


@require_POST
@never_cache
def links(request: HttpRequest) -> HttpResponse:
    """Give activation links, shown this once: to one person, or to all who have none that opens."""
    who, why = request.POST.get("who", ""), request.POST.get("why", "").strip()[:500]
    waiting = reads.not_come(timezone.localdate())
    if who == "all":
        users = [one.user for one in waiting if not one.opens]
    elif who.isascii() and who.isdigit() and len(who) < 18:
        users = [get_object_or_404(User, pk=int(who))]
    else:
        raise BadRequest("nobody is named")
    if not why:
        return _back(request, "people:overview", Name("Hãy ghi lý do.", "Say why."))
    try:
        given = activation.give_links(users=users, by=_self(request), why=why)
    except accounts.Refused as refused:
        return _back(request, "people:overview", refused.says)
    told = [
        (link, request.build_absolute_uri(reverse("people:activate", args=(link.token,)))) for link in given
    ]
    if "csv" in request.POST:
        return _file(_csv(told), "text/csv; charset=utf-8", "lien-ket-kich-hoat.csv")
    return render(request, "people/links.html", {"links": told})


@_form_page
@never_cache
def hand_over(request: HttpRequest, post: int) -> HttpResponse:
    """Let somebody else hold a post from a day, with all that is open."""
    held = get_object_or_404(Post.objects.select_related("user"), pk=post)
    first = held.valid_to or timezone.localdate() + timedelta(days=1)
    form = forms.HandOverForm(_sent(request), initial={"on": first})
    waiting = reads.open_in(held.agency)
    if form.is_valid():
        count = sum(one.count for one in waiting)
        try:
            accounts.hand_over(post=held, by=_self(request), open_matters=count, **form.cleaned_data)
        except accounts.Refused as refused:
            form.add_error(None, refused.says.in_language(get_language() or "vi"))
        else:
            return _back(request, "people:overview", Name("Đã bàn giao.", "Handed over."))
    told = {"form": form, "post": held, "waiting": waiting, "agencies": _agency_names()}
    told["people"] = User.objects.filter(is_active=True).exclude(pk=held.user_id).order_by("shown_as")[:2_000]
    return render(request, "people/hand_over.html", told, status=400 if form.is_bound else 200)


@_form_page
@never_cache
def succeed(request: HttpRequest, post: int) -> HttpResponse:
    """End a post with its agency, and let it go on in what the agency became."""
    held = get_object_or_404(Post.objects.select_related("user"), pk=post)
    found = reads.outlived(reads.definitions(), [held], timezone.localdate())
    if not found:
        return _back(
            request, "people:overview", Name("Cơ quan này còn hoạt động.", "The agency is still there.")
        )
    names, language = _agency_names(), get_language() or "vi"
    heirs = {one: names[one].in_language(language) for one in found[0].heirs}
    form = forms.SucceedForm(heirs, _sent(request), initial={"agency": found[0].heir})
    if form.is_valid():
        heir = form.cleaned_data["agency"]
        asked = {"post": held, "on": found[0].closed, "by": _self(request), "why": form.cleaned_data["why"]}
        try:
            actions.succeed(**asked, agency="" if heir == "-" else heir)
        except accounts.Refused as refused:
            form.add_error(None, refused.says.in_language(language))
        else:
            return _back(request, "people:overview", Name("Đã ghi.", "Kept."))
    told = {"form": form, "one": found[0], "agencies": names}
    return render(request, "people/succeed.html", told, status=400 if form.is_bound else 200)


@_form_page
@never_cache
def rename(request: HttpRequest, user: int) -> HttpResponse:
    """Call somebody otherwise, or give them another address."""
    one = get_object_or_404(User, pk=user)
    form = forms.RenameForm(
        one, _sent(request), initial={"shown_as": one.get_full_name(), "email": one.email}
    )
    if not form.is_valid():
        told = {"form": form, "one": one}
        return render(request, "people/rename.html", told, status=400 if form.is_bound else 200)
    given, by = form.cleaned_data, _self(request)
    if given["shown_as"] != one.shown_as:
        accounts.rename(user=one, shown_as=given["shown_as"], by=by, why=given["why"])
    if given["email"] != one.email:
        accounts.set_email(user=one, email=given["email"], by=by, why=given["why"])
    return redirect("accounts:one_person", one.pk)


@_form_page
@never_cache
@sensitive_post_parameters()
def activate(request: HttpRequest, token: str) -> HttpResponse:
    """Choose a password. Looking at the page changes nothing. Its address is told to nobody else (the site's
    Referrer-Policy); with ``no-referrer`` a browser would send ``Origin: null``, and the form be refused."""
    user = activation.user_of(token)
    form = forms.PasswordForm(_sent(request))
    status = 400 if form.is_bound else 200
    if user is None:
        status = 404
    elif form.is_valid():
        try:
            activation.activate(token=token, password=form.cleaned_data["password1"])
        except ValidationError as weak:
            form.add_error("password1", weak)
        except accounts.Refused:  # another tab was quicker
            user, status = None, 404
        else:
            says = Name("Đã đặt mật khẩu. Hãy đăng nhập.", "The password is set. Log in.")
            return _back(request, "account_login", says)
    told = {"form": form, "one": user}
    return render(request, "people/activate.html", told, status=status)


def _read(file: UploadedFile[Any]) -> Sheet:
    """What was sent, through a file that is gone afterwards: readers take files."""
    with tempfile.TemporaryDirectory(prefix="kieng-people-") as folder:
        path = Path(folder) / "sheet"
        path.write_bytes(file.read())
        return actions.read(path, (file.name or "")[:100])


def _preview(
    request: HttpRequest, read: Sheet, changes: Changes, why: str, moved: bool = False
) -> HttpResponse:
    if changes.problems:
        return _wrong(request, changes.problems, read.file)
    shown = [one for one in changes.changes if one.kind is not Kind.UNCHANGED]
    told: dict[str, Any] = {"sheet": read, "changes": shown[:_SHOWN], "more": max(0, len(shown) - _SHOWN)}
    told |= {"counts": [(kind.said, count) for kind, count in changes.counts.items() if count]}
    told |= {"why": why, "moved": moved, "agencies": _agency_names()}
    if shown:
        told["sealed"] = kept_sheet.sealed(read, changes.fingerprint, why, _self(request))
    return render(request, "people/preview.html", told, status=409 if moved else 200)


def _wrong(request: HttpRequest, problems: Sequence[Problem], file: str) -> HttpResponse:
    """Every problem by row, in the reader's language."""
    english = get_language() == "en"
    rows = []
    for one in problems[:_SHOWN]:
        why, remedy = (one.why, one.remedy) if english else in_vietnamese(one) or (one.why, one.remedy)
        rows.append((one.place.line, one.value, why, remedy))
    told = {"rows": rows, "count": len(problems), "more": max(0, len(problems) - _SHOWN), "file": file[:100]}
    return render(request, "people/wrong.html", told | {"form": forms.SheetForm()}, status=400)


def _csv(links: Sequence[tuple[Link, str]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    names = [
        one.heading.in_language(get_language() or "vi")
        for one in (Column.NAME, Column.USERNAME, Column.EMAIL)
    ]
    writer.writerow([*names, *(("Link", "Until") if get_language() == "en" else ("Liên kết", "Đến"))])
    for link, address in links:
        until = timezone.localtime(link.ends_at)
        cells = (
            link.user.get_full_name(),
            link.user.username,
            link.user.email,
            address,
            f"{until:%d/%m/%Y %H:%M}",
        )
        writer.writerow([_no_formula(one) for one in cells])
    return b"\xef\xbb\xbf" + text.getvalue().encode()  # so that Excel takes it for UTF-8


def _no_formula(text: str) -> str:
    """A name that Excel would work out as a formula stays a name."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t")) else text


def _file(content: bytes, kind: str, name: str) -> HttpResponse:
    return HttpResponse(content, kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _sent(request: HttpRequest) -> Any:
    return request.POST if request.method == "POST" else None


def _back(request: HttpRequest, to: str, says: Name) -> HttpResponse:
    messages.info(request, says.in_language(get_language() or "vi"))
    return redirect(to)


def _self(request: HttpRequest) -> User:
    user = person_of(request).user
    if user is None:
        raise PermissionDenied
    return user


def _agency_names() -> dict[str, Name]:
    tree = reads.definitions().tree
    return {key: agency.names[-1].value for key, agency in tree.agencies.items() if agency.names}
