"""Which applications a test has made due: the runs of `journey.advance` that were queued."""

from uuid import UUID

from procrastinate.contrib.django.models import ProcrastinateJob


class Queued:
    """The runs that were queued since this was made or cleared."""

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Forget what was queued so far."""
        newest = ProcrastinateJob.objects.order_by("-id").values_list("id", flat=True).first()
        self._after = newest or 0

    @property
    def applications(self) -> list[UUID]:
        """The application of each run, in the order of queueing."""
        runs = ProcrastinateJob.objects.filter(task_name="journey.advance", id__gt=self._after)
        return [UUID(lock) for lock in runs.order_by("id").values_list("lock", flat=True)]
