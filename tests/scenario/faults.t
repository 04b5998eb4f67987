#!/usr/bin/env bash
# The bank makes a debit that nobody ordered, pays one đồng less than ordered, or leaves a line out of its statement: the day
# does not end as if nothing had happened, and what happened has a name.
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/scenario/lib/payroll.sh
. tests/scenario/lib/payroll.sh

export PLACE_TEMPORARY=1
# fault NAME BREAK DONG: its amount, as a number or as the SQL that tells it
fault()
{
	export DEMO_DIR=$scratch/$1
	places+=("$DEMO_DIR")
	local status
	FAULT=$1 ops/demo/demo run >"$scratch/out" 2>&1
	status=$?
	fails "$1: the run does not end with 0" test $status -eq 0
	like "$(tail -5 "$scratch/out")" "$2" "$1: it says $2"
	payroll_place "$1"
	database_start
	like "$(sql "select string_agg(distinct kind, ' ') from recon.break")" "$2" "$1: an open break has this name"
	is "$(sql "select count(*) from recon.break where kind = '$2' and amount_dong = $3")" 1 "$1: its amount is right"
	ops/demo/demo clean
}

fault rogue-debit rogue_debit 1000000
fault short-amount amount_differs 1
# The line is a payout's: what was signed for it is missing.
fault lost-line lost_line "(select p.amount_dong from payout.payout p where p.id = payout and p.amount_dong > 0)"

done_testing
