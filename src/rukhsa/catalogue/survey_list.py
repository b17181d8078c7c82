"""Imports a survey: row by row, in batches that stay, so that an import that was killed goes on where it stopped."""

import hashlib
import json
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import date, datetime
from itertools import batched
from pathlib import Path
from typing import Final

from django.db import transaction

from rukhsa.audit.journal import record
from rukhsa.catalogue.import_report import HINT, LEFT_OUT, MENDING, Outcome, Report, Reporting
from rukhsa.catalogue.problems import NOTHING, DefinitionRefused
from rukhsa.catalogue.survey_file import Row, refused, rows_in
from rukhsa.catalogue.survey_row import MENDED, Reading, Surveyed, WrongRow, judge
from rukhsa.late import shapely, shapes
from rukhsa.locks import held
from rukhsa.places.geometry import SHARED, shared
from rukhsa.places.models import Feature, Survey, SurveyVersion
from rukhsa.places.survey import Kind, learn_features, rows_near
from rukhsa.values.names import Text

AT_ONCE: Final = 500  # rows of a batch

APART: Final = frozenset({Kind.BUILDING, Kind.BLOCK, Kind.GOVERNORATE})  # of these, no two share ground
TAKEN: Final = "taken"
OUTCOMES: Final = (TAKEN, MENDING, LEFT_OUT, HINT)


@dataclass(kw_only=True)
class _Entering(Reporting):
    """The state of an import."""

    survey: Survey
    reading: Reading


def import_survey(
    file: Path,
    reading: Reading,
    *,
    part: str = "",
    effective_from: date,
    source: str,
    at: datetime,
    leave_bad: bool = False,
    rehearse: bool = False,
    tell: Callable[[Outcome], None] = lambda outcome: None,
) -> Report:
    """Import a GeoJSON or CSV file as the next version of one kind of ground, for a part of the territory or for all.

    Each batch of rows is committed; the survey counts once all are read. An import that was killed is given again,
    and goes on; the same file is entered once for a day. A bad row leaves the survey waiting and raises
    DefinitionRefused; with `leave_bad` only the row is left out. With `rehearse` nothing is kept. The file is
    streamed: memory does not grow with it. Raises HeldElsewhere while another import of this kind runs.
    """
    with held(f"places.survey:{reading.kind}"):
        told = {"kind": reading.kind, "part": part, "effective_from": effective_from}
        told["digest"] = digest_of(file, reading)
        known = SurveyVersion.objects.filter(**{f"survey__{name}": value for name, value in told.items()})
        if version := known.first():
            return Report(counts=dict.fromkeys(OUTCOMES, 0), version=version.number, is_new=False)
        with transaction.atomic() if rehearse else nullcontext():
            survey, _made = Survey.objects.get_or_create(**told, defaults={"source": source, "at": at})
            report = Report(counts=dict.fromkeys(OUTCOMES, 0))
            read(_Entering(file=file, hears=tell, report=report, survey=survey, reading=reading))
            if rehearse:
                transaction.set_rollback(True)
                return report
        if report.problems and not leave_bad:
            raise DefinitionRefused(report.problems)
        report.version = complete(survey, report, at).number
        return report


def digest_of(file: Path, reading: Reading) -> str:
    """SHA-256 in hex of a file and of how it is read: read otherwise, it says other things."""
    with file.open("rb") as read:
        content = hashlib.file_digest(read, "sha256")
    content.update(json.dumps([dict(reading.renamed), dict(reading.fixed)], sort_keys=True).encode())
    return content.hexdigest()


def read(entering: _Entering) -> None:
    """Read every row; write what is not there yet, batch by batch. Raises DefinitionRefused for a file without rows."""
    for some in batched(rows_in(entering.file), AT_ONCE):
        with transaction.atomic():
            heard = enter(entering, some)
        for outcome in heard:
            entering.tell(*outcome)
    if not any(entering.report.counts[became] for became in (TAKEN, MENDING, LEFT_OUT)):
        raise refused(entering.file, 1, "the file has no rows.", "لا صفوف في الملف.")


def complete(survey: Survey, report: Report, at: datetime) -> SurveyVersion:
    """Make a survey that was read to its end the next version of its kind."""
    with transaction.atomic():
        newest = SurveyVersion.objects.filter(kind=survey.kind).order_by("-number").first()
        number = newest.number + 1 if newest else 1
        version = SurveyVersion.objects.create(survey=survey, kind=survey.kind, number=number, at=at)
        counted = {became.replace(" ", "_"): count for became, count in report.counts.items()}
        learn_features()
        record("import-survey", version, actor=None, at=at, kind=survey.kind, **counted)
    return version


type Heard = tuple[int, str, str, str, Text]


def enter(entering: _Entering, some: tuple[Row, ...]) -> list[Heard]:
    """Enter the correct rows of a batch, once; and what is to be told of each row."""
    heard: list[Heard] = []
    sound: list[Surveyed] = []
    for row in some:
        try:
            sound.append(judge(row, entering.reading))
        except WrongRow as wrong:
            heard.append((row.row, "", LEFT_OUT, wrong.field, wrong.reason))
    twins, overlaps = compare(entering, sound)
    for each in sound:
        if (twin := twins.get(each.row)) is not None:
            heard.append((each.row, each.name, LEFT_OUT, "geometry", twin))
            continue
        mended = each.ground.is_mended
        heard.append(
            (each.row, each.name, *((MENDING, "geometry", MENDED) if mended else (TAKEN, "", NOTHING)))
        )
        heard.extend((each.row, each.name, HINT, "geometry", told) for told in overlaps.get(each.row, ()))
    made = (feature_of(entering.survey, each) for each in sound if each.row not in twins)
    Feature.objects.bulk_create(made, ignore_conflicts=True)
    return sorted(heard, key=lambda outcome: outcome[0])


def compare(
    entering: _Entering, sound: list[Surveyed]
) -> tuple[Mapping[int, Text], Mapping[int, list[Text]]]:
    """The rows of a batch that repeat the ground of an earlier row, and those that overlap one, each with a sentence.

    A zone is compared with those of its own kind; lines overlap nowhere.
    """
    twins: dict[int, Text] = {}
    overlaps: dict[int, list[Text]] = {}
    if not sound:
        return twins, overlaps
    outlines = [each.ground.outline for each in sound]
    before = rows_near(entering.survey, [each.bounds for each in outlines], before=sound[0].row)
    those = [
        (each.row, each.number or each.name_en, each.sort, shapes.shape(each.geometry)) for each in before
    ]
    those += [(each.row, each.name, each.sort, each.ground.outline) for each in sound]
    here, there = shapely.STRtree([each[3] for each in those]).query(outlines, predicate="intersects")
    for one, other in sorted(zip(here.tolist(), there.tolist(), strict=True)):
        mine, (row, name, sort, ground) = sound[one], those[other]
        if row >= mine.row or sort != mine.sort or row in twins:
            continue
        if ground.equals(mine.ground.outline):
            twins[mine.row] = Text(
                en=f"it is the same as row {row} ({name}).", ar=f"هو نفسه الصف {row} ({name})."
            )
        elif entering.reading.kind in APART and (metres := shared(ground, mine.ground.outline)) > SHARED:
            told = Text(
                en=f"it overlaps row {row} ({name}) by {metres:.1f} m2.",
                ar=f"يتداخل مع الصف {row} ({name}) في {metres:.1f} م².",
            )
            overlaps.setdefault(mine.row, []).append(told)
    return twins, overlaps


def feature_of(survey: Survey, each: Surveyed) -> Feature:
    """The row of the table for what a row of the file says."""
    west, south, east, north = each.ground.outline.bounds
    return Feature(
        survey=survey,
        row=each.row,
        number=each.number,
        block=each.block,
        road=each.road,
        name_ar=each.name_ar,
        name_en=each.name_en,
        sort=each.sort,
        geometry=each.ground.geometry,
        measure=each.ground.measure,
        west=west,
        south=south,
        east=east,
        north=north,
    )
