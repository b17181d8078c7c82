"""A number with its code: the verdict for a person who holds the document, and one answer to all guesses."""

import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.utils import timezone

from rukhsa.issuance.legacy.legacy_document import LegacyDocument
from rukhsa.trust.verdict import to_json
from rukhsa.verification.acceptance import PaperVerdict
from rukhsa.verification.lookup import NoSuchDocument, by_number
from tests.rooms.verification.conftest import Sealed

# In Bahrain, three hours ahead of UTC.
LAST_MINUTE_OF_2020 = datetime(2020, 12, 31, 20, 59, tzinfo=UTC)
FIRST_MINUTE_OF_2021 = datetime(2020, 12, 31, 21, 0, tzinfo=UTC)


@pytest.mark.slow
def test_the_number_with_its_code_is_valid_and_a_wrong_code_is_no_document(sealed: Sealed) -> None:
    assert by_number(sealed.number, sealed.code, at=timezone.now()).word == "valid"
    wrong = sealed.code[:-1] + ("0" if sealed.code[-1] != "0" else "1")
    with pytest.raises(NoSuchDocument):
        by_number(sealed.number, wrong, at=timezone.now())


@pytest.mark.slow
def test_what_people_type_is_forgiven_its_spaces_small_letters_and_lookalikes(sealed: Sealed) -> None:
    typed_number = f" {sealed.number.lower().replace('-', ' - ')} "
    typed_code = sealed.code.replace("-", " ").lower().replace("0", "o").replace("1", "l")
    assert by_number(typed_number, typed_code, at=timezone.now()).word == "valid"


@pytest.mark.slow
def test_a_row_edited_by_hand_turns_the_verdict_to_altered(sealed: Sealed) -> None:
    assert by_number(sealed.number, sealed.code, at=timezone.now()).word == "valid"
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE issuance_intent DISABLE TRIGGER USER")
        cursor.execute("UPDATE issuance_intent SET facts = jsonb_set(facts, '{2}', '\"SOMEBODY ELSE\"')")
        cursor.execute("ALTER TABLE issuance_intent ENABLE TRIGGER USER")
    verdict = by_number(sealed.number, sealed.code, at=timezone.now())
    assert (verdict.word, verdict.reason, verdict.facts("en")) == ("altered", "bad-signature", [])


@pytest.mark.slow
def test_a_number_of_our_register_whose_place_in_the_log_was_deleted_is_altered_and_no_strangers(
    sealed: Sealed,
) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE issuance_logplace DISABLE TRIGGER USER")
        cursor.execute("DELETE FROM issuance_logplace")
        cursor.execute("ALTER TABLE issuance_logplace ENABLE TRIGGER USER")
    assert by_number(sealed.number, sealed.code, at=timezone.now()).word == "altered"


@pytest.mark.slow
def test_when_the_status_list_has_grown_old_the_answer_is_cannot_tell(sealed: Sealed) -> None:
    verdict = by_number(sealed.number, sealed.code, at=timezone.now() + timedelta(days=2))
    assert (verdict.word, verdict.reason) == ("cannot-tell", "status-expired")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "number", ["CAP-RW-2026-004217-7", "nothing", "", "x" * 10_000, "'; DROP TABLE", "١٢٣"]
)
@pytest.mark.parametrize("code", ["7K3M-9QXD-4T0Z-WH2B", "", "y" * 10_000])
def test_an_absent_number_is_one_answer_whatever_was_typed(number: str, code: str) -> None:
    with pytest.raises(NoSuchDocument):
        by_number(number, code, at=timezone.now())


def test_a_wrong_code_and_an_absent_number_ask_the_database_the_same(
    paper: LegacyDocument, django_assert_num_queries: object
) -> None:
    for number in ("CAP-RW-2026-004217-7", "CAP-RW-2026-004218-5", "unheard-of"):
        with django_assert_num_queries(2), pytest.raises(NoSuchDocument):  # type: ignore[operator]
            by_number(number, "7K3M-9QXD-4T0Z-WH2B", at=timezone.now())


def test_paper_is_accepted_on_the_last_day_of_2020_and_not_on_the_day_after(paper: LegacyDocument) -> None:
    before = by_number(paper.number, "", at=LAST_MINUTE_OF_2020)
    assert isinstance(before, PaperVerdict)
    assert (before.word, before.valid) == ("paper", False)
    assert str(before.accepted_until) == "2020-12-31"

    after = by_number(paper.number, "", at=FIRST_MINUTE_OF_2021)
    assert (after.word, after.reason) == ("not-accepted", "not-accepted-by-policy")
    assert after.circular == "paper-until-the-end-of-2020"
    assert "31 December 2020" in after.policy_name.en
    assert "31 ديسمبر 2020" in after.policy_name.ar


def test_a_paper_number_is_never_called_genuine(paper: LegacyDocument) -> None:
    for at in (LAST_MINUTE_OF_2020, FIRST_MINUTE_OF_2021):
        verdict = by_number(paper.number, "", at=at)
        told = json.dumps(to_json(verdict), ensure_ascii=False)
        assert "no electronic seal" in verdict.sentence.en
        assert not re.search("genuine|صحيحة", told), told


def test_of_a_paper_document_neither_name_nor_place_is_told(paper: LegacyDocument) -> None:
    verdict = by_number(paper.number, "", at=LAST_MINUTE_OF_2020)
    assert paper.holder not in repr(verdict)
    assert paper.place not in repr(verdict)
