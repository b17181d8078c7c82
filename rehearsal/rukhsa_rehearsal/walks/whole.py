"""Whole services walked: which paths there are, which of them are played, and how each ended."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from rukhsa.catalogue.conditions import holds
from rukhsa.catalogue.models import ServiceVersion
from rukhsa.difference.paths import Path, Paths
from rukhsa_rehearsal.walks.playing import Playing
from rukhsa_rehearsal.walks.reckoning import reckon
from rukhsa_rehearsal.walks.walk import ENDS_WITHOUT_INSTRUMENT, End, Script, Walk


@dataclass(frozen=True, kw_only=True)
class Walked:
    """What became of the walks of one service."""

    service: str
    ways: int  # combinations of answers that make a difference
    paths: int  # distinct ones through the questions, times what people may do on the way
    is_whole: bool  # whether every way was looked at, or a draw of them
    walks: tuple[Walk, ...]
    reckoned: int  # distinct paths whose answers, charges and facts were worked out, played or not

    @property
    def ends(self) -> Counter[End]:
        """How many ended how."""
        return Counter(walk.end for walk in self.walks if walk.end)


def walk_services(playing: Playing, versions: Sequence[ServiceVersion]) -> list[Walked]:
    """Reckon every path of services, then play the chosen ones to their ends, all together.

    Raises NotReckoned, WalkFailed.
    """
    paths = {version: Paths(version.definition) for version in versions}
    reckoned = dict(_reckoned(playing, paths))
    planned = {version: _plan(playing, version, paths[version]) for version in versions}
    playing.play([walk for walks in planned.values() for walk in walks])
    return [_walked(version, paths[version], walks, reckoned[version]) for version, walks in planned.items()]


def _reckoned(
    playing: Playing, paths: Mapping[ServiceVersion, Paths]
) -> Iterator[tuple[ServiceVersion, int]]:
    block, authority = playing.places[0]
    for done, (version, ways) in enumerate(paths.items(), 1):
        yield version, reckon(version, ways, block=block, authority=authority, at=playing.at)
        playing.tell("services reckoned", done, len(paths))


def possible_scripts(version: ServiceVersion) -> list[Script]:
    """What may happen on the way: a rule leaves no time to turn back, and a quote expires where something is paid."""
    definition = version.definition
    left_out: set[Script] = set()
    if definition.decision.decide == "rule" and len(definition.steps) == 1:
        left_out |= {
            Script.RETURNED,
            Script.WITHDRAWN_WHEN_RETURNED,
            Script.WITHDRAWN_UNDER_REVIEW,
            Script.UNANSWERED,
        }
    if definition.decision.decide == "rule":
        left_out.add(Script.REFUSED)
    if not any(charge.due == "after decision" for charge in definition.charges):
        left_out |= {Script.LATE, Script.UNPAID}
    return [script for script in Script if script not in left_out]


def _plan(playing: Playing, version: ServiceVersion, paths: Paths) -> list[Walk]:
    """Every chosen path to its instrument, with what may happen on the way spread over them; then the other ends."""
    possible = possible_scripts(version)
    on_the_way = [script for script in possible if script not in ENDS_WITHOUT_INSTRUMENT]
    issuing = [path for path in paths.chosen if paths.leads_to_instrument(path)] or [paths.straight]
    count = max(len(issuing), len(on_the_way) - 1, _authorities(version))
    played = [
        playing.plan(
            version,
            issuing[turn % len(issuing)],
            on_the_way[-1 - turn] if turn < len(on_the_way) else Script.STRAIGHT,
            turn=turn,
        )
        for turn in range(count)
    ]
    refused = [playing.plan(version, path) for path in paths.chosen if not paths.leads_to_instrument(path)]
    others = [script for script in possible if script in ENDS_WITHOUT_INSTRUMENT]
    ends = [playing.plan(version, _path_to(script, version, paths, issuing), script) for script in others]
    return played + refused + ends


def _path_to(script: Script, version: ServiceVersion, paths: Paths, issuing: Sequence[Path]) -> Path:
    """The straight path; where something is to stay unpaid, the first on which it is not waived."""
    if script is not Script.UNPAID:
        return paths.straight
    late = [charge for charge in version.definition.charges if charge.due == "after decision"]
    waived = [waiver.when for charge in late for waiver in charge.waived]
    charged = (
        path for path in (paths.straight, *issuing) if not any(holds(when, path.answers) for when in waived)
    )
    return next(charged, paths.straight)


def _authorities(version: ServiceVersion) -> int:
    """How many authorities have rows of their own in a tariff: each is applied to."""
    rows = (row for charge in version.definition.charges for row in charge.rows)
    return len({authority for row in rows for authority in row.authorities or ()})


def _walked(version: ServiceVersion, paths: Paths, walks: Sequence[Walk], reckoned: int) -> Walked:
    return Walked(
        service=version.service,
        ways=paths.ways,
        paths=len(paths.all) * len(possible_scripts(version)),
        is_whole=paths.is_whole,
        walks=tuple(walks),
        reckoned=reckoned,
    )
