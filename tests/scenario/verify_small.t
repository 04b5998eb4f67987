#!/usr/bin/env bash
# What somebody could do to the story of three claims, and what chitra-verify finds in it. The books are written by tests/lib/small-books
# alone, so a story can be told that our own programs refuse.
# shellcheck disable=SC2016 # $d is for sed
cd "$(dirname "$0")/../.." || exit 1
set -uo pipefail
# shellcheck source=tests/lib/tap.sh
. tests/lib/tap.sh
verify=${CHITRA_BIN:-build/bin}/chitra-verify
scratch=$(mktemp -d "${TMPDIR:-/tmp}/chitra-small-XXXXXX")
trap 'rm -rf "$scratch"' EXIT

# codes DIR: what is found there, sorted
codes()
{
	"$verify" --key "$scratch/books/key" "$1" >"$scratch/said" 2>&1
	sed -n 's/^finding \([a-z_]*\): .*/\1/p' "$scratch/said" | sort -u | paste -sd' '
}
# story CASE: what is found in it
story()
{
	rm -rf "$scratch/case" && tests/lib/small-books "$scratch/case" "$1" && codes "$scratch/case"
}
# edited FILE SED: the same of a copy of the books in which a file was edited, or (no SED) lost
edited()
{
	rm -rf "$scratch/copy" && cp -r "$scratch/books" "$scratch/copy"
	if [ $# = 2 ]; then
		sed -i "$2" "$scratch/copy/$1"
	else
		rm -r "${scratch:?}/copy/$1"
	fi
	codes "$scratch/copy"
}

tests/lib/small-books "$scratch/books"
is "$(codes "$scratch/books")" "" "a claim that came back, one that was refused and one that was voided: nothing is found, in books whose first leaf has 33 keys"
like "$(cat "$scratch/said")" "claims +3, each owed once; 0 VND" "each claim is judged"
like "$(cat "$scratch/said")" "3 statements and 0 cash lists, 5 lines: each is booked once" "and each line of a statement"

# ---- claims --------------------------------------------------------------------------------------------------------------------

is "$(story paid_twice)" "claim_paid_twice floor" "a claim that is paid as two issues is found"
is "$(story never_ended)" "claim_live floor" "so is one that is obligated again while its payout is on its way"
is "$(story same_issue)" claim_twice "or twice as the same issue"
is "$(story amount)" "claim_amount floor" "or again with another amount"
is "$(story as_new)" "claim_obligation claims_differ" "what came back is obligated again as unclaimed, not as new cost"
is "$(story waited)" "" "what waits for its money in a batch may be cancelled in it and paid in a later one that is released first"
is "$(story waits)" "" "also while the first one still waits"
is "$(story never_obligated)" "claims_differ floor" "but not where nothing waits"
is "$(story unfunded)" batch_sum "a batch takes no more of the advance than its sum"
is "$(story reversed)" reversal_wrong "what was released is never taken back"
is "$(story fund)" line_differs "nor is a payout paid from another account than its batch was released on"
is "$(story paid_after_all)" "" "a payout that was refused may turn out to be paid after all"
is "$(story paid_more)" "floor line_differs" "with its own amount"
like "$(cat "$scratch/said")" "line_differs: leaf 23:" "by its number"
is "$(story sent_early)" sent_unreleased "nothing is sent before its batch is released"
is "$(story void_paid)" "claim_ended floor" "a claim that is paid later was not voided before"
is "$(story void_other)" claim_ended "nor is one voided that is then paid, whichever the leaf's sums fit"
is "$(story void_waits)" "" "what came back may be voided out of a batch that still waits"
is "$(story void_nowhere)" "claims_differ floor" "but not where nothing waits"
is "$(story void_account)" "claim_amount floor" "a claim is voided where it is owed"
is "$(story void_unnamed)" "claim_unnamed claims_differ" "which claim a leaf voids must be published"
is "$(story dispatch_short)" dispatch_unlisted "so must be what each dispatch sent"
like "$(cat "$scratch/said")" "claims +not judged" "else the claims are not judged, and it says so"
is "$(story dispatch_swapped)" dispatch_differs "what it sent gives the root of its leaf"
is "$(story dispatch_other)" ended_unsent "and nothing ends that was never sent"
is "$(edited manifest/1.v1 's/^batch 1$/batch 9/')" "line_differs manifest_differs" "lines of a batch that there is not are none of this one's"
is "$(edited rows/dispatch.csv '1s/.*/no row/')" dispatch_malformed "a row that is none is named"
is "$(edited rows/dispatch.csv)" "" "without any, nothing is asked"
like "$(cat "$scratch/said")" "claims +not judged" "and it says so"

# ---- statements ----------------------------------------------------------------------------------------------------------------

day=statement/fa/2024-04-05
is "$(edited $day.csv '2s/300/301/')" "line_missing line_unbooked statement_lines" "a line with one dong more is not what was booked"
is "$(edited $day.csv '2s/E2/E9/')" "line_missing line_unbooked" "nor is one of another name"
is "$(edited $day.csv '2s/X4/Y5/;3s/Y5/X4/')" "line_missing line_unbooked" "nor one of another payout's, where the amounts differ"
is "$(edited $day.csv '2s/debit/credit/')" "line_missing line_unbooked statement_lines" "nor one on the other side"
is "$(edited $day.csv '$d')" "line_missing statement_lines" "a line that is lost is missed by its leaf"
like "$(cat "$scratch/said")" "line_missing: leaf 21:" "by its number"
is "$(edited $day.csv '$p;$s/^2/3/')" "line_unbooked statement_lines" "a line that was invented is booked by no leaf"
is "$(edited $day.csv '3s/^2/7/')" statement_lines "lines are numbered without a gap"
is "$(edited $day.csv '2s/,0,/,1,/')" "statement_lines" "a part has a line before it"
is "$(edited $day.csv '1d')" statement_malformed "a file without its first row is none"
is "$(edited $day.csv '2s/300/0300/')" statement_malformed "nor is one with a second spelling of a number"
is "$(edited $day.pages 's/^./g/')" statement_pages "pages that are no hashes"
is "$(edited $day.pages 'y/0123456789/1234567890/')" statement_pages "or others than it was read from, are found"
is "$(edited $day.csv)" statement_unpublished "a day that is not published is named"
is "$(edited $day.pages)" statement_unpublished "so are pages that are not"
is "$(edited statement)" "" "without any statement, nothing is asked"
like "$(cat "$scratch/said")" "result +what is published fits; not asked, since it is not there: statements' lines, rows" "and nobody is told that everything fits"
like "$(cat "$scratch/said")" "are not published: not compared" "and it says so"
is "$(story credit)" "" "a credit that was booked while its day was open is on the day's statement"
is "$(story credit_never)" "line_missing line_unbooked" "or missed, when days later none has it"
is "$(story credit_part)" key_wrong "and has no parts, which would be more than one credit"
is "$(story chain)" "statement_chain statement_differs" "a statement opens where the one before it closed"
is "$(story gap)" statement_differs "what it lacks is missed also where it says that it continues none"
is "$(story uneven)" "statement_differs statement_uneven" "its lines move what its balances say"
is "$(story counted_later)" statement_day "it counts for its own day"
is "$(story before_statement)" "line_missing line_unbooked statement_differs statement_missing" "no money is moved before the first statement"
is "$(story no_statement)" "line_missing settled_unstated" "what was booked by a statement that no leaf has is found"
is "$(story restored)" "" "a statement that was fetched again after a restore has other pages"
like "$(cat "$scratch/said")" "1 statements were fetched again after a restore" "which is said"

is "$(story restored_other)" recovered_root "not by a restore of other leaves than there are"
is "$(story unlisted)" line_missing "what an agent is said to have paid stands on a list"

# ---- keys, certificates --------------------------------------------------------------------------------------------------------

is "$(story key_changed)" "" "an admin who gives her place to another key by her own signature is believed"
is "$(story key_stolen)" key_unproved "not who takes it"
is "$(story certificate_over)" "approvals_few certificate_time" "a certificate counts while it is in force"
is "$(story approved_late)" "approvals_few certificate_time" "and an approval until it expires"
is "$(story approved_after)" "approval_late approvals_few" "and before its batch was approved"
is "$(story approved_again)" "" "who signs too what two have signed does no harm"
is "$(story currency)" genesis "books are in dong"
is "$(story revoked)" "approvals_few certificate_revoked" "what was approved after its certificate was revoked is not approved"
is "$(story revoked_later)" "" "what was approved before is"
is "$(story revoked_by_nobody)" revocation_unsigned "a revocation that no admin signed revokes nothing"
rm -rf "$scratch/case" && tests/lib/small-books "$scratch/case" revoked && sed -i 1d "$scratch"/case/revocation/*
is "$(codes "$scratch/case")" revocation_malformed "and one that is none is named"
rm -r "$scratch/case/revocation" && : >"$scratch/case/revocation"
is "$(codes "$scratch/case")" revocation_malformed "so are those that cannot be read"

# ---- what is no file -----------------------------------------------------------------------------------------------------------

tests/lib/small-books "$scratch/books" revoked_later
# piped FILE...: the findings, and whether it ended, when these are pipes that nobody writes to
piped()
{
	for file; do
		rm -rf "$scratch/copy" && cp -r "$scratch/books" "$scratch/copy" && rm -f "$scratch/copy/$file" && mkfifo "$scratch/copy/$file"
		timeout 60 "$verify" --key "$scratch/books/key" "$scratch/copy" >"$scratch/said" 2>&1
		echo "$? $(sed -n 's/^finding \([a-z_]*\): .*/\1/p' "$scratch/said" | sort -u | paste -sd' ')"
	done
}
leaves=$(cd "$scratch/books" && echo tile/entries/000.p/*)
is "$(piped checkpoint "$leaves" "${leaves/entries/0}" rows/txn.csv rows/dispatch.csv rows/claim.csv manifest/1.v1 "$day.csv" "$day.pages")" \
	"1 checkpoint_missing
1 leaves_missing
1 tile_missing
1 rows_missing
1 dispatch_malformed
1 claim_unnamed claims_differ
1 manifest_missing payout_unlisted
1 statement_unpublished
1 statement_unpublished" "a pipe in the place of a file keeps nobody waiting"
is "$(piped "$(cd "$scratch/books" && echo revocation/*)")" "1 revocation_malformed" "nor does one in the place of a revocation"
cp -r "$scratch/books" "$scratch/endless" && ln -s /dev/zero "$scratch/endless/rows/txn.csv" && : >"$scratch/endless/rows/posting.csv"
is "$(codes "$scratch/endless")" rows_missing "nor is a file read that never ends"

done_testing
