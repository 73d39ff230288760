"""``/ops kb``: articles that fit a case, the log of every list, and what people say of an article."""

from __future__ import annotations

import re

from frontline.catalog.knowledge import KnowledgeRules
from frontline.core.errors import NotFound, UsageError
from frontline.core.forms import Field, Form, FormErrors
from frontline.core.ids import new_id
from frontline.core.reply import Button, Item, Outcome, Paragraph, Part, Quote, Reply, Tone
from frontline.core.request import Request
from frontline.core.text import AnonymizedText, QuestionText
from frontline.governance import knowledge
from frontline.governance.knowledge import Candidate, Need
from frontline.metrics.timelines import access_course
from frontline.store.models.knowledge import Recommendation
from frontline.store.work import Unit
from handlers.coming import AGAIN, in_words
from handlers.debrief_text import sections_of
from handlers.desk import Work
from handlers.registry import Arguments
from retrieval.articles import candidates_of, words_of_case

_CASE = re.compile(r"(?:case\s+)?#?([a-z]{0,6}[-_]?\d{1,9})", re.IGNORECASE)
SAID = {
    knowledge.SOLVED: "Noted: it solved this case.",
    knowledge.TRIED: "Noted: it did not help here, and comes last in this case.",
}


class SuggestArguments(Arguments):
    """A case, or the words of a customer."""

    value: str = ""
    query: QuestionText | None = None


class CaseArguments(Arguments):
    """A case."""

    value: str = ""


class VerdictArguments(Arguments):
    """An article in a case: "article-03 C0000123"; for a flag also what is wrong."""

    value: str = ""
    note: AnonymizedText | None = None


def suggest(work: Work, arguments: SuggestArguments) -> Reply:
    """Recommend articles for a case or for words; the list is logged with all that made it."""
    need, query = _need(work, arguments)
    rules = rules_of(work)
    allowed = knowledge.list_articles(
        work.session, work.actor, need, today=work.today, policy=work.desk.policy, audience=work.audience
    )
    found = candidates_of(work.session, work.desk.corpus(), query, allowed, need=need, rules=rules)
    ranked = knowledge.rank(found, rules.weights)
    rec_id, actor = new_id("rec"), work.actor

    def write(unit: Unit) -> None:
        knowledge.log(unit, actor, need, ranked, rules=rules, rec_id=rec_id)

    texts = {document.doc_id: document.text for document, _ in allowed}
    good = [each for each in ranked if knowledge.score(each, rules.weights) >= rules.least][: rules.shown]
    if not good and (said := in_words(work)):
        # No gap: the article may be on its way.
        return Reply(said, context=AGAIN, outcome=Outcome.ABSTAINED, exit_code=4)
    work.effects.append(write)
    work.audit |= {"recommendation": rec_id, "policy": rules.policy_id}
    context = f"Policy {rules.policy_id}, logged as {rec_id}."
    if not good:
        return Reply(
            "No article fits well enough.",
            context=f"{context} It counts as a gap." if need.case_key else context,
            outcome=Outcome.ABSTAINED,
            exit_code=4,
        )
    parts: list[Part] = []
    for place, each in enumerate(good, start=1):
        parts += _shown(each, place, texts[each.id], need, rules)
    about = f" for {need.case_key}" if need.case_key else ""
    return Reply(
        f"{len(good)} article{'s' if len(good) > 1 else ''}{about}, the best first.",
        context=context,
        parts=parts,
        outcome=Outcome.ANSWERED,
        answer={
            "columns": ["rank", "id", "version", "score"],
            "rows": [
                [place, each.id, each.version, knowledge.score(each, rules.weights)]
                for place, each in enumerate(good, start=1)
            ],
        },
    )


def show_log(work: Work, arguments: CaseArguments) -> Reply:
    """Show what was recommended in a case, and rank it again from the log alone."""
    case = case_of(work, arguments.value, action="kb.log")
    rows = knowledge.list_log(work.session, work.actor, case.case_key, policy=work.desk.policy)
    parts: list[Part] = []
    same = 0
    for row in rows[:10]:
        is_same = knowledge.replay(row) == [each["id"] for each in row.candidates]
        same += is_same
        parts += _logged(work, row, is_same=is_same)
    count = len(rows[:10])
    return Reply(
        f"{len(rows)} list{'s were' if len(rows) > 1 else ' was'} recommended for {case.case_key}.",
        context=f"Ranked again from the log: {same} of {count} identical.",
        parts=parts,
        outcome=Outcome.ANSWERED,
    )


def judge(work: Work, arguments: VerdictArguments, *, verdict: str) -> Reply:
    """Keep that an article solved the case, or that it did not help."""
    doc_id, case_key = _pair(arguments.value)
    row = knowledge.judge(
        work.unit, work.actor, _known(work, case_key), doc_id, verdict=verdict, policy=work.desk.policy
    )
    return Reply(SAID[verdict], context=row.doc_id, buttons=[Button("Undo", "kb.undo", row.verdict_id)])


def solved(work: Work, arguments: VerdictArguments) -> Reply:
    """It solved the case."""
    return judge(work, arguments, verdict=knowledge.SOLVED)


def tried(work: Work, arguments: VerdictArguments) -> Reply:
    """It did not help."""
    return judge(work, arguments, verdict=knowledge.TRIED)


def take_back(work: Work, arguments: VerdictArguments) -> Reply:
    """Forget what one just said of an article."""
    knowledge.take_back(work.unit, work.actor, arguments.value.strip(), policy=work.desk.policy)
    return Reply("Taken back.", replaces=True)


def ask_flag(work: Work, arguments: VerdictArguments) -> Reply:
    """Open the form that says what is wrong with an article."""
    note = Field("note", "What is wrong with it", kind="text", hint="Whoever mends it reads this.", limit=500)
    return Reply("Flag", form=Form("kb.flag", "Flag an article", [note], "Flag", state=arguments.value.strip()))


def flag(work: Work, arguments: VerdictArguments) -> Reply:
    """Keep what is wrong with an article, for those who mend it."""
    if arguments.note is None:
        raise UsageError("Say what is wrong with it.", next_step="For example: step 3 names a menu that is gone.")
    doc_id, case_key = _pair(arguments.value)
    row = knowledge.judge(
        work.unit,
        work.actor,
        _known(work, case_key),
        doc_id,
        verdict=knowledge.FLAGGED,
        policy=work.desk.policy,
        note=arguments.note,
    )
    return Reply(
        "Flagged. It stands in `/ops kb gaps` until somebody mends it.",
        context=row.doc_id,
        buttons=[Button("Undo", "kb.undo", row.verdict_id)],
    )


def list_gaps(work: Work, arguments: Arguments) -> Reply:
    """List topics whose cases find no article, and articles that people flagged; each can become a commitment."""
    rules = rules_of(work)
    gaps = knowledge.list_gaps(work.session, work.actor, now=work.now, rules=rules, policy=work.desk.policy)
    flagged = knowledge.list_flagged(work.session, work.actor, policy=work.desk.policy)
    may_promise = work.desk.policy.is_allowed(work.actor, "commitment.create", audience=work.audience)
    parts: list[Part] = []
    for gap in gaps:
        topic = gap.topic or "an unknown topic"
        value = f"kbg_{re.sub(r'[^a-z0-9]+', '-', topic.lower())}"
        buttons = [Button("Make it a commitment", "commitment.about.form", value)] if may_promise else []
        parts.append(
            Item(
                f"{topic}: {gap.cases} cases without an article",
                detail=f"in {rules.gap_days} days · {', '.join(gap.examples)}",
                buttons=buttons,
            )
        )
    for row in flagged:
        fix = [Button("Fix it", "commitment.about.form", f"kbf_{row.doc_id}")] if may_promise else []
        parts.append(Item(row.note or row.doc_id, detail=f"flagged · {row.doc_id} version {row.version}", buttons=fix))
    if not parts:
        return Reply("No gap and nothing flagged.", outcome=Outcome.ANSWERED, exit_code=4)
    return Reply(
        f"{len(gaps)} topic{'s' if len(gaps) != 1 else ''} without an article, {len(flagged)} flagged.",
        parts=parts[:30],
        outcome=Outcome.ANSWERED,
    )


def validate_flag(request: Request) -> FormErrors:
    """Check the form of a flag before the ack."""
    return {} if request.values.get("note") else {"note": "Say what is wrong; whoever mends it reads this."}


def rules_of(work: Work) -> KnowledgeRules:
    """Return how this organisation recommends."""
    rules = work.desk.catalog.knowledge
    assert isinstance(rules, KnowledgeRules)
    return rules


def _need(work: Work, arguments: SuggestArguments) -> tuple[Need, QuestionText | AnonymizedText]:
    if arguments.value:
        case = case_of(work, arguments.value, action="kb.suggest")
        return case, words_of_case(work.session, case)
    if arguments.query is None or not arguments.query:
        raise UsageError("Which case, or which words?", next_step="`/ops kb suggest C-000123`")
    return Need(), arguments.query


def case_of(work: Work, value: str, *, action: str) -> Need:
    """Return what is known of a case; reading it is judged as ``action``.

    Raises:
        NotPermitted, NotFound: the actor may not see it, or there is none.
    """
    found = _CASE.fullmatch(value.strip())
    course = (
        access_course(work.desk.facts(), work.actor, found[1], policy=work.desk.policy, action=action)
        if found
        else None
    )
    if course is None or course.kind != "case":
        command = "/ops category suggest" if action == "category.suggest" else "/ops kb suggest"
        raise NotFound("I know no case with that number.", next_step=f"Words do as well: `{command} router red light`")
    return Need(course.key, course.category or "", course.product or "", course.segment or "")


def _known(work: Work, case_key: str) -> Need:
    return case_of(work, case_key, action="kb.judge") if case_key else Need()


def _pair(value: str) -> tuple[str, str]:
    doc_id, _, case_key = value.strip().partition(" ")
    return doc_id, case_key.strip()


def _shown(each: Candidate, place: int, text: AnonymizedText | None, need: Need, rules: KnowledgeRules) -> list[Part]:
    assert text is not None
    headline, _ = sections_of(text)
    reasons = [
        f"fit {each.text:.2f}",
        "same topic" if each.topic else "",
        "same product" if each.product else "",
        f"solved {each.solved:.0f} like it" if each.solved else "",
        "did not help here" if each.tried else "",
    ]
    details = [f"[{place}]", each.id, f"version {each.version}", *reasons]
    value = f"{each.id} {need.case_key}".strip()
    buttons = [Button("Flag", "kb.flag.form", value)]
    if need.case_key:
        said = [Button("Solved it", "kb.solved", value, Tone.PRIMARY), Button("Did not help", "kb.tried", value)]
        buttons = [*said, *buttons]
    return [
        Item(headline, detail=" · ".join(detail for detail in details if detail), buttons=buttons),
        Quote(text, caption=f"[{place}] {each.id} version {each.version}"),
    ]


def _logged(work: Work, row: Recommendation, *, is_same: bool) -> list[Part]:
    at = f"{row.at.astimezone(work.desk.zone):%-d %b %Y %H:%M}"
    lines = [
        f"{place}. {each['id']} version {each['version']}, score {each['score']:.3f} (fit {each['text']:.2f})"
        + ("" if place <= row.shown else ", not shown")
        for place, each in enumerate(row.candidates[:5], start=1)
    ]
    replayed = "identical when ranked again" if is_same else "NOT what the log ranks now"
    head = f"*{row.rec_id}* · {at} · policy {row.policy_id} · {replayed}"
    return [Paragraph("\n".join([head, *(lines or ["no article"])]))]
