"""What Prometheus reads of a running town: every expression of the rules and dashboards finds what it asks for."""

import re
from pathlib import Path
from typing import Any

import httpx
import pytest
from prometheus_client import Metric
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Sample

from rukhsa.project.gauges import GAUGES
from rukhsa.project.observation import PROCESSES
from rukhsa_rehearsal.deployment import Deployment
from rukhsa_rehearsal.story.anyone import read_qr
from rukhsa_rehearsal.story.applicant import Applicant
from rukhsa_rehearsal.story.plots import ADDRESS
from rukhsa_rehearsal.story.staff_member import Staff
from tests.rules.test_alert_rules import answered, played, reckon
from tests.rules.test_observability import OURS, RECORDED, labels_of, panels, rules
from tests.waiting import LONGEST, wait_until

BROKEN = {"file": ("document.pdf", b"%PDF-1.7 and nothing else", "application/pdf")}


@pytest.mark.slow
@pytest.mark.xdist_group("town")
def test_every_expression_of_rules_and_dashboards_finds_its_metrics_and_labels_in_a_running_town(
    town: Deployment, portal: str, verifier: str, salem: Staff, mariam: Staff, tmp_path: Path
) -> None:
    everything_once(portal, verifier, salem, mariam)
    expressions = [*(rule["expr"] for rule in rules()), *panels()]
    wanted = {name for each in expressions for name in named(each)}
    # The worker counts a moment later, and its gauges are read each 15 seconds.
    wait_until(lambda: wanted <= names(shown(town)))
    samples = [sample for family in shown(town) for sample in family.samples]
    for sample in samples:
        if sample.name in wanted:
            assert set(sample.labels) == set(labels_of(sample.name)), sample.name
    # A gauge of what waits has no line where nothing does.
    has_lines = {sample.name for sample in samples}
    recorded = [rule["record"] for rule in rules() if "record" in rule]
    asked = [*recorded, *(each for each in panels() if named(each) <= has_lines)]
    assert len(asked) > len(recorded) + 12
    day = played(series(samples), [], name="a running town")
    reckon(
        [day | {"promql_expr_test": [answered(f"count({each}) > bool 0", value=1) for each in asked]}],
        tmp_path,
    )


def named(expression: str) -> set[str]:
    """The metrics in an expression, without the recorded shares."""
    return set(OURS.findall(RECORDED.sub("", expression)))


def names(families: list[Metric]) -> set[str]:
    """Of every family that is shown, and of its samples."""
    return {family.name for family in families} | {
        sample.name for family in families for sample in family.samples
    }


def everything_once(portal: str, verifier: str, salem: Staff, mariam: Staff) -> None:
    """A file that is refused, a certificate applied for, granted, paid and received, and a verdict on it."""
    layla = Applicant(portal, "ekey-layla")
    layla.sign_in()
    answers = {"home": ADDRESS, "tenure": "owner", "living-since": "2020-01-01", "purpose": "school"}
    page = layla.answer_all(layla.start("proof-of-residence"), answers)
    application = page.address.partition("/applications/")[2][:36]
    layla.visitor.send(page.form(".slot:not(:has(.files)) form.upload"), files=BROKEN)
    layla.attach_all(page)
    reference = layla.submit(application).reference
    salem.take(reference)
    salem.check_all(reference)
    mariam.decide(reference, "granted")
    hosted = layla.begin_payment(application, "national")
    layla.visitor.send(hosted.form("form"), button="outcome=CAPTURED")
    layla.wait_for(application, "a[href$='/document']")
    text = read_qr(layla.receive(application).pdf)
    layla.visitor.close()
    httpx.post(
        f"{verifier}/verdict", json={"text": text}, timeout=LONGEST, trust_env=False
    ).raise_for_status()


def shown(town: Deployment) -> list[Metric]:
    """What the four processes show, as Prometheus reads it."""
    first = town.config.observation.metrics_port
    texts = (
        httpx.get(f"http://127.0.0.1:{first + number}/metrics", timeout=LONGEST, trust_env=False).text
        for number in range(len(PROCESSES))
    )
    return [family for text in texts for family in text_string_to_metric_families(text)]


def series(samples: list[Sample]) -> dict[str, Any]:
    """Eight hours in promtool's notation in which counters grow and gauges stay."""
    found = {}
    for sample in samples:
        labels = ",".join(f'{label}="{value}"' for label, value in sample.labels.items())
        grows = sample.name not in GAUGES and re.search("_(total|bucket|count|sum)$", sample.name)
        found[f"{sample.name}{{{labels}}}"] = f"0+{sample.value}x480" if grows else f"{sample.value}x480"
    return found
