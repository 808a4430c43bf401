"""Which Content-Type a published file has, by its ending: as netlify-cli's file server says it."""

import mimetypes
import re

_UNKNOWN = "application/octet-stream"
_TEXT = re.compile(r"text/|application/(javascript|json)\Z")

_BESIDE_PYTHONS = """
application/atom+xml atom
application/dash+xml mpd
application/epub+zip epub
application/geo+json geojson
application/gpx+xml gpx
application/gzip gz
application/java-archive jar
application/javascript js mjs
application/json map
application/json5 json5
application/ld+json jsonld
application/manifest+json webmanifest
application/node cjs
application/octet-stream tgz py
application/rss+xml rss
application/toml toml
application/vnd.android.package-archive apk
application/vnd.google-earth.kml+xml kml
application/vnd.google-earth.kmz kmz
application/vnd.ms-fontobject eot
application/vnd.oasis.opendocument.presentation odp
application/vnd.oasis.opendocument.spreadsheet ods
application/vnd.oasis.opendocument.text odt
application/vnd.openxmlformats-officedocument.presentationml.presentation pptx
application/vnd.openxmlformats-officedocument.spreadsheetml.sheet xlsx
application/vnd.openxmlformats-officedocument.wordprocessingml.document docx
application/vnd.rar rar
application/wasm wasm
application/x-7z-compressed 7z
application/x-bzip2 bz2
application/x-httpd-php php
application/x-sql sql
application/x-subrip srt
application/x-xz xz
application/xhtml+xml xhtml
application/xml xml
application/xslt+xml xslt
audio/mp4 m4a
audio/ogg ogg oga opus
audio/wav wav
audio/webm weba
audio/x-aac aac
audio/x-flac flac
font/collection ttc
font/otf otf
font/ttf ttf
font/woff woff
font/woff2 woff2
image/apng apng
image/avif avif
image/vnd.adobe.photoshop psd
image/vnd.microsoft.icon ico
image/webp webp
model/gltf+json gltf
model/gltf-binary glb
model/obj obj
model/stl stl
text/cache-manifest manifest appcache
text/calendar ics
text/coffeescript coffee
text/html shtml
text/jsx jsx
text/less less
text/markdown markdown md
text/mdx mdx
text/plain text ini conf log list
text/stylus styl
text/x-handlebars-template hbs
text/x-sass sass
text/x-scss scss
text/yaml yml yaml
video/3gpp 3gp
video/mp2t ts
video/mp4 mp4
video/ogg ogv
video/webm webm
video/x-flv flv
video/x-m4v m4v
video/x-matroska mkv
video/x-ms-wmv wmv
"""
"""What Python does not know, or knows by another name, in the format of mime.types."""

_TYPES = dict(mimetypes.MimeTypes(filenames=()).types_map[True])
for _line in _BESIDE_PYTHONS.split("\n"):
    _type, *_endings = _line.split() or [""]
    _TYPES |= {f".{ending}": _type for ending in _endings}


def content_type(suffix: str) -> str:
    """The Content-Type for files that end in `suffix`, such as `.html`."""
    kind = _TYPES.get(suffix.lower(), _UNKNOWN)
    return f"{kind}; charset=utf-8" if _TEXT.match(kind) else kind
