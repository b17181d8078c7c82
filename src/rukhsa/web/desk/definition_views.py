"""What a text of a service will produce: the form in both languages, its costs, its picture and its changes."""

from collections.abc import Callable, Iterator
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_POST

from rukhsa.accounts.permissions import Permission
from rukhsa.applications.answers import read_all
from rukhsa.catalogue.definition import Definition, asked, effective_answers, read_definition_text, wanted
from rukhsa.catalogue.models import ServiceVersion
from rukhsa.catalogue.picture import draw
from rukhsa.catalogue.problems import DefinitionRefused
from rukhsa.catalogue.service_proposal import read_proposal
from rukhsa.catalogue.service_version import PublishedBefore
from rukhsa.catalogue.territory import territory
from rukhsa.difference.description import description
from rukhsa.difference.difference import difference
from rukhsa.payments.tariff import TariffGap, price
from rukhsa.values.money import Money
from rukhsa.values.names import Text
from rukhsa.web.access import PortalRequest, requires
from rukhsa.web.desk.catalogue import text_in
from rukhsa.web.edge import is_partial
from rukhsa.web.fields import field_of, typed_in

type Context = dict[str, Any]


def _view(template: str) -> Callable[[Callable[[PortalRequest, Definition], Context]], Any]:
    """A view of a posted text: part of the editor's page, or a page of its own without script."""

    def decorate(make: Callable[[PortalRequest, Definition], Context]) -> Any:
        @requires(Permission.PROPOSE_SERVICE)
        @require_POST
        def show(request: PortalRequest) -> HttpResponse:
            text = text_in(request)
            context: Context = {"text": text, "whole": not is_partial(request)}
            try:
                context |= make(request, _sound(text)) | {"part": template}
            except DefinitionRefused as refused:
                first = refused.problems[0]
                context |= {"part": "desk/definition_refused.html", "line": first.line,
                            "what": first.what.in_language(request.LANGUAGE_CODE)}  # fmt: skip
            return render(request, "desk/definition_view.html", context)

        show.__doc__ = make.__doc__
        return show

    return decorate


@_view("desk/definition_form.html")
def form(request: PortalRequest, definition: Definition) -> Context:
    """The form as applicants see it, in every language, at a telephone's width."""
    return {"forms": [_form(request, definition, code) for code in territory().languages]}


@_view("desk/definition_price.html")
def cost(request: PortalRequest, definition: Definition) -> Context:
    """What sample answers lead to: the documents, and every charge with its reason."""
    typed = typed_in(request.POST, definition.questions)
    reading = read_all(definition, typed, at=timezone.now())
    given = effective_answers(definition, reading.values)
    shown = asked(definition, reading.values)
    return {
        "fields": [
            field_of(each, typed.get(each.id), None) for each in definition.questions if each in shown
        ],
        "tried": bool(typed),
        "charges": list(_charges(definition, given)),
        "documents": wanted(definition, reading.values),
        "unanswered": [question for question in shown if question.id not in given and not question.optional],
        "problems": [
            (definition.question(each.about), each.text) for each in reading.problems if typed.get(each.about)
        ],
    }


@_view("desk/definition_picture.html")
def picture(request: PortalRequest, definition: Definition) -> Context:
    """The course of the service, from the first question to the inspections after issue."""
    drawn = draw(definition, territory(), request.LANGUAGE_CODE)
    return {"picture": mark_safe(drawn)}  # noqa: S308 - the drawing escapes every text of the definition


@_view("desk/definition_difference.html")
def changes(request: PortalRequest, definition: Definition) -> Context:
    """What changes against the published version, and for whom."""
    return {"account": account_of(definition, request.LANGUAGE_CODE)}


def account_of(definition: Definition, language: str) -> str | None:
    """What a text changes, in words; None if the service was never published."""
    published = ServiceVersion.objects.newest(definition.service)
    if published is None:
        return None
    return description(difference(published.definition, definition, at=timezone.now()), language)


def _sound(text: str) -> Definition:
    try:
        return read_proposal(text, on=timezone.localdate()).value
    except PublishedBefore:
        return read_definition_text(text, file="proposal.yaml").value


def _form(request: PortalRequest, definition: Definition, language: str) -> Context:
    with translation.override(language):
        sections = [
            (
                section.title,
                [(field_of(each, None, None), each.when is not None) for each in section.questions],
            )
            for section in definition.sections
        ]
        page = render_to_string(
            "desk/definition_page.html", {"definition": definition, "sections": sections}, request=request
        )
    direction, names = "rtl" if language == "ar" else "ltr", dict[str, str](settings.LANGUAGES)
    return {
        "language": language,
        "direction": direction,
        "name": names[language],
        "page": page,
    }


def _charges(definition: Definition, given: Any) -> Iterator[Context]:
    before: dict[str, Money] = {}
    for rule in definition.charges:
        try:
            priced = price(rule, given, territory().currency, on=timezone.localdate(), before=before)
        except TariffGap:
            yield {"rule": rule, "money": None}
            continue
        before[rule.id] = priced.money
        reason = priced.explanation.get("reason")
        yield {
            "rule": rule,
            "money": priced.money,
            "reason": Text(**reason) if isinstance(reason, dict) else None,
        }
