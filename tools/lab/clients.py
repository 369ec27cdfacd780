"""Streaming clients of several makers: how to run each, and how to read what it exported.

A client's `command` is run to its end against a server on the loopback; `answers` then gives, by the
request id that the server logged, what the client says of each answer. Every figure is on the
client's own clock, so only spans are compared, but for those that export instants of this host's
clocks.
"""

import json
import os
import subprocess
from dataclasses import dataclass, field

from processes import ROOT
from rundir import RunDirectory
from truthlog import read_log


@dataclass
class Load:
    """A closed loop of equal requests."""

    streams: int
    requests: int
    tokens: int


@dataclass
class Answer:
    """What a client says of one answer."""

    ttft_ns: int
    gaps_ns: list  # between neighbouring tokens, empty where the client exports none
    stamps_ns: list = field(default_factory=list)  # CLOCK_MONOTONIC, where it exports instants


class Sink:
    """A C program that reads the clock after recv; it comes with the truthserver."""

    name, exports = "C sink", "a stamp a token"

    def __init__(self, path):
        self.path = path

    def version(self):
        return "floor, stamps in user space"

    def command(self, port, load, folder):
        return [
            self.path, "--port", str(port), "--concurrency", str(load.streams), "--requests",
            str(load.requests), "--tokens", str(load.tokens), "--mode", "time", "--out",
            os.path.join(folder, "sink.log")]

    def answers(self, folder, served):
        found = {}
        for record in read_log(os.path.join(folder, "sink.log")):
            stamps = record.sent_ns
            found[record.request_id] = Answer(
                stamps[0] - record.read_ns, differences(stamps), stamps)
        return found


class Legato:
    """This repository's client, whole: coordinator, agent, link and journal."""

    name, exports = "legato run", "a stamp a token"

    def __init__(self, path):
        self.path = path

    def version(self):
        return subprocess.run(
            [self.path, "--version"], capture_output=True, text=True, check=True).stdout.strip()

    def command(self, port, load, folder):
        scenario = os.path.join(folder, "load.yaml")
        with open(scenario, "w", encoding="utf-8") as file:
            file.write(
                "name: side-by-side\nseed: 5\nstages:\n"
                f"  - {{ concurrency: {load.streams}, requests: {load.requests} }}\n"
                "classes:\n"
                f"  - {{ name: all, input: 16 tokens, output: {load.tokens} tokens }}\n")
        return [
            self.path, "run", scenario, "--url", f"http://127.0.0.1:{port}", "--out",
            os.path.join(folder, "run"), "--allow-invalid", "--tokens", "always"]

    def answers(self, folder, served):
        run, found = RunDirectory(os.path.join(folder, "run")), {}
        for request in run.requests:
            stamps = []
            for event in request["tokens"]:
                stamps += [event[0]] * event[1] if isinstance(event, list) else [event]
            if stamps:
                found[request["request_id"]] = Answer(
                    stamps[0] - request["sent"], differences(stamps),
                    [run.monotonic_ns(stamp) for stamp in stamps])
        return found


class _Python:
    """A client in a virtual environment of its own."""

    def __init__(self, folder, tokenizer):
        self.folder, self.tokenizer = os.path.abspath(folder), tokenizer

    def program(self, name):
        return os.path.join(self.folder, "bin", name)

    def version(self):
        code = f"import importlib.metadata as m; print(m.version('{self.package}'))"
        return subprocess.run(
            [self.program("python"), "-c", code], capture_output=True, text=True,
            check=True).stdout.strip()

    def make_tokenizer(self):
        """Makes the tokenizer that such tools want, once."""
        if not os.path.exists(self.tokenizer):
            subprocess.run(
                [self.program("python"), os.path.join(ROOT, "tools", "lab", "tokenizer.py"),
                 self.tokenizer], check=True, capture_output=True)


class VLLM(_Python):
    name, package, exports = "vllm bench serve", "vllm", "a gap an event"

    def command(self, port, load, folder):
        self.make_tokenizer()
        return [
            self.program("vllm"), "bench", "serve", "--backend", "openai-chat", "--base-url",
            f"http://127.0.0.1:{port}", "--endpoint", "/v1/chat/completions", "--model", "truth",
            "--tokenizer", self.tokenizer, "--dataset-name", "random", "--random-input-len", "16",
            "--random-output-len", str(load.tokens), "--num-prompts", str(load.requests),
            "--max-concurrency", str(load.streams), "--ignore-eos", "--request-id-prefix", "v-",
            "--disable-tqdm", "--save-result", "--save-detailed", "--result-dir", folder,
            "--result-filename", "vllm.json"]

    def answers(self, folder, served):
        with open(os.path.join(folder, "vllm.json"), encoding="utf-8") as file:
            result = json.load(file)
        # Its own numbers are in no export; requests are matched in the order of their starts.
        order = sorted(range(len(result["ttfts"])), key=lambda place: result["start_times"][place])
        mine = sorted(served, key=lambda record: record.read_ns)
        # Before the load it sends a request of its own, to see whether the server is there.
        mine = mine[len(mine) - len(order):]
        named = {record.request_id: record for record in served}
        found = {}
        for place, record in zip(order, mine):
            record = named.get(f"v-{place}", record)
            gaps = [round(gap * 1e9) for gap in result["itls"][place]]
            # The role's event may count as the first token.
            gaps = gaps[max(0, len(gaps) - len(record.sent_ns) + 1):]
            found[record.request_id] = Answer(round(result["ttfts"][place] * 1e9), gaps)
        return found


class AIPerf(_Python):
    name, package, exports = "aiperf", "aiperf", "a gap an event"

    def command(self, port, load, folder):
        self.make_tokenizer()
        prompts = os.path.join(folder, "prompts.jsonl")
        with open(prompts, "w", encoding="utf-8") as file:
            for place in range(256):
                words = " ".join(f"w{(place * 7 + word * 3) % 64}" for word in range(16))
                file.write(json.dumps({"text": words}) + "\n")
        return [
            self.program("aiperf"), "profile", "--model", "truth", "--url",
            f"http://127.0.0.1:{port}", "--endpoint-type", "chat", "--streaming", "--concurrency",
            str(load.streams), "--request-count", str(load.requests), "--osl", str(load.tokens),
            "--osl-stddev", "0", "--input-file", prompts, "--custom-dataset-type", "single_turn",
            "--tokenizer", self.tokenizer, "--use-server-token-count", "--ui", "none",
            "--output-artifact-dir", folder]

    def answers(self, folder, served):
        found = {}
        path = os.path.join(folder, "profile_export.jsonl")
        with open(path, encoding="utf-8") as file:
            for line in file:
                record = json.loads(line)
                metrics = record["metrics"]
                if "time_to_first_token" not in metrics:
                    continue
                found[record["metadata"]["x_request_id"]] = Answer(
                    round(metrics["time_to_first_token"]["value"] * 1e6),
                    [round(gap * 1e6) for gap in metrics["inter_chunk_latency"]["value"]])
        return found


class GuideLLM(_Python):
    name, package, exports = "guidellm", "guidellm", "first and last token alone"

    def command(self, port, load, folder):
        self.make_tokenizer()
        return [
            self.program("guidellm"), "benchmark", "run", "--target", f"http://127.0.0.1:{port}",
            "--model", "truth", "--processor", self.tokenizer, "--profile", "concurrent",
            "--rate", str(load.streams), "--max-requests", str(load.requests), "--data",
            f"prompt_tokens=16,output_tokens={load.tokens}", "--disable-console", "--output-dir",
            folder, "--outputs", "json"]

    def answers(self, folder, served):
        path = os.path.join(folder, "benchmarks.json")
        with open(path, encoding="utf-8") as file:
            requests = json.load(file)["benchmarks"][0]["requests"]["successful"]
        times = sorted(
            (request["info"]["timings"] for request in requests),
            key=lambda timings: timings["request_start"])
        mine = sorted(served, key=lambda record: record.read_ns)[-len(times):]
        return {
            record.request_id: Answer(
                round((timings["first_token_iteration"] - timings["request_start"]) * 1e9), [])
            for timings, record in zip(times, mine)}


def differences(instants):
    return [after - before for before, after in zip(instants, instants[1:])]
