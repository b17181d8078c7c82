"""What a process tells of itself: its settings from the environment, and the start of metrics and traces."""

import errno
import logging
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from ipaddress import ip_address
from typing import Final, Protocol

logger = logging.getLogger(__name__)
PROCESSES: Final = ("portal", "verifier", "worker", "signer")  # on one machine each has the next port


@dataclass(frozen=True, kw_only=True)
class Observation:
    """Where metrics are answered (port 0: nowhere), where traces go (empty: nowhere), and what is logged."""

    metrics_host: str
    metrics_port: int
    metrics_token: str
    traces_to: str
    traces_percent: int
    access_log: bool


class Reader(Protocol):
    """The part of `rukhsa.project.variables.Reader` that is needed here."""

    @property
    def in_production(self) -> bool: ...

    def text(self, name: str, *, default: str | None = None, development: str = "") -> str: ...

    def hidden(self, name: str, *, default: str | None = None, development: str = "") -> str: ...

    def switch(self, name: str, *, default: bool) -> bool: ...

    def fault(self, sentence: str) -> None: ...


def observation(reader: Reader) -> Observation:
    """Read the settings of metrics, traces and the access log."""
    token = reader.hidden("METRICS_TOKEN", default="")
    host, port = _address(reader, reader.text("METRICS", default=""), token)
    traces_to = reader.text("TRACES_TO", default="")
    if traces_to and not traces_to.startswith(("http://", "https://")):
        reader.fault("RUKHSA_TRACES_TO is the address of a collector: http://…/v1/traces")
    share = reader.text("TRACES_PERCENT", default="100")
    if not (share.isascii() and share.isdigit() and 0 <= int(share) <= 100):
        reader.fault(f"RUKHSA_TRACES_PERCENT is {share!r}, not a number from 0 to 100")
        share = "0"
    return Observation(
        metrics_host=host,
        metrics_port=port,
        metrics_token=token,
        traces_to=traces_to,
        traces_percent=int(share),
        access_log=reader.switch("ACCESS_LOG", default=reader.in_production),
    )


def observe(told: Observation, process: str, *, shared: bool = False) -> None:
    """Answer Prometheus and export traces, where the settings say so; `shared` counts for all workers of one server.

    Called before anything that counts is imported. Raises OSError where the address cannot be used; a process whose
    unit allows it no network, as the signer's, goes on without.
    """
    if told.metrics_port:
        from rukhsa.telemetry import exposition

        if shared:
            exposition.share_counts()
        host, port, token = told.metrics_host, told.metrics_port, told.metrics_token
        try:
            exposition.serve(host, port, token=token, more=_more(process))
        except OSError as error:
            if error.errno != errno.EAFNOSUPPORT:
                raise
            logger.warning("no metrics: this process may open no address of a network")
        from rukhsa.telemetry.metrics import STARTED

        STARTED.labels(process, version("rukhsa")).set_to_current_time()
    if told.traces_to:
        _export(told, process)


def _address(reader: Reader, text: str, token: str) -> tuple[str, int]:
    """The address of `RUKHSA_METRICS`, which is of this machine or a private network unless a token guards it."""
    if not text:
        return "", 0
    host, _, port = text.rpartition(":")
    try:
        address = ip_address(host.strip("[]"))
        if not 0 < int(port) < 65536:
            raise ValueError(port)
    except ValueError:
        reader.fault(f"RUKHSA_METRICS is {text!r}; it is written 127.0.0.1:9101")
        return "", 0
    if (address.is_unspecified or not address.is_private) and not token:
        reader.fault(
            f"RUKHSA_METRICS is {text!r}, which others can reach: name a private address, or give RUKHSA_METRICS_TOKEN"
        )
    return str(address), int(port)


def _more(process: str) -> Callable[[], bytes]:
    """What is added to the counts: a worker asks the database too."""
    if process != "worker":
        return lambda: b""

    def asked() -> bytes:
        from rukhsa.project import gauges  # once the apps are there

        return gauges.text()

    return asked


def _export(told: Observation, process: str) -> None:
    from rukhsa.telemetry import trace

    try:
        from rukhsa.telemetry.otlp import exporter
    except ModuleNotFoundError as missing:
        from rukhsa.project.variables import ConfigError

        raise ConfigError(
            f"RUKHSA_TRACES_TO is set, and {missing.name} is not installed: pip install 'rukhsa[traces]'"
        ) from missing
    trace.EXPORT.share = told.traces_percent / 100
    trace.EXPORT.to = exporter(told.traces_to, process=process)
