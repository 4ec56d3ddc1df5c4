"""The two records that are sent: a small one, and one that is just under the largest JSONBin takes."""

import json
import random
from pathlib import Path
from typing import NamedTuple

LARGEST = 1024 * 1024

_SMALL = """{
  "service": "checkout",
  "updated": "2024-05-17T09:30:00Z",
  "enabled": true,
  "owner": null,
  "limits": {"requests": 250, "burst": 40, "ratio": 0.75},
  "regions": ["eu-west-1", "us-east-2", "ap-south-1"],
  "greeting": "Grüße aus Zürich",
  "rollout": [{"group": "beta", "share": 0.1}, {"group": "all", "share": 0.9}]
}
"""


class Records(NamedTuple):
    """The files that hold the records."""

    small: Path
    large: Path


def write(folder: Path) -> Records:
    """Write both records into `folder`. They are the same in every run."""
    records = Records(folder / "small.json", folder / "large.json")
    records.small.write_text(_SMALL, encoding="utf-8")
    records.large.write_text(_large(), encoding="utf-8")
    return records


def _large() -> str:
    rng = random.Random(1)
    head, end = '{"exported": "2024-05-17T09:30:00Z", "orders": [', "]}"
    room = LARGEST - 1 - len(head) - len(end)
    orders: list[str] = []
    while True:
        order = json.dumps(_order(len(orders), rng), ensure_ascii=False)
        room -= len(order.encode()) + len(", ")
        if room < 0:
            return head + ", ".join(orders) + end
        orders.append(order)


def _order(number: int, rng: random.Random) -> dict[str, object]:
    words = ["café", "blue", "steel", "näher", '"quoted"', "line\nbreak", "東京", "plain", "large", "spare"]
    return {
        "id": f"{rng.getrandbits(96):024x}",
        "number": 100_000 + number,
        "paid": rng.random() < 0.8,
        "coupon": None,
        "total": round(rng.uniform(1, 900), 2),
        "customer": {
            "name": " ".join(rng.choices(words, k=3)),
            "since": rng.randint(1_500_000_000, 1_700_000_000),
        },
        "lines": [
            {
                "sku": f"{rng.getrandbits(32):08X}",
                "title": " ".join(rng.choices(words, k=5)),
                "count": rng.randint(1, 9),
                "price": round(rng.uniform(1, 100), 2),
            }
            for _ in range(rng.randint(1, 4))
        ],
        "tags": rng.choices(words, k=2),
    }
