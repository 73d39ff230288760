"""``/ops tag ...``: labels in use, what counts for which, which process answers one, and gaps."""

from __future__ import annotations

from urllib.parse import urlsplit

from frontline.core.errors import UsageError
from frontline.core.forms import Field as Input
from frontline.core.forms import Form, FormErrors
from frontline.core.reply import Button, Item, Paragraph, Part, Reply, Tone
from frontline.core.request import Request
from frontline.core.text import AnonymizedText
from frontline.governance import tag_counts, tag_gaps, tag_labels, tags
from frontline.store.models.talk import TagLabel
from handlers import own
from handlers.desk import Work
from handlers.registry import Arguments
from handlers.words import take_url

MOST_LABELS, MOST_TEXTS = 20, 3


class LabelArguments(Arguments):
    """The label that is meant."""

    value: str = ""


class MergeArguments(Arguments):
    """``A into B``."""

    label: str = ""
    into: str = ""


class ProcessArguments(Arguments):
    """A label and the process that answers it, in words or as a web address. A form carries the label as ``value``."""

    label: str = ""
    value: str = ""
    process: AnonymizedText | None = None
    url: str = ""


def list_labels(work: Work, arguments: Arguments) -> Reply:
    """List the labels in use with their growth."""
    rule = work.desk.catalog.rules.tags
    rows = tag_counts.list_activity(work.session, work.actor, rule, now=work.now, policy=work.desk.policy)
    days = rule.window_days + rule.before_days
    if not rows:
        return Reply(f"No tags in the last {days} days.", context="Agents add them with /tag.", exit_code=4)
    gaps = {
        gap.activity.label
        for gap in tag_gaps.list_gaps(work.session, work.actor, rule, now=work.now, policy=work.desk.policy)
    }
    items: list[Part] = [Item(f"#{row.label}", detail=_line(row, work, is_gap=row.label in gaps)) for row in rows]
    hidden = len(rows) - MOST_LABELS
    more = f" {hidden} more are not shown." if hidden > 0 else ""
    noun = "label was" if len(rows) == 1 else "labels were"
    return Reply(
        f"{len(rows)} {noun} used in the last {days} days, {len(gaps)} without a process.",
        context=f"Uses of the last {rule.window_days} days. /ops tag show LABEL says more.{more}",
        parts=items[:MOST_LABELS],
    )


def show(work: Work, arguments: LabelArguments) -> Reply:
    """Show one label: uses, teams, growth, what counts for it, its process or its gap."""
    rule = work.desk.catalog.rules.tags
    row = tag_labels.access_label(work.session, work.actor, _named(arguments.value), policy=work.desk.policy)
    activity = tag_counts.activity_of(work.session, row.label, rule, now=work.now)
    commitment = tag_gaps.open_commitment(work.session, row.label)
    aliases = tag_labels.list_aliases(work.session, row.label)
    said = [f"{activity.before} uses in the {rule.before_days} days before · {_teams(activity)}".rstrip(" ·")]
    if aliases:
        said.append("Counts with it: " + ", ".join(f"#{alias}" for alias in aliases))
    if commitment is not None:
        said.append(f"Somebody is at it: {commitment.commitment_id}, due {commitment.due.isoformat()}")
    process = tag_labels.answering(work.session, row.label)
    parts: list[Part] = [Paragraph("\n".join(said)), *(_process(process) if process else [])]
    parts += [*_proposals(work, row.label), *_texts(work, row)]
    is_open = process is None and commitment is None
    headline = f"#{row.label}: {tag_gaps.use_words(activity)} in {rule.window_days} days."
    return Reply(
        headline,
        context=tag_gaps.growth_words(activity.growth, rule),
        parts=parts,
        buttons=tag_gaps.gap_buttons(row.label)[:2] if is_open else [],
    )


def merge(work: Work, arguments: MergeArguments) -> Reply:
    """Make one label count for another; every tag keeps its own, so it can be taken back."""
    if not arguments.label or not arguments.into:
        raise UsageError("Say which label goes into which.", next_step="/ops tag merge invoice-mail into billing-email")
    row = tag_labels.merge(work.unit, work.actor, arguments.label, arguments.into, policy=work.desk.policy)
    assert row.alias_of is not None
    # Together they may have become a gap.
    rule = work.desk.catalog.rules.tags
    tag_gaps.notice(work.unit, row.alias_of, rule, work.desk.speak)
    activity = tag_counts.activity_of(work.session, row.alias_of, rule, now=work.now)
    work.audit |= {"label": row.label, "into": row.alias_of}
    return Reply(
        f"#{row.label} counts for #{row.alias_of} now.",
        context=f"Together {activity.uses} uses in {rule.window_days} days. No tag was changed.",
        buttons=[Button("Undo", "tag.unmerge", row.label)],
    )


def merge_proposed(work: Work, arguments: LabelArguments) -> Reply:
    """The button of a proposal: ``A into B``."""
    label, _, into = arguments.value.partition(" ")
    return merge(work, MergeArguments(label=label, into=into))


def unmerge(work: Work, arguments: LabelArguments) -> Reply:
    """Let a label stand for itself again."""
    row = tag_labels.unmerge(work.unit, work.actor, _named(arguments.value), policy=work.desk.policy)
    work.audit["label"] = row.label
    return Reply(f"#{row.label} stands for itself again.", context="Its uses are where they were.", replaces=True)


def link(work: Work, arguments: ProcessArguments) -> Reply:
    """Say which process answers a label: the gap is closed."""
    row = tag_labels.link(
        work.unit,
        work.actor,
        _named(arguments.label or arguments.value),
        process=arguments.process,
        url=arguments.url.strip(),
        policy=work.desk.policy,
    )
    work.audit["label"] = row.label
    return Reply(
        f"#{row.label} has a process: no gap any more.",
        context=f"Take it back with /ops tag unlink {row.label}",
        parts=_process(row),
    )


def ask_process(work: Work, arguments: LabelArguments) -> Reply:
    """Open the form for the process of a label."""
    label = _named(arguments.value)
    fields = [
        Input("process", "Which process", kind="text", hint="Where agents find it, in a few words.", optional=True),
        Input("url", "Its address", hint="https://...", optional=True, limit=480),
    ]
    form = Form("tag.link", "There is a process", fields, intro=f"What answers #{label}?", state=label)
    return Reply("There is a process", form=form)


def unlink(work: Work, arguments: LabelArguments) -> Reply:
    """Take the process of a label back."""
    row = tag_labels.unlink(work.unit, work.actor, _named(arguments.value), policy=work.desk.policy)
    work.audit["label"] = row.label
    return Reply(f"#{row.label} has no process any more.", context="It may become a gap again.")


def mark_no_gap(work: Work, arguments: LabelArguments) -> Reply:
    """Say that a label is no gap; nobody is asked again for some months."""
    rule = work.desk.catalog.rules.tags
    row = tag_gaps.mute(work.unit, work.actor, _named(arguments.value), rule, policy=work.desk.policy)
    work.audit["label"] = row.label
    return Reply(
        f"#{row.label} is no gap, says @{work.actor.handle}.",
        context=f"Nobody is asked again for {rule.mute_days} days.",
        in_channel=True,
    )


def commit(work: Work, arguments: LabelArguments) -> Reply:
    """Open the commitment form about a label: it becomes a change request."""
    label = _named(arguments.value)
    return Reply("Make it a commitment", form=own.form(work.today, about=tag_gaps.source_key(label)))


def validate(request: Request) -> FormErrors:
    """Check the form of a process before the ack."""
    process, url = request.values.get("process"), request.values.get("url")
    if not process and not url:
        return {"process": "Say in a few words which process it is, or give its address."}
    if url and (take_url(url.reveal())[0] != url.reveal().strip() or not urlsplit(url.reveal().strip()).hostname):
        return {"url": "An address begins with https:// and has no blanks."}
    return {}


def _named(label: str) -> str:
    if not label.strip():
        raise UsageError("Say which label.", next_step="/ops tag list shows them.")
    return tags.normal_label(label)


def _line(row: tag_counts.Activity, work: Work, *, is_gap: bool) -> str:
    rule = work.desk.catalog.rules.tags
    gap = " · no process" if is_gap else ""
    return f"{tag_gaps.use_words(row)} · {tag_gaps.growth_words(row.growth, rule)}{gap}"


def _teams(activity: tag_counts.Activity) -> str:
    return ", ".join(f"{team.capitalize()} {count}" for team, count in activity.teams[:6])


def _process(row: TagLabel) -> list[Part]:
    parts: list[Part] = []
    if row.process is not None:
        parts.append(Item(row.process, detail="its process"))
    if row.process_url is not None:
        parts.append(Item(row.process_url, detail="where its process stands"))
    return parts


def _proposals(work: Work, label: str) -> list[Part]:
    may_merge = work.desk.policy.is_allowed(work.actor, "tag.merge", audience=work.audience)
    return [
        Item(
            f"#{row.label} was given up for it",
            detail="once" if row.proposed_count == 1 else f"{row.proposed_count} times",
            buttons=[Button("Merge", "tag.merge", f"{row.label} {label}", Tone.PRIMARY)] if may_merge else [],
        )
        for row in tag_labels.list_proposals(work.session, label)[:3]
    ]


def _texts(work: Work, row: TagLabel) -> list[Part]:
    """The newest tags that this person may see; their words stay in private answers."""
    if work.audience.kind.value != "private":
        return []
    found = tags.list_tags(
        work.session, work.actor, label=row.label, limit=MOST_TEXTS, policy=work.desk.policy, audience=work.audience
    )
    return [Item(tag.text, detail=f"{tag.at:%d %b} · #{tag.label}") for tag in found]
