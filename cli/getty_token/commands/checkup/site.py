"""The site's folder: its functions, its proxy, its variables, and secrets that have got out."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

from getty_emulator.netlify import project
from getty_emulator.netlify.functions import BUILT_IN
from getty_emulator.netlify.paths import NAME
from getty_token.commands.checkup.check import FAIL, OK, WARN, Check
from getty_token.commands.leaks.search import Search
from getty_token.commands.site import proxy
from getty_token.commands.site.files import GIT, PROXY, SiteFiles, text
from getty_token.config import DOTENV_FILES
from getty_token.errors import GettyTokenError, WrongUsage

BUILT = ("public", "dist", "build")
"""Where a built site is."""
_PORT = re.compile(r"https?://(localhost|127\.0\.0\.1|\[::1\]):(\d+)")


def settings(site: SiteFiles) -> Iterator[Check]:
    """Whether getty-token.toml makes sense."""
    if not (site.folder / project.FILE).exists():
        yield Check("settings", OK, f"no {project.FILE}; all defaults")
        return
    try:
        found = project.load(site.folder)
    except WrongUsage as error:
        yield Check("settings", FAIL, f"{error.what} {error.why}", error.mend)
    else:
        many = len(found.functions)
        yield Check("settings", OK, f"{project.FILE}: {many} function{'s' * (many != 1)}, port {found.port}")


def functions(site: SiteFiles) -> Iterator[Check]:
    """Whether Netlify would find every function in the site's folder of them."""
    if not site.functions.is_dir():
        if site.netlify_toml:
            name = _relative(site.functions, site.folder)
            yield Check("functions", OK, f"no folder {name}; `serve` has its own")
        return
    names = sorted(
        {each.stem if each.is_file() else each.name for each in site.functions.iterdir() if each.name[0] not in "._"}
    )
    odd = [name for name in names if not NAME.fullmatch(name)]
    where = _relative(site.functions, site.folder)
    if odd:
        wrong = f"{where}/{odd[0]}: Netlify takes letters, digits, hyphens and underscores only."
        yield Check("functions", WARN, wrong, f"Give {where}/{odd[0]} another name.")
    elif BUILT_IN in names:
        yield Check(
            "functions", WARN, f"{where}/{BUILT_IN} has the name of the built-in function", "Give it another name."
        )
    else:
        yield Check("functions", OK, f"{where}: {', '.join(names) or 'empty'}")


def gatsby(site: SiteFiles, port: int) -> Iterator[Check]:
    """The ways in which a gatsby-config that proxies does not do what it looks like."""
    if site.gatsby_config is None:
        return
    name = site.gatsby_config.name
    code = proxy.without_comments(text(site.gatsby_config))
    if not proxy.has_proxy(code):
        yield Check("gatsby", WARN, f"{name} passes no functions on to `serve`", "getty-token init")
        return
    found = list(_traps(site, name, code, port))
    yield from found or [Check("gatsby", OK, f"{name} passes functions on")]


def _traps(site: SiteFiles, name: str, code: str, port: int) -> Iterator[Check]:
    middleware = "developMiddleware" in code
    if not middleware:
        yield Check(
            "gatsby",
            WARN,
            f"`proxy` in {name} turns every answer that is no success into a bare 500: the page never learns why.",
            f"Take `proxy` out of {name}, then run `getty-token init`.",
        )
    for host, number in dict.fromkeys(_PORT.findall(code)):
        if host == "localhost":
            wrong = f"localhost in {name} may mean ::1 to Node 18 and newer, and nothing else"
            yield Check("gatsby", WARN, wrong, f"Write http://127.0.0.1:{number} in {name}.")
        if int(number) != port and proxy.ADDRESS not in code:
            wrong = f"{name} asks port {number}; `serve` listens on {port}"
            yield Check("gatsby", FAIL, wrong, f"getty-token config set serve.port {number}")
    if middleware and PROXY in code:
        if site.package_version(PROXY) is None:
            wrong = f"{name} needs {PROXY}, which package.json does not list"
            yield Check("gatsby", FAIL, wrong, f"npm install --save-dev {PROXY}")
        elif site.old_proxy and "pathFilter" in code:
            wrong = f"{PROXY} {site.package_version(PROXY)} knows no pathFilter: it passes every page on"
            yield Check("gatsby", FAIL, wrong, f"npm install --save-dev {PROXY}@3")


def variables(site: SiteFiles, secrets: Search | None) -> Iterator[Check]:
    """Whether a file of variables gives a secret to the browser, or to the repository."""
    wrong = False
    for name in (*DOTENV_FILES, ".env.production"):
        path = site.folder / name
        content = text(path)
        for line in content.splitlines():
            variable = line.partition("=")[0].strip().removeprefix("export ").strip()
            # Gatsby compiles every variable of this name into the page.
            if variable.startswith("GATSBY_") and (_names_a_secret(variable) or _holds_one(line, secrets)):
                wrong = True
                yield Check(
                    "variables", FAIL, f"{variable} in {name} goes into the page", f"Give it another name in {name}."
                )
        if re.search(r"^\s*(?:export\s+)?GETTY_API_SECRET\s*=\s*\S", content, re.MULTILINE) and _tracked(path):
            wrong = True
            yield Check("variables", FAIL, f"{name} holds your secret and is in Git", f"git rm --cached {name}")
    if not wrong:
        yield Check("variables", OK, "no secret where Gatsby would publish it")


def leaks(site: SiteFiles, secrets: dict[str, str], cassettes: str) -> Iterator[Check]:
    """Whether key, secret or token are in the built site or in recordings."""
    from getty_token.commands.leaks import report

    places = [site.folder / name for name in (*BUILT, cassettes) if (site.folder / name).is_dir()]
    names = ", ".join(_relative(place, site.folder) for place in places)
    if not places:
        yield Check("leaks", OK, "no built site, no recordings")
        return
    try:
        found = report.scan(secrets, places, None)
    except GettyTokenError as error:
        yield Check("leaks", WARN, error.sentence)
        return
    if found.finds:
        place, find = found.finds[0]
        where = f"{_relative(Path(place), site.folder)}:{find.line}"
        more = f" and {len(found.finds) - 1} more" if len(found.finds) > 1 else ""
        yield Check("leaks", FAIL, f"{find.secret} in {where}{more}", f"getty-token scan {names.replace(', ', ' ')}")
    else:
        yield Check("leaks", OK, f"{found.searched} files of {names} hold no secret")


def _names_a_secret(variable: str) -> bool:
    return "GETTY" in variable and any(word in variable for word in ("SECRET", "API_KEY", "TOKEN"))


def _holds_one(line: str, secrets: Search | None) -> bool:
    return secrets is not None and any(True for _ in secrets.finds(line.encode(), depth=0))


def _tracked(path: Path) -> bool:
    command = [*GIT, "-C", str(path.parent), "ls-files", "--error-unmatch", path.name]
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0  # noqa: S603
    except OSError:
        return False


def _relative(path: Path, folder: Path) -> str:
    return path.relative_to(folder).as_posix() if path.is_relative_to(folder) else str(path)
