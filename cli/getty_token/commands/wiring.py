"""What commands do with `--store` before anything else."""

from getty_token.config import by_flag
from getty_token.errors import WrongUsage
from getty_token.setup import STORE, Setup, warn

__all__ = ["Setup", "refuse_password", "use_store", "warn"]


def use_store(address: str | None) -> None:
    """Make `--store` stand for this process and what it runs. Raises WrongUsage for an address with a password."""
    if address is not None:
        refuse_password(address)
        by_flag(STORE, address, "--store")


def refuse_password(address: str) -> None:
    """Raises WrongUsage if `address`, an argument, may hold a password."""
    if "@" in address:
        raise WrongUsage(
            "the address of that store may hold a password.",
            "Every user of this machine can read the arguments of a command.",
            f"Set {STORE} to it instead, or another variable and name that: env:NAME",
        )
