"""``/ops category code``: the cases of the weekly sample, one by one, without anybody else's answer."""

from __future__ import annotations

from frontline.catalog.taxonomy import Taxonomy
from frontline.core.forms import Field, Form, FormErrors
from frontline.core.reply import Button, Outcome, Quote, Reply, Tone
from frontline.core.request import Request
from frontline.governance import coding
from handlers.desk import Work
from handlers.registry import Arguments


class CodeArguments(Arguments):
    """A case of the sample, and the code that is given to it."""

    value: str = ""
    code: str = ""


def show_next(work: Work, arguments: CodeArguments) -> Reply:
    """Show the next case that waits for this person."""
    task = coding.next_task(work.session, work.actor, policy=work.desk.policy, audience=work.audience)
    if task is None:
        return Reply(
            "No case waits for a category from you.",
            context="The next sample comes with the routine category_sample.",
            outcome=Outcome.ANSWERED,
        )
    assert task.document.text is not None
    return Reply(
        f"Which category is this? {task.left} to go.",
        context="Choose by the words alone. Another person codes the same case; neither sees the other's answer.",
        parts=[Quote(task.document.text, caption=task.document.language or "")],
        buttons=[Button("Choose its category", "category.choose", task.sample_id, Tone.PRIMARY)],
        outcome=Outcome.ANSWERED,
        for_one=True,
    )


def choose(work: Work, arguments: CodeArguments) -> Reply:
    """Open the form with the codes in force."""
    taxonomy: Taxonomy = work.desk.catalog.taxonomy
    row = coding.access_task(work.session, work.actor, arguments.value, policy=work.desk.policy)
    options = [(code, f"{taxonomy.path(code)} ({code})"[:75]) for code in taxonomy.in_force()]
    field = Field("code", "Category", "choice", hint="The narrowest that fits.", options=options)
    return Reply("Category", form=Form("category.answer", "Category of the case", [field], state=row.sample_id))


def answer(work: Work, arguments: CodeArguments) -> Reply:
    """Keep the answer, and offer the next case."""
    taxonomy: Taxonomy = work.desk.catalog.taxonomy
    row = coding.answer(
        work.unit,
        work.actor,
        arguments.value,
        arguments.code,
        taxonomy=taxonomy,
        policy=work.desk.policy,
    )
    task = coding.next_task(work.session, work.actor, policy=work.desk.policy, audience=work.audience)
    buttons = [Button("Change it", "category.choose", row.sample_id)]
    buttons += [Button(f"Next ({task.left} to go)", "category.next", "", Tone.PRIMARY)] if task else []
    return Reply(
        f"Kept: {taxonomy.path(arguments.code)} ({arguments.code}).",
        context="" if task else "That was the last one of this week. Thank you.",
        buttons=buttons,
        for_one=True,
    )


def validate(request: Request) -> FormErrors:
    """Check the form of an answer before the ack."""
    return {} if request.values.get("code") else {"code": "Choose a category."}
