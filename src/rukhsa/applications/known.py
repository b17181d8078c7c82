"""What eKey told of the applicant: not asked again, shown with its source, and frozen at submission."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from rukhsa.accounts.models import Person, Representation
from rukhsa.applications.answers import Problem, is_empty
from rukhsa.applications.application import Application
from rukhsa.applications.stages import Act, Stage
from rukhsa.catalogue.definition import asked, wanted
from rukhsa.catalogue.form import Document
from rukhsa.catalogue.questions import Question
from rukhsa.catalogue.questions.typed import BadAnswer, Context

EKEY = "ekey"
COMPANY = "company"


def typed_for(application: Application, *, at: datetime) -> dict[str, Any]:
    """The answers that eKey gives, by question, as they would be typed. What it did not tell is asked."""
    context = Context(on=timezone.localdate(at), values={})
    found = {}
    for question in application.definition.questions:
        typed = told(kind_of(question), application, on=context.on)
        if not is_empty(typed) and is_readable(question, typed, context):
            found[question.id] = typed
    return found


def kind_of(question: Question) -> str:
    """What the question asks that eKey may know, by the word `known` of its definition; empty for all others."""
    return getattr(question, "known_", None) or ""


def told(kind: str, application: Application, *, on: date) -> Any:
    """What eKey told of the applicant, as it would be typed; empty for what it did not tell."""
    person, company = application.applicant, application.company
    match kind:
        case "name":
            return person.name.in_language(application.language)
        case "birth-date":
            return person.birth_date.isoformat() if person.birth_date else ""
        case "age" if person.birth_date:
            return str(full_years(person.birth_date, on=on))
        case "email":
            return person.email if person.has_mail else ""
        case "company" if company:
            return {"number": company.registration, "name": company.name.in_language(application.language)}
    return getattr(person, kind.replace("-", "_"), "") or ""  # phone and number, as they were told


def full_years(birth: date, *, on: date) -> int:
    """The age in full years on a day; of a birth on 29 February it grows on 1 March in other years."""
    return on.year - birth.year - ((on.month, on.day) < (birth.month, birth.day))


def is_readable(question: Question, typed: Any, context: Context) -> bool:
    """Whether the question takes this as an answer."""
    try:
        question.read(typed, context)
    except BadAnswer:
        return False
    return True


def sources(application: Application, *, at: datetime) -> dict[str, datetime | None]:
    """The questions that eKey answered, with the moment at which it told: as submitted, or as it is now."""
    if application.stage in {Stage.DRAFT, Stage.RETURNED}:
        return dict.fromkeys(typed_for(application, at=at), application.applicant.told_at)
    submissions = application.steps.filter(act__in=[Act.SUBMIT, Act.RESUBMIT]).order_by("-id")
    content = submissions.values_list("content__known", flat=True).first() or {}
    return {
        id: datetime.fromisoformat(each["told_at"]) if each["told_at"] else None
        for id, each in content.items()
    }


def as_frozen(application: Application, ids: Iterable[str]) -> dict[str, dict[str, str | None]]:
    """The source of each of these answers, as the step of a submission keeps it."""
    told_at = application.applicant.told_at
    return {id: {"from": EKEY, "told_at": told_at.isoformat() if told_at else None} for id in ids}


def documents_wanted(application: Application, answers: Mapping[str, Any]) -> tuple[Document, ...]:
    """The documents to be attached, without those that a sign-in with eKey replaces."""
    documents = wanted(application.definition, answers)
    return tuple(each for each in documents if not is_given(each, application.applicant))


def is_given(document: Document, applicant: Person) -> bool:
    """Whether eKey has proved what the document would, by the words `given-with: ekey` of its definition."""
    return getattr(document, "given_with", None) == EKEY and applicant.told_at is not None


def company_problems(
    application: Application, answers: Mapping[str, Any], *, at: datetime
) -> tuple[Problem, ...]:
    """A problem for each company that is to be the applicant's, by `known: company`, and is not so by eKey."""
    return tuple(
        Problem(
            about=question.id,
            code="company-not-yours",
            part="number",
            text=_(
                "eKey does not name you for this registration. Choose one of your companies, or ask it to apply."
            ),
        )
        for question in asked(application.definition, answers)
        if kind_of(question) == COMPANY and not is_own(answers.get(question.id), application, at)
    )


def is_own(company: Mapping[str, str] | None, application: Application, at: datetime) -> bool:
    """Whether eKey names the applicant for this company, or the application is the company's."""
    if company is None:
        return True
    if application.company:
        return application.company.registration == company["number"]
    held = Representation.objects.in_force(at=at).filter(person=application.applicant)
    return held.filter(company__registration=company["number"]).exists()
