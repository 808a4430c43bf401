"""The site `shelf`: files of many types and odd names, and header rules in every written form."""

from collections.abc import Iterator

from fidelity.sent import SHELF, Sent

_ENDINGS = """
    txt md csv json jsonld xml rss svg css js mjs cjs map wasm png jpg jpeg gif webp avif ico pdf zip gz tar woff
    woff2 ttf otf eot mp3 mp4 webm ogg webmanifest yml yaml toml ts tsx jsx vtt ics bin unknownext html5 HTML TXT
    geojson atom xhtml log ini conf sh php wav m4a mov doc docx xls heic bmp tif apng jxl glb gltf none
""".split()


def requests() -> list[Sent]:
    """In the order in which they are made."""
    return [*_types(), *_names(), *_asked(), *_elsewhere()]


def _types() -> Iterator[Sent]:
    for ending in _ENDINGS:
        yield Sent(f"shelf type {ending}", SHELF, f"/type.{ending}")


def _names() -> Iterator[Sent]:
    for target in """
        / /? /index /index.htm /folder /folder/ /folder/index /folder/index.html /folder/none /both /both/ /both.html
        /both/inner.txt /both/inner /htm /htm/ /htm/index /old /old/ /old.htm /old.html /deep /deep/ /deep/er
        /deep/er/ /deep/er/index.html /with%20space /with%20space/ /with%20space/index.html /a.b /a.b/ /two.dots.here
        /two.dots /UPPER/Page /upper/page /UPPER/page /LICENSE /LICENSE/ /license /empty.txt /plus+sign.txt
        /plus%2Bsign.txt /plus%20sign.txt /per%25cent.txt /quo'te.txt /quo%27te.txt /semi;colon.txt /semi%3Bcolon.txt
        /amp&er.txt /amp%26er.txt /at@.txt /~tilde.txt /%7Etilde.txt /br[ack].txt /br%5Back%5D.txt /par(en).txt
        /par%28en%29.txt /com,ma.txt /eq=.txt /ex!.txt /do$llar.txt /space%20%20two.txt /%E6%97%A5%E6%9C%AC.txt
        /%E6%97%A5%E6%9C%AC /%E6%97%A5%E6%9C%AC/ /%e6%97%a5%e6%9c%ac.txt /dot. /dot /hash%23.txt /colon:x.txt
        /colon%3Ax.txt /.well-known/security.txt /.well-known /type.txt/ /type.txt// //type.txt /folder//index.html
        /folder/./index.html /./type.txt /folder/../type.txt /folder/%2e%2e/type.txt /type%2Etxt /typ%65.txt
        /type.txt?x=1 /type.txt?x=/../y /type /404 /404/ /404.html /missing/x /missing/x/ /missing.css /missing.html
        /missing.js /missing.json /folder%2Findex.html /%00 /x%00.txt /%0a /%FF /type.txt%20 /type.txt%00.html /con
        /moved /rewritten /to-space /api/hello /api/none /as-404 /.netlify/functions/hello
    """.split():
        yield Sent(f"shelf {target}", SHELF, target)
    yield Sent("shelf long name", SHELF, "/" + "x" * 300)
    yield Sent("shelf long path", SHELF, "/" + "x/" * 1000)
    yield Sent("shelf long query", SHELF, "/type.txt?" + "x" * 4000)


def _asked() -> Iterator[Sent]:
    for method in ("HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"):
        for target in ("/", "/type.txt", "/folder", "/missing", "/empty.txt", "/moved", "/rewritten", "/as-404"):
            yield Sent(f"shelf {method} {target}", SHELF, target, method=method)
    for value in (
        "bytes=0-3",
        "bytes=-3",
        "bytes=2-",
        "bytes=0-0",
        "bytes=100-",
        "bytes=5-1",
        "bytes=0-1,3-4",
        "bytes=x",
        "lines=0-1",
        "bytes=0-1000",
    ):
        yield Sent(f"shelf range {value}", SHELF, "/type.txt", headers=(("Range", value),))
    yield Sent("shelf range HEAD", SHELF, "/type.txt", method="HEAD", headers=(("Range", "bytes=0-3"),))
    yield Sent("shelf range rewritten", SHELF, "/rewritten", headers=(("Range", "bytes=0-3"),))
    yield Sent("shelf range missing", SHELF, "/missing", headers=(("Range", "bytes=0-3"),))
    good = 'W/"6-eUIsVT8lF3xVGGM6rGHyl6s2K5k"'
    for value in ("*", '"x"', good, good[2:], f'"x", {good}', "x", ""):
        yield Sent(f"shelf if-none-match {value}", SHELF, "/type.txt", headers=(("If-None-Match", value),))
    for name in ("If-Match", "If-Range"):
        yield Sent(f"shelf {name}", SHELF, "/type.txt", headers=((name, '"x"'), ("Range", "bytes=0-3")))
    for value in ("Wed, 21 Oct 2065 07:28:00 GMT", "Wed, 21 Oct 2015 07:28:00 GMT", "yesterday"):
        yield Sent(f"shelf if-modified-since {value}", SHELF, "/type.txt", headers=(("If-Modified-Since", value),))
        yield Sent(f"shelf if-unmodified-since {value}", SHELF, "/type.txt", headers=(("If-Unmodified-Since", value),))
    for value in ("gzip", "br", "gzip, br", "identity;q=0", "*"):
        yield Sent(f"shelf accept-encoding {value}", SHELF, "/type.js", headers=(("Accept-Encoding", value),))
    yield Sent("shelf accept", SHELF, "/type.js", headers=(("Accept", "image/png"),))
    yield Sent(
        "shelf cache-control", SHELF, "/type.txt", headers=(("Cache-Control", "no-cache"), ("If-None-Match", "*"))
    )
    yield Sent("shelf origin", SHELF, "/type.txt", headers=(("Origin", "http://localhost:8000"),))


def _elsewhere() -> Iterator[Sent]:
    for target in ("/.netlify/functions/hello", "/.netlify/functions/none", "/.netlify/functions/context"):
        yield Sent(f"shelf function {target}", SHELF, target)
