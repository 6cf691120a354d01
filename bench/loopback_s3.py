"""The part of S3 that a run's folder and a plan need (put, get, list, multipart upload), over HTTP on loopback.

moto supports more, but its server needs Flask, which nothing else here needs; and only the client is measured.
"""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape


class LoopbackS3:
    """An S3 in memory. It serves inside a `with` block."""

    def __enter__(self) -> Self:
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, *arguments: object) -> None:
        super().__init__(*arguments)  # type: ignore[arg-type]
        self.objects: dict[str, bytes] = {}
        self.parts: dict[tuple[str, int], bytes] = {}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_PUT(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        query = parse_qs(urlsplit(self.path).query)
        if "uploadId" in query:
            self.server.parts[self._key(), int(query["partNumber"][0])] = body
        else:
            self.server.objects[self._key()] = body
        self._answer(200, b"")

    def do_POST(self) -> None:
        """Begin or complete a multipart upload. One upload per key at a time is enough here."""
        self.rfile.read(int(self.headers["Content-Length"] or 0))
        key = self._key()
        if "uploads" in parse_qs(urlsplit(self.path).query, keep_blank_values=True):
            self._answer(200, b"<InitiateMultipartUploadResult><UploadId>1</UploadId></InitiateMultipartUploadResult>")
            return
        numbers = sorted(number for name, number in self.server.parts if name == key)
        self.server.objects[key] = b"".join(self.server.parts.pop((key, number)) for number in numbers)
        self._answer(200, b"<CompleteMultipartUploadResult></CompleteMultipartUploadResult>")

    def do_GET(self) -> None:
        query = parse_qs(urlsplit(self.path).query)
        if "list-type" in query:
            self._answer(200, self._listing(query.get("prefix", [""])[0]))
        elif (body := self.server.objects.get(self._key())) is not None:
            self._answer(200, body)
        else:
            self._answer(404, b"<Error><Code>NoSuchKey</Code></Error>")

    def _key(self) -> str:
        """Return the key, without the name of the only bucket."""
        return unquote(urlsplit(self.path).path).lstrip("/").partition("/")[2]

    def _listing(self, prefix: str) -> bytes:
        keys = sorted(key for key in self.server.objects if key.startswith(prefix))
        items = "".join(f"<Contents><Key>{escape(key)}</Key></Contents>" for key in keys)
        return f"<ListBucketResult><IsTruncated>false</IsTruncated>{items}</ListBucketResult>".encode()

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("ETag", '"none"')
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Log nothing."""
