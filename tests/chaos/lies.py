"""Callbacks that do not fit: a bank signs them, and nothing may follow from them but that they are kept; and one that fits and ends nothing.

Whom they are about is read from the proxy's tap, as anybody on the line could."""
import http.client
import json
import os

from world import BANKS, Control

CALLBACKS = ["callback.accepted", "callback.amount", "callback.account", "callback.other_bank", "callback.unknown", "callback.known_id", "callback.old", "callback.replayed"]
OPEN = ("02", "08", "11")   # accounts of which the bank says for long neither yes nor no: who believes a lie about these moves them
MOST = 5                # payments that one lie is about
TAIL = 400_000          # bytes of the tap: what was sent lately
WEEKS_S = 30 * 86400


class Lies:
    def __init__(self, world, number, rng):
        self.w, self.number, self.rng = world, number, rng
        self.tap = f"{world.dir}/tap.jsonl"
        self.begin = os.path.getsize(self.tap) if os.path.exists(self.tap) else 0
        self.told, self.tries = {}, 0       # webhook id: (kind, what)

    def lines(self, at, kinds=("request",)):
        with open(self.tap, "rb") as tap:
            tap.seek(at)
            for line in tap.read(TAIL).splitlines()[1:]:
                try:
                    v = json.loads(line)
                except ValueError:
                    continue    # the last one is still being written
                if v["what"] in kinds and not v.get("b64"):
                    yield v

    def transfers(self):
        """(bank, item) of what was sent in this round."""
        return [(v["bank"], item) for v in self.lines(max(self.begin - 1, os.path.getsize(self.tap) - TAIL, 0))
                if v["dir"] == "out" and v["path"] == "/v1/transfers" and v["complete"] for item in json.loads(v["body"])["items"]]

    def tell(self, kind):
        """True when it is on its way."""
        sent, self.tries = self.transfers(), self.tries + 1
        if not sent:
            return False
        held_open = [one for one in sent if one[1]["creditor_account"].startswith("9") and one[1]["creditor_account"][-2:] in OPEN]
        bank, one = self.rng.choice(held_open or sent)
        about = list({item["end_to_end_id"]: item for item in [one] + [item for b, item in held_open if b == bank]}.values())[:MOST]
        said = [{"end_to_end_id": item["end_to_end_id"], "amount": item["amount"], "creditor_account": item["creditor_account"], "status": "RJCT", "reason": "AC04",
                 "bank_reference": "FB-0", "time": "2024-04-03T09:00:00+07:00"} for item in about]
        order = {"webhook_id": f"lie-{self.number}-{self.tries}-{kind[9:]}", "tries": 3}
        if kind == "callback.replayed":
            return self.replay(kind)
        if kind == "callback.accepted":
            for item in said:
                item["status"] = "ACCP"
                del item["reason"]
        elif kind == "callback.amount":
            for item in said:
                item["amount"] += 1
        elif kind == "callback.account":
            for item in said:
                item["creditor_account"] = "100000000077"
        elif kind == "callback.other_bank":
            bank = self.rng.choice([b for b in BANKS if b != bank])
        elif kind == "callback.unknown":
            said = [said[0] | {"end_to_end_id": "0" * 19}]
        elif kind == "callback.old":
            order["age_s"] = WEEKS_S
        elif kind == "callback.known_id":
            heard = [v for v in self.lines(max(0, os.path.getsize(self.tap) - TAIL), ("request", "response")) if v["dir"] == "in" and v["bank"] == bank]
            ids = {v["n"]: v["headers"]["webhook-id"] for v in heard if v["what"] == "request"}
            known = [ids[v["n"]] for v in heard if v["what"] == "response" and v["status"] // 100 == 2 and v["n"] in ids]   # what was refused is not known
            if not known:
                return False
            order["webhook_id"] = self.rng.choice(known)
        if not self.w.banks[bank].process.alive():
            return False
        try:
            self.w.banks[bank].order("callback", {"items": said, **order})
        except (OSError, http.client.HTTPException):
            return False
        self.told[order["webhook_id"]] = (kind, {"bank": bank, "ids": [item["end_to_end_id"] for item in said]})
        return True

    def replay(self, kind):
        """One of the oldest that are known, byte for byte: from its sixth minute on it is too old."""
        known = [v for v in self.lines(0) if v["dir"] == "in" and v["complete"]]
        if not known:
            return False
        v = self.rng.choice(known)
        line = Control(self.w.banks[v["bank"]].callbacks_at)
        line.timeout = 2
        try:
            line.request("POST", v["path"], v["body"].encode(), {k: h for k, h in v["headers"].items() if k.startswith(("webhook-", "content-type"))})
            line.getresponse().read()
        except (OSError, http.client.HTTPException):
            return False
        finally:
            line.close()
        self.told[v["headers"]["webhook-id"]] = (kind, {"bank": v["bank"], "id": v["headers"]["webhook-id"]})
        return True

    def landed(self):
        """Those that really came to the gate's door, (kind, what)."""
        if not self.told:
            return
        with open(self.tap, "rb") as tap:
            tap.seek(self.begin)
            text = tap.read()
        for hook, (kind, what) in self.told.items():
            if f'"webhook-id":"{hook}"'.encode() in text:
                yield kind, what
        self.told = {}
