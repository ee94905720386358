"""The specs are printed as documentation, and the page is up to date."""

from __future__ import annotations

from tests.helpers.spec import SPECS, specs
from tools.spec_pages import CHAPTERS, PAGE, page, table


def test_the_page_is_up_to_date() -> None:
    assert PAGE.read_text("utf-8") == page(), "run `make docs`"


def test_every_spec_stands_in_a_chapter() -> None:
    assert {path.name for path in SPECS.iterdir() if path.is_dir() and path.name[0].isdigit()} == set(
        CHAPTERS
    )


def test_every_spec_speaks_both_languages() -> None:
    for spec in specs():
        texts = [spec.text["title"], spec.text["explain"], *(a["note"] for a in spec.answers if "note" in a)]
        assert all(text["vi"] and text["en"] for text in texts), spec.path


def test_a_table_is_printed_with_its_empty_cells() -> None:
    assert table("a | b\n1 |") == "| a | b |\n| --- | --- |\n| 1 |  |"
