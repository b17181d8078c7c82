"""Files under names in one place: a folder of this machine, or a prefix of a bucket of an S3 store."""

from rukhsa.objects.bucket import Account, Bucket
from rukhsa.objects.file_store import Store, store_at

__all__ = ["Account", "Bucket", "Store", "store_at"]
