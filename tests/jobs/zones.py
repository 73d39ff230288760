"""Zones with every kind of clock change: northern, southern, half an hour, at midnight, none, far from UTC."""

from zoneinfo import ZoneInfo

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
TWELVE = tuple(
    ZoneInfo(name)
    for name in (
        "Europe/Amsterdam",
        "Europe/Lisbon",
        "America/New_York",
        "America/Santiago",
        "America/St_Johns",
        "Africa/Cairo",
        "Asia/Kolkata",
        "Asia/Kathmandu",
        "Asia/Beirut",
        "Australia/Lord_Howe",
        "Pacific/Kiritimati",
        "Pacific/Chatham",
    )
)
