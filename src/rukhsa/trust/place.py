"""Where a reader looks: the verifier's site or a folder of its files, and behind a site the copy that was kept."""

from dataclasses import dataclass
from pathlib import Path

from rukhsa.trust.errors import Unavailable
from rukhsa.trust.kept import TRUST_LIST, FirstOf, Kept
from rukhsa.trust.sources import CachedSource, FolderSource, HttpSource, Source

_WEB = ("https://", "http://")


@dataclass(kw_only=True)
class Place:
    """Where the command looks: the site or a folder, and the copy kept for the day on which the site is silent."""

    public: str
    kept: Kept
    offline: bool
    missed: list[str]

    def trust_list(self, elsewhere: str | None) -> str:
        """The signed trust list. Raises Unavailable, OSError."""
        try:
            return text_at(elsewhere or f"{self.public.rstrip('/')}/{TRUST_LIST}")
        except Unavailable:
            if elsewhere or not self._has_copy:
                raise
            self.missed.append(TRUST_LIST)
            return text_at(str(self.kept.folder / TRUST_LIST))

    def source(self, site: str) -> Source:
        """The public files, and behind a site its copy."""
        if not self.is_site:
            return FolderSource(folder=Path(self.public), stands_for=site)
        web = HttpSource(stands_for=site, base=self.public.rstrip("/") + "/")
        copies = [FolderSource(folder=self.kept.folder, stands_for=site)] if self._has_copy else []
        return CachedSource(source=FirstOf(sources=(web, *copies), missed=self.missed), seconds=60)

    @property
    def is_site(self) -> bool:
        """Whether a site is asked, and no folder."""
        return self.public.startswith(_WEB)

    @property
    def _has_copy(self) -> bool:
        return self.kept.exists and self.kept.public == self.public


def text_at(where: str) -> str:
    """The text of a file or an address. Raises OSError, Unavailable."""
    if not where.startswith(_WEB):
        return Path(where).read_text("utf-8")
    return HttpSource(stands_for=where.rpartition("/")[0] + "/").fetch(where).decode("utf-8")
