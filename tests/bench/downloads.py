"""Downloads from a server on loopback against curl and a plain loop: throughput, CPU, and flushed bytes.

The server sends from memory without copying, so that what is measured is the client and the disk.
"""

import argparse
import hashlib
import os
import random
import resource
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import msgspec

from tui.models.hub.download import FileDownload, TransferOptions
from tui.models.hub.remote_file import RemoteFile
from tui.units import GIB, MIB

_WAYS = ("curl", "plain loop", "plain loop, hash and flush", "llmtui, 1 connection", "llmtui")


class Run(msgspec.Struct, frozen=True):
    """One download."""

    seconds: float
    cpu_seconds: float


def serve(path: Path, listener: socket.socket) -> None:
    """Answer requests for parts of the file, for ever."""
    size = path.stat().st_size
    file = path.open("rb")

    def answer(connection: socket.socket) -> None:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        request = b""
        while True:
            while b"\r\n\r\n" not in request:
                data = connection.recv(65536)
                if not data:
                    return
                request += data
            head, _end, request = request.partition(b"\r\n\r\n")
            start, end = 0, size
            for line in head.lower().split(b"\r\n"):
                if line.startswith(b"range: bytes="):
                    first, last = line.removeprefix(b"range: bytes=").split(b"-")
                    start, end = int(first), min(int(last) + 1 if last else size, size)
            connection.sendall(
                f'HTTP/1.1 206 Partial Content\r\nContent-Length: {end - start}\r\nETag: "1"\r\n'
                f"Content-Range: bytes {start}-{end - 1}/{size}\r\n\r\n".encode()
            )
            while start < end:
                start += os.sendfile(connection.fileno(), file.fileno(), start, min(end - start, 4 * MIB))

    def answer_safely(connection: socket.socket) -> None:
        with connection:
            try:
                answer(connection)
            except OSError:
                return

    while True:
        connection, _address = listener.accept()
        threading.Thread(target=answer_safely, args=(connection,), daemon=True).start()


def plain_loop(url: str, target: Path, *, hashed: bool) -> None:
    """Fetch with one request of the same HTTP client, in the shortest way."""
    import httpx2

    sha256 = hashlib.sha256()
    with httpx2.stream("GET", url) as response, target.open("wb") as file:
        for data in response.iter_raw():
            if hashed:
                sha256.update(data)
            file.write(data)
        if hashed:
            file.flush()
            os.fsync(file.fileno())


def fetch(way: str, file: RemoteFile, folder: Path) -> Run:
    """Download once and return the time and the processor time of this process and its children."""
    target = folder / "fetched.gguf"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    cpu_before, start = _cpu_seconds(), time.perf_counter()
    if way == "curl":
        subprocess.run(["curl", "-s", "-o", str(target), file.address], check=True)
    elif way.startswith("plain"):
        plain_loop(file.address, target, hashed="hash" in way)
    else:
        connections = 1 if "1" in way else TransferOptions().connections
        FileDownload(file, target, TransferOptions(connections=connections)).run()
    run = Run(time.perf_counter() - start, _cpu_seconds() - cpu_before)
    assert target.stat().st_size == file.size_bytes
    return run


def _cpu_seconds() -> float:
    usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def main() -> int:
    """Print a table of all ways."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mib", type=int, default=1024, help="size of the file")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--folder", type=Path, help="where to download to; a temporary folder when left out")
    arguments = parser.parse_args()
    os.environ["NO_PROXY"] = "127.0.0.1"
    with tempfile.TemporaryDirectory(dir="/dev/shm" if Path("/dev/shm").is_dir() else None) as served:
        path = Path(served) / "model.gguf"
        block = b"GGUF" + random.Random(1).randbytes(MIB - 4)
        sha256 = hashlib.sha256()
        with path.open("wb") as file:
            for _number in range(arguments.mib):
                file.write(block)
                sha256.update(block)
        listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        pid = os.fork()
        if pid == 0:
            serve(path, listener)
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/model.gguf"
        remote = RemoteFile(url, "model.gguf", path.stat().st_size, sha256.hexdigest(), version='"1"')
        runs: dict[str, list[Run]] = {way: [] for way in _WAYS}
        try:
            with tempfile.TemporaryDirectory(dir=arguments.folder) as folder:
                for _round in range(arguments.rounds):
                    for way in _WAYS:
                        runs[way].append(fetch(way, remote, Path(folder) / "run"))
        finally:
            os.kill(pid, 9)
            os.waitpid(pid, 0)
    curl = statistics.median(run.seconds for run in runs["curl"])
    print(f"{'':28}{'MiB/s':>8}{'of curl':>9}{'CPU s/GiB':>11}")
    for way, measured in runs.items():
        seconds = statistics.median(run.seconds for run in measured)
        cpu = statistics.median(run.cpu_seconds for run in measured) * GIB / remote.size_bytes
        print(f"{way:28}{arguments.mib / seconds:8.0f}{curl / seconds:9.2f}{cpu:11.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
