#!/usr/bin/env bash
# make demo, from nothing: what it must have come to, again, stopped, removed. What the bank's own book says is asked first.
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/scenario/lib/payroll.sh
. tests/scenario/lib/payroll.sh

export DEMO_DIR=$scratch/demo PLACE_TEMPORARY=1
places+=("$DEMO_DIR")
demo()
{
	ops/demo/demo "$1" >"$scratch/$1.out" 2>&1
}

demo run
is $? 0 "the demo ends with 0" || tail -30 "$scratch/run.out" >&2
payroll_place demo
database_start

is "$(bank_executed)" "$(($(truth settled_count) + 1 - $(cash_settled)))" "the bank paid what is settled and what it returned, and nothing else"
is "$(bank_twice)" 0 "it paid nobody twice"
ok "its book and ours are equal line by line" ops/demo/compare books <(bank entries.csv) "$here/out/statements.csv"
for key in people payable held rejected_rows settled_count settled_dong returned_dong in_flight_dong suspense_dong unexplained_dong; do
	is "$(summary $key)" "$(truth $key)" "the summary's $key is the truth's"
done
is "$(summary in_flight_dong)" 0 "nothing is in flight"
is "$(summary books_balance) $(summary bank_books_equal)" "True True" "the books balance and equal the bank's"
ok "every person and claim ended as truth.json says" ops/demo/compare truth "$input/truth.json" "$here/summary.json" "$here/out/people.csv"
ok "every rejected and repaired row is the one that was planted" ops/demo/compare rows "$input/truth.json" "$here/out/rows.csv"
ok "the report agrees ward by ward" ops/demo/compare report "$input/truth.json" "$here/out/report.csv"
is "$(unplanted_breaks)" "" "suspense holds the planted items, each with an open break, and no other break is open"
is "$(sql "select count(*) from books.txn")" "$(summary ledger_seq)" "the checkpoint covers the whole ledger"
like "$(find "$here/archive/checkpoint" -name "$(summary ledger_seq)" -size +0)" "/" "it is in the archive, outside the database"
like "$(cat "$here/out/books/checkpoint")" '— audit[.]demo/witness ' "a witness has signed it"
like "$(cat "$here/out/verified")" "result      everything fits" "chitra-verify finds nothing in what is published"
ok "hledger accepts the month" hledger -f "$here/out/$period.journal" check -s ordereddates
by_ledger()
{
	ledger --file "$1" --strict --pedantic balance >"$scratch/ledger.out" 2>&1
}
ok "and so does ledger" by_ledger "$here/out/$period.journal"
like "$(cat "$scratch/run.out")" "http://localhost:[0-9]+" "the desk's address is printed"
ok "the daemon goes on" all_ready
leaked=$(cut -d'"' -f2 <(grep -o '"099[0-9]*"' "$input/truth.json") | sort -u | grep -rFl -f - "$logs"/chitrad.log || true)
is "$leaked" "" "no personal ID is in the daemon's log"

# ---- again ----------------------------------------------------------------------------------------------------------------

book=$(bank book.csv | sha256sum)
demo run
is $? 0 "a second run ends with 0"
is "$(grep 'new payouts' "$scratch/run.out")" "0 new payouts" "and says 0 new payouts"
is "$(bank book.csv | sha256sum)" "$book" "the bank's book is the same byte for byte"

# ---- stop and clean -------------------------------------------------------------------------------------------------------

running=$(cut -d' ' -f1 "$here"/pids/* "$run"/*.pid; ops/private-db pid "$here/pg")
demo stop
is $? 0 "stop ends with 0"
alive=
for pid in $running; do
	process_began "$pid" >/dev/null && alive="$alive $pid"
done
is "$alive" "" "it leaves no process"
demo run
is $? 0 "what was stopped goes on"
is "$(grep 'new payouts' "$scratch/run.out")" "0 new payouts" "and pays nobody again"
kill -KILL "$(process_pid chitrad)"
demo stop
is "$(duties_left)" "" "stop waits for the duties of a supervisor that was killed"
demo clean
is "$(find "$DEMO_DIR" 2>/dev/null)" "" "clean leaves no file"

done_testing
