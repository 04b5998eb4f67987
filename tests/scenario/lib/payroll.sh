# shellcheck shell=bash
# Sourced by the scenarios that run a whole payroll: TAP, a scratch directory, and the demo's own steps in it.
#
#   payroll_place NAME     $here is $scratch/NAME: its own PostgreSQL, bank, daemon; all gone when the test ends
#   payroll_to FUNCTION    the steps of ops/demo/steps.sh up to this one; false, with the log as a diagnosis, if one fails
#
# Their cluster is their own, because they kill it.
#
# shellcheck disable=SC2015,SC2034,SC2154

set -uo pipefail
unset "${!PG@}"
# shellcheck source=tests/lib/tap.sh
. tests/lib/tap.sh
# shellcheck source=ops/demo/lib.sh
. ops/demo/lib.sh
# shellcheck source=ops/demo/steps.sh
. ops/demo/steps.sh

PLACE_TEMPORARY=1
scratch=$(mktemp -d "${TMPDIR:-/tmp}/chitra-payroll-XXXXXX")
places=()

payroll_place()
{
	place "$scratch/$1" && mkdir -p "$here/out"
	places+=("$here")
	step_number=0
}

payroll_end()
{
	local status=$? one
	for one in "${places[@]}"; do
		place "$one" && payroll_stop >/dev/null 2>&1
		ops/private-db remove "$one/pg" >/dev/null 2>&1
		[ ! -L "$one/run" ] || rm -rf "$run"
	done
	if [ -n "${KEEP:-}" ]; then
		echo "# kept: $scratch" >&2
	else
		rm -rf "$scratch"
	fi
	exit $status
}
trap payroll_end EXIT
trap 'exit 130' INT TERM

# In a subshell, because a step that fails ends the shell; what it sets is on disk.
payroll_to()
{
	(payroll_until "$1") >"$here/out/steps" 2>&1 || {
		sed 's/^/# /' "$here/out/steps" >&2
		tail -n 20 "$logs/demo.log" "$logs/chitrad.log" | sed 's/^/# /' >&2
		return 1
	}
}

# summary KEY: one figure of the summary
summary()
{
	ops/demo/results number "$1" <"$here/summary.json"
}

truth()
{
	ops/demo/results number totals "$1" <"$input/truth.json"
}

# What the outside saw: how many payments the bank executed, and how many of them twice.
bank_executed()
{
	bank_number executed
}

bank_twice()
{
	bank book.csv | tail -n +2 | awk -F, '$4 == "paid" || $4 == "returned"' | cut -d, -f1 | sort | uniq -d | wc -l
}

# How many payouts were settled in cash, not by the bank.
cash_settled()
{
	sql "select count(*) from payout.payout_state s join payout.payout p on p.id = s.payout join payout.batch b on b.id = p.batch
		join org.channel c on c.id = b.channel where c.kind = 'cash' and s.state = 7"
}
