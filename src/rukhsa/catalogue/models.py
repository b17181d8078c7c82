"""The models of the catalogue."""

from rukhsa.catalogue.service_proposal import ServiceProposal
from rukhsa.catalogue.service_version import ServiceVersion

__all__ = ["ServiceProposal", "ServiceVersion"]
