"""What a step records, as fields of its form: the same fields as those of the applicants' form."""

from collections.abc import Mapping
from typing import Any

from django.http import QueryDict

from rukhsa.catalogue.steps import Step, recorded_by
from rukhsa.review.recording import RecordsIncomplete
from rukhsa.web.fields import Field, field_of, typed_in


def fields_of(
    step: Step | None, typed: Mapping[str, Any] | None = None, error: Exception | None = None
) -> list[Field]:
    """The fields of what a step records, with what was typed and what is wrong with it."""
    problems = error.problems if isinstance(error, RecordsIncomplete) else ()
    wrong = {problem.about: problem for problem in problems}
    questions = recorded_by(step) if step else ()
    return [
        field_of(question, (typed or {}).get(question.id, ""), wrong.get(question.id))
        for question in questions
    ]


def typed_for(posted: QueryDict, step: Step | None) -> dict[str, Any]:
    """What was typed into those fields."""
    return typed_in(posted, recorded_by(step) if step else ())
