"""Makes a tokenizer of 64 words in the folder that is named, with the packages of the environment
that runs it: benchmarks written in Python want one even where the server counts the tokens."""

import sys

from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import PreTrainedTokenizerFast

words = ["[UNK]", "<s>", "</s>"] + [f"w{place}" for place in range(64)]
tokenizer = Tokenizer(
    models.WordLevel({word: place for place, word in enumerate(words)}, unk_token="[UNK]"))
tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
PreTrainedTokenizerFast(
    tokenizer_object=tokenizer, unk_token="[UNK]", bos_token="<s>", eos_token="</s>",
    pad_token="</s>",
    chat_template="{% for message in messages %}{{ message['content'] }} {% endfor %}",
).save_pretrained(sys.argv[1])
