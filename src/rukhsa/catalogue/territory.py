"""The territory that a deployment serves: languages, currency, calendar, addresses, authorities, agencies."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from functools import cache, lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import Field, StringConstraints, field_validator, model_validator

from rukhsa.catalogue import in_force
from rukhsa.catalogue.calendar import ClosedDay, Hours, SeasonRule
from rukhsa.catalogue.policies import AcceptancePolicy, Majority, Policies, Terms
from rukhsa.catalogue.reading import shaped
from rukhsa.catalogue.shape import AuthorityCode, Day, Id, Misread, Named, Shape, Span, YesNo
from rukhsa.catalogue.source import load
from rukhsa.values.money import EXPONENTS
from rukhsa.values.names import Text
from rukhsa.values.periods import Period, WorkingCalendar
from rukhsa.values.suggestions import nearest

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
Host = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$", max_length=100)]


class BlockNumbers(Shape):
    """The least and the greatest number that a block of the territory may have."""

    from_: int = Field(1, ge=1)
    to: int = Field(999_999, le=999_999)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.from_ > self.to:
            raise Misread(en="from is more than to.", ar="from أكبر من to.")
        return self

    def __contains__(self, number: int) -> bool:
        return self.from_ <= number <= self.to


class AddressForm(Shape):
    """How an address is written: block-based with its parts in order, or a street and a place."""

    form: Literal["block", "street"]
    order: tuple[Literal["flat", "building", "road", "block", "area", "street", "place"], ...]
    blocks: BlockNumbers = BlockNumbers()


class PhoneForm(Shape):
    """The country's prefix, and how many digits follow it."""

    country: Annotated[str, StringConstraints(pattern=r"^[1-9][0-9]{0,2}$")]
    digits: int = Field(ge=4, le=14)


class NameFrom(Shape):
    """A name with the date from which it is valid."""

    from_: Day
    name: Text


class Contact(Shape):
    """How people reach an authority with a question."""

    phone: Annotated[str, StringConstraints(pattern=r"^\+?[0-9 ]{3,20}$")] | None = None
    mail: Annotated[str, StringConstraints(pattern=r"^[^@\s]+@[^@\s]+$", max_length=100)] | None = None
    page: Annotated[str, StringConstraints(pattern=r"^https://\S+$", max_length=200)] | None = None
    where: Text | None = None
    source: str


class BankAccount(Shape):
    """The account from which an authority sends money back."""

    iban: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}[0-9]{2}[A-Z0-9]{1,30}$")]
    source: str


class AuthorityRule(Shape):
    """An issuing authority: its names by date, its look, and its blocks by their hundreds."""

    code: Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9]{1,3}$")]
    id: Id
    ordinal: int = Field(ge=1, le=32767)
    names: tuple[NameFrom, ...] = Field(min_length=1)
    colour: Annotated[str, StringConstraints(pattern=r"^#[0-9a-f]{6}$")]
    crest: str | None = None
    block_hundreds: tuple[int, ...] = ()
    contact: Contact | None = None
    account: BankAccount | None = Field(
        None, description="from which refunds and deposits go back by bank file"
    )
    source: str

    def name(self, *, on: date) -> Text:
        """The name in force on a date; the first one before that."""
        in_force = [entry for entry in self.names if entry.from_ <= on]
        return max(in_force or [min(self.names, key=_since)], key=_since).name


class Objections(Shape):
    """How an applicant objects to the forfeiture of a deposit: within which time, and where."""

    within: Span
    where: Text
    source: str


class Committee(Shape):
    """A committee that every authority has, its quorum, and the days of the week on which it sits."""

    name: Text
    quorum: int = Field(ge=1, le=99)
    sits_on: tuple[Weekday, ...] = Field((), description="the days of the week on which it usually sits")
    source: str


class Governorate(Shape):
    """A part of the territory as people know it: its name, and the authorities whose blocks lie in it."""

    name: Text
    authorities: tuple[AuthorityCode, ...] = Field(min_length=1)
    source: str


class ZoneRule(Shape):
    """A kind of zone, such as urban heritage: its name, and how surveys write it beside its id."""

    name: Text
    written: tuple[str, ...] = ()
    source: str


class Territory(Shape):
    """A country or city, as data."""

    territory: Id
    name: Text
    languages: tuple[Literal["ar", "en"], ...] = Field(min_length=1)
    currency: str
    time_zone: str
    working_week: tuple[Weekday, ...] = Field(min_length=1)
    holidays: str | None = None
    closed_days: tuple[ClosedDay, ...] = ()
    open_days: tuple[ClosedDay, ...] = Field((), description="public holidays on which offices work")
    hijri: YesNo = Field(False, description="whether the Hijri day stands beside the Gregorian one")
    seasons: dict[Id, SeasonRule] = Field({}, max_length=50)
    working_hours: tuple[Hours, ...] = ()
    address: AddressForm
    parcels: YesNo = Field(False, description="whether numbers of parcels are checked against those imported")
    phone: PhoneForm
    paper: Literal["a4", "us-letter"] = "a4"
    verifier: Host
    official_domains: tuple[Host, ...] = Field(min_length=1)
    gateways: tuple[Id, ...]
    authorities: tuple[AuthorityRule, ...] = Field(min_length=1)
    governorates: dict[Id, Governorate] = {}
    offices: dict[Id, Text] = Field(min_length=1)
    agencies: dict[Id, Text]
    committees: dict[Id, Committee] = {}
    mandates: dict[Id, Text] = Field({}, description="by which officers decide")
    objections: Objections | None = Field(None, description="to what is kept of a deposit")
    zones: dict[Id, ZoneRule] = Field({}, max_length=50, description="kinds of zones that decide by place")
    slots: tuple[Id, ...] = ()  # lists of places, each in slots/<name>.yaml
    groups: Named | None = Field(None, description="of services, in the order in which they are listed")
    source: str

    @field_validator("currency")
    @classmethod
    def _known_currency(cls, code: str) -> str:
        if code not in EXPONENTS:
            known = ", ".join(sorted(EXPONENTS))
            raise Misread(
                en=f'"{code}" is not a known currency: {known}.', ar=f'"{code}" ليست عملة معروفة: {known}.'
            )
        return code

    @model_validator(mode="after")
    def _only_what_is_there(self) -> Self:
        """Closed days name authorities, and hours name seasons, that the same file defines."""
        if self.parcels and self.address.form != "block":
            raise Misread(
                en="parcels lie in blocks: only a territory of blocks can say parcels: yes.",
                ar="العقارات تقع في مجمعات: لا يكتب parcels: yes إلا نطاق ذو مجمعات.",
            )
        codes = {each.code for each in self.authorities}
        _require_known({code for each in self.closed_days for code in each.authorities}, codes)
        _require_known({code for each in self.governorates.values() for code in each.authorities}, codes)
        _require_known({each.season for each in self.working_hours if each.season}, set(self.seasons))
        return self

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (KeyError, ValueError, OSError) as error:
            raise Misread(
                en=f'"{name}" is not a time zone such as Asia/Bahrain.',
                ar=f'"{name}" ليست منطقة زمنية مثل Asia/Bahrain.',
            ) from error
        return name

    @property
    def zones_as_written(self) -> dict[str, str]:
        """The id of each kind of zone by what surveys write for it, in small letters."""
        return {text.casefold(): id for id, rule in self.zones.items() for text in (id, *rule.written)}

    @property
    def zone(self) -> ZoneInfo:
        """The time zone in which days begin and end."""
        return ZoneInfo(self.time_zone)

    def bounds(self, day: date) -> tuple[datetime, datetime]:
        """When a day begins, and when the next one does."""
        begin, end = (datetime.combine(each, time.min, self.zone) for each in (day, day + timedelta(days=1)))
        return begin, end

    @property
    def calendar(self) -> WorkingCalendar:
        """The working days of the territory."""
        return self.calendar_of(None)

    def calendar_of(self, authority: str | None) -> WorkingCalendar:
        """The working days of an authority (its code), without the days on which only it is closed."""
        opened = self._days(self.open_days, authority)
        return WorkingCalendar(
            weekdays=frozenset(WEEKDAYS.index(day) for day in self.working_week),
            country=self.holidays,
            closed=self._days(self.closed_days, authority) - opened,
            opened=opened,
        )

    @staticmethod
    def _days(days: Iterable[ClosedDay], authority: str | None) -> frozenset[date]:
        return frozenset(each.day for each in days if not each.authorities or authority in each.authorities)

    def season(self, id: str, *, near: date) -> Period:
        """The period of a season that holds the day, or its next one.

        KeyError when there is no such season; `SeasonError` when none of its periods is known after that day.
        """
        return self.seasons[id].season.near(near)

    def hours(self, *, on: date) -> Hours | None:
        """The hours of work on a day: those of a season that runs then, otherwise the usual ones."""
        usual_last = sorted(self.working_hours, key=lambda hours: hours.season is None)
        return next(
            (each for each in usual_last if each.season is None or on in self.seasons[each.season].season),
            None,
        )

    def authority(self, code: str) -> AuthorityRule:
        """The authority of that code; KeyError when there is none."""
        for authority in self.authorities:
            if authority.code == code:
                return authority
        raise KeyError(code)

    def authority_of_hundred(self, block: int) -> AuthorityRule | None:
        """The authority of all blocks with the same hundreds; None if they belong to several."""
        return next((each for each in self.authorities if block // 100 in each.block_hundreds), None)


def read_territory(folder: Path) -> Territory:
    """The territory in a folder; DefinitionRefused when its file is wrong."""
    return shaped(load(folder / "territory.yaml"), Territory).value


def read_policies(folder: Path) -> Policies:
    """The policies of a territory; empty if there is no policies.yaml."""
    file = policies_file(folder)
    return shaped(load(file), Policies).value if file.exists() else Policies(policies=())


def policies_file(folder: Path) -> Path:
    """Where a territory writes its policies, where it has any."""
    return folder / "policies.yaml"


def service_files(folder: Path) -> Iterator[Path]:
    """The files of the territory's services, by name."""
    yield from sorted((folder / "services").glob("*.yaml"))


def paper_files(folder: Path) -> Iterator[Path]:
    """The files of the territory's papers about money, which are issued without an application, by name."""
    yield from sorted((folder / "papers").glob("*.yaml"))


def definition_files(folder: Path) -> tuple[Path, ...]:
    """Every file of a territory that holds a definition: its services, then its papers."""
    return (*service_files(folder), *paper_files(folder))


def territory_folder() -> Path:
    """The folder of the territory that this deployment serves (the setting RUKHSA_TERRITORY)."""
    from django.conf import settings

    return Path(settings.RUKHSA_TERRITORY)


def territory() -> Territory:
    """The territory that this deployment serves: its files, and above them what the desk changed."""
    from django.conf import settings

    return _as_changed(settings.RUKHSA_TERRITORY, in_force.version())


def policies() -> tuple[AcceptancePolicy, ...]:
    """The acceptance policies of this deployment's territory: its file, and above it what the desk changed."""
    written = _policies_of(territory_folder()).policies
    changed = in_force.current(in_force.ACCEPTANCE)
    if not changed:
        return written
    kept = [each for each in written if each.id not in changed]
    return (*kept, *(accepted(key, value) for key, value in changed.items() if value is not None))


def accepted(id: str, value: dict[str, Any]) -> AcceptancePolicy:
    """The acceptance policy that the desk wrote as a value."""
    return AcceptancePolicy.model_validate(value | {"id": id})


def terms() -> Terms:
    """The terms of this deployment's territory, for services without their own."""
    return _policies_of(territory_folder()).left_undone


def majority() -> Majority:
    """The age of majority in the territory."""
    return _policies_of(territory_folder()).majority


def season(id: str, *, near: date) -> Period:
    """The period of a season of this deployment's territory, as `Territory.season` gives it."""
    return territory().season(id, near=near)


@cache
def _territory_of(folder: str | Path) -> Territory:
    return read_territory(Path(folder))


@lru_cache(maxsize=8)
def _as_changed(folder: str | Path, version: int) -> Territory:
    """The files' territory with what the desk changed of it; `version` names a state of that."""
    read = _territory_of(folder)
    offices, committees = in_force.current(in_force.OFFICE), in_force.current(in_force.COMMITTEE)
    named = {code: Text(ar=value["ar"], en=value["en"]) for code, value in offices.items() if value}
    formed = {id: formed_committee(value) for id, value in committees.items() if value}
    changed = {"offices": {**read.offices, **named}, "committees": {**read.committees, **formed}}
    return read.model_copy(update=changed | _days_changed(read))


def formed_committee(value: dict[str, Any]) -> Committee:
    """The committee that the desk wrote as a value."""
    said = {name: value[name] for name in ("quorum", "sits-on", "source")}
    return Committee.model_validate({**said, "name": {"ar": value["ar"], "en": value["en"]}})


def _days_changed(read: Territory) -> dict[str, Any]:
    changed = in_force.current(in_force.CLOSED_DAY)
    if not changed:
        return {}
    closed = [each for each in read.closed_days if _key_of(each) not in changed]
    opened = [each for each in read.open_days if _key_of(each) not in changed]
    for key, value in changed.items():
        if value is not None:
            day, _dot, code = key.partition(".")
            reason = {"ar": value["ar"], "en": value["en"]}
            said = {"day": day, "reason": reason, "authorities": [code] if code else []}
            (closed if value["closed"] else opened).append(ClosedDay.model_validate(said))
    return {"closed_days": tuple(closed), "open_days": tuple(opened)}


def _key_of(day: ClosedDay) -> str:
    """The key under which the desk changes a day: of the territory, or of one authority."""
    return ".".join([str(day.day), *day.authorities])


_policies_of = cache(read_policies)


def _since(entry: NameFrom) -> Any:
    return entry.from_


def _require_known(named: set[str], known: set[str]) -> None:
    if unknown := sorted(named - known):
        remedy = nearest(unknown[0], known)
        raise Misread(
            en=f'"{unknown[0]}" is not defined here. {remedy.en}',
            ar=f'"{unknown[0]}" غير معرّفة هنا. {remedy.ar}',
        )
