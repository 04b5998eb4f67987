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
psql -Xq <<-'SQL'
	set session_replication_role = replica;
	insert into books.ledger_account (code) values ('assets:bank:pt-merit');
	insert into books.balance select id, 700, 2 from books.ledger_account;
	insert into books.balance_day select id, d, m from books.ledger_account, (values (date '2024-04-03', 1000), ('2024-04-05', -300)) x(d, m);
	insert into books.txn select n, 'x.' || n, sha256(''), 'funding', '2024-04-03', timestamptz '2024-04-03 23:59:59+07' + (n - 1) * interval '1 s',
		false, null, 2, '', sha256('\x00') from generate_series(1, 2) n;
	insert into books.posting select n, 1, id, 1, 1300 - 300 * n from books.ledger_account, generate_series(1, 2) n;
SQL
ledger ledger accounts
like "$out" '^assets:bank:pt-merit +700$' "what the accounts hold"
ledger --json ledger accounts assets:bank:pt-merit --effective 2024-04-04
is "$out" '{"effective":"2024-04-04","accounts":[{"account":"assets:bank:pt-merit","balance_dong":1000}]}' "or held by what counts for a day"
ledger ledger accounts --recorded 2024-04-03
like "$out" ' 1\.000$' "or as the books said at the end of a day in Vietnam"
ledger ledger accounts --recorded 2024-04-03T17:00:00.000000Z
like "$out" ' 700$' "and at the instant after it"
ledger ledger accounts assets:bank:nobody
like "$status $err" '^65.*ledger_account_unknown' "an account that is not there is said not to be"
ledger ledger accounts --effective 2024-04-04 --recorded 2024-04-04
is "$status" 64 "one clock at a time"
ledger ledger accounts --recorded gestern
is "$status" 64 "and a time that is one"
psql -Xq -c "set session_replication_role = replica; delete from books.txn where seq > 0; truncate books.posting, books.balance_day, books.balance"
psql -Xq -c "set session_replication_role = replica; update books.txn set effective = '2024-04-04'"
ledger ledger check
is "$status" 65 "a row that was edited round the guards is found"
like "$err" 'books_row: ledger transaction 0: .*effective' "and named"
ledger --json ledger check
like "$out" '"error":"books_row"' "to programs too"
ledger ledger burn
is "$status" 64 "another word is wrong use"
done_testing
