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
BY_AREA = Name("CSV theo loại địa bàn", "CSV by area type")
#: By the end of the file's name: what it is called, its media type and its file type.
FORMS: dict[str, tuple[Name, str, str]] = {
    "csv": (Name("CSV", "CSV"), "text/csv", "CSV"),
    "parquet": (Name("Parquet", "Parquet"), "application/vnd.apache.parquet", "PARQUET"),
    "areas.csv": (BY_AREA, "text/csv", "CSV"),
    "sdmx.csv": (Name("SDMX-CSV 2.0", "SDMX-CSV 2.0"), "application/vnd.sdmx.data+csv;version=2.0.0", "CSV"),
    "json": (Name("JSON-stat 2.0", "JSON-stat 2.0"), "application/json", "JSON"),
}
Address = Callable[[str], str]


def catalogue(state: State, address: Address) -> Json:
    """Every indicator a dataset with a distribution for each format. ``address`` makes a path whole."""
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
        "dcat:dataset": [_dataset(state, one, address, publisher) for one in known.indicators.values()],
    }


def _dataset(state: State, one: Indicator, address: Address, publisher: Json) -> Json:
    about = one.note or both("{n} ({u})", "{n} ({u})", n=one.name, u=one.unit_name)
    return {
        "@id": _place_of(one, address),
        "@type": "dcat:Dataset",
        "dct:identifier": one.id,
        "dcat:theme": {"@id": _THEME},
        "dct:accessRights": {"@id": _PUBLIC},
        "dct:title": _words(one.name),
        "dct:description": _words(about),
        "dct:publisher": {"@id": publisher["@id"]},
        "dcat:keyword": _words(state.definitions.pillars[one.pillar]),
        "dct:modified": _moment(state),
        "dct:license": {"@id": state.definitions.licence.url},
        "dcat:distribution": [_distribution(state, one.id, form, address) for form in FORMS],
    }


def _place_of(one: Indicator, address: Address) -> str:
    return address(f"/api/v1/indicators/{one.id}")


def _distribution(state: State, indicator: str, form: str, address: Address) -> Json:
    title, media, kind = FORMS[form]
    place = address(f"/du-lieu/tai/{indicator}.{form}")
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
            {"@id": _place_of(one, address)} for one in state.definitions.indicators.values()
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
