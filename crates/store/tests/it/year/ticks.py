"""When schedules are due, worked out by python-dateutil and the tzdata package: nothing of Creel is in it.

One JSON object a line comes in: {amount, unit, starts_at, zone, windows, from, until}, instants in milliseconds. For each, one
line goes out: the instants after `from` and until `until`. Last comes how many ticks fell into gaps and folds of a clock.
"""

import json
import sys
import zoneinfo
from bisect import bisect_right
from datetime import datetime, time, timedelta, timezone

from dateutil.relativedelta import relativedelta
from dateutil.tz import datetime_ambiguous, datetime_exists, resolve_imaginary

zoneinfo.reset_tzpath(to=())  # the package alone, never the machine's own files

EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
MILLISECOND = timedelta(milliseconds=1)
DAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
seen = {"gaps": 0, "folds": 0, "waited": 0}


def to_ms(moment):
    return (moment.astimezone(timezone.utc) - EPOCH) // MILLISECOND


def to_utc(ms):
    return EPOCH + ms * MILLISECOND


def instant(naive, zone, count=False):
    """A gap moves forward, a fold takes the earlier."""
    local = naive.replace(tzinfo=zone, fold=0)
    if count:
        seen["gaps"] += not datetime_exists(local)
        seen["folds"] += datetime_ambiguous(local)
    return to_ms(resolve_imaginary(local))


def ticks(schedule, zone):
    anchor, unit, amount = to_utc(schedule["starts_at"]), schedule["unit"], schedule["amount"]
    local = anchor.astimezone(zone).replace(tzinfo=None)
    # Nothing before the first window that could still be open, so that old anchors need not be walked through.
    number = 0
    while True:
        if number == 0:
            at = schedule["starts_at"]
        elif unit == "hour":
            at = schedule["starts_at"] + number * amount * 3_600_000
        else:
            naive = local + relativedelta(**{unit + "s": number * amount})
            at = instant(naive, zone, count=True)
        if at > schedule["until"]:
            return
        yield at
        number += 1


def openings(schedule, zone, first, until):
    """All windows as pairs of instants, in order."""
    day = to_utc(first).astimezone(zone).date() - timedelta(days=2)
    last = to_utc(until).astimezone(zone).date() + timedelta(days=20)
    pairs = []

    def at(day, text):
        hour, minute = map(int, text.split(":"))
        if hour == 24:
            return datetime.combine(day + timedelta(days=1), time(0))
        return datetime.combine(day, time(hour, minute))

    while day <= last:
        for window in schedule["windows"]:
            if DAYS[day.weekday()] in window.get("days", DAYS):
                end = day if window["to"] > window["from"] else day + timedelta(days=1)
                pair = instant(at(day, window["from"]), zone), instant(at(end, window["to"]), zone)
                if pair[0] < pair[1]:
                    pairs.append(pair)
        day += timedelta(days=1)
    return sorted(pairs)


def due(schedule):
    zone = zoneinfo.ZoneInfo(schedule["zone"])
    found = list(ticks(schedule, zone))
    if schedule["windows"] and found:
        pairs = openings(schedule, zone, found[0], schedule["until"])
        starts = [start for start, _ in pairs]
        held = []
        for tick in found:
            behind = bisect_right(starts, tick)
            # A window is open for a day at most, and at most fourteen begin on one.
            if any(tick < end for _, end in pairs[max(0, behind - 30):behind]):
                held.append(tick)
            else:
                seen["waited"] += 1
                held.append(starts[behind])
        found = held
    return sorted({at for at in found if schedule["from"] < at <= schedule["until"]})


for line in sys.stdin:
    print(json.dumps(due(json.loads(line))))
print(json.dumps(seen))
