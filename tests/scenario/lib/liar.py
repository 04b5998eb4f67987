#!/usr/bin/python3
"""A bank's worst days: what it says is spoilt before it is signed. Three ways to run it:

    liar.py between PORT-FILE UPSTREAM KEY STRANGER LOG     HTTP in front of the fake bank; spoils the first reply to each payment's transfer and
                                                            to its first enquiry, one kind after the other, every second message; LOG: "ID KIND"
    liar.py callbacks SOCKET PATH KEY STRANGER FILE         posts one callback of each kind, about the payments of FILE ("ID AMOUNT ACCOUNT", one for
                                                            each kind, and one more for the truth at the end); prints "KIND HTTP-STATUS"
    liar.py flood SOCKET PATH KEY STRANGER N                N callbacks, none of them good; prints "STATUS COUNT" lines and the rate
    liar.py kinds

Every lie claims that a payment which the bank accepted was refused (AC04). KEY is the bank's secret key file (whsk_…), STRANGER another one."""
import base64
import collections
import http.client
import http.server
import itertools
import json
import random
import re
import socket
import subprocess
import sys
import tempfile
import threading
import time

CLAIM = b'"status":"RJCT","reason":"AC04"'
LOCK = threading.Lock()


def pem_of(path):
    """The same Ed25519 seed, as openssl wants it."""
    seed = base64.b64decode(open(path, encoding="ascii").read().strip().removeprefix("whsk_"))[:32]
    file = tempfile.NamedTemporaryFile(suffix=".pem", delete=False)
    der = bytes.fromhex("302e020100300506032b657004220420") + seed
    file.write(b"-----BEGIN PRIVATE KEY-----\n" + base64.b64encode(der) + b"\n-----END PRIVATE KEY-----\n")
    file.close()
    return file.name


def sign(pem, message_id, stamp, body):
    with tempfile.NamedTemporaryFile() as text:
        text.write(f"{message_id}.{stamp}.".encode() + body)
        text.flush()
        made = subprocess.run(["openssl", "pkeyutl", "-sign", "-rawin", "-inkey", pem, "-in", text.name], stdout=subprocess.PIPE, check=True)
    return "v1a," + base64.b64encode(made.stdout).decode()


# ---- kinds: what becomes of a body that claims, and of what it is signed with ----


def amount(body, put):
    return re.sub(rb'"amount":(\d+)', put, body)


def other_id(body):
    return re.sub(rb'"end_to_end_id":"(...)(....)', rb'"end_to_end_id":"\g<1>0000', body)


BODIES = {
    "truncated": lambda b: b[:-7],
    "cut_to_nothing": lambda b: b"{",
    "empty_array": lambda b: b"[]",
    "huge": lambda b: b + b" " * (6 << 20),
    "amount_as_text": lambda b: amount(b, rb'"amount":"\1"'),
    "amount_real": lambda b: amount(b, rb'"amount":\1.0'),
    "amount_exponent": lambda b: amount(b, rb'"amount":\1e0'),
    "amount_past_int64": lambda b: amount(b, rb'"amount":18446744073709551616'),
    "amount_negative": lambda b: amount(b, rb'"amount":-\1'),
    "amount_plus_one": lambda b: amount(b, lambda m: b'"amount":%d' % (int(m.group(1)) + 1)),
    "status_number": lambda b: b.replace(b'"status":"RJCT"', b'"status":4'),
    "status_unknown": lambda b: b.replace(b'"RJCT"', b'"RJCX"'),
    "items_object": lambda b: re.sub(rb'"items":\[(.*)\]', rb'"items":{"0":\1}', b, flags=re.S),
    "latin1": lambda b: b.replace(b'"AC04"', b'"AC04","text":"B\xe1n"'),
    "utf16": lambda b: b.decode().encode("utf-16"),
    "nul_in_text": lambda b: b.replace(b'"AC04"', b'"AC04\\u0000"'),
    "nul_byte": lambda b: b + b"\0",
    "bom": lambda b: b"\xef\xbb\xbf" + b,
    "duplicate_status": lambda b: b.replace(CLAIM, b'"status":"ACCP",' + CLAIM),
    "duplicate_items": lambda b: re.sub(rb'"items":(\[.*\])', rb'"items":[],"items":\1', b, flags=re.S),
    "item_twice": lambda b: re.sub(rb'"items":\[(\{.*?\})', rb'"items":[\1,\1', b, flags=re.S),
    "deep": lambda b: b[:-1] + b',"x":' + b"[" * 2000 + b"]" * 2000 + b"}",
    "unknown_id": other_id,
    "other_payouts_id": None,  # between: the id of the payment before
    "other_account": lambda b: re.sub(rb'"creditor_account":"(\d)', rb'"creditor_account":"7', b),
    "two_documents": lambda b: b + b"{}",
}
SIGNED = {
    "of_a_stranger": {"stranger": True},
    "not_signed": {"none": True},
    "old": {"age": 400},
    "of_the_future": {"age": -400},
    "of_another_body": {"other_body": True},
    "of_another_message": {"other_id": True},
}
REPLIES_ONLY = {"signed_500": 500, "unknown_refusal": 400, "redirect": 302}
KINDS = list(BODIES) + list(SIGNED) + list(REPLIES_ONLY)


def spoil(kind, body, before):
    if kind == "other_payouts_id":
        return re.sub(rb'"end_to_end_id":"[^"]*"', b'"end_to_end_id":"' + before + b'"', body, 1) if before else other_id(body)
    if kind == "unknown_refusal":
        return re.sub(rb'"items":.*$', b'"error":{"code":"never_heard_of","text":"x"}}', body, flags=re.S)
    return BODIES[kind](body) if kind in BODIES else body


def signed_headers(kind, keys, message_id, body):
    how = SIGNED.get(kind, {})
    stamp = int(time.time()) - how.get("age", 0)
    text = b"{}" if "other_body" in how else body
    signature = sign(keys["stranger" in how], message_id + ("0" if "other_id" in how else ""), stamp, text)
    headers = {"webhook-id": message_id, "webhook-timestamp": str(stamp), "webhook-signature": signature}
    return {} if "none" in how else headers


# ---- between the teller and the bank ----


class Between(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    keys, upstream, log, seen = None, "", None, set()
    kinds = {"transfers": itertools.cycle(KINDS), "enquiries": itertools.cycle(KINDS)}
    turn, before = 0, b""

    def log_message(self, *_):
        pass

    def kind_for(self, body):
        """Every second message of payments that were not lied about before, in its call."""
        ids = re.findall(rb'"end_to_end_id":"([^"]+)"', body)
        call = self.path.rsplit("/", 1)[1]
        with LOCK:
            if call not in ("transfers", "enquiries") or any((call, i) in Between.seen for i in ids):
                return None
            Between.seen.update((call, i) for i in ids)
            before, Between.before = Between.before, ids[0]
            Between.turn += call == "transfers"
            if call == "transfers" and Between.turn % 2:
                return None
            kind = next(Between.kinds[call])
            for i in ids:
                print(i.decode(), call, kind, file=Between.log, flush=True)
            return kind, before

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        bank = http.client.HTTPConnection(self.upstream, timeout=30)
        bank.request("POST", self.path, body, {n: v for n, v in self.headers.items() if n.lower() not in ("host", "content-length")})
        got = bank.getresponse()
        reply, status = got.read(), got.status
        headers = {n: v for n, v in got.getheaders() if n.lower().startswith(("webhook-", "content-type"))}
        lie = self.kind_for(body) if status == 200 else None
        if lie:
            claimed = re.sub(rb'"status":"(PDNG|ACCP|ACSC|ACCC)"', CLAIM, reply)
            reply = spoil(lie[0], claimed, lie[1])
            status = REPLIES_ONLY.get(lie[0], 200)
            headers = {"Content-Type": "text/plain; charset=utf-7", **signed_headers(lie[0], self.keys, got.headers["webhook-id"], reply)}
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(reply)))
        self.end_headers()
        try:
            self.wfile.write(reply)
        except OSError:
            self.close_connection = True


def between(port_file, upstream, key, stranger, log):
    Between.keys, Between.upstream = [pem_of(key), pem_of(stranger)], upstream
    Between.log = open(log, "w", encoding="ascii")
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Between)
    with open(port_file, "w", encoding="ascii") as file:
        file.write(f"127.0.0.1:{server.server_port}\n")
    server.serve_forever()


# ---- to the gate ----


class Gate:
    """One connection, made again when the gate has closed it."""

    def __init__(self, where, path):
        self.where, self.path, self.s, self.rest = where, path, None, b""

    def post(self, headers, body, length=None):
        head = "".join(f"{n}: {v}\r\n" for n, v in headers.items())
        text = f"POST {self.path} HTTP/1.1\r\nHost: gate\r\n{head}Content-Length: {len(body) if length is None else length}\r\n\r\n".encode() + body
        for _ in range(2):
            if self.s is None:
                self.s = socket.socket(socket.AF_UNIX)
                self.s.settimeout(60)
                self.s.connect(self.where)
            try:
                self.s.sendall(text)
            except OSError:
                pass  # it may have said why
            status = self.answer()
            if status:
                return status
        return 0

    def answer(self):
        got = b""
        try:
            while b"\r\n\r\n" not in got:
                more = self.s.recv(65536)
                if not more:
                    raise OSError("closed")
                got += more
            head, rest = got.split(b"\r\n\r\n", 1)
            length = re.search(rb"(?i)content-length: *(\d+)", head)
            while length and len(rest) < int(length.group(1)):
                rest += self.s.recv(65536)
        except OSError:
            self.s.close()
            self.s = None
            return 0
        if re.search(rb"(?i)connection: *close", head):
            self.s.close()
            self.s = None
        return int(head.split(b" ")[1])


def callback_body(one, claim=CLAIM):
    payment, dong, account = one
    return (f'{{"type":"payout.status","items":[{{"end_to_end_id":"{payment}","amount":{dong},"creditor_account":"{account}",'.encode() + claim +
            b',"bank_reference":"R1","time":"2024-04-03T08:00:04+07:00"}]}')


def callbacks(where, path, key, stranger, file):
    keys = [pem_of(key), pem_of(stranger)]
    payments = [line.split() for line in open(file, encoding="ascii")]
    gate = Gate(where, path)
    kinds = [k for k in KINDS if k not in REPLIES_ONLY]
    for n, (kind, one) in enumerate(zip(kinds, payments)):
        body = spoil(kind, callback_body(one), payments[n - 1][0].encode())
        print(kind, gate.post(signed_headers(kind, keys, f"lie-{n}-{kind}", body), body), flush=True)
    body = callback_body(payments[len(kinds)])
    print("truth", gate.post(signed_headers("", keys, "truth", body), body), flush=True)


def flood(where, path, key, stranger, n):
    """Eight connections at once; of a hundred, two have a body near or above the limit, and some are signed by the bank and strange."""
    keys = [pem_of(key), pem_of(stranger)]
    rng = random.Random(1)
    noise = rng.randbytes(1 << 20)
    signed = []
    for i in range(40):
        body = [b'{"type":"weather.report"}', b"[" * 3000, b'{"a":' * 500, noise[:5000], b'{"type":"payout.status","items":[' + b"{}," * 600 + b"{}]}"][i % 5]
        signed.append((signed_headers("", keys, f"flood-{i}", body), body))
    said, began = collections.Counter(), time.time()

    def some(first):
        gate, rng = Gate(where, path), random.Random(first)
        for i in range(first, int(n), 8):
            choice, size = i % 100, rng.randrange(4000)
            stamp = str(int(time.time()) - rng.choice([0, 0, 400]))
            forged = {"webhook-id": f"f{i}", "webhook-timestamp": stamp, "webhook-signature": "v1a," + base64.b64encode(noise[i % 1000:][:64]).decode()}
            if choice == 0:
                status = gate.post(forged, noise)
            elif choice == 1:
                status = gate.post(forged, noise + b"x")
            elif choice < 10:
                status = gate.post(*signed[rng.randrange(len(signed))])
            elif choice < 20:
                status = gate.post({}, noise[:size])
            elif choice < 25:
                status = gate.post({**forged, "webhook-id": "x" * 5000}, noise[:size])
            elif choice == 25:
                status = gate.post({**forged, "junk": "x" * 9000}, b"{}")
            else:
                status = gate.post(forged, callback_body(("0" * 19, i + 1, "1")))
            with LOCK:
                said[status] += 1

    threads = [threading.Thread(target=some, args=(i,)) for i in range(8)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    for status, count in sorted(said.items()):
        print(status, count)
    print(json.dumps({"per_second": round(int(n) / (time.time() - began))}))


if __name__ == "__main__":
    if sys.argv[1] == "kinds":
        print("\n".join(KINDS))
    else:
        {"between": between, "callbacks": callbacks, "flood": flood}[sys.argv[1]](*sys.argv[2:])
