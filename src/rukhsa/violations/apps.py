"""Django's entry for the room `violations`."""

from django.apps import AppConfig


class ViolationsConfig(AppConfig):
    name = "rukhsa.violations"
    label = "violations"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Keep those who recorded and confirmed a violation from deciding on it, and let its fine be charged."""
        from rukhsa.applications.interest import register_bar
        from rukhsa.review.recording import register_source
        from rukhsa.violations.contesting import fine_recorded, require_another_hand

        register_bar(require_another_hand)
        register_source(fine_recorded)
