"""A file written whole or not at all: who reads it meanwhile sees the old one."""

import os
from contextlib import suppress
from pathlib import Path

from getty_token.errors import GettyTokenError


def write_whole(path: Path, text: str, private: bool = False) -> None:
    """
    Put `text` into `path`; a file that is there keeps its mode, a link stays a link. `private`: a new one, and a new
    folder, are for their owner alone.

    Raises GettyTokenError if it cannot be written; then it is as it was.
    """
    target = path.resolve()
    temporary = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    mode = 0o600 if private else 0o644
    try:
        with suppress(FileNotFoundError):
            mode = target.stat().st_mode & 0o777
        target.parent.mkdir(0o700 if private else 0o777, parents=True, exist_ok=True)
        descriptor = os.open(temporary, os.O_CREAT | os.O_WRONLY | os.O_EXCL | os.O_NOFOLLOW, mode)
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            os.replace(temporary, target)
        finally:
            temporary.unlink(missing_ok=True)
    except OSError as error:
        raise GettyTokenError(
            f"cannot write {path}.", f"{error.strerror}.", "It is as it was; mend that folder and try again."
        ) from None
