"""The models of the catalogue."""

from rukhsa.catalogue.reason import Reason
from rukhsa.catalogue.service_proposal import ServiceProposal
from rukhsa.catalogue.service_version import ServiceVersion
from rukhsa.catalogue.territory_change import TerritoryChange

__all__ = ["Reason", "ServiceProposal", "ServiceVersion", "TerritoryChange"]
