"""The folder or object store where batches and results travel: names to bytes, whole or not at all."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import TYPE_CHECKING

from corpus.errors import SettingsError, StepError

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem


class Place:
    """A folder, or whatever else `fsspec` knows by a URL such as `s3://bucket/folder`.

    A file is there whole or not: a folder gets it by atomic rename, an object store by one upload. Raises
    SettingsError where the URL cannot be used, StepError where the store does not answer as it should.
    """

    def __init__(self, url: str) -> None:
        from fsspec.core import url_to_fs

        try:
            self._files: AbstractFileSystem
            self._files, self._root = url_to_fs(url)
            self._local = "file" in _protocols(self._files)
            if self._local:
                Path(self._root).mkdir(mode=0o700, parents=True, exist_ok=True)
        except (ImportError, ValueError, OSError) as error:
            raise SettingsError(f"setting exchange = {url!r} cannot be used: {error}") from error
        self.url = url

    def __contains__(self, name: str) -> bool:
        """Tell whether `name` is there: asked of the store itself, not of a listing that it remembers."""
        return self._size(name) is not None

    def put(self, name: str, data: bytes) -> None:
        """Store `data` under `name`, in the place of what was there."""
        try:
            if self._local:
                self._put_locally(Path(self._root) / name, data)
            else:
                self._files.pipe_file(f"{self._root}/{name}", data)
        except OSError as error:
            raise StepError(f"{name} cannot be written to {self.url}: {error}") from error

    def get(self, name: str, most: int) -> bytes | None:
        """Return what `name` holds; None where it is not there, or longer than `most` bytes."""
        size = self._size(name)
        if size is None or size > most:
            return None
        try:
            return bytes(self._files.cat_file(f"{self._root}/{name}"))
        except FileNotFoundError:
            return None
        except OSError as error:
            raise StepError(f"{name} cannot be read from {self.url}: {error}") from error

    def remove(self, name: str) -> None:
        """Remove `name`, if it is there."""
        try:
            self._files.rm_file(f"{self._root}/{name}")
        except FileNotFoundError:
            return
        except OSError as error:
            raise StepError(f"{name} cannot be removed from {self.url}: {error}") from error

    def names(self) -> list[str]:
        """Return what is there."""
        self._files.invalidate_cache()
        try:
            found = self._files.ls(self._root, detail=False)
        except FileNotFoundError:
            return []
        except OSError as error:
            raise StepError(f"{self.url} cannot be listed: {error}") from error
        return sorted(str(path).rpartition("/")[2] for path in found)

    def _size(self, name: str) -> int | None:
        self._files.invalidate_cache()
        try:
            return int(self._files.info(f"{self._root}/{name}")["size"])
        except FileNotFoundError:
            return None
        except OSError as error:
            raise StepError(f"{name} cannot be looked up in {self.url}: {error}") from error

    @staticmethod
    def _put_locally(file: Path, data: bytes) -> None:
        unfinished = file.with_name(f"{uuid.uuid4().hex}.part")
        try:
            unfinished.write_bytes(data)
            unfinished.replace(file)
        finally:
            unfinished.unlink(missing_ok=True)


def _protocols(files: AbstractFileSystem) -> tuple[str, ...]:
    protocol = files.protocol
    return (protocol,) if isinstance(protocol, str) else tuple(protocol)
