#!/usr/bin/env bash
# chitra ledger: says where the books stand, and finds what was edited round the guards.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib/tap.sh
. tests/lib/tap.sh

chitra=${CHITRA_BIN:-$PWD/build/bin}/chitra
[ -x "$chitra" ] || skip_all "db_books_cmd: $chitra is not built"
[ -n "${PGHOST:-}" ] || skip_all "db_books_cmd: no PostgreSQL (PGHOST is not set)"
export PGDATABASE=postgres
name=chitra_books_cmd_$$
scratch=$(mktemp -d)
tidy()
{
	dropdb --force --if-exists "$name" 2>/dev/null
	rm -rf "$scratch"
}
trap tidy EXIT
"$chitra" db init --sandbox --start '2024-04-03 08:00' --create "$name" --share sql >"$scratch/log" 2>&1 || exit 1
export PGDATABASE=$name
echo '[database]' >"$scratch/chitra.conf"

# ledger WORD...: runs it; what it printed, in $out and $err; its exit code, in $status
ledger()
{
	out=$("$chitra" --config "$scratch/chitra.conf" --session "$scratch/session" "$@" 2>"$scratch/err")
	status=$?
	err=$(cat "$scratch/err")
}

# put LEAF: a golden leaf that moves no money, as the next transaction
put()
{
	local file=tests/vectors/books/leaf/$1.leaf meaning
	meaning=$(grep -Ev '^(seq|recorded|actor|ref|src|late) ' "$file" | sha256sum | cut -c1-64)
	psql -Xq -v ON_ERROR_STOP=1 -v leaf="$(od -An -v -tx1 "$file" | tr -d ' \n')" -v meaning="$meaning" \
		-v idem="$(sed -n 's/^idem //p' "$file")" -v kind="$(sed -n 's/^kind //p' "$file")" \
		-v day="$(sed -n 's/^effective //p' "$file")" -v at="$(sed -n 's/^recorded //p' "$file")" -v seq="$(sed -n 's/^seq //p' "$file")" <<-'SQL'
			select from books.recover(:seq, array[:'at'::timestamptz], array[:'idem'], array[decode(:'meaning', 'hex')], array[:'kind'],
				array[:'day'::date], '{f}', array[null::bigint], '{0}', array[decode(:'leaf', 'hex')],
				array[sha256('\x00'::bytea || decode(:'leaf', 'hex'))], '{}', '{}', '{}', '{}', '{}');
		SQL
}

for word in head check; do
	ledger ledger $word
	is "$status" 77 "ledger $word is for whoever is logged in"
	like "$err" not_logged_in "which it says"
done
psql -Xq <<-'SQL'
	insert into auth.officer (login, name) values ('an', 'An');
	insert into auth.session (token_hash, officer, expires_at) select sha256(decode(repeat('00', 32), 'hex')), id, now() + interval '1 hour' from auth.officer;
SQL
printf '%064d\n' 0 >"$scratch/session"
ledger ledger head
is "$status $out" $'0 0 transactions, 0 sealed\nno checkpoint yet' "an empty ledger says so"
ok "a genesis is there" put genesis
ledger ledger head
like "$out" '^1 transactions, 0 sealed' "and is counted"
ledger --json ledger check
root=$(printf '\0' | cat - tests/vectors/books/leaf/genesis.leaf | sha256sum | cut -c1-64)
is "$status $out" "0 {\"whole\":true,\"transactions\":1,\"postings\":0,\"heads\":0,\"root\":\"$root\",\"below_floor\":[]}" \
	"its one leaf is the root, and its row is what it says"
psql -Xq -c "set session_replication_role = replica; update books.txn set effective = '2024-04-04'"
ledger ledger check
is "$status" 65 "a row that was edited round the guards is found"
like "$err" 'books_row: ledger transaction 0: .*effective' "and named"
ledger --json ledger check
like "$out" '"error":"books_row"' "to programs too"
ledger ledger burn
is "$status" 64 "another word is wrong use"
done_testing
