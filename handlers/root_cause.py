"""An alert becomes an owned, dated search for its root cause."""

from __future__ import annotations

from frontline.core.reply import Reply
from frontline.governance import alerts
from handlers import own
from handlers.alerts import AlertArguments
from handlers.desk import Work


def start(work: Work, arguments: AlertArguments) -> Reply:
    """Open the commitment form about one alert."""
    row = alerts.access_alert(work.session, work.actor, arguments.value.strip(), policy=work.desk.policy)
    form = own.open_form(work, row.alert_id)
    return Reply("Start the root cause", form=form)
