"""``python -m anonymization.train PII_FOLDER``: makes the name head from public sets and invented texts.

The folder holds {text, spans: [{start, end, label}]} per line, in the files of ``SETS``; their licences are in
name_head/MODEL_CARD.md. Nothing of them is kept but what the weights learn. Ten minutes on one core.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from anonymization.lexicon import Lexicon, load_lexicon
from anonymization.name_head.finder import HEAD, TAGS
from anonymization.name_head.invented import Inventor, Marked
from anonymization.name_head.words import LISTED, cut, lines, written
from anonymization.reading import token_of
from frontline.core.ports import WordReader
from frontline.encoder.tagger import IGNORED, train_tagger

SETS = ("wnut17_train", "btc_train", "tweebank_train", "wikigold", "gum_named", "presidio_synth_v2_templatesA")
"""CC BY, Apache-2.0 and MIT sets alone."""
GUM = ("GUM/interview", "GUM/news", "GUM/academic", "GUM/court")
"""The genres whose texts are CC BY or in the public domain; the others are share-alike."""
INVENTED = 9_000
QUESTIONS = 1_200
COMPLAINTS = 1_500
EPOCHS = 4
SEED = 5
CHUNK = 256
UNKNOWN = "UNKNOWN"
UNSURE = frozenset({"TITLE", "NRP", "USERNAME", UNKNOWN})
"""Labels that some sets have and others leave out, and words that nobody judged: they teach nothing."""
AS_WRITTEN, LOWER, UPPER = 0.72, 0.16, 0.12


@dataclass(frozen=True)
class Line:
    """One line for training: states of its words, how each is written in three casings, and the tags."""

    states: Any
    written: tuple[Any, Any, Any]
    tags: Any


def is_for_development(row: dict[str, Any]) -> bool:
    """Whether a text of the templates is held out: a third of the templates, whole."""
    return row.get("source") == "presidio_synth_v2" and row["template_id"] % 3 == 0


def read_marked(folder: Path) -> Iterator[Marked]:
    """Yield the texts of the public sets that may be trained on."""
    for name in SETS:
        for line in (folder / f"{name}.jsonl").read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            if is_for_development(row) or (name == "gum_named" and row["source"] not in GUM):
                continue
            yield row["text"], [(s["start"], s["end"], s["label"]) for s in row["spans"]]


def read_service_language(folder: Path, lexicon: Lexicon) -> Iterator[Marked]:
    """Yield questions of bank customers and assistants' users, and complaints, when the sets lie beside the folder.

    Nobody marked the complaints and the assistants' questions: only their everyday words teach, as nobody's name.
    """
    intents, complaints = folder.parent / "intents", folder.parent / "cfpb" / "cfpb_products.csv"
    yield from ((text, []) for text in _spread(_column(intents / "banking77_train.csv", "text"), QUESTIONS))
    if (intents / "clinc150_train_val.json").is_file():
        said = json.loads((intents / "clinc150_train_val.json").read_text(encoding="utf-8"))
        yield from (everyday(text, lexicon) for text in _spread([text for text, _ in said["train"]], QUESTIONS))
    for text in _spread(_column(complaints, "narrative"), COMPLAINTS):
        yield everyday(text[:320].rpartition(".")[0] or text[:320], lexicon)


def everyday(text: str, lexicon: Lexicon) -> Marked:
    """Return ``text`` with every word marked as unknown that is no everyday word, or a capital beside such a word."""
    words = cut(text)
    strange = [word.text[0].isalnum() and not lexicon.is_common(word.text) for word in words]
    spans = []
    for at, word in enumerate(words):
        is_near = any(strange[max(0, at - 2) : at + 3]) and not word.text.islower()
        if strange[at] or is_near or lexicon.is_first_name(word.text):
            spans.append((word.start, word.end, UNKNOWN))
    return text, spans


def _column(file: Path, name: str) -> list[str]:
    if not file.is_file():
        return []
    with file.open(encoding="utf-8", newline="") as rows:
        return [row[name] for row in csv.DictReader(rows)]


def _spread(texts: Sequence[str], count: int) -> Sequence[str]:
    return texts[:: max(1, len(texts) // count)][: count + 1]


def tags_of(text: str, spans: Sequence[tuple[int, int, str]]) -> list[int]:
    """Return the tag of each word of ``text``."""
    found = []
    for word in cut(text):
        labels = [label for start, end, label in spans if start < word.end and word.start < end]
        tag = 0
        for label in labels:
            if label in TAGS:
                tag = TAGS.index(label)
            elif label in UNSURE:
                tag = IGNORED
        found.append(tag)
    return found


def make_lines(texts: Sequence[Marked], reader: WordReader, lexicon: Lexicon) -> list[Line]:
    """Return the lines of ``texts``, read by the encoder in batches of like length."""
    import numpy as np

    cuts = []
    for text, spans in texts:
        words, tags = cut(text), np.array(tags_of(text, spans), dtype=np.int64)
        cuts += [(text, words[first:last], tags[first:last]) for first, last in lines(text, words)]
    cuts.sort(key=lambda item: len(item[1]))
    made = []
    for start in range(0, len(cuts), CHUNK):
        chunk = cuts[start : start + CHUNK]
        states = reader.read_words([[word.text for word in words] for _, words, _ in chunk])
        for (text, words, tags), state in zip(chunk, states, strict=True):
            made.append(Line(state.astype(np.float16), _three(text, words, lexicon), tags))
        if start // CHUNK % 10 == 0:
            _tell(f"read {start + len(chunk):,} of {len(cuts):,} lines")
    return made


def _three(text: str, words: Sequence[Any], lexicon: Lexicon) -> tuple[Any, Any, Any]:
    plain = written(text, words, lexicon)
    lower, upper = text.lower(), text.upper()
    if not len(lower) == len(text) == len(upper):
        return plain, plain, plain
    lowered = [token_of(lower[word.start : word.end], word.start) for word in words]
    raised = [token_of(upper[word.start : word.end], word.start) for word in words]
    return plain, written(lower, lowered, lexicon), written(upper, raised, lexicon)


def sampler(made: Sequence[Line], *, seed: int) -> Any:
    """Return what draws a line in one of its casings, now and then without what the lists say."""
    import numpy as np

    dice = np.random.default_rng(seed)

    def sample(index: int) -> tuple[Any, Any]:
        line = made[index]
        written_so = line.written[dice.choice(3, p=(AS_WRITTEN, LOWER, UPPER))]
        if dice.random() < 0.3:
            written_so = written_so.copy()
            written_so[:, -LISTED:] = 0.0
        return np.hstack([line.states.astype(np.float32), written_so]), line.tags

    return sample


def main(arguments: Sequence[str] | None = None) -> int:
    """Train and write the head."""
    from frontline.encoder import default_folder, open_encoder

    options = argparse.ArgumentParser(prog="python -m anonymization.train", description=__doc__)
    options.add_argument("folder", type=Path, help="the public sets")
    options.add_argument("--models", type=Path, default=default_folder())
    options.add_argument("--to", type=Path, default=HEAD)
    options.add_argument("--epochs", type=int, default=EPOCHS)
    chosen = options.parse_args(arguments)
    lexicon = load_lexicon()
    given, family = (_spelled(name) for name in ("first_names.txt", "last_names.txt"))
    inventor = Inventor(lexicon, given, family, seed=SEED)
    reader = open_encoder(chosen.models)
    marked, service = list(read_marked(chosen.folder)), list(read_service_language(chosen.folder, lexicon))
    invented = [inventor.text() for _ in range(INVENTED)]
    # Every other line of the public sets in which nobody is named: most tweets are such.
    made = [line for n, line in enumerate(make_lines(marked, reader, lexicon)) if n % 2 or (line.tags > 0).any()]
    made += make_lines(service, reader, lexicon) + make_lines(invented, reader, lexicon)
    train_tagger(
        [len(line.tags) for line in made], sampler(made, seed=SEED), chosen.to, tags=len(TAGS), epochs=chosen.epochs,
        seed=SEED, told=_tell,
    )  # fmt: skip
    count = len(marked) + len(service) + len(invented)
    sys.stdout.write(f"{chosen.to.name} from {count:,} texts, {chosen.to.stat().st_size / 1e6:.1f} MB\n")
    return 0


def _tell(line: str) -> None:
    sys.stderr.write(f"{line}\n")


def _spelled(name: str) -> list[str]:
    from importlib import resources

    text = resources.files("anonymization").joinpath("data", name).read_text(encoding="utf-8")
    return [word for line in text.splitlines() if not line.startswith("#") for word in line.split()]


if __name__ == "__main__":
    sys.exit(main())
