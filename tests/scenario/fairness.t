#!/usr/bin/env bash
# Banks do not wait for each other: one that hangs every request until its deadline, and has ten times the work, takes nothing from another.
# Nor do payments wait for enquiries that a bank never answers. Whoever cannot be understood gets few payments.
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/scenario/teller_lib.sh
. tests/scenario/teller_lib.sh
# shellcheck disable=SC2154

# shellcheck disable=SC2119
fresh_database
clock_start
payroll 300 items=1 bank=swift number=110000000001 wards=2
payroll 3000 first=10001 items=1 bank=stuck number=110000000002 wards=10 ward_first=10

# a_bank NAME ACCOUNT: a bank of its own; its port file is $scratch/NAME.ports
a_bank()
{
	[ -f "$keys/bank.key" ] || fakebank keygen "$keys/bank.key" >"$keys/bank.pub"
	fakebank --bank "${1^^}" --dir "$scratch/bank-$1" --key "$keys/bank.key" --payer-key "$keys/payer.pub" --funding "$2:0" --any-account --overdraft \
		--listen 127.0.0.1:0 --control 127.0.0.1:0 --port-file "$scratch/$1.ports" --reply-status ACCC --hang 60s >>"$scratch/bank.log" 2>&1 &
	at_exit "kill -9 $! 2>/dev/null"
	within 20 test -f "$scratch/$1.ports"
}
a_bank swift 110000000001
a_bank stuck 110000000002
says()
{
	fakebank control "$scratch/$1.ports" "${@:2}"
}
# of NAME COUNT: what its statistics say
of()
{
	says "$1" stats | grep -o "\"$2\":[0-9]*" | head -1 | cut -d: -f2
}
address()
{
	awk '/^api/ {print $2}' "$scratch/$1.ports"
}
# credited NAME: payments that this bank has credited, as we know
credited()
{
	sql "select count(*) from payout.payout_state s join payout.payout p on p.id = s.payout join payout.batch b on b.id = p.batch
		join org.channel c on c.id = b.channel where c.bank = '$1' and s.state = 6"
}
bank_address=$(address swift)

says stuck will '{"fault":"hang","always":true,"match":{"call":"any"}}' >/dev/null
teller_start 'deadline = 2s' 'concurrency = 16' '[bank stuck]' "url = http://$(address stuck)" "accounts = 110000000002" \
	"sign_key = $keys/payer.key" "bank_key = $keys/bank.pub" 'dedupe_days = 30' 'deadline = 2s' 'concurrency = 16'
sed -i 's/^\[bank demo\]/[bank swift]/' "$scratch/chitra.conf"
teller_kill KILL
"$CHITRA_BIN/chitrad" --config "$scratch/chitra.conf" --duty teller 2>>"$scratch/teller.log" &
# shellcheck disable=SC2034
teller_pid=$!
began=$SECONDS
ok "a bank that answers pays everybody" until_true 20 "select count(*) = 300 from payout.payout_state s join payout.payout p on p.id = s.payout
	join payout.batch b on b.id = p.batch join org.channel c on c.id = b.channel where c.bank = 'swift' and s.state = 6"
echo "# $(of swift transfers) payments in $((SECONDS - began)) s beside a bank that hangs"
is "$(credited stuck)" 0 "while another hangs every request"
sleep 6
asked=$(of stuck transfers)
ok "which is sent few payments of 3000 (${asked:-0})" test "${asked:-0}" -le 40
is "$(sql "select count(*) <= 4096 from payout.payout_state where state in (3, 4)")" t "and has claimed no more than its share"

# ---- it answers payments, and never an enquiry ---------------------------------------------------------------------------------------

says stuck forgive >/dev/null
says stuck will '{"fault":"hang","always":true,"match":{"call":"enquiries"}}' >/dev/null
paid_some()
{
	[ "$(credited stuck)" -gt 1500 ]
}
ok "payments leave although no enquiry is answered" within 60 paid_some
says stuck forgive >/dev/null
ok "in the end everybody is paid" all_are credited 90
for bank in swift stuck; do
	is "$(says $bank book.csv | awk -F, '$4 == "paid"' | cut -d, -f1 | sort | uniq -d | wc -l)" 0 "none twice at the bank $bank"
done
is "$(says stuck book.csv | awk -F, '$4 == "paid"' | wc -l)" 3000 "and each once"
teller_drain
is "$drained" 0 "told to stop, it ends with 0"

done_testing
