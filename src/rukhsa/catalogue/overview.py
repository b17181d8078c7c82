"""The page docs/services.md: one line for each service, from its definition."""

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

from rukhsa.catalogue.charges import ChargeRow, ChargeRule
from rukhsa.catalogue.checks import seals
from rukhsa.catalogue.checks.subject import Subject
from rukhsa.catalogue.definition import Definition, read_definition
from rukhsa.catalogue.instrument import AfterParent, AskedPeriod, EndOfParent, InSeason, Lasting
from rukhsa.catalogue.provenance import RANKS, UNRANKED, rank_of, sources_in
from rukhsa.catalogue.reading import Reading
from rukhsa.catalogue.steps import ReferStep
from rukhsa.catalogue.territory import Territory, read_territory, service_files

HEAD = """\
# The services

Written by `rukhsa services table` from the definitions in [territories](../territories); `make check` keeps it true.
Amounts are for each unit where one is named; "or" stands between the rows of a charge. Days are the working days that
the review may take at most, the clock stopping while it waits for the applicant. "+2" are documents or referrals that
only some answers ask for. The code is that of the fullest document: its QR version, at level M, and the bytes of its
seal; 15 is the densest that a service may have. Sources are counted by rank: of a law, a ministry's
page, an announcement, the press; "unranked" are those that still have the older form. A value is assumed where no
source was found: the municipality confirms it.
"""
_COLUMNS = (
    "service",
    "",
    "fee",
    "deposit",
    "documents",
    "days",
    "referrals",
    "decided by",
    "validity",
    "code",
    "sources",
    "assumed",
)


def text(territories: Path) -> str:
    """The whole page, of every territory in the folder."""
    folders = sorted(file.parent for file in territories.glob("*/territory.yaml"))
    return "\n".join([HEAD, *(line for folder in folders for line in _territory(folder))]) + "\n"


def _territory(folder: Path) -> Iterator[str]:
    territory = read_territory(folder)
    readings = [read_definition(file) for file in service_files(folder)]
    yield f"## {territory.name.in_language('en')}: {len(readings)} service{'' if len(readings) == 1 else 's'}\n"
    groups: dict[str, str] = {id: name.in_language("en") for id, name in (territory.groups or {}).items()}
    for id, name in [*groups.items(), (None, "")]:
        members = [each for each in readings if each.value.group == id]
        if members:
            yield f"### {name}\n" if name else ""
            yield f"| {' | '.join(_COLUMNS)} |"
            yield f"|{'---|' * len(_COLUMNS)}"
            yield from (_row(each, territory) for each in members)
            yield ""


def _row(reading: Reading[Definition], territory: Territory) -> str:
    definition, decision = reading.value, reading.value.decision
    sources = counted(definition)
    cells = (
        definition.name.en,
        definition.name.ar,
        _charged(definition, ("fee", "fine"), territory.currency),
        _charged(definition, ("deposit",), territory.currency),
        _some([each.when is not None or each.optional for each in definition.documents]),
        str(definition.review_days),
        _referrals(definition),
        f"committee: {decision.committee}" if decision.committee else decision.decide,
        _validity(definition),
        _code(reading, territory),
        ", ".join(f"{count} {rank}" for rank, count in sources.items() if rank != "assumed") or "–",
        str(sources["assumed"]),
    )
    return f"| {' | '.join(cells)} |"


def counted(definition: Definition) -> Counter[str]:
    """How many sources of a definition have each rank; `unranked` are those in the older form."""
    found = Counter(rank_of(source) for _, source in sources_in(definition))
    return Counter({rank: found[rank] for rank in (*RANKS, UNRANKED) if found[rank]})


def _charged(definition: Definition, kinds: tuple[str, ...], currency: str) -> str:
    charges = [charge for charge in definition.charges if charge.kind in kinds]
    told = "; ".join(_charge(charge) for charge in charges)
    return f"{told} {currency}" if told else "–"


def _charge(charge: ChargeRule) -> str:
    rows = list(dict.fromkeys(_amount(row) for row in charge.rows))
    shown = rows if len(rows) <= 4 else [*rows[:2], "…", rows[-1]]
    return " or ".join(shown) + (", waived by rule" if charge.waived else "")


def _amount(row: ChargeRow) -> str:
    if row.bands:
        amounts = [step.amount for step in row.bands.steps]
        return f"{amounts[0]} to {amounts[-1]} by {row.bands.of}"
    if row.percent:
        told = f"{row.percent.rate} % of {', '.join(row.percent.of)}"
        return told + (" a started month" if row.per else "")
    if row.fill_up:
        return f"at least {row.fill_up.to} with {', '.join(row.fill_up.of)}"
    if row.chosen:
        amounts = sorted(row.chosen.amounts.values(), key=Decimal)
        return f"{amounts[0]} to {amounts[-1]} for each of {row.chosen.of}"
    told = row.amount if row.amount is not None else f"as in {row.amount_of}"
    if row.per:
        unit = row.per.measure.removesuffix("_of").replace("_", " ")
        told += " each" if unit == "each" else f" a {unit}"
    told += f" (at least {row.at_least})" if row.at_least else ""
    told += f" (at most {row.at_most})" if row.at_most else ""
    return told + (f" for {', '.join(row.authorities)}" if row.authorities else "")


def _some(conditional: list[bool]) -> str:
    always, sometimes = conditional.count(False), conditional.count(True)
    return f"{always} +{sometimes}" if sometimes else str(always) if always else "–"


def _referrals(definition: Definition) -> str:
    found = [step for step in definition.steps if isinstance(step, ReferStep)]
    always = dict.fromkeys(step.refer for step in found if step.when is None)
    sometimes = dict.fromkeys(f"+{step.refer}" for step in found if step.when is not None)
    return ", ".join([*always, *sometimes]) or "–"


def _validity(definition: Definition) -> str:
    match definition.instrument.validity:
        case Lasting(lasts=span):
            return str(span)
        case AskedPeriod(from_=start, for_=days, until=end):
            return f"from {start} for {days}" if days else f"from {start} until {end}"
        case EndOfParent(end_of=parent):
            return f"until the end of {parent}"
        case AfterParent(after=parent, lasts=span, for_=days):
            return f"{span or days} after {parent}"
        case InSeason(season=season):
            return f"season: {season}"
    return "permanent"


def _code(reading: Reading[Definition], territory: Territory) -> str:
    size, bits = seals.fullest(Subject(reading=reading, territory=territory))
    return f"{seals.version_of(bits)}-M, {size} B"
