"""What we know of the applicant already, offered as an answer to be confirmed or changed."""

from typing import Any

from rukhsa.authorities.actor import Actor
from rukhsa.catalogue.questions import Question


def known_answer(question: Question, actor: Actor, language: str) -> Any:
    """What to show in a field that nobody has filled in yet; empty where we know nothing."""
    if question.type == "phone":
        return actor.person.phone
    if question.type == "email":
        return actor.person.email if not actor.person.email.endswith(".invalid") else ""
    if question.type == "company" and actor.company:
        return {"number": actor.company.registration, "name": actor.company.name.in_language(language)}
    return ""
