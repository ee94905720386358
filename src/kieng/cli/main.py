"""``kieng``: one command per thing a person does. Exit codes: 0 fine, 1 the answer is no, 2 bad input."""

from __future__ import annotations

import gc
from pathlib import Path

import click

from kieng import __version__
from kieng.cli.admin_commands import admin
from kieng.cli.bench_command import bench
from kieng.cli.cut_off import tell_cut_off
from kieng.cli.demo_command import demo
from kieng.cli.doctor_command import doctor
from kieng.cli.explain_commands import explain, recompute
from kieng.cli.figure_commands import export, measure, show
from kieng.cli.keeping_commands import backup, restore, tidy, upgrade
from kieng.cli.plan_commands import check, init
from kieng.cli.record_commands import load, verify
from kieng.cli.reorganise_command import reorganise
from kieng.cli.screen import say, show_problems
from kieng.cli.serve_command import serve
from kieng.problems import UserError
from kieng.records.disk import owner_only

#: When Python looks for garbage that refers to itself. Figures are many and small, and are kept: with its own
#: thresholds (700, 10, 10) looking through them again and again takes an eighth of a full measuring.
SELDOM = (200_000, 20, 10)


class Door(click.Group):
    """The outer door: a user's error is shown without a traceback, anything else keeps it."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except UserError as error:
            show_problems(error.problems)
            ctx.exit(2)
        except KeyboardInterrupt:
            say("Đã dừng theo yêu cầu; không có gì dở dang.", "Stopped as asked; nothing is left half-done.")
            ctx.exit(130)


@click.group(cls=Door, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(__version__, prog_name="kieng", help="Phiên bản / the version.")
@click.option(
    "-w",
    "--workspace",
    type=click.Path(path_type=Path),
    envvar="KIENG_WORKSPACE",
    default=Path("."),
    help="Thư mục làm việc / the workspace's folder (KIENG_WORKSPACE).",
)
@click.pass_context
def kieng(ctx: click.Context, workspace: Path) -> None:
    """Kiềng: từ văn bản kế hoạch đến từng con số có nguồn gốc.

    From a plan's text to every number with its trail.
    """
    owner_only()
    gc.set_threshold(*SELDOM)
    if ctx.invoked_subcommand != serve.name:  # pages go on with the last good text, and say so
        tell_cut_off(workspace)
    ctx.obj = workspace


for command in (
    demo,
    init,
    check,
    load,
    measure,
    show,
    explain,
    recompute,
    verify,
    tidy,
    backup,
    restore,
    upgrade,
    doctor,
    reorganise,
    serve,
    admin,
    export,
    bench,
):
    kieng.add_command(command)


def main() -> None:
    """Entry point of the ``kieng`` command."""
    kieng(prog_name="kieng")


if __name__ == "__main__":
    main()
