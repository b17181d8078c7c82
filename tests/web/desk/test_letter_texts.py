"""The letters to the staff are worded at the desk, by two people, with a preview, and sent so."""

from http import HTTPStatus

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from rukhsa.accounts.permissions import Role
from rukhsa.catalogue.models import TerritoryChange
from rukhsa.delivery.letter_text import check_letter, letters_of
from rukhsa.delivery.message_text import BadWording
from rukhsa.staff.letter import WORDINGS, Letter, send_letter, tell
from tests.rooms.review import works
from tests.rooms.review.works import SUNDAY
from tests.web.desk.conftest import SignIn
from tests.web.desk.test_territory_settings import administrator, approve, proposed

pytestmark = pytest.mark.django_db
DIGEST = {
    "subject_ar": "عملك هذا الصباح", "ar": "صباح الخير {name}. ما ينتظرك اليوم:",
    "subject_en": "Your work this morning", "en": "Good morning {name}. What waits for you today:",
}  # fmt: skip


@pytest.fixture
def two(sign_in: SignIn) -> tuple[Client, Client]:
    """Two administrators."""
    return administrator("fatima", sign_in)[1], administrator("ahmed", sign_in)[1]


def sent(kind: str, language: str) -> mail.EmailMessage:
    person = works.staff("saeed@town.example", "سعيد", "Saeed", Role.OFFICER, at=works.authority())
    person.language = language
    person.save(update_fields=["language"])
    tell(person, kind, at=SUNDAY, about="mine=5 late=2")
    send_letter(letter=Letter.objects.latest("pk").pk)
    return mail.outbox[-1]


def test_a_letter_is_sent_in_the_words_that_two_people_gave_it(two: tuple[Client, Client]) -> None:
    fatima, ahmed = two
    assert sent("digest", "en").subject == "Your work today"
    change = proposed(fatima, "letter", "digest", **DIGEST)
    assert sent("digest", "en").subject == "Your work today"
    approve(ahmed, change)
    english, arabic = sent("digest", "en"), sent("digest", "ar")
    assert english.subject == "Your work this morning"
    assert str(english.body).startswith(
        "Good morning Saeed. What waits for you today:\n\nin hand: 5\nlate: 2"
    )
    assert arabic.subject == "عملك هذا الصباح"
    assert str(arabic.body).startswith("صباح الخير سعيد. ما ينتظرك اليوم:")
    assert sent("late", "en").subject == str(WORDINGS["late"].subject)


def test_the_letter_is_shown_in_both_languages_before_it_is_proposed(two: tuple[Client, Client]) -> None:
    fatima, _ahmed = two
    address = reverse("desk:change-setting", args=["letter", "digest"])
    assert "Your work today" in fatima.get(address).text
    said = DIGEST | {"reason": "x", "effective_on": str(timezone.localdate()), "act": "preview"}
    page = fatima.post(address, said).text
    assert "Good morning Fatima Ali." in page
    assert "صباح الخير فاطمة علي" in page
    assert not TerritoryChange.objects.exists()


@pytest.mark.parametrize(
    ("code", "changed"),
    [
        ("text-unknown-variable", {"en": "Good morning {reference}."}),
        ("text-unknown-variable", {"subject_en": "For {name}"}),
        ("text-braces", {"en": "Good morning {name.__class__}."}),
        ("text-braces", {"en": "Good morning {name."}),
        ("text-missing", {"subject_ar": " "}),
        ("text-isolates", {"ar": "صباح الخير \u2068{name}"}),
        ("letter-too-long", {"subject_en": "Work\nBcc: all@town.example"}),
        ("letter-too-long", {"en": "Work. " * 200}),
    ],
)
def test_a_letter_that_cannot_be_sent_is_refused(code: str, changed: dict[str, str]) -> None:
    check_letter("digest", DIGEST)
    with pytest.raises(BadWording) as refused:
        check_letter("digest", DIGEST | changed)
    assert refused.value.code == code


def test_a_wrong_variable_is_told_on_the_page_with_its_name(two: tuple[Client, Client]) -> None:
    said = DIGEST | {
        "en": "{whom}",
        "reason": "x",
        "effective_on": str(timezone.localdate()),
        "act": "propose",
    }
    answer = two[0].post(reverse("desk:change-setting", args=["letter", "digest"]), said)
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "This message has no variable whom." in answer.text


def test_the_words_of_every_letter_of_the_product_may_stay_as_they_are() -> None:
    for kind, value in letters_of().items():
        check_letter(kind, value)
