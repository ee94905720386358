"""The catalogue: Turtle and JSON-LD say the same, with all that DCAT-AP 3 asks for."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pytest
from django.test import Client
from rdflib import DCAT, DCTERMS, FOAF, RDF, XSD, Graph, Literal, URIRef
from rdflib.compare import isomorphic
from rdflib.term import Node

from kieng.web import door, limits
from kieng.web.opendata.turtle import turtle

pytestmark = pytest.mark.django_db
#: DCAT-AP 3.0: what each class must have, and what it may have once.
_MUST: Mapping[Node, tuple[URIRef, ...]] = {
    DCAT.Catalog: (DCTERMS.title, DCTERMS.description, DCTERMS.publisher),
    DCAT.Dataset: (DCTERMS.title, DCTERMS.description),
    DCAT.Distribution: (DCAT.accessURL,),
    DCAT.DataService: (DCTERMS.title, DCAT.endpointURL),
    FOAF.Agent: (FOAF.name,),
}
_ONCE = (DCTERMS.publisher, DCTERMS.license, DCTERMS.modified, DCAT.mediaType, DCTERMS["format"])
_TEXTS = (DCTERMS.title, DCTERMS.description, DCAT.keyword, FOAF.name)


@pytest.fixture(autouse=True)
def _fresh_buckets() -> None:
    limits.buckets().forget()


@pytest.fixture(name="graph")
def _graph() -> Graph:
    return Graph().parse(data=Client().get("/du-lieu/catalog.ttl").content, format="turtle")


#: rdflib reads JSON-LD by a class it warns of itself.
@pytest.mark.filterwarnings("ignore:ConjunctiveGraph:DeprecationWarning")
def test_both_ways_of_writing_say_the_same(graph):
    other = Graph().parse(data=Client().get("/du-lieu/catalog.jsonld").content, format="json-ld")
    assert len(graph) > 1_000
    assert isomorphic(graph, other)


def test_every_class_has_what_dcat_ap_asks_for(graph):
    for kind, must in _MUST.items():
        nodes = list(graph.subjects(RDF.type, kind))
        assert nodes
        for node in nodes:
            assert isinstance(node, URIRef)
            assert [one for one in must if (node, one, None) not in graph] == []
            assert [one for one in _ONCE if len(list(graph.objects(node, one))) > 1] == []
    for name in _TEXTS:
        for node in set(graph.subjects(name)):
            assert {one.language for one in graph.objects(node, name)} == {"vi", "en"}


def test_what_is_named_is_described(graph):
    """Ranges: who publishes is an agent, a dataset a dataset; places and licences are addresses."""
    for name, kind in (
        (DCTERMS.publisher, FOAF.Agent),
        (DCAT.dataset, DCAT.Dataset),
        (DCAT.service, DCAT.DataService),
        (DCAT.servesDataset, DCAT.Dataset),
        (DCAT.distribution, DCAT.Distribution),
        (DCTERMS.license, DCTERMS.LicenseDocument),
    ):
        found = set(graph.objects(None, name))
        assert found
        assert found <= set(graph.subjects(RDF.type, kind))
    for name in (DCAT.accessURL, DCAT.downloadURL, DCAT.mediaType, DCAT.endpointURL, DCTERMS.language):
        assert all(isinstance(one, URIRef) for one in graph.objects(None, name))
    assert {one.datatype for one in graph.objects(None, DCTERMS.modified)} == {XSD.dateTime}
    told = {str(one) for one in graph.objects(None, DCTERMS.identifier)}
    assert told == {*door.state().definitions.indicators, "muc-dat"}


def test_files_it_names_are_there(graph):
    places = sorted(graph.objects(None, DCAT.downloadURL))
    for place in [*places[:12], *(one for one in places if "muc-dat" in one)]:
        assert Client().head(str(place)).status_code == 200


def test_odd_texts_survive():
    odd = 'Ngoặc "kép", \\ gạch chéo,\nxuống dòng\tvà \r \u00a0 ế 😀 \x01'
    node = {"@context": {"dct": str(DCTERMS)}, "@id": "https://a/b c<d>", "@type": "dct:X", "dct:title": odd}
    (found,) = Graph().parse(data=turtle(node), format="turtle").objects(None, DCTERMS.title)
    assert found == Literal(odd)


@pytest.mark.parametrize(
    ("accept", "media"),
    [
        ("text/turtle", "text/turtle"),
        ("application/ld+json", "application/ld+json"),
        ("application/ld+json;q=0.5, text/turtle", "text/turtle"),
        ("text/html,*/*;q=0.8", "application/ld+json"),
        ("image/png", "application/ld+json"),
    ],
)
def test_the_asker_chooses(accept, media):
    told = Client().get("/du-lieu/catalog", headers={"Accept": accept})
    assert told["Content-Type"].split(";")[0] == media
    assert "Accept," in told["Vary"]
    again = {"Accept": accept, "If-None-Match": told["ETag"]}
    assert Client().get("/du-lieu/catalog", headers=again).status_code == 304
    other = "text/turtle" if "json" in media else "application/ld+json"
    kept = {"Accept": other, "If-None-Match": told["ETag"]}
    assert Client().get("/du-lieu/catalog", headers=kept).status_code == 200


def test_the_licence_is_the_workspaces(graph):
    licence = door.state().definitions.licence
    assert (None, DCTERMS.license, URIRef(licence.url)) in graph
    assert licence.name in Client().get("/du-lieu/").content.decode()
    assert Client().get("/du-lieu/catalog.xml").status_code == 404
    assert json.loads(Client().get("/api/v1/plan").content)["licence"] == licence.url
