"""A small reverse proxy that speaks TLS: what stands before many servers, with a certificate of its own.

    with TLSProxy(upstream_port, folder) as proxy:
        ... https://localhost:<proxy.port>, trusted with <proxy.authority> ...
"""

import asyncio
import os
import ssl
import subprocess
import threading


class TLSProxy:
    """Ends TLS on a loopback port and passes every byte on in plain, for the length of a `with`."""

    def __init__(self, upstream_port, folder):
        self.upstream_port = upstream_port
        self.authority = os.path.join(folder, "proxy.pem")
        self._key = os.path.join(folder, "proxy.key")
        self._loop = asyncio.new_event_loop()
        self.port = None

    def __enter__(self):
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
             "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext",
             "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", self._key, "-out",
             self.authority], check=True, stderr=subprocess.DEVNULL)
        ready = threading.Event()
        self._thread = threading.Thread(target=self._serve, args=(ready,), daemon=True)
        self._thread.start()
        if not ready.wait(20):
            raise SystemExit("the TLS proxy did not listen within 20 s")
        return self

    def __exit__(self, *_):
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)

    def _serve(self, ready):
        asyncio.set_event_loop(self._loop)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.authority, self._key)

        async def begin():
            server = await asyncio.start_server(self._joined, "127.0.0.1", 0, ssl=context)
            self.port = server.sockets[0].getsockname()[1]
            ready.set()

        self._loop.run_until_complete(begin())
        self._loop.run_forever()

    async def _joined(self, client_reader, client_writer):
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", self.upstream_port)
        except OSError:
            client_writer.close()
            return
        await asyncio.gather(_pump(client_reader, writer), _pump(reader, client_writer))


async def _pump(reader, writer):
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    except (OSError, ssl.SSLError):
        pass  # One side was cut: the other is closed below.
    finally:
        writer.close()
