"""The tests of a running town share one: a worker that takes such a test apart from the others starts a second town."""

from pathlib import Path

FOLDER = Path(__file__).parents[1] / "browser"


def test_every_test_of_the_running_town_is_run_by_the_worker_that_has_it() -> None:
    without = [
        each.name for each in FOLDER.glob("test_*.py") if 'xdist_group("town")' not in each.read_text()
    ]
    assert without == []
