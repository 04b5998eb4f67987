#!/usr/bin/env bash
# What banks say that is truncated, huge, of a wrong type or charset, said twice, nested deeply, a real number, of another payment, of
# somebody else, old or unknown: kept where the bank signed it, counted where it did not, never believed, and it costs no memory.
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/scenario/teller_lib.sh
. tests/scenario/teller_lib.sh
# shellcheck disable=SC2154
command -v openssl >/dev/null || skip_all "openssl is missing"

# shellcheck disable=SC2119
fresh_database
clock_start
# shellcheck source=tests/scenario/lib/bank_day.sh
. tests/scenario/lib/bank_day.sh
liar=tests/scenario/lib/liar.py
liar_pid=
# shellcheck disable=SC2016
at_exit '[ -z "$liar_pid" ] || kill "$liar_pid" 2>/dev/null'

# counted DUTY NAME: what its metrics say
counted()
{
	curl -s --max-time 5 "http://$(cat "$run/$1.0.admin")/metrics" | awk -v name="chitra_$1_$2" '$1 == name { print $2 }'
}
# rss PID: the most memory that it ever had, in kB
rss()
{
	awk '/VmHWM/ { print $2 }' "/proc/$1/status"
}
# lied_about CALL: the payments that were lied about in this call, as an SQL array
lied_about()
{
	awk -v call="$1" '$2 == call { printf "%s%s", (n++ ? "," : ""), $1 }' "$scratch/lies"
}

# ---- replies ---------------------------------------------------------------------------------------------------------------

kinds=$(python3 "$liar" kinds | wc -l)
payroll $((2 * kinds + 10)) valid_hours=30
sql "update org.channel set items_per_message = 1 where kind = 'bank'"
bank_day --reply-status ACCP --callback-bulk=false --slow 1s
bank_says callbacks '{"mode":"off"}' >/dev/null
fakebank keygen "$scratch/stranger.key" >/dev/null
python3 "$liar" between "$scratch/liar.port" "$bank_address" "$keys/bank.key" "$scratch/stranger.key" "$scratch/lies" 2>"$scratch/liar.log" &
# shellcheck disable=SC2034
liar_pid=$!
ok "the liar stands before the bank" within 10 test -s "$scratch/liar.port"
sed -i "s|^url = .*|url = http://$(cat "$scratch/liar.port")|" "$scratch/all.conf"
printf '%s\n' 'concurrency = 4' 'deadline = 5s' >>"$scratch/all.conf"
duty teller
teller=$last_pid
ok "however a bank lies about its payments, they go on to what is true" until_true 90 "select count(*) = $((2 * kinds + 10))
	from payout.payout_state s join payout.state t on t.code = s.state where t.name in ('accepted', 'credited')"
is "$(awk '$2 == "transfers" { print $3 }' "$scratch/lies" | sort -u | wc -l)" "$kinds" "each of $kinds kinds was told about a transfer"
is "$(sql "select count(*) from payout.payout p where end_to_end_id = any ('{$(lied_about transfers)}')
	and not exists (select from payout.payout_move m where m.payout = p.id and m.to_state = 4)")" 0 "each of them was in doubt for it"
is "$(sql "select count(*) from payout.payout_move where to_state = 8")" 0 "and no lie was believed"
bank_says book.csv | awk -F, 'NR > 1 { print $4 }' | sort | uniq -c | sed 's/^/# the bank: /'
is "$(bank_twice)" 0 "nobody is paid twice"
is "$(sql "select count(*) from bank.message where direction = 'reply' and kind = 'transfer' and not authentic")" 6 "what somebody else signed, or nobody, is kept as such"
ok "and counted" test "$(counted teller 'replies_total{result="not_authentic"}')" -ge 6
ok "so is what the bank signed and nobody understands" test "$(counted teller 'replies_total{result="unclear"}')" -ge 15
is "$(sql "select count(*) from bank.message m where direction = 'reply' and kind = 'transfer' and authentic")" \
	$((2 * kinds + 10 - 6 - $(grep -c ' transfers huge$' "$scratch/lies"))) "every reply that the bank signed is kept, but the one that is larger than our memory for it"
ok "that one is named in the log" grep -q 'event=bank_no_reply .*reply_too_large' "$scratch/teller.log"
ok "the teller lives" kill -0 "$teller"
echo "# the teller's VmHWM: $(rss "$teller") kB"

# ---- callbacks -------------------------------------------------------------------------------------------------------------

duty gate
gate=$last_pid
duty scribe
scribe=$last_pid
ok "the gate listens" within 10 test -S "$run/gate.sock"
sql "select p.end_to_end_id || ' ' || p.amount_dong || ' ' || 200000000000 + c.person from payout.payout p join payout.claim c on c.id = p.claim
	join payout.payout_state s on s.payout = p.id where s.state = 5 order by p.id" >"$scratch/payments"
ok "enough are accepted, which may yet be refused" test "$(wc -l <"$scratch/payments")" -ge "$kinds"
python3 "$liar" callbacks "$run/gate.sock" /v1/callbacks/demo "$keys/bank.key" "$scratch/stranger.key" "$scratch/payments" >"$scratch/callbacks"
status_of()
{
	awk -v status="$1" '$2 == status { printf "%s%s", (n++ ? " " : ""), $1 }' "$scratch/callbacks"
}
is "$(status_of 200)" "amount_as_text amount_real amount_exponent amount_negative amount_plus_one status_number status_unknown item_twice unknown_id other_payouts_id other_account truth" \
	"what the bank signed and is a callback is taken, whatever its items say"
is "$(status_of 400)" "truncated cut_to_nothing empty_array amount_past_int64 items_object latin1 utf16 nul_in_text nul_byte bom duplicate_status duplicate_items deep two_documents" \
	"what is none is refused"
is "$(status_of 401)" "of_a_stranger not_signed old of_the_future of_another_body of_another_message" "what the bank did not sign now is refused"
is "$(status_of 413)" huge "so is what is too large"
is "$(sql "select count(*) from bank.message where direction = 'callback'")" "$(grep -cE ' (200|400)$' "$scratch/callbacks")" "what the bank signed is kept"
ok "the truth is believed: one payment is refused" until_true 20 "select count(*) = 1 from payout.payout_state where state = 8"
ok "all are digested" until_true 10 "select upto >= (select max(id) from bank.message) from ops.progress where name = 'digest'"
is "$(sql "select count(*) from payout.payout_state where state = 8")" 1 "and no lie"
is "$(counted scribe unclear_total)" 8 "items that say nothing clear are counted"
is "$(counted scribe unknown_ids_total)" 1 "so is an id that is no payout"
is "$(counted scribe misfits_total)" 3 "and those of a payout with another amount or account"
is "$(counted gate 'callbacks_total{result="refused"}')" 6 "the gate counts what it refused"
is "$(counted gate 'callbacks_total{result="strange"}')" 14 "and what was signed and strange"
echo "# the scribe's VmHWM: $(rss "$scribe") kB"

# ---- a flood -----------------------------------------------------------------------------------------------------------------

before=$(rss "$gate")
rows=$(sql "select count(*) from bank.message where direction = 'callback'")
python3 "$liar" flood "$run/gate.sock" /v1/callbacks/demo "$keys/bank.key" "$scratch/stranger.key" "${FLOOD:-20000}" >"$scratch/flood"
sed 's/^/# /' "$scratch/flood"
after=$(rss "$gate")
echo "# the gate's VmHWM: $before kB before, $after kB after ${FLOOD:-20000} bad callbacks with bodies up to the limit"
ok "the gate lives" kill -0 "$gate"
ok "and did not grow by more than eight bodies of the limit and their copies" test $((after - before)) -lt 49152
is "$(awk '$1 == 200 { print $2 }' "$scratch/flood")" "" "none was taken"
is "$(awk '$1 == 0 { print $2 }' "$scratch/flood")" "" "and each had its answer"
is "$(($(sql "select count(*) from bank.message where direction = 'callback'") - rows))" 40 "what the bank signed is kept once, however often it comes"
say "$(sed -n '3s/ .*//p' "$scratch/payments")" "$(awk 'NR == 3 { print $2 }' "$scratch/payments")" "$(awk 'NR == 3 { print $3 }' "$scratch/payments")" ACCC
bank_says callbacks '{"mode":"on"}' >/dev/null
ok "a good one is heard after it" until_true 20 "select s.state = 6 from payout.payout_state s join payout.payout p on p.id = s.payout
	where p.end_to_end_id = '$(sed -n '3s/ .*//p' "$scratch/payments")'"
for duty in teller gate scribe; do
	unlike "$(cat "$scratch/$duty.log")" '2000000[0-9]{5}|B.n' "the $duty's log repeats nothing of what was said"
	is "$(grep -c 'level=\(fatal\|bug\)\|AddressSanitizer\|runtime error' "$scratch/$duty.log")" 0 "and tells of no end of its own"
done
done_testing
