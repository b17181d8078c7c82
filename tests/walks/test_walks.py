"""Every service of every territory, walked along its paths to every end, through the real rooms."""

import shutil
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import ClassVar

from django.test import TestCase, override_settings

from rukhsa.catalogue.models import ServiceVersion
from rukhsa.catalogue.territory import service_files
from rukhsa.project.config import PROJECT
from rukhsa_rehearsal.walks import counter
from rukhsa_rehearsal.walks.playing import Playing
from rukhsa_rehearsal.walks.proof import prove
from rukhsa_rehearsal.walks.tour import open_world, table, walk_services
from rukhsa_rehearsal.walks.walk import End

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)


class Territory:
    """A territory opened once; each test walks one service, and leaves nothing behind."""

    territory: ClassVar[str]
    folder: ClassVar[str]
    playing: Playing

    @classmethod
    def setUpTestData(cls) -> None:
        """Open the world in folders of its own."""
        cls.folder = cls.enterClassContext(tempfile.TemporaryDirectory())  # type: ignore[attr-defined]
        home = Path(cls.folder)
        settings = override_settings(
            RUKHSA_TERRITORY=PROJECT / "territories" / cls.territory,
            RUKHSA_KEYS=home / "keys",
            RUKHSA_PUBLIC=home / "public",
            PAYMENT_GATEWAYS=counter.GATEWAYS,
        )
        cls.enterClassContext(settings)  # type: ignore[attr-defined]
        (home / "offline").mkdir()
        cls.playing = open_world(root=home / "offline", at=NOW)

    def walk(self, *services: str) -> None:
        """Every chosen path of the services ends, their instruments verify, and their money sums to nothing.

        On all paths, played or not, every charge has its row, and the facts fit the seal.
        """
        public = Path(self.enterContext(tempfile.TemporaryDirectory())) / "public"  # type: ignore[attr-defined]
        shutil.copytree(Path(self.folder) / "public", public)
        # What is published is not rolled back with the database: each test has a copy.
        with override_settings(RUKHSA_PUBLIC=public):
            versions = [ServiceVersion.objects.current().get(service=service) for service in services]
            walked = walk_services(self.playing, versions)
            prove([walk for each in walked for walk in each.walks], at=self.playing.at)
        assert "walks played, and all ended" in table(walked, seconds=1.0)
        for each in walked:
            assert each.paths >= len(each.walks) - 1
            assert each.paths >= each.reckoned >= 1
            assert {End.ISSUED, End.WITHDRAWN, End.EXPIRED} <= each.ends.keys()


# Both are issued by a rule on the way, one of them in a later hour: together they show that time never goes back.
TOGETHER = ("advertisement-removal", "refuse-bags")


def _test_of(services: tuple[str, ...]) -> Callable[[Territory], None]:
    return lambda territory: territory.walk(*services)


def _class_of(folder: Path) -> type[TestCase]:
    names = [file.stem for file in service_files(folder)]
    walked: list[tuple[str, ...]] = [(name,) for name in names if name not in TOGETHER]
    walked += [TOGETHER] if set(TOGETHER) <= set(names) else []
    tests = {
        f"test_{'_and_'.join(each).replace('-', '_')}_ends_on_every_path": _test_of(each) for each in walked
    }
    return type(f"Test{folder.name.title()}", (Territory, TestCase), {"territory": folder.name, **tests})


TestBahrain, TestSpearfish = (_class_of(PROJECT / "territories" / name) for name in ("bahrain", "spearfish"))
