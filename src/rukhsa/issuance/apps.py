"""Django's entry for the room `issuance`."""

from pathlib import Path

from django.apps import AppConfig

from rukhsa.catalogue.definition import Definition


class IssuanceConfig(AppConfig):
    name = "rukhsa.issuance"
    label = "issuance"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Require that the longest document of a service passes the gate before the service is published."""
        from rukhsa.catalogue.service_version import register_proof

        register_proof(_passes_the_gate)


def _passes_the_gate(definition: Definition, folder: Path) -> None:
    from rukhsa.issuance.gate.longest import prove

    prove(definition, folder)
