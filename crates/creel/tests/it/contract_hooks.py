"""What schemathesis does beside the document: each request that it means to be right has an Idempotency-Key of its own.

It draws the same few keys again and again, with other bodies, and a key that was used with another request is refused as it should
be: that is right by itself and held elsewhere. Keys that are wrong stay wrong.
"""

import re
import uuid

import schemathesis
from schemathesis.generation.meta import CoverageScenario

KEY = "Idempotency-Key"
GOOD = re.compile(r"[!-~]{1,255}")


@schemathesis.hook
def before_call(context, case, **kwargs):
    # A case that leaves a header out on purpose is not touched: a change of its headers would put the missing one back.
    if getattr(case.meta.phase.data, "scenario", None) == CoverageScenario.MISSING_PARAMETER:
        return
    key = (case.headers or {}).get(KEY)
    if isinstance(key, str) and GOOD.fullmatch(key):
        case.headers[KEY] = str(uuid.uuid4())
