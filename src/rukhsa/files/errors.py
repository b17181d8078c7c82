"""Why an uploaded file is refused, as a lasting code; the pages have a sentence for each."""

from typing import Final

from rukhsa.errors import RukhsaError

CODES: Final = (
    "file-empty",
    "file-too-large",
    "file-of-another-kind",
    "file-for-office",
    "picture-of-another-kind",
    "file-locked",
    "file-broken",
    "too-much-memory",
    "picture-broken",
    "file-too-long",
    "file-active",
    "file-dynamic-form",
    "file-hybrid",
    "file-carries-file",
    "file-collection",
    "picture-too-large",
    "picture-of-several-pages",
)


class Refused(RukhsaError):
    """A refused file: one of `CODES`, and the name that its sentence needs, where it needs one."""

    def __init__(self, code: str, name: str = "") -> None:
        super().__init__(code, name)
        self.code = code
        self.name = name
