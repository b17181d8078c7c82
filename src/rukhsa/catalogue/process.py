"""The form of one definition with the process of another: whether they fit, and what they make together."""

from collections.abc import Iterator

from pydantic import BaseModel

from rukhsa.catalogue.conditions import Comparison
from rukhsa.catalogue.definition import Definition


def follow(form: Definition, process: Definition) -> Definition:
    """The form, charges and instrument of one definition, with the review and the visits after issue of another."""
    return form.model_copy(update={"review": process.review, "after_issue": process.after_issue})


def lacking(form: Definition, process: Definition) -> tuple[str, ...]:
    """The ids of questions and visits without which the process does not fit the form; none where it does."""
    both = follow(form, process)
    known = {question.id for question in (*both.questions, *both.recorded)}
    needed = {each.question for part in (*both.review, *both.after_issue) for each in _in(part)}
    recorded = {question.id for question in form.recorded}
    freed = (charge.released_by.inspection for charge in form.charges if charge.released_by)
    visits = {visit for visit in freed if visit} - {visit.inspect for visit in both.after_issue}
    return tuple(sorted((needed | recorded) - known | visits))


def _in(part: object) -> Iterator[Comparison]:
    if isinstance(part, Comparison):
        yield part
    elif isinstance(part, BaseModel):
        yield from (found for name in type(part).model_fields for found in _in(getattr(part, name)))
    elif isinstance(part, tuple):
        yield from (found for each in part for found in _in(each))
