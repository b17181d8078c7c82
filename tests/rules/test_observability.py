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
from rukhsa.project.gauges import BUCKETS, GAUGES, RELEASED
from rukhsa.project.readiness import NEEDS
from rukhsa.telemetry import metrics

RULES = PROJECT / "deploy/prometheus/rules.yml"
BOARDS = sorted((PROJECT / "deploy/grafana").glob("*.json"))
RUNBOOKS = PROJECT / "docs/operating/runbooks"
PAGE = PROJECT / "docs/operating/metrics.md"
SECTIONS = ["What it means", "What to look at", "What to do"]
OURS = re.compile(r"\brukhsa_[a-z_]+")
RECORDED = re.compile(r"\brukhsa:[a-z_]+:[a-z0-9_]+")
# A selector such as name{label=~"value"}, and what is grouped: by (label, label) (… names …).
SELECTED = re.compile(r"\b(rukhsa_[a-z_]+)\{([^}]*)\}")
CONDITION = re.compile(r'([a-z_]+)(?:=~|!~|!=|=)"([^"]*)"')
GROUPED = re.compile(r"\bby \(([a-z_, ]+)\) \((?:rate\()?(rukhsa_[a-z_]+)")
LEGEND = re.compile(r"\{\{([a-z_]+)\}\}")
# The labels of the gauges that are asked of the database; tests/browser/test_metrics.py compares a running town.
OF_GAUGES = {
    "queue": ("jobs_waiting", "jobs_oldest_seconds", "jobs_failed"),
    "channel": ("notices_unsent", "notices_oldest_seconds"),
    "gateway": ("gateway_silent_seconds", "statement_differences_open"),
    "authority": (
        *("log_size", "checkpoint_age_seconds", "status_list_age_seconds", "key_days_left"),
        *("signatures_last_hour", "signatures_cap"),
    ),
    "purpose": ("key_days_left",),
}
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


def labels_of(name: str) -> dict[str, set[str]]:
    """The labels of what a name shows, each with the values that it is known to have; none known: any."""
    for metric in vars(metrics).values():
        if isinstance(metric, MetricWrapperBase) and name in REGISTRY._collector_to_names.get(metric, ()):
            found: dict[str, set[str]] = {label: set() for label in metric._labelnames}
            if name.endswith("_bucket"):
                found["le"] = {str(each) for each in metric._kwargs["buckets"]}
            return found
    if name == f"{RELEASED}_bucket":
        return {"le": {str(each) for each in BUCKETS}}
    return {label: set() for label, names in OF_GAUGES.items() if name.removeprefix("rukhsa_") in names}


def unlabelled(expression: str) -> set[str]:
    """The labels, and the bounds of buckets, that an expression asks for and that no process gives to the metric."""
    wrong = set()
    for name, conditions in SELECTED.findall(expression):
        for label, value in CONDITION.findall(conditions):
            known = labels_of(name)
            if label not in known or (label == "le" and value not in known["le"]):
                wrong.add(f"{name} {label}={value}")
    for labels, name in GROUPED.findall(expression):
        wrong |= {f"{name} by {label}" for label in labels.split(", ") if label not in labels_of(name)}
    return wrong


def rules() -> list[dict[str, Any]]:
    groups = yaml.safe_load(RULES.read_text())["groups"]
    return [rule for group in groups for rule in group["rules"]]


def alerts() -> list[dict[str, Any]]:
    return [rule for rule in rules() if "alert" in rule]


def targets() -> Iterator[tuple[str, str]]:
    """Each expression of the dashboards, and how its lines are named."""
    for board in BOARDS:
        for panel in json.loads(board.read_text())["panels"]:
            yield from ((target["expr"], target["legendFormat"]) for target in panel["targets"])


def panels() -> list[str]:
    return [expression for expression, _ in targets()]


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


def test_rules_and_dashboards_ask_for_labels_that_the_metrics_have() -> None:
    expressions = [*(rule["expr"] for rule in rules()), *panels()]
    assert set().union(*map(unlabelled, expressions)) == set()
    grouped = [expression for expression in expressions if " by (" in expression]
    assert all(GROUPED.search(each) for each in grouped), "each group is looked at"
    for expression, legend in targets():
        shown = {label for labels, _ in GROUPED.findall(expression) for label in labels.split(", ")}
        assert set(LEGEND.findall(legend)) <= shown, expression


@pytest.mark.parametrize(
    "expression",
    [
        'rate(rukhsa_requests_total{code="500"}[5m])',
        'rukhsa_request_seconds_bucket{le="3.0"}',
        'rukhsa_paid_to_released_seconds_bucket{le="10"}',
        "sum by (authority) (rate(rukhsa_signings_total[5m]))",
        "max by (purpose) (rukhsa_log_size)",
    ],
)
def test_a_label_or_a_bound_that_no_metric_has_is_found(expression: str) -> None:
    assert len(unlabelled(expression)) == 1


def test_what_an_alert_waits_to_see_increase_is_shown_as_nothing_before() -> None:
    """To Prometheus a series that begins with 1 has not increased."""
    awaited = [
        (name, label, value)
        for rule in alerts()
        for name, conditions in re.findall(r"increase\((rukhsa_[a-z_]+)\{([^}]*)\}", rule["expr"])
        for label, value in CONDITION.findall(conditions)
    ]
    assert awaited == [("rukhsa_secrets_read_total", "outcome", "refused")]
    for name, label, value in awaited:
        assert REGISTRY.get_sample_value(name, {label: value}) is not None


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


# Of what the pages of installing name to `apt-get install`: what keeps no log.
LOGLESS = {"python3-venv", "openssl", "curl", "ca-certificates", "rsync"}
OF_OURS = {"access log", "security log", "journal", "public logs"}


def test_every_log_of_a_machine_is_listed() -> None:
    """Every program that the pages install, and every process of ours, writes somewhere: monitoring.md says where."""
    folder = PROJECT / "docs/operating"
    page = (folder / "monitoring.md").read_text("utf-8")
    table = page.partition("| log | what stands in it |")[2].partition("\n\n")[0]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()[2:]]
    assert all(len(row) == 5 and all(row) for row in rows)
    listed = " ".join(row[0] for row in rows).lower()
    installed = re.findall(
        r"apt-get install -y (?:--no-install-recommends )?([a-z0-9 -]+)",
        "".join((folder / name).read_text("utf-8") for name in ("install.md", "backup.md")),
    )
    programs = {each for words in installed for each in words.split()} - LOGLESS
    assert {"nginx-light", "postgresql", "pgbackrest", "certbot"} <= programs
    wanted = {each.removesuffix("-light") for each in programs} | OF_OURS | NEEDS.keys()
    assert {each for each in wanted if each not in listed} == set()
