"""Tells what became of walks: a line for each service, and the sum."""

from collections import Counter
from collections.abc import Sequence

from rukhsa_rehearsal.walks.walk import End
from rukhsa_rehearsal.walks.whole import Walked

HEAD = ("service", "ways", "paths", "played", *End)


def table(walked: Sequence[Walked], *, seconds: float) -> str:
    """The ways of answering, the distinct paths, how many of them were played, and how these ended."""
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
