#!/usr/bin/env bash
# The fault proxy: what it passes on, what it spoils and what it writes down, with bytes of its own and between the real teller,
# gate and bank. A fault that does not land here proves nothing anywhere.
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/scenario/teller_lib.sh
. tests/scenario/teller_lib.sh
# shellcheck source=tests/lib/go_tests.sh
. tests/lib/go_tests.sh
# shellcheck disable=SC2154

go_tests tests/chaos/proxy

proxy=
# shellcheck disable=SC2034
gate=
tap=$scratch/tap.jsonl
# shellcheck disable=SC2016
at_exit 'kill -9 ${proxy:-} ${gate:-} 2>/dev/null; wait ${proxy:-} ${gate:-} 2>/dev/null'

# proxy_start UPSTREAM: in front of it and of the gate
proxy_start()
{
	rm -f "$scratch/proxy.ports"
	faultproxy --tap "$tap" --port-file "$scratch/proxy.ports" \
		--bank "demo,127.0.0.1:0,$1,unix:$scratch/callbacks.sock,unix:$scratch/run/gate.sock" 2>"$scratch/proxy.log" &
	proxy=$!
	within 10 test -f "$scratch/proxy.ports"
}

proxied()
{
	awk '/^demo out/ {print $3}' "$scratch/proxy.ports"
}

# will FAULT [JSON…]: the next one out
will()
{
	faultproxy control "$scratch/proxy.ports" will "{\"fault\":\"$1\"${2:+,$2}}" >/dev/null
}

landed()
{
	faultproxy control "$scratch/proxy.ports" landed | grep -oE "\"$1\":[0-9]+" | grep -oE '[0-9]+$'
}

# tapped PYTHON: an expression over `taps`, the list of the journal's lines
tapped()
{
	python3 -c 'import json, sys, collections
taps = [json.loads(line) for line in open(sys.argv[1])]
print(eval(sys.argv[2]))' "$tap" "$1"
}

# ---- a client that sends again by itself ------------------------------------------------------------------------------------

mkdir -p "$scratch/run"
bank_address=127.0.0.1:0
mkdir -p "$keys"
fakebank keygen "$keys/payer.key" >"$keys/payer.pub"
bank_start
proxy_start "$bank_address"
will close_reused '"dir":"out"'
url=http://$(proxied)/v1/transfers
is "$(curl -s -o /dev/null -w '%{http_code} ' -d first "$url" --next -s -o /dev/null -w '%{http_code}' -d second "$url")" "400 400" \
	"libcurl by itself hides that a reused connection was closed after reading"
is "$(tapped '[t["body"] for t in taps if t["what"] == "request"]')" "['first', 'second', 'second']" "the tap shows the second copy"
kill "$proxy"
wait "$proxy"
bank_kill
rm -r "$bank_dir" "$keys" "$tap"

# ---- the teller, whose body cannot be rewound ---------------------------------------------------------------------------------

# shellcheck disable=SC2119
fresh_database
clock_start
payroll 60
sql "update org.channel set items_per_message = 1 where kind = 'bank'"
mkdir -p "$scratch/run"
bank_start --reply-status ACCP --callback-bulk=false --callback-url "unix:$scratch/callbacks.sock|/v1/callbacks/demo" --callback-retry-max 200ms
bank=$bank_address
proxy_start "$bank"
bank_address=$(proxied)
after=2
for fault in close_reused 'close_reused"after":true' drop_request drop_reply cut_request cut_reply duplicate flip_bits 'flip_bits"where":"request"' swap_replies \
	slow_drip 'black_hole"ms":400' delay reorder status 'status"after":true,"code":403' 'status"code":429,"retry_after":1'; do
	arg=${fault#"${fault%%\"*}"}
	will "${fault%%\"*}" "\"path\":\"/v1/transfers\",\"after_n\":$after,\"arg\":{$arg}"
	after=1
done
will stale_enquiry '"path":"/v1/enquiries"'
for fault in delay drop_request drop_reply cut_request cut_reply duplicate flip_bits reorder swap_replies status; do
	will "$fault" '"dir":"in","after_n":1'
done
teller_start 'concurrency = 6' 'deadline = 3s' '[gate]' "listen = $scratch/run/gate.sock"
"$CHITRA_BIN/chitrad" --config "$scratch/chitra.conf" --duty gate 2>>"$scratch/gate.log" &
# shellcheck disable=SC2034
gate=$!
ok "whatever is spoilt, everybody is accepted or credited" until_true 60 "select not exists (select from payout.payout_state s
	join payout.state t on t.code = s.state where t.name not in ('accepted', 'credited'))"
is "$(bank_says book.csv | grep -c ,paid,)" 60 "the bank executed every payment"
is "$(bank_twice)" 0 "and none twice"
ok "every callback is taken in the end, though some were spoilt on their way" within 30 eval 'bank_says stats | grep -q "\"callbacks_open\":0"'
for fault in close_reused:2 drop_request:2 drop_reply:2 cut_request:2 cut_reply:2 duplicate:2 flip_bits:3 swap_replies:2 slow_drip:1 black_hole:1 delay:2 reorder:1 status:4; do
	ok "$fault landed between teller, gate and bank" test "$(landed "${fault%:*}")" -ge "${fault#*:}"
done
is "$(sql "select count(*) from bank.message where direction = 'callback' and kind = 'status'")" 60 "each callback is one row"
is "$(tapped 'sum(n > 1 for n in collections.Counter(t["headers"]["webhook-id"] for t in taps
	if t["what"] == "request" and t["dir"] == "out" and "dup" not in t and t["complete"]).values())')" 0 "no request of the teller came twice but by the proxy"
is "$(tapped 'sum(t["what"] == "request" and t["dir"] == "out" and "dup" in t for t in taps)')" 1 "which says so"
is "$(tapped 'len({t["n"] for t in taps if t["what"] == "fault" and t["n"]}) == sum(t["what"] == "fault" for t in taps)')" True \
	"each fault is written with its message, one fault a message"
is "$(tapped 'all(any(r["what"] == "request" and r["n"] == t["n"] for r in taps[:i]) for i, t in enumerate(taps) if t["what"] == "response")')" True \
	"and each response after its request"
teller_drain
is "$drained" 0 "the teller has lived through it"
done_testing
