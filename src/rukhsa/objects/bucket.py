"""Objects in a bucket of an S3 store: what never changes is made once, what changes is replaced under a condition.

The conditions are the store's (`If-None-Match: *`, `If-Match`), so that many processes on many machines may write.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Final

from rukhsa.objects.recent import Recent
from rukhsa.trust.errors import BadLog, Unavailable
from rukhsa.trust.tiles import held

SCHEME: Final = "s3://"
_MISSING: Final = ("404", "NoSuchKey", "NotFound")
# 412: the condition does not hold; 409: another request for the same object was on its way (S3's own answer).
_REFUSED: Final = ("412", "PreconditionFailed", "409", "ConditionalRequestConflict")
# Seconds. The defaults of the library (60 for an answer) would hold a web thread for minutes.
_LIMITS: Final[dict[str, Any]] = {
    "connect_timeout": 2,
    "read_timeout": 5,
    "retries": {"mode": "standard", "max_attempts": 3},
    "max_pool_connections": 32,
}


@dataclass(frozen=True, kw_only=True)
class Account:
    """Who opens a store and where it is; what is empty is found as the library finds it (the machine's role, AWS_…)."""

    endpoint: str = ""
    region: str = ""
    key_id: str = ""
    secret: str = ""


@dataclass(frozen=True, kw_only=True)
class Bucket:
    """The objects of a bucket whose keys begin with `prefix` and `part`.

    A call that got no answer is made again by the library, and the first may have been done: so a refused condition is
    a success where the object holds these very bytes. Each call raises Unavailable (store-away) if the store gives no
    answer or refuses.
    """

    client: Any
    name: str
    prefix: str
    headers: Callable[[str], Mapping[str, str]]
    part: str = ""

    def under(self, part: str) -> "Bucket":
        return replace(self, part=self.part + part)

    def read(self, path: str) -> bytes:
        return self._read(path)[0]

    def recent(self, path: str, *, before_shown: Callable[[bytes], object] | None = None) -> bytes:
        """The bytes as they are, or were two seconds ago, or before the store was away; see recent.py.

        `before_shown` is called with new bytes, and fetches what is needed with them: until then the old ones are
        given, which are kept apart from those of a call without it. It may raise Unavailable.
        """

        def read() -> bytes:
            data = self.read(path)
            if before_shown:
                before_shown(data)
            return data

        return _recent.read((self, path, before_shown is not None), read, written=_written.count)

    def write(self, path: str, data: bytes) -> None:
        self._put(path, data)

    def create(self, path: str, data: bytes) -> None:
        if not self._put(path, data, IfNoneMatch="*") and self.read(path) != data:
            raise BadLog("tile-differs", f"{path} was written with other bytes")

    def swap(self, path: str, old: bytes | None, new: bytes) -> bool:
        # The tag of an object is of its content: so is this condition, which asks what is there and not who wrote it.
        try:
            there, tag = self._read(path)
            condition = {"IfMatch": tag}
        except Unavailable as error:
            if not error.is_missing:
                raise
            there, condition = None, {"IfNoneMatch": "*"}
        if there != old:
            return False
        return self._put(path, new, **condition) or held(self, path) == new

    def prune(self, path: str) -> int:
        partial = [f"{path}.p/{name}" for name in self.under(f"{path}.p/").names()]
        for each in partial:
            self.delete(each)
        return len(partial)

    def names(self) -> Iterator[str]:
        begins = self._key("")
        pages = self.client.get_paginator("list_objects_v2").paginate(Bucket=self.name, Prefix=begins)
        with _as_unavailable(begins):
            for page in pages:
                yield from [each["Key"].removeprefix(begins) for each in page.get("Contents", ())]

    def size(self, path: str) -> int | None:
        """The bytes of an object; None where there is none."""
        try:
            return int(self._ask("head_object", path)["ContentLength"])
        except Unavailable as error:
            if error.is_missing:
                return None
            raise

    def delete(self, path: str) -> None:
        """Remove an object, if it is there."""
        self._ask("delete_object", path)

    def keeps_conditions(self) -> bool:
        """Whether the store refuses what a condition forbids: one that ignores them lets two writers overwrite."""
        probe, there = ".probe", replace(self, headers=bare)
        there._put(probe, b"probe")
        kept = not (
            there._put(probe, b"other", IfNoneMatch="*") or there._put(probe, b"other", IfMatch='"-"')
        )
        there.delete(probe)
        return kept

    def _read(self, path: str) -> tuple[bytes, str]:
        """The bytes of an object, and its tag."""
        answer = self._ask("get_object", path)
        with _as_unavailable(path):
            return answer["Body"].read(), answer["ETag"]

    def _put(self, path: str, data: bytes, **condition: str) -> bool:
        """Whether the object was stored; not, where it does not meet the condition."""
        _written.count += 1
        try:
            self._ask("put_object", path, Body=data, **self.headers(self.part + path), **condition)
        except ConditionRefused:
            return False
        return True

    def _ask(self, call: str, path: str, **more: Any) -> Any:
        with _as_unavailable(path):
            return getattr(self.client, call)(Bucket=self.name, Key=self._key(path), **more)

    def _key(self, path: str) -> str:
        return f"{self.prefix}{self.part}{path}"


@dataclass
class _Written:
    count: int = 0  # how often this process wrote to any store


_written: Final = _Written()
_recent: Final = Recent()


class ConditionRefused(Unavailable):
    """The object is not as a condition asks."""


def bare(name: str) -> Mapping[str, str]:
    """The headers of objects that are stored without any."""
    return {}


@cache
def client_of(account: Account) -> Any:
    """The client of a store, one a process: its connections are kept, and threads share it."""
    import boto3  # only where there is a store: it takes a third of a second and 30 MB
    from botocore.config import Config

    return boto3.session.Session().client(
        "s3",
        endpoint_url=account.endpoint or None,
        region_name=account.region or None,
        aws_access_key_id=account.key_id or None,
        aws_secret_access_key=account.secret or None,
        config=Config(**_LIMITS, s3={"addressing_style": "path" if account.endpoint else "auto"}),
    )


@contextmanager
def _as_unavailable(path: str) -> Iterator[None]:
    """The errors of the library as ours."""
    from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError

    try:
        yield
    except ClientError as error:
        code = str(error.response.get("Error", {}).get("Code", ""))
        if code in _MISSING:
            raise Unavailable("no-such-file", path) from error
        kind = ConditionRefused if code in _REFUSED else Unavailable
        raise kind("store-away", f"{path}: {code}") from error
    except (BotoCoreError, HTTPClientError) as error:
        raise Unavailable("store-away", f"{path}: {type(error).__name__}") from error
