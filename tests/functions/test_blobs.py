"""The blobs on disk and the server for them, without Node: what is refused, what is kept, what others find."""

import asyncio
import json
import stat
from pathlib import Path

import pytest

from getty_emulator.exchange import Answer, Incoming
from getty_emulator.netlify.javascript.blobs import BlobStore
from getty_emulator.netlify.javascript.blobs_server import BlobsServer
from getty_token.errors import WrongUsage
from getty_token.stores.local_blobs import local_blobs, named


def ask(server: BlobsServer, method: str, target: str, body: bytes = b"", **fields: str) -> Answer:
    """The server's answer to whoever knows its token, unless `authorization` is given."""
    path, _, query = target.partition("?")
    sent = {"authorization": f"Bearer {server._token}", **{name.replace("_", "-"): v for name, v in fields.items()}}
    pairs = [(name.encode(), value.encode()) for name, value in sent.items()]
    return asyncio.run(server.answer(Incoming(method, path, query, pairs, body)))


@pytest.fixture
def server(tmp_path: Path) -> BlobsServer:
    return BlobsServer(tmp_path / "blobs", "unlinked")


def test_a_blob_is_written_on_a_condition_and_read_with_its_etag(server: BlobsServer) -> None:
    first = ask(server, "PUT", "/unlinked/site:s/a/b", b"1", if_none_match="*")
    etag = dict(first.headers)[b"etag"].decode()

    assert ask(server, "PUT", "/unlinked/site:s/a/b", b"2", if_none_match="*").status == 412
    assert ask(server, "PUT", "/unlinked/site:s/a/b", b"3", if_match='"other"').status == 412
    assert ask(server, "PUT", "/unlinked/site:s/none", b"3", if_match=etag).status == 412
    read = ask(server, "GET", "/unlinked/site:s/a/b")
    assert (read.body, dict(read.headers)[b"etag"].decode()) == (b"1", etag)
    assert ask(server, "GET", "/unlinked/site:s/a/b", if_none_match=etag).status == 304
    assert ask(server, "PUT", "/unlinked/site:s/a/b", b"4", if_match=etag).status == 200


@pytest.mark.parametrize("authorization", ["", "Bearer wrong", "Basic abc"])
def test_nobody_without_the_runs_token_reads_or_writes(server: BlobsServer, authorization: str) -> None:
    ask(server, "PUT", "/unlinked/site:s/a", b"1")

    for method in ("GET", "PUT", "DELETE", "HEAD"):
        for target in ("/unlinked/site:s/a", "/api/v1/blobs/unlinked/site:s/a", "/unlinked/site:s/a?signature=x"):
            assert ask(server, method, target, authorization=authorization).status == 403


def test_a_signed_address_is_good_for_its_blob_only(server: BlobsServer) -> None:
    fields = {"accept": "application/json;type=signed-url"}
    signed = json.loads(ask(server, "PUT", "/api/v1/blobs/unlinked/site:s/a", **fields).body)["url"]

    assert ask(server, "PUT", signed, b"1", authorization="").status == 200
    assert ask(server, "GET", signed, authorization="").body == b"1"
    assert ask(server, "GET", signed.replace("/a?", "/b?"), authorization="").status == 403


@pytest.mark.parametrize("key", ["../../x", "..%2F..%2Fx", "%00", ".lock", "ž", "a" * 600])
def test_a_key_is_never_a_path(server: BlobsServer, tmp_path: Path, key: str) -> None:
    target = f"/unlinked/site:s/{key}".encode().decode("latin-1")

    assert ask(server, "PUT", target, b"1").status == 200
    assert ask(server, "GET", target).body == b"1"

    outside = [path for path in tmp_path.rglob("*") if path.is_file() and tmp_path / "blobs" not in path.parents]
    assert outside == []


@pytest.mark.parametrize("target", ["/", "/unlinked/site:s/" + "a" * 601, "/unlinked/" + "s" * 70 + "/a"])
def test_what_netlify_takes_no_blob_for_is_refused(server: BlobsServer, target: str) -> None:
    assert ask(server, "PUT", target, b"1").status in (400, 405)


def test_what_is_kept_is_this_persons_only(server: BlobsServer, tmp_path: Path) -> None:
    ask(server, "PUT", "/unlinked/site:s/a", b"1", x_amz_meta_user="b64;e30=")

    kept = [tmp_path / "blobs", *(tmp_path / "blobs").rglob("*")]
    assert {(path.is_dir(), stat.S_IMODE(path.stat().st_mode)) for path in kept} == {(True, 0o700), (False, 0o600)}


def test_a_damaged_file_is_no_blob(tmp_path: Path) -> None:
    store = BlobStore(tmp_path)
    store.put("s", "t", "a", b"1", "")
    file = next(tmp_path.rglob("*.blob"))

    for content in (b"", b"{", b"[]\nx", b"{}\nx"):
        file.write_bytes(content)
        assert store.get("s", "t", "a") is None
        assert store.listed("s", "t", "", False) == ([], [])


def test_no_store_of_this_machine_is_named_where_serve_does_not_run(tmp_path: Path) -> None:
    run = local_blobs(tmp_path, tmp_path) / "run.json"
    run.parent.mkdir(parents=True)
    gone = {"address": "http://127.0.0.1:1", "token": "t", "site": "unlinked", "process": 2**22 + 1}
    elsewhere = {"address": "http://example.com:1", "token": "t", "site": "unlinked", "process": 1}

    for content in ("", "[]", "{}", json.dumps(gone), json.dumps(elsewhere)):
        run.write_text(content)
        with pytest.raises(WrongUsage, match="no Netlify Blobs of this machine"):
            named("netlify-blobs://local/s", tmp_path, tmp_path)
