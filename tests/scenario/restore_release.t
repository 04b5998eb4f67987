#!/usr/bin/env bash
# A base backup from the night, a release in the morning, and the database is lost with it while it pays. The archive has the manifests of what
# was released, the sent journal has what left. What officers signed comes back with the same ids, and is paid once.
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/scenario/teller_lib.sh
. tests/scenario/teller_lib.sh
# shellcheck source=tests/scenario/lib/restored.sh
. tests/scenario/lib/restored.sh
# shellcheck source=tests/scenario/lib/officers.sh
. tests/scenario/lib/officers.sh
# shellcheck disable=SC2154

at_least()
{
	[ "$(bank_count paid)" -ge "$1" ]
}

batches()
{
	sql "select string_agg(id || ' ' || state, ', ' order by id) from payout.batch"
}

# released_by_two BATCH
released_by_two()
{
	is "$(by minh release "$1") $(by hoa release "$1")" "0 0" "batch $1 is released by two"
}

# lost BACKUP: the database is lost at once, and this is put in its place
lost()
{
	teller_kill KILL
	[ -z "$scribe_pid" ] || scribe_stop
	ops/private-db stop "$scratch/pg" immediate
	rm -rf "$scratch/pg/data"
	cp -a "$1" "$scratch/pg/data" && ops/private-db start "$scratch/pg" >/dev/null
}

cluster_begin "$scratch/pg" >&2 || exit 1
# shellcheck disable=SC2016
at_exit 'ops/private-db remove "$scratch/pg" >/dev/null 2>&1'
# shellcheck disable=SC2119
fresh_database
genesis
clock_start
desk_conf
echo "admin_keys = $keys/admin-keys" >>"$scratch/desk.conf"
by_config=$scratch/desk.conf
payroll 240 wards=4 items=20 release=no
bank_start --reply-status ACCC --reply-delay 50ms
scribe_start
sealed
ok "a base backup is taken when everything is approved" \
	"$(pg_config --bindir)/pg_basebackup" --pgdata="$scratch/night" --checkpoint=fast --no-sync

# ---- the morning -----------------------------------------------------------------------------------------------------------

released_by_two 1
released_by_two 2
sealed
scribe_stop
released_by_two 3
# Another session has the second batch's dispatch, so that it stays.
psql -XAtqc "begin" -c "select from payout.dispatch d join payout.dispatch_range r on r.dispatch = d.id join payout.payout p on p.id = r.first_payout where p.batch = 2 for update" \
	-c "select pg_sleep(120)" >"$scratch/locker" 2>&1 &
until_true 10 "select exists (select from pg_stat_activity where datname = current_database() and wait_event = 'PgSleep')"
teller_start 'concurrency = 1' 'rate = 10'
echo "[desk]
id_key = $keys/id
admin_keys = $keys/admin-keys" >>"$scratch/chitra.conf"
ok "the first of them are paid, of a release that no checkpoint covered too" within 60 at_least 70
journalled=$(grep -c '^sent ' "$scratch/journal/sent.log")
lost "$scratch/night"
paid=$(bank_count paid)
ok "the database is lost while it pays ($paid paid, $journalled sent)" test "$paid" -lt 121
is "$(batches)" "1 approved, 2 approved, 3 approved, 4 approved" "of all that the backup has nothing as released"
teller_start
sleep 3
is "$(bank_count paid)" "$paid" "before recovery nothing is sent"
teller_kill KILL
echo "[desk]
id_key = $keys/id
admin_keys = $keys/admin-keys" >>"$scratch/chitra.conf"

# ---- what is not believed --------------------------------------------------------------------------------------------------

# forged NAME SED CODE: a manifest of which this was changed; CODE with what it exits with
forged()
{
	cp "$keys/archive/manifest/1.v1" "$scratch/manifest"
	sed -i "$2" "$keys/archive/manifest/1.v1"
	out=$(recover)
	like "$? $out" "^$3.*manifest/1.v1" "$1: refused, by the manifest's name"
	cp "$scratch/manifest" "$keys/archive/manifest/1.v1"
}
forged "a line with another amount" '0,/^amount \([0-9]*\) VND/s//amount 1\1 VND/' "65 .*manifest_lines"
signature=$(sed -n 's/^signature //p' "$keys/archive/manifest/1.v1" | tail -n 1)
forged "a signature of another officer" "0,/^signature .*/s||signature $signature|" "65 .*approval_signature"
forged "one who released it twice" 's/^released-by hoa/released-by minh/' "77 .*same_person"
is "$(sql "select count(*) from payout.release") $(sql "select count(*) from ops.pause")" "0 0" "nothing was written"
mv "$keys/archive/manifest/2.v1" "$scratch/manifest"
like "$(recover)" "manifest_missing.*manifest/2.v1" "a manifest that is not there is missed"
mv "$scratch/manifest" "$keys/archive/manifest/2.v1"

# ---- recovery --------------------------------------------------------------------------------------------------------------

out=$(recover --json)
is $? 0 "recover brings back what was released" || echo "# $out"
like "$out" '"batches_released": *3' "all three batches, by their manifests"
is "$(batches)" "1 released, 2 released, 3 released, 4 approved" "and nothing that was not"
is "$(sql "select string_agg(distinct o.login, ' ' order by o.login) from payout.release r join auth.officer o on o.id = r.officer")" "hoa minh" \
	"by the officers who released them"
sed -n 's/^sent \([^ ]*\) .*/\1/p' "$scratch/journal/sent.log" | sort >"$scratch/sent"
sql "select p.end_to_end_id from payout.payout p join payout.payout_state s on s.payout = p.id where s.state = 4" | sort >"$scratch/unknown"
ok "what the journal has is in doubt, by the same ids" cmp "$scratch/sent" "$scratch/unknown"
is "$(sql "select count(*) from payout.payout_state s join payout.payout p on p.id = s.payout where s.state = 1 and p.batch < 4") $journalled" "60 120" \
	"and what has not left is ready"
like "$(recover --json)" '"batches_released": *0.*"dispatches_sent": *0.*"payouts_in_doubt": *0' "a second run finds nothing to do"
like "$(recover --resume)" "cho chi tiền trở lại" "somebody looked, and money may leave"
scribe_start
teller_start
ok "everybody is paid whose batch was released" until_true 60 "select count(*) = 180 from payout.payout_state where state = 6"
is "$(bank_count paid) $(bank_twice)" "180 0" "once"
released_by_two 4
ok "officers release the other batch" until_true 60 "select count(*) = 240 from payout.payout_state where state = 6"
bank_says next-day >/dev/null
next_day 2024-04-04
ok "everything is settled" until_true 60 "select count(*) = 240 from payout.payout_state where state = 7"
is "$(bank_count paid) $(bank_twice)" "240 0" "once"
is "$(books_agree)" t "the books have no money on its way"
sealed
teller_drain
scribe_stop
is "$(by hoa ledger check)" 0 "the books are whole"
is "$(sql "select count(*), count(distinct idem) from books.txn where kind in ('batch.approved', 'batch.released', 'approval')")" "10|10" \
	"each batch is approved and released once in them"
is "$(by hoa ledger publish "$scratch/pub")" 0 "and published"
printf '%s\n' '[scribe]' "log_key = $keys/log" 'log_origin = recover.test/ledger' >>"$scratch/desk.conf"
is "$(by hoa ledger key)" 0 "with the log's key"
cp "$scratch/said" "$scratch/log.key"
"$CHITRA_BIN/chitra-verify" --key "$scratch/log.key" --admins "$keys/admin-keys" "$scratch/pub" >"$scratch/verified"
like "$(cat "$scratch/verified")" "approvals +4 of 4 released batches" "an auditor finds the signatures of all four in the manifests"
# The fixture's money is on no statement of the bank's.
is "$(sed -n 's/^finding \([a-z_]*\): .*/\1/p' "$scratch/verified" | sort | xargs)" "line_missing statement_differs" "and nothing that does not fit"

done_testing
