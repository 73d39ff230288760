"""Debriefs: opened, filled without names, published, followed up."""

from __future__ import annotations

from handlers import debrief_publishing, debrief_search, debrief_timeline, debriefs
from handlers.entries.kinds import ACTION, COMMAND, FORM
from handlers.readers import first_and_rest, read_contribution, read_lesson, read_opening, whole
from handlers.registry import Entry

_ONE = debriefs.DebriefArguments


def entries() -> list[Entry]:
    """Return the entries of this family."""
    return [*_commands(), *_clicks()]


def _commands() -> list[Entry]:
    return [
        Entry(
            COMMAND,
            ("ops", "debrief open"),
            "debrief.open",
            debriefs.open_debrief,
            debriefs.OpenArguments,
            read_opening,
            summary="opens a debrief about an incident, a case or a title, and shows one like it.",
            examples=("/ops debrief open INC-42", '/ops debrief open "invoices sent twice"'),
        ),
        Entry(
            COMMAND,
            ("ops", "debrief add"),
            "debrief.add",
            debriefs.add,
            debriefs.AddArguments,
            read_contribution,
            writes=True,
            unsigned=True,
            summary="contributes to a debrief; who wrote is stored nowhere.",
            examples=("/ops debrief add dbf_4k7q0z2m9x", "/ops debrief add INC-42"),
        ),
        Entry(
            COMMAND,
            ("ops", "debrief timeline"),
            "debrief.open",
            debrief_timeline.add_timeline,
            debrief_timeline.TimelineArguments,
            first_and_rest("value", "steps"),
            writes=True,
            summary="adds a step to the timeline of a debrief.",
            examples=("/ops debrief timeline INC-42 06:40 first alarm of the core router",),
        ),
        Entry(
            COMMAND,
            ("ops", "debrief list"),
            "debrief.read",
            debriefs.list_all,
            summary="lists the debriefs, the open ones first.",
            examples=("/ops debrief list",),
            aliases=("ops debrief",),
        ),
        Entry(
            COMMAND,
            ("ops", "debrief show"),
            "debrief.read",
            debriefs.show,
            _ONE,
            whole("value"),
            summary="shows a debrief; what was said from three contributors on.",
            examples=("/ops debrief show INC-42",),
        ),
        Entry(
            COMMAND,
            ("ops", "debrief publish"),
            "debrief.publish",
            debrief_publishing.ask,
            _ONE,
            whole("value"),
            summary="publishes a debrief; its lessons get an owner and a date.",
            examples=("/ops debrief publish INC-42",),
        ),
        Entry(
            COMMAND,
            ("ops", "debrief follow"),
            "debrief.read",
            debrief_publishing.follow,
            debrief_publishing.FollowArguments,
            read_lesson,
            writes=True,
            summary="says what became of the lessons, or gives one to somebody.",
            examples=("/ops debrief follow INC-42", "/ops debrief follow INC-42 1 @maria due 30 jun"),
        ),
        Entry(
            COMMAND,
            ("ops", "debrief find"),
            "debrief.read",
            debrief_search.find,
            debrief_search.FindArguments,
            whole("query"),
            summary="have we seen this before? Conditions and lessons of earlier incidents.",
            examples=("/ops debrief find router upgrade took homes offline",),
        ),
    ]


def _clicks() -> list[Entry]:
    publishing = debrief_publishing
    return [
        Entry(FORM, ("debrief.open",), "debrief.open", debriefs.open_debrief, debriefs.OpenArguments),
        Entry(FORM, ("debrief.add",), "debrief.add", debriefs.add, debriefs.AddArguments, writes=True, unsigned=True),
        Entry(ACTION, ("debrief.form",), "debrief.add", debriefs.contribute_form, _ONE, unsigned=True),
        Entry(
            ACTION,
            ("debrief.timeline.form",),
            "debrief.open",
            debrief_timeline.timeline_form,
            debrief_timeline.TimelineArguments,
        ),
        Entry(
            FORM,
            ("debrief.timeline",),
            "debrief.open",
            debrief_timeline.add_timeline,
            debrief_timeline.TimelineArguments,
            writes=True,
        ),
        Entry(ACTION, ("debrief.show",), "debrief.read", debriefs.show, _ONE),
        Entry(ACTION, ("debrief.publish.form",), "debrief.publish", publishing.ask, _ONE),
        Entry(
            FORM,
            ("debrief.publish",),
            "debrief.publish",
            publishing.publish,
            publishing.PublishArguments,
            writes=True,
        ),
        Entry(ACTION, ("debrief.withdraw",), "debrief.publish", publishing.withdraw, _ONE, writes=True),
        Entry(ACTION, ("debrief.restore",), "debrief.publish", publishing.restore, _ONE, writes=True),
    ]
