"""diskcache without pickle."""

from typing import Any, NoReturn

import diskcache
from diskcache.core import MODE_RAW

from getty_token.errors import StoreError


class TextOnly(diskcache.Disk):  # type: ignore[misc]  # diskcache has no types
    """
    Text in, text out, in the database row itself.

    Reading a store must never run code (CVE-2025-69872), and diskcache's JSONDisk still unpickles a row that somebody
    planted: so every way in which diskcache would call pickle, or open or remove a file that a row names, ends here.
    """

    def put(self, key: Any) -> tuple[str, bool]:
        if not isinstance(key, str):
            self._refuse()
        return key, True

    def get(self, key: Any, raw: bool) -> str:
        if not raw or not isinstance(key, str):
            self._refuse()
        return str(key)

    def store(self, value: Any, read: bool, key: Any = None) -> tuple[int, int, None, str]:
        if read or not isinstance(value, str):
            self._refuse()
        return 0, MODE_RAW, None, value

    def fetch(self, mode: int, filename: Any, value: Any, read: bool) -> str | None:
        """The text; None for a pickle or a file, which are left alone."""
        return value if mode == MODE_RAW and isinstance(value, str) else None

    def remove(self, file_path: Any) -> None:
        """Nothing: no row of ours has a file, and one that names a file could name anybody's."""

    def _refuse(self) -> NoReturn:
        raise StoreError("the token store holds something that is not text.", mend="Run `getty-token clear`.")
