"""The outer door: exit codes, help, and how work ends when somebody stops it."""

from __future__ import annotations

from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from tests.helpers.workspace import ok, run

from kieng.cli.main import kieng
from kieng.problems import refuse


@pytest.mark.parametrize("command", sorted(kieng.commands))
def test_every_command_explains_itself_in_both_languages(command: str) -> None:
    said = ok(None, command, "--help").stdout
    described = (kieng.commands[command].help or "").split("\n")[0]
    assert " / " in described
    assert described.split(" / ")[1].rstrip(".")[:30] in " ".join(said.split())
    assert said == ok(None, command, "-h").stdout


def test_the_commands_of_the_contract_are_there() -> None:
    promised = {
        "demo",
        "init",
        "check",
        "load",
        "measure",
        "show",
        "explain",
        "recompute",
        "verify",
        "export",
    }
    assert promised | {"bench"} <= set(kieng.commands)
    listed = ok(None, "--help").stdout
    assert all(f"\n  {command} " in listed for command in promised)


def test_an_unknown_command_is_bad_input() -> None:
    result = run(None, "shwo")
    assert result.exit_code == 2
    assert "shwo" in result.stderr


@pytest.fixture
def door(monkeypatch: pytest.MonkeyPatch) -> click.Group:
    """The door with a command behind it that ends as its argument says."""

    @click.command()
    @click.argument("how")
    def end(how: str) -> None:
        if how == "stopped":
            raise KeyboardInterrupt
        if how == "refused":
            raise refuse("plans/a.yaml", "not-so", "It is not so.", "Make it so.", "[bold]x[/bold]")
        raise ZeroDivisionError

    monkeypatch.setitem(kieng.commands, "end", end)
    return kieng


def test_stopping_says_so_and_is_neither_yes_nor_no(door: click.Group) -> None:
    result = CliRunner().invoke(door, ["end", "stopped"])
    assert result.exit_code == 130
    assert "Stopped as asked" in result.stderr
    assert "Đã dừng theo yêu cầu" in result.stderr


def test_a_refusal_is_shown_as_it_stands(door: click.Group) -> None:
    result = CliRunner().invoke(door, ["end", "refused"])
    assert result.exit_code == 2
    assert "plans/a.yaml: not-so '[bold]x[/bold]'" in result.stderr
    assert "→ Make it so." in result.stderr


def test_a_fault_of_our_own_is_not_swallowed(door: click.Group) -> None:
    assert isinstance(CliRunner().invoke(door, ["end", "broken"]).exception, ZeroDivisionError)


def test_the_workspace_may_be_named_by_the_environment(tmp_path: Path) -> None:
    result = run(None, "show", env={"KIENG_WORKSPACE": str(tmp_path / "theirs")})
    assert result.exit_code == 2
    assert str(tmp_path / "theirs") in result.stderr
