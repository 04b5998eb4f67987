#!/usr/bin/env bash
# ops/haproxy.cfg in front of the gate: what is malformed, slow or too large never reaches it, what reaches it is one well-formed request, and
# a bank that takes all it can get leaves the others theirs.
# shellcheck disable=SC2016,SC2119
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib/scenario.sh
. tests/lib/scenario.sh
PATH=$PATH:/usr/sbin
command -v haproxy >/dev/null || skip_all "haproxy is not installed"

tls=$scratch/tls
run=$scratch/run
mkdir -p "$tls" "$run"
front=tests/scenario/lib/front.py
processes=()
at_exit '[ ${#processes[@]} -eq 0 ] || kill -9 "${processes[@]}" 2>/dev/null'

# ---- certificates ------------------------------------------------------------------------------------------------------------------

openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$tls/ca.key" -out "$tls/banks.pem" -subj /CN=ca -days 2 2>/dev/null
# certificate NAME [EXTENSION]
certificate()
{
	openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$tls/$1.key" -out "$tls/$1.csr" -subj "/CN=$1" 2>/dev/null
	openssl x509 -req -in "$tls/$1.csr" -CA "$tls/banks.pem" -CAkey "$tls/ca.key" -CAcreateserial -days 2 \
		-extfile <(echo "subjectAltName = DNS:localhost") -out "$tls/$1.crt" 2>/dev/null
	cat "$tls/$1.crt" "$tls/$1.key" >"$tls/$1.pem"
}
certificate gate
certificate demo
certificate other

# ---- the shipped file --------------------------------------------------------------------------------------------------------------

port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
sed -e "s|/etc/chitra/tls|$tls|g; s|/run/chitra/|$run/|; s|bind :8443|bind 127.0.0.1:$port|; s|timeout http-request 10s|timeout http-request 2s|; s|wait-for-body time 10s|wait-for-body time 2s|; s|\tmaxconn 1024|\tmaxconn 40|; s|gt 256|gt 30|
	/^\t\(user\|group\|log\) /d" ops/haproxy.cfg >"$scratch/haproxy.cfg"
ok "HAProxy finds nothing wrong with it" haproxy -c -f "$scratch/haproxy.cfg"
haproxy -db -f "$scratch/haproxy.cfg" >"$scratch/haproxy.log" 2>&1 &
processes+=($!)
"$front" record "$run/gate.sock" "$scratch/passed" &
recorder=$!
processes+=("$recorder")
: >"$scratch/passed"

# ask [CERTIFICATE [--drip SECONDS]]: the statuses that the bytes on standard input get
ask()
{
	local certificate=${1:-demo}
	shift
	"$front" ask "$port" "$tls/$certificate.pem" "$tls/banks.pem" "$@"
}
printf '%s\r\n' 'POST /v1/callbacks/demo HTTP/1.1' 'Host: gate' 'Content-Length: 2' '' >"$scratch/request"
printf '{}' >>"$scratch/request"
comes_through()
{
	[ "$(ask demo <"$scratch/request")" = 200 ]
}
conf_gate()
{
	"$CHITRA_BIN/chitra" secret new "$scratch/evidence"
	"$CHITRA_BIN/chitra" secret public evidence "$scratch/evidence" >"$scratch/evidence.pub"
	fakebank keygen "$scratch/bank.key" >"$scratch/bank.pub"
	printf '%s\n' '[chitra]' "run_dir = $run" '[evidence]' "public_key = $scratch/evidence.pub" '[gate]' "listen = $run/gate.sock" '[bank demo]' \
		'url = http://127.0.0.1:1' 'accounts = 110000000001' "bank_key = $scratch/bank.pub" >"$scratch/gate.conf"
}
ok "a bank comes through" within 20 comes_through

# ---- what is malformed (evhttp takes most of these, or takes them for two) -----------------------------------------------------------------

head='POST /v1/callbacks/demo HTTP/1.1\r\nHost: gate\r\n'
while IFS='|' read -r title bytes; do
	before=$(wc -l <"$scratch/passed")
	# shellcheck disable=SC2059
	statuses=$(printf "${bytes//HEAD/$head}" | ask demo)
	passed=$(tail -n "+$((before + 1))" "$scratch/passed")
	case "$statuses $passed" in
	"400 " | "404 " | "408 " | "413 " | "422 " | "501 " | "505 " | "200 POST /v1/callbacks/demo HTTP/1.1 "[0-9]*) pass "$title: $statuses" ;;
	*) fail "$title: refused, or one well-formed request" "answered: $statuses" "passed on: $passed" ;;
	esac
done <<'END'
length and chunked|HEADContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: gate\r\n\r\n
gzip, chunked and no length|HEADTransfer-Encoding: gzip, chunked\r\nContent-Length: 0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: gate\r\n\r\n
two lengths|HEADContent-Length: 2\r\nContent-Length: 40\r\n\r\n{}GET /smuggled HTTP/1.1\r\nHost: gate\r\n\r\n
two lengths in one header|HEADContent-Length: 2, 40\r\n\r\n{}GET /smuggled HTTP/1.1\r\nHost: gate\r\n\r\n
a length with a sign|HEADContent-Length: +2\r\n\r\n{}
a length with a letter|HEADContent-Length: 2x\r\n\r\n{}
a negative length|HEADContent-Length: -1\r\n\r\n{}
a chunk of 0x2|HEADTransfer-Encoding: chunked\r\n\r\n0x2\r\n{}\r\n0\r\n\r\n
a chunk of +2|HEADTransfer-Encoding: chunked\r\n\r\n+2\r\n{}\r\n0\r\n\r\n
a chunk of -2|HEADTransfer-Encoding: chunked\r\n\r\n-2\r\n{}\r\n0\r\n\r\n
bare line feeds|POST /v1/callbacks/demo HTTP/1.1\nHost: gate\nContent-Length: 2\n\n{}
a space before the colon|POST /v1/callbacks/demo HTTP/1.1\r\nHost : gate\r\nContent-Length: 2\r\n\r\n{}
a folded header|HEADX-One: a\r\n b\r\nContent-Length: 2\r\n\r\n{}
no host|POST /v1/callbacks/demo HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}
a NUL in a value|HEADX-One: a\0b\r\nContent-Length: 2\r\n\r\n{}
HTTP/9.9|POST /v1/callbacks/demo HTTP/9.9\r\nHost: gate\r\nContent-Length: 2\r\n\r\n{}
a head of 17 KiB|HEADX-One: %017408d\r\nContent-Length: 2\r\n\r\n{}
a body of more than 1 MiB|HEADContent-Length: 1048577\r\n\r\n{}
no length|HEAD\r\n
another path|POST /metrics HTTP/1.1\r\nHost: gate\r\nContent-Length: 2\r\n\r\n{}
END
is "$(printf 'GET /v1/callbacks/demo HTTP/1.1\r\nHost: gate\r\n\r\n' | ask demo)" 405 "another method: 405"
is "$(grep -c 'ODD\|smuggled' "$scratch/passed")" 0 "nothing odd was let through, and nothing that hid behind another request"

# ---- who is too slow, or is nobody -------------------------------------------------------------------------------------------------------

before=$(wc -l <"$scratch/passed")
is "$(printf 'POST /v1/callbacks/demo HTTP/1.1\r\n' | ask demo --drip 0.25)" 408 "a head that drips, a byte at a time, is cut off by one clock"
is "$(printf '%b{' "${head}Content-Length: 900\r\n\r\n" | ask demo)" 408 "so is a body that does not come"
is "$(wc -l <"$scratch/passed")" "$before" "neither reaches the gate"
like "$(printf '%b{}' "${head}Content-Length: 2\r\n\r\n" | ask nobody)" '^(closed|nothing)$' "without a bank's certificate nobody is heard"

"$front" crowd "$port" "$tls/demo.pem" "$tls/banks.pem" 60 >"$scratch/crowd" &
crowd=$!
processes+=("$crowd")
ok "one bank holds all connections that it gets" within 100 grep -q held "$scratch/crowd"
is "$(cat "$scratch/crowd") $(ask other <"$scratch/request")" "30 held 200" "which are not all: the other one is heard"
kill "$crowd"
wait "$crowd" 2>/dev/null

# ---- the gate itself ---------------------------------------------------------------------------------------------------------------------

kill "$recorder"
wait "$recorder" 2>/dev/null
rm -f "$run/gate.sock"
is "$(ask demo <"$scratch/request")" 503 "while the gate is away it is 503, and the bank comes again"
fresh_database
conf_gate
"$CHITRA_BIN/chitrad" --config "$scratch/gate.conf" --duty gate 2>"$scratch/gate.log" &
processes+=($!)
gate_says()
{
	[ "$(ask demo <"$scratch/request")" = 401 ]
}
ok "the gate is there: it hears the bank, whose signature is wrong" within 20 gate_says

done_testing
