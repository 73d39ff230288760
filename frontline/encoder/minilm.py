"""MiniLM on onnxruntime: tokens in length-sorted batches, unit vectors out."""

from __future__ import annotations

import json
import logging
import os
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import monotonic
from typing import Any

from frontline.core.errors import EngineError
from frontline.core.ids import file_checksum
from frontline.core.ports import Reader
from frontline.encoder.export import (
    CHECK_TEXTS,
    LEAST_COSINE,
    MAX_LENGTH,
    OUTPUTS,
    QUANTISED,
    export_int8,
    model_folder,
    model_id,
    reference_vectors,
    reference_words,
    word_means,
)
from frontline.encoder.onnx import open_session

log = logging.getLogger(__name__)

DIM = 384
CARD = "card.json"
# Tokens of one batch, padding included. What a layer makes of so few stays in the cache of one core: texts of 150 words
# take two thirds of the time of batches of 32 texts, questions of customers four fifths (docs/speed.md).
TOKENS = 256


# After a failure the export is not tried again at once: it takes ten seconds, and questions wait for it.
RETRY_SECONDS = 300


def batches(lengths: Sequence[int]) -> list[list[int]]:
    """Return the places of ``lengths`` in batches of like length, of at most ``TOKENS`` each; a longer one is alone."""
    found: list[list[int]] = []
    for place in sorted(range(len(lengths)), key=lengths.__getitem__):
        if found and (len(found[-1]) + 1) * lengths[place] <= TOKENS:
            found[-1].append(place)
        else:
            found.append([place])
    return found


class OnnxMiniLM:
    """The int8 model. Threads may share one instance."""

    dim = DIM

    def __init__(self, model: Path, source: Path) -> None:
        from tokenizers import Tokenizer

        self._session = open_session(model)
        self._tokenizer = Tokenizer.from_file(str(source / "tokenizer.json"))
        self._tokenizer.enable_truncation(MAX_LENGTH)
        self._tokenizer.no_padding()
        self.model_id = model_id(source)

    def encode(self, texts: Sequence[str]) -> Any:
        """Return float32 (n, 384) with unit rows, in the order of ``texts``."""
        import numpy as np

        # What is written twice is read once.
        place_of: dict[str, int] = {}
        places = [place_of.setdefault(text, len(place_of)) for text in texts]
        vectors = np.zeros((len(place_of), DIM), dtype=np.float32)
        tokens = [encoded.ids for encoded in self._tokenizer.encode_batch(list(place_of))] if texts else []
        chunks = batches([len(line) for line in tokens])

        def run(chunk: list[int]) -> None:
            vectors[chunk] = self._run([tokens[index] for index in chunk])

        if len(chunks) < 4:
            for chunk in chunks:
                run(chunk)
        else:
            with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
                list(pool.map(run, chunks))
        return vectors[places]

    def read_words(self, lines: Sequence[Sequence[str]]) -> list[Any]:
        """Return per line float32 (words, 768): the mean of each word's pieces at two layers; words cut off are 0."""
        encoded = self._tokenizer.encode_batch([list(line) for line in lines], is_pretokenized=True) if lines else []
        found: list[Any] = [None] * len(lines)
        for chunk in batches([len(line.ids) for line in encoded]):
            states = self._run([encoded[place].ids for place in chunk], output="states")
            for row, place in enumerate(chunk):
                found[place] = word_means(states[row], encoded[place].word_ids, len(lines[place]))
        return found

    def _run(self, tokens: Sequence[Sequence[int]], *, output: str = "embedding") -> Any:
        import numpy as np

        ids = np.zeros((len(tokens), max(map(len, tokens))), dtype=np.int64)
        mask = np.zeros_like(ids)
        for row, line in enumerate(tokens):
            ids[row, : len(line)] = line
            mask[row, : len(line)] = 1
        (result,) = self._session.run([output], {"input_ids": ids, "attention_mask": mask})
        return result


class ReferenceMiniLM:
    """sentence-transformers itself, one thread: the fallback when the export does not hold, and the peer in tests."""

    dim = DIM

    def __init__(self, source: Path) -> None:
        self._source = source
        self.model_id = model_id(source).replace("minilm-", "minilm-reference-")

    def encode(self, texts: Sequence[str]) -> Any:
        """Return float32 (n, 384) with unit rows."""
        return reference_vectors(self._source, texts)

    def read_words(self, lines: Sequence[Sequence[str]]) -> list[Any]:
        """Return per line float32 (words, 768), as the export does."""
        return reference_words(self._source, lines)


class LazyEncoder:
    """Opens the real encoder at the first call, once, whichever thread comes first."""

    dim = DIM

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._source = model_folder()
        self._real: Reader | None = None
        self._lock = threading.Lock()
        self._not_before = 0.0

    @property
    def model_id(self) -> str:
        """The id of the model that is really used."""
        return self._open().model_id

    def encode(self, texts: Sequence[str]) -> Any:
        """Return float32 (n, 384) with unit rows."""
        return self._open().encode(texts)

    def read_words(self, lines: Sequence[Sequence[str]]) -> Sequence[Any]:
        """Return per line float32 (words, 768)."""
        return self._open().read_words(lines)

    def _open(self) -> Reader:
        with self._lock:
            if self._real is None:
                if monotonic() < self._not_before:
                    raise EngineError("The text model could not be opened a moment ago.", permanent=False)
                try:
                    self._real = _prepare(self._folder, self._source)
                except (OSError, RuntimeError, ValueError, EngineError) as error:
                    self._not_before = monotonic() + RETRY_SECONDS
                    log.error("the text model cannot be opened: %s", type(error).__name__)
                    message = f"The text model cannot be opened: {type(error).__name__}."
                    raise EngineError(message, permanent=False) from error
            return self._real


def open_minilm(folder: Path) -> Reader:
    """Return the encoder whose export lives in ``folder``; nothing is loaded before the first text."""
    return LazyEncoder(folder)


def _prepare(folder: Path, source: Path) -> Reader:
    card = _card(folder)
    if card.get("model_id") == model_id(source) and card.get("outputs") == list(OUTPUTS):
        try:
            return _opened(folder, source, card)
        except (EngineError, FileNotFoundError):
            log.warning("the exported text model is damaged; it is made anew")
    return _opened(folder, source, _export(folder, source))


def _opened(folder: Path, source: Path, card: Mapping[str, Any]) -> Reader:
    if card["least_cosine"] < LEAST_COSINE:
        log.warning("the exported text model differs from the reference; using the reference")
        return ReferenceMiniLM(source)
    # A file of which something was changed mostly opens all the same: other vectors, other names. Exports of before
    # have no checksum.
    if "checksum" in card and card["checksum"] != file_checksum(folder / QUANTISED):
        raise EngineError(f"{QUANTISED} is not what was exported.", permanent=True)
    return OnnxMiniLM(folder / QUANTISED, source)


def _export(folder: Path, source: Path) -> Mapping[str, Any]:
    model = export_int8(source, folder)
    cosine = _agreement(OnnxMiniLM(model, source), source)
    card = {
        "model_id": model_id(source),
        "outputs": list(OUTPUTS),
        "least_cosine": cosine,
        "checksum": file_checksum(model),
    }
    part = folder / f".card-{os.getpid()}.json"
    part.write_text(json.dumps(card), encoding="utf-8")
    os.replace(part, folder / CARD)
    log.info("exported the text model; least cosine to the reference %.4f", cosine)
    return card


def _card(folder: Path) -> Mapping[str, Any]:
    """Return what is noted of the export; nothing where there is none or it cannot be read."""
    try:
        card = json.loads((folder / CARD).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return card if isinstance(card, dict) and isinstance(card.get("least_cosine"), float) else {}


def _agreement(exported: Reader, source: Path) -> float:
    """Return the least cosine between the export and the reference over the check texts."""
    mine, theirs = exported.encode(CHECK_TEXTS), reference_vectors(source, CHECK_TEXTS)
    return float((mine * theirs).sum(axis=1).min())
