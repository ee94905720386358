"""One typo in the plan's text ends no page: they show the text that was last measured with, and say so."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.test import Client
from tests.helpers.copies import copied
from tests.helpers.workspace import write_workspace
from tests.web.conftest import served

from kieng.problems import UserError
from kieng.web import door
from kieng.workspace.folder import Workspace

SAID = "trang hiện theo văn bản của lần đo gần nhất"

pytestmark = pytest.mark.django_db


@pytest.fixture
def root(ministry: Path, tmp_path: Path) -> Path:
    return copied(ministry, tmp_path / "w")


def broken(root: Path) -> str:
    path = next((root / "indicators").glob("*.yaml"))
    before = path.read_text("utf-8")
    path.write_text(before.replace("value: ", "value: )", 1), "utf-8")
    return before


def health() -> dict[str, object]:
    told: dict[str, object] = json.loads(Client().get("/suc-khoe/").content)
    return told


def test_pages_go_on_and_say_so_from_the_start_and_while_they_run(root):
    with served(root):
        good = Client().get("/").content.decode()
        before = broken(root)
        for _ in ("a server that runs", "one that starts"):
            door.forget()
            page = Client().get("/")
            assert page.status_code == 200
            assert SAID in page.content.decode()
            assert health() == {"status": "fine", "version": health()["version"], "text_faults": 1}
        next((root / "indicators").glob("*.yaml")).write_text(before, "utf-8")
        door.forget()
        assert SAID not in Client().get("/").content.decode()
        assert SAID not in good
        assert "text_faults" not in health()


def test_whoever_measures_or_has_never_measured_is_refused(root, tmp_path):
    broken(root)
    with pytest.raises(UserError):
        Workspace(root)
    assert Workspace(root, last_good=True).text_faults
    never = write_workspace(tmp_path / "never")
    (never / "kieng.yaml").write_text("name: [", "utf-8")
    with pytest.raises(UserError):
        Workspace(never, last_good=True)
