#!/usr/bin/env bash
# After the demo's whole payroll no ID, account or telephone number of anybody stands in the database, its files, the archive, the sent
# journal, the logs or the summary, however written. Where they do stand: in the wards' own files, in what officers export (out/), in the
# cash agent's hand-over lists and in the bank. Names stand in the clear in the database: officers search and compare them.
# shellcheck disable=SC2154
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/scenario/lib/payroll.sh
. tests/scenario/lib/payroll.sh

export DEMO_DIR=$scratch/demo PLACE_TEMPORARY=1
places+=("$DEMO_DIR")
ops/demo/demo run >"$scratch/run.out" 2>&1
is $? 0 "the demo ends with 0" || tail -30 "$scratch/run.out" >&2
payroll_place demo
database_start
# Every generated number: sample people have 099… IDs and 0990… telephones, sample accounts begin with 97.
grep -rhoE '(^|[,;"])0?9[79][0-9]{7,17}($|[,;"[:space:]])' "$input/lists" "$input/bank" "$input/population" | tr -dc '0-9\n' | sort -u >"$scratch/numbers"
ok "the demo has thousands of numbers to look for" [ "$(wc -l <"$scratch/numbers")" -gt 7000 ]
is "$(sql "select count(*) from register.person_id") $(sql "select count(*) > 3000 from register.payee_account")" "$(truth people) t" "that are in the database, sealed"

find_numbers()
{
	tests/lib/find-numbers "$@" <"$scratch/numbers"
}
mkdir -p "$scratch/dump"
pg_dump "$PGDATABASE" >"$scratch/dump/plain.sql"
pg_dump -Fc -Z0 -f "$scratch/dump/custom" "$PGDATABASE"
sql checkpoint
for where in "$scratch/dump" "$here/archive" "$here/journal" "$logs" "$here/summary.json" "$here/pg" "$scratch/run.out"; do
	found=$(find_numbers "$where")
	is "$found" "" "none stands in ${where##*/}"
done

# ---- and it would be found ---------------------------------------------------------------------------------------------------------

id=$(grep -m1 '^099[0-9]\{9\}$' "$scratch/numbers") account=$(grep -m1 '^97' "$scratch/numbers") phone=$(grep -m1 '^0990[0-9]\{6\}$' "$scratch/numbers")
planted()
{
	printf '%s' "$1" >"$scratch/planted"
	find_numbers "$scratch/planted" >/dev/null
	is $? 1 "$2 would be found"
}
for number in "$id" "$account" "$phone" "${id#0}"; do
	planted "a field $number of a row" "one like ${number:0:4}…"
done
planted "x${id}y" "an ID inside a word"
planted "$(rev <<<"$id")" "an ID backwards"
planted "\\x00$(printf %s "$id" | od -An -tx1 | tr -d ' \n')ff" "an ID in hex"
for before in "" a ab; do
	planted "$(printf '%s%s and more' "$before" "$id" | base64 -w0)" "an ID in base64 after ${#before} bytes"
done
sql "create table public.planted as select '$account' as text"
pg_dump -t public.planted "$PGDATABASE" >"$scratch/planted"
find_numbers "$scratch/planted" >/dev/null
is $? 1 "an account in a table would be found in the dump"

done_testing
