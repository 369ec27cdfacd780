"""Makes a tiny Llama of random weights in the folder that is named: what it says is noise, and a real
server serves it on a CPU in milliseconds a token.

    python tiny_model.py hf FOLDER [CONTEXT]      for vLLM and transformers (needs torch, transformers)
    python tiny_model.py gguf FOLDER [CONTEXT]    for llama.cpp (needs gguf, numpy)

CONTEXT is how many tokens a request may have, 2048 where it is left out.
"""

import os
import sys

WORDS = [f"w{place}" for place in range(900)]
HIDDEN, LAYERS, HEADS, FEED_FORWARD = 128, 2, 4, 256


def make_hf(folder, context):
    import torch
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=1_024, special_tokens=["<unk>", "<s>", "</s>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False)
    tokenizer.train_from_iterator([" ".join(WORDS[start::7]) for start in range(7)], trainer)
    fast = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, unk_token="<unk>", bos_token="<s>", eos_token="</s>",
        pad_token="</s>",
        chat_template="{% for message in messages %}{{ message['content'] }} {% endfor %}")
    fast.save_pretrained(folder)
    torch.manual_seed(7)
    config = LlamaConfig(
        vocab_size=len(fast), hidden_size=HIDDEN, intermediate_size=FEED_FORWARD,
        num_hidden_layers=LAYERS, num_attention_heads=HEADS, num_key_value_heads=HEADS,
        max_position_embeddings=context, bos_token_id=fast.bos_token_id,
        eos_token_id=fast.eos_token_id, pad_token_id=fast.pad_token_id)
    LlamaForCausalLM(config).save_pretrained(folder)


def make_gguf(folder, context):
    import gguf
    import numpy

    random = numpy.random.default_rng(7)
    writer = gguf.GGUFWriter(os.path.join(folder, "tiny.gguf"), "llama")
    tokens = [b"<unk>", b"<s>", b"</s>"] + [f"<0x{byte:02X}>".encode() for byte in range(256)]
    kinds = [gguf.TokenType.UNKNOWN, gguf.TokenType.CONTROL, gguf.TokenType.CONTROL]
    kinds += [gguf.TokenType.BYTE] * 256
    for word in WORDS:
        tokens.append("\N{LOWER ONE EIGHTH BLOCK}".encode() + word.encode())
        kinds.append(gguf.TokenType.NORMAL)
    writer.add_context_length(context)
    writer.add_embedding_length(HIDDEN)
    writer.add_block_count(LAYERS)
    writer.add_feed_forward_length(FEED_FORWARD)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(HEADS)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_dimension_count(HIDDEN // HEADS)
    writer.add_vocab_size(len(tokens))
    writer.add_tokenizer_model("llama")
    writer.add_token_list(tokens)
    writer.add_token_scores([-float(place) for place in range(len(tokens))])
    writer.add_token_types([int(kind) for kind in kinds])
    writer.add_unk_token_id(0)
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.add_chat_template(
        "{% for message in messages %}{{ message['content'] }} {% endfor %}")

    def add(name, *shape):
        weights = random.standard_normal(shape) / numpy.sqrt(shape[-1])
        writer.add_tensor(name, weights.astype(numpy.float32))

    def add_norm(name):
        writer.add_tensor(name, numpy.ones(HIDDEN, dtype=numpy.float32))

    add("token_embd.weight", len(tokens), HIDDEN)
    add("output.weight", len(tokens), HIDDEN)
    add_norm("output_norm.weight")
    for layer in range(LAYERS):
        add_norm(f"blk.{layer}.attn_norm.weight")
        add_norm(f"blk.{layer}.ffn_norm.weight")
        for part in ("attn_q", "attn_k", "attn_v", "attn_output"):
            add(f"blk.{layer}.{part}.weight", HIDDEN, HIDDEN)
        add(f"blk.{layer}.ffn_gate.weight", FEED_FORWARD, HIDDEN)
        add(f"blk.{layer}.ffn_up.weight", FEED_FORWARD, HIDDEN)
        add(f"blk.{layer}.ffn_down.weight", HIDDEN, FEED_FORWARD)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


if __name__ == "__main__":
    os.makedirs(sys.argv[2], exist_ok=True)
    CONTEXT = int(sys.argv[3]) if len(sys.argv) > 3 else 2_048
    {"hf": make_hf, "gguf": make_gguf}[sys.argv[1]](sys.argv[2], CONTEXT)
