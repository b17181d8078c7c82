"""The weekly letter: the figures of the last seven days by mail, to those who may read them and asked for it."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Final

from django.db.models import F
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django import app

from rukhsa.accounts.models import Person
from rukhsa.accounts.permissions import PERMISSIONS, Permission
from rukhsa.authorities.models import Post
from rukhsa.catalogue.territory import territory
from rukhsa.figures.aggregate import DayRow
from rukhsa.figures.summary import Row, Sums
from rukhsa.staff.letter import Letter, tell
from rukhsa.staff.letter_choice import LetterChoice

KIND: Final = "figures"
DAYS: Final = 7
SUNDAY: Final = 6  # of date.weekday(): the week of work begins with it
SENT_AT: Final = 7  # o'clock in the territory
_LINES: Final[dict[str, Promise]] = {
    "submitted": _("applications submitted"),
    "documents": _("documents issued"),
    "refused": _("applications refused"),
    "in_time": _("per cent decided in time"),
    "within": _("working days within which 9 of 10 were decided"),
    "backlog": _("applications that wait for a decision"),
    "old": _("of them for more than 30 days"),
    "forged": _("forged documents seen"),
}


@app.periodic(cron="10 * * * *")
@app.task(name="figures.send_weekly", queue="delivery", queueing_lock="figures.send_weekly")
def send(timestamp: int) -> None:
    """On the first morning of the week send the letters; a week's letter once."""
    at = datetime.now(UTC)
    now = timezone.localtime(at)
    if (now.weekday(), now.hour) == (SUNDAY, SENT_AT):
        send_letters(at=at)


def send_letters(*, at: datetime) -> int:
    """Send the figures of the seven days before today to each person who asked for them; how many were sent.

    Someone who no longer holds a post that reads figures gets none, and each reads those of the own authorities alone.
    """
    today = timezone.localdate(at)
    told = Letter.objects.filter(kind=KIND, at__gt=at - timedelta(days=DAYS - 1)).values("person")
    wanted = LetterChoice.objects.filter(figures=True).exclude(person__in=told).values("person")
    roles = [role for role, granted in PERMISSIONS.items() if Permission.READ_FIGURES in granted]
    posts = Post.objects.in_force(on=today).filter(role__in=roles, authority__isnull=False)
    places: dict[Person, set[str]] = {}
    for post in posts.filter(person__in=wanted, person__is_active=True).select_related("person"):
        places.setdefault(post.person, set()).add(post.authority_id or "")
    rows = _rows({code for codes in places.values() for code in codes}, today)
    for person, codes in places.items():
        with translation.override(person.language):
            details = in_words([row for row in rows if row.authority in codes], codes, today)
        tell(person, KIND, at=at, details=details)
    return len(places)


def in_words(rows: Iterable[Row], codes: Iterable[str], today: date) -> str:
    """The figures of some authorities, a block of lines for each, in the language of the reader."""
    first, last = today - timedelta(days=DAYS), today - timedelta(days=1)
    span = f"{date_format(first, 'DATE_FORMAT')} – {date_format(last, 'DATE_FORMAT')}"
    language = translation.get_language() or "en"
    blocks = [span]
    for code in sorted(codes):
        sums = Sums([row for row in rows if row.authority == code])
        lines = [f"{number}  {_LINES[what]}" for what, number in _numbers(sums, last).items()]
        blocks.append("\n".join([territory().authority(code).name(on=last).in_language(language), *lines]))
    return "\n\n".join(blocks)


def _numbers(week: Sums, last: date) -> dict[str, int | str]:
    """The numbers of a letter; what stands is counted on the last day."""
    waiting = dict(week.where(month=last).backlog)
    within = week.decided_within(90)
    return {
        "submitted": week.counts("applications").get("submit", 0),
        "documents": week.where(figure="documents").count,
        "refused": week.counts("applications").get("refuse", 0),
        "in_time": "–" if week.in_time is None else week.in_time,
        "within": "–" if within is None else within,
        "backlog": sum(waiting.values()),
        "old": waiting["31-90"] + waiting["91-"],
        "forged": week.forged,
    }


def _rows(codes: set[str], today: date) -> list[Row]:
    """The rows of the seven days before today, one statement; `month` is the day."""
    found = DayRow.objects.filter(
        authority__in=codes, begins__gte=today - timedelta(days=DAYS), begins__lt=today
    )
    columns = ("begins", "authority_id", "service", "figure", "key", "count", "total")
    return [Row(*row) for row in found.order_by(F("id")).values_list(*columns)]
