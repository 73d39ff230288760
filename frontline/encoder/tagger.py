"""A small tagger over word features: trained with torch, kept and run as ONNX. What the tags mean its owner knows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from frontline.encoder.onnx import open_session
from frontline.encoder.torch_turns import with_torch

WIDTH = 128
UNITS = 80
BATCH = 96
RATE = 2e-3
DECAY = 0.02
DROP = 0.4
SMOOTHING = 0.03
OPSET = 17
IGNORED = -100


class Tagger:
    """Word features in, one probability a word and tag out. Threads may share one instance."""

    def __init__(self, model: Path) -> None:
        """Open ``model``.

        Raises:
            EngineError: the file is not there or is not a model.
        """
        self._session = open_session(model)

    def of(self, features: Any) -> Any:
        """Return float32 (words, tags) for float32 (words, features) of one line; rows sum to 1."""
        (found,) = self._session.run(["chances"], {"features": features[None]})
        return found[0]


Sample = Callable[[int], tuple[Any, Any]]


def train_tagger(
    lengths: Sequence[int],
    sample: Sample,
    target: Path,
    *,
    tags: int,
    epochs: int,
    seed: int,
    told: Callable[[str], None],
) -> None:
    """Train a bidirectional LSTM on lines and write it to ``target`` as ONNX.

    ``sample(i)`` returns (float32 (words, features), int64 (words,)) of line ``i``, whose length is ``lengths[i]``; it
    may vary what it returns from epoch to epoch. Words tagged ``IGNORED`` teach nothing. Cross-entropy with label
    smoothing, AdamW, one cycle of the learning rate. One thread; the same seed gives the same weights.
    """
    import numpy as np

    with with_torch():
        import torch

    torch.manual_seed(seed)
    torch.set_num_threads(1)
    dice = np.random.default_rng(seed)
    network = _network(sample(0)[0].shape[1], tags)
    steps = epochs * -(-len(lengths) // BATCH)
    descent = torch.optim.AdamW(network.parameters(), lr=RATE, weight_decay=DECAY)
    rate = torch.optim.lr_scheduler.OneCycleLR(descent, RATE, total_steps=steps, pct_start=0.1)
    for epoch in range(epochs):
        network.train()
        # Lines of like length share a batch, the batches come in any order.
        order = sorted(range(len(lengths)), key=lambda index: lengths[index] + dice.uniform(0, 3))
        batches = [order[start : start + BATCH] for start in range(0, len(order), BATCH)]
        total = 0.0
        for at in dice.permutation(len(batches)):
            features, wanted = _padded([sample(index) for index in batches[at]])
            chances = network.scores(features, torch.tensor([lengths[index] for index in batches[at]]))
            loss = torch.nn.functional.cross_entropy(
                chances.reshape(-1, tags), wanted.reshape(-1), ignore_index=IGNORED, label_smoothing=SMOOTHING
            )
            descent.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]  # torch leaves it untyped
            torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            descent.step()
            rate.step()
            total += float(loss.detach())
        told(f"epoch {epoch + 1}: loss {total / len(batches):.4f}")
    _write(network.eval(), sample(0)[0].shape[1], target)


def _padded(lines: Sequence[tuple[Any, Any]]) -> tuple[Any, Any]:
    import numpy as np
    import torch

    longest = max(len(wanted) for _, wanted in lines)
    features = np.zeros((len(lines), longest, lines[0][0].shape[1]), dtype=np.float32)
    tags = np.full((len(lines), longest), IGNORED, dtype=np.int64)
    for row, (line, wanted) in enumerate(lines):
        features[row, : len(line)] = line
        tags[row, : len(wanted)] = wanted
    return torch.from_numpy(features), torch.from_numpy(tags)


def _network(width: int, tags: int) -> Any:
    import torch

    class Network(torch.nn.Module):
        """Projection, bidirectional LSTM, scores."""

        def __init__(self) -> None:
            super().__init__()
            self.drop = torch.nn.Dropout(DROP)
            self.narrow = torch.nn.Linear(width, WIDTH)
            self.lstm = torch.nn.LSTM(WIDTH, UNITS, batch_first=True, bidirectional=True)
            self.score = torch.nn.Linear(2 * UNITS + WIDTH, tags)

        def scores(self, features: Any, lengths: Any) -> Any:
            """Return scores of padded lines; the backward pass begins at each line's own end."""
            narrow = self.drop(torch.relu(self.narrow(self.drop(features))))
            packed = torch.nn.utils.rnn.pack_padded_sequence(narrow, lengths, batch_first=True, enforce_sorted=False)
            read, _ = torch.nn.utils.rnn.pad_packed_sequence(self.lstm(packed)[0], batch_first=True)
            return self.score(torch.cat([self.drop(read), narrow], dim=-1))

        def forward(self, features: Any) -> Any:
            narrow = torch.relu(self.narrow(features))
            read, _ = self.lstm(narrow)
            return torch.softmax(self.score(torch.cat([read, narrow], dim=-1)), dim=-1)

    return Network()


def _write(network: Any, width: int, target: Path) -> None:
    import warnings

    import torch

    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            network,
            (torch.zeros(1, 12, width),),
            str(target),
            input_names=["features"],
            output_names=["chances"],
            dynamic_axes={"features": {1: "words"}, "chances": {1: "words"}},
            opset_version=OPSET,
            dynamo=False,
        )
