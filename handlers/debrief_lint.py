"""Whether a contribution blames a person: asked before the form closes, and again of what passed the gate."""

from __future__ import annotations

from typing import TYPE_CHECKING

from anonymization.lexicon import load_lexicon
from anonymization.revision import replace_stretches
from frontline.catalog.debriefs import DebriefRules, shipped_debriefs
from frontline.core.errors import UsageError
from frontline.core.forms import FormErrors
from frontline.core.ports import Gate
from frontline.core.request import Request
from frontline.core.text import AnonymizedText
from frontline.governance.blame import ADVICE, Blame, find_blame, persons_to_replace
from handlers.arguments import pass_again

if TYPE_CHECKING:
    from handlers.desk import Work

# The choice of the form: rewrite it oneself, or have everybody who is blamed as "somebody".
REPHRASE, ROLE_FREE = "rephrase", "role_free"


def is_name(word: str) -> bool:
    """Whether a capitalised word is a given or a family name and no everyday word."""
    lexicon = load_lexicon()
    return not lexicon.is_common(word) and (lexicon.is_first_name(word) or lexicon.is_last_name(word))


def blamed(text: AnonymizedText, rules: DebriefRules) -> list[Blame]:
    """Return who is blamed in a text that passed the gate."""
    return find_blame(text.show(), rules.blame, is_name=is_name)


def role_free(text: AnonymizedText, rules: DebriefRules, *, gate: Gate) -> AnonymizedText:
    """Return the text with everybody who is blamed as "somebody"; it passes the gate once more.

    Raises:
        PrivacyError: the gate holds it back.
    """
    free = replace_stretches(text, persons_to_replace(text.show(), rules.blame, is_name=is_name))
    return pass_again(free, gate=gate)


def sentence(found: Blame) -> str:
    """Say what is wrong and what to do, in the form under the text."""
    return f"“{found.words[:80]}”: {ADVICE.lower()}. What made it likely?"


def rules_of(work: Work) -> DebriefRules:
    """Return how this organisation leads debriefs."""
    rules = work.desk.catalog.debriefs
    assert isinstance(rules, DebriefRules)
    return rules


def check(text: AnonymizedText, rules: DebriefRules) -> AnonymizedText:
    """Return a title or a step as it is.

    Raises:
        UsageError: it blames a person.
    """
    if found := blamed(text, rules):
        raise UsageError(f"Nothing was kept. {sentence(found[0])}", next_step="Say it again as a condition.")
    return text


def validate_words(request: Request, *names: str) -> FormErrors:
    """Check titles and steps before the ack, as ``validate`` does a contribution."""
    errors = {}
    for name in names:
        text = request.values.get(name)
        if text and (found := find_blame(text.reveal(), shipped_debriefs().blame, is_name=is_name)):
            errors[name] = sentence(found[0])
    return errors


def validate(request: Request) -> FormErrors:
    """Check a contribution before the ack; what is wrong is said under the text, which stays in the form."""
    text = request.values.get("text")
    if not text:
        return {"text": "Say it in a sentence or two."}
    wording = request.values.get("wording")
    if wording is not None and wording.reveal() == ROLE_FREE:
        return {}
    errors = validate_words(request, "text")
    return {name: f"{said} Or choose “Write it without persons”." for name, said in errors.items()}
