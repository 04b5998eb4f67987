#!/usr/bin/env bash
# Witnesses of the ledger: two that cosign what the scribe seals and one that is silent, what an auditor makes of it, what a witness refuses, its
# death between the check and the writing, and a machine that was restored as a whole.
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/scenario/teller_lib.sh
. tests/scenario/teller_lib.sh
# shellcheck disable=SC2154

# shellcheck disable=SC2119
fresh_database
clock_start
# shellcheck source=tests/scenario/lib/bank_day.sh
. tests/scenario/lib/bank_day.sh
# shellcheck source=tests/scenario/witness_lib.sh
. tests/scenario/witness_lib.sh

origin=ledger.test/chitra
hex=$(printf %s "$origin" | sha256sum | cut -d' ' -f1)

# asked NAME FILE: what it answers to a request: status and body
asked()
{
	curl -s --max-time 5 --unix-socket "$scratch/$1/socket" --data-binary "@$2" -o "$scratch/answer" -w '%{http_code}' http://localhost/add-checkpoint
}
ledger()
{
	"$CHITRA_BIN/chitra" --config "$scratch/all.conf" --session "$scratch/session" ledger "$@"
}
# verified POLICY DIR
verified()
{
	"$CHITRA_BIN/chitra-verify" --policy "$scratch/$1" --admins "$keys/admin-keys" "$2" >"$scratch/said" 2>&1
}
quiet()
{
	"$@" >"$scratch/out" 2>&1
}

payroll 60 valid_hours=30 genesis=$origin
# shellcheck disable=SC2119
bank_day
cat >>"$scratch/all.conf" <<END
[archive]
directory = $keys/archive
[scribe]
log_key = $keys/log
log_origin = $origin
END
ledger key >"$scratch/log.key"
for name in one two three; do
	witness_make $name
	witness_section $name >>"$scratch/all.conf"
	printf 'witness %s %s\n' $name "$(cat "$scratch/$name/vkey")"
done >"$scratch/witnesses"
for many in 2 3; do
	{
		echo "log $(cat "$scratch/log.key")" && cat "$scratch/witnesses" && printf 'group audit %s one two three\nquorum audit\n' $many
	} >"$scratch/policy$many"
done

# ---- two of three sign ---------------------------------------------------------------------------------------------------------

witness_start one
witness_start two
duty scribe
scribe_pid=$last_pid
ok "what is sealed is cosigned by the one witness" cosigned_by one
ok "and by the other" cosigned_by two
is "$(sql "select count(*) from books.cosignature where witness = 'witness.test/three'")" 0 "the third is silent, and nothing waits for it"
pub=$scratch/pub
ok "the books are published" quiet ledger publish "$pub"
ok "an auditor who asks for two of the three accepts them" verified policy2 "$pub"
verified policy3 "$pub"
is $? 1 "who asks for all three does not"
like "$(cat "$scratch/said")" "finding quorum_missing" "and is told that the quorum is missing"
ok "Go's x/mod accepts the log's signature with the witnesses' beside it" quiet build/bin/oracle "$pub" "$(cat "$scratch/log.key")" 20
ok "the archive has what each has signed" test "$(find "$keys/archive/witnessed" -type f | wc -l)" = 2
cmp -s <(curl -s --unix-socket "$scratch/one/socket" "http://localhost/$hex/checkpoint") "$scratch/one/state/$hex"
is $? 0 "a witness shows what it has signed last"

# ---- another history of the same size ------------------------------------------------------------------------------------------

# What somebody with the log's key can do: the same number of leaves, one of them another.
/usr/bin/python3 -c 'import sys; sys.stdout.buffer.write(bytes.fromhex(open(sys.argv[1]).read().strip()))' "$keys/log" >"$scratch/log.seed"
cp -r "$pub" "$scratch/forged"
find "$scratch/forged/tile/entries" -type f -exec sed -i 's/^actor duty:/actor dutx:/;s/^actor officer:/actor officex:/' {} +
tests/lib/forge-log "$scratch/forged" "$scratch/log.seed"
fails "a history is written anew, in the same size" cmp -s "$pub/checkpoint" "$scratch/forged/checkpoint"
size=$(sed -n 2p "$pub/checkpoint")
{
	printf 'old %s\n\n' "$size" && cat "$scratch/forged/checkpoint"
} >"$scratch/request"
before=$(sha256sum <"$scratch/two/state/$hex")
is "$(asked two "$scratch/request") $(cat "$scratch/answer")" "409 $size" "a witness refuses it, and says what it has signed"
is "$(sha256sum <"$scratch/two/state/$hex")" "$before" "and remembers what it remembered"
ok "but keeps the contradiction" test -f "$(echo "$scratch/two/state/$hex.refused.$size".*)"
verified policy2 "$scratch/forged"
like "$(cat "$scratch/said")" "finding quorum_missing" "so an auditor is not shown it as witnessed"

# ---- the machine as it is now ----------------------------------------------------------------------------------------------------

kill -TERM "$scribe_pid"
wait "$scribe_pid"
is $? 0 "the scribe ends"
mkdir "$scratch/copy"
createdb --maintenance-db=postgres --template="$PGDATABASE" "${PGDATABASE}_copy" && cp -r "$keys/archive" "$scratch/copy/archive"
at_exit "dropdb --maintenance-db=postgres --force --if-exists ${PGDATABASE}_copy"
duty scribe
scribe_pid=$last_pid

# ---- death between the check and the writing -------------------------------------------------------------------------------------

witness_kill one TERM
witness_start one
within_start()
{
	for _ in $(seq 100); do
		grep -q "event=listens" <(tail -n 1 "$scratch/$1/log") && return
		sleep 0.05
	done
	return 1
}
ok "a witness starts again" within_start one
like "$(tail -n 2 "$scratch/one/log")" "event=watches origin=$origin cosigned=$size" "and remembers"
# It writes into a pipe that nobody reads: it has checked, and has not written.
mkfifo "$scratch/one/state/$hex.tmp.${witness_pid[one]}.0"
before=$(sha256sum <"$scratch/one/state/$hex")
duty teller
teller_pid=$last_pid
ok "money leaves, and the books grow" until_true 15 "select next_seq > $size from books.counter"
ok "the other witness signs, with the proof that they have grown" cosigned_by two
ok "the one is heard no more" within 10 grep -q 'code=timed_out why="the witness one' "$scratch/scribe.log"
witness_kill one KILL
is "$(sha256sum <"$scratch/one/state/$hex")" "$before" "killed between the check and the writing it has signed nothing"
witness_start one
ok "started again it signs what has come since" cosigned_by one
is "$(sed -n 2p "$scratch/one/state/$hex")" "$(sql 'select max(size) from books.checkpoint')" "and remembers that"
ok "published again, two of three have signed" quiet ledger publish "$pub"
ok "and the auditor, who holds the earlier checkpoint too, accepts it" verified policy2 "$pub"

# ---- a machine restored as a whole -------------------------------------------------------------------------------------------------

ok "everybody is paid by the bank" until_true 20 "select not exists (select from payout.payout_state where state < 4)"
transfers()
{
	bank_says stats | ops/demo/results number calls transfers
}
paid=$(transfers)
kill -KILL "$teller_pid" "$scribe_pid"
wait "$teller_pid" "$scribe_pid" 2>/dev/null
dropdb --maintenance-db=postgres --force "$PGDATABASE" && createdb --maintenance-db=postgres --template="${PGDATABASE}_copy" "$PGDATABASE"
mv "$keys/archive" "$scratch/newest" && rm -rf "$scratch/journal" && cp -r "$scratch/copy/archive" "$keys/archive"
# As if the archive were of this database: whoever restores everything has no other sign than the witness.
sed -i "s/^tables .*/tables $(sql "select tableoid from books.counter")/" "$keys/archive/cluster"
for name in teller scribe; do
	: >"$scratch/$name.log"
	duty $name
done
doubts='event=history_in_doubt.*the witness [a-z]* has signed'
ok "after a restore of everything the teller sees that a witness has signed more" within 10 grep -q "$doubts" "$scratch/teller.log"
ok "so does the scribe" within 10 grep -q "$doubts" "$scratch/scribe.log"
is "$(transfers)" "$paid" "and nothing is sent again, though the journal is lost too"
is "$(sql "select count(*) from payout.payout_state where state <> 1")" 0 "while every payout looks ready"
fails "who checks the books is told it too" quiet ledger check
like "$(cat "$scratch/out")" "history_in_doubt.*the witness [a-z]* has signed" "by the witness's name"

# ---- what is recovered from -----------------------------------------------------------------------------------------------------------

kill -KILL "${pids[@]: -2}"
wait "${pids[@]: -2}" 2>/dev/null
recover()
{
	"$CHITRA_BIN/chitra" --config "$scratch/all.conf" recover "$@" >"$scratch/out" 2>&1
}
fails "an archive that is older than what a witness has signed is not recovered from" recover --dry-run
like "$(cat "$scratch/out")" "witness_differs.*the witness [a-z]* has signed" "and it is said who knows more"
fails "nor without a trial" recover
is "$(sql 'select count(*) from ops.pause')" 0 "and nothing was begun"
rm -r "$keys/archive" && mv "$scratch/newest" "$keys/archive"
ok "the newest copy of the archive brings everything back" recover
like "$(cat "$scratch/out")" "three không trả lời" "and says which witness was silent"
is "$(sql 'select next_seq >= (select max(size) from books.checkpoint) from books.counter')" t "all that was sealed is there"
ok "as the witnesses have it" quiet ledger check

done_testing
