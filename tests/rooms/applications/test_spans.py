"""Two days of a span: the later one is judged by the earlier, and both are named."""

from datetime import UTC, datetime

from django.utils import translation

from rukhsa.applications.answers import Reading, read_some
from rukhsa.catalogue.definition_changes import changes
from rukhsa.catalogue.territory import read_territory
from tests.rooms.catalogue.broken import BAHRAIN, changed, read

AT = datetime(2026, 11, 1, 9, tzinfo=UTC)
# An event that began already, and lasts two days at least.
TEXT = changed("temporary-event-permit", "earliest: start,", "earliest: 1 day after start,").replace(
    "earliest: 5 working days after submission,", "latest: submission,"
)
EVENT = read(TEXT).value


def answered(start: str, end: str) -> Reading:
    """An organiser's answers about the days of an event."""
    days = [EVENT.question(id) for id in ("start", "end")]
    return read_some(days, {"start": start, "end": end}, {}, at=AT)


def test_the_last_day_is_after_the_first() -> None:
    assert answered("2026-01-01", "2026-12-31").values["end"] == "2026-12-31"
    assert not answered("2026-01-01", "2026-01-02").problems
    for end in ("2026-01-01", "2025-12-31"):
        reading = answered("2026-01-01", end)
        (problem,) = reading.problems
        assert (problem.about, problem.code) == ("end", "date-too-early")
        assert "end" not in reading.values
    assert str(problem.text) == (
        "اختر 2 يناير 2026 أو يومًا بعده. وكانت إجابتك عن «في أي يوم تبدأ؟»: ⁦1 يناير 2026⁩."
    )
    with translation.override("en"):
        assert str(problem.text) == (
            "Choose 2 January 2026 or a later day. You answered 1 January 2026 to “What day does it start?”."
        )


def test_a_last_day_is_not_judged_by_a_first_day_that_is_wrong_itself() -> None:
    (problem,) = answered("2027-01-01", "2026-12-31").problems
    assert problem.about == "start"


def test_a_changed_limit_is_told_in_words() -> None:
    old = read(TEXT.replace("1 day after start", "1 month after start")).value
    (told,) = changes(old, EVENT, read_territory(BAHRAIN))
    assert "1 month after the first day" in told.text.en
    assert "يوم واحد بعد" in told.text.ar
