"""The errors of trust: each says by a lasting code why something is not trusted."""

from functools import cache
from importlib.util import find_spec

from rukhsa.errors import RukhsaError


class TrustError(RukhsaError):
    """Something that was read or asked for is not what it must be."""

    code = "trust"

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.detail = detail


class BadCbor(TrustError):
    """Bytes that are not deterministic CBOR of our profile."""


class BadText(TrustError):
    """A QR's text that is not an address of ours with digits."""


class BadKey(TrustError):
    """A key that cannot be used."""


class BadSignature(TrustError):
    """A signature that does not verify."""


class BadSeal(TrustError):
    """Bytes that are not a seal."""


class BadFacts(TrustError):
    """Facts that do not meet their profile."""


class BadStatusList(TrustError):
    """A status list that cannot be relied on."""


class BadLog(TrustError):
    """A log, checkpoint, tile or proof that does not hold."""


class BadTrustList(TrustError):
    """A trust list that is not the root's or not well formed."""


class BadPdf(TrustError):
    """A file that is not a released document."""


class BadStamp(TrustError):
    """A time stamp that does not hold, or is of something else."""


class Unavailable(TrustError):
    """Public files that cannot be fetched now."""

    @property
    def is_missing(self) -> bool:
        """Whether the file is not there; otherwise that is not known."""
        return self.code == "no-such-file"


class BadPicture(TrustError):
    """A picture from which no code can be read."""


class Unread(TrustError):
    """A file that was not read to its end, so that nothing can be said of it."""


class MissingExtra(TrustError):
    """A package that is needed for this, and was not installed."""


def need_files(what: str) -> None:
    """Say what to install where the packages for released files and pictures are missing. Raises MissingExtra."""
    if package := _missing():
        raise MissingExtra("missing-extra", f"for {what}, {package} is needed: pip install 'rukhsa[files]'")


@cache
def _missing() -> str | None:
    # Looked for once: it means a search through every folder of the path.
    packages = ("asn1crypto", "pikepdf", "PIL", "pypdfium2", "zxingcpp")
    return next((package for package in packages if find_spec(package) is None), None)
