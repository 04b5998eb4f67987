#!/usr/bin/env bash
# Whoever owns the whole database can still not make the teller pay: what officers signed is verified before a byte leaves, and the
# sent journal outside the database says what already left. Asked of the bank's own book, which must know nothing of it.
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/scenario/lib/payroll.sh
. tests/scenario/lib/payroll.sh
# shellcheck disable=SC2154

payroll_place demo
ok "batches are made, and wait for their checker" payroll_to s_batches
database_start

# as_attacker STATEMENTS: the superuser, round every trigger and guard
as_attacker()
{
	psql -XAtq -v ON_ERROR_STOP=1 -c "set session_replication_role = replica; $1"
}

# The largest batches by account, one for each deed.
mapfile -t batch < <(sql "select b.id from payout.batch b join org.channel c on c.id = b.channel where c.kind = 'bank'
	and b.programme = 'social' and b.area_code <> '22966' order by b.lines desc limit 6")
forged=${batch[3]}

# ---- an officer's certificate is forged: other admins, the same names ---------------------------------------------------------

for one in evil1 evil2 evil-minh evil-hoa; do
	key_make $one
done >/dev/null
# Whoever owns the database has a desk of his own, which believes any admin.
sed '/^\[desk\]/,/^\[/ { /^admin_keys/d }' "$CHITRA_CONFIG" >"$scratch/evil.conf"
for one in minh:checker hoa:approver; do
	CHITRA_CONFIG=$scratch/evil.conf "$CHITRA_BIN/chitra" officer certify "${one%:*}" --key-file "$keys/evil-${one%:*}.pub" --mandate "${one#*:}:*:*:100000000000" \
		--days 30 --admin-key "$keys/evil1" --admin-key "$keys/evil2" --passphrase-file "$keys/passphrase" >/dev/null 2>&1 &&
		CHITRA_CONFIG=$scratch/evil.conf by "${one%:*}" approve "$forged" --yes --role "${one#*:}" --key "$keys/evil-${one%:*}" --passphrase-file "$keys/passphrase" >/dev/null 2>&1
done
is "$(sql "select state from payout.batch where id = $forged")" approved "(the database believes certificates of other admins)"

ok "the others are approved as they should be" payroll_to s_money

# Released while no teller runs, so that there is time to change what waits for it.
process_stop chitrad
(CHITRA_CONFIG=$scratch/evil.conf s_release) >"$here/out/steps" 2>&1
is "$(sql "select count(*) from payout.batch where state = 'released' and id in ($(IFS=,; echo "${batch[*]}"))")" 6 "and released"

# ---- rows are changed after the signatures -------------------------------------------------------------------------------------

first()
{
	sql "select id from payout.payout where batch = $1 order by line limit 1"
}
as_attacker "update payout.payout set amount_dong = amount_dong * 10 where id = $(first "${batch[0]}");
	update payout.claim c set amount_dong = p.amount_dong from payout.payout p where p.claim = c.id and p.id = $(first "${batch[0]}")"
as_attacker "update payout.payout set (payee_account, account_hash) =
	(select payee_account, account_hash from payout.payout where batch = ${batch[1]} and line = 2) where id = $(first "${batch[1]}")"
as_attacker "update payout.payout set line = line + 1000000 where batch = ${batch[2]} and line <= 2;
	update payout.payout set line = 1000003 - line where batch = ${batch[2]} and line > 1000000"
copy=$(as_attacker "insert into payout.payout (claim, issue, batch, line, payee_account, account_hash, amount_dong, line_hash, end_to_end_id)
	select claim, issue + 1, batch, (select max(line) + 1 from payout.payout where batch = ${batch[4]}), payee_account, account_hash,
		amount_dong, line_hash, '0000000000000000001' from payout.payout where id = $(first "${batch[4]}") returning id")
as_attacker "insert into payout.payout_state (payout, state) values ($copy, 1);
	update payout.batch set lines = lines + 1, sum_dong = sum_dong + (select amount_dong from payout.payout where id = $copy)
		where id = ${batch[4]};
	with d as (insert into payout.dispatch (channel) select channel from payout.batch where id = ${batch[4]} returning id)
		insert into payout.dispatch_range select id, $copy, $copy from d"

daemon_start
sound=$(sql "select count(*) from payout.payout p join payout.batch b on b.id = p.batch join org.channel c on c.id = b.channel
	where c.kind = 'bank' and b.state = 'released' and b.id not in ($(IFS=,; echo "${batch[*]:0:5}"))")
all_sound_paid()
{
	[ "$(sql "select count(*) from payout.payout_state s join payout.payout p on p.id = s.payout join payout.batch b on b.id = p.batch
		join org.channel c on c.id = b.channel where c.kind = 'bank' and b.state = 'released' and s.state in (1, 3, 4)
		and b.id not in ($(IFS=,; echo "${batch[*]:0:5}"))")" = 0 ]
}
ok "the sound batches are paid: $sound payouts" within 90 all_sound_paid

# The teller has looked at them all: nobody is ready any more.
all_looked_at()
{
	[ "$(sql "select count(*) from payout.payout_state s join payout.payout p on p.id = s.payout where s.state = 1
		and p.batch in ($(IFS=,; echo "${batch[*]:0:5}"))")" = 0 ]
}
ok "the teller has looked at the others too, and holds them" within 20 all_looked_at

# seen BATCH: how many of its payouts the bank was ever told of
seen()
{
	sql "select end_to_end_id from payout.payout where batch = $1" | grep -cFf - "$here/out/book.csv"
}
bank book.csv >"$here/out/book.csv"
is "$(seen "${batch[0]}")" 0 "an amount was changed: the bank sees nothing"
is "$(seen "${batch[1]}")" 0 "an account was changed: the bank sees nothing"
is "$(seen "${batch[2]}")" 0 "two lines were swapped: the bank sees nothing"
is "$(seen "$forged")" 0 "certificates were forged: the bank sees nothing"
is "$(grep -c 0000000000000000001 "$here/out/book.csv")" 0 "a payout was copied under a new id: the bank sees nothing of it"

# ---- what was paid is made ready again ---------------------------------------------------------------------------------------

calls=$(bank stats | ops/demo/results number calls transfers)
repeated=$(bank_number repeated)
as_attacker "update payout.payout_state s set state = 1 from payout.payout p where p.id = s.payout and p.batch = ${batch[5]};
	update payout.dispatch d set state = 'ready' where exists (select from payout.dispatch_range r join payout.payout p
		on p.id between r.first_payout and r.last_payout where r.dispatch = d.id and p.batch = ${batch[5]})"
sleep 3
is "$(bank stats | ops/demo/results number calls transfers) $(bank_number repeated)" "$calls $repeated" \
	"what was paid is made ready again: the bank sees nothing"
is "$(bank_twice)" 0 "nobody was paid twice"
like "$(cat "$logs/chitrad.log")" "duty=teller.*level=error|level=error duty=teller" "and the teller said so loudly"

done_testing
