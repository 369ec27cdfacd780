"""Starts what a script needs, measures it, and ends it by its own process id."""

import os
import resource
import signal
import socket
import subprocess
import threading
import time

ROOT = os.path.realpath(os.path.join(os.path.dirname(__file__), "..", ".."))

# Whoever starts a script may have blocked signals (test runners do), and children inherit that: a
# server would never hear that it should end.
signal.pthread_sigmask(signal.SIG_SETMASK, [])


def free_port():
    """A loopback port that nobody listens on at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for_port(port, process, seconds=60):
    """Returns once `port` takes connections; SystemExit when `process` ends before."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise SystemExit(f"{process.args[0]} ended with {process.returncode} before it served")
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise SystemExit(f"{process.args[0]} did not listen on port {port} within {seconds} s")


def find_legato(given):
    """The executable: the one given, else the newest that this clone has built."""
    if given:
        return given
    built = [
        os.path.join(ROOT, ".build", kind, "legato") for kind in ("release", "debug")]
    built = [path for path in built if os.path.exists(path)]
    if not built:
        raise SystemExit("no legato is built: run `swift build -c release`, or give --legato PATH")
    return max(built, key=os.path.getmtime)


def build_truthserver(source, folder):
    """Compiles truthserver and sink of `source` into `folder`; returns their paths."""
    names = ("truthserver", "sink")
    for name in names:
        path = os.path.join(source, name + ".c")
        if not os.path.exists(path):
            raise SystemExit(f"{path} is missing: give the folder of the server with --truthserver")
        subprocess.run(
            ["cc", "-O2", "-w", "-o", os.path.join(folder, name), path, "-lm"], check=True)
    return [os.path.join(folder, name) for name in names]


class Server:
    """A server on a loopback port for the length of a `with`; ended by its process id."""

    def __init__(self, arguments, port, seconds=60, **options):
        self.arguments, self.port, self.seconds, self.options = arguments, port, seconds, options

    def __enter__(self):
        self.process = subprocess.Popen(self.arguments, **self.options)
        try:
            wait_for_port(self.port, self.process, self.seconds)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


class Measured:
    """A command run to its end: CPU seconds of all its processes, their peak memory and number."""

    def __init__(self, arguments, seconds=900, **options):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        self.peak_mb, self.processes = 0.0, 0
        self.process = subprocess.Popen(arguments, **options)
        done = threading.Event()
        watcher = threading.Thread(target=self._watch, args=(done,))
        watcher.start()
        try:
            self.status = self.process.wait(seconds)
        except BaseException:
            self.process.terminate()
            self.process.wait()
            raise
        finally:
            done.set()
            watcher.join()
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        self.cpu_s = (after.ru_utime + after.ru_stime) - (before.ru_utime + before.ru_stime)

    def _watch(self, done):
        while not done.wait(0.05):
            family = descendants(self.process.pid)
            self.peak_mb = max(self.peak_mb, sum(map(_resident_mb, family)))
            self.processes = max(self.processes, len(family))


def descendants(pid):
    """`pid` and its children, theirs too."""
    family = [pid]
    for parent in family:
        try:
            for thread in os.listdir(f"/proc/{parent}/task"):
                with open(f"/proc/{parent}/task/{thread}/children", encoding="ascii") as file:
                    family += map(int, file.read().split())
        except OSError:
            pass  # It ended meanwhile.
    return family


def _resident_mb(pid):
    """Its own memory: resident, less what it shares with others."""
    try:
        with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as file:
            for line in file:
                if line.startswith("Pss:"):
                    return int(line.split()[1]) / 1024
    except OSError:
        pass
    return 0.0
