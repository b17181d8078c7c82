"""What somebody could type into any service: for each question an answer of its type, within its bounds."""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from rukhsa.applications.reading import READERS, Context
from rukhsa.catalogue.conditions import holds
from rukhsa.catalogue.definition import Definition
from rukhsa.catalogue.questions import DecimalQuestion, IntegerQuestion, Question
from rukhsa.values.identifiers import instrument_number

TODAY = date(2026, 11, 24)
CORNERS = "26.22350, 50.57560\n26.22359, 50.57560\n26.22359, 50.57571\n26.22350, 50.57571"
TYPED: Mapping[str, Any] = {
    "text": "A-1024",
    "long-text": "كما في الرسم المرفق.",
    "line": "26.22350, 50.57560\n26.22368, 50.57610",
    "area": CORNERS,
    "instrument": instrument_number(authority="CAP", service="SB", year=2026, sequence=1),
    "address": {"flat": "12", "building": "1024", "road": "1705", "block": "317"},
    "company": {"number": "12345-1", "name": "شركة الخليج للمقاولات"},
    "iban": "BH67 BMAG 0000 1299 1234 56",
    "phone": "3600 1234",
    "email": "layla@people.example",
    "personal-number": "850123456",
    "money": "120.000",
}


def typed_for(definition: Definition, *, option: int, yes: bool) -> dict[str, Any]:
    """Answers to every question that is asked when of each choice the `option`th is taken, and yes or no is said."""
    typed: dict[str, Any] = {}
    for question in definition.questions:
        if holds(question.when, typed):
            typed[question.id] = _typed(question, option, "yes" if yes else "no")
    return typed


def recorded_for(definition: Definition, *, option: int, yes: bool) -> dict[str, Any]:
    """What officers, agencies and inspectors find out, as it is read."""
    context = Context(on=TODAY, values={})
    return {
        question.id: READERS[question.type](
            question, _typed(question, option, "yes" if yes else "no"), context
        )
        for question in definition.recorded
    }


def _typed(question: Question, option: int, said: str) -> Any:
    match question:
        case IntegerQuestion():
            return str(question.from_ or 1)
        case DecimalQuestion():
            return str(question.from_ or Decimal(1))
    if question.type == "choice":
        ids = list(question.options)
        return ids[option % len(ids)]
    if question.type == "date":
        return (TODAY - timedelta(days=3) if question.latest else TODAY + timedelta(days=30)).isoformat()
    return said if question.type == "yes-no" else TYPED[question.type]
