"""Django's entry for the room `payments`."""

from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    name = "rukhsa.payments"
    label = "payments"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Let mandates up to an amount be held against what a grant brings."""
        from rukhsa.applications.competence import register_reckoning
        from rukhsa.payments.tariff import brought_by_grant

        register_reckoning(brought_by_grant)
