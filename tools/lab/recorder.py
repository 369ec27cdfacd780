"""Stands between a client and a server, passes every byte on as it comes, and keeps a copy: what a
server said is then known without asking the client."""

import http.client
import io
import json
import socket
import threading
import time


class Recorder:
    """A TCP relay on a loopback port for the length of a `with`."""

    def __init__(self, server_port):
        self.server_port = server_port
        self.streams = []  # a _Stream a connection
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=1024)
        self.port = self.listener.getsockname()[1]

    def __enter__(self):
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.listener.close()

    def _accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            server = socket.create_connection(("127.0.0.1", self.server_port))
            stream = _Stream()
            self.streams.append(stream)
            for source, sink, keep in (
                    (client, server, stream.asked), (server, client, stream.answered)):
                source.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                threading.Thread(target=_pump, args=(source, sink, keep), daemon=True).start()

    def answers(self):
        """What the server answered to each completion, in the order in which they were asked."""
        found = []
        for stream in self.streams:
            responses = io.BytesIO(bytes(stream.server))
            for place, headers, path in _requests(bytes(stream.client)):
                response = http.client.HTTPResponse(_Replay(responses), method="POST")
                try:
                    response.begin()
                    body = response.read()
                except (http.client.HTTPException, OSError):
                    break  # The connection ended within this answer.
                if path.endswith("/completions"):
                    found.append(
                        Answer(
                            headers.get("x-request-id"), stream.asked_at(place), response.status,
                            body))
        return sorted(found, key=lambda answer: answer.asked_at)


class _Stream:
    """Both directions of a connection, and when the client's bytes came."""

    def __init__(self):
        self.client, self.server, self.arrivals = bytearray(), bytearray(), []

    def asked(self, data):
        self.arrivals.append((len(self.client), time.monotonic()))
        self.client += data

    def answered(self, data):
        self.server += data

    def asked_at(self, place):
        """When the byte at `place` of the client's came."""
        return [instant for begin, instant in self.arrivals if begin <= place][-1]


class Answer:
    """A server's answer to a completion: its status, and what its events say."""

    def __init__(self, request_id, asked_at, status, body):
        self.request_id, self.asked_at = request_id, asked_at
        self.status, self.texts, self.usage, self.finish = status, 0, None, None
        for line in body.replace(b"\r\n", b"\n").split(b"\n"):
            if not line.startswith(b"data:") or line[5:].strip() == b"[DONE]":
                continue
            event = json.loads(line[5:])
            usage = event.get("usage")
            if usage:
                self.usage = usage
            for choice in event.get("choices", []):
                self.finish = choice.get("finish_reason") or self.finish
                text = choice.get("text") or (choice.get("delta") or {}).get("content")
                self.texts += bool(text)


class _Replay:
    """What HTTPResponse takes for a socket: bytes that have come."""

    def __init__(self, stream):
        self.stream = stream

    def makefile(self, *_):
        # Closing a response must not close what the next one is read from.
        return _Unclosed(self.stream)


class _Unclosed:
    def __init__(self, stream):
        self.read, self.readline, self.readinto = stream.read, stream.readline, stream.readinto

    def close(self):
        pass

    def flush(self):
        pass


def _requests(data):
    """Place, header fields and path of each request of a connection, bodies by Content-Length."""
    whole = len(data)
    while data:
        head, _, rest = data.partition(b"\r\n\r\n")
        lines = head.decode("latin1").split("\r\n")
        headers = {}
        for line in lines[1:]:
            name, _, value = line.partition(":")
            headers[name.strip().lower()] = value.strip()
        yield whole - len(data), headers, lines[0].split(" ")[1]
        data = rest[int(headers.get("content-length", "0")):]


def _pump(source, sink, keep):
    try:
        while True:
            data = source.recv(65536)
            if not data:
                break
            keep(data)
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        # One side was cut: so is the other.
        for end in (source, sink):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
