"""A limit on what is read of an upload, before it fills the disk."""

from django.core.files.uploadhandler import FileUploadHandler, StopUpload
from django.http import HttpRequest

MAX_UPLOAD = 310_000_000  # bytes a request: the largest file that a form takes, and its other fields

# Real names: Django would put a bigger file into a temporary one.
NEVER_ON_DISK = ("/documents/noms/", "/documents/sacoche/", "/documents/sacoche/remplir/")
MAX_IN_MEMORY = 500_000
# As it comes, a photograph tells place and device: never on disk either.
PICTURES = ("/images/", "/photographies/")
# Bytes a request: settings.FILE_UPLOAD_MAX_MEMORY_SIZE (a test compares them), so that Django writes none down.
MAX_PICTURE = 6_000_000


def most(path: str) -> int:
    """Bytes that a request to this address may have."""
    if path.endswith(NEVER_ON_DISK):
        return MAX_IN_MEMORY
    return MAX_PICTURE if path.endswith(PICTURES) else MAX_UPLOAD


class CappedUpload(FileUploadHandler):
    """First of FILE_UPLOAD_HANDLERS: reads no file of a request that announces more than the limit.

    The view finds no file and `request.upload_too_big`, and says so.
    """

    def handle_raw_input(
        self,
        input_data: object,
        META: dict[str, str],  # noqa: N803 - Django's own name
        content_length: int,
        boundary: str,
        encoding: str | None = None,
    ) -> None:
        self.too_big = content_length > most(META.get("PATH_INFO", ""))
        if self.too_big and isinstance(self.request, HttpRequest):
            self.request.upload_too_big = True  # type: ignore[attr-defined]

    def new_file(self, *args: object, **kwargs: object) -> None:
        if self.too_big:
            raise StopUpload(connection_reset=False)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None
