"""What each page and each background task costs with 1,000, 100,000 and 1,000,000 applications: queries and time.

The applications with their documents are made by the database itself and kept under var/growth/ between runs, until
what makes them changes. `python -m bench growth 1000 100000` takes only these sizes.
"""

import hashlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bench import crowd, filling, whole
from bench.figure import Figure
from bench.pages import Cost, browser, cost_of, get, main_pages, one_of
from bench.town import deployment, in_database, keep_a_copy, open_town
from rukhsa.project.config import PROJECT

FOLDER = PROJECT / "var" / "growth"
SIZES = (1_000, 100_000, 1_000_000)
ROUNDS, AT_MOST = 2, 1.5
# Of a cost below this many milliseconds the noise of the machine is more than the growth.
NOISE = 5.0


def figures() -> Iterator[Figure]:
    """Each page and task with most applications at most 1.5 times the time with fewest, and with no more queries."""
    sizes = [word for word in sys.argv[1:] if word.isdigit()] or [str(size) for size in SIZES]
    answer = subprocess.run(
        [sys.executable, "-m", "bench.growth", *sizes], stdout=subprocess.PIPE, check=True
    )
    costs: dict[str, dict[str, dict[str, float]]] = json.loads(answer.stdout)
    few, many = costs[sizes[0]], costs[sizes[-1]]
    for name, cost in many.items():
        yield Figure(
            name=f"{name}, {cost['queries']} queries with {sizes[-1]} applications, "
            + ", ".join(f"{costs[size][name]['queries']} with {size}" for size in sizes[:-1]),
            ours=cost["milliseconds"],
            peer=max(few[name]["milliseconds"], NOISE / AT_MOST),
            wanted=1 / AT_MOST,
            unit="ms",
            less_is_better=True,
            other=f"with {sizes[0]}",
        )
    yield Figure(
        name="pages and tasks with no more queries than with fewest applications",
        ours=sum(many[name]["queries"] <= few[name]["queries"] for name in many),
        peer=len(many),
        wanted=1,
        unit="pages and tasks",
        other="of all",
        digits=0,
    )


def main() -> None:
    """Print, as JSON, what everything costs in each of these sizes, in turns, the best of some rounds."""
    sizes = [int(word) for word in sys.argv[1:]] or list(SIZES)
    os.environ.setdefault("RUKHSA_ENVIRONMENT", "development")
    FOLDER.mkdir(parents=True, exist_ok=True)
    with deployment(FOLDER, is_kept=True):
        open_town()
        databases = {size: _seeded(size) for size in sizes}
        costs: dict[int, dict[str, Cost]] = {size: {} for size in sizes}
        for _ in range(ROUNDS):
            for size, name in databases.items():
                with in_database(name):
                    _keep_the_best(costs[size], _costs())
    told = {size: {name: asdict(cost) for name, cost in found.items()} for size, found in costs.items()}
    json.dump(told, sys.stdout)


def _seeded(size: int) -> str:
    """The database with so many applications, made where none is kept of this making."""
    from django.core.management import call_command
    from django.db import connection

    made_by = b"".join(Path(path).read_bytes() for path in (crowd.__file__, filling.__file__, whole.__file__))
    name = f"growth_{size}_{hashlib.sha256(made_by).hexdigest()[:8]}"
    with connection.cursor() as cursor:
        # Not by LIKE: an underscore in it stands for any letter, and 1,000 would drop 100,000.
        cursor.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [f"growth_{size}_"])
        kept = {row[0] for row in cursor.fetchall()}
        for other in kept - {name}:
            cursor.execute(f'DROP DATABASE "{other}"')
    if name in kept:
        with in_database(name):
            call_command("migrate", verbosity=0)
        return name
    began = time.monotonic()
    keep_a_copy(f"{name}_half")
    with in_database(f"{name}_half"):
        filling.fill(size)
        _catch_up()
    with connection.cursor() as cursor:
        cursor.execute(f'ALTER DATABASE "{name}_half" RENAME TO "{name}"')
    print(f"{size:,} applications made in {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
    return name


def _catch_up() -> None:
    """Do what the tasks do in batches until nothing is left: it is no cost of the next run."""
    from django.utils import timezone

    from rukhsa.personal import retention
    from rukhsa.review import lateness, silence

    at = timezone.now()
    while silence.climb(at=at) + lateness.climb(at=at) + retention.sweep(at=at):
        pass
    for _, run in _tasks():
        run()


def _costs() -> Iterator[tuple[str, Cost]]:
    layla, mariam = browser("person-0@"), browser("mariam@")
    issued = one_of("granted", "CAP")
    more = {
        "portal, my documents": get(layla, "/documents/"),
        "portal, one document": get(layla, f"/applications/{issued.pk}/document"),
        "portal, payments": get(layla, "/money/"),
        "portal, who looked": get(layla, "/own/looks"),
        "desk, today": get(browser("salem@"), "/desk/today/"),
        "desk, stalled": get(mariam, "/desk/stalled/"),
        "desk, workload": get(mariam, "/desk/workload/"),
    }
    for name, ask in (main_pages() | more).items():
        yield name, cost_of(ask)
    for name, run in _tasks():
        yield f"task, {name}", _cost_of_task(run)


def _tasks() -> list[tuple[str, Callable[[], Any]]]:
    """The background tasks that read the database, each as a run of it."""
    from django.utils import timezone

    from rukhsa import sweeps
    from rukhsa.figures.upkeep import keep_up_now
    from rukhsa.issuance.status_list import status_list_changes
    from rukhsa.staff.tasks import forget

    at = timezone.now()
    tasks = (sweeps.sweep_payments, sweeps.sweep, sweeps.resend, sweeps.clear, sweeps.place_journal)
    more = (sweeps.erase_what_is_over, sweeps.remind, keep_up_now, forget)
    named = [(task.name, lambda task=task: task(timestamp=0)) for task in (*tasks, *more)]
    hour = timezone.timedelta(hours=1)
    return [*named, ("status lists that changed", lambda: status_list_changes(since=at - hour, at=at))]


def _cost_of_task(run: Callable[[], Any]) -> Cost:
    """Of a run whose changes are taken back."""
    from django.db import connection, transaction

    taken, queries = [], 0

    def counted(execute: Callable[..., Any], *asked: Any) -> Any:
        nonlocal queries  # Django's own list keeps the last 9,000 alone
        queries += 1
        return execute(*asked)

    for _ in range(3):
        queries = 0
        with transaction.atomic(), connection.execute_wrapper(counted):
            start = time.perf_counter()
            run()
            taken.append(1000 * (time.perf_counter() - start))
            transaction.set_rollback(True)
    return Cost(queries=queries, milliseconds=min(taken))


def _keep_the_best(best: dict[str, Cost], costs: Iterator[tuple[str, Cost]]) -> None:
    for name, cost in costs:
        best[name] = min(cost, best.get(name, cost), key=lambda each: each.milliseconds)


if __name__ == "__main__":
    main()
