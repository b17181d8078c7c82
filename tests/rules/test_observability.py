"""Alert rules, dashboards, runbooks and the program name the same metrics, views and commands."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver
from prometheus_client import REGISTRY
from prometheus_client.metrics import MetricWrapperBase

from rukhsa.project.config import PROJECT
from rukhsa.project.gauges import GAUGES, RELEASED
from rukhsa.telemetry import metrics

RULES = PROJECT / "deploy/prometheus/rules.yml"
BOARDS = sorted((PROJECT / "deploy/grafana").glob("*.json"))
RUNBOOKS = PROJECT / "docs/operating/runbooks"
PAGE = PROJECT / "docs/operating/metrics.md"
SECTIONS = ["What it means", "What to look at", "What to do"]
OURS = re.compile(r"\brukhsa_[a-z_]+")
RECORDED = re.compile(r"\brukhsa:[a-z_]+:[a-z0-9_]+")
VIEWS = re.compile(r'view=~?"([^"]*)"')
PROCESSES = re.compile(r'process="([^"]*)"')


def exported() -> set[str]:
    """Every name that a process shows."""
    counted = {
        sample
        for metric in vars(metrics).values()
        if isinstance(metric, MetricWrapperBase)
        for sample in REGISTRY._collector_to_names.get(metric, ())
        if not sample.endswith("_created")
    }
    return counted | GAUGES.keys() | {f"{RELEASED}{end}" for end in ("", "_bucket", "_sum", "_count")}


def rules() -> list[dict[str, Any]]:
    groups = yaml.safe_load(RULES.read_text())["groups"]
    return [rule for group in groups for rule in group["rules"]]


def alerts() -> list[dict[str, Any]]:
    return [rule for rule in rules() if "alert" in rule]


def panels() -> Iterator[str]:
    for board in BOARDS:
        for panel in json.loads(board.read_text())["panels"]:
            yield from (target["expr"] for target in panel["targets"])


def unknown(expressions: list[str]) -> set[str]:
    """The metrics that expressions name and no process shows."""
    recorded = {rule["record"] for rule in rules() if "record" in rule}
    named = {name for each in expressions for name in OURS.findall(RECORDED.sub("", each))}
    return (named - exported()) | (
        {name for each in expressions for name in RECORDED.findall(each)} - recorded
    )


def views_of(conf: str) -> set[str]:
    """The names of all views, as the log and the metrics have them."""
    return set(_views(get_resolver(conf), ""))


def _views(resolver: URLResolver, prefix: str) -> Iterator[str]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLPattern):
            yield f"{prefix}{pattern.name}"
        else:
            yield from _views(pattern, f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix)


def test_rules_and_dashboards_name_what_the_program_shows() -> None:
    assert len(BOARDS) >= 2
    assert unknown([*(rule["expr"] for rule in rules()), *panels()]) == set()


def test_a_name_that_no_process_shows_is_found() -> None:
    assert unknown(["rate(rukhsa_request_total[5m]) > rukhsa:verdict:errors_9h"]) == {
        "rukhsa_request_total",
        "rukhsa:verdict:errors_9h",
    }


def test_every_view_that_a_rule_names_exists() -> None:
    known = views_of("rukhsa.project.urls") | views_of("rukhsa.project.urls_public")
    named = {view for rule in rules() for text in VIEWS.findall(rule["expr"]) for view in _alternatives(text)}
    assert len(named) > 5
    assert [view for view in named if not any(re.fullmatch(view, each) for each in known)] == []


def _alternatives(text: str) -> list[str]:
    """Each view of an expression such as `public:(page-.*|verdict)`."""
    if found := re.fullmatch(r"([^(|]*)\(([^)]*)\)", text):
        return [f"{found[1]}{each}" for each in found[2].split("|")]
    return text.split("|")


def test_every_process_that_a_rule_names_has_settings() -> None:
    named = {process for rule in rules() for process in PROCESSES.findall(rule["expr"])}
    assert named <= {"portal", "verifier", "worker", "signer"}


def test_every_metric_has_its_line_in_the_page_and_every_line_its_metric() -> None:
    listed = set(OURS.findall("\n".join(re.findall(r"^\| `rukhsa_.*", PAGE.read_text(), re.MULTILINE))))
    ends = re.compile("_(bucket|sum|count)$")
    shown = {ends.sub("", name) for name in exported()}
    assert listed == {name for name in shown if f"{name}_total" not in shown}


def test_every_alert_has_a_runbook_and_every_runbook_an_alert() -> None:
    named = {alert["annotations"]["runbook"]: alert["alert"] for alert in alerts()}
    there = {str(page.relative_to(PROJECT)): page for page in RUNBOOKS.glob("*.md")}
    assert named.keys() == there.keys()
    for path, alert in named.items():
        page = there[path].read_text()
        assert page.splitlines()[0] == f"# {alert}"
        assert re.findall(r"^## (.*)$", page, re.MULTILINE) == SECTIONS


def test_an_alert_says_how_urgent_it_is_and_what_happens() -> None:
    assert {alert["labels"]["severity"] for alert in alerts()} == {"page", "ticket"}
    assert [alert["alert"] for alert in alerts() if len(alert["annotations"]["summary"]) < 20] == []


@pytest.mark.parametrize("board", BOARDS, ids=lambda board: board.stem)
def test_a_dashboard_is_small_and_every_panel_has_a_title(board: Path) -> None:
    read = json.loads(board.read_text())
    assert 0 < len(read["panels"]) <= 12
    assert [panel["id"] for panel in read["panels"] if not panel["title"]] == []


def test_the_processes_of_the_settings_are_those_of_the_rules() -> None:
    assert settings.RUKHSA_PROCESS == "command"
