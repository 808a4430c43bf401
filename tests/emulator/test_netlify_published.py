"""Which file of the publish folder an address means, and which are never shown."""

import asyncio
from pathlib import Path

import pytest

from getty_emulator.exchange import Answer, Incoming
from getty_emulator.netlify.in_front import site_address
from getty_emulator.netlify.published import Published
from getty_token.errors import WrongUsage

SITE = {
    "index.html": "home",
    "both.html": "file",
    "both/index.html": "folder",
    "only/index.htm": "folder",
    "a b.txt": "spaced",
    "style.css": "css",
    "style.css.html": "no page",
    "noending": "bytes",
    ".well-known/x": "known",
}


def published(folder: Path, files: dict[str, str], is_site: bool = False) -> Published:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return Published(folder, is_site)


def served(pages: Published, path: str, method: str = "GET") -> Answer:
    answer, _ = asyncio.run(pages.serve(Incoming(method, path, "", [], b""), path, None))
    return answer


@pytest.mark.parametrize(
    ("path", "body", "kind"),
    [
        ("/", b"home", b"text/html; charset=utf-8"),
        ("/both", b"folder", b"text/html; charset=utf-8"),
        ("/both/", b"folder", b"text/html; charset=utf-8"),
        ("/both//index.html", b"folder", b"text/html; charset=utf-8"),
        ("/only", b"folder", b"text/html; charset=utf-8"),
        ("/a%20b.txt", b"spaced", b"text/plain; charset=utf-8"),
        ("/style.css", b"css", b"text/css; charset=utf-8"),
        ("/noending", b"bytes", b"application/octet-stream"),
        ("/.well-known/x", b"known", b"application/octet-stream"),
    ],
)
def test_an_address_means_the_file_that_netlify_would_send(tmp_path: Path, path: str, body: bytes, kind: bytes) -> None:
    answer = served(published(tmp_path, SITE), path)

    assert (answer.status, answer.body, dict(answer.headers)[b"content-type"]) == (200, body, kind)


@pytest.mark.parametrize("path", ["/Both", "/both.html/", "/both%2findex.html", "/only/..", "/none.css"])
def test_what_means_no_file_is_not_found(tmp_path: Path, path: str) -> None:
    assert served(published(tmp_path, SITE), path).status == 404


def test_a_rule_finds_a_file_in_its_way_under_all_its_names(tmp_path: Path) -> None:
    pages = published(tmp_path, SITE)

    assert [pages.located(path) for path in ("/both", "/both/", "/both.html/", "/only", "/x", "/")] == [
        "/both.html",
        "/both.html",
        "/both.html",
        "/only/index.htm",
        None,
        "/index.html",
    ]


def test_only_get_and_head_read_files(tmp_path: Path) -> None:
    assert served(published(tmp_path, SITE), "/both", "DELETE").status == 405


SOURCES = [
    "netlify.toml",
    "getty-token.toml",
    "package.json",
    "package-lock.json",
    "yarn.lock",
    "tsconfig.json",
    "gatsby-config.mjs",
    "gatsby-node.js",
    "vite.config.js",
    "node_modules/x/index.js",
    "netlify/functions/x.js",
    "src/page.tsx",
    "getty-cassettes/x.yaml",
    "server.key",
]


@pytest.mark.parametrize("name", SOURCES)
def test_where_the_site_itself_is_published_what_it_is_made_of_is_not(tmp_path: Path, name: str) -> None:
    pages = published(tmp_path, {name: "source", "app.js": "page", "data.json": "{}"}, is_site=True)

    assert served(pages, f"/{name}").status == 404
    assert served(pages, "/app.js").status == served(pages, "/data.json").status == 200


@pytest.mark.parametrize("name", [".env", ".git/config", "_redirects", "_headers", "a/.env.local"])
def test_dotfiles_and_rules_are_never_shown(tmp_path: Path, name: str) -> None:
    pages = published(tmp_path, {name: "test-secret"})

    assert served(pages, f"/{name}").status == 404
    assert pages.located(f"/{name}") is None


def test_a_link_out_of_the_folder_is_not_followed_one_inside_is(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("test-secret")
    pages = published(tmp_path / "public", {"real.txt": "seen"})
    (tmp_path / "public" / "out.txt").symlink_to(tmp_path / "secret.txt")
    (tmp_path / "public" / "up").symlink_to(tmp_path)
    (tmp_path / "public" / "in.txt").symlink_to(tmp_path / "public" / "real.txt")

    assert [served(pages, path).status for path in ("/out.txt", "/up/secret.txt", "/in.txt")] == [404, 404, 200]


@pytest.mark.parametrize(
    ("text", "origin"),
    [
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
        ("localhost:8000", "http://localhost:8000"),
        ("http://[::1]:8000/", "http://[::1]:8000"),
        ("http://site.localhost", "http://site.localhost"),
    ],
)
def test_a_site_behind_us_is_on_this_machine(text: str, origin: str) -> None:
    assert site_address(text).origin == origin


@pytest.mark.parametrize(
    "text",
    "http://example.com:8000 http://127.0.0.1.evil.test https://localhost localhost/path :: http:// file:///etc/passwd "
    "http://localhost:99999 http://localhost@evil.test".split(" "),
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(WrongUsage, match="--site"):
        site_address(text)
