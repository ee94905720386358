"""Citations in the workspace's text: by key, or written out."""

from __future__ import annotations

from collections.abc import Mapping

from kieng.plan.indicator import Source
from kieng.plan.yaml_text import Located, Section
from kieng.problems import near


def citation(section: Section, sources: Mapping[str, Source], key: str = "source") -> Source | None:
    """A citation: the key of one of ``sources``, or ``{document, date, clause, url, confidence}``; None
    when missing (``need`` it first if required)."""
    return section.read(key, lambda at: _cited(at, sources))


def _cited(at: Located, sources: Mapping[str, Source]) -> Source | None:
    if at.is_mapping:
        section = at.section()
        return None if section is None else read_source(section)
    key = at.text()
    if key is not None and key not in sources:
        remedy = near(key, sources) + " Or write {document: …, date: …} here."
        at.problem("unknown-source", "No source with this key is declared in kieng.yaml.", remedy)
    return None if key is None else sources.get(key)


def read_source(section: Section) -> Source:
    """``{document, date, clause, url, confidence}``, of which only the document is required. Document and
    clause are one text, or one in each language."""
    document, clause = section.words("document"), section.optional_words("clause")
    source = Source(
        document=document.vi,
        date=section.optional_day("date"),
        clause=clause.vi if clause else None,
        url=section.optional_text("url"),
        confidence=section.optional_text("confidence"),
        document_en=document.en if document.en != document.vi else None,
        clause_en=clause.en if clause and clause.en != clause.vi else None,
    )
    section.no_other_keys()
    return source
