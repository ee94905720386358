"""Who writes files, and why a process that is ended half-way leaves nothing half-written.

Several files of a workspace that have to change together do so through ``workspace/text_files``. A module
that begins to write stands here with its reason, or this fails.
"""

from __future__ import annotations

import ast
from pathlib import Path

import kieng

SOURCE = Path(kieng.__file__).parent

WRITERS = {
    "records/disk.py": "a lock file without content",
    "records/refused.py": "one file under a passing name, then its own; sent again it is written anew",
    "records/ledger.py": "removes what no batch names, under the writers' lock",
    "records/plan_texts.py": "no file: in memory",
    "records/segments.py": "files of new names, which one transaction names afterwards",
    "records/readers/child.py": "no file: its own chance to be ended when memory is short",
    "records/witness.py": "one line added at once; a torn one is passed over",
    "plan/load.py": "a passing folder of its own",
    "stores/sql/choose.py": "one file under a passing name, then its own",
    "stores/sql/version_2.py": "indexes under passing names, before the transaction that names them",
    "workspace/text_files.py": "the helper: a journal, then file after file",
    "workspace/backup.py": "complete.json comes last; a mark tells what was cut off",
    "workspace/demo.py": "a mark comes first: what is cut off is made anew",
    "workspace/reorganise.py": "no file: in memory",
    "workspace/secret.py": "one file under a passing name, linked to its own",
    "trace/bundle.py": "one file under a passing name, then its own; a passing folder to read in",
    "cli/figure_commands.py": "an export: each file under a passing name, then its own",
    "examples/generate/files.py": "deliveries of the example, made anew with it",
    "web/people/views.py": "what was sent, in a passing folder",
    "workspace/people_elsewhere.py": "a copy on its way to a server or from it, removed when it is there",
    "workspace/operations.py": "one file under a passing name, then its own",
    "web/counting.py": "one file under a passing name, then its own; counts of this moment",
    "cli/admin_commands.py": "links for people: a new file, made anew when it is cut off",
    "web/limits.py": "counters of this moment",
    "web/opendata/whole.py": "one file under a passing name, then its own",
    "web/accounts/management/commands/vi_catalogue.py": "for those who develop",
}
_WRITES = {"write_text", "write_bytes", "touch", "unlink", "rmtree", "copytree", "copy2", "copyfile", "link",
           "symlink_to", "rename", "write_durably", "copymode"}  # fmt: skip


def writes(call: ast.Call) -> bool:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    if name == "ZipFile":
        return any(isinstance(one, ast.Constant) and one.value in ("w", "a") for one in call.args)
    if name == "open":
        modes = [
            one.value
            for one in [*call.args, *(k.value for k in call.keywords)]
            if isinstance(one, ast.Constant)
        ]
        flags = "O_WRONLY" in ast.dump(call) or "O_RDWR" in ast.dump(call)
        return flags or any(
            isinstance(mode, str) and set(mode) & set("wax+") and len(mode) < 4 for mode in modes
        )
    if name == "replace":  # of a path: that of a text takes two arguments
        owner = getattr(call.func, "value", None)
        of_os = isinstance(owner, ast.Name) and owner.id == "os"
        return isinstance(call.func, ast.Attribute) and (of_os or (len(call.args) == 1 and not call.keywords))
    return name in _WRITES


def writing_modules() -> set[str]:
    found = set()
    for path in sorted(SOURCE.rglob("*.py")):
        tree = ast.parse(path.read_text("utf-8"))
        if any(isinstance(node, ast.Call) and writes(node) for node in ast.walk(tree)):
            found.add(str(path.relative_to(SOURCE)))
    return found


def test_every_module_that_writes_says_why_nothing_is_left_half_written() -> None:
    assert writing_modules() == set(WRITERS)


def test_the_texts_of_a_workspace_are_changed_by_the_helper_alone() -> None:
    """What writes below a workspace's root, outside its ``.kieng``, is the helper, or makes a new one."""
    new_folders = {"workspace/backup.py", "workspace/demo.py"}
    in_workspace = {name for name in WRITERS if name.startswith(("workspace/", "plan/"))}
    assert in_workspace - new_folders == {
        "workspace/text_files.py",
        "workspace/secret.py",
        "workspace/operations.py",
        "workspace/people_elsewhere.py",
        "workspace/reorganise.py",
        "plan/load.py",
    }
