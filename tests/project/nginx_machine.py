"""A machine of install.md in a folder: nginx with the files of the release, and certbot."""

import os
import re
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from cryptography import x509

from rukhsa.project.config import PROJECT
from rukhsa_rehearsal.cluster import programs
from tests import opinions
from tests.certificate_authority import Authority
from tests.waiting import LONGEST, wait_until

HERE, DEPLOY = "127.0.0.1", PROJECT / "deploy"


class Machine:
    """A machine of install.md in a folder: nginx with the files of the release, and certbot as the page calls it."""

    def __init__(self, root: Path, ports: dict[str, int]) -> None:
        self.root, self.ports = root, ports
        for name in ("etc/nginx", "etc/ssl", "var/www/html", "bin", "home/letsencrypt", "run"):
            (root / name).mkdir(parents=True)
        self._nginx = [
            opinions.program("nginx", package="nginx-light"),
            "-p",
            str(root / "run"),
            "-c",
            str(root / "nginx.conf"),
        ]
        # What the page says to systemd is said to the nginx of this folder.
        (root / "bin/systemctl").write_text(
            f'#!/bin/sh\n[ "$*" = "reload nginx" ] || exit 3\necho >> {root}/reloads\n'
            f"exec {' '.join(self._nginx)} -s reload\n"
        )
        (root / "bin/systemctl").chmod(0o755)

    def here(self, text: str) -> str:
        """A text of the release or of the page, with this folder and these ports in it."""
        text = re.sub(r"(?<![\w.])/(etc|var)/", rf"{self.root}/\1/", text)
        for known, name in (("80", "http"), ("443", "https")):
            text = text.replace(f"listen {known} ", f"listen 127.0.0.1:{self.ports[name]} ")
            text = text.replace(f"listen [::]:{known} ", f"listen [::1]:{self.ports[name]} ")
        if not speaks_ipv6():
            text = re.sub(r"^ *listen \[.*\n", "", text, flags=re.MULTILINE)
        for known, name in (("127.0.0.1:8000", "portal"), ("127.0.0.1:8001", "verifier")):
            text = text.replace(known, f"127.0.0.1:{self.ports[name]}")
        return text

    def site(self, text: str) -> None:
        """Serve this in the place of what stood there."""
        temporary = "".join(
            f"{kind}_temp_path {self.root}/run/{kind};\n"
            for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        # Started by root it would read as a user to whom the folder of the tests is closed.
        user = "" if os.geteuid() else "user root;\n"
        own = f"{user}pid {self.root}/run/pid;\nerror_log {self.root}/run/said;\nevents {{}}\n"
        (self.root / "nginx.conf").write_text(f"{own}http {{\naccess_log off;\n{temporary}{text}\n}}\n")

    def install_site(self) -> None:
        """The last lines of step 9: the files of the release."""
        for name in ("rukhsa-server.conf", "rukhsa-proxy.conf"):
            (self.root / "etc/nginx" / name).write_text(self.here((DEPLOY / "nginx" / name).read_text()))
        self.site(self.here((DEPLOY / "nginx/rukhsa.conf").read_text()))

    @contextmanager
    def serving(self) -> Iterator[None]:
        """With nginx."""
        subprocess.run(self._nginx, check=True)
        try:
            yield
        finally:
            subprocess.run([*self._nginx, "-s", "quit"], check=True)
            wait_until(lambda: not (self.root / "run/pid").exists())

    def reload(self) -> None:
        """Take what `site` wrote."""
        subprocess.run([*self._nginx, "-s", "reload"], check=True)

    def told(
        self, script: str, authority: Authority, *, at: datetime | None = None
    ) -> "subprocess.CompletedProcess[str]":
        """Give commands of the page; certbot has its folders and its authority from a file of settings."""
        opinions.program("certbot", package="certbot")
        settings = {
            "server": authority.directory,
            "config-dir": self.root / "etc/letsencrypt",
            "work-dir": self.root / "run/certbot",
            "logs-dir": self.root / "run/certbot",
            # What it would ask a person.
            "non-interactive": "true",
            "agree-tos": "true",
            "register-unsafely-without-email": "true",
        }
        lines = "".join(f"{name} = {value}\n" for name, value in settings.items())
        (self.root / "home/letsencrypt/cli.ini").write_text(lines)
        environment = {
            "PATH": f"{self.root}/bin:{os.environ['PATH']}",
            "XDG_CONFIG_HOME": str(self.root / "home"),
            "HOME": str(self.root),
        }
        environment |= {"REQUESTS_CA_BUNDLE": str(authority.believed), "TZ": "UTC"}
        if at:
            library = opinions.library(programs.libfaketime() or Path("libfaketime"), package="faketime")
            environment |= {
                "LD_PRELOAD": str(library),
                "FAKETIME": f"{at:@%Y-%m-%d %H:%M:%S}",
                "FAKETIME_DISABLE_SHM": "1",
            }
        script = self.here("\n".join(line for line in script.splitlines() if not line.startswith("apt-get")))
        return subprocess.run(
            ["sh", "-euc", script],
            env=environment,
            capture_output=True,
            text=True,
            timeout=LONGEST,
            check=False,
        )

    @property
    def certificate(self) -> x509.Certificate:
        """What nginx is told to serve with."""
        return x509.load_pem_x509_certificate((self.root / "etc/ssl/rukhsa/fullchain.pem").read_bytes())

    @property
    def reloads(self) -> int:
        """How often certbot had nginx read its files again."""
        told = self.root / "reloads"
        return told.stat().st_size if told.exists() else 0


def speaks_ipv6() -> bool:
    """Whether this machine has the address ::1."""
    with socket.socket(socket.AF_INET6) as line:
        try:
            line.bind(("::1", 0))
        except OSError:
            return False
    return True
