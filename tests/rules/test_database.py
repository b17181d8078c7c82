"""What a test commits is gone before the next one, and the guards of facts stand again."""

from datetime import UTC, datetime

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import IntegrityError

from rukhsa.accounts.models import Person
from rukhsa.audit.journal import record
from rukhsa.audit.models import JournalEntry
from rukhsa.authorities.models import Authority, Office
from tests.database import empty


@pytest.mark.django_db(transaction=True)
def test_whatever_was_committed_is_deleted_and_facts_stay_guarded() -> None:
    for _ in range(2):
        authority = Authority.objects.create(code="CAP", ordinal=1)
        Office.objects.create(authority=authority, code="roads", name_ar="الطرق", name_en="Roads")
        layla = Person.objects.create_user("layla@people.example", kind="citizen")
        record("look", layla, actor=None, at=datetime(2026, 11, 24, tzinfo=UTC))
        with pytest.raises(IntegrityError, match="facts are written once"):
            JournalEntry.objects.all().delete()
        empty()
        assert not any(model.objects.exists() for model in (Office, Authority, Person, JournalEntry))
    assert ContentType.objects.exists()
