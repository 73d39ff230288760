"""Any reply that a handler could give, and worse."""

from __future__ import annotations

from hypothesis import strategies as st

from frontline.core.forms import Field, Form
from frontline.core.reply import Button, Chart, Column, Item, Outcome, Paragraph, Quote, Reply, Table, Tone
from tests.bot.cast import anonymized

HOSTILE = [
    "<!channel> <@U1> <#C1> <https://evil.example|bank>",
    "=cmd|' /C calc'!A0",
    "```code``` *bold* _it_ ~s~ `x`",
    "& < > &amp; &lt;",
    "\u202egnp.exe",
    "\ud800 lone",
    "\x00\x07",
    "🧨" * 40,
    "&" * 4000,
    "word " * 900,
    " \n\t ",
    "",
    "@here :tada: http://evil.example",
]
texts = st.one_of(
    st.text(max_size=40), st.sampled_from(HOSTILE), st.text(alphabet="a<&🧨\n ", min_size=2900, max_size=3300)
)
short = st.one_of(st.text(max_size=30), st.sampled_from(HOSTILE))
people = texts.map(anonymized)
numbers = st.one_of(
    st.none(),
    st.integers(),
    st.floats(),
    st.integers(-(10**6), 10**6),
    st.sampled_from([float("nan"), float("inf"), 2**80]),
)
formats = st.sampled_from(["text", "count", "share", "duration", "money", "score", "date", "odd"])
buttons = st.builds(
    Button,
    label=short,
    action=st.sampled_from(["theme.assign", "a", "x" * 300]),
    value=st.one_of(short, st.just("v" * 2500)),
    tone=st.sampled_from(Tone),
    confirm=short,
)
few_buttons = st.lists(buttons, max_size=4)
columns = st.builds(Column, key=st.text(max_size=5), label=short, format=formats)
cells = st.one_of(numbers, short, short.map(anonymized))


@st.composite
def tables(draw: st.DrawFn) -> Table:
    width = draw(st.sampled_from([0, 1, 2, 3, 20, 25]))
    row = draw(st.lists(cells, min_size=0, max_size=width + 1))
    count = draw(st.sampled_from([0, 1, 2, 99, 100, 101, 130]))
    head = draw(st.lists(columns, min_size=min(width, 3), max_size=min(width, 3)))
    wide = [*head, *[Column(f"c{i}", f"c{i}", "count") for i in range(width - len(head))]]
    other = draw(st.lists(cells, min_size=width, max_size=width)) if width < 4 else [1.5] * width
    return Table(draw(short), wide, [row if i % 2 else other for i in range(count)])


@st.composite
def charts(draw: st.DrawFn) -> Chart:
    points = draw(st.sampled_from([0, 1, 2, 6, 7, 20, 21, 52]))
    labels = draw(st.lists(short, min_size=min(points, 3), max_size=min(points, 3)))
    categories = [*labels, *[f"a rather long week name {i}" for i in range(points - len(labels))]]
    one = draw(st.lists(numbers, min_size=points, max_size=points)) if points < 8 else [float(i) for i in range(points)]
    series = draw(st.lists(st.tuples(short, st.sampled_from([one, one[:1], [1.0] * points])), max_size=8))
    kind = draw(st.sampled_from(["line", "bar", "area", "pie", "donut"]))
    return Chart(draw(short), kind, categories, series, draw(texts), draw(formats))


parts = st.one_of(
    st.builds(Paragraph, text=texts),
    st.builds(Quote, text=people, caption=short, buttons=few_buttons),
    st.builds(Item, title=st.one_of(short, short.map(anonymized)), detail=texts, buttons=few_buttons),
    tables(),
    charts(),
)
fields = st.builds(
    Field,
    key=st.sampled_from(["title", "due", "owner", "kind", "note"]),
    label=short,
    kind=st.sampled_from(["line", "text", "choice", "choices", "person", "channel", "date", "checkbox"]),
    hint=short,
    initial=st.one_of(short, st.just("2026-06-17"), st.just("a\nb"), st.just("true")),
    options=st.one_of(
        st.lists(st.tuples(short, short), max_size=4),
        st.sampled_from([0, 10, 11, 100, 101, 250]).map(lambda n: [(f"v{i}", f"label {i}") for i in range(n)]),
    ),
    optional=st.booleans(),
    limit=st.sampled_from([0, 1, 80, 3000, 9000]),
)
forms = st.builds(
    Form,
    action=st.just("tag.create"),
    title=short,
    fields=st.lists(fields, max_size=6, unique_by=lambda each: each.key),
    submit=short,
    intro=texts,
    state=st.sampled_from(["", "s" * 2900]),
)
replies = st.builds(
    Reply,
    headline=texts,
    context=short,
    parts=st.one_of(st.lists(parts, max_size=5), parts.map(lambda part: [part] * 60)),
    buttons=st.one_of(few_buttons, buttons.map(lambda button: [button] * 60)),
    outcome=st.sampled_from(Outcome),
    warnings=st.lists(short, max_size=12).map(tuple),
)
