"""Follows the logs of a trust list by their public files alone; what no honest log does is an alarm."""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from rukhsa.trust import cosignature, merkle, reading, tiles
from rukhsa.trust.checkpoint import Checkpoint
from rukhsa.trust.errors import BadLog, TrustError, Unavailable
from rukhsa.trust.evidence import is_within, read_checkpoint
from rukhsa.trust.expected import Expected, find
from rukhsa.trust.reading import Reading
from rukhsa.trust.sources import Source
from rukhsa.trust.tiles import write_durably
from rukhsa.trust.trustlist import Authority, FormerLog, TrustList
from rukhsa.values.names import Text

FORMAT = "rukhsa-monitor-1"
CLOCK_SKEW = 300  # seconds that two honest clocks may differ
_ALARMS = {"log-forked": "log-forked", "log-rolled-back": "log-shrank"}  # all others: tiles-broken


SENTENCES = {
    "log-forked": Text(
        ar="يعرض السجل تاريخين يناقض أحدهما الآخر. احتفظ بالشاهدين الموقعين أدناه وأبلغ الجهة والشهود.",
        en="The log shows two histories that contradict each other. Keep both signed notes; tell the authority and the"
        " witnesses.",
    ),
    "log-shrank": Text(
        ar="السجل أقصر مما سبقت رؤيته: أعيدت نسخة قديمة، أو أخفيت قيود.",
        en="The log is shorter than it was: an old copy was restored, or entries are hidden.",
    ),
    "log-grew-after-its-end": Text(
        ar="عُرض من سجلٍّ أُغلق ما يتجاوز نهايته المعلنة أو يخالفها. احتفظ بالشاهدين الموقعين أدناه وأبلغ الجهة.",
        en="A log that was closed shows more than its announced end, or something else. Keep the signed notes; tell the"
        " authority.",
    ),
    "time-went-back": Text(
        ar="وقت السجل قبل وقت سبقت رؤيته.", en="The log's time is before one that was seen."
    ),
    "time-ahead": Text(
        ar="وقت السجل بعد الآن: تحقق من الساعتين.", en="The log's time is after now: check both clocks."
    ),
    "checkpoint-old": Text(
        ar="لم يوقّع السجل شيئًا منذ مدة أطول من المتفق عليه.",
        en="The log has signed nothing for longer than agreed.",
    ),
    "bad-signature": Text(
        ar="توقيع السجل أو توقيع أحد شهوده لا يصح.",
        en="A signature of the log or of a witness does not hold.",
    ),
    "tiles-broken": Text(
        ar="ملفات السجل لا تؤدي إلى جذره الموقّع.", en="The log's files do not lead to its signed root."
    ),
    "entry-missing": Text(
        ar="قيد أُبلغنا به ليس في السجل.", en="An entry that we were told of is not in the log."
    ),
    "not-witnessed": Text(
        ar="لم يشهد عدد كافٍ من الشهود على السجل في المدة المتفق عليها.",
        en="Too few witnesses have confirmed the log within the time agreed.",
    ),
}


@dataclass(frozen=True, kw_only=True)
class Alarm:
    """Something that an honest log does not do, found at `at`; `notes` are what proves it to others."""

    code: str
    log: str
    at: datetime
    detail: str = ""
    notes: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """One object, of one line, with the sentence in both languages."""
        sentence = SENTENCES[self.code]
        found: dict[str, Any] = {"alarm": self.code, "log": self.log}
        found |= {"at": f"{self.at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}", "detail": self.detail}
        found |= {"ar": sentence.ar, "en": sentence.en}
        return found | ({"notes": list(self.notes)} if self.notes else {})


@dataclass(kw_only=True)
class Followed:
    """What is remembered of a log: its last believed checkpoint, the reading up to it, one that is under way."""

    note: str = ""
    size: int = 0
    root: bytes = merkle.EMPTY_ROOT
    at: datetime | None = None
    done: Reading = field(default_factory=Reading)
    underway: Reading | None = None
    expected: dict[str, dict[str, int | None]] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        return {
            "note": self.note,
            "size": self.size,
            "root": self.root.hex(),
            "at": self.at.isoformat() if self.at else None,
            "done": self.done.to_json(),
            "underway": self.underway.to_json() if self.underway else None,
            "expected": self.expected,
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Followed":
        return cls(
            note=data["note"],
            size=data["size"],
            root=bytes.fromhex(data["root"]),
            at=datetime.fromisoformat(data["at"]) if data["at"] else None,
            done=Reading.from_json(data["done"]),
            underway=Reading.from_json(data["underway"]) if data["underway"] else None,
            expected=data["expected"],
        )


@dataclass(kw_only=True)
class Monitor:
    """Follows every log of a trust list; what it remembers stands in `state`, a file replaced in one step.

    `witnesses` are sources that give the checkpoint a witness saw last, by an origin (C2SP tlog-witness).
    """

    trust_list: TrustList
    source: Source
    state: Path
    witnesses: Sequence[Callable[[str], bytes]] = ()
    maximum_age: float = 3600.0  # seconds
    expected: Sequence[Expected] = ()
    _logs: dict[str, Followed] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.state.exists():
            kept = json.loads(self.state.read_text("utf-8"))
            if kept.get("format") != FORMAT:
                raise TrustError("bad-state", f"{self.state} is not a monitor's")
            self._logs = {origin: Followed.from_json(each) for origin, each in kept["logs"].items()}

    def look(self, authority: Authority, *, at: datetime) -> list[Alarm]:
        """Look at one log, and give the alarms. Raises Unavailable where its files cannot be had."""
        look = _Look(monitor=self, authority=authority, at=at)
        look.run(self._logs.setdefault(authority.log_origin, self._inherited(authority)))
        self.save()
        return look.alarms

    def _inherited(self, authority: Authority) -> Followed:
        """What is known of a log at the first look: it begins with all that the one before it had at its end."""
        for ended in reversed(authority.former_logs):
            seen = self._logs.get(ended.origin)
            if seen is not None and is_within(seen, ended):
                return Followed.from_json(seen.to_json())
        return Followed()

    def missing(self, *, at: datetime) -> list[Alarm]:
        """What was to be in some log, and after a look at each is in none."""
        found = {
            key
            for log in self._logs.values()
            for key, kept in log.expected.items()
            if kept["index"] is not None
        }
        wanted = [each for each in self.expected if not each.origin and each.key not in found]
        return [Alarm(code="entry-missing", log="", at=at, detail=each.name) for each in wanted]

    def save(self) -> None:
        """Keep what was seen, in one step."""
        kept = {"format": FORMAT, "logs": {origin: each.to_json() for origin, each in self._logs.items()}}
        self.state.parent.mkdir(parents=True, exist_ok=True)
        write_durably(self.state, json.dumps(kept).encode())

    def followed(self, authority: Authority) -> Followed:
        """What is remembered of a log."""
        return self.followed_as(authority.log_origin)

    def followed_as(self, origin: str) -> Followed:
        """What is remembered of the log of that name."""
        return self._logs.get(origin, Followed())


@dataclass(kw_only=True)
class _Look:
    """One look at one log."""

    monitor: Monitor
    authority: Authority
    at: datetime
    alarms: list[Alarm] = field(default_factory=list)

    def run(self, log: Followed) -> None:
        for ended in self.authority.former_logs:
            self._check_ended(ended)
        note = self._read("checkpoint").decode("utf-8", "replace")
        state = self._believed(note)
        if state is None:
            return
        self._check_time(state, log)
        if not self._continues(state, log):
            return
        for ended in self.authority.former_logs:
            self._check_succeeds(state, ended)
        self._compare_witnesses(state)
        self._check_quorum(note, state)
        if self._read_entries(state, log):
            log.note, log.size, log.root, log.at = note, state.size, state.root, state.at
            self._find_expected(log)

    def _check_ended(self, ended: FormerLog) -> None:
        """What was seen of a log that ended, shows now and was shown to the witnesses, is within its announced end."""
        seen = self.monitor.followed_as(ended.origin)
        if not is_within(seen, ended):
            self._raise("log-grew-after-its-end", f"{ended.origin}: {seen.size} before", seen.note)
        shows: list[Callable[[], bytes]] = [partial(self.monitor.source.fetch, f"{ended.address}checkpoint")]
        shows += [partial(witness, ended.origin) for witness in self.monitor.witnesses]
        for show in shows:
            try:
                note = show().decode("utf-8", "replace")
            except Unavailable:
                continue  # the successor has all that it had
            state = self._believed(note, ended.origin)
            if state is not None and not is_within(state, ended):
                detail = f"{ended.origin}: {state.size}, and it ended at {ended.size}"
                self._raise("log-grew-after-its-end", detail, seen.note, state.note)

    def _believed(self, note: str, origin: str = "") -> Checkpoint | None:
        try:
            state = read_checkpoint(note, self.authority, origin=origin)
            cosignature.verify(note, self.authority.witnesses)
        except BadLog as error:
            self._raise("bad-signature", str(error), note)
            return None
        return state

    def _check_time(self, state: Checkpoint, log: Followed) -> None:
        if log.at and state.at < log.at:
            self._raise(
                "time-went-back", f"{state.at.isoformat()} after {log.at.isoformat()}", log.note, state.note
            )
        age = (self.at - state.at).total_seconds()
        if age < -CLOCK_SKEW:
            self._raise("time-ahead", f"by {-age:.0f} seconds")
        if age > self.monitor.maximum_age:
            self._raise("checkpoint-old", f"{age:.0f} seconds")

    def _continues(self, state: Checkpoint, log: Followed) -> bool:
        try:
            tiles.check_continues(self._read, log, state)
        except BadLog as error:
            self._raise(_ALARMS.get(error.code, "tiles-broken"), str(error), log.note, state.note)
            return False
        return True

    def _compare_witnesses(self, state: Checkpoint) -> None:
        """What each witness saw last and what is shown to us are of one history."""
        for witness in self.monitor.witnesses:
            try:
                note = witness(self.authority.log_origin).decode("utf-8", "replace")
            except Unavailable:
                continue  # a witness that does not answer, or does not watch this log, is no evidence
            seen = self._believed(note)
            if seen is None:
                continue
            first, last = sorted((state, seen), key=lambda each: each.size)
            self._check_pair(first, last)

    def _check_pair(self, first: Checkpoint, last: Checkpoint) -> None:
        try:
            tiles.check_continues(self._read, first, last)
        except (BadLog, Unavailable) as error:
            # Where the tiles of what a witness saw are not to be had here, we are shown another log than it was.
            self._raise("log-forked", f"beside a witness: {error}", first.note, last.note)

    def _check_succeeds(self, state: Checkpoint, ended: FormerLog) -> None:
        """The log begins with all that the one before it had at its end."""
        try:
            tiles.check_continues(self._read, ended, state)
        except BadLog as error:
            self._raise("log-forked", f"beside {ended.origin}, which it follows: {error}", state.note)

    def _check_quorum(self, note: str, state: Checkpoint) -> None:
        if not self.authority.quorum or self._has_quorum(note):
            return
        try:
            note = self._read("checkpoint.witnessed").decode("utf-8", "replace")
        except Unavailable:
            return self._raise("not-witnessed", "there is no witnessed checkpoint")
        seen = self._believed(note)
        if seen is None:
            return
        first, last = sorted((state, seen), key=lambda each: each.size)
        self._check_pair(first, last)
        age = (self.at - seen.at).total_seconds()
        if not self._has_quorum(note) or age > self.monitor.maximum_age:
            self._raise("not-witnessed", f"the last one is {age:.0f} seconds old")

    def _has_quorum(self, note: str) -> bool:
        return len(cosignature.verify(note, self.authority.witnesses)) >= self.authority.quorum

    def _read_entries(self, state: Checkpoint, log: Followed) -> bool:
        """Read what is new. Where it does not hold, the next look begins where the last good one ended."""
        day = state.at.astimezone(self.monitor.trust_list.zone).date().isoformat()
        log.underway = log.underway or log.done.copy()
        if log.underway.tiles * tiles.WIDTH > state.size:
            log.underway = log.done.copy()
        try:
            reading.read_on(log.underway, self._read, state, day=day, save=lambda _: self.monitor.save())
        except BadLog as error:
            log.underway = None
            self._raise("tiles-broken", str(error), state.note)
            return False
        log.done, log.underway = log.underway, None
        return True

    def _find_expected(self, log: Followed) -> None:
        for wanted in self.monitor.expected:
            if wanted.origin not in ("", self.authority.log_origin):
                continue
            kept = log.expected.setdefault(wanted.key, {"index": None, "searched": 0})
            if kept["index"] is None:
                kept["index"] = find(wanted, self._read, log, start=kept["searched"] or 0)
                kept["searched"] = log.size
            if kept["index"] is None and wanted.origin:
                self._raise("entry-missing", wanted.name)

    def _read(self, path: str) -> bytes:
        return self.monitor.source.fetch(self.authority.log_address + path)

    def _raise(self, code: str, detail: str, *notes: str) -> None:
        notes = tuple(note for note in notes if note)
        origin = self.authority.log_origin
        self.alarms.append(Alarm(code=code, log=origin, at=self.at, detail=detail, notes=notes))


def witness_source(fetch: Callable[[str], bytes]) -> Callable[[str], bytes]:
    """A witness's monitoring prefix as a source: `fetch` gives what lies at a path below it."""
    return lambda origin: fetch(f"{hashlib.sha256(origin.encode()).hexdigest()}/checkpoint")
