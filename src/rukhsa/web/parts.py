"""The lines of which an address and a company are made."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rukhsa.catalogue.questions import Question
from rukhsa.values.names import Text


@dataclass(frozen=True, kw_only=True)
class Part:
    """One line: its name in the answer, and its label."""

    name: str
    label: Promise | Text
    is_number: bool = False
    optional: bool = False


COMPANY = (
    Part(name="number", label=_("Commercial registration, such as 12345-1"), is_number=True),
    Part(name="name", label=_("Name of the company")),
)
ADDRESS = (
    Part(name="flat", label=_("Flat"), is_number=True, optional=True),
    Part(name="building", label=_("Building"), is_number=True),
    Part(name="road", label=_("Road"), is_number=True),
    Part(name="block", label=_("Block"), is_number=True),
)


def parts_of(question: Question) -> tuple[Part, ...]:
    """The lines of a question; none for a question with a single control."""
    return {"address": ADDRESS, "company": COMPANY}.get(question.type, ())
