"""Every type of question is given every kind of nonsense, in both languages; nothing fails and nothing is lost."""

from typing import Any

import pytest
from django.urls import reverse
from django.utils import translation
from django.utils.html import escape

from rukhsa.applications.models import Application
from rukhsa.catalogue.questions import Question
from rukhsa.values.writing import is_broken
from rukhsa.web.intake import mended
from tests import town as people
from tests.taken_back import taken_back
from tests.web.inputs.conftest import LANGUAGES, Browser, Built
from tests.web.inputs.nasty import STRINGS, fine, kept

pytestmark = pytest.mark.django_db

# type -> service, and the answers that make it ask such a question
ASKED_IN: dict[str, tuple[str, dict[str, Any]]] = {
    "text": ("building-guard-certificate", {}),
    "identifier": ("premises-approval", {}),
    "long-text": ("drawings-amendment", {}),
    "choice": ("excavation-permit", {}),
    "yes-no": ("excavation-permit", {}),
    "integer": ("excavation-permit", {}),
    "decimal": ("excavation-permit", {}),
    "date": ("excavation-permit", {}),
    "line": ("excavation-permit", {}),
    "address": ("excavation-permit", {}),
    "company": ("excavation-permit", {}),
    "phone": ("excavation-permit", {}),
    "iban": ("excavation-permit", {}),
    "email": ("new-building-permit", {}),
    "personal-number": ("proof-of-residence", {"tenure": "family"}),
    "instrument": ("drawings-amendment", {}),
}
PARTS = {"address": ("building", "road", "block", "flat"), "company": ("number", "name")}
CHOSEN = {"choice", "yes-no"}  # no one types there
# A day that was understood comes back as its control takes it.
UNDERSTOOD = {("date", "compact"): "2026-11-24", ("date", "day first"): "2026-11-24"}
ARABIC_DIGITS = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")


# service, section, what is typed there
WRONG: tuple[tuple[str, str, dict[str, str]], ...] = (
    ("excavation-permit", "excavation", {"place.block": "999"}),
    ("excavation-permit", "excavation", {"place.block": "0"}),
    ("excavation-permit", "excavation", {"place.block": "-317"}),
    ("excavation-permit", "excavation", {"start": "2001-01-01"}),
    ("excavation-permit", "excavation", {"start": "9999-12-31"}),
    ("excavation-permit", "excavation", {"days": "31"}),
    ("excavation-permit", "excavation", {"days": "0"}),
    ("excavation-permit", "excavation", {"depth": "0.05"}),
    ("excavation-permit", "excavation", {"depth": "1.234"}),
    ("excavation-permit", "excavation", {"network": "gas"}),
    ("proof-of-residence", "home", {"living-since": "2999-01-01"}),
    ("proof-of-residence", "home", {"tenure": ""}),
    ("small-building-permit", "addition", {"area": "50"}),
    ("building-completion", "completion", {"completed": "2999-12-31"}),
    ("drawings-amendment", "permit", {"permit": "CAP-SB-2026-000001-0"}),
)

Drafts = dict[str, Application]


@pytest.fixture(scope="module")
def drafts(built: Built) -> Drafts:
    """A draft for each type of question and service, made before the first test; each finds them unchanged."""
    town = built.at_first()
    made: Drafts = {service: town.draft(service) for service, *_more in WRONG}
    for type, (service, changes) in ASKED_IN.items():
        there = made.get(service) if not changes else None
        made[type] = there or town.draft(service, **changes)
        made |= {} if changes else {service: made[type]}
    return made


@pytest.mark.parametrize("type", ASKED_IN)
def test_nonsense_is_asked_again_and_kept(type: str, drafts: Drafts, browser: Browser) -> None:
    application, section, question = asked(drafts, type)
    address = reverse("portal:section", args=[application.pk, section])
    clients = {language: browser(application.applicant, language=language) for language in LANGUAGES}
    for number, (kind, typed) in enumerate(STRINGS.items()):
        language = LANGUAGES[number % 2]
        fields = asked_fields(application, section) | dict.fromkeys(names(type, question), typed)
        response = clients[language].post(address, fields)
        page = fine(response, *((400,) if is_broken(typed) else (302, 422)))
        if response.status_code != 302:
            assert f'lang="{language}"' in page
            shown = UNDERSTOOD.get((type, kind), mended(typed))
            assert type in CHOSEN or kept(shown, page), (type, kind)
    assert Application.objects.get(pk=application.pk).stage == "draft"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("type", ASKED_IN)
def test_nothing_answered_is_asked_again(type: str, language: str, drafts: Drafts, browser: Browser) -> None:
    application, section, question = asked(drafts, type)
    client = browser(application.applicant, language=language)
    fields = asked_fields(application, section) | dict.fromkeys(names(type, question), "")
    page = fine(client.post(reverse("portal:section", args=[application.pk, section]), fields), 422)
    with translation.override(language):
        told = str(question.missing)
    assert escape(told) in page, "what to enter, for this type of question"
    assert "Answer this question." not in page


@pytest.mark.parametrize(
    ("type", "typed"),
    [
        ("integer", {"": "7"}),
        ("decimal", {"": "1.25"}),
        ("phone", {"": "36001234"}),
        ("iban", {"": "BH67BMAG00001299123456"}),
        ("personal-number", {"": "850123456"}),
        ("address", {".building": "200", ".road": "1132", ".block": "611"}),
        ("company", {".number": "12345-1", ".name": "شركة الخليج للمقاولات"}),
    ],
)
def test_arabic_digits_are_digits(type: str, typed: dict[str, str], drafts: Drafts, browser: Browser) -> None:
    application, section, question = asked(drafts, type)
    client = browser(application.applicant)
    address = reverse("portal:section", args=[application.pk, section])
    fine(client.post(address, {question.id + part: text for part, text in typed.items()}), 302, 422)
    latin = Application.objects.get(pk=application.pk).answers[question.id]
    arabic = {question.id + part: text.translate(ARABIC_DIGITS) for part, text in typed.items()}
    fine(client.post(address, arabic), 302, 422)
    assert Application.objects.get(pk=application.pk).answers.get(question.id) == latin


def test_a_wrong_answer_is_explained(drafts: Drafts, browser: Browser) -> None:
    for language in LANGUAGES:
        for service, section, typed in WRONG:
            case = f"{language} {service} {typed}"
            application = people.fresh(drafts[service])
            with taken_back():
                client = browser(application.applicant, language=language)
                fields = asked_fields(application, section) | typed
                response = client.post(reverse("portal:section", args=[application.pk, section]), fields)
                page = fine(response, 302, 422)
                for text in typed.values():
                    assert response.status_code == 302 or not text or text == "gas" or kept(text, page), case
                # What a section lets pass, the last page refuses.
                review = fine(client.post(reverse("portal:review", args=[application.pk])), 422)
                assert 'class="ds-error-summary' in review, case
                assert people.fresh(application).stage == "draft", case


def asked(drafts: Drafts, type: str) -> tuple[Application, str, Question]:
    """A draft, and one of its sections with a question of that type."""
    application = people.fresh(drafts[type])
    for section in application.definition.sections:
        for question in section.questions:
            if question.type == type and (type != "text" or question.when is None):
                return application, section.id, question
    raise LookupError(type)


def names(type: str, question: Question) -> list[str]:
    """The fields of a question."""
    return [f"{question.id}.{part}" for part in PARTS[type]] if type in PARTS else [question.id]


def asked_fields(application: Application, section: str) -> dict[str, str]:
    """The marks by which a page lists the questions it showed."""
    part = next(one for one in application.definition.sections if one.id == section)
    return {f"asked.{question.id}": "1" for question in part.questions}
