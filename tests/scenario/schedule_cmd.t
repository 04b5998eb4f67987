#!/usr/bin/env bash
# What officers see and say of the schedule: chitra schedule; two scribes, of which one is stopped; a clock that is wrong.
# shellcheck disable=SC2119,SC2154
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/scenario/teller_lib.sh
. tests/scenario/teller_lib.sh
# shellcheck source=tests/scenario/lib/restored.sh
. tests/scenario/lib/restored.sh
by_config=$scratch/desk.conf
# shellcheck source=tests/scenario/lib/officers.sh
. tests/scenario/lib/officers.sh

# said KEY: of the last --json answer, a Python expression over d
said()
{
	/usr/bin/python3 -c "import json, sys; d = json.load(open(sys.argv[1])); print($1)" "$scratch/said"
}

fresh_database "test_schedule_cmd_$$"
genesis
clock_start
payroll 12 valid_hours=400
desk_conf

# ---- two officers -----------------------------------------------------------------------------------------------------------

hours=(schedule hours demo-merit --from 2024-04-01 --hours '1-5 08:00-11:30, 1-5 13:00-16:30' --source 'hợp đồng 12')
is "$(by minh "${hours[@]}")" 0 "one officer says when the bank takes payments"
is "$(sql 'select count(*) from org.channel_hours where second_officer is not null')" 0 "that counts for nothing yet"
is "$(by minh "${hours[@]}")" 0 "he says it again"
is "$(sql 'select count(*) from org.channel_hours where second_officer is not null')" 0 "and it does not count"
is "$(by lan "${hours[@]}")" "77 no_mandate" "the maker has no say in it"
is "$(by hoa "${hours[@]}")" 0 "another says the same"
is "$(sql "select hours || ' ' || margin_minutes from org.channel_hours where second_officer is not null")" "1-5 08:00-11:30, 1-5 13:00-16:30 15" "then it is so"
is "$(by hoa schedule hours demo-merit --from 2024-04-01 --hours '8-17' --source 'hợp đồng 12')" "65 hours_wrong" "what nobody can read is refused"
is "$(by hoa schedule hours nobody --from 2024-04-01 --hours '1-5 08:00-16:30' --source 'hợp đồng 12')" "65 channel_unknown" "and what no channel is"
window=(schedule window merit --month 2024-05 --first 2024-05-06 --last 2024-05-10 --lists-before 2024-04-20 --money-before 2024-04-25 --source 'thông báo 7')
by minh "${window[@]}" >/dev/null
is "$(by hoa "${window[@]}" --json) $(said 'd["decided"]')" "0 True" "two say on which days May is paid"
by minh schedule day 2024-05-06 --kind holiday --name 'nghỉ bù' --source 'thông báo 8' >/dev/null
is "$(sql "select count(*) from rules.calendar where day = '2024-05-06'")" 0 "a day that one proposes is an ordinary one"
by hoa schedule day 2024-05-06 --kind holiday --name 'nghỉ bù' --source 'thông báo 8' >/dev/null
is "$(sql "select kind from rules.calendar where day = '2024-05-06'")" holiday "two make it a holiday"
is "$(sql "select count(*) from audit.act where what in ('hours.proposed', 'hours.confirmed', 'window.confirmed', 'day.confirmed')")" 5 "and who said it is known"

# ---- the plan ---------------------------------------------------------------------------------------------------------------

is "$(by hoa schedule --month 2024-04)" 0 "the plan of April"
like "$(cat "$scratch/said")" 'merit: chi từ 01/04/2024 đến 10/04/2024' "says on which days it is paid"
like "$(cat "$scratch/said")" 'trước 20/03/2024' "by when the lists are there"
like "$(cat "$scratch/said")" 'demo-merit: 1-5 08:00-11:30, 1-5 13:00-16:30, ngừng trước giờ cuối 15 phút' "and when the bank takes it"
is "$(awk 'length($0) > 100' "$scratch/said")" "" "in a hundred columns"
is "$(by hoa --json schedule --month 2024-04) $(said 'd["programmes"][0]["claims"], [(r["channel"], r["step"], r["lines"]) for r in d["programmes"][0]["rows"]]')" \
	"0 12 [('demo-merit', 'waiting', 12)]" "all of it waits for the teller"
is "$(by hoa --json schedule --month 2024-05) $(said 'd["programmes"][0]["window"]["first"], d["programmes"][0]["wards_missing"]')" "0 2024-05-06 1" \
	"of May, one ward's list is missing"
is "$(by hoa schedule)" 64 "without a month it says how it is used"
sql "update ops.instance set clock_offset = timestamptz '2024-04-10 16:20+07' - now()"
is "$(by hoa --json schedule --month 2024-04) $(said 'd["programmes"][0]["rows"][0]["goes_at"], d["programmes"][0]["rows"][0]["missed"]')" \
	"0 2024-04-11T01:00:00.000000Z False" "behind the cut-off it goes the next morning"

# ---- one at a time ------------------------------------------------------------------------------------------------------------

holder()
{
	sql "select split_part(owner, '/', 2) from ops.lease where name = 'seal'"
}
head_size()
{
	sql 'select max(size) from books.tree_head'
}
# a_scribe INSTANCE: its pid is $pid_INSTANCE
a_scribe()
{
	mkdir -p "$scratch/run-$1"
	printf '%s\n' '[chitra]' "instance = $1" "run_dir = $scratch/run-$1" '[archive]' "directory = $keys/archive" '[evidence]' \
		"secret_key = $keys/evidence.key" '[scribe]' "log_key = $keys/log" 'log_origin = recover.test/ledger' 'lease = 2s' \
		"blind_key = $keys/blind" >"$scratch/scribe-$1.conf"
	"$CHITRA_BIN/chitrad" --config "$scratch/scribe-$1.conf" --duty scribe 2>>"$scratch/scribe-$1.log" &
	printf -v "pid_$1" %s $!
}
# shellcheck disable=SC2016
at_exit 'kill -9 "$pid_1" "$pid_2" 2>/dev/null'
a_scribe 1
ok "a scribe seals, and holds the lease" until_true 30 "select count(*) > 0 from books.tree_head"
is "$(holder)" 1 "(the first)"
a_scribe 2
sleep 3
is "$(holder)" 1 "a second one beside it does not"
epoch=$(sql "select epoch from ops.lease where name = 'seal'")
# shellcheck disable=SC2154
kill -STOP "$pid_1"
ok "when the first is stopped for longer than the lease, the second takes over" until_true 150 "select owner like 'scribe/2/%' from ops.lease where name = 'seal'"
is "$(($(sql "select epoch from ops.lease where name = 'seal'") > epoch))" 1 "with a new epoch"
before=$(head_size)
by minh hold --reason 'chờ xem' "$(sql 'select end_to_end_id from payout.payout order by id limit 1')" >/dev/null
sql "insert into org.funding_order (funding_account, kind, reference, amount_dong, made_by) select id, 'treasury', 'QD-1', 5, 1 from org.funding_account" 2>/dev/null
sql "update ops.instance set clock_offset = timestamptz '2024-04-11 09:00+07' - now()"
bank_start --reply-status ACCC
teller_start
ok "(payments are sent meanwhile)" until_true 60 "select count(*) > $before from books.txn"
ok "it seals what is booked meanwhile" until_true 60 "select max(h.size) > $before and max(h.size) = (select count(*) from books.txn) from books.tree_head h"
kill -CONT "$pid_1"
sleep 4
is "$(holder)" 2 "the first wakes and does not take it back"
is "$(sql 'select count(*) = count(distinct size) from books.tree_head')" t "there is one head of each size"
is "$(by hoa ledger check)" 0 "and the books are whole"
teller_drain

# ---- a clock that is wrong --------------------------------------------------------------------------------------------------------

if faketime_found chitrad; then
	kill -9 "$pid_2"
	wait "$pid_2" 2>/dev/null
	LD_PRELOAD=$faketime FAKETIME=+5s a_scribe 2
	sleep 4
	like "$(curl -s "http://$(cat "$scratch/run-2/scribe.2.admin")/readyz")" 'clock NOT the database' \
		"a host whose clock is five seconds wrong is not ready, and says by how much"
	like "$(cat "$scratch/scribe-2.log")" 'event=clock_skew database_ahead_ms=-[45]' "the log too"
else
	skip "a host whose clock is wrong is not ready" "$no_faketime"
fi
done_testing
