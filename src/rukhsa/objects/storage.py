"""Django's storage in a bucket: each file is written once, under a name that no other content has."""

from io import BytesIO
from typing import Any

from django.core.files.base import File
from django.core.files.storage import Storage
from django.utils.deconstruct import deconstructible

from rukhsa.objects.bucket import Account, Bucket
from rukhsa.objects.file_store import store_at
from rukhsa.trust.errors import Unavailable


@deconstructible
class BucketStorage(Storage):
    """Files in a bucket. A name is made once: the same bytes again change nothing, others raise BadLog (tile-differs).

    Raises Unavailable (store-away) where the store gives no answer, and FileNotFoundError.
    """

    def __init__(self, place: str, account: Account | None = None) -> None:
        store = store_at(place, account)
        assert isinstance(store, Bucket), "a place in a store of objects"
        self._bucket = store

    def exists(self, name: str) -> bool:
        return self._bucket.size(name) is not None

    def size(self, name: str) -> int:
        if (found := self._bucket.size(name)) is None:
            raise FileNotFoundError(name)
        return found

    def delete(self, name: str) -> None:
        self._bucket.delete(name)

    def get_available_name(self, name: str, max_length: int | None = None) -> str:
        """The name as it is: of two that store the same bytes at once, none gets another name."""
        return name

    def _open(self, name: str, mode: str = "rb") -> "File[bytes]":
        try:
            return File(BytesIO(self._bucket.read(name)), name=name)
        except Unavailable as error:
            if not error.is_missing:
                raise
            raise FileNotFoundError(name) from error

    def _save(self, name: str, content: Any) -> str:
        self._bucket.create(name, content.read())
        return name
