"""Files that are sent to us: none is read beyond a size, whatever page it is sent to."""

from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler

BYTES_MAX = 16 * 1024 * 1024


class CappedUploadHandler(FileUploadHandler):
    """Refuses a body that says it is too large, before anything of it is written down; others go on to the next."""

    def handle_raw_input(
        self, input_data: Any, meta: dict[str, str], content_length: int, boundary: str, encoding: str | None = None
    ) -> None:
        """Look at the size.

        :raises RequestDataTooBig: if it is beyond BYTES_MAX.
        """
        if content_length > BYTES_MAX:
            raise RequestDataTooBig("The files are too large.")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        """Leave it to the next handler."""
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """Leave it to the next handler."""
