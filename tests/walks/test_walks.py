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
from rukhsa.walks import counter
from rukhsa.walks.playing import Playing
from rukhsa.walks.proof import prove
from rukhsa.walks.walk import End
from rukhsa.walks.whole import walk_services
from rukhsa.walks.world import open_world

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

    def walk(self, service: str) -> None:
        """Every chosen path of the service ends, its instruments verify, and its money sums to nothing.

        On all paths, played or not, every charge has its row, and the facts fit the seal.
        """
        public = Path(self.enterContext(tempfile.TemporaryDirectory())) / "public"  # type: ignore[attr-defined]
        shutil.copytree(Path(self.folder) / "public", public)
        # What is published is not rolled back with the database: each test has a copy.
        with override_settings(RUKHSA_PUBLIC=public):
            (walked,) = walk_services(self.playing, [ServiceVersion.objects.current().get(service=service)])
            prove(walked.walks, at=self.playing.at)
        assert walked.paths >= len(walked.walks) - 1
        assert walked.paths >= walked.reckoned >= 1
        assert {End.ISSUED, End.WITHDRAWN, End.EXPIRED} <= walked.ends.keys()


def _test_of(service: str) -> Callable[[Territory], None]:
    return lambda territory: territory.walk(service)


def _class_of(folder: Path) -> type[TestCase]:
    services = (file.stem for file in service_files(folder))
    tests = {f"test_{name.replace('-', '_')}_ends_on_every_path": _test_of(name) for name in services}
    return type(f"Test{folder.name.title()}", (Territory, TestCase), {"territory": folder.name, **tests})


TestBahrain, TestSpearfish = (_class_of(PROJECT / "territories" / name) for name in ("bahrain", "spearfish"))
