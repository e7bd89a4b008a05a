"""Program that downloads one file, for tests that kill it; its arguments: the file as JSON, its place."""

import sys
from pathlib import Path

import msgspec

from tests.models.hub.samples import SMALL
from tui.models.hub.download import FileDownload
from tui.models.hub.errors import TransferError
from tui.models.hub.remote_file import RemoteFile


def main() -> int:
    file = msgspec.json.decode(sys.argv[1], type=RemoteFile)
    try:
        record = FileDownload(file, Path(sys.argv[2]), SMALL).run()
    except TransferError as error:
        print(error.reason.code, flush=True)
        return 1
    print(record.sha256, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
