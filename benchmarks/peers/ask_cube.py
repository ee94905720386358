"""Cube over HTTP, on PostgreSQL (the folder of its socket is the third argument, Cube's own the second)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from contest import Answer, Question, contest
from environments import CUBE_ENVIRONMENT
from http_client import Client, free_port, wait_for


def query(question: Question) -> str:
    return json.dumps(
        {
            "measures": ["Figures.ratio"],
            "dimensions": ["Figures.district"],
            "timeDimensions": [
                {
                    "dimension": "Figures.month",
                    "granularity": "month",
                    "dateRange": [question.first_day, question.last_month_day],
                }
            ],
            "filters": [{"member": "Figures.element", "operator": "equals", "values": [question.element]}],
        }
    )


def main(folder: Path, socket_folder: str) -> None:
    port = free_port()
    settings = {
        "CUBEJS_DB_TYPE": "postgres",
        "CUBEJS_DB_HOST": socket_folder,
        "CUBEJS_DB_NAME": "postgres",
        "CUBEJS_DB_USER": "postgres",
        "CUBEJS_API_SECRET": "nothing to hide",
        "CUBEJS_SCHEDULED_REFRESH_TIMER": "false",
        "NODE_ENV": "production",
        "PORT": str(port),
    }
    server = subprocess.Popen(
        [folder / "node_modules" / ".bin" / "cubejs-server"],
        cwd=folder,
        env=os.environ | CUBE_ENVIRONMENT | settings,
        stdout=sys.stderr,
    )
    try:
        wait_for(port)
        client = Client(port)

        def ask(question: Question) -> Answer:
            found = client.get("/cubejs-api/v1/load", query=query(question))
            while found.get("error") == "Continue wait":
                found = client.get("/cubejs-api/v1/load", query=query(question))
            return [
                (row["Figures.district"], row["Figures.month.month"], row["Figures.ratio"])
                for row in found["data"]
            ]

        contest(ask)
    finally:
        server.terminate()
        server.wait()


if __name__ == "__main__":
    main(Path(sys.argv[2]), sys.argv[3])
