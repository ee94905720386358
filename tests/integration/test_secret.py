"""The secret of a workspace is whole, one, and its owner's."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from kieng.problems import UserError
from kieng.workspace.secret import secret_in


def test_it_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    found = secret_in(tmp_path)
    assert (len(found), secret_in(tmp_path)) == (32, found)
    assert (tmp_path / "secret").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["secret"]


def test_it_is_one_even_when_another_makes_it_meanwhile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = os.link

    def late(source: Path, target: Path) -> None:
        target.write_bytes(b"x" * 32)  # the other was quicker
        link(source, target)

    monkeypatch.setattr(os, "link", late)
    assert secret_in(tmp_path) == b"x" * 32


def test_many_at_once_have_one(tmp_path: Path) -> None:
    with ThreadPoolExecutor(4) as several:
        assert len(set(several.map(lambda _: secret_in(tmp_path), range(8)))) == 1


@pytest.mark.parametrize("size", [0, 31])
def test_a_part_of_it_is_no_secret(tmp_path: Path, size: int) -> None:
    (tmp_path / "secret").write_bytes(b"x" * size)
    with pytest.raises(UserError, match="secret-damaged"):
        secret_in(tmp_path)


def test_one_that_may_not_be_read(tmp_path: Path) -> None:
    (tmp_path / "secret").mkdir()
    with pytest.raises(UserError, match="unreadable-file"):
        secret_in(tmp_path)
