"""A link between an agent and its coordinator that is cut when it is told to."""

import contextlib
import socket
import struct
import threading


class Relay:
    """Carries a loopback port's connections on to another one, for the length of a `with`."""

    def __init__(self, port):
        self.far_port, self.is_cut, self.sockets = port, False, []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]

    def __enter__(self):
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.listener.close()
        self._reset()

    def cut(self):
        """Resets every connection, and each new one, until the link is mended."""
        self.is_cut = True
        self._reset()

    def mend(self):
        self.is_cut = False

    def _reset(self):
        for end in self.sockets:
            with contextlib.suppress(OSError):  # Its other end may have closed it.
                end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                end.shutdown(socket.SHUT_RD)  # Wakes the thread that reads it, which closes it.

    def _accept(self):
        while True:
            try:
                near, _ = self.listener.accept()
                far = None if self.is_cut else socket.create_connection(("127.0.0.1", self.far_port))
            except ConnectionError:
                far = None
            except OSError:
                return
            if far is None:
                near.close()
                continue
            self.sockets += [near, far]
            for source, sink in ((near, far), (far, near)):
                source.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                threading.Thread(target=self._carry, args=(source, sink), daemon=True).start()

    def _carry(self, source, sink):
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                sink.sendall(data)
        with contextlib.suppress(OSError):
            sink.shutdown(socket.SHUT_RDWR)
        source.close()
