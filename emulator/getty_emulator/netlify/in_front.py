"""The site's own server, such as `gatsby develop`, that answers what no function and no rule does."""

from dataclasses import replace
from pathlib import Path

from getty_emulator.exchange import Answer, Incoming, Streamed, problem
from getty_emulator.netlify.elsewhere import Elsewhere, passed_on
from getty_emulator.netlify.published import Published
from getty_emulator.netlify.web_urls import Address, address
from getty_token.errors import WrongUsage
from getty_token.loopback import is_loopback

ORIGIN = "site"


def site_address(text: str) -> Address:
    """The address that `--site` names. Raises WrongUsage for one that is not on this machine."""
    mend = "Write it like http://127.0.0.1:8000."
    try:
        found = address(text if "://" in text else f"http://{text}")
    except ValueError as error:
        raise WrongUsage(f"--site {text} is no address ({error}).", mend=mend) from None
    name = found.host.removeprefix("[").partition("]")[0] if "[" in found.host else found.host.partition(":")[0]
    if not found.host or not is_loopback(name):
        why = "What stands behind us sees every cookie of localhost."
        raise WrongUsage(f"--site {text} is not on this machine.", why, mend)
    if found.scheme != "http" or found.path != "/" or found.query:
        raise WrongUsage(f"--site {text} is more than a server.", "It takes http, a host and a port.", mend)
    return found


class InFront:
    """
    The server at `site`. Files of the publish folder stand in the way of rules, as in `netlify dev`, but it is the
    server that is asked for them.
    """

    def __init__(self, site: Address, elsewhere: Elsewhere, publish: Path) -> None:
        self._site = site
        self._elsewhere = elsewhere
        self._files = Published(publish) if publish.is_dir() else None

    @property
    def is_server(self) -> bool:
        """Whether there is a server behind it, and not a folder."""
        return True

    def located(self, path: str) -> str | None:
        """The address of the published file that `path` (decoded) means."""
        return self._files.located(path) if self._files else None

    def not_found_page(self) -> bytes:
        """What stands in a published 404.html, or the words in its place."""
        return self._files.not_found_page() if self._files else b"Not Found"

    async def serve(self, incoming: Incoming, path: str, status: int | None) -> tuple[Answer | Streamed, str]:
        """What the server answers for `path` (percent-encoded) and the query, and the path for header rules."""
        import httpx

        target = f"{path}?{incoming.query}" if incoming.query else path
        fields = [field for field in passed_on(incoming.fields) if field[0] != b"x-forwarded-for"]
        host = incoming.headers().get("host", self._site.host)
        fields = [(b"host", host.encode("latin-1")), (b"x-forwarded-for", b"::ffff:127.0.0.1"), *fields]
        try:
            answer = await self._elsewhere.sent(incoming, f"{self._site.origin}{target}", fields, ORIGIN)
        except httpx.HTTPError as error:
            detail = (
                f"The site at {self._site.origin} does not answer ({type(error).__name__}). Start it, then try again."
            )
            return problem(502, "Site is down", detail), path
        return (replace(answer, status=status) if status else answer), path
