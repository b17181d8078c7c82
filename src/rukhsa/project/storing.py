"""Where files are kept, from the environment: in folders of this machine, or in buckets of an S3 store."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol

from rukhsa.objects import Account
from rukhsa.objects.bucket import SCHEME

_IN_FOLDERS: Final = {"BACKEND": "rukhsa.applications.blobs.DurableFileSystemStorage"}
_IN_A_BUCKET: Final = "rukhsa.objects.storage.BucketStorage"


@dataclass(frozen=True, kw_only=True)
class StoringConfig:
    """The places of the public files and of the files that people attach or receive, and who opens a bucket."""

    public: Path | str  # a folder, or s3://bucket/prefix
    files: str  # the same; empty: the folder of MEDIA_ROOT
    account: Account

    @property
    def storage(self) -> dict[str, Any]:
        """Django's entry for the storage of files."""
        if not self.files:
            return _IN_FOLDERS
        return {"BACKEND": _IN_A_BUCKET, "OPTIONS": {"place": self.files, "account": self.account}}


class Reader(Protocol):
    """The part of `rukhsa.project.variables.Reader` that is needed here."""

    @property
    def in_production(self) -> bool: ...

    def text(self, name: str, *, default: str | None = None, development: str = "") -> str: ...

    def hidden(self, name: str, *, default: str | None = None, development: str = "") -> str: ...

    def fault(self, sentence: str) -> None: ...


def storing(reader: Reader, data: Path) -> StoringConfig:
    """Read where files are kept; what is not said is kept below `data`."""
    public = _bucket(reader, "PUBLIC_STORE", reader.text("PUBLIC_STORE", default=""))
    files = _bucket(reader, "FILE_STORE", reader.text("FILE_STORE", default=""))
    if public and public == files:
        reader.fault(
            "RUKHSA_PUBLIC_STORE and RUKHSA_FILE_STORE are one place: anyone would read people's files"
        )
    return StoringConfig(public=public or data / "public", files=files, account=_account(reader))


def _bucket(reader: Reader, name: str, place: str) -> str:
    if place and not place.startswith(SCHEME):
        reader.fault(f"RUKHSA_{name} is {place!r}: it must begin with {SCHEME} and the name of a bucket")
    elif place and not place.removeprefix(SCHEME).strip("/"):
        reader.fault(f"RUKHSA_{name} is {place!r}: it names no bucket")
    return place.rstrip("/")


def _account(reader: Reader) -> Account:
    account = Account(
        endpoint=reader.text("S3_ENDPOINT", default=""),
        region=reader.text("S3_REGION", default="us-east-1"),
        key_id=reader.text("S3_KEY_ID", default=""),
        secret=reader.hidden("S3_SECRET", default=""),
    )
    if bool(account.key_id) is not bool(account.secret):
        reader.fault("RUKHSA_S3_KEY_ID and RUKHSA_S3_SECRET are given together or not at all")
    if reader.in_production and account.endpoint and not account.endpoint.startswith("https://"):
        reader.fault(f"RUKHSA_S3_ENDPOINT is {account.endpoint!r}: it must begin with https://")
    return account
