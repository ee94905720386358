"""The catalogue of the open data, after DCAT-AP 3: JSON-LD, and Turtle made from it."""

from __future__ import annotations

from collections.abc import Callable

from kieng.judgement.phrases import both
from kieng.plan.indicator import Indicator
from kieng.web.door import State
from kieng.web.opendata.licence import ALL_TOLD
from kieng.words import Name
from kieng.workspace.json_format import Json

_CONTEXT = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
_IANA = "https://www.iana.org/assignments/media-types/"
_FILE_TYPE = "http://publications.europa.eu/resource/authority/file-type/"
_THEME = "http://publications.europa.eu/resource/authority/data-theme/GOVE"
_PUBLIC = "http://publications.europa.eu/resource/authority/access-right/PUBLIC"
Form = tuple[Name, str, str]
BY_AREA = Name("CSV theo loại địa bàn", "CSV by area type")
#: By the end of the file's name: what it is called, its media type and its file type.
FORMS: dict[str, Form] = {
    "csv": (Name("CSV", "CSV"), "text/csv", "CSV"),
    "parquet": (Name("Parquet", "Parquet"), "application/vnd.apache.parquet", "PARQUET"),
    "areas.csv": (BY_AREA, "text/csv", "CSV"),
    "sdmx.csv": (Name("SDMX-CSV 2.0", "SDMX-CSV 2.0"), "application/vnd.sdmx.data+csv;version=2.0.0", "CSV"),
    "json": (Name("JSON-stat 2.0", "JSON-stat 2.0"), "application/json", "JSON"),
}
#: The file of every target and how it stands, and its forms.
STANDINGS = "muc-dat"
STANDING_FORMS: dict[str, Form] = {
    "csv": (Name("CSV", "CSV"), "text/csv", "CSV"),
    "ndjson": (Name("NDJSON", "NDJSON"), "application/x-ndjson", "JSON"),
}
_STANDINGS_NAME = Name("Mức đạt của mọi chỉ tiêu được giao", "How every target stands")
_STANDINGS_ABOUT = Name(
    "Mỗi chỉ tiêu và cơ quan một dòng: mức đạt, lý do, con số, lộ trình, các phần của kỳ; cả khi chưa có số.",
    "A line per target and agency: its standing, why, the figure, the way and each part of the period; also "
    "without a figure.",
)
Address = Callable[[str], str]


def catalogue(state: State, address: Address) -> Json:
    """Every indicator a dataset, and the standings one, with a distribution for each format. ``address``
    makes a path whole."""
    known = state.definitions
    title = Name(f"Dữ liệu mở của {known.name.vi}", f"Open data of {known.name.en}")
    licence = _licence(state)
    publisher = {"@type": "foaf:Agent", "@id": address("/"), "foaf:name": _words(known.name)}
    return {
        "@context": _CONTEXT,
        "@id": address("/du-lieu/catalog"),
        "@type": "dcat:Catalog",
        "dct:title": _words(title),
        "dct:description": _words(ALL_TOLD),
        "dct:publisher": publisher,
        "dct:license": licence,
        "dct:language": [_language("VIE"), _language("ENG")],
        "dct:modified": _moment(state),
        "foaf:homepage": {"@id": address("/du-lieu/")},
        "dcat:service": _service(state, address),
        "dcat:dataset": [
            *(_of_indicator(state, one, address) for one in known.indicators.values()),
            _of_standings(state, address),
        ],
    }


def _of_indicator(state: State, one: Indicator, address: Address) -> Json:
    about = one.note or both("{n} ({u})", "{n} ({u})", n=one.name, u=one.unit_name)
    files = [_distribution(state, f"{one.id}.{end}", form, address) for end, form in FORMS.items()]
    return _dataset(state, address, _place_of(one, address), one.id, one.name, about, one.pillar, files)


def _of_standings(state: State, address: Address) -> Json:
    files = [
        _distribution(state, f"{STANDINGS}.{end}", form, address) for end, form in STANDING_FORMS.items()
    ]
    place = address("/api/v1/standings")
    return _dataset(state, address, place, STANDINGS, _STANDINGS_NAME, _STANDINGS_ABOUT, None, files)


def _dataset(
    state: State,
    address: Address,
    place: str,
    identifier: str,
    name: Name,
    about: Name,
    pillar: str | None,
    files: list[Json],
) -> Json:
    known = state.definitions
    keywords = [known.pillars[pillar]] if pillar else list(known.pillars.values())
    return {
        "@id": place,
        "@type": "dcat:Dataset",
        "dct:identifier": identifier,
        "dcat:theme": {"@id": _THEME},
        "dct:accessRights": {"@id": _PUBLIC},
        "dct:title": _words(name),
        "dct:description": _words(about),
        "dct:publisher": {"@id": address("/")},
        "dcat:keyword": [word for one in keywords for word in _words(one)],
        "dct:modified": _moment(state),
        "dct:license": {"@id": known.licence.url},
        "dcat:distribution": files,
    }


def _place_of(one: Indicator, address: Address) -> str:
    return address(f"/api/v1/indicators/{one.id}")


def _distribution(state: State, file: str, form: Form, address: Address) -> Json:
    title, media, kind = form
    place = address(f"/du-lieu/tai/{file}")
    return {
        "@id": place,
        "@type": "dcat:Distribution",
        "dct:title": _words(title),
        "dcat:accessURL": {"@id": place},
        "dcat:downloadURL": {"@id": place},
        "dcat:mediaType": {"@id": _IANA + media.partition(";")[0]},
        "dct:format": {"@id": _FILE_TYPE + kind},
        "dct:license": {"@id": state.definitions.licence.url},
    }


def _service(state: State, address: Address) -> Json:
    return {
        "@id": address("/api/v1/"),
        "@type": "dcat:DataService",
        "dct:title": _words(Name("API của Kiềng", "Kiềng's API")),
        "dcat:servesDataset": [
            *({"@id": _place_of(one, address)} for one in state.definitions.indicators.values()),
            {"@id": address("/api/v1/standings")},
        ],
        "dcat:endpointURL": {"@id": address("/api/v1/")},
        "dcat:endpointDescription": {"@id": address("/api/v1/openapi.json")},
        "dct:license": {"@id": state.definitions.licence.url},
    }


def _licence(state: State) -> Json:
    told = state.definitions.licence
    return {"@id": told.url, "@type": "dct:LicenseDocument", "dct:title": _words(Name(told.name, told.name))}


def _words(name: Name) -> list[Json]:
    return [{"@language": "vi", "@value": name.vi}, {"@language": "en", "@value": name.en}]


def _language(code: str) -> Json:
    return {"@id": f"http://publications.europa.eu/resource/authority/language/{code}"}


def _moment(state: State) -> Json:
    return {"@type": "xsd:dateTime", "@value": state.run.as_of.isoformat()}
