"""A tour of whole services: which paths there are, which of them are played, how each ended, and the table of it."""

import pathlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from rukhsa.catalogue.conditions import holds
from rukhsa.catalogue.load import load
from rukhsa.catalogue.models import ServiceVersion
from rukhsa.catalogue.service_version import publish
from rukhsa.catalogue.territory import service_files, territory_folder
from rukhsa.difference.paths import Path, Paths
from rukhsa.issuance import key_creation, publishing, site, trust_list
from rukhsa.trust import ceremony
from rukhsa_rehearsal.walks.dry_run import reckon
from rukhsa_rehearsal.walks.people import gather
from rukhsa_rehearsal.walks.playing import Playing, Tell, silent
from rukhsa_rehearsal.walks.walk import ENDS_WITHOUT_INSTRUMENT, End, Script, Walk


@dataclass(frozen=True, kw_only=True)
class Walked:
    """What became of the walks of one service."""

    service: str
    ways: int  # combinations of answers that some condition tells apart
    paths: int  # distinct paths, times the scripts that are possible
    is_whole: bool  # whether every way was examined, or a random draw of them
    walks: tuple[Walk, ...]
    reckoned: int  # paths of the dry run, played or not

    @property
    def ends(self) -> Counter[End]:
        """How many ended how."""
        return Counter(walk.end for walk in self.walks if walk.end)


def walk_services(playing: Playing, versions: Sequence[ServiceVersion]) -> list[Walked]:
    """Try every path of the services in a dry run, then play the chosen ones to their ends, all together.

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
    """The scripts that can happen: a decision by rule leaves no time to return, and only a charge can expire."""
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
    """Plan every chosen path to its instrument, with the scripts spread over them; then the other ends."""
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
    """The straight path, or for an unpaid charge the first path on which it is not waived."""
    if script is not Script.UNPAID:
        return paths.straight
    late = [charge for charge in version.definition.charges if charge.due == "after decision"]
    waived = [waiver.when for charge in late for waiver in charge.waived]
    charged = (
        path for path in (paths.straight, *issuing) if not any(holds(when, path.answers) for when in waived)
    )
    return next(charged, paths.straight)


def _authorities(version: ServiceVersion) -> int:
    """The number of authorities with their own rows in a tariff; each receives an application."""
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


OPERATOR = "rukhsa services walk"


def open_world(*, root: pathlib.Path, at: datetime, tell: Tell = silent) -> Playing:
    """Load the territory, publish its services, and create keys, a trust list signed in `root`, and people.

    Only for an empty database, and settings with separate folders.
    """
    load(territory_folder())
    for file in service_files(territory_folder()):
        publish(file, actor=None, at=at - timedelta(days=1))
    key_creation.create_missing(at=at, operator=OPERATOR)
    _hold_ceremony(root, at)
    publishing.everything(at=at)
    return Playing(gather(at=at), at=at, tell=tell)


def _hold_ceremony(folder: pathlib.Path, at: datetime) -> None:
    ceremony.create_root(folder)
    signer = ceremony.open_root(folder / ceremony.PRIVATE)
    signed = ceremony.sign_draft(trust_list.draft(at=at), signer, previous=site.trust_list())
    trust_list.publish(signed, root=signer.jwk, at=at, operator=OPERATOR)


HEAD = ("service", "ways", "paths", "played", *End)


def table(walked: Sequence[Walked], *, seconds: float) -> str:
    """The table: ways of answering, distinct paths, how many were played, and how these ended."""
    rows = [_row(each) for each in walked]
    total = [sum(int(row[column]) for row in rows) for column in range(1, len(HEAD))]
    lines = [HEAD, *rows, ("all", *map(str, total))]
    wide = max(len(line[0]) for line in lines)
    text = [f"{line[0]:<{wide}}" + "".join(f"{cell:>10}" for cell in line[1:]) for line in lines]
    drawn = [each.service for each in walked if not each.is_whole]
    if drawn:
        text.append(f"of so many ways a draw was looked at: {', '.join(drawn)}")
    played = sum(len(each.walks) for each in walked)
    ways, paths = (sum(counts) for counts in zip(*((each.ways, each.paths) for each in walked), strict=True))
    services = f"{len(walked)} service{'' if len(walked) == 1 else 's'}"
    text.append(
        f"{services}: {paths:,} paths in {ways:,} ways of answering; {played:,} walks played, and all ended"
    )
    reckoned = sum(each.reckoned for each in walked)
    text.append(
        f"{reckoned:,} paths reckoned, played or not: every charge has its row, and the facts fit the seal"
    )
    text.append("every instrument verifies with the public files alone; money sums to nothing")
    text.append(f"{1000 * seconds / max(played, 1):.0f} ms a path that was played")
    return "\n".join(text)


def _row(walked: Walked) -> tuple[str, ...]:
    ends: Counter[End] = walked.ends
    counts = (walked.ways, walked.paths, len(walked.walks), *(ends[end] for end in End))
    return (walked.service, *map(str, counts))
