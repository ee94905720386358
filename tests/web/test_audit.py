"""The trail only grows, and whatever is changed in it is found."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from kieng.web.accounts import actions
from kieng.web.accounts.models import User
from kieng.web.audit import kinds, reads
from kieng.web.audit.actions import record
from kieng.web.audit.models import Event

pytestmark = pytest.mark.django_db


@pytest.fixture
def events() -> list[Event]:
    user = User.objects.create_user("can-bo")
    for _ in range(3):
        record("logged_in", by=user, about=user, who="Cán bộ")
    return list(Event.objects.order_by("number"))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_event SET told = '{}'",
        "DELETE FROM audit_event WHERE number = 3",
        "INSERT OR REPLACE INTO audit_event SELECT * FROM audit_event WHERE number = 2",
    ],
)
def test_the_database_refuses_to_change_what_was_noted(events, statement):
    with pytest.raises(DatabaseError, match="only added to"), transaction.atomic():
        connection.cursor().execute(statement)
    assert reads.verify().faults == ()


def test_an_event_is_kept_exactly_when_the_deed_is():
    with transaction.atomic():
        actions.create_person(username="a", shown_as="A", by=None, why="thử")
        transaction.set_rollback(True)
    assert not Event.objects.exists()
    assert not User.objects.exists()


def test_each_event_is_chained_to_the_one_before(events):
    assert [one.number for one in events] == [1, 2, 3]
    assert [one.before for one in events[1:]] == [one.hash for one in events[:-1]]
    sound = reads.verify(known_head=events[1].hash)
    assert (sound.events, sound.head, sound.faults) == (3, events[2].hash, ())


def _without_triggers(statement: str) -> None:
    """What somebody who owns the database can do."""
    cursor = connection.cursor()
    for name in ("audit_event_no_update", "audit_event_no_delete", "audit_event_next"):
        cursor.execute(f"DROP TRIGGER {name}")
    cursor.execute(statement)


@pytest.mark.parametrize(
    ("statement", "says"),
    [
        ("UPDATE audit_event SET why = 'x' WHERE number = 2", "2 was changed"),
        ("UPDATE audit_event SET by_id = 99 WHERE number = 1", "1 was changed"),
        ("DELETE FROM audit_event WHERE number = 2", "missing before event 3"),
    ],
)
def test_what_the_owner_of_the_database_changes_is_found(events, statement, says):
    _without_triggers(statement)
    assert any(says in fault.en for fault in reads.verify().faults)


def test_an_end_that_was_cut_off_is_found_by_a_noted_hash(events):
    _without_triggers("DELETE FROM audit_event WHERE number = 3")
    assert reads.verify().faults == ()
    assert [fault.en for fault in reads.verify(events[2].hash).faults] == ["The noted hash is gone"]


def test_the_command_says_whether_the_trail_is_whole(events, capsys):
    call_command("verify_trail", head=events[0].hash)
    assert capsys.readouterr().out.strip() == f"3 {events[2].hash}"
    _without_triggers("UPDATE audit_event SET why = 'x' WHERE number = 2")
    with pytest.raises(SystemExit) as left:
        call_command("verify_trail")
    assert left.value.code == 1


def test_a_kind_without_a_presenter_cannot_be_recorded():
    with pytest.raises(ValueError, match="no presenter"):
        record("unheard_of", by=None)


def test_every_kind_is_named_in_both_languages():
    assert all(name.vi and name.en and name.vi != name.en for name in kinds.names().values())


def test_the_page_says_who_did_what_and_why(log_in):
    user = User.objects.create_user("can-bo", shown_as="Cán bộ một")
    actions.disable(user=user, by=None, why="QĐ 12/2026")
    client = log_in("office")
    told = client.get("/nhat-ky/").content.decode()
    assert "Khoá tài khoản của Cán bộ một" in told
    assert "QĐ 12/2026" in told
    client.cookies["kieng_language"] = "en"
    assert "Disabled the account of Cán bộ một" in client.get("/nhat-ky/").content.decode()


def test_the_page_is_read_on_from_a_number_and_narrowed(log_in, events):
    for _ in range(reads.PAGE):
        record("logged_in", by=None, about=events[0].by, who="x")
    page = log_in("office").get("/nhat-ky/", {"kind": "logged_in"}).context["page"]
    older = reads.trail(before=page.older, kind="logged_in")
    numbers = [line.event.number for line in page.lines + older.lines]
    assert numbers == sorted(numbers, reverse=True)
    assert len(numbers) == len(set(numbers)) == Event.objects.filter(kind="logged_in").count()
    assert older.older is None


def test_an_administrator_checks_the_trail_on_a_page(log_in):
    assert "Nhật ký còn nguyên" in log_in("admin").get("/nhat-ky/kiem-tra/").content.decode()
