#!/usr/bin/env bash
# Between approval and dispatch an account is ended, closed, found to be another's, or an authority runs out: what was signed does not leave,
# and nobody can let it go. Asked is the bank's own book. Each has its twin that is paid.
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/scenario/teller_lib.sh
. tests/scenario/teller_lib.sh
# shellcheck source=tests/scenario/lib/officers.sh
. tests/scenario/lib/officers.sh
# shellcheck disable=SC2154

# shellcheck disable=SC2119
fresh_database
clock_start
payroll 9
bank_start --reply-status ACCC
sql "alter table ops.instance disable trigger guard"
mapfile -t payout < <(sql "select id from payout.payout order by id")
mapfile -t account < <(sql "select payee_account from payout.payout order by id")
by_config=$scratch/desk.conf
mkdir -p "$scratch/run"
printf '%s\n' '[chitra]' "run_dir = $scratch/run" '[desk]' "kek = $keys/kek" "blind_key = $keys/blind" "id_key = $keys/id" >"$by_config"
for login in lan minh; do
	sql "insert into auth.mandate (officer, certificate, role, agency, area, limit_dong) select o.id, c.id, 'register', '*', '*', 1000000000
		from auth.officer o join auth.certificate c on c.officer = o.id where o.login = '$login'"
done
# checked N STATUS PASSES
checked()
{
	sql "insert into register.account_check (account, source, status, grade, id_linked, passes) values (${account[$1]}, 'bank_inquiry', '$2', '$4', $3, $3)"
}
word()
{
	sql "select max(id) from register.account_word"
}

is "$(by lan account end "${account[0]}" --reason 'đòi lại') $(by minh account confirm "$(word)")" '0 0' 'after the release two officers end an account'
is "$(by lan account end "${account[1]}" --reason 'đòi lại')" 0 'of another one only one officer says so'
is "$(by lan account end "${account[2]}" --reason 'từ mai' --from 2024-04-04) $(by minh account confirm "$(word)")" '0 0' 'another one ends tomorrow'
checked 3 closed false exact
checked 4 open false different
checked 5 unclear false exact
for n in 6 7; do
	sql "set session_replication_role = replica; update register.payee_account set kind = 'delegate', authority = 'UQ 1', authority_until = '2024-04-0$((n - 4))' where id = ${account[n]}"
done

# shellcheck disable=SC2119
teller_start
ok 'the teller takes them all' until_true 30 "select not exists (select from payout.payout_state where state in (1, 3))"
is "$(bank_says book.csv | awk -F, '$4 == "paid"' | wc -l)" 5 'five are paid'
held="select string_agg(x.n || ' ' || h.reason, ', ' order by x.n) from payout.hold h join unnest(array[$(IFS=,; echo "${payout[*]}")]) with ordinality as x(payout, n) on x.payout = h.payout"
is "$(sql "$held")" '1 account_ended, 4 account_closed, 5 account_name, 7 authority_over' \
	'held: what two ended, what the bank closed or found to be another'\''s, an authority that was over yesterday; one that ends today is not'
is "$(by minh unhold "$(sql "select end_to_end_id from payout.payout where id = ${payout[0]}")" >/dev/null; by hoa unhold "$(sql "select end_to_end_id from payout.payout where id = ${payout[0]}")")" 0 'two officers let one go'
ok 'it is held again' until_true 20 "select count(*) = 2 from payout.hold where payout = ${payout[0]}"
is "$(bank_says book.csv | awk -F, '$4 == "paid"' | wc -l)" 5 'and nothing more left'
sql "set session_replication_role = replica; insert into register.account_word (account, what, from_day, document, first_officer, second_officer, decided_at)
	select ${account[0]}, 'add', '2024-04-03', 'trả lại', min(id), max(id), now() from auth.officer"
is "$(by minh unhold "$(sql "select end_to_end_id from payout.payout where id = ${payout[0]}")" >/dev/null; by hoa unhold "$(sql "select end_to_end_id from payout.payout where id = ${payout[0]}")")" 0 'when two officers have added the account again, they let it go'
ok 'then it is paid' until_true 20 "select state not in (1, 2, 3) from payout.payout_state where payout = ${payout[0]}"
is "$(bank_says book.csv | awk -F, '$4 == "paid"' | wc -l) $(bank_twice)" '6 0' 'once'
teller_drain
done_testing
