#!/usr/bin/env bash
# Callbacks: what the bank signed is stored once, sealed, and answered 200 after its commit and never before.
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib/scenario.sh
. tests/lib/scenario.sh

command -v openssl curl >/dev/null || skip_all "openssl or curl is missing"
# shellcheck disable=SC2119
fresh_database
run=$scratch/run
socket=$run/gate.sock
gate_pid=
# shellcheck disable=SC2034
proxy_pid=
mkdir -p "$run" "$scratch/pg" "$scratch/proxy"
# shellcheck disable=SC2016
at_exit 'kill ${gate_pid:-} ${proxy_pid:-} 2>/dev/null; wait'

# ---- a bank with a key of its own -----------------------------------------------------------------------------------------

openssl genpkey -algorithm ed25519 -out "$scratch/bank.pem" 2>/dev/null
echo "whpk_$(openssl pkey -in "$scratch/bank.pem" -pubout -outform DER | tail -c 32 | base64 -w0)" >"$scratch/bank.pub"
"$CHITRA_BIN/chitra" secret new "$scratch/evidence"
"$CHITRA_BIN/chitra" secret public evidence "$scratch/evidence" >"$scratch/evidence.pub"

# signature ID TIMESTAMP BODYFILE
signature()
{
	{
		printf '%s.%s.' "$1" "$2"
		cat "$3"
	} >"$scratch/signed"
	printf 'v1a,%s' "$(openssl pkeyutl -sign -rawin -inkey "$scratch/bank.pem" -in "$scratch/signed" | base64 -w0)"
}

# post ID TIMESTAMP SIGNATURE BODYFILE [BANK]: the HTTP status; what was answered is in $scratch/answer
post()
{
	curl -s -o "$scratch/answer" -D "$scratch/headers" -w '%{http_code}' --unix-socket "$socket" -H 'Expect:' \
		${1:+-H "webhook-id: $1"} ${2:+-H "webhook-timestamp: $2"} ${3:+-H "webhook-signature: $3"} \
		--data-binary "@$4" "http://gate/v1/callbacks/${5:-demo}"
}

# callback ID [BODYFILE]: as the bank does
callback()
{
	local body=${2:-$scratch/body} now
	now=$(date +%s)
	post "$1" "$now" "$(signature "$1" "$now" "$body")" "$body"
}

rows()
{
	sql "select count(*) from bank.message where direction = 'callback'${1:+ and $1}"
}

# gate_start [name=value …]: connects through $host
host=$PGHOST
gate_start()
{
	cat >"$scratch/chitra.conf" <<-END
		[chitra]
		run_dir = $run
		drain_time = 5s
		[database]
		conninfo = host=$host port=$PGPORT dbname=$PGDATABASE
		deadline = 5s
		[evidence]
		public_key = $scratch/evidence.pub
		[gate]
		listen = $socket
		$(printf '%s\n' "$@")
		[bank demo]
		url = http://127.0.0.1:1
		accounts = 110000000001
		bank_key = $scratch/bank.pub
	END
	"$CHITRA_BIN/chitrad" --config "$scratch/chitra.conf" --duty gate >>"$scratch/gate.log" 2>&1 &
	gate_pid=$!
	for _ in $(seq 100); do
		grep -q started "$scratch/gate.log" 2>/dev/null && [ -S "$socket" ] && return
		sleep 0.05
	done
}

gate_stop()
{
	kill "$gate_pid"
	wait "$gate_pid"
	stopped=$?
	gate_pid=
	: >"$scratch/gate.log"
}

# ---- what is taken ----------------------------------------------------------------------------------------------------------

cat >"$scratch/body" <<'JSON'
{"type":"payout.status","items":[{"end_to_end_id":"7Q2M4XK9C0V3H8T5RZ1","amount":2789000,"creditor_account":"200100000345","status":"ACCC","bank_reference":"R1","time":"2024-04-03T08:00:04+07:00"}]}
JSON
gate_start
is "$(callback cb-1)" 200 "a callback that the bank signed is taken, of whatever payout"
is "$(sql "select bank || ' ' || kind || ' ' || external_id || ' ' || authentic from bank.message")" "demo status cb-1 true" "and stored"
is "$(sql "select sha256 = '\\x$(sha256sum "$scratch/body" | cut -d' ' -f1)' from bank.message")" t "with the hash of its bytes"
is "$(sql "select position('200100000345' in encode(body, 'escape')) from bank.message")" 0 "but sealed: no account number is readable"
is "$(callback cb-1)" 200 "a repetition is answered alike"
is "$(rows)" 1 "and stored once"
is "$(sql "select last_value from bank.message_id_seq")" 1 "without taking an id"
sed 's/2789000/2789001/' "$scratch/body" >"$scratch/other"
is "$(callback cb-1 "$scratch/other")" 409 "the same id with another content is refused"
is "$(rows "external_id = 'cb-1'")" 1 "and does not replace what is there"
digest=$(sha256sum "$scratch/other" | cut -d' ' -f1)
is "$(sql "select kind || ' ' || (sha256 = '\\x$digest') from bank.message where external_id = 'cb-1#$digest'")" "changed true" \
	"but is kept beside it, because the bank signed it"
is "$(callback cb-1 "$scratch/other")" 409 "also when it comes again"
is "$(rows "kind = 'changed'")" 1 "once"
echo '{"type":"weather.report","items":[]}' >"$scratch/strange"
is "$(callback cb-2 "$scratch/strange")" 400 "a callback of another type is refused"
is "$(rows "kind = 'strange'")" 1 "but kept, because the bank signed it"
is "$(callback cb-2 "$scratch/strange")" 400 "also when it comes again"

# ---- what is not -------------------------------------------------------------------------------------------------------------

now=$(date +%s)
is "$(post cb-3 "$now" "v1a,$(head -c 64 /dev/zero | base64 -w0)" "$scratch/body")" 401 "a wrong signature is refused"
is "$(post cb-3 "$now" "$(signature cb-4 "$now" "$scratch/body")" "$scratch/body")" 401 "so is one of another id"
is "$(post cb-3 "$now" "$(signature cb-3 "$now" "$scratch/other")" "$scratch/body")" 401 "one of another body"
old=$((now - 400))
is "$(post cb-3 "$old" "$(signature cb-3 "$old" "$scratch/body")" "$scratch/body")" 401 "one that is more than 300 seconds old"
is "$(post cb-3 "$now" "" "$scratch/body")" 401 "and none"
is "$(post cb-3 "$now" "$(signature cb-3 "$now" "$scratch/body")" "$scratch/body" nobody)" 404 "a bank that we do not know is not heard"
is "$(rows "external_id = 'cb-3'")" 0 "nothing of that is stored"
head -c 1048577 /dev/zero >"$scratch/large"
is "$(post cb-5 "$now" x "$scratch/large")" 413 "a body above what the dialect allows is refused by default"
head -c 70000 /dev/zero >"$scratch/large"
gate_stop
is "$stopped" 0 "told to stop, the gate ends with 0"
gate_start 'body_max = 64KiB'
is "$(post cb-5 "$now" x "$scratch/large")" 413 "a body above the limit is refused"
gate_stop

# ---- no 200 before its commit ------------------------------------------------------------------------------------------------

tests/lib/commit-proxy "$scratch/pg/.s.PGSQL.$PGPORT" "$PGHOST/.s.PGSQL.$PGPORT" "$scratch/proxy" 2>"$scratch/proxy.log" &
# shellcheck disable=SC2034
proxy_pid=$!
for _ in $(seq 100); do
	[ -S "$scratch/pg/.s.PGSQL.$PGPORT" ] && break
	sleep 0.05
done
host=$scratch/pg
gate_start
is "$(callback cb-10)" 200 "behind a proxy that holds PostgreSQL's socket it works as ever"
touch "$scratch/proxy/hold"
callback cb-11 >"$scratch/status" &
posting=$!
for _ in $(seq 100); do
	[ -e "$scratch/proxy/held" ] && break
	sleep 0.05
done
ok "its COMMIT is held" test -e "$scratch/proxy/held"
sleep 0.5
is "$(cat "$scratch/status")" "" "as long as it is, the bank has no answer"
is "$(rows "external_id = 'cb-11'")" 0 "and the row is not there"
rm "$scratch/proxy/hold"
wait "$posting"
is "$(cat "$scratch/status")" 200 "when it has passed, the bank has its 200"
is "$(rows "external_id = 'cb-11'")" 1 "and the row is there"

# While one COMMIT is held, what comes waits and then goes together.
touch "$scratch/proxy/hold"
before=$(sql "select count(distinct xmin::text) from bank.message")
now=$(date +%s)
for i in $(seq 30); do
	signatures[i]=$(signature "cb-g$i" "$now" "$scratch/body")
done
for i in $(seq 30); do
	post "cb-g$i" "$now" "${signatures[i]}" "$scratch/body" >"$scratch/status.$i" &
	posts[i]=$!
done
sleep 1
is "$(cat "$scratch"/status.* | wc -c)" 0 "thirty callbacks wait for their commits"
rm "$scratch/proxy/hold"
wait "${posts[@]}"
is "$(cat "$scratch"/status.* | grep -o 200 | wc -l)" 30 "all thirty are answered 200"
after=$(sql "select count(distinct xmin::text) from bank.message")
ok "with few commits" test $((after - before)) -le 5

# ---- a COMMIT that is lost ---------------------------------------------------------------------------------------------------

touch "$scratch/proxy/lose-before"
is "$(callback cb-20)" 503 "a connection that is lost before COMMIT arrives means: come again"
like "$(tr -d '\r' <"$scratch/headers")" "Retry-After: 1" "soon"
is "$(rows "external_id = 'cb-20'")" 0 "nothing is stored"
rm "$scratch/proxy/lose-before"
is "$(callback cb-20)" 200 "and then it is taken"
touch "$scratch/proxy/lose-after"
status=$(callback cb-21)
rm "$scratch/proxy/lose-after"
is "$(rows "external_id = 'cb-21'")" 1 "a COMMIT whose answer is lost may hold"
like "$status" "200|503" "the gate finds that out, or lets the bank come again"
is "$(callback cb-21)" 200 "which gets its 200"
is "$(rows "external_id = 'cb-21'")" 1 "and stores nothing twice"
gate_stop

# ---- more than can wait -----------------------------------------------------------------------------------------------------

gate_start "body_max = 4MiB" "request_time = $((10 * ${CHITRA_PATIENCE:-1}))s"
rm -f "$scratch"/status.*
head -c 4000000 /dev/zero >"$scratch/large"
now=$(date +%s)
for i in $(seq 26); do
	signatures[i]=$(signature "cb-l$i" "$now" "$scratch/large")
done
touch "$scratch/proxy/hold"
posts=()
for i in $(seq 26); do
	post "cb-l$i" "$now" "${signatures[i]}" "$scratch/large" >"$scratch/status.$i" &
	posts[i]=$!
done
for _ in $(seq 100); do
	grep -qs 503 "$scratch"/status.* && break
	sleep 0.05
done
rm "$scratch/proxy/hold"
wait "${posts[@]}"
ok "who comes when 64 MiB wait is told to come again" grep -qs 503 "$scratch"/status.*
is "$(cat "$scratch"/status.* | sed 's/.../&\n/g' | sort -u | paste -sd' ')" "400 503" "the others have their answers"
gate_stop

# ---- a clock that stepped back --------------------------------------------------------------------------------------------

if faketime_found chitrad; then
	LD_PRELOAD=$faketime FAKETIME=-3600s FAKETIME_DONT_FAKE_MONOTONIC=1 gate_start
	old=$(($(date +%s) - 3600))
	is "$(post cb-40 "$old" "$(signature cb-40 "$old" "$scratch/body")" "$scratch/body")" 401 "what is an hour old is old, also for a host whose clock is"
	like "$(cat "$scratch/answer")" 'webhook_other_clock' "the answer says whose clock is wrong"
	is "$(rows "external_id = 'cb-40'")" 0 "and it is not stored"
	is "$(post cb-1 "$old" "$(signature cb-1 "$old" "$scratch/body")" "$scratch/body")" 401 "nor is one that was taken before taken again"
	is "$(callback cb-41)" 401 "what such a host takes for the future waits until its clock is right"
	gate_stop
else
	skip "what is an hour old is old, also for a host whose clock is" "$no_faketime"
fi

unlike "$(cat "$scratch/gate.log")" "200100000345" "the log holds no account number"
done_testing
