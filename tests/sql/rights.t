#!/usr/bin/env bash
# sql/rights.list in both directions: what the queries need, and what a database grants.
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib/scenario.sh
. tests/lib/scenario.sh

chitra=$CHITRA_BIN/chitra
[ -x "$chitra" ] || skip_all "rights: $chitra is not built"
export PGDATABASE=chitra_rights_test_$$
createdb --maintenance-db=postgres --template=template0 "$PGDATABASE" || exit 1
at_exit "dropdb --maintenance-db=postgres --force --if-exists $PGDATABASE"

# nothing TITLE COMMAND...: it prints nothing and ends 0
nothing()
{
	local title=$1 output
	shift
	if output=$("$@" 2>&1) && [ -z "$output" ]; then
		pass "$title"
	else
		fail "$title" "$output"
	fi
}

# names TITLE WANTED COMMAND...: it ends 1 and prints this line among others
names()
{
	local title=$1 wanted=$2 output status
	shift 2
	output=$("$@" 2>&1)
	status=$?
	if [ $status -eq 1 ] && grep -qxF -- "$wanted" <<<"$output"; then
		pass "$title"
	else
		fail "$title" "exit $status" "wanted: $wanted" "$output"
	fi
}

# ---- the list and the queries

nothing "the list is right, as an author asks: nothing missing, nothing superfluous, sorted, each block with its reason" sql/gen-rights
"$chitra" db init --sandbox --share sql >/dev/null 2>"$scratch/err" || cat "$scratch/err" >&2
nothing "every right that a query needs is in the list" sql/gen-rights --missing --schema "$PGDATABASE"
nothing "no right is in the list that no query needs" sql/gen-rights --superfluous --schema "$PGDATABASE"

cp -r sql "$scratch/sql"
edit()
{
	local script=$1
	cp sql/rights.list "$scratch/sql/rights.list"
	sed -i "$script" "$scratch/sql/rights.list"
}
edit '/^teller *execute payout.move$/d'
names "a line that is taken out is missed" "teller   execute payout.move" "$scratch/sql/gen-rights" --missing --schema "$PGDATABASE"
edit '/^gate *usage *bank$/a gate     select  bank.statement'
names "a right that nobody needs is superfluous" "gate     select  bank.statement" "$scratch/sql/gen-rights" --superfluous --schema "$PGDATABASE"
edit 's/^gate *select *bank.message .*/gate     select  bank.message/'
like "$("$scratch/sql/gen-rights" --schema "$PGDATABASE" 2>&1)" "gate reads bank.message whole, which holds what is sealed" \
	"what is sealed cannot be read by reading a whole table"
edit '/^gate *usage *bank$/s/gate/guard/'
fails "an unknown role stops chitra db" "$chitra" db migrate --share "$scratch/sql"

# ---- the list and a database

nothing "a database has exactly the rights of the list" sql/gen-rights --live "$PGDATABASE"
like "$("$chitra" db migrate --share sql)" '^nothing to do' "bringing it to the list again changes nothing"

planted=(
	"grant select on payout.payout to public|+ public select payout.payout"
	"grant execute on function auth.enter to public|+ public execute auth.enter"
	"grant temporary on database $PGDATABASE to public|+ public temporary database"
	"grant create on schema payout to chitra_teller|+ teller create payout"
	"grant update (line) on payout.payout to chitra_teller|+ teller update payout.payout (line)"
	"grant update on payout.payout_state to chitra_scribe|+ scribe update payout.payout_state"
	"grant select (wrapped) on register.person_key to chitra_auditor|+ auditor select register.person_key (wrapped)"
	"grant trigger on payout.batch to chitra_desk|+ desk trigger payout.batch"
	"revoke execute on function payout.move from chitra_teller|- teller execute payout.move"
	"revoke update (state) on payout.dispatch from chitra_teller|- teller update payout.dispatch (state)"
)
for plant in "${planted[@]}"; do
	sql "${plant%|*}"
	names "seen in a database: ${plant%|*}" "${plant#*|}" sql/gen-rights --live "$PGDATABASE"
done
output=$("$chitra" db check --share sql)
is "$?" 1 "chitra db check refuses such a database"
is "$(grep -c '^rights.list: [+-] ' <<<"$output")" "${#planted[@]}" "and names every difference"
ok "chitra db migrate mends it" "$chitra" db migrate --share sql
nothing "after that it has exactly the rights of the list" sql/gen-rights --live "$PGDATABASE"

# What no grant can mend. Roles belong to the whole cluster, so the transaction that sees them never commits.
for plant in \
	"grant pg_read_all_data to chitra_scribe|scribe is pg_read_all_data" \
	"alter role chitra_teller superuser|teller is superuser" \
	"alter role chitra_gate bypassrls|gate is bypassrls" \
	"alter table payout.hold owner to chitra_desk|desk owns table payout.hold" \
	"grant select on payout.hold to chitra_desk with grant option|desk select and pass on payout.hold" \
	"alter default privileges for role chitra_owner grant execute on functions to public|public execute what is made later" \
	"alter default privileges for role chitra_owner grant select on tables to chitra_teller|teller select what is made later"; do
	like "$({ echo "begin; ${plant%|*};"; cat sql/rights_live.sql; echo '; rollback;'; } | psql -XAtq)" \
		"(^|
)${plant#*|}(
|\$)" "seen in a database: ${plant%|*}"
done

# ---- what the programs say of it

ok "every query of every duty is allowed" "$chitra" db check --share sql

done_testing
