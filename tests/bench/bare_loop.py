"""The least that a generation costs: the engine's own calls in a loop, with llmtui's settings.

Run as a process of its own; prints one JSON line.
"""

import argparse
import ctypes
import json
import os
import time
from itertools import pairwise
from pathlib import Path
from typing import Any

from llama_cpp import llama_chat_format
from llama_cpp import llama_cpp as lib

from tests.bench.common import model_path
from tui.engine.options import LoadSettings, SamplingSettings
from tui.engine.process import NICENESS


@lib.llama_log_callback
def no_log(_level, _text, _data):
    pass


def load(path: Path, settings: LoadSettings, *, mapped: bool = True, repacked: bool = False):
    """Model and context as llmtui makes them, unless told otherwise."""
    params = lib.llama_model_default_params()
    params.use_extra_bufts = repacked
    params.load_mode = lib.LLAMA_LOAD_MODE_MMAP if mapped else lib.LLAMA_LOAD_MODE_NONE
    params.n_gpu_layers = settings.gpu_layers
    model = lib.llama_model_load_from_file(str(path).encode(), params)
    wanted = lib.llama_context_default_params()
    wanted.n_ctx = settings.context
    wanted.n_batch = wanted.n_ubatch = settings.batch
    wanted.n_seq_max = wanted.n_outputs_max = 1
    wanted.n_threads = wanted.n_threads_batch = settings.threads
    wanted.flash_attn_type = int(settings.flash_attention)
    wanted.swa_full = settings.swa_full
    wanted.no_perf = True
    return model, lib.llama_init_from_model(model, wanted)


def chain(sampling: SamplingSettings):
    """llmtui's sampler chain."""
    params = lib.llama_sampler_chain_default_params()
    params.no_perf = True
    sampler = lib.llama_sampler_chain_init(params)
    if sampling.temperature <= 0:
        parts = [lib.llama_sampler_init_greedy()]
    else:
        parts = [
            lib.llama_sampler_init_top_k(sampling.top_k),
            lib.llama_sampler_init_top_p(sampling.top_p, 1),
            lib.llama_sampler_init_min_p(sampling.min_p, 1),
            lib.llama_sampler_init_temp(sampling.temperature),
            lib.llama_sampler_init_dist(1),
        ]
    for part in parts:
        lib.llama_sampler_chain_add(sampler, part)
    return sampler


def prompt_tokens(model, question: str) -> list[int]:
    """The question through the model's own chat template."""
    vocab = lib.llama_model_get_vocab(model)
    room = ctypes.create_string_buffer(1 << 16)
    lib.llama_model_meta_val_str(model, b"tokenizer.chat_template", room, len(room))
    ends = [
        lib.llama_vocab_get_text(vocab, t) for t in (lib.llama_vocab_bos(vocab), lib.llama_vocab_eos(vocab))
    ]
    formatter = llama_chat_format.Jinja2ChatFormatter(room.value.decode(), ends[1].decode(), ends[0].decode())
    data = formatter(messages=[{"role": "user", "content": question}]).prompt.encode()
    tokens = (lib.llama_token * (len(data) + 8))()
    count = lib.llama_tokenize(vocab, data, len(data), tokens, len(tokens), False, True)
    return list(tokens[:count])


def generate(model, context, sampler, prompt: list[int], count: int) -> dict[str, Any]:
    """Read the prompt and generate exactly `count` tokens; speeds as llmtui counts them.

    Also by thousands, of which the last may be a part: then its speed is none.
    """
    vocab = lib.llama_model_get_vocab(model)
    tokens = (lib.llama_token * len(prompt))(*prompt)
    start = time.monotonic()
    if lib.llama_decode(context, lib.llama_batch_get_one(tokens, len(prompt))):
        raise SystemExit("the prompt could not be read")
    read = time.monotonic()
    batch_tokens = (lib.llama_token * 1)()
    batch = lib.llama_batch_get_one(batch_tokens, 1)
    piece = ctypes.create_string_buffer(256)
    first = last = 0.0
    thousands: list[float] = []
    for number in range(count):
        token = lib.llama_sampler_sample(sampler, context, -1)
        lib.llama_token_to_piece(vocab, token, piece, len(piece), 0, False)
        last = time.monotonic()
        first = first or last
        if number % 1000 == 0:
            thousands.append(last)
        if number + 1 < count:
            batch_tokens[0] = token
            if lib.llama_decode(context, batch):
                raise SystemExit("a token could not be decoded")
    return {
        "prompt_tokens": len(prompt),
        "prompt_tps": len(prompt) / (read - start),
        "generated_tokens": count,
        "generation_tps": (count - 1) / (last - first),
        "tps_of_thousands": [1000 / (after - earlier) for earlier, after in pairwise([*thousands, last])],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("question")
    parser.add_argument("--tokens", type=int, default=500)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--ctx", type=int, default=8192)
    parser.add_argument("--temperature", type=float, default=0.0)
    parser.add_argument("--model", type=Path, default=None)
    arguments = parser.parse_args()
    os.nice(NICENESS)
    lib.llama_log_set(no_log, ctypes.c_void_p(0))
    lib.llama_backend_init()
    settings = LoadSettings(context=arguments.ctx, threads=arguments.threads)
    model, context = load(arguments.model or model_path(), settings)
    sampler = chain(SamplingSettings(temperature=arguments.temperature))
    prompt = prompt_tokens(model, arguments.question)
    print(json.dumps(generate(model, context, sampler, prompt, arguments.tokens)))


if __name__ == "__main__":
    main()
