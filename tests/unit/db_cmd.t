#!/usr/bin/env bash
# chitra db: makes an instance of an empty database, safe to repeat, and says what differs.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib/tap.sh
. tests/lib/tap.sh

chitra=${CHITRA_BIN:-$PWD/build/bin}/chitra
[ -x "$chitra" ] || skip_all "db_cmd: $chitra is not built"
[ -n "${PGHOST:-}" ] || skip_all "db_cmd: no PostgreSQL (PGHOST is not set)"
export PGDATABASE=postgres
name=chitra_db_cmd_$$
scratch=$(mktemp -d)
tidy()
{
	dropdb --force --if-exists "$name" 2>/dev/null
	rm -rf "$scratch"
}
trap tidy EXIT

# db WORD...: runs it; what it printed, in $out and $err; its exit code, in $status
db()
{
	out=$("$chitra" db "$@" 2>"$scratch/err")
	status=$?
	err=$(cat "$scratch/err")
}

query()
{
	psql -XAtq -d "$name" -c "$1"
}

last=$(find sql/migrations -name '[0-9]*.sql' | sort | tail -1)
version=$((10#$(basename "$last" | cut -c1-4)))

db init --sandbox --start '2024-04-03 08:00' --create "$name" --share sql
is "$status" 0 "init makes a database from nothing"
like "$out" "^$version migrations applied, [0-9]+ rights changed, [0-9]+ reference rows loaded: schema version $version\$" "and says what it did"
is "$(query 'select max(number) from ops.migration')" "$version" "every migration is applied"
is "$(query "select to_char(ops.now() at time zone 'Asia/Ho_Chi_Minh', 'YYYY-MM-DD HH24:MI')")" "2024-04-03 08:00" \
	"the sandbox's clock starts where it was told"
is "$(query 'select count(*) > 10000 from register.area')" t "the areas are loaded"

db init --sandbox --start '2024-04-03 08:00' --create "$name" --share sql
is "$status $out" "0 nothing to do: schema version $version" "init again does nothing and says so"
export PGDATABASE=$name
db init --share sql
is "$status" 65 "a sandbox cannot become a real instance"
like "$err" "this database is a sandbox, for ever" "and says why"

db migrate --share sql
is "$status $out" "0 nothing to do: schema version $version" "migrate finds nothing missing"
db check --share sql
is "$status" 0 "check finds no difference"
[ "$status" -eq 0 ] || printf '%s\n' "$out" "$err" | sed 's/^/#   /' >&2
query 'alter table ops.migration alter column number type bigint'
db check --share sql
is "$status" 1 "a column that changed its type is a difference"
like "$out" "sql/queries/db.sql:[0-9]+: schema_version: .*integer" "named with its query, file and line"
db check --share sql --json
like "$out" '"ok":false,.*"query":"schema_version"' "in JSON too"
query 'alter table ops.migration alter column number type integer'
query 'revoke select on ops.migration from chitra_gate'
db check --share sql
like "$status $out" "^1 .*schema_version: chitra_gate: permission denied for table migration" "a right that is missing is a difference"
query 'grant select on ops.migration to chitra_gate'

cp -r sql "$scratch/sql"
echo '-- changed' >>"$scratch/sql/migrations/$(basename "$last")"
db migrate --share "$scratch/sql"
like "$status $err" "^65 .*was changed after it was applied" "a migration that was changed is refused"
rm "$scratch/sql/migrations/$(basename "$last")"
db check --share "$scratch/sql"
like "$status $err" "^65 .*older than the database" "files older than the database are refused"

CHITRA_SHARE=sql db check
is "$status" 0 "CHITRA_SHARE says where the files are"
db check
is "$status" 0 "without it they are found beside the program"
db check --share /nonexistent
is "$status" 65 "a directory that is not there is refused"
PGHOST=$scratch db check --share sql
is "$status" 69 "no server: the database cannot be reached"
PGHOST=$scratch db check --share sql --json
like "$status $out" '^69 \{"error":"db_unreachable"' "in JSON too"
db --help
like "$status $out" "^0 usage: chitra db init" "--help says how it is used"
is "$("$chitra" help db)" "$out" "as chitra help does"
check=$("$chitra" help db check)
like "$check" "^usage: chitra db check" "help on one word of a command"
is "$(grep -c 'usage\|chitra db' <<<"$check")" 1 "is about that word alone"
is "$("$chitra" db check --help)" "$check" "--help behind the word as well"
is "$("$chitra" help db nothing)" "$out" "a word that it does not have shows all"
is "$("$chitra" db check more 2>&1)" "$check" "a wrong use shows how that word is used"
for wrong in '' 'unknown' 'init --start x' 'check --what' 'check more'; do
	# shellcheck disable=SC2086
	db $wrong
	is "$status" 64 "wrong use: chitra db $wrong"
done

out=$("$chitra" --json --config "$scratch/none.conf" whoami 2>&1)
like "$? $out" '^78 \{"error":"config","result":"refused","text":".*none\.conf' "a configuration that is not there is one JSON object too"
out=$("$chitra" import --json 2>&1 --config "$scratch/none.conf" --help)
like "$? $out" "^0 usage: chitra import FILE" "--help after a command needs no configuration"

done_testing
