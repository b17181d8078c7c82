"""A rolling upgrade: two versions of the product on one database, while people are served."""

import signal
import time
from typing import Final

from rukhsa_rehearsal.cluster import earlier, lifetime
from rukhsa_rehearsal.cluster.layout import Layout
from rukhsa_rehearsal.cluster.parts import OF_PRODUCT
from rukhsa_rehearsal.outage import processes_of

SECONDS_FOR_A_START: Final = 8


def upgrade(layout: Layout) -> str:
    """Migrate while the earlier version serves, then start each process again with this one, one after the other."""
    if not earlier.is_served(layout):
        earlier.begin(layout)
        _start_again(layout)
    began = time.monotonic()
    lifetime.rukhsa(layout, "setup")
    seconds = time.monotonic() - began
    time.sleep(SECONDS_FOR_A_START)  # the earlier version on the tables of this one
    for part in OF_PRODUCT:
        earlier.serve(layout, part, is_earlier=False)
    _start_again(layout)
    return f"from {earlier.version(layout)}, setup {seconds:.0f} s, {len(OF_PRODUCT)} processes"


def _start_again(layout: Layout) -> None:
    for part in OF_PRODUCT:
        processes_of.send(signal.SIGTERM, processes_of.of_part(layout, part)[:1])
        time.sleep(SECONDS_FOR_A_START)
