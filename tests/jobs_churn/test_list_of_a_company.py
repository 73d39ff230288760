"""The whole way: a generated company through intake and engine to the posted list, with nobody's identity on it."""

import datetime as dt
from pathlib import Path

import pyarrow.parquet as pq

from bot.render_text import render_text
from frontline.core.clock import FrozenClock
from frontline.store.work import Store
from tests.analysis_churn.companies import load_company
from tests.jobs_churn.desk import Company, Floor, lines

TODAY = dt.date(2026, 6, 17)


def test_the_posted_list_holds_the_planted_and_no_identity(store: Store, clock: FrozenClock, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    judged = load_company(home, seed=3, scale=0.1)
    floor = Floor(store, clock, Company(judged.signs), hold_out=0.1)
    result = floor.run(TODAY)
    text = "\n".join(render_text(post.reply) for post in result.posts)
    shown = {str(item.title)[2:10] for item in lines(result)}
    planted = {key[:8] for key in judged.planted}
    assert len(shown & planted) >= len(planted) - 2  # one may be held out
    assert not shown & {key[:8] for key in judged.opted_out}
    identities = pq.read_table(home / "demo" / "customers.parquet").select(
        ["customer_id", "name", "email", "phone", "account_number"]
    )
    leaked = [value for column in identities.itercolumns() for value in column.to_pylist() if value and value in text]
    assert leaked == []
