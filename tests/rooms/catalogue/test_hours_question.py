"""Hours of each day: how they are read, told, checked, sealed as times, compared on the spot and walked."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.template.loader import render_to_string
from django.utils import translation

from rukhsa.applications.answers import read_some
from rukhsa.catalogue.definition import Definition, schema_text
from rukhsa.catalogue.questions.hours import HoursQuestion
from rukhsa.catalogue.questions.typed import BadAnswer, Context
from rukhsa.catalogue.questions.walking import Setting
from rukhsa.trust import profiles
from rukhsa.trust.extent import Extent
from rukhsa.values.names import Text
from rukhsa.web.fields import field_of
from rukhsa.web.shown import answer_shown
from tests.rooms.catalogue.broken import problems_in_text, read, text_of

DAY, NOON = date(2026, 11, 24), datetime(2026, 11, 24, 9, tzinfo=UTC)
CONTEXT = Context(on=DAY, values={})


def asked(**limits: str) -> HoursQuestion:
    ask = Text(ar="في أي ساعات؟", en="At which hours?")
    return HoursQuestion(id="hours", type="hours", ask=ask, **limits)  # type: ignore[arg-type]


def answer(start: str, end: str, **limits: str) -> str:
    return asked(**limits).read({"from": start, "until": end}, CONTEXT)


@pytest.mark.parametrize(
    ("start", "end", "told"),
    [
        ("08:00", "17:00", "08:00-17:00"),
        (" 8:05 ", "٢٣:٣٠", "08:05-23:30"),
        ("22:00", "05:00", "22:00-05:00"),
        ("16:00", "00:00", "16:00-24:00"),
        ("16:00", "24:00", "16:00-24:00"),
        ("00:00", "00:00", "00:00-24:00"),
    ],
)
def test_they_are_read_in_either_set_of_digits_and_over_midnight(start: str, end: str, told: str) -> None:
    assert answer(start, end) == told


@pytest.mark.parametrize("text", ["16:00-23:00", "16:00 – 23:00", "١٦:٠٠ إلى ٢٣:٠٠", "16:00 to 23:00"])
def test_one_line_is_read_as_well(text: str) -> None:
    assert asked().read(text, CONTEXT) == "16:00-23:00"


@pytest.mark.parametrize(
    ("start", "end", "limits"),
    [
        ("08:00", "23:00", {"earliest": "08:00", "latest": "23:00"}),
        ("08:00", "09:00", {"earliest": "08:00"}),
        ("16:00", "00:00", {"earliest": "06:00", "latest": "24:00"}),
        ("23:00", "02:00", {"earliest": "20:00", "latest": "04:00"}),
        ("01:00", "04:00", {"earliest": "20:00", "latest": "04:00"}),
    ],
)
def test_they_lie_within_their_limits(start: str, end: str, limits: dict[str, str]) -> None:
    assert answer(start, end, **limits)


@pytest.mark.parametrize(
    ("start", "end", "limits", "code", "part", "english"),
    [
        ("", "17:00", {}, "time-unreadable", "from", "Enter a time, like 08:30."),
        ("08:00", "17", {}, "time-unreadable", "until", "Enter a time, like 08:30."),
        ("24:00", "17:00", {}, "time-unreadable", "from", "Enter a time, like 08:30."),
        ("08:00", "25:00", {}, "time-unreadable", "until", "Enter a time, like 08:30."),
        ("08:00", "08:00", {}, "hours-alike", "until", "Enter two different times."),
        ("07:59", "17:00", {"earliest": "08:00"}, "hours-outside", "", "between 08:00 and 24:00."),
        ("08:00", "23:01", {"latest": "23:00"}, "hours-outside", "", "between 00:00 and 23:00."),
        # Over midnight, which the limits do not allow: it begins within them and ends within them.
        ("22:00", "09:00", {"earliest": "08:00", "latest": "23:00"}, "hours-outside", "", "08:00 and 23:00."),
        ("23:00", "05:00", {"earliest": "20:00", "latest": "04:00"}, "hours-outside", "", "20:00 and 04:00."),
        ("03:00", "21:00", {"earliest": "20:00", "latest": "04:00"}, "hours-outside", "", "20:00 and 04:00."),
    ],
)
def test_what_is_no_time_or_outside_the_limits_is_refused_in_both_languages(
    start: str, end: str, limits: dict[str, str], code: str, part: str, english: str
) -> None:
    with pytest.raises(BadAnswer) as refused:
        answer(start, end, **limits)
    assert (refused.value.code, refused.value.part) == (code, part)
    with translation.override("en"):
        assert english in str(refused.value.text)
    with translation.override("ar"):
        assert english not in str(refused.value.text)


def test_they_are_asked_by_two_controls_and_told_from_left_to_right() -> None:
    field = field_of(asked(), {"from": "16:00", "until": "24:00"}, None)
    page = render_to_string(field.template, {"field": field})
    assert page.count('type="time"') == 2
    assert 'name="hours.from" value="16:00"' in page
    assert 'name="hours.until" value="00:00"' in page  # the control knows no 24:00
    assert answer_shown(asked(), "16:00-24:00").answer == '<bdi dir="ltr" class="code">16:00-24:00</bdi>'


def event(*changes: tuple[str, str]) -> str:
    text = text_of("temporary-event-permit")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    return text


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("earliest: 08:00, latest: 23:00", "earliest: 24:00, latest: 23:00", "Write hours and minutes"),
        ("earliest: 08:00, latest: 23:00", "earliest: 08:00, latest: 25:00", "Write hours and minutes"),
        ("type: identifier, question: hours", "type: text, question: hours", "must be"),
        ("type: identifier, question: hours", "type: code, question: hours", "must be"),
    ],
)
def test_the_compiler_finds_what_is_wrong(old: str, new: str, sentence: str) -> None:
    assert problems_in_text(event()) == ()
    problems = problems_in_text(event((old, new)))
    assert any(sentence in problem.in_language("en") for problem in problems), problems
    assert all(problem.what.ar for problem in problems)


@pytest.mark.parametrize("service", ["temporary-event-permit", "food-truck-licence"])
def test_an_answer_is_sealed_as_times_that_a_device_compares(service: str) -> None:
    definition: Definition = read(text_of(service)).value
    profile = definition.profile("BHD")
    [field] = [each for each in profile.fields if each.tells == "hours"]
    assert profiles.from_json(profiles.to_json(profile)) == profile
    at = datetime(2026, 11, 24, 13, tzinfo=UTC)  # 16:00 in Bahrain
    facts = {
        1: definition.profile_code,
        field.key: definition.question("hours").sealed("16:00-23:00", "identifier", None),
    }
    asked_there = Extent(facts=facts, profile=profile, time_zone="Asia/Bahrain")
    hour = {each.about: each.code for each in asked_there.compare(at, None)}["hour"]
    before = {each.about: each.code for each in asked_there.compare(at - timedelta(minutes=1), None)}["hour"]
    assert (hour, before) == ("in-its-hours", "outside-its-hours")


def test_an_editor_is_told_of_it() -> None:
    assert '"const": "hours"' in schema_text()


@pytest.mark.parametrize(
    "limits",
    [
        {},
        {"earliest": "06:00", "latest": "24:00"},
        {"earliest": "23:00", "latest": "01:00"},
        {"latest": "03:00"},
    ],
)
def test_what_a_walk_types_is_read(limits: dict[str, str]) -> None:
    question = asked(**limits)
    typed = question.plausible(None, Setting(number=0, on=DAY, block=317), {})
    reading = read_some([question], {"hours": typed}, {}, at=NOON)
    assert reading.problems == ()
    assert reading.values["hours"]
