"""A rolling upgrade: two versions of the product on one database, while people are served."""

import signal
import time
from typing import Final

from rukhsa_rehearsal.cluster import lifetime, previous_version, primary, processes_of
from rukhsa_rehearsal.cluster.layout import OFFSETS, Layout
from rukhsa_rehearsal.cluster.parts import OF_PRODUCT

SECONDS_FOR_A_START: Final = 8


def upgrade(layout: Layout) -> str:
    """Migrate while the earlier version serves, then start each process again with this one, one after the other."""
    if not previous_version.is_served(layout):
        previous_version.begin(layout)
        _start_again(layout)
    began = time.monotonic()
    lifetime.rukhsa(layout, "setup")
    seconds = time.monotonic() - began
    time.sleep(SECONDS_FOR_A_START)  # the earlier version on the tables of this one
    for part in OF_PRODUCT:
        previous_version.serve(layout, part, is_earlier=False)
    _start_again(layout)
    return f"from {previous_version.version(layout)}, setup {seconds:.0f} s, {len(OF_PRODUCT)} processes"


def _start_again(layout: Layout) -> None:
    """One after the other: the next one once this one serves."""
    for part in OF_PRODUCT:
        old = set(processes_of.of_part(layout, part))
        processes_of.send(signal.SIGTERM, processes_of.of_part(layout, part)[:1])
        primary.wait_for(lambda part=part, old=old: _is_new(layout, part, old), told=part)  # type: ignore[misc]
        time.sleep(SECONDS_FOR_A_START)


def _is_new(layout: Layout, part: str, old: set[int]) -> bool:
    """Whether none of the old processes is left, and the new one answers where it is asked."""
    if old & set(processes_of.of_part(layout, part)):
        return False
    asked = f"http://127.0.0.1:{layout.port(part)}/healthz" if part in OFFSETS else ""
    return not asked or lifetime.answers(layout, asked)
