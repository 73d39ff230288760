"""Scripts and their variants."""

from __future__ import annotations

from handlers import scripts, variants
from handlers.entries.kinds import ACTION, COMMAND, FORM
from handlers.readers import read_edit, read_script, read_variant, whole
from handlers.registry import Entry

_ONE = scripts.ScriptArguments


def entries() -> list[Entry]:
    """Return the entries of this family."""
    return [
        Entry(
            COMMAND,
            ("ops", "kb script"),
            "script.read",
            scripts.show,
            _ONE,
            read_script,
            summary="says what is said to a customer: base, overrides and what is required.",
            examples=("/ops kb script cancel --segment smb", "/ops kb script"),
        ),
        Entry(
            COMMAND,
            ("ops", "kb edit"),
            "script.edit",
            scripts.edit_form,
            scripts.EditArguments,
            read_edit,
            writes=True,
            summary="gives a block of a script other words for a segment, region or language, as a draft.",
            examples=("/ops kb edit cancel", "/ops kb edit cancel offer --segment smb We can lower the fee today."),
        ),
        Entry(
            COMMAND,
            ("ops", "kb diff"),
            "script.read",
            scripts.diff,
            _ONE,
            read_script,
            summary="shows what a draft changes, or what a customer hears otherwise, and what the lint says.",
            examples=("/ops kb diff cancel", "/ops kb diff cancel --segment smb"),
        ),
        Entry(
            COMMAND,
            ("ops", "kb publish"),
            "script.publish",
            scripts.publish,
            _ONE,
            read_script,
            writes=True,
            summary="publishes the draft of a script that somebody else wrote.",
            examples=("/ops kb publish cancellation",),
        ),
        Entry(
            COMMAND,
            ("ops", "kb undraft"),
            "script.edit",
            scripts.undraft,
            _ONE,
            read_script,
            writes=True,
            summary="gives the draft of a script up.",
            examples=("/ops kb undraft cancellation",),
        ),
        Entry(
            COMMAND,
            ("ops", "review variants"),
            "variant.review",
            variants.review,
            variants.CensusArguments,
            whole("value"),
            summary="counts the variants of each process against its budget, with use and near-duplicates.",
            examples=("/ops review variants", "/ops review variants invoices"),
        ),
        Entry(
            COMMAND,
            ("ops", "review add"),
            "variant.change",
            variants.add,
            variants.AddArguments,
            read_variant,
            writes=True,
            summary="registers a variant of a process; over its budget it is refused.",
            examples=('/ops review add invoices "reminder for enterprise" --kind mail',),
        ),
        Entry(
            COMMAND,
            ("ops", "review retire"),
            "variant.change",
            variants.retire,
            variants.VariantArguments,
            whole("value"),
            writes=True,
            summary="retires a registered variant.",
            examples=("/ops review retire var_4k7q0z2m9x",),
        ),
        Entry(FORM, ("script.edit",), "script.edit", scripts.edit, scripts.EditArguments, writes=True),
        Entry(ACTION, ("script.publish",), "script.publish", scripts.publish, _ONE, writes=True),
        Entry(ACTION, ("script.undo",), "script.publish", scripts.undo, _ONE, writes=True),
        Entry(ACTION, ("script.redraft",), "script.edit", scripts.redraft, _ONE, writes=True),
        Entry(ACTION, ("variant.retire",), "variant.change", variants.retire, variants.VariantArguments, writes=True),
        Entry(ACTION, ("variant.restore",), "variant.change", variants.restore, variants.VariantArguments, writes=True),
    ]
