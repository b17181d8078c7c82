"""The time zone of a deployment: that of its territory."""

from rukhsa.catalogue.problems import DefinitionRefused
from rukhsa.catalogue.territory import read_territory
from rukhsa.project.config import Config, ConfigError


def time_zone(config: Config) -> str:
    """The name of the zone in which days begin and end; raise ConfigError when the territory cannot be read."""
    try:
        return read_territory(config.territory_folder).time_zone
    except FileNotFoundError:
        raise ConfigError(
            f"There is no territory.yaml in {config.territory_folder}: see RUKHSA_TERRITORY."
        ) from None
    except DefinitionRefused as refused:
        told = "\n".join(problem.in_language("en") for problem in refused.problems)
        raise ConfigError(f"The territory cannot be used:\n{told}") from None
