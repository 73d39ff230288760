"""Parts and neighbours of a period: its first week, its last day, the week after it, its end."""

from __future__ import annotations

from frontline.core.periods import Grain, floor_date, step_date, units
from frontline.metrics.questions.moments import DAY, Point
from frontline.metrics.questions.timecalendar import CalendarPoints
from frontline.metrics.questions.timewords import TimeWord
from frontline.metrics.relative import TODAY, Relative, behind, counted

# "the week with 11 May", "the week that started on 11 May": the week that holds that day.
_HOLDS = frozenset({"with", "including", "started", "starts", "began", "begins", "met", "begon", "begint"})


class BesidePoints(CalendarPoints):
    """Periods told by another period."""

    def _nth_of(self, index: int) -> Point | None:
        """ "the last day of April", "first weekend of May", "the first five months of this year"."""
        at = self.skip(index, "the")
        word = self.at(at)
        nth = -1 if word.has("last") else word.ordinal
        if nth is None:
            return None
        number, at = self._count(at + 1)
        at = self.skip(at, "the")
        piece = self.at(at)
        if not self.at(at + 1).has("of"):
            return None
        whole = self._container(at + 2)
        if whole is None:
            return None
        full = (whole.start, whole.end)
        if piece.weekday is not None or piece.has("unit_weekend"):
            return self._nth_weekday(whole, nth, piece)
        unit = piece.unit
        if unit is None or unit in (Grain.HOUR, whole.unit):
            return None
        count = number or 1
        if number is not None and nth not in (1, -1):
            return None
        if unit is Grain.WEEK:
            return self._nth_week(whole, nth, count)
        if nth == -1:
            start, end = step_date(full[1], unit, -count), full[1]
        else:
            start = step_date(full[0], unit, nth - 1)
            end = step_date(start, unit, count)
        if not (full[0] <= start and end <= full[1]):
            return None
        return Point(whole.upto, *self.frame.cap(start, end), unit, count=count)

    def _nth_weekday(self, whole: Point, nth: int, piece: TimeWord) -> Point | None:
        weekday = 5 if piece.has("unit_weekend") else piece.weekday or 0
        days = 2 if piece.has("unit_weekend") else 1
        if nth == -1:
            last = whole.end - days * DAY
            start = last - ((last.weekday() - weekday) % 7) * DAY
        else:
            start = whole.start + ((weekday - whole.start.weekday()) % 7 + 7 * (nth - 1)) * DAY
        if start + days * DAY > whole.end:
            return None
        return Point(whole.upto, start, start + days * DAY, Grain.DAY if days == 1 else None)

    def _nth_week(self, whole: Point, nth: int, count: int) -> Point:
        """Weeks, each belonging where its middle lies (Thursday); asks where the first full week is another."""
        days = 7 * count
        first = units().first_weekday
        thursday = whole.start + ((first + 3 - whole.start.weekday()) % 7) * DAY
        first_iso = thursday - 3 * DAY
        first_full = whole.start + ((first - whole.start.weekday()) % 7) * DAY
        if nth == -1:
            last_thursday = whole.end - DAY - ((whole.end - DAY).weekday() - first - 3) % 7 * DAY
            iso = last_thursday + 4 * DAY - days * DAY
            full = whole.end - (whole.end.weekday() - first) % 7 * DAY - days * DAY
            plain = whole.end - days * DAY
        else:
            shift = 7 * (nth - 1) * DAY
            iso, full, plain = first_iso + shift, first_full + shift, whole.start + shift
        starts = list(dict.fromkeys((iso, full, plain)))
        choices = tuple(self.frame.cap(start, start + days * DAY) for start in starts)
        return Point(whole.upto, *choices[0], Grain.WEEK, count=count, choices=choices if iso != full else ())

    def _unit_beside(self, index: int) -> Point | None:
        """ "week of 11 May", "the week after Easter", "the day before koningsdag", "the month before [that]"."""
        at = self.skip(index, "the")
        is_told = at > index
        number, at = self._count(at)
        word = self.at(at)
        unit = Grain.WEEK if word.has("unit_weekend") else word.unit
        if unit is None or unit is Grain.HOUR or word.has("adverb"):
            return None
        nextword = self.at(at + 1)
        holder = at + 1 + (nextword.text in ("that", "which", "die", "dat"))
        is_held = (
            nextword.has("of") or self.at(holder).text in _HOLDS or self.at(holder).has("starting", "ending", "holding")
        )
        if unit is Grain.WEEK and number is None and is_held:
            inner = self.read(self.skip(holder + 1, "of", "the", most=2))
            if inner is not None and inner.unit is Grain.DAY and inner.count == 1:
                start = floor_date(inner.start, Grain.WEEK)
                if word.has("unit_weekend"):
                    return Point(inner.upto, start + 5 * DAY, start + 7 * DAY)
                return Point(inner.upto, *self.frame.cap(start, start + 7 * DAY), Grain.WEEK)
        if not nextword.has("before", "after") and nextword.text not in ("earlier", "prior"):
            return None
        sign = 1 if nextword.has("after") else -1
        inner = self.read(at + 2) if nextword.has("before", "after") else None
        count = number or 1
        if inner is None and nextword.has("after") and self.at(at + 2).unit is unit:
            return None  # "week after week"
        if inner is None:
            return self._leaning(at + 2, unit, sign * count) if not word.has("unit_weekend") else None
        if inner.unit is None and not inner.is_now:
            return None
        if unit is Grain.DAY and is_told and count > 1:
            # "the five days before 1 June" are all five of them, "five days before 1 June" is one.
            start = inner.start - count * DAY if sign < 0 else inner.end
            return Point(inner.upto, *self.frame.cap(start, start + count * DAY), Grain.DAY, count=count)
        moves = self._moves_beside(inner.moves, unit, sign * count)
        if unit is Grain.DAY:
            start = inner.start - count * DAY if sign < 0 else inner.end + (count - 1) * DAY
            return Point(inner.upto, start, start + DAY, Grain.DAY, moves=moves)
        base = floor_date(inner.start, unit)
        if word.has("unit_weekend"):
            ahead = (inner.start - inner.start.weekday() * DAY) + 5 * DAY
            start = ahead if sign > 0 else ahead - 7 * DAY
            return Point(inner.upto, start, start + 2 * DAY)
        # "the three months before June" are all three of them.
        start = step_date(base, unit, -count) if sign < 0 else floor_date(inner.end - DAY, unit)
        start = start if sign < 0 else step_date(start, unit, 1)
        dates = self.frame.cap(start, step_date(start, unit, count))
        return Point(inner.upto, *dates, unit, count=count, moves=moves)

    def _moves_beside(self, inner: Relative | None, unit: Grain, count: int) -> Relative | None:
        """Return how so many units before (negative) or after a period move; a day so far from it is one day."""
        if inner == TODAY and unit is not Grain.DAY:
            inner = counted(unit, 0)
        if inner is None or inner.unit is not unit:
            return None
        if count < 0:
            back, count = inner.back - count, 1 if unit is Grain.DAY else -count
            return self.frame.moving(unit, back, count)
        after = behind(inner)
        if after is None or unit is not Grain.DAY:
            return after and self.frame.moving(unit, after.back, count)
        return counted(unit, after.back - count + 1)

    def _leaning(self, upto: int, unit: Grain, count: int) -> Point:
        """A period beside another one that the question or the thread names."""
        if self.at(upto).text in ("that", "then", "it", "this"):
            upto += 1
        floor = floor_date(self.frame.today, unit)
        start = step_date(floor, unit, count)
        moves = counted(unit, -count)
        return Point(upto, start, step_date(start, unit, 1), unit, count=count, relation="beside", moves=moves)

    def _close_of_day(self, index: int) -> Point | None:
        """ "end of day yesterday", "close of business on Friday": the day that ends then."""
        at = self.skip(index, "the")
        of = self.skip(at + 1, "of", "the", most=2)
        if not self.at(at).has("end") or of == at + 1:
            return None
        of += self.at(of).text == "business" and self.at(of + 1).unit is Grain.DAY
        if self.at(of).unit is not Grain.DAY and self.at(of).text != "business":
            return None
        day = self.read(self.skip(of + 1, "of", "the", most=2))
        if day is not None and day.unit is Grain.DAY and day.count == 1:
            return day
        return Point(of + 1, self.frame.today, self.frame.tomorrow, Grain.DAY, moves=TODAY)

    def _edge(self, index: int) -> Point | None:
        """ "the start of Q2", "end of May", "early June": an edge of a period, meant only inside a range or a stock."""
        at = self.skip(index, "the")
        word = self.at(at)
        if not word.has("start", "end", "early"):
            return None
        inner_at = self.skip(self.skip(at + 1, "of"), "the")
        if word.has("start", "end") and not word.has("early") and inner_at == at + 1:
            return None
        whole = self._container(inner_at)
        if whole is None:
            return None
        start, end = self.frame.cap(whole.start, whole.end)
        edge = "start" if word.has("start") else "end" if word.has("end") else "vague"
        moves = whole.moves
        if moves is not None and moves.count is not None:
            moves = self.frame.moving(moves.unit, moves.back, moves.count)
        return Point(whole.upto, start, end, whole.unit, edge=edge, choices=((start, end),), moves=moves)

    def _weekend(self, index: int) -> Point | None:
        at = self.skip(index, "the")
        anchor = self.at(at)
        at += anchor.has("this", "last", "past", "next", "previous")
        at += self.at(at).has("past", "last") and anchor.has("this")
        if (
            not self.at(at).has("unit_weekend")
            or self.at(at).text == "weekends"
            or (self.at(at + 1).has("before", "after") and not self.at(at + 2).has("last"))
        ):
            return None
        saturday = self.frame.today + (5 - self.frame.today.weekday()) * DAY
        if self.at(at + 1).has("before") and self.at(at + 2).has("last"):
            start = saturday - (14 if saturday + 2 * DAY > self.frame.today else 7) * DAY
            return Point(at + 3, start, start + 2 * DAY)
        ahead = anchor.has("next") or self.frame.looks_ahead
        if not ahead and (saturday > self.frame.today or anchor.has("last", "past", "previous")):
            saturday -= 7 * DAY
        dates = (saturday, saturday + 2 * DAY)
        if anchor.has("this") and not self.at(at - 1).has("past", "last") and saturday + 7 * DAY > self.frame.today:
            return Point(at + 1, *dates, choices=(dates,))
        return Point(at + 1, *self.frame.cap(*dates), relation="previous" if anchor.has("previous") else "")

    def _part_of_day(self, index: int) -> Point | None:
        at = begin = self.skip(self.skip(index, "the"), "this", "last", "past")
        is_anchored = begin > index and self.at(begin - 1).has("this", "last", "past")
        number, at = self._count(at)
        word = self.at(at)
        is_hours = word.unit is Grain.HOUR and not word.has("adverb") and is_anchored
        if (
            word.kind == "clock"
            or is_hours
            or (word.has("sub_day") and number is None)
            or (word.has("sub_day") and number)
        ):
            return Point(at + 1, self.frame.today, self.frame.tomorrow, is_part_of_day=True, moves=TODAY)
        return None
