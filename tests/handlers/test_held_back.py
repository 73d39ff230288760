"""What a person reads when the gate held their words back."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from anonymization.reasons import Reason
from frontline.core.errors import PrivacyError
from frontline.core.text import RawText
from handlers.arguments import pass_gate


@pytest.mark.parametrize("reasons", [(Reason.FOREIGN_SCRIPT.value,), (), ("played",)])
def test_the_reason_is_a_sentence_without_its_code(reasons: tuple[str, ...]) -> None:
    gate = SimpleNamespace(check=lambda text, known=None: SimpleNamespace(text=None, reasons=reasons))
    with pytest.raises(PrivacyError) as held:
        pass_gate(RawText("..."), gate=cast(Any, gate))
    said = str(held.value)
    assert said.startswith("The text was held back. ")
    assert said.endswith(".")
    assert ".." not in said
    assert Reason.FOREIGN_SCRIPT.code not in said
