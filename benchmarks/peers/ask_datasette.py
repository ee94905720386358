"""Datasette over HTTP, on the same SQLite file (and its covering index) as the floor."""

from __future__ import annotations

import subprocess
import sys

from contest import Answer, Question, asked_folder, contest
from http_client import Client, free_port, wait_for

NAME = "synthetic-figures"
_QUERY = (
    "SELECT district, month, 1.0 * sum(numerator) / sum(denominator) FROM figures"
    " WHERE element = :element AND month BETWEEN :first AND :last GROUP BY district, month"
)


def main() -> None:
    port = free_port()
    command = [sys.executable, "-m", "datasette", "serve", "-i", asked_folder() / f"{NAME}.sqlite"]
    server = subprocess.Popen([*command, "-p", str(port)], stdout=sys.stderr)
    try:
        wait_for(port)
        client = Client(port)

        def ask(question: Question) -> Answer:
            asked = {"first": question.first_day, "last": question.last_month_day}
            found = client.get(
                f"/{NAME}.json", sql=_QUERY, _shape="arrays", element=question.element, **asked
            )
            return found["rows"]

        contest(ask)
    finally:
        server.terminate()
        server.wait()


if __name__ == "__main__":
    main()
