"""Before a text is published it is told what changes, for whom, and which applications are under way."""

import io
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from rukhsa.accounts.models import Person
from rukhsa.applications.models import Application
from rukhsa.authorities.models import Authority
from rukhsa.catalogue.definition import Definition, read_definition, read_definition_text
from rukhsa.catalogue.definition_changes import changes
from rukhsa.catalogue.load import load
from rukhsa.catalogue.models import ServiceVersion
from rukhsa.catalogue.service_version import publish
from rukhsa.catalogue.territory import read_territory
from rukhsa.difference.description import description
from rukhsa.difference.difference import difference
from tests.rooms.catalogue.broken import BAHRAIN, text_of

AT = datetime(2026, 11, 24, 9, tzinfo=UTC)
RW = "road-works-licence"
CHANGED = {
    "amount: 0.250": "amount: 0.300",
    "to: 30": "to: 45",
    "within: 3 working days\n      source: {rank: assumed, why: no page names this step}\n    - refer: roads": (
        "within: 5 working days\n      source: {rank: assumed, why: no page names this step}\n    - refer: roads"
    ),
    "  - {id: registration, name: {ar: السجل التجاري للمقاول, en: The contractor's commercial registration}}\n": (
        "  - {id: insurance, name: {ar: وثيقة التأمين, en: Insurance policy}, when: {question: closes-lane, is: yes}}\n"
    ),
    "due: 5 working days after end": "due: 10 working days after end",
}


def changed() -> str:
    """Road works as they might be next year."""
    text = text_of(RW)
    for before, after in CHANGED.items():
        assert before in text
        text = text.replace(before, after)
    return text


def before() -> Definition:
    return read_definition(BAHRAIN / f"services/{RW}.yaml").value


def after() -> Definition:
    return read_definition_text(changed(), file="new.yaml").value


def test_every_matter_is_told_in_both_languages() -> None:
    found = changes(before(), after(), read_territory(BAHRAIN))
    told = {change.text.en for change in found}
    assert "“How many days will they take?”: its limit (to) changes from 30 to 45" in told
    assert "The document “Insurance policy” is added" in told
    assert "The document “The contractor's commercial registration” is removed" in told
    (fee,) = (text for text in told if text.startswith("“Road works fee”: what it comes to changes"))
    assert "0.250 BHD a metre" in fee
    assert "0.000 BHD" not in fee  # the row that stays is not told
    assert (
        "Referral to Electricity and Water Authority: its time limit changes from 3 working days to 5 working days"
        in told
    )
    assert any("5 working days after the last day to 10 working days" in text for text in told)
    assert all(change.text.ar for change in found)
    assert changes(before(), before(), read_territory(BAHRAIN)) == ()


@pytest.mark.django_db
def test_it_is_said_who_pays_more_waits_longer_and_what_is_under_way(tmp_path: Path) -> None:
    load(BAHRAIN)
    version = publish(BAHRAIN / f"services/{RW}.yaml", actor=None, at=AT - timedelta(days=9))
    for number, (metres, stage) in enumerate(
        [("100.0", "granted"), ("10.0", "granted"), ("400.0", "submitted")]
    ):
        applied(version, number, metres, stage)
    found = difference(before(), after(), at=AT)
    assert (found.real.applications, found.real.dearer, found.real.cheaper) == (
        3,
        2,
        0,
    )  # 10 m stay at the least fee
    assert str(found.real.most) == "20.000"
    assert (found.open, found.lacking) == ({"submitted": 1}, ())
    waits = {case.before.working_days: case.after.working_days for case in found.cases}
    assert waits == {5: 7}
    closing = [
        case
        for case in found.cases
        if "Insurance policy" in [document.en for document in case.after.documents]
    ]
    assert (
        len(closing)
        == sum("“Will one or more lanes be closed?” “yes”" in case.who.en for case in found.cases)
        > 0
    )
    english = description(found, "en")
    assert "Under way: 1 under review. All keep their form and charges." in english
    assert "Of the last 3 applications 2 would have paid more and 0 less" in english
    assert "ينتظر 7 أيام عمل على الأكثر بدلًا من 5" in description(found, "ar")
    told_by_command(tmp_path)


def told_by_command(tmp_path: Path) -> None:
    """The command compares files and versions by their names, and says which it does not know."""
    file = tmp_path / "next.yaml"
    file.write_text(changed(), encoding="utf-8")
    for old in ("published", f"{RW}@1", str(BAHRAIN / f"services/{RW}.yaml")):
        out = io.StringIO()
        call_command("services", "diff", old, str(file), stdout=out)
        assert "“Insurance policy” is added" in out.getvalue()
    with pytest.raises(CommandError, match="neither a file nor"):
        call_command("services", "diff", f"{RW}@7", str(file))


def applied(version: ServiceVersion, number: int, metres: str, stage: str) -> Application:
    """An application for so many metres, as far as a comparison looks at it."""
    person = Person.objects.create_user(f"layla{number}@people.example", kind="citizen")
    return Application.objects.create(
        service_version=version, applicant=person, authority=Authority.objects.get(code="CAP"), stage=stage,
        reference=f"CAP-2026-00000{number}-0", created_at=AT, saved_at=AT, submitted_at=AT,
        answers={"route": {"measure": metres}, "on-behalf": "no", "closes-lane": "no"},
    )  # fmt: skip
