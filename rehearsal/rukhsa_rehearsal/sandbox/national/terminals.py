"""The merchants that the gateway knows; the keys are those of the sandbox and open nothing else."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Terminal:
    """A merchant's terminal: its tranportal id, password and resource key (32 characters)."""

    id: str
    password: str
    key: str
    name: str


PASSWORD = "sandbox-password"  # noqa: S105 - opens nothing but the sandbox
MUNICIPALITIES = Terminal(
    id="10000001",
    password=PASSWORD,
    key="0123456789ABCDEF0123456789ABCDEF",
    name="شؤون البلديات · Municipalities",
)
ANOTHER_MERCHANT = Terminal(
    id="10009999",
    password=PASSWORD,
    key="FEDCBA9876543210FEDCBA9876543210",
    name="متجر آخر · Another merchant",
)
TERMINALS = {terminal.id: terminal for terminal in (MUNICIPALITIES, ANOTHER_MERCHANT)}
