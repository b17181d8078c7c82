"""Open data: counts of a month by authority and service, without persons and without small counts, as static files.

The format is docs/formats/open-data.md. A month is published once, a week after its end, and its file is not changed:
the difference of two editions would tell small counts.
"""

import csv
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from io import StringIO
from typing import Any, Final

from django.db.models import Sum
from django.utils import timezone
from procrastinate.contrib.django import app

from rukhsa.catalogue.territory import territory
from rukhsa.figures.aggregate import MonthRow
from rukhsa.figures.suppression import Cell, left_out, with_totals
from rukhsa.issuance import file_entry, site
from rukhsa.objects import Store
from rukhsa.trust.data_copy import DESCRIPTION, FOLDER, KIND, PROOF
from rukhsa.trust.tiles import held

# Facts of a month may arrive some days late.
SETTLED: Final = timedelta(days=7)
ALL: Final = "all"  # in place of an authority or a service: the total
MEASURES: Final[dict[str, tuple[str, tuple[str, ...]]]] = {
    "submitted": ("applications", ("submit",)),
    "refused": ("applications", ("refuse",)),
    "documents": ("documents", ("first", "later")),
}
COLUMNS: Final = ("month", "measure", "authority", "service", "count")
_FIELDS: Final = (
    ("month", "yearmonth", "The month."),
    (
        "measure",
        "string",
        "submitted: applications submitted; refused: refusals; documents: documents issued.",
    ),
    ("authority", "string", "The code of the issuing authority; all: the total of the authorities."),
    ("service", "string", "The service, as its definition is named; all: the total of the services."),
    ("count", "integer", "How many. Empty: left out, since a count of 1 to 4 could be worked out from it."),
)


@app.periodic(cron="23 4 * * *")
@app.task(name="figures.publish_open_data", queue="figures", queueing_lock="figures.publish_open_data")
def publish_open_data(timestamp: int) -> None:
    """Publish the months that ended a week ago and are not published yet, and sign what is published."""
    at = datetime.now(UTC)
    publish(at=at)
    sign(at=at)


def publish(*, at: datetime) -> list[str]:
    """Write the file of each month that is due and has none, and the description of all; gives the new names."""
    files = site.files().under(FOLDER)
    there = set(files.names())
    due = [month for month in _months(at) if _name(month) not in there]
    if not due:
        return []
    for month in due:
        files.create(_name(month), as_csv(month).encode())
    files.write(DESCRIPTION, _description(files).encode())
    return [_name(month) for month in due]


def sign(*, at: datetime) -> str | None:
    """Enter the description, which has the digest of every file, in the public log, and publish the proof.

    The checkpoint in the proof is signed by the key of the log. Again changes nothing; None before the first month.
    """
    files = site.files().under(FOLDER)
    description = held(files, DESCRIPTION)
    if description is None:
        return None
    proof = file_entry.prove(KIND, description, at=at)
    if held(files, PROOF) != proof.encode():
        files.write(PROOF, proof.encode())
    return proof


def as_csv(month: date) -> str:
    """The file of one month."""
    written = StringIO()
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow(COLUMNS)
    for measure in MEASURES:
        table = with_totals(_counts(month, measure))
        hidden = left_out(table)
        for (authority, service), count in sorted(table.items()):
            shown = "" if (authority, service) in hidden else count
            writer.writerow((_month(month), measure, authority or ALL, service or ALL, shown))
    return written.getvalue()


def _counts(month: date, measure: str) -> dict[Cell, int]:
    """How many of each authority and service; 0 where a service of the month has none at an authority."""
    figure, keys = MEASURES[measure]
    of_month = MonthRow.objects.filter(begins=month, figure__in={figure for figure, _ in MEASURES.values()})
    rows = of_month.exclude(authority=None)
    services = set(rows.values_list("service", flat=True).distinct())
    cells = {(authority.code, service): 0 for authority in territory().authorities for service in services}
    counted = rows.filter(figure=figure, key__in=keys).values_list("authority_id", "service")
    for authority, service, count in counted.annotate(Sum("count")).order_by():
        cells[authority, service] = count
    return cells


def _months(at: datetime) -> Iterator[date]:
    """The months with rows that ended a week ago."""
    last = timezone.localdate(at - SETTLED).replace(day=1)
    yield from (
        MonthRow.objects.filter(begins__lt=last)
        .order_by("begins")
        .values_list("begins", flat=True)
        .distinct()
    )


def _description(files: Store) -> str:
    """The description of the files, as a Data Package (specs.frictionlessdata.io): fields, licence, digests."""
    names = sorted(name for name in files.names() if name.endswith(".csv"))
    described = {
        "name": f"rukhsa-{territory().territory}",
        "title": f"Applications and documents of {territory().name.en} by month",
        "licenses": [
            {
                "name": "CC-BY-4.0",
                "title": "Creative Commons Attribution 4.0",
                "path": "https://creativecommons.org/licenses/by/4.0/",
            }
        ],
        "resources": [_resource(name, files.read(name)) for name in names],
    }
    return json.dumps(described, ensure_ascii=False, indent=1) + "\n"


def _resource(name: str, content: bytes) -> dict[str, Any]:
    fields = [{"name": name, "type": kind, "description": told} for name, kind, told in _FIELDS]
    return {
        "name": name.removesuffix(".csv"),
        "path": name,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": len(content),
        "hash": f"sha256:{sha256(content).hexdigest()}",
        "schema": {"fields": fields, "missingValues": [""]},
    }


def _name(month: date) -> str:
    return f"{_month(month)}.csv"


def _month(month: date) -> str:
    return month.strftime("%Y-%m")
