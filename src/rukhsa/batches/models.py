"""The models of batches, for Django to find."""

from rukhsa.batches.batch import Batch as Batch
from rukhsa.batches.batch import BatchFile as BatchFile
from rukhsa.batches.batch import BatchRow as BatchRow
