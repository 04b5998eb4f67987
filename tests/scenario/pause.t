#!/usr/bin/env bash
# A pause takes effect within a second: for a bank, a programme or all; for what waits in the tellers and for what is released meanwhile.
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/scenario/teller_lib.sh
. tests/scenario/teller_lib.sh
# shellcheck source=tests/scenario/lib/officers.sh
. tests/scenario/lib/officers.sh
# shellcheck disable=SC2154,SC2034

# shellcheck disable=SC2119
fresh_database
clock_start
payroll 400 items=1
bank_start --reply-status ACCC --reply-delay 200ms
by_config=$scratch/chitra.conf
teller_start 'concurrency = 8'
# A second teller beside it, on a machine of its own so to speak.
sed -e "s|^run_dir = .*|run_dir = $scratch/run-2\ninstance = 2|" -e "s|^journal = .*|journal = $scratch/journal-2|" \
	"$scratch/chitra.conf" >"$scratch/second.conf"
mkdir -p "$scratch/run-2"
ok "the first has work" until_true 20 "select exists (select from payout.dispatch where owner is not null)"
kill -STOP "$teller_pid"
"$CHITRA_BIN/chitrad" --config "$scratch/second.conf" --duty teller 2>>"$scratch/teller.log" &
# shellcheck disable=SC2034
second_pid=$!
# shellcheck disable=SC2016
at_exit 'kill -9 "$second_pid" 2>/dev/null'
payroll 400 first=2001
until_true 20 "select not exists (select from payout.dispatch where state = 'ready')"
kill -CONT "$teller_pid"

transfers()
{
	bank_says stats | grep -o '"transfers":[0-9]*' | cut -d: -f2
}
more_than()
{
	[ "$(transfers)" -gt "$1" ]
}
owners()
{
	sql "select count(distinct owner) from payout.dispatch where owner is not null"
}

ok "both tellers pay" until_true 20 "select count(distinct owner) = 2 from payout.dispatch where owner is not null"
is "$(by lan pause demo --reason 'xem lại')" "77 no_mandate" "a maker stops nothing"
is "$(by minh pause demoo --reason 'xem lại')" "65 pause_unknown" "nor does a bank that there is not"
like "$(cat "$scratch/said")" "there are: all, .*demo.*merit" "and is told which there are"
is "$(by minh pause Demo --reason 'vội')" 0 "a bank is stopped however it is written"
is "$(by minh resume DEMO --reason 'xong')" 0 "and goes on"
is "$(by minh resume demo --reason 'xem lại')" "65 not_paused" "nothing goes on that was not stopped"

first=5001
for what in demo merit all; do
	seen=$(transfers)
	ok "payments leave before: $what" within 20 more_than $((seen + 20))
	is "$(by minh pause "$what" --reason 'ngân hàng báo lỗi')" 0 "one officer stops $what"
	sleep 1
	seen=$(transfers)
	payroll 20 first=$first
	first=$((first + 1000))
	ok "payments still wait in a teller: $what" test "$(owners)" -ge 1
	sleep 2
	is "$(transfers)" "$seen" "a second after $what was stopped, and with a release meanwhile, nothing leaves"
	is "$(by minh pause "$what" --reason 'lần nữa')" "65 paused_already" "it is stopped once: $what"
	is "$(by hoa resume "$what" --reason 'đã sửa xong')" 0 "and goes on: $what"
	ok "payments leave again: $what" within 20 more_than "$seen"
done
is "$(sql "select string_agg(what || ' ' || object, ', ' order by at) from audit.act where what ~ '^sending'")" \
	"sending.paused bank:demo, sending.resumed bank:demo, sending.paused bank:demo, sending.resumed bank:demo, sending.paused programme:merit, sending.resumed programme:merit, sending.paused all, sending.resumed all" \
	"auditors see who did what"
sql "insert into ops.pause (what, reason, by_officer) values ('all', 'recovery', 'duty:recover')"
is "$(by minh resume all --reason 'vội')" "65 not_paused" "what a recovery stopped, an officer does not let go on"
sql "delete from ops.pause"
ok "everybody is paid" all_are credited 90
is "$(bank_count paid)" 860 "once"
is "$(bank_twice)" 0 "and none twice"
is "$(books_agree)" t "the books have the same money on its way"
teller_drain
is "$drained" 0 "told to stop, it ends with 0"

done_testing
