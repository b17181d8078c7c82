"""Questions: what an applicant is asked. A type of question is one module here, with everything about it.

`question.py` says what a type may do, `registry.py` finds the types, and docs/formats/service.md ("A new type of
question") says how to add one.
"""

from rukhsa.catalogue.questions.question import Question
from rukhsa.catalogue.questions.registry import AnyQuestion

__all__ = ["AnyQuestion", "Question"]
