"""The limits of nginx as the release brings it."""

import http.client
import re
from pathlib import Path

import pytest

from rukhsa.project.ports import held_ports
from tests.project.nginx_machine import DEPLOY, HERE, Machine


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2:"),
        ("2001:db8:1:2::9", "2001:db8:1:2:"),
        ("2001:db8::9", "2001:db8"),
    ],
)
def test_limits_count_a_network_of_ipv6_as_one(tmp_path: Path, address: str, counted: str) -> None:
    with held_ports(4) as given:
        machine = Machine(tmp_path, dict(zip(("http", "https", "portal", "verifier"), given, strict=True)))
        (rule,) = re.findall(
            r"^map .*?^}$", (DEPLOY / "nginx/rukhsa.conf").read_text(), re.MULTILINE | re.DOTALL
        )
        answers = "set_real_ip_from 127.0.0.1; real_ip_header X-Client; return 200 $counted;"
        machine.site(machine.here(f"{rule}\nserver {{ listen 80 ; {answers} }}"))
        with machine.serving():
            line = http.client.HTTPConnection(HERE, given[0])
            line.request("GET", "/", headers={"X-Client": address})
            assert line.getresponse().read().decode() == counted
            line.close()
