import datetime as dt
import gzip
from pathlib import Path

import numpy as np
import pytest

from frontline.analysis.changes import change_point
from frontline.analysis.limits import Daily, ewma, ewma_limit, fit_baseline, has_usual_volume
from tests.analysis.series import MONDAY, simulate


def test_dispersion_comes_out_as_simulated() -> None:
    found = [fit_baseline(simulate(seed, 84, volume=1000, dispersion=24)).dispersion for seed in range(20)]
    assert 18 < float(np.mean(found)) < 28
    calm = [fit_baseline(simulate(seed, 84, dispersion=1.0)).dispersion for seed in range(20)]
    assert float(np.mean(calm)) < 1.25


def test_limits_hold_ordinary_days() -> None:
    out, days = 0, 0
    for seed in range(20):
        series = simulate(seed, 112, volume=1000, dispersion=4)
        baseline = fit_baseline(series.where(np.arange(112) < 84))
        later = series.where(np.arange(112) >= 84)
        low, high = baseline.limits(later)
        share = later.events / later.trials
        out, days = out + int(((share < low) | (share > high)).sum()), days + len(later)
    # A raw p-chart puts a fifth of these days outside.
    assert out / days < 0.02


def test_the_usual_share_follows_the_weekday_only_as_far_as_noise_allows() -> None:
    clear = [fit_baseline(simulate(seed, 84, volume=1000, dispersion=1.5)).by_weekday for seed in range(10)]
    assert sum(weekday[6] > weekday[4] for weekday in clear) >= 9
    flat = [
        np.ptp(fit_baseline(simulate(seed, 84, volume=1000, dispersion=24, has_pattern=False)).by_weekday)
        for seed in range(21)
    ]
    # The weekdays' own shares differ by 0.036 here from noise alone.
    assert np.median(flat) < 0.012


def test_residuals_of_ordinary_days_are_standard_normal() -> None:
    z = np.concatenate(
        [
            fit_baseline(series.where(np.arange(140) < 84)).standardise(series.where(np.arange(140) >= 84))
            for series in (simulate(seed, 140, volume=120, share=0.08) for seed in range(25))
        ]
    )
    assert abs(float(z.mean())) < 0.1
    assert 0.9 < float(z.std()) < 1.15


def test_an_outage_and_a_backfill_do_not_move_the_baseline() -> None:
    series = simulate(3, 84)
    events, trials = series.events.copy(), series.trials.copy()
    trials[40], events[40] = 12, 11  # the lines were down all day
    trials[50], events[50] = trials[50] * 9, trials[50] * 8  # an old load came in on one date
    hurt = Daily(series.day, events, trials)
    assert fit_baseline(hurt).share == pytest.approx(fit_baseline(series).share, rel=0.02)
    assert not has_usual_volume(hurt)[[40, 50]].any()


def test_too_short_a_baseline_is_refused() -> None:
    with pytest.raises(ValueError, match="14 usable days"):
        fit_baseline(simulate(1, 13))


def test_ewma_holds_on_skipped_days_and_its_limit_widens_with_a_short_baseline() -> None:
    line = ewma(np.array([1.0, 5.0, 1.0]), weight=0.5, skip=np.array([False, True, False]))
    assert line.tolist() == [0.5, 0.5, 0.75]
    assert ewma_limit(baseline_days=28) > ewma_limit(baseline_days=84) > ewma_limit()


def test_a_change_point_is_found_and_chance_is_not() -> None:
    found = change_point(simulate(5, 90, lift=0.4, onset=60))
    assert abs(found.day - (MONDAY + 60)) <= 3
    assert found.p_value <= 0.01
    assert np.mean([change_point(simulate(s, 60), shuffles=49).p_value > 0.05 for s in range(12)]) > 0.7


@pytest.mark.data
def test_ordinary_days_of_a_real_bank_stay_inside(public_data: Path) -> None:
    """Daily abandonment of the first eight weeks of 1999: a raw p-chart puts half of these ordinary days outside."""
    days: dict[int, list[int]] = {}
    for month in ("january", "february"):
        with gzip.open(public_data / "anonbank" / f"{month}.txt.gz", "rt", encoding="latin-1") as lines:
            for line in lines:
                fields = line.split("\t")
                if len(fields) == 17 and fields[12].strip() in ("AGENT", "HANG"):
                    date = fields[5].strip()
                    day = dt.date(1900 + int(date[:2]), int(date[2:4]), int(date[4:])).toordinal()
                    seen = days.setdefault(day, [0, 0])
                    seen[0] += fields[12].strip() == "HANG"
                    seen[1] += 1
    table = np.array([(day, *days[day]) for day in sorted(days)][:56], dtype=float)
    series = Daily(table[:, 0].astype(np.int64), table[:, 1], table[:, 2])
    baseline = fit_baseline(series)
    low, high = baseline.limits(series)
    share = series.events / series.trials
    p = baseline.share
    raw = np.abs(share - p) > 3 * np.sqrt(p * (1 - p) / series.trials)
    assert raw.sum() >= 20
    assert int(((share < low) | (share > high)).sum()) <= 1
