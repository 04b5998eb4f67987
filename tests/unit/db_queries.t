#!/usr/bin/env bash
# gen-queries: what it makes of named queries, and that it says with file and line what is wrong with one.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib/tap.sh
. tests/lib/tap.sh

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
mkdir "$scratch/out"

# generate [FILE...]: what it says, in $said; its status, in $status
generate()
{
	rm -f "$scratch"/out/*
	said=$(ledger/db/gen-queries "$scratch/out" "$@" 2>&1)
	status=$?
}

# refuses TITLE LINE TEXT <SQL: the file is refused with this text at this line
refuses()
{
	cat >"$scratch/bad.sql"
	generate "$scratch/bad.sql"
	is "$status $(ls "$scratch/out")" "1 " "$1: refused, and nothing is written"
	if [[ $said == *"bad.sql:$2: "*"$3"* ]]; then
		pass "$1: named with file and line"
	else
		fail "$1: named with file and line" "got: $said"
	fi
}

cat >"$scratch/b.sql" <<'SQL'
-- A module.

-- name: person_find
-- duties: desk, scribe
-- in: digits bytea,
--     areas text[]
-- out: id bigint, names text[]
-- Why it is so.
select id, names  -- a remark
from register.person where k = $1 and a = any ($2) and note <> 'a;b $9';

-- name: touch
-- duties: teller
-- in:
-- out:
update x.y set "odd;name" = $$ ; $3 $$;
SQL
cat >"$scratch/a.sql" <<'SQL'
-- name: rows_in
-- duties: scribe
-- copy in: books.posting(txn bigint, amount bigint)

-- name: rows_out
-- duties: scribe
-- copy out: seq bigint, leaf bytea
select seq, leaf
from books.txn order by seq;

-- name: all_out
-- duties: owner
-- copy out: books.txn(seq bigint)
SQL
touch "$scratch/0001_one.sql" "$scratch/0012_two.sql"
generate "$scratch/b.sql" "$scratch/0012_two.sql" "$scratch/a.sql" "$scratch/0001_one.sql"
is "$status$said" 0 "good files are taken without a word"
names=$(sed -n 's/^\tQ_\(.*\),/\1/p' "$scratch/out/queries.h" | tr '\n' ' ')
is "$names" "ROWS_IN ROWS_OUT ALL_OUT PERSON_FIND TOUCH " "each query is a name, files in their order"
like "$(cat "$scratch/out/queries.h")" 'CHITRA_SCHEMA_VERSION 12' "the last migration is the schema's version"
source=$(cat "$scratch/out/queries.c")
like "$source" 'copy books.posting \(txn, amount\) from stdin \(format binary\)' "a copy in is written out"
like "$source" 'copy books.txn \(seq\) to stdout \(format binary\)' "a copy out of a table is written out"
like "$source" 'copy \(select seq, leaf.n"' "a copy out of a select is written out"
like "$source" '"areas", DB_TEXT, 1' "a list goes on after a comma at the line's end"
like "$source" "1U << 1 \| 1U << 3, 2, 2, in_person_find, out_person_find" "duties, arguments and columns are counted"
cp "$scratch/out/queries.c" "$scratch/first"
generate "$scratch/a.sql" "$scratch/0001_one.sql" "$scratch/0012_two.sql" "$scratch/b.sql"
ok "the same files give the same bytes in any order" cmp "$scratch/first" "$scratch/out/queries.c"
ok "they are C" gcc -std=gnu17 -Wall -Wextra -Werror -I. -I"$scratch" -include "$scratch/out/queries.h" -fsyntax-only -x c - <<-C
	#define CHITRA_GEN_QUERIES_H
	$(sed 's|#include "gen/queries.h"||' "$scratch/out/queries.c")
C

refuses "a query without duties" 2 "duties is missing" <<'SQL'

-- name: a
-- in:
-- out: n bigint
select 1::bigint as n;
SQL
refuses "a query without in" 1 "in is missing" <<'SQL'
-- name: a
-- duties: desk
-- out: n bigint
select 1::bigint as n;
SQL
refuses "a query without out" 1 "out is missing" <<'SQL'
-- name: a
-- duties: desk
-- in:
delete from x.y;
SQL
refuses "SQL without a name" 2 "without a \"-- name:\" line" <<'SQL'
-- a file
select 1;
SQL
refuses "a name used twice" 6 "name a is taken by" <<'SQL'
-- name: a
-- duties: desk
-- in:
-- out:
select;
-- name: a
-- duties: desk
-- in:
-- out:
select;
SQL
refuses "a name of another shape" 1 "is not lower-case" <<'SQL'
-- name: A-b
-- duties: desk
-- in:
-- out:
select;
SQL
refuses "an unknown type" 3 "unknown type \"numeric\"" <<'SQL'
-- name: a
-- duties: desk
-- in: amount numeric
-- out:
select $1;
SQL
refuses "an unknown duty" 2 "unknown duty \"clerk\"" <<'SQL'
-- name: a
-- duties: desk, clerk
-- in:
-- out:
select;
SQL
refuses "a column without a type" 4 "is not \"name type\"" <<'SQL'
-- name: a
-- duties: desk
-- in:
-- out: n
select 1 as n;
SQL
refuses "two columns of one name" 3 "two columns are named a" <<'SQL'
-- name: a
-- duties: desk
-- in: a text, a text
-- out:
select $1, $2;
SQL
refuses "an argument that is not used" 1 "\$2 (b) is declared and not used" <<'SQL'
-- name: a
-- duties: desk
-- in: a text, b text
-- out:
select $1 || '$2';
SQL
refuses "an argument that is not declared" 1 "\$2 is used and not declared" <<'SQL'
-- name: a
-- duties: desk
-- in: a text
-- out:
select $1 || $2;
SQL
refuses "two statements in one" 1 "more than one statement" <<'SQL'
-- name: a
-- duties: desk
-- in:
-- out:
select 1; select 2;
SQL
refuses "no statement" 1 "the SQL is missing" <<'SQL'
-- name: a
-- duties: desk
-- in:
-- out:
-- nothing
SQL
refuses "a line given twice" 3 "duties is given twice" <<'SQL'
-- name: a
-- duties: desk
-- duties: desk
-- in:
-- out:
select;
SQL
refuses "a copy in with SQL" 1 "a copy in has no SQL of its own" <<'SQL'
-- name: a
-- duties: desk
-- copy in: n bigint
select 1;
SQL
refuses "a copy with arguments" 1 "and nothing else" <<'SQL'
-- name: a
-- duties: desk
-- in: n bigint
-- copy out: n bigint
select $1;
SQL
generate "$scratch/none.sql"
like "$status$said" '^1.*none.sql:1: could not be read' "a file that is not there is refused"
generate sql/queries/*.sql
is "$status$said" 0 "the project's own queries are taken"

done_testing
