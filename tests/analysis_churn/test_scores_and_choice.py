"""The score, its reasons and the choice of whom to call, on customers made by hand and by hypothesis."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontline.analysis.churn import Assessment, CustomerSigns, assess, cadence_drop, choose, code_of, is_held_out
from frontline.catalog.rules import ChurnRule, Sign, load_rules
from frontline.core.errors import CatalogError

RULE = load_rules().churn
KEY = b"k" * 32
UNHAPPY = CustomerSigns(
    "a" * 32, unresolved=2, same_topic=4, topic="router", ces=2.0, tenure_days=900, consent_contact=True, tier="gold"
)

maybe = st.none()
signs = st.builds(
    CustomerSigns,
    customer_key=st.integers(0, 200).map(lambda n: f"{n:032x}"),
    unresolved=st.integers(0, 6),
    same_topic=st.integers(0, 9),
    topic=maybe | st.sampled_from(["billing", "router"]),
    ces=maybe | st.floats(1, 7),
    nps=maybe | st.integers(0, 10).map(float),
    recent_contacts=maybe | st.integers(0, 30),
    usual_contacts=maybe | st.integers(0, 90),
    usage_change=maybe | st.floats(-1, 3),
    renewal_days=maybe | st.integers(-400, 800),
    tenure_days=maybe | st.integers(0, 5000),
    segment=maybe | st.sampled_from(["consumer", "smb", "enterprise", "other"]),
    tier=maybe | st.sampled_from(["bronze", "platinum"]),
    value=maybe | st.floats(0, 1e5),
    consent_contact=st.sampled_from([True, True, False, None]),
)
crowds = st.lists(signs, max_size=60, unique_by=lambda customer: customer.customer_key)


def judged(customer: CustomerSigns, rule: ChurnRule = RULE) -> Assessment:
    return assess([customer], rule)[0]


def test_points_are_the_sum_of_signed_reasons_in_words() -> None:
    found = judged(UNHAPPY)
    assert [str(reason) for reason in found.reasons] == [
        "2 cases of the last 30 days still open (+32)",
        "last ease answer 2 of 7 (+28)",
        "4 contacts about router in 30 days (+20)",
    ]
    assert found.points == 80


def test_what_speaks_for_staying_takes_points_off_and_says_so() -> None:
    found = judged(replace(UNHAPPY, ces=None, nps=10.0, tenure_days=6 * 365))
    assert [str(reason) for reason in found.reasons][-2:] == ["customer for 6 years (−4)", "promoter: 10 of 10 (−12)"]
    assert found.points == 32 + 20 - 4 - 12


def test_what_is_not_known_is_no_sign() -> None:
    assert judged(CustomerSigns("b" * 32)).reasons == ()


def test_a_renewal_that_has_passed_is_no_reason() -> None:
    assert judged(CustomerSigns("b" * 32, renewal_days=-1)).points == 0
    assert judged(CustomerSigns("b" * 32, renewal_days=30)).points == 15


@pytest.mark.parametrize(
    ("recent", "usual", "tenure", "drops"),
    [
        (0, 18, 2000, True),  # six were to be expected
        (6, 18, 2000, False),
        (1, 4, 2000, False),  # chance alone does that
        (0, 18, 200, False),  # too new to have had a cadence over both windows
        (0, 18, None, False),
        (0, 3, 2000, False),
        (None, None, 2000, False),  # the feed does not reach that far back
    ],
)
def test_a_drop_needs_a_cadence_of_ones_own(
    recent: int | None, usual: int | None, tenure: int | None, drops: bool
) -> None:
    customer = CustomerSigns("b" * 32, recent_contacts=recent, usual_contacts=usual, tenure_days=tenure)
    assert (cadence_drop(customer, RULE) is not None) is drops
    assert any(reason.signal == "cadence_drop" for reason in judged(customer).reasons) is drops


def test_a_new_customer_has_no_usage_to_fall_from() -> None:
    new = CustomerSigns("b" * 32, usage_change=-0.8, tenure_days=20)
    assert judged(new).points == 0
    assert judged(replace(new, tenure_days=400)).points == 22


def test_worth_ranks_between_equal_risks_and_money_wins_over_tiers() -> None:
    bronze, gold = replace(UNHAPPY, customer_key="b" * 32, tier="bronze"), UNHAPPY
    ranked = choose(assess([bronze, gold], RULE), RULE, is_held_out=lambda _key: False).listed
    assert [item.customer.tier for item in ranked] == ["gold", "bronze"]
    paid = [replace(bronze, value=9000.0), replace(gold, value=10.0)]
    ranked = choose(assess(paid, RULE), RULE, is_held_out=lambda _key: False).listed
    assert [item.customer.tier for item in ranked] == ["bronze", "gold"]


@given(crowds, st.integers(1, 30), st.floats(0, 0.5))
def test_the_choice_keeps_its_promises(crowd: list[CustomerSigns], capacity: int, share: float) -> None:
    rule = RULE.model_copy(update={"capacity": capacity})
    tired = {customer.customer_key for customer in crowd if int(customer.customer_key, 16) % 5 == 0}
    assessed = assess(crowd, rule)
    choice = choose(assessed, rule, is_held_out=lambda key: is_held_out(KEY, key, share), is_tired=tired.__contains__)
    shown = choice.listed + choice.held_out
    assert len(choice.listed) <= capacity
    assert all(item.customer.consent_contact is True for item in shown)
    assert all(item.customer.customer_key not in tired for item in shown)
    assert all(any(reason.points > 0 for reason in item.reasons) for item in shown)
    assert all(sum(reason.points for reason in item.reasons) == item.points >= rule.min_points for item in shown)
    assert not any(is_held_out(KEY, item.customer.customer_key, share) for item in choice.listed)
    assert all(is_held_out(KEY, item.customer.customer_key, share) for item in choice.held_out)
    assert [item.priority for item in choice.listed] == sorted((i.priority for i in choice.listed), reverse=True)
    assert choice.at_risk == len(shown) + choice.opted_out + choice.tired + choice.over
    # Nobody who was passed over ranks above the last one listed, unless the list was full.
    if choice.over:
        assert len(choice.listed) == capacity


@given(crowds, st.randoms(use_true_random=False))
def test_the_order_of_the_rows_changes_nothing(crowd: list[CustomerSigns], dice: object) -> None:
    shuffled = list(crowd)
    dice.shuffle(shuffled)  # type: ignore[attr-defined]
    one, two = (choose(assess(rows, RULE), RULE, is_held_out=lambda _key: False) for rows in (crowd, shuffled))
    assert [item.code for item in one.listed] == [item.code for item in two.listed]


@pytest.mark.parametrize("share", [0.1, 0.25])
def test_the_hold_out_is_fixed_and_of_its_size(share: float) -> None:
    keys = [f"{n:032x}" for n in range(20_000)]
    held = {key for key in keys if is_held_out(KEY, key, share)}
    assert held == {key for key in keys if is_held_out(KEY, key, share)}
    assert abs(len(held) / len(keys) - share) < 0.01
    assert held != {key for key in keys if is_held_out(b"x" * 32, key, share)}
    assert {key for key in keys if is_held_out(KEY, key, 0.05)} <= held  # a larger share only adds
    assert not any(is_held_out(KEY, key, 0.0) for key in keys[:500])


def test_the_reference_names_nobody() -> None:
    assert code_of("3f9a12bc" + "0" * 24) == "C-3f9a12bc"


def test_a_rule_row_needs_one_bound_and_points() -> None:
    for row in ({"points": 3}, {"points": 3, "at_least": 1, "at_most": 2}, {"points": 0, "at_least": 1}):
        with pytest.raises(ValueError, match=r"at_least|points"):
            Sign.model_validate({"signal": "ces", **row})


def test_an_overlay_changes_single_figures_and_keeps_the_rest(tmp_path: Path) -> None:
    own = "churn: {capacity: 5, signs: [{signal: ces, at_most: 2, points: 40}]}\nreminders: {manager: 5}\n"
    (tmp_path / "rules.yaml").write_text(own, encoding="utf-8")
    rules = load_rules(tmp_path)
    assert (rules.churn.capacity, rules.churn.hold_out, len(rules.churn.signs)) == (5, 0.1, 1)
    assert (rules.reminders.manager, rules.reminders.channel) == (5, 3)
    assert rules.rule("recontact_breach") == load_rules().rule("recontact_breach")


def test_a_faulty_overlay_names_file_and_line(tmp_path: Path) -> None:
    (tmp_path / "rules.yaml").write_text("churn:\n  hold_out: 0.9\n", encoding="utf-8")
    with pytest.raises(CatalogError) as caught:
        load_rules(tmp_path)
    assert (caught.value.faults[0].file, caught.value.faults[0].line) == ("catalog/rules.yaml", 2)
