"""The example's nginx on this machine, with its places changed and nothing else."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

EXAMPLE = Path(__file__).parents[2] / "deploy" / "nginx.conf"


@dataclass(frozen=True)
class Nginx:
    """A folder in which nginx runs with the example's configuration."""

    folder: Path

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(self.command(*words), capture_output=True, text=True, check=False)

    def command(self, *words: str) -> list[str]:
        program = os.environ.get("KIENG_TEST_NGINX") or shutil.which("nginx") or "nginx"
        where = str(self.folder)
        return [program, "-p", where, "-e", f"{where}/error.log", "-c", f"{where}/nginx.conf", *words]


def nginx_folder(folder: Path, pages: int, tls: int, plain: int) -> Nginx:
    """The example with other ports, and a certificate of its own, in ``folder``."""
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1"]
        + ["-subj", "/CN=kieng.example.vn", "-addext", "subjectAltName=DNS:kieng.example.vn"]
        + ["-keyout", folder / "privkey.pem", "-out", folder / "fullchain.pem"],
        check=True,
        capture_output=True,
    )
    text = EXAMPLE.read_text("utf-8")
    for ours, theirs in (
        ("server 127.0.0.1:8000;", f"server 127.0.0.1:{pages};"),
        ("listen 80;", f"listen 127.0.0.1:{plain};"),
        ("listen [::]:80;", ""),
        ("listen 443 ssl", f"listen 127.0.0.1:{tls} ssl"),
        ("listen [::]:443 ssl http2;", ""),
        ("/etc/nginx/kieng/", f"{folder}/"),
    ):
        assert ours in text, ours
        text = text.replace(ours, theirs)
    kept = "".join(
        f"{kind}_temp_path {folder}/{kind};\n"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    whole = f"pid {folder}/pid;\nevents {{}}\nhttp {{\naccess_log off;\n{kept}{text}\n}}\n"
    (folder / "nginx.conf").write_text(whole)
    return Nginx(folder)
