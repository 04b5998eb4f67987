#!/usr/bin/python3
"""A TLS end in front of a fake bank: tls_front.py CHAIN KEY BANK PORTFILE. One request a connection, so that each has a handshake of its own;
the certificate is read anew for each."""
import http.client
import http.server
import os
import ssl
import sys

chain, key, bank, port_file = sys.argv[1:]


class Front(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        onward = http.client.HTTPConnection(bank)
        onward.request("POST", self.path, body, dict(self.headers))
        answer = onward.getresponse()
        said = answer.read()
        self.send_response_only(answer.status)
        for name, value in answer.getheaders():
            self.send_header(name, value)
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, *_):
        pass


class Server(http.server.ThreadingHTTPServer):
    def finish_request(self, request, client_address):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(chain, key)
        try:
            with context.wrap_socket(request, server_side=True) as inside:
                super().finish_request(inside, client_address)
        except OSError as trouble:
            print(trouble, file=sys.stderr)


with Server(("127.0.0.1", 0), Front) as server:
    with open(f"{port_file}.new", "w", encoding="ascii") as out:
        print(server.server_address[1], file=out)
    os.rename(f"{port_file}.new", port_file)
    server.serve_forever()
