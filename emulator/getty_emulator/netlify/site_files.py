"""The files in which a site keeps its rules: where they may be, and what to do with lines that are none."""

from collections.abc import Iterable, Iterator
from typing import TypeVar

from getty_emulator.netlify.settings import Finding, Settings

Value = TypeVar("Value")


def texts(settings: Settings, file: str, findings: list[Finding]) -> Iterator[tuple[str, str]]:
    """The name and the text of each `file` there is: the site's folder first, then the publish folder."""
    for folder in dict.fromkeys((settings.folder, settings.publish)):
        path = folder / file
        name = path.relative_to(settings.folder).as_posix() if path.is_relative_to(settings.folder) else str(path)
        try:
            if path.is_file():
                yield name, path.read_bytes().decode(errors="replace").removeprefix("\ufeff")
        except OSError as error:
            findings.append(Finding(name, 0, f"cannot be read: {error.strerror}"))


def apart(found: Iterable[Value | Finding], kind: type[Value]) -> tuple[list[Value], list[Finding]]:
    """The values, and the findings that stand in the place of some."""
    values: list[Value] = []
    findings: list[Finding] = []
    for each in found:
        if isinstance(each, kind):
            values.append(each)
        elif isinstance(each, Finding):
            findings.append(each)
    return values, findings
