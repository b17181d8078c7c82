"""The territory of a deployment, as its settings need it: languages and time zone."""

from rukhsa.catalogue.problems import DefinitionRefused
from rukhsa.catalogue.territory import Territory, read_territory
from rukhsa.project.config import Config, ConfigError

LANGUAGES = {"ar": "العربية", "en": "English"}  # each in its own words


def territory_of(config: Config) -> Territory:
    """The territory that is served; raise ConfigError when it cannot be read."""
    try:
        return read_territory(config.territory_folder)
    except FileNotFoundError:
        raise ConfigError(
            f"There is no territory.yaml in {config.territory_folder}: see RUKHSA_TERRITORY."
        ) from None
    except DefinitionRefused as refused:
        told = "\n".join(problem.in_language("en") for problem in refused.problems)
        raise ConfigError(f"The territory cannot be used:\n{told}") from None
