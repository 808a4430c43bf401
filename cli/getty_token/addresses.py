"""Which Getty we talk to. An address says where a secret goes, so not everybody may choose it, nor any address."""

from typing import NamedTuple

from getty_token.config import SECRET_VARIABLES, Environment, Setting
from getty_token.errors import WrongUsage
from getty_token.loopback import is_loopback

API_URL = "https://api.gettyimages.com"
AUTH_URL = "https://authentication.gettyimages.com"
TOKEN_PATH = "/oauth2/token"  # noqa: S105 - a path, no password


class Addresses(NamedTuple):
    """Which Getty we talk to."""

    api_url: Setting
    auth_url: Setting

    @property
    def token_url(self) -> str:
        """The token endpoint."""
        return self.auth_url.value + TOKEN_PATH


def addresses(environment: Environment) -> Addresses:
    """
    The hosts of Getty, or those that GETTY_API_URL and GETTY_AUTH_URL name.

    Raises WrongUsage for an address that would send a secret in the clear.
    """
    return Addresses(
        _address(environment, "GETTY_API_URL", API_URL),
        _address(environment, "GETTY_AUTH_URL", AUTH_URL),
    )


def _address(environment: Environment, name: str, default: str) -> Setting:
    setting = trusted(environment, name)
    if setting is None:
        return Setting(default, "default")
    from urllib.parse import urlsplit  # here: `status` does not pay for it

    url = setting.value.rstrip("/")
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018 - raises for a port that is no number
    except ValueError:
        raise WrongUsage(f"{setting.origin} is not an address.", mend="Write it like https://host.") from None
    host = parts.hostname or ""
    more = parts.query or parts.fragment or "@" in parts.netloc or parts.path
    if not _is_name(host) or not url.isprintable() or more or parts.scheme not in ("http", "https"):
        raise WrongUsage(
            f"{setting.origin} is not the address of a server: {_without_userinfo(url)}",
            "It has to be http:// or https://, a host, perhaps a port, and nothing else.",
            f"The default is {default}.",
        )
    if parts.scheme == "http" and not is_loopback(host):
        raise WrongUsage(
            f"{setting.origin} is {url}: the API secret would cross the network in the clear.",
            "Plain http is for servers on this machine only.",
            f"Write https://{parts.netloc}.",
        )
    return Setting(url, setting.origin, setting.file)


def trusted(environment: Environment, name: str) -> Setting | None:
    """
    The setting called `name`, which says where a secret goes.

    Raises WrongUsage if it comes from a `.env` in which key and secret do not stand: somebody else's folder must not
    send yours to a place of its own.
    """
    setting = environment.get(name)
    if setting and setting.file:
        pair = [environment.get(secret) for secret in SECRET_VARIABLES]
        if not all(each and each.file == setting.file for each in pair):
            raise WrongUsage(
                f"{setting.origin} is not followed, for it says where your secrets go.",
                "API key and secret do not both come from that file.",
                f"If you mean it, set {name} in the environment, or put GETTY_API_KEY and GETTY_API_SECRET beside it.",
            )
    return setting


def _is_name(host: str) -> bool:
    """Whether `host` is something that can be looked up at all: Python's resolver raises UnicodeError for the rest."""
    return " " not in host and all(0 < len(label) < 64 for label in host.removesuffix(".").split("."))


def _without_userinfo(url: str) -> str:
    return url.rpartition("@")[2]
