#!/usr/bin/env bash
# The key that banks' messages are sealed for is replaced while messages that nobody has read yet wait under the old one.
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/scenario/teller_lib.sh
. tests/scenario/teller_lib.sh
# shellcheck disable=SC2154

# shellcheck disable=SC2119
fresh_database
clock_start
# shellcheck source=tests/scenario/lib/bank_day.sh
. tests/scenario/lib/bank_day.sh

payroll 20 valid_hours=30
# shellcheck disable=SC2119
bank_day
for name in gate teller; do
	duty $name
done
ok "callbacks wait, sealed for the old key" until_true 30 "select count(*) > 0 from bank.message where direction = 'callback'"
ok "everybody is answered" until_true 30 "select not exists (select from payout.payout_state where state < 4)"
process=("${pids[@]}")
kill -TERM "${process[@]}"
wait "${process[@]}" 2>/dev/null
old=$(sql "select max(id) from bank.message_key")
cp "$keys/evidence.key" "$keys/evidence-old.key"
"$CHITRA_BIN/chitra" secret new "$keys/evidence-new.key" >/dev/null
"$CHITRA_BIN/chitra" secret public evidence "$keys/evidence-new.key" >"$keys/evidence-new.pub"
# configured PUBLIC SECRET [OTHER]
configured()
{
	conf
	sed -i "s|^public_key = .*|public_key = $keys/$1|; s|^secret_key = .*|secret_key = $keys/$2${3:+\nsecret_key_other = $keys/$3}|" "$scratch/all.conf"
}
digested="select upto >= (select max(id) from bank.message) from ops.progress where name = 'digest'"
configured evidence-new.pub evidence-new.key evidence-old.key
duty scribe
scribe=$last_pid
ok "a scribe with the new key and the one before it reads what waited" until_true 20 "$digested"
is "$(grep -c message_passed "$scratch/scribe.log")" 0 "all of it"
for name in gate teller; do
	duty $name
done
next_day
ok "the statement comes, sealed for the new key, and is read by the same scribe" settled_through 2024-04-03 40
ok "under keys of its own" test "$(sql "select min(key) from bank.message where kind = 'statement'")" -gt "$old"
ok "everybody is settled" until_true 20 "select count(*) = 20 from payout.payout_state where state = 7"
kill -TERM "$scribe"
wait "$scribe" 2>/dev/null
configured evidence-new.pub evidence-new.key
duty scribe
next_day
ok "without the old one it reads what comes from then on" settled_through 2024-04-04 40
is "$(grep -c message_passed "$scratch/scribe.log")" 0 "all of it"

done_testing
