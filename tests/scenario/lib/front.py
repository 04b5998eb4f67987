#!/usr/bin/python3
"""Raw bytes against a TLS front, and what it lets through.

    front.py ask PORT CERT CA [--drip SECONDS]     standard input goes there (a byte every SECONDS); prints the statuses that come back
    front.py crowd PORT CERT CA N                  N connections, an answered request in each, that stay open; says how many it got
    front.py record SOCKET LOG                     stands behind the front: a line for each request, ODD where it is not well-formed"""
import os
import re
import socket
import socketserver
import ssl
import sys
import time


def connect(port, certificate, authority, patience=5):
    context = ssl.create_default_context(cafile=authority)
    if os.path.exists(certificate):
        context.load_cert_chain(certificate)
    return context.wrap_socket(socket.create_connection(("localhost", int(port)), patience), server_hostname="localhost")


def ask(port, certificate, authority, *drip):
    data = sys.stdin.buffer.read()
    came = b""
    pieces = [data[i:i + 1] for i in range(len(data))] if drip else [data]
    until = time.monotonic() + 8
    try:
        with connect(port, certificate, authority) as line:
            while time.monotonic() < until:
                line.sendall(pieces.pop(0) if pieces else b"")
                line.settimeout(float(drip[1]) if drip else until - time.monotonic())
                try:
                    more = line.recv(65536)
                except TimeoutError:
                    continue
                if not more:
                    break
                came += more
                until = time.monotonic() + 0.3          # for the answer to what may have hidden behind
    except OSError as trouble:
        came += f" [{type(trouble).__name__}]".encode()
    statuses = re.findall(rb"HTTP/1\.1 (\d+) ", came)
    print(*(s.decode() for s in statuses) if statuses else ["closed" if b"[" in came else "nothing"])


def crowd(port, certificate, authority, n):
    held = []
    for _ in range(int(n)):
        try:
            line = connect(port, certificate, authority, 2)
            line.sendall(b"POST /v1/callbacks/demo HTTP/1.1\r\nHost: gate\r\nContent-Length: 2\r\n\r\n{}")
            if line.recv(65536):
                held.append(line)
        except OSError:
            pass
    print(len(held), "held", flush=True)
    time.sleep(60)


class Recorder(socketserver.StreamRequestHandler):
    head = re.compile(rb"[A-Z]+ /[!-~]* HTTP/1\.1\r\n(?:[!#-'*+.0-9A-Z^-z|~-]+: [ -~]*\r\n)*\r\n")

    def handle(self):
        while True:
            got = b""
            while not got.endswith(b"\r\n\r\n"):
                byte = self.rfile.read(1)
                if not byte:
                    return
                got += byte
            lengths = re.findall(rb"(?im)^content-length: (\d+)\r$", got)
            well = self.head.fullmatch(got) and len(lengths) == 1 and not re.search(rb"(?im)^transfer-encoding", got)
            body = self.rfile.read(int(lengths[0])) if well else b""
            with open(log, "ab") as out:
                out.write((b"" if well else b"ODD ") + got.split(b"\r\n")[0] + b" %d\n" % len(body))
            self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
            if not well:
                return


if sys.argv[1] == "record":
    where, log = sys.argv[2:]
    with socketserver.ThreadingUnixStreamServer(where, Recorder) as server:
        os.chmod(where, 0o666)
        server.daemon_threads = True
        server.serve_forever()
else:
    {"ask": ask, "crowd": crowd}[sys.argv[1]](*sys.argv[2:])
