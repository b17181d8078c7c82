"""What the played year comes to, worked out apart in plain Python, and the tables of the director's page of a month."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

from rukhsa.values.periods import WorkingCalendar
from tests.rooms.figures.played_year import AUTHORITIES, FEE, GATEWAYS, PROMISED, SERVICES, Drawn
from tests.rooms.review import works

MONTHS = [date(2025, 12, 1), *(date(2026, number, 1) for number in range(1, 12))]
BAHRAIN = WorkingCalendar(weekdays=frozenset({6, 0, 1, 2, 3}), country="BH")


def month_of(moment: datetime | None) -> date | None:
    return moment.astimezone(works.BAHRAIN).date().replace(day=1) if moment else None


def working_days(first: date, last: date) -> int:
    """The working days after the first up to the last, counted one by one."""
    days, day = 0, first
    while day < last:
        day += timedelta(days=1)
        days += BAHRAIN.is_working(day)
    return days


def spent(each: Drawn) -> int:
    """The working days of the authority; those of the applicant begin with the day of the return."""
    assert each.ended
    days = working_days(each.submitted.date(), each.ended.date())
    if each.returned and each.answered:
        lost = each.returned.date() - timedelta(days=1), each.answered.date() - timedelta(days=1)
        days -= working_days(*lost)
    return max(days, 0)


def nearest_rank(values: list[int], share: int) -> int:
    """The value at the rank that the share asks for, of all values in order."""
    rank = -(-share * len(values) // 100)
    return sorted(values)[rank - 1]


def end_of(each: Drawn) -> datetime | None:
    return each.issued if each.outcome == "grant" else each.ended


def minutes_by_party(each: Drawn) -> Counter[str]:
    """One's own reckoning of whose minutes they were: pieces of the way, one after another."""
    end = end_of(each)
    assert end
    way = [("officer", each.submitted), ("applicant", each.returned), ("officer", each.answered)]
    way += [("applicant", each.ended)] if each.outcome == "grant" else []
    way += [("gateway", each.began_paying), ("officer", each.paid)] if each.outcome == "grant" else []
    pieces = [(who, at) for who, at in way if at]
    found: Counter[str] = Counter()
    for (who, at), (_, until) in zip(pieces, [*pieces[1:], ("", end)], strict=True):
        found[who] += round((until - at).total_seconds())
    return found


def waiting(drawn: list[Drawn], month: date) -> dict[str, int]:
    """How many are undecided when the month ends, by their age in days."""
    last = (month + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    ages = dict.fromkeys(("0-7", "8-30", "31-90", "91-"), 0)
    for each in drawn:
        if each.submitted.date() <= last and (each.ended is None or each.ended.date() > last):
            age = (last - each.submitted.date()).days
            ages["0-7" if age <= 7 else "8-30" if age <= 30 else "31-90" if age <= 90 else "91-"] += 1
    return ages


@dataclass(frozen=True, kw_only=True)
class Reckoned:
    """The page of one month, of all authorities or of one: its tiles and its tables, cell by cell."""

    drawn: list[Drawn]
    month: date
    authorities: tuple[str, ...] = AUTHORITIES

    def tiles(self) -> dict[str, str]:
        """What stands large at the top."""
        days = [spent(each) for each in self._decided()]
        online, paper = self._cost(SERVICES)
        return {
            "Documents issued": f"{len(self._issued()):,}",
            "Decided in time": f"{percent(sum(each <= PROMISED for each in days), len(days))} %",
            "Cost of a document": f"{online} {paper} on paper · assumed",
            "Visits avoided": f"{self._visits(SERVICES):,}",
            "Forged documents seen": "0",
            "Satisfaction": "–",
        }

    def tables(self) -> dict[str, list[list[str]]]:
        """The rows of each table by its caption."""
        paid = [each for each in self._all() if month_of(each.paid) == self.month]
        returned = sum(month_of(each.returned) == self.month for each in self._all())
        refused = sum(each.outcome == "refuse" for each in self._decided())
        waits = waiting(self._all(), self.month)
        return {
            "Documents by month": self._documents_by_month(),
            "How the days are spent": self._shares_of_parties(),
            "By service": sorted(map(self._of_service, SERVICES), key=lambda row: -number(row[1])),
            "Days with each party": self._days_of_parties(),
            "Waiting for a decision": [
                ["91+" if age == "91-" else age, f"{count:,}"] for age, count in waits.items()
            ],
            "Why applications are returned": self._by_service(
                [each.service for each in self._all() if month_of(each.returned) == self.month]
            ),
            "Returns by standard finding": [["In the officer's own words", f"{returned:,}", "100 %"]],
            "Refusals": [["By a rule of the service", f"{refused:,}", "100 %"]],
            "Ways of paying": self._ways([each.gateway for each in paid]),
            "Money": [["Fees", f"{len(paid):,}", money(FEE * len(paid))]],
            "Income by service": [
                [NAME, money(FEE * count), money(0)]
                for count in sorted(
                    (sum(e.service == service for e in paid) for service in SERVICES), reverse=True
                )
            ],
        }

    def _all(self) -> list[Drawn]:
        return [each for each in self.drawn if each.authority in self.authorities]

    def _decided(self) -> list[Drawn]:
        return [
            e for e in self._all() if e.outcome in ("grant", "refuse") and month_of(e.ended) == self.month
        ]

    def _issued(self) -> list[Drawn]:
        return [each for each in self._all() if month_of(each.issued) == self.month]

    def _visits(self, services: Iterable[str]) -> int:
        own = [each for each in self._all() if each.service in services]
        moments = [at for e in own for at in (e.submitted, e.answered, e.paid, e.issued)]
        return sum(month_of(at) == self.month for at in moments)

    def _cost(self, services: Iterable[str]) -> tuple[str, str]:
        """No minute of an officer is in the journal: 300.000 of each authority, by its documents; and the paper way."""
        online = Decimal(0)
        documents = sum(each.service in services for each in self._issued())
        for code in self.authorities:
            theirs = [each for each in self._issued() if each.authority == code]
            online += Decimal(300_000) * sum(e.service in services for e in theirs) / len(theirs)
        paper = Decimal(500) + Decimal(1_500 * self._visits(services)) / documents
        return tuple(money(each / whole) for each, whole in ((online, documents), (paper, 1)))  # type: ignore[return-value]

    def _documents_by_month(self) -> list[list[str]]:
        issued = Counter(month_of(each.issued) for each in self._all())
        months = [date(self.month.year - 1, self.month.month, 1)]
        while months[-1] < self.month:
            months.append((months[-1] + timedelta(days=32)).replace(day=1))
        return [[f"{each:%B %Y}", f"{issued[each]:,}"] for each in months]

    def _ended(self) -> list[Drawn]:
        return [each for each in self._all() if month_of(end_of(each)) == self.month]

    def _shares_of_parties(self) -> list[list[str]]:
        ended, seconds = self._ended(), Counter[str]()
        for each in ended:
            seconds += minutes_by_party(each)
        rows = []
        for name, party in (("The authority", "officer"), ("Agencies", "agency"), *APPLICANT_AND_PAYMENT):
            days = Decimal(seconds[party]) / 86400 / len(ended)
            rows.append([name, str(days.quantize(Decimal("0.1"), ROUND_HALF_UP)),
                         f"{percent(seconds[party], seconds.total())} %"])  # fmt: skip
        return rows

    def _days_of_parties(self) -> list[list[str]]:
        rows = []
        for name, party in (("The authority", "officer"), APPLICANT_AND_PAYMENT[0]):
            seconds = [minutes_by_party(each)[party] for each in self._ended()]
            days = [-(-each // 86400) for each in seconds if each]
            rows.append([name, f"{len(days):,}", *(in_days(nearest_rank(days, share)) for share in (50, 90))])
        return rows

    def _of_service(self, service: str) -> list[str]:
        days = [spent(each) for each in self._decided() if each.service == service]
        in_time = percent(sum(each <= PROMISED for each in days), len(days))
        middle, most = (in_days(nearest_rank(days, share), "working day") for share in (50, 90))
        issued = sum(each.service == service for each in self._issued())
        return [NAME, f"{issued:,}", middle, most, f"{in_time} %", self._cost((service,))[0]]

    def _by_service(self, returned: list[str]) -> list[list[str]]:
        counts = sorted(Counter(returned).values(), reverse=True)
        about = f"Drawing with place and length · {NAME}"
        return [[about, f"{count:,}", f"{percent(count, len(returned))} %"] for count in counts]

    def _ways(self, gateways: list[str]) -> list[list[str]]:
        counted = sorted(Counter(gateways).items(), key=lambda each: (-each[1], each[0]))
        return [[WAYS[way], f"{count:,}", f"{percent(count, len(gateways))} %"] for way, count in counted]


NAME = "Road works licence"  # of both services
APPLICANT_AND_PAYMENT = (("The applicant", "applicant"), ("The payment", "gateway"))
WAYS = dict(zip(GATEWAYS, ("National payment gateway", "Credit or debit card", "SADAD"), strict=True))


def percent(part: int, whole: int) -> Decimal:
    """In whole per cent, a half upward."""
    return (Decimal(100 * part) / whole).to_integral_value(ROUND_HALF_UP)


def money(fils: Decimal | int) -> str:
    """Dinars with three digits, as the page writes them; half a fils upward."""
    return f"BD {Decimal(fils).to_integral_value(ROUND_HALF_UP) / 1000:.3f}"


def in_days(count: int, unit: str = "day") -> str:
    """A number of days in words."""
    return f"{count} {unit}{'s' * (count != 1)}"


def number(cell: str) -> int:
    """A whole number without the marks of its thousands."""
    return int(cell.replace(",", ""))
