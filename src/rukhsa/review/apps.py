"""Django's entry for the room `review`."""

from django.apps import AppConfig


class ReviewConfig(AppConfig):
    name = "rukhsa.review"
    label = "review"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Say what the desk may change of this room."""
        from rukhsa.review import closed_day, committee, office_work

        closed_day.register()
        office_work.register()
        committee.register()
