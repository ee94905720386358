"""Record types: the built-in ones, and a workspace's own."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from kieng.plan.load_record_types import load_record_types
from kieng.plan.record_type import ClockFields, Field, FieldType, Quantity
from kieng.problems import Problems
from kieng.words import Name


@pytest.fixture(scope="module")
def built_in():
    problems = Problems()
    types = load_record_types(None, problems, root=Path("w"))
    assert list(problems) == []
    return types


@pytest.fixture
def load(tmp_path):
    """Loads a workspace with one file of record types; gives the types and what was said."""

    def read(text):
        folder = tmp_path / "record_types"
        folder.mkdir(exist_ok=True)
        (folder / "own.yaml").write_text(textwrap.dedent(text), encoding="utf-8")
        problems = Problems()
        types = load_record_types(folder, problems, tmp_path)
        return types, problems.sorted()

    return read


def test_all_built_in_types_are_there(built_in):
    assert set(built_in) == {
        "case", "work_file", "report", "enterprise", "product", "listing",
        "site", "outage", "workforce", "training", "feedback",
    }  # fmt: skip


def test_every_type_has_id_agency_and_an_anchor_in_days(built_in):
    for kind in built_in.values():
        assert kind.fields[kind.id_field].required
        assert kind.fields[kind.agency_field].type is FieldType.AGENCY
        assert kind.fields[kind.anchor].type in (FieldType.DATE, FieldType.DATETIME)


def test_every_number_says_how_it_adds_up_unless_it_is_a_limit(built_in):
    numbers = (FieldType.INTEGER, FieldType.DECIMAL)
    silent = {
        f"{kind.id}.{field.name}"
        for kind in built_in.values()
        for field in kind.fields.values()
        if field.type in numbers and field.quantity is None
    }
    assert silent == {"case.limit"}


def test_labels_are_in_both_languages(built_in):
    for kind in built_in.values():
        for field in kind.fields.values():
            assert field.label.vi
            assert field.label.en
            assert field.label.vi != field.label.en


def test_a_case_carries_the_clock(built_in):
    case = built_in["case"]
    assert case.anchor == "received_at"
    assert case.clock == ClockFields(
        "received_at", "due_at", "limit", "limit_unit", "finished_at",
        "supplement_requested_at", "supplement_received_at", "supplement_count",
    )  # fmt: skip
    assert case.fields["applicant"].personal == "hash"
    assert case.fields["channel"].values == ("direct", "online", "post")
    assert case.fields["fee_due"].quantity is Quantity.FLOW


def test_a_report_keeps_state_and_absence(built_in):
    report = built_in["report"]
    assert (report.state_field, report.absence_field) == ("state", "absence")
    assert report.fields["percent"].quantity is Quantity.RATIO
    assert report.fields["amount"].quantity is Quantity.STOCK
    assert report.fields["state"].required


def test_values_that_look_like_numbers_stay_text(built_in):
    assert built_in["site"].fields["technology"].values == ("2g", "3g", "4g", "5g")


def test_a_workspace_adds_its_own(load):
    types, said = load("""\
        id: camera
        name: {vi: Camera giao thông, en: Traffic camera}
        id_field: code
        agency_field: ward
        placed_in: new_ward
        anchor: installed_on
        fields:
          code: {type: code, label: {vi: Mã, en: Code}}
          ward: {type: agency, label: {vi: Phường, en: Ward}}
          new_ward: {type: agency}
          installed_on: {type: date, required: yes}
          lanes: {type: integer, quantity: stock, label: {vi: Số làn, en: Lanes}}
        """)
    assert said == []
    camera = types["camera"]
    assert (camera.id_field, camera.agency_field, camera.placed_in) == ("code", "ward", "new_ward")
    assert camera.fields["new_ward"] == Field("new_ward", FieldType.AGENCY, Name("new_ward", "new_ward"))
    assert list(camera.fields) == ["code", "ward", "new_ward", "installed_on", "lanes"]
    assert camera.place.file == "record_types/own.yaml"


def test_a_missing_folder_is_no_problem(tmp_path):
    problems = Problems()
    assert "case" in load_record_types(tmp_path / "record_types", problems, tmp_path)
    assert not problems


BODY = "name: {vi: A, en: B}, anchor: day, fields: {day: {type: date}}"


@pytest.mark.parametrize(
    ("text", "place", "code", "remedy"),
    [
        (f"{{id: case, {BODY}}}", "1:1", "built-in-record-type", "another id"),
        (f"- {{id: a, {BODY}}}\n- {{id: a, {BODY}}}", "2:3", "duplicate-id", "Keep one"),
        (f"{{id: Camera-1, {BODY}}}", "1:6", "not-a-word", "small letters"),
        ("{id: a, name: {vi: A, en: B}, anchor: day}", "1:1", "missing-key", "fields"),
        (f"{{id: a, {BODY}, colour: red}}", "1:73", "unknown-key", "There are"),
    ],
)
def test_a_wrong_type_is_refused(load, text, place, code, remedy):
    types, (problem,) = load(text)
    assert (str(problem.place), problem.code) == (f"record_types/own.yaml:{place}", code)
    assert remedy in problem.remedy


@pytest.mark.parametrize(
    ("lines", "line", "code", "remedy"),
    [
        ("anchor: dya", 3, "unknown-field", "`day`"),
        ("anchor: text", 3, "wrong-type", "date or datetime"),
        ("id_field: number", 10, "wrong-type", "text or code"),
        ("agency_field: text", 10, "wrong-type", "agency"),
        ("placed_in: text", 10, "wrong-type", "agency"),
        ("id_field: secret", 10, "personal-key", "another field"),
        ("state: word", 10, "wrong-values", "estimate"),
        ("absence: word", 10, "wrong-values", "no_data"),
        ("clock: {received: text}", 10, "wrong-type", "date"),
        ("clock: {received: day, limit: day}", 10, "wrong-type", "integer"),
        ("clock: {received: day, finish: day}", 10, "unknown-key", "finished"),
        ("clock: {due: day}", 10, "missing-key", "received"),
    ],
)
def test_a_field_must_fit_the_part_it_plays(load, lines, line, code, remedy):
    anchor, extra = (lines, "") if lines.startswith("anchor") else ("anchor: day", lines)
    _, (problem,) = load(f"""\
        id: a
        name: {{vi: A, en: B}}
        {anchor}
        fields:
          day: {{type: date}}
          text: {{type: text}}
          number: {{type: integer}}
          word: {{type: code}}
          secret: {{type: text, personal: hash}}
        {extra}
        """)
    assert (problem.place.line, problem.code) == (line, code)
    assert remedy in problem.remedy


@pytest.mark.parametrize(
    ("field", "code", "remedy"),
    [
        ("limit: {type: number}", "unknown-choice", "There are"),
        ("limit: {type: intger}", "unknown-choice", "`integer`"),
        ("limit: {}", "missing-key", "type"),
        ("limit:", "missing-key", "limit"),
        ("limit: integer", "not-a-mapping", "key: value"),
        ("limit: {type: text, quantity: flow}", "quantity-without-number", "Delete"),
        ("limit: {type: integer, quantity: flows}", "unknown-choice", "`flow`"),
        ("limit: {type: text, values: [a]}", "values-without-code", "code"),
        ("limit: {type: code, values: [a, a]}", "duplicate-value", "Keep one"),
        ("limit: {type: text, personal: keep}", "unknown-choice", "drop"),
        ("limit: {type: date, personal: hash}", "personal-without-text", "text"),
        ("limit: {type: date, lable: x}", "unknown-key", "`label`"),
        ("Limit: {type: date}", "not-a-word", "small letters"),
        ("_key: {type: date}", "not-a-word", "small letters"),
        ("where: {type: date}", "reserved-word", "another name"),
    ],
)
def test_a_wrong_field_is_refused(load, field, code, remedy):
    types, (problem,) = load(f"""\
        id: a
        name: {{vi: A, en: B}}
        anchor: day
        fields:
          day: {{type: date}}
          {field}
        """)
    assert (problem.place.line, problem.code) == (6, code)
    assert remedy in problem.remedy
    assert "a" not in types
