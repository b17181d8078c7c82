"""A time of day: how it is read, told, compared, checked, sealed and walked."""

from datetime import UTC, date, datetime

import pytest
from django.template.loader import render_to_string
from django.utils import translation

from rukhsa.applications.answers import read_some
from rukhsa.catalogue.conditions import Comparison, holds
from rukhsa.catalogue.definition import Definition, schema_text
from rukhsa.catalogue.facts import printed_conditions
from rukhsa.catalogue.questions.time import TimeQuestion
from rukhsa.catalogue.questions.typed import BadAnswer, Context
from rukhsa.catalogue.questions.walking import Setting
from rukhsa.catalogue.reasoning.cells import cells_of
from rukhsa.difference.turnings import branches
from rukhsa.trust import profiles
from rukhsa.values.names import Text
from rukhsa.web.fields import field_of
from rukhsa.web.shown import answer_shown
from tests.rooms.catalogue.broken import problems_in_text, read, text_of

DAY, NOON = date(2026, 11, 24), datetime(2026, 11, 24, 9, tzinfo=UTC)
QUIET = TimeQuestion(
    id="quiet",
    type="time",
    earliest="18:00",
    latest="23:00",
    ask=Text(ar="متى تصمت المكبرات؟", en="When do they fall silent?"),
)
ASKED = (
    "      - {id: quiet, type: time, earliest: 18:00, latest: 23:00, ask: {ar: متى تصمت؟, en: When are they silent?},\n"
    "         when: {question: loudspeakers, is: yes}}\n"
)
LATE = "{question: quiet, at-least: 22:00}"


def event(*changes: tuple[str, str]) -> str:
    """The permit for an event, which asks when the loudspeakers fall silent, prints it and seals it."""
    text = text_of("temporary-event-permit")
    for old, new in (
        ("  - id: place\n    title", ASKED + "  - id: place\n    title"),
        (
            "  conditions:\n",
            "    - {id: quiet, label: {ar: الصمت, en: Silent from}, type: text, question: quiet,\n"
            "       when: {question: loudspeakers, is: yes}}\n"
            f"  conditions:\n    - {{text: {{ar: متأخر, en: It is late}}, when: {LATE}}}\n",
        ),
        ("part: ground}", "part: ground, sealed: no}"),  # so that the code has room for it
        *changes,
    ):
        assert old in text
        text = text.replace(old, new, 1)
    return text


def definition() -> Definition:
    return read(event()).value


@pytest.mark.parametrize(
    ("typed", "answer"), [("22:30", "22:30"), (" 18:00 ", "18:00"), ("٢٢:٣٠", "22:30"), ("۲۳:۰۰", "23:00")]
)
def test_it_is_read_in_either_set_of_digits(typed: str, answer: str) -> None:
    assert QUIET.read(typed, Context(on=DAY, values={})) == answer


def test_an_hour_of_one_digit_is_understood() -> None:
    free = QUIET.model_copy(update={"earliest": None})
    assert free.read("8:05", Context(on=DAY, values={})) == "08:05"


@pytest.mark.parametrize(
    ("typed", "code", "english"),
    [
        ("24:00", "time-unreadable", "Enter a time, like 08:30."),
        ("18.3", "time-unreadable", "Enter a time, like 08:30."),
        ("19:5", "time-unreadable", "Enter a time, like 08:30."),
        (":30", "time-unreadable", "Enter a time, like 08:30."),
        ("17:59", "time-too-early", "Choose 18:00 or later."),
        ("23:01", "time-too-late", "Choose 23:00 or earlier."),
    ],
)
def test_what_is_no_time_or_outside_the_limits_is_refused_in_both_languages(
    typed: str, code: str, english: str
) -> None:
    with pytest.raises(BadAnswer) as refused:
        QUIET.read(typed, Context(on=DAY, values={}))
    assert refused.value.code == code
    with translation.override("en"):
        assert str(refused.value.text) == english
    with translation.override("ar"):
        assert str(refused.value.text) not in ("", english)


def test_it_is_asked_by_a_control_of_its_own_and_told_from_left_to_right() -> None:
    field = field_of(QUIET, "22:30", None)
    page = render_to_string(field.template, {"field": field})
    assert 'type="time"' in page
    assert 'value="22:30"' in page
    assert answer_shown(QUIET, "22:30").answer == '<bdi dir="ltr" class="code">22:30</bdi>'


def test_a_definition_with_one_compiles_and_its_answers_are_compared_and_sealed() -> None:
    assert problems_in_text(event()) == ()
    service = definition()
    answers = {"loudspeakers": "yes", "quiet": "22:00"}
    assert "It is late" in [each.en for each in printed_conditions(service, answers)]
    early = printed_conditions(service, answers | {"quiet": "21:59"})
    assert "It is late" not in [each.en for each in early]
    key, fact = next(each for each in service.instrument.sealed.items() if each[1].id == "quiet")
    sealed = service.question("quiet").sealed("22:00", fact.type, fact.part)
    profile = service.profile("BHD")
    assert (
        dict(profiles.describe({1: service.profile_code, key: sealed}, profile, "en"))["Silent from"]
        == "22:00"
    )


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("earliest: 18:00, latest: 23:00", "earliest: 23:00, latest: 18:00", "allows no answer"),
        ("at-least: 22:00", "at-least: noon", "cannot be compared"),
        ("at-least: 22:00", "is: 9:30", "cannot be asked whether"),
        ("at-least: 22:00", "at-least: 23:01", "no answers make this condition true"),
        ("earliest: 18:00", "earliest: 6 pm", "Write hours and minutes"),
        ("type: text, question: quiet", "type: integer, question: quiet", "must be integer"),
    ],
)
def test_the_compiler_finds_what_is_wrong(old: str, new: str, sentence: str) -> None:
    problems = problems_in_text(event((old, new)))
    assert any(sentence in problem.in_language("en") for problem in problems), problems
    assert all(problem.what.ar for problem in problems)


def test_its_cells_are_minutes_within_its_limits() -> None:
    late = Comparison.model_validate({"question": "quiet", "at-least": "22:00"})
    cells = cells_of(QUIET, [late])
    assert cells.answers == ("18:00", "18:01", "21:59", "22:00", "22:01", "22:59", "23:00")
    assert [holds(late, {"quiet": answer}) for answer in cells.answers] == [False] * 3 + [True] * 4
    assert branches(QUIET, [late]) == ("21:59", "22:00")


def test_an_editor_is_told_of_it() -> None:
    assert '"const": "time"' in schema_text()


@pytest.mark.parametrize("wanted", [None, "21:59"])
def test_what_a_walk_types_is_read(wanted: str | None) -> None:
    typed = QUIET.plausible(wanted, Setting(number=0, on=DAY, block=317), {})
    reading = read_some([QUIET], {"quiet": typed}, {}, at=NOON)
    assert (reading.values, reading.problems) == ({"quiet": wanted or "18:00"}, ())
