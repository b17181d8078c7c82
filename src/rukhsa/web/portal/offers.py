"""What a page of questions need not ask: what eKey told, and earlier answers that are offered as choices."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import QueryDict
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from rukhsa.accounts.models import Company
from rukhsa.applications import known
from rukhsa.applications.earlier import MOST_OFFERED, answers_before
from rukhsa.applications.models import Application
from rukhsa.authorities.actor import Actor
from rukhsa.catalogue.definition import asked
from rukhsa.catalogue.form import Section
from rukhsa.catalogue.questions import Question
from rukhsa.values.names import Text
from rukhsa.web.shown import AnswerShown, answer_shown, in_words

USE = "_use"  # the name of the buttons that choose an earlier answer: no question has such an id


@dataclass(frozen=True, kw_only=True)
class Offer:
    """An earlier answer to choose: its words, where it comes from, and what it would type."""

    key: str
    words: SafeString | str
    typed: Any
    service: Text | None = None  # None: of eKey
    at: datetime | None = None


def known_on(application: Application, page: Section) -> list[AnswerShown]:
    """The answers of a page that eKey gave, in words."""
    told = known.typed_for(application, at=timezone.now())
    shown = asked(application.definition, application.answers)
    return [
        answer_shown(question, application.answers.get(question.id))
        for question in page.questions
        if question.id in told and question in shown
    ]


def offers_on(page: Section, actor: Actor) -> Mapping[str, Sequence[Offer]]:
    """What is offered at each question of a page; two queries, and none where no question takes an offer."""
    lasting = [question for question in page.questions if question.is_lasting]
    if not lasting:
        return {}
    before = answers_before(actor)
    own = companies_of(actor)
    return {question.id: offers_for(question, before, own)[:MOST_OFFERED] for question in lasting}


def chosen(form: QueryDict, page: Section, *, actor: Actor) -> dict[str, Any]:
    """What the pressed button would have typed: `use=QUESTION:KEY`; nothing where it names no offer."""
    question, _, key = form.get(USE, "").partition(":")
    offers = offers_on(page, actor).get(question, ()) if key else ()
    offer = next((each for each in offers if each.key == key), None)
    return {question: offer.typed} if offer else {}


def offers_for(question: Question, before: Sequence[Any], own: Sequence[Company]) -> list[Offer]:
    """The companies of the applicant where one is asked, then earlier answers of the same type."""
    told = [
        Offer(key=one.registration, words=in_words(question, _company(one)), typed=_company(one))
        for one in own
        if question.is_company
    ]
    given = [
        Offer(
            key=f"{one.application.pk}.{one.question.id}",
            words=in_words(one.question, one.value),
            typed={part.name: one.typed.get(part.name, "") for part in question.parts}
            if isinstance(one.typed, Mapping)
            else one.typed,
            service=one.service,
            at=one.at,
        )
        for one in before
        if one.question.type == question.type and known.kind_of(question) != known.COMPANY
    ]
    return told + given


def _company(one: Company) -> dict[str, str]:
    return {"number": one.registration, "name": one.name.in_language(get_language() or "ar")}


def companies_of(actor: Actor) -> list[Company]:
    """The companies for which the actor may act, by eKey; the one acted for alone, where there is one."""
    if actor.company:
        return [actor.company]
    held = actor.person.representations.in_force(at=timezone.now()).select_related("company")
    return [each.company for each in held.order_by("company__registration")]
