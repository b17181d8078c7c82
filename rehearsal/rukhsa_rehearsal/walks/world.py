"""The world in which walks are played: a territory with its services, keys and people, in an empty database."""

from datetime import datetime, timedelta
from pathlib import Path

from rukhsa.catalogue.load import load
from rukhsa.catalogue.service_version import publish
from rukhsa.catalogue.territory import service_files, territory_folder
from rukhsa.issuance import key_creation, publishing, site, trust_list
from rukhsa.trust import ceremony
from rukhsa_rehearsal.walks.people import gather
from rukhsa_rehearsal.walks.playing import Playing, Tell, silent

OPERATOR = "rukhsa services walk"


def open_world(*, root: Path, at: datetime, tell: Tell = silent) -> Playing:
    """Load the deployment's territory, publish its services, make keys, a trust list signed in `root`, and people.

    Only for an empty database, and settings whose folders are of its own.
    """
    load(territory_folder())
    for file in service_files(territory_folder()):
        publish(file, actor=None, at=at - timedelta(days=1))
    key_creation.create_missing(at=at, operator=OPERATOR)
    _hold_ceremony(root, at)
    publishing.everything(at=at)
    return Playing(gather(at=at), at=at, tell=tell)


def _hold_ceremony(folder: Path, at: datetime) -> None:
    ceremony.create_root(folder)
    signer = ceremony.open_root(folder / ceremony.PRIVATE)
    signed = ceremony.sign_draft(trust_list.draft(at=at), signer, previous=site.trust_list())
    trust_list.publish(signed, root=signer.jwk, at=at, operator=OPERATOR)
