"""Files in folders that survive a loss of power: a file is there whole, or not at all."""

import os
from pathlib import Path

from django.core.files.base import File
from django.core.files.storage import FileSystemStorage

from rukhsa.trust.tiles import write_durably


class DurableFileSystemStorage(FileSystemStorage):
    """Keeps a file only after its bytes and its name are on the disk; a row that names it may then be committed."""

    def _save(self, name: str, content: "File[bytes]") -> str:
        path = Path(self.path(name))
        self._make_folders(path.parent)
        write_durably(path, content.read())
        if self.file_permissions_mode is not None:
            path.chmod(self.file_permissions_mode)
        return name

    def _make_folders(self, folder: Path) -> None:
        """Make what is missing, from the top; each new name is written down in the folder above."""
        if folder.is_dir():
            return
        self._make_folders(folder.parent)
        folder.mkdir(mode=self.directory_permissions_mode or 0o777, exist_ok=True)
        above = os.open(folder.parent, os.O_RDONLY)
        try:
            os.fsync(above)
        finally:
            os.close(above)
