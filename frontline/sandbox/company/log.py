"""The contact log: one entry per contact, grown day by day, read as arrays afterwards."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from frontline.sandbox.company.model import Floats, Ints

# What kind of contact: live waits in a queue line, written waits in a work list, outbound is ours, bot needs nobody.
LIVE, WRITTEN, OUTBOUND, BOT = range(4)
PENDING, ANSWERED, ABANDONED, TRANSFERRED, SENT = range(5)

# Columns of uniforms drawn with each contact; every later decision about it reads its own column, so that a
# decision never depends on what later days drew.
(
    U_REPEAT, U_DELAY, U_SWITCH, U_REDIAL, U_REDIAL_DELAY, U_TRANSFER, U_ESCALATE, U_FOLLOW, U_FOLLOW_DELAY, U_SURVEY,
    U_TYPE, U_RESPOND, U_RESPOND_DELAY, U_MOOD, U_CASE, U_ANON, U_BOT, U_CONTAIN, U_CLOSE, U_QA, U_TEXT, U_PRIORITY,
    U_SUBTOPIC, U_REOPEN, U_VRU, U_HANDOFF, U_CONSENT, U_TAG, U_HANDLE, U_PATIENCE, U_BOUNCE, U_THEME,
) = range(32)  # fmt: skip
COLUMNS = 32


@dataclass
class ContactLog:
    """Parallel columns. Times are wall-clock seconds from local midnight of the company's first day."""

    t: list[float] = field(default_factory=list)
    customer: list[int] = field(default_factory=list)
    topic: list[int] = field(default_factory=list)
    channel: list[int] = field(default_factory=list)
    queue: list[int] = field(default_factory=list)
    kind: list[int] = field(default_factory=list)
    parent: list[int] = field(default_factory=list)  # the contact it follows, -1 for a first one
    root: list[int] = field(default_factory=list)  # the contact that opened the case, -1 without one
    depth: list[int] = field(default_factory=list)
    handle: list[float] = field(default_factory=list)
    patience: list[float] = field(default_factory=list)
    start: list[float] = field(default_factory=list)
    end: list[float] = field(default_factory=list)
    agent: list[int] = field(default_factory=list)
    outcome: list[int] = field(default_factory=list)
    queued: list[bool] = field(default_factory=list)
    uniforms: list[Floats] = field(default_factory=list)  # one block per day

    def __len__(self) -> int:
        return len(self.t)

    def frozen(self) -> Contacts:
        """Return the log as arrays."""
        return Contacts(
            t=np.array(self.t),
            customer=np.array(self.customer, dtype=np.int64),
            topic=np.array(self.topic, dtype=np.int64),
            channel=np.array(self.channel, dtype=np.int64),
            queue=np.array(self.queue, dtype=np.int64),
            kind=np.array(self.kind, dtype=np.int64),
            parent=np.array(self.parent, dtype=np.int64),
            root=np.array(self.root, dtype=np.int64),
            depth=np.array(self.depth, dtype=np.int64),
            start=np.array(self.start),
            end=np.array(self.end),
            agent=np.array(self.agent, dtype=np.int64),
            outcome=np.array(self.outcome, dtype=np.int64),
            queued=np.array(self.queued, dtype=bool),
            u=np.concatenate(self.uniforms),
            number=np.arange(len(self)),
        )


@dataclass(frozen=True)
class Contacts:
    """The log as arrays; ``start`` and ``end`` are NaN while nobody has taken the contact.

    ``root`` and ``parent`` are places in these arrays; ``number`` is a contact's place in the whole log, of which its
    ids are made, so that a part of the log names its contacts as the whole does.
    """

    t: Floats
    customer: Ints
    topic: Ints
    channel: Ints
    queue: Ints
    kind: Ints
    parent: Ints
    root: Ints
    depth: Ints
    start: Floats
    end: Floats
    agent: Ints
    outcome: Ints
    queued: Floats
    u: Floats
    number: Ints

    def __len__(self) -> int:
        return len(self.t)
