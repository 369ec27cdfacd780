"""Real servers with a tiny model of random weights, as scripts start them."""

import os
import subprocess

from processes import ROOT


CONTEXT = 2_048


def make_model(kind, venv, folder, context=CONTEXT):
    """Makes the model that `command` serves, for requests of up to `context` tokens."""
    subprocess.run(
        [os.path.join(venv, "bin", "python"), os.path.join(ROOT, "tools/lab/tiny_model.py"),
         "gguf" if kind == "llama" else "hf", folder, str(context)], check=True, stdout=subprocess.DEVNULL)


def command(kind, venv, model, port, key=None, interval=None, context=CONTEXT):
    """How to serve the model of `model`, and the name that requests give it."""
    python = os.path.join(venv, "bin", "python")
    if kind == "vllm":
        arguments = [
            os.path.join(venv, "bin", "vllm"), "serve", model, "--port", str(port), "--host",
            "127.0.0.1", "--max-model-len", str(context), "--dtype", "float32", "--served-model-name",
            "tiny", "--gpu-memory-utilization", "0.3", "--enforce-eager"]
        arguments += ["--api-key", key] if key else []
        return arguments + (["--stream-interval", str(interval)] if interval else []), "tiny"
    if kind == "transformers":
        return [
            os.path.join(venv, "bin", "transformers"), "serve", model, "--host", "127.0.0.1", "--port",
            str(port), "--device", "cpu"], model
    return [
        python, "-m", "llama_cpp.server", "--model", os.path.join(model, "tiny.gguf"), "--host",
        "127.0.0.1", "--port", str(port), "--n_ctx", str(context), "--interrupt_requests", "False"] + (
            ["--api_key", key] if key else []), "tiny"
