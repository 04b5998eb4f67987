#!/usr/bin/env bash
# The life of payouts, in every order in which things can happen: payout.pml, by Spin.
#
#   tests/model/model.t [NAME...]     all runs, or these; KEEP=DIRECTORY keeps the verifiers and their trails there
#
# First today's rules, which must hold; then rules that somebody might believe in, each of which Spin must refute.
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib/tap.sh
. tests/lib/tap.sh
set -uo pipefail

CC=gcc
MEMORY_MB=1900
work=${KEEP:-$(mktemp -d "${TMPDIR:-/tmp}/chitra-model-XXXXXX")}
[ -n "${KEEP:-}" ] || trap 'rm -rf "$work"' EXIT
mkdir -p "$work" build/gen
work=$(cd "$work" && pwd)
wanted=" $* "

# The states and moves, and what step.c makes of evidence, as Promela.
[ -f build/gen/legal_move.h ] || make -s build/gen/legal_move.h
if ! { "$CC" -std=gnu17 -D_GNU_SOURCE -Wall -Wextra -Werror -I. -Ibuild tests/model/tabulate.c ledger/payout/step.c -o "$work/tabulate" &&
	"$work/tabulate" >"$work/table.pml"; }; then
	fail "the decision core is the model's"
	done_testing
	exit
fi
pass "the decision core is the model's"

# verify NAME "SETTINGS" "FLAGS OF GCC" "FLAGS OF PAN": the verifier's output in $work/NAME/out; false: there is none
verify()
{
	local dir=$work/$1 settings gcc_flags pan_flags
	read -ra settings <<<"$2"
	read -ra gcc_flags <<<"$3"
	read -ra pan_flags <<<"$4"
	mkdir -p "$dir" || return 1
	cp tests/model/payout.pml "$work/table.pml" "$dir" || return 1
	(
		cd "$dir" || exit 1
		spin "${settings[@]}" -a payout.pml >spin.out 2>&1 || exit 1
		"$CC" -w "-DMEMLIM=$MEMORY_MB" "${gcc_flags[@]}" -o pan pan.c >gcc.out 2>&1 || exit 1
		./pan -m200000 "${pan_flags[@]}" >out 2>&1
	)
	grep -q 'errors:' "$dir/out"
}

# said NAME: what it came to, in a line
said()
{
	awk -v name="$1" '
		/depth reached/ { sub(",", "", $6); depth = $6 }
		/states, stored/ { states = $1 }
		/elapsed time/ { seconds = $4 }
		/total actual memory/ { memory = $1 }
		END { printf "# %s: %d states, depth %d, %.1f s, %d MB\n", name, states, depth, seconds, memory }' "$work/$1/out"
}

# Each of a run: what decides it, by NAME.
in_full()
{
	grep -q 'errors: 0' "$work/$1/out" && ! grep -qE 'max search depth too small|out of memory|pan: reached -DMEMLIM' "$work/$1/out"
}
violated()
{
	grep -q "assertion violated $law" "$work/$1/out"
}
for_ever()
{
	grep -q 'acceptance cycle' "$work/$1/out"
}

# run JUDGE "FLAGS OF GCC" "FLAGS OF PAN" NAME TITLE SETTINGS...
run()
{
	local judge=$1 gcc=$2 pan=$3 name=$4 title=$5
	shift 5
	case $wanted in "  " | *" $name "*) ;; *) return 0 ;; esac
	if verify "$name" "$*" "$gcc" "$pan" && "$judge" "$name"; then
		pass "$title"
	else
		fail "$title" "$(head -n 20 "$work/$name"/*out)"
	fi
	said "$name"
}
# holds NAME TITLE SETTINGS...: all laws, in all states, none left out
holds()
{
	run in_full "-O1 -DSAFETY" "-w22" "$@"
}
# ends NAME TITLE SETTINGS...: fair to everybody, the claim comes to rest again and again
ends()
{
	run in_full "-O1 -DNFAIR=3" "-a -f -w20" "$@" -DLIVE -DLAWS=0
}
# never_ends NAME TITLE SETTINGS...: Spin finds a way on which it does not
never_ends()
{
	run for_ever "-O0 -DNFAIR=3" "-a -f -w18" "$@" -DLIVE -DLAWS=0
}
declare -A laws=([paid_once]=1 [books_agree]=2 [somebody_asks]=4)
# breaks LAW NAME TITLE SETTINGS...: Spin finds a way, and it is that law that it breaks
breaks()
{
	local law=$1
	shift
	run violated "-O0 -DSAFETY" "-w18" "$@" "-DLAWS=${laws[$law]}"
}

# ---- what holds -------------------------------------------------------------------------------------------------------

no_dedup=-DDEDUPLICATES=0
holds plain "paid once, books that agree, somebody who asks: a bank that does not deduplicate" $no_dedup
holds dedup "... a bank that does, two hosts, the same id again"
holds window "... one that forgets ids before the payment's last valid day" -DSHORT_WINDOW -DONE_ISSUE
holds wire "... one that does, and a network that repeats a request" -DTWICE_ON_THE_WIRE -DONE_ISSUE
holds deaf "... one that pays after valid-until, as its profile says" $no_dedup -DHONOURS=0
holds gaps "... with a statement that is missing or does not add up" $no_dedup -DGAPS
holds restored "... an old dump is restored and recovered" $no_dedup -DRESTORE=1 -DNO_RETURNS
holds restored_dedup "... and at a bank that deduplicates" -DRESTORE=1 -DONE_ISSUE -DNO_RETURNS
holds lost "... the last commits are lost, the archive misses nothing, and tellers live on" $no_dedup -DRESTORE=2
holds lost_dedup "... and at a bank that deduplicates" -DRESTORE=2 -DONE_ISSUE -DNO_RETURNS
ends rest "every claim comes to rest: paid, proven unpaid, held, or with a break that tells a person" $no_dedup
ends rest_dedup "... also where the same id is sent again" -DONE_ISSUE
ends rest_gaps "... also when the statement never adds up" $no_dedup -DGAPS -DONE_ISSUE
ends rest_deaf "... also where silence proves nothing" $no_dedup -DHONOURS=0 -DONE_ISSUE

# ---- what each rule is for: without it ----------------------------------------------------------------------------------

breaks paid_once resend "sent again while in doubt, it is paid twice" $no_dedup -DRESEND_ON_UNKNOWN
breaks paid_once not_found "\"not found\" believed at a bank that does not deduplicate, it is paid twice" $no_dedup -DTRUST_NOT_FOUND
breaks paid_once ready_after_crash "made ready again after a crash, it is paid twice" $no_dedup -DREADY_AFTER_CRASH
breaks paid_once send_before_commit "sent before its commit, it is paid twice" $no_dedup -DSEND_BEFORE_COMMIT
breaks paid_once issue_in_doubt "a second payout while the first is in doubt: paid twice" $no_dedup -DISSUE_IN_DOUBT
breaks paid_once again_for_ever "the same id again when the bank has forgotten it: paid twice" -DSHORT_WINDOW -DONE_ISSUE -DAGAIN_FOR_EVER
breaks paid_once first_for_ever "a first attempt that leaves when the bank has forgotten another teller's: paid twice" -DSHORT_WINDOW -DONE_ISSUE -DFIRST_FOR_EVER
breaks paid_once send_before_journal "sent before the journal knows, and the commit lost: paid twice" $no_dedup -DRESTORE=2 -DONE_ISSUE -DSEND_BEFORE_JOURNAL
breaks paid_once two_journals "two hosts at a bank that does not deduplicate, and the commit lost: paid twice" $no_dedup -DRESTORE=2 -DONE_ISSUE -DJOURNALS=2
breaks paid_once random_ids "ids that are drawn, the line lost, and no journal compared: paid twice" $no_dedup -DRESTORE=2 -DNOT_COMPARED -DRANDOM_IDS
breaks paid_once no_recover "an old dump used as it is: paid twice" $no_dedup -DRESTORE=1 -DNO_RECOVER
breaks paid_once cancel_sent_before "what the sent journal has cancelled after the commit was lost: paid by the next payout" $no_dedup -DRESTORE=2 -DNOT_COMPARED -DCANCEL_SENT_BEFORE
breaks paid_once cancel_after_loss "ready again because the commit was lost, no journal compared, cancelled, and paid by the next payout" $no_dedup -DRESTORE=2 -DNOT_COMPARED -DCANCEL_AFTER_LOSS
breaks books_agree cancel_uncompared "cancelled after a failover, before every journal was compared: what was paid is called unpaid" $no_dedup -DRESTORE=2 -DCANCEL_UNCOMPARED
breaks books_agree recover_by_one_journal "recovered by one host's journal when two had sent, then cancelled: what was paid is called unpaid" -DRESTORE=1 -DONE_ISSUE -DNO_RETURNS -DRECOVER_BY_ONE_JOURNAL
breaks books_agree incomplete "an incomplete statement believed, what was paid is called unpaid" $no_dedup -DGAPS -DCONCLUDE_FROM_INCOMPLETE
breaks paid_once incomplete_twice "... and paid twice" $no_dedup -DGAPS -DCONCLUDE_FROM_INCOMPLETE
breaks books_agree without_lag "without the posting lag, what was paid is called unpaid" $no_dedup -DCONCLUDE_WITHOUT_LAG
breaks books_agree before_valid_until "absence believed before valid-until is over, what will be paid is called unpaid" $no_dedup -DCONCLUDE_BEFORE_VALID_UNTIL
breaks books_agree silence "silence believed of a bank that pays after valid-until, what will be paid is called unpaid" $no_dedup -DHONOURS=0 -DSILENCE_PROVES
breaks somebody_asks no_epoch "ended by whoever lost the dispatch, nobody asks about it any more" -DONE_ISSUE -DTOLD_WITHOUT_EPOCH
never_ends no_absence "where absence proves nothing and tells nobody, what is in doubt stays there" $no_dedup -DONE_ISSUE -DABSENCE_IGNORED

# ---- what nobody here can prevent (README.md) -----------------------------------------------------------

breaks paid_once wire_twice "a network that repeats, at a bank that does not deduplicate: not to be repaired here" $no_dedup -DTWICE_ON_THE_WIRE -DONE_ISSUE

done_testing
