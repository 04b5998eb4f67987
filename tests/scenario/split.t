#!/usr/bin/env bash
# A standby was promoted, and the old primary lives: whoever has seen the new timeline believes the old one nothing, and nothing leaves twice. A
# standby is asked for no report.
# shellcheck disable=SC2119,SC2154
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/scenario/teller_lib.sh
. tests/scenario/teller_lib.sh
# shellcheck source=tests/scenario/lib/restored.sh
. tests/scenario/lib/restored.sh
# shellcheck source=tests/scenario/lib/standby.sh
. tests/scenario/lib/standby.sh
# shellcheck source=tests/scenario/lib/officers.sh
. tests/scenario/lib/officers.sh

says()
{
	curl -s "http://$(cat "$scratch/run/teller.0.admin")/$1" >"$scratch/said.admin"
	grep -q "$2" "$scratch/said.admin"
}
# on_first STATEMENT: the old primary's answer
on_first()
{
	PGHOST=$first_host PGPORT=5432 PGTARGETSESSIONATTRS=any psql -XAtqc "$1"
}

cluster_begin "$scratch/first" >&2 || exit 1
# shellcheck disable=SC2016
at_exit 'ops/private-db remove "$scratch/first" >/dev/null 2>&1; ops/private-db remove "$scratch/second" >/dev/null 2>&1'
first_host=$PGHOST
fresh_database
clock_start
desk_conf
by_config=$scratch/desk.conf
payroll 40 items=20
bank_start --reply-status ACCC
standby_make "$scratch/first" "$scratch/second" || exit 1
ok "a standby has all" standby_caught_up

# ---- a standby ---------------------------------------------------------------------------------------------------------------------

is "$(by minh report statements --csv)" 0 "a report is the primary's"
is "$(PGHOST=$second_host PGPORT=5432 PGTARGETSESSIONATTRS=any "$CHITRA_BIN/chitra" --config "$by_config" --session "$scratch/token.minh" report statements --csv 2>&1 | grep -c 'db_standby')" 1 \
	"a standby is asked for none: what it lacks it cannot know"

# ---- two that can be written to --------------------------------------------------------------------------------------------------------

standby_promote
is "$(on_first "select pg_is_in_recovery()")$(on_second "select pg_is_in_recovery()")" ff "the standby is promoted, and the old primary lives"
export PGHOST=$second_host,$first_host
teller_start
ok "a teller pays by the new one" all_are credited 30
is "$(bank_count paid) $(on_first "select count(*) from payout.payout_state where state = 1")" "40 40" "of which the old one knows nothing"
ops/private-db stop "$scratch/second" immediate
ok "the new one is gone, and the old one answers: the teller sees that its timeline went back" within 20 \
	grep -q 'event=db_history_in_doubt other_cluster=false timeline=1 timeline_seen=2' "$scratch/teller.log"
ok "it is not ready, and says why" within 20 says readyz '^history NOT'
ok "the metric says so" says metrics '^chitra_history_in_doubt 1'
sleep 3
is "$(bank_count paid) $(bank_twice)" "40 0" "nothing more is sent"
is "$(on_first "select count(*) from payout.payout_state where state <> 1")" 0 "nothing is written there"
teller_drain
teller_start
ok "nor does one that starts anew and has the journal alone to know it by" within 20 grep -q 'event=history_in_doubt.*sent journal' "$scratch/teller.log"
is "$(bank_count paid) $(bank_twice)" "40 0" "send any"
teller_drain
ops/private-db start "$scratch/second" >&2
teller_start
ok "when the new one is back, a teller is ready" within 30 says readyz '^history ok'
is "$(state_count credited) $(bank_count paid)" "40 40" "and everybody was paid once"
teller_drain

done_testing
