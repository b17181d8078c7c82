"""Writers that note each commit they were told of, faster than people apply: what a cut loses shows here."""

import threading
import time
from itertools import count

import psycopg

from rukhsa.project.replicated.base import WAIT
from rukhsa_rehearsal.cluster import primary
from rukhsa_rehearsal.cluster.layout import Layout

WRITERS = 4


class Ledger:
    """Rows of a table in a database beside the product's, written from `begin` until `end`."""

    def __init__(self, layout: Layout) -> None:
        self._url = layout.database_url("postgres", database="postgres")
        self._numbers = count(1)
        self._ending = threading.Event()
        self._threads = [threading.Thread(target=self._write, daemon=True) for _ in range(WRITERS)]
        self.acknowledged: set[int] = set()
        self.in_doubt = 0

    def begin(self) -> None:
        """Make the table empty, and write."""
        with psycopg.connect(self._url, autocommit=True) as connection:
            connection.execute("DROP TABLE IF EXISTS ledger; CREATE TABLE ledger (number int PRIMARY KEY)")
        for thread in self._threads:
            thread.start()

    def end(self) -> int:
        """Stop, and count the commits that were acknowledged and are gone."""
        self._ending.set()
        for thread in self._threads:
            thread.join(60)
        with psycopg.connect(self._url, connect_timeout=30) as connection:
            kept = {number for (number,) in connection.execute("SELECT number FROM ledger")}
        return len(self.acknowledged - kept)

    def _write(self) -> None:
        while not self._ending.is_set():
            doubts: list[str] = []
            try:
                with psycopg.connect(
                    self._url, autocommit=True, connect_timeout=3, options="-c statement_timeout=60s"
                ) as connection:
                    connection.add_notice_handler(lambda notice: doubts.append(notice.source_function or ""))  # noqa: B023
                    while not self._ending.is_set():
                        number = next(self._numbers)
                        connection.execute("INSERT INTO ledger VALUES (%s)", [number])
                        if WAIT in doubts:
                            self.in_doubt += 1
                            break
                        self.acknowledged.add(number)
            except psycopg.Error:
                self.in_doubt += 1
                time.sleep(0.3)


class Writing:
    """Writers of the ledger during a block; afterwards, what they were told and what is gone."""

    def __init__(self, layout: Layout) -> None:
        self._ledger, self._layout, self.lost = Ledger(layout), layout, 0

    def __enter__(self) -> "Writing":
        self._ledger.begin()
        time.sleep(2)
        return self

    def next_commit(self) -> float:
        """Wait until a commit is acknowledged, and say how many seconds that took; raises NoPrimary."""
        before = len(self._ledger.acknowledged)
        return primary.wait_for(lambda: len(self._ledger.acknowledged) > before, told="a commit")

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind and not issubclass(kind, Exception):
            return  # the trial ends: nothing is counted
        primary.wait_for(lambda: primary.is_whole(self._layout))
        self.lost = self._ledger.end()

    def __str__(self) -> str:
        told, doubts = len(self._ledger.acknowledged), self._ledger.in_doubt
        return f"{told} commits acknowledged, {self.lost} of them lost, {doubts} in doubt"
