"""Hosts and links on one machine: network namespaces joined by a user-space wire.

The wire (`tunnet.c`, see --netlab of the scripts) is not part of this repository. It delays, scatters
and loses packets as it is told, and needs root.
"""

import os
import shutil
import signal
import socket
import subprocess


class Wire:
    """`count` namespaces for the length of a `with`: host n has the address 10.77.0.n."""

    def __init__(self, netlab, folder, count, prefix):
        self.source = os.path.join(netlab, "tunnet.c")
        if not os.path.exists(self.source):
            raise SystemExit(f"{self.source} is missing: give its folder with --netlab")
        if os.geteuid() != 0:
            raise SystemExit("namespaces need root: run this as root")
        self.folder, self.count, self.prefix = folder, count, prefix
        self.control = os.path.join(folder, "wire.sock")

    def __enter__(self):
        program = os.path.join(self.folder, "tunnet")
        subprocess.run(["cc", "-O2", "-w", "-o", program, self.source, "-lm"], check=True)
        self.process = subprocess.Popen(
            [program, str(self.count), self.prefix, self.control],
            env=dict(os.environ, RT="1"), stdout=subprocess.PIPE, text=True)
        if self.process.stdout.readline().strip() != "ready":
            self.__exit__()
            raise SystemExit("the wire did not come up: are namespaces of an earlier run left?")
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(20)

    @staticmethod
    def address(host):
        """The address of a host."""
        return f"10.77.0.{host}"

    def on(self, host, arguments):
        """The command that runs `arguments` on a host."""
        return ["ip", "netns", "exec", f"{self.prefix}{host}", *arguments]

    def link(self, source="*", destination="*", delay_us=0, jitter_us=0, loss=0.0):
        """Sets one direction of a link; `*` stands for all hosts."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as control:
            control.sendto(
                f"link {source} {destination} {delay_us} {jitter_us} {loss} 0 0".encode(),
                self.control)


def needs(*programs):
    """Ends the script where a program is missing."""
    for program in programs:
        if not shutil.which(program):
            raise SystemExit(f"{program} is not installed")
