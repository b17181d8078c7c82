"""Write the vectors of place, hour and works: `python -m tests.trust.vectors.extents`.

What must come out stands here, worked out by hand; the sentences are added by the library. Both the library and the
page's modules read the file.
"""

import json
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from rukhsa.trust import extent, polyline, profiles
from rukhsa.trust.extent import Extent, Position
from rukhsa.trust.profiles import Field, Profile
from rukhsa.trust.seal import Fact
from rukhsa.values.names import Text

PATH = Path(__file__).with_name("extent.json")
ZONE = "Asia/Bahrain"  # three hours before UTC, all year
NOON = datetime(2020, 11, 15, 9, 0, tzinfo=UTC)
# 0.0027 of a degree of latitude are 299 m at 26 degrees north; 0.003 of longitude 300 m.
TRENCH = [(50.5800, 26.2200), (50.5850, 26.2200), (50.5850, 26.2250)]
CAMP = [(50.5800, 26.0000), (50.5820, 26.0000), (50.5820, 26.0020), (50.5800, 26.0020), (50.5800, 26.0000)]
PROFILE = Profile(
    code=7,
    service="trench",
    name=Text(ar="رخصة حفريات", en="Excavation permit"),
    fields=(
        Field(key=2, name=Text(ar="صاحب الرخصة", en="Holder"), type="text", role="holder"),
        Field(key=5, name=Text(ar="من", en="From"), type="date", role="valid-from", optional=True),
        Field(key=6, name=Text(ar="إلى", en="Until"), type="date", role="valid-until", optional=True),
        Field(
            key=7,
            name=Text(ar="الأعمال", en="Works"),
            type="code",
            optional=True,
            options={1: Text(ar="خندق", en="Trench"), 2: Text(ar="عبور", en="Crossing")},
        ),
        Field(
            key=8,
            name=Text(ar="إغلاق حارة", en="Lane closed"),
            type="code",
            optional=True,
            options={1: Text(ar="نعم", en="Yes"), 2: Text(ar="لا", en="No")},
        ),
        Field(key=9, name=Text(ar="المسار", en="Route"), type="identifier", optional=True, tells="line"),
        Field(key=10, name=Text(ar="المساحة", en="Area"), type="identifier", optional=True, tells="area"),
        Field(
            key=11, name=Text(ar="ساعات العمل", en="Hours"), type="identifier", optional=True, tells="hours"
        ),
    ),
)
LINE, AREA = polyline.write(TRENCH, is_area=False), polyline.write(CAMP, is_area=True)
BARE: dict[int, Fact] = {1: 7, 2: "ليلى بنت أحمد الدوسري"}
DAYS: dict[int, Fact] = {5: profiles.to_days(date(2020, 11, 10)), 6: profiles.to_days(date(2020, 12, 9))}
WHOLE: dict[int, Fact] = BARE | DAYS | {7: 1, 8: 1, 9: str(LINE), 11: "05:00-22:00"}


@dataclass(frozen=True, kw_only=True)
class Row:
    """One question on the spot, and what must come out: the whole, and the codes in their order."""

    name: str
    outcome: str
    codes: tuple[str, ...]
    facts: dict[int, Fact] = field(default_factory=lambda: dict(WHOLE))
    at: datetime = NOON
    here: tuple[float, float, float] | None = (26.2200, 50.5830, 5)
    seen: dict[int, int] = field(default_factory=dict)
    word: str = "valid"
    metres: int | None = None


ALL_WELL = ("at-its-place", "in-its-days", "in-its-hours")


def utc(day: int, hour: int, minute: int = 0, *, month: int = 11) -> datetime:
    return datetime(2020, month, day, hour, minute, tzinfo=UTC)


def hours(text: str) -> dict[int, Fact]:
    return WHOLE | {11: text}


def _place(code: str, metres: int, here: tuple[float, float, float], facts: dict[int, Fact] = WHOLE) -> Row:
    whole = {"at-its-place": "within", "outside-its-place": "outside", "position-too-rough": "cannot-tell"}[
        code
    ]
    told = code, *ALL_WELL[1:]
    return Row(name=f"{code} at {here}", outcome=whole, codes=told, facts=facts, here=here, metres=metres)


CAMPED = BARE | DAYS | {7: 1, 10: str(AREA), 11: "05:00-22:00"}
ROWS = (
    Row(name="all is within", outcome="within", codes=ALL_WELL),
    # Of a line: 299 m to its south, beyond its end, beside its second part, and how exact the device is.
    _place("outside-its-place", 299, (26.2173, 50.5830, 5)),
    _place("outside-its-place", 300, (26.2200, 50.5770, 100)),
    _place("outside-its-place", 100, (26.2230, 50.5860, 30)),
    _place("position-too-rough", 299, (26.2173, 50.5830, 300)),
    _place("position-too-rough", 0, (26.2200, 50.5830, 50)),
    _place("at-its-place", 11, (26.2199, 50.5830, 8)),
    _place("position-too-rough", 11, (26.2199, 50.5830, 12)),
    _place("outside-its-place", 33, (26.2197, 50.5830, 12)),
    _place("outside-its-place", 9_971, (26.1300, 50.5830, 12)),
    # Of an area: its middle, its edge from within and from without.
    _place("at-its-place", 0, (26.0010, 50.5810, 90), CAMPED),
    _place("position-too-rough", 0, (26.0010, 50.5810, 130), CAMPED),
    _place("at-its-place", 11, (25.9999, 50.5810, 8), CAMPED),
    _place("outside-its-place", 111, (25.9990, 50.5810, 40), CAMPED),
    Row(
        name="the device does not know where it is",
        outcome="cannot-tell",
        codes=("no-position", *ALL_WELL[1:]),
        here=None,
    ),
    Row(
        name="a document that tells no ground",
        outcome="cannot-tell",
        codes=("place-not-told", *ALL_WELL[1:]),
        facts={key: fact for key, fact in WHOLE.items() if key != 9},
    ),
    *(
        Row(
            name=f"a ground that cannot be read: {text!r}",
            outcome="cannot-tell",
            codes=("place-not-told", *ALL_WELL[1:]),
            facts=WHOLE | {9: text},
        )
        for text in ("26.2200,50.5830", "ug_Oy_{]", "ug_Oy_{]OKG", "ug_Oy_{]O~", "~~~~~~~~~~~~")
    ),
    # The day is that of the time zone of the trust list: 9 November, 21:00 UTC is the tenth.
    Row(
        name="the day before",
        outcome="outside",
        codes=("not-in-force", "at-its-place", "not-begun", "in-its-hours"),
        at=utc(9, 18, 59),
        word="not-yet-valid",
    ),
    Row(
        name="the first minute of its first day",
        outcome="within",
        codes=ALL_WELL,
        at=utc(9, 21),
        facts=hours("00:00-24:00"),
    ),
    Row(
        name="the last minute of its last day",
        outcome="within",
        codes=ALL_WELL,
        at=utc(9, 20, 59, month=12),
        facts=hours("00:00-24:00"),
    ),
    Row(
        name="the first minute after",
        outcome="outside",
        codes=("not-in-force", "at-its-place", "ended", "in-its-hours"),
        at=utc(9, 21, month=12),
        facts=hours("00:00-24:00"),
        word="expired",
    ),
    Row(name="its first minute", outcome="within", codes=ALL_WELL, at=utc(15, 2)),
    *(
        Row(
            name=f"at {at:%H:%M} UTC with {told}",
            outcome="outside",
            codes=("at-its-place", "in-its-days", "outside-its-hours"),
            at=at,
            facts=hours(told),
        )
        for at, told in (
            (utc(15, 1, 59), "05:00-22:00"),
            (utc(15, 19), "05:00-22:00"),
            (utc(15, 20, 10), "05:00-22:00"),
            (utc(15, 9), "22:00-05:00"),
            (utc(15, 2), "22:00-05:00"),
        )
    ),
    Row(name="night work", outcome="within", codes=ALL_WELL, at=utc(15, 20), facts=hours("22:00-05:00")),
    Row(
        name="after midnight", outcome="within", codes=ALL_WELL, at=utc(15, 1, 59), facts=hours("22:00-05:00")
    ),
    *(
        Row(
            name=f"{name} of {told}",
            outcome="within" if code == "in-its-hours" else "outside",
            codes=(*ALL_WELL[:2], code),
            at=at,
            facts=hours(told),
        )
        for name, told, at, code in (
            ("the minute before", "22:00-05:00", utc(15, 18, 59), "outside-its-hours"),
            ("the first minute", "22:00-05:00", utc(15, 19), "in-its-hours"),
            ("the minute before", "16:00-24:00", utc(15, 12, 59), "outside-its-hours"),
            ("the last minute", "16:00-24:00", utc(15, 20, 59), "in-its-hours"),
            ("midnight after the end", "16:00-24:00", utc(15, 21), "outside-its-hours"),
            ("the last minute", "23:59-00:01", utc(15, 21), "in-its-hours"),
            ("the minute after", "23:59-00:01", utc(15, 21, 1), "outside-its-hours"),
        )
    ),
    # Hours over midnight are those of each of its days: the morning after its last day is none of them.
    Row(
        name="the night after its last day",
        outcome="outside",
        codes=("not-in-force", "at-its-place", "ended", "in-its-hours"),
        at=utc(9, 22, 30, month=12),
        facts=hours("22:00-05:00"),
        word="expired",
    ),
    *(
        Row(
            name=f"hours that cannot be read: {told}",
            outcome="cannot-tell",
            codes=(*ALL_WELL[:2], "hours-not-told"),
            facts=hours(told),
        )
        for told in ("5:00-22:00", "05:00-25:00", "24:00-05:00", "05:00", "05:00-22:00 ")
    ),
    Row(name="the works of the licence", outcome="within", codes=(*ALL_WELL, "these-works"), seen={7: 1}),
    Row(name="other works", outcome="outside", codes=(*ALL_WELL, "other-works"), seen={7: 2}),
    Row(name="works that no profile names", outcome="within", codes=ALL_WELL, seen={7: 9}),
    Row(
        name="a lane that may be closed and is open",
        outcome="within",
        codes=(*ALL_WELL, "these-works"),
        seen={8: 2},
    ),
    Row(
        name="a lane that may not be closed and is",
        outcome="outside",
        codes=(*ALL_WELL, "these-works", "other-works"),
        facts=WHOLE | {8: 2},
        seen={7: 1, 8: 1},
    ),
    Row(
        name="a document that tells nothing",
        outcome="cannot-tell",
        codes=("place-not-told", "days-not-told", "hours-not-told", "works-not-told"),
        facts=BARE,
    ),
    Row(name="revoked", outcome="outside", codes=("not-in-force", *ALL_WELL), word="revoked"),
    Row(
        name="a status too old",
        outcome="cannot-tell",
        codes=("status-unknown", *ALL_WELL),
        word="cannot-tell",
    ),
)


def text() -> str:
    """The file's text: one row a line."""
    head = {"profile": profiles.to_json(PROFILE), "time_zone": ZONE, "rows": []}
    rows = ",\n".join(json.dumps(_row(each), ensure_ascii=False) for each in ROWS)
    return json.dumps(head, ensure_ascii=False).replace('"rows": []', f'"rows": [\n{rows}\n]') + "\n"


def compared(row: Row) -> list[extent.Finding]:
    """The findings of the library."""
    here = row.here and Position(latitude=row.here[0], longitude=row.here[1], accuracy=row.here[2])
    asked = Extent(facts=row.facts, profile=PROFILE, time_zone=ZONE, word=row.word)
    return asked.compare(row.at, here, row.seen)


def _row(row: Row) -> dict[str, Any]:
    told: dict[str, Any] = {"name": row.name, "facts": row.facts, "word": row.word}
    told |= {"at": int(row.at.timestamp()), "here": row.here, "seen": row.seen}
    told |= {"outcome": row.outcome, "codes": row.codes, "metres": row.metres}
    return told | {
        language: [finding.in_words(language) for finding in compared(row)] for language in ("ar", "en")
    }


if __name__ == "__main__":
    PATH.write_text(text(), encoding="utf-8")
