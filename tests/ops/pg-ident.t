#!/usr/bin/env bash
# Each duty's OS user reaches its own role in PostgreSQL, and no other. ops/pg-ident makes the map from one table.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib/tap.sh
. tests/lib/tap.sh

is "$(ops/pg-ident | awk '{ print $2, $3 }')" "$(awk '!/^#/ && NF { print $1, $2 }' ops/os-users)" \
	"the map is the table, a line each"
is "$(ops/pg-ident | awk '{ print $3 }' | sort | tr '\n' ' ')" "chitra_desk chitra_gate chitra_scribe chitra_teller " \
	"every duty has one OS user"
is "$(ops/pg-ident --map a=chitra_gate,b=chitra_desk | awk '{ print $2, $3 }')" "a chitra_gate
b chitra_desk" "--map takes other users"
fails "a user that is two duties is refused" ops/pg-ident --map a=chitra_gate,a=chitra_desk
fails "a pattern in place of a user is refused" ops/pg-ident --map '/^(.*)$=chitra_gate'
fails "a role that is not ours is refused" ops/pg-ident --map a=postgres

if [ "$(id -u)" != 0 ]; then
	skip "two system users each reach only their role" "not root: nobody else's name can be used here"
	done_testing
	exit
fi

scratch=$(mktemp -d)
chmod 711 "$scratch"
trap 'ops/private-db remove "$scratch/pg" >/dev/null 2>&1; rm -rf "$scratch"' EXIT
PRIVATE_DB_FAST=1 ops/private-db start "$scratch/pg" --temporary --many-users || exit 1
socket=$(cat "$scratch/pg/socket")
export PGHOST=$socket PGDATABASE=postgres
psql -XAtq -U chitra -f sql/roles.sql || exit 1

# games is the gate and mail is the teller; the cluster's own map (root, postgres) stays below.
map=games=chitra_gate,mail=chitra_teller
data=$(cat "$scratch/pg/base" 2>/dev/null || echo "$scratch/pg")/data
for file in ident hba; do
	mine=$(if [ $file = hba ]; then ops/pg-ident --hba --map $map; else ops/pg-ident --map $map; fi)
	printf '%s\n%s\n' "$mine" "$(cat "$data/pg_$file.conf")" >"$scratch/new"
	cat "$scratch/new" >"$data/pg_$file.conf"
done
psql -XAtq -U chitra -c 'select pg_reload_conf()' >/dev/null
is "$(psql -XAtq -U chitra -c 'select count(*) from pg_hba_file_rules where error is not null' \
	-c 'select count(*) from pg_ident_file_mappings where error is not null' | tr '\n' ' ')" "0 0 " "PostgreSQL accepts both files"

reaches()
{
	runuser -u "$1" -- psql -XAtq -U "$2" -c 'select current_user' 2>&1
}

is "$(reaches games chitra_gate)" chitra_gate "the gate's OS user is the gate"
is "$(reaches mail chitra_teller)" chitra_teller "the teller's OS user is the teller"
for role in chitra_teller chitra_desk chitra_scribe chitra_auditor chitra; do
	like "$(reaches games $role)" "authentication failed|rejects connection" "the gate's OS user is not $role"
done
for role in chitra_gate chitra_desk chitra_scribe chitra_auditor chitra; do
	like "$(reaches mail $role)" "authentication failed|rejects connection" "the teller's OS user is not $role"
done
like "$(reaches daemon chitra_gate)" "authentication failed|rejects connection" "a user outside the map is nobody"
done_testing
