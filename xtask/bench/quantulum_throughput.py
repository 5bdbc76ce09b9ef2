"""Captures a second whose titles and descriptions quantulum3 reads for quantities alone, on one core.

usage: quantulum_throughput.py FILE
"""
import json
import pathlib
import sys
import time
import warnings

warnings.simplefilter("ignore")

from quantulum3 import parser  # noqa: E402, its import warns of a classifier that is not used here

products = [json.loads(line) for line in pathlib.Path(sys.argv[1]).read_text().splitlines()]
texts = [product["title"] + "\n" + (product["description"] or "")[:20000] for product in products]
parser.parse("500 ml")
started = time.perf_counter()
for text in texts:
    try:
        parser.parse(text)
    except Exception:  # a text that the peer cannot read still counts as read
        pass
print(len(texts) / (time.perf_counter() - started))
