"""What a site is beside its functions: rules, published files, and the server that runs it in development."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from getty_emulator.events import Listener, Warned
from getty_emulator.exchange import Answer, Incoming, Streamed
from getty_emulator.netlify.book import Book
from getty_emulator.netlify.decisions import Visitor
from getty_emulator.netlify.elsewhere import Elsewhere
from getty_emulator.netlify.in_front import InFront, site_address
from getty_emulator.netlify.published import Published
from getty_emulator.netlify.site import Site
from getty_emulator.netlify.tunnels import Tunnels
from getty_emulator.netlify.whole_site import Pages
from getty_emulator.netlify.whole_site import WholeSite as Answering
from getty_emulator.watch import Watch
from getty_token.commands.serving.options import Options
from getty_token.errors import WrongUsage


@dataclass(frozen=True, slots=True)
class WholeSite:
    """What answers, a line or two for the terminal, and what lets go of connections. `behind` is the site's server."""

    answer: Callable[[Incoming], Awaitable[Answer | Streamed]]
    banner: list[str]
    close: Callable[[], Awaitable[None]]
    sockets: Tunnels | None = None


def whole_site(
    functions: Site, folder: Path, options: Options, hosts: tuple[str, ...], watch: Watch, listener: Listener
) -> WholeSite:
    """
    The site in `folder` around its `functions`. `hosts` may be reached by rules; `watch` looks through what comes back.

    Raises WrongUsage if its files or the flags cannot be used.
    """
    if options.static and options.site:
        raise WrongUsage("--static and --site exclude each other.", mend="Name one of them.")
    behind = site_address(options.site) if options.site else None
    book = Book(folder, lambda text: listener(Warned(text)))
    rules, elsewhere = book.rules, Elsewhere(hosts)
    for finding in rules.findings:
        listener(Warned(str(finding)))
    publish = rules.settings.publish
    pages: Pages | None = None
    banner = []
    if options.static:
        if not publish.is_dir():
            mend = "Build the site, or name the folder under [build] publish in netlify.toml."
            raise WrongUsage(f"there is no folder {publish} to serve.", mend=mend)
        pages = Published(publish, is_site=publish.resolve() == folder.resolve())
        banner.append(f"files: those of {publish}")
    elif behind:
        pages = InFront(behind, elsewhere, publish)
        banner.append(f"site: {behind.origin} answers everything else")
    if rules.redirects.rules:
        banner.append(f"rules: {len(rules.redirects.rules)}; `getty-token routes` prints them")
    answering = Answering(functions, book, elsewhere, pages, Visitor(options.country.lower()), watch)
    sockets = Tunnels(behind, watch, listener) if behind else None
    return WholeSite(answering.answer, banner, elsewhere.close, sockets)
