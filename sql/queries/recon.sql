-- The scribe: messages by ascending id, what they say about payouts, statements, settlement.

-- name: progress_take
-- duties: scribe
-- in: name text
-- out: upto bigint
-- Who gets the row is the consumer until its transaction ends; another scribe finds nothing to do.
select upto from ops.progress where name = $1 for update skip locked;

-- name: progress_set
-- duties: scribe
-- in: name text, upto bigint
-- out:
update ops.progress set upto = $2 where name = $1 and upto < $2;

-- name: inbox_next
-- duties: scribe
-- in: upto bigint, n integer, bytes bigint
-- out: id bigint, bank text, direction text, kind text, external_id text, sha256 bytea, key bigint, body bytea
-- Callbacks come with their bodies until those make up $3 bytes (the first always does); statements are read page by page.
select m.id, m.bank, m.direction, m.kind, m.external_id, m.sha256, m.key,
	case when m.direction = 'callback' and m.kind = 'status' and sum(octet_length(m.body)) over (order by m.id) <= $3 then m.body
	end as body
from (select * from bank.message where id > $1 order by id limit $2) m
order by m.id;

-- name: inbox_after
-- duties: scribe
-- in: upto bigint
-- out: id bigint
-- By id alone: its row may be what nobody can read.
select m.id from bank.message m where m.id > $1 order by m.id limit 1;

-- name: inbox_message
-- duties: scribe desk
-- in: id bigint
-- out: bank text, external_id text, kind text, key bigint, body bytea
select bank, external_id, kind, key, body from bank.message where id = $1;

-- name: inbox_files
-- duties: scribe
-- in: bank text, external_ids text[]
-- out: id bigint, n bigint, sha256 bytea
-- In the order of their names; those that are not there yet are left out.
select m.id, f.n, m.sha256
from unnest($2) with ordinality as f(external_id, n)
join bank.message m on m.bank = $1 and m.direction = 'file' and m.external_id = f.external_id
order by f.n;

-- name: inbox_key
-- duties: scribe desk
-- in: id bigint
-- out: sealed bytea
select sealed from bank.message_key where id = $1;

-- name: inbox_wait
-- duties: scribe
-- in:
-- out: waited text
select bank.wait_for_writers()::text as waited;

-- name: inbox_last
-- duties: scribe
-- in:
-- out: id bigint
select coalesce(max(id), 0) as id from bank.message;

-- name: heard_payouts
-- duties: scribe
-- in: ids text[]
-- out: n bigint, payout bigint, amount_dong bigint, account_hash bytea, channel_bank text, bank text, salt bytea
-- What was signed for the payments that a bank speaks of, and which bank was to pay them.
select i.n, p.id as payout, p.amount_dong, p.account_hash, c.bank as channel_bank, a.bank, a.salt
from unnest($1) with ordinality as i(id, n)
cross join lateral (select p.id, p.batch, p.amount_dong, p.account_hash, p.payee_account from payout.payout p where p.end_to_end_id = i.id offset 0) as p
join payout.batch b on b.id = p.batch
join org.channel c on c.id = b.channel
left join lateral (select a.bank, a.salt from register.payee_account a where a.id = p.payee_account offset 0) as a on true;

-- ---------------------------------------------------------------- statements

-- name: funding_by_code
-- duties: scribe desk
-- in: code text
-- out: id bigint, bank text, number text, agency text
select f.id, f.bank, f.number, a.code as agency
from org.funding_account f join org.agency a on a.id = f.agency where f.code = $1;

-- name: statement_id_new
-- duties: scribe
-- in:
-- out: id bigint
select nextval('bank.statement_id_seq') as id;

-- name: statement_last
-- duties: scribe desk
-- in: funding bigint
-- out: id bigint, day date, sequence bigint, closing_dong bigint
select id, day, sequence, closing_dong from bank.statement where funding_account = $1 order by day desc limit 1;

-- name: statement_waiting
-- duties: scribe
-- in: skip bigint
-- out: id bigint, bank text, external_id text
-- First pages of days after an account's last statement: they came before the statement between. One that still cannot be taken must
-- not stand in the way of the others, so each round takes another.
select m.id, m.bank, m.external_id
from org.funding_account f
cross join lateral (select s.day from bank.statement s where s.funding_account = f.id order by s.day desc limit 1) last
cross join generate_series(1, 31) as later(days)
cross join lateral (select distinct c.bank from org.channel c where c.funding_account = f.id) c
join bank.message m on m.bank = c.bank and m.direction = 'file' and m.kind = 'statement'
	and m.external_id = f.code || '.' || to_char(last.day + later.days, 'YYYY-MM-DD') || '.1'
order by later.days, m.id
offset $1 limit 1;

-- name: statement_there
-- duties: scribe
-- in: funding bigint, day date
-- out: id bigint, source text
select id, source from bank.statement where funding_account = $1 and day = $2;

-- name: statement_payouts
-- duties: scribe
-- in: funding bigint, ids text[]
-- out: n bigint, payout bigint, amount_dong bigint, account_hash bytea, bank text, salt bytea
-- Which of the ids on a page are payouts of this account, and what was signed for them.
select i.n, p.id as payout, p.amount_dong, p.account_hash, a.bank, a.salt
from unnest($2) with ordinality as i(id, n)
cross join lateral (select p.id, p.batch, p.amount_dong, p.account_hash, p.payee_account from payout.payout p where p.end_to_end_id = i.id offset 0) as p
join payout.batch b on b.id = p.batch
join org.channel c on c.id = b.channel
left join lateral (select a.bank, a.salt from register.payee_account a where a.id = p.payee_account offset 0) as a on true
where c.funding_account = $1;

-- name: funding_orders
-- duties: scribe
-- in: funding bigint
-- out: id bigint, kind text, reference text, amount_dong bigint, channel text, used boolean
select o.id, o.kind, o.reference, o.amount_dong, c.code as channel,
	exists (select from recon.allocation x where x.funding_order = o.id)
		or exists (select from bank.intraday_credit i where i.funding_order = o.id) as used
from org.funding_order o left join org.channel c on c.id = o.channel
where o.funding_account = $1
	and (o.kind not in ('refund', 'unspent') or exists (select from org.refund_confirmed r where r.funding_order = o.id)
		and not exists (select from org.refund_withdrawn w where w.funding_order = o.id))
order by o.id;

-- name: statement_lines_in
-- duties: scribe
-- copy in: bank.statement_line(statement bigint, line integer, detail integer, entry_ref text, direction text, amount_dong bigint, value_date date, end_to_end_id text, payout bigint, amount_fits boolean, account_fits boolean, funding_order bigint, has_details boolean, returned_reason text, text text, message bigint, item integer)

-- name: statement_close
-- duties: scribe
-- in: id bigint, funding bigint, day date, opening bigint, closing bigint, lines integer, pages integer, sequence bigint, source text, complete boolean, chained boolean
-- out:
insert into bank.statement (id, funding_account, day, opening_dong, closing_dong, line_count, pages, sequence, source, complete, chained)
overriding system value values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11);

-- name: intraday_add
-- duties: scribe
-- in: funding bigint, entries text[], amounts bigint[], days date[], orders bigint[], message bigint, items integer[]
-- out: id bigint, n bigint
-- Those that are new, and on no statement yet.
with asked as (
	select c.* from unnest($2, $3, $4, $5, $7) with ordinality as c(entry_ref, amount, day, funding_order, item, n)
	where not exists (select from bank.statement_line l join bank.statement s on s.id = l.statement
			where s.funding_account = $1 and s.day >= c.day and l.entry_ref = c.entry_ref and l.detail = 0)
		and not exists (select from bank.statement s where s.funding_account = $1 and s.day = c.day)
), made as (
	insert into bank.intraday_credit (funding_account, entry_ref, amount_dong, value_date, funding_order, message, item)
	select $1, entry_ref, amount, day, funding_order, $6, item from asked
	on conflict (funding_account, entry_ref) do nothing
	returning id, entry_ref
)
select m.id, a.n from made m join asked a on a.entry_ref = m.entry_ref;

-- name: statement_break_open
-- duties: scribe
-- in: kind text, funding bigint, day date, statement bigint, amount bigint, note text
-- out: id bigint
-- What came back from the archive before its statement did is that statement's, and is not opened again.
with found as (
	update recon.break k set statement = $4 where k.id = (select min(b.id) from recon.break b
		where (b.kind, b.funding_account, b.day, b.amount_dong) = ($1, $2, $3, $5) and num_nonnulls(b.line, b.entry_ref, b.payout, b.statement) = 0)
	returning k.id
)
insert into recon.break (kind, funding_account, day, statement, amount_dong, note)
select $1, $2, $3, $4, $5, $6 where not exists (select from found)
on conflict do nothing
returning id;

-- ---------------------------------------------------------------- settlement

-- name: settle_last
-- duties: scribe
-- in: upto bigint, n integer
-- out: id bigint
-- Where the next n lines end; null: there are none. Lines get their ids from one writer at a time, so what comes later is above. What
-- no statement has closed yet is waited for: the settler that finds nothing of its own goes past its window.
with w as materialized (
	select id, statement from bank.statement_line where id > $1 order by id limit $2
), unclosed as (
	select min(w.id) as id from w where not exists (select from bank.statement s where s.id = w.statement)
)
select max(w.id) as id from w, unclosed u where u.id is null or w.id < u.id;

-- name: settle_next
-- duties: scribe
-- in: settler text, upto bigint, last bigint, n integer
-- out: id bigint, statement bigint, day date, funding bigint, funding_code text, bank text, detail integer, entry_ref text, debit boolean,
--      amount_dong bigint, end_to_end_id text, payout bigint, amount_fits boolean, account_fits boolean,
--      funding_order bigint, booked_dong bigint, has_details boolean, returned_reason text, text text, message bigint, item integer
-- Only lines of closed statements; they are numbered in the order in which their statements were stored.
select l.id, l.statement, s.day, s.funding_account as funding, f.code as funding_code, f.bank, l.detail, l.entry_ref,
	l.direction = 'debit' as debit, l.amount_dong, l.end_to_end_id, l.payout, l.amount_fits, l.account_fits,
	l.funding_order, i.amount_dong as booked_dong, l.has_details, l.returned_reason, l.text, l.message, l.item
from (select * from bank.statement_line where id > $2 and id <= $3 order by id limit $4) l
join bank.statement s on s.id = l.statement
join org.funding_account f on f.id = s.funding_account
left join bank.intraday_credit i on l.direction = 'credit' and l.payout is null and i.funding_account = s.funding_account
	and i.entry_ref = l.entry_ref
where bank.settler_of(l.payout) = $1
order by l.id;

-- name: settle_recovered
-- duties: scribe
-- in:
-- out: recovered boolean
-- Whether the books were ever brought back from the archive: only then may they know a line that nobody settled.
select exists (select from books.txn t where t.idem >= 'recovered.' and t.idem < 'recovered/') as recovered;

-- name: settle_booked
-- duties: scribe
-- in: idems text[]
-- out: n bigint, kind text, amount_dong bigint, break bigint
-- What of it is in the books, as what, and with which amount; of suspense: the break that it waits under.
select i.n, t.kind, abs(p.amount) as amount_dong,
	case t.kind when 'suspense' then substring(convert_from(t.leaf, 'UTF8') from '\nbreak ([0-9]+)\n')::bigint end as break
from unnest($1) with ordinality as i(idem, n)
join books.txn t on t.idem = i.idem
join books.posting p on p.seq = t.seq and p.n = 1;

-- name: settle_found
-- duties: scribe
-- in: breaks bigint[], lines bigint[]
-- out: n bigint
-- Breaks that came back from the archive get their lines; also the one that followed when the first one's resolution was taken back.
update recon.break k set line = f.line
from unnest($1, $2) with ordinality as f(break, line, n)
join recon.break o on o.id = f.break
where k.line is null and (k.id = o.id or (k.funding_account, k.kind, k.entry_ref) = (o.funding_account, o.kind, o.entry_ref))
returning f.n;

-- name: fee_rules
-- duties: scribe
-- in:
-- out: bank text, pattern text, max_dong bigint
select bank, pattern, max_dong from org.fee_rule order by length(pattern) desc, id;

-- name: message_hashes
-- duties: scribe
-- in: ids bigint[]
-- out: id bigint, sha256 bytea
select id, sha256 from bank.message where id = any ($1);

-- name: breaks_of_lines
-- duties: scribe
-- in: lines bigint[]
-- out: line bigint, id bigint
-- The first break of each line: what its money waits for in suspense.
select line, min(id) as id from recon.break where line = any ($1) group by line;

-- name: allocate
-- duties: scribe
-- in: lines bigint[], kinds text[], payouts bigint[], orders bigint[], amounts bigint[]
-- out:
insert into recon.allocation (line, kind, payout, funding_order, amount_dong)
select a.line, a.kind, a.payout, a.funding_order, a.amount
from unnest($1, $2, $3, $4, $5) as a(line, kind, payout, funding_order, amount);

-- ---------------------------------------------------------------- absence

-- name: absence_next
-- duties: scribe
-- in: upto bigint
-- out: id bigint, funding bigint, funding_code text, day date, settled boolean, today date
-- The next statement, and whether each of its lines has been settled.
select s.id, s.funding_account as funding, f.code as funding_code, s.day,
	coalesce((select l.id from bank.statement_line l where l.statement = s.id order by l.line desc, l.detail desc limit 1), 0)
		<= (select min(p.upto) from ops.progress p where p.name like 'settle.%') as settled,
	ops.today() as today
from bank.statement s join org.funding_account f on f.id = s.funding_account
where s.id > $1 order by s.id limit 1;

-- name: absence_payouts
-- duties: scribe
-- in: funding bigint, day date, after bigint, n integer
-- out: payout bigint, finding text, end_to_end_id text, amount_dong bigint
-- Payouts in flight that should be on a statement up to that day and are not. A payment made on a day is on the statement of
-- posting_lag_days later at the latest, counted in statements. absent: their validity ended by then and the chain of complete
-- statements that we fetched is unbroken since they could be paid. overdue: the same, but a debit of their amount that nobody could
-- explain may be theirs. lost_line: credited by then, says the bank. Whose id stands on a line in suspense is not absent.
with unexplained as materialized (
	select l.payout, l.amount_dong, s.day
	from recon.allocation a join bank.statement_line l on l.id = a.line join bank.statement s on s.id = l.statement
	where a.kind = 'suspense' and l.direction = 'debit' and s.funding_account = $1 and exists (
		select from recon.break k where k.line = l.id and not exists (select from recon.break_resolution r where r.break = k.id))
)
select f.payout,
	case when not f.over then 'lost_line'
		when exists (select from unexplained u where u.payout is null and u.amount_dong = f.amount_dong and u.day >= f.not_before)
			then 'overdue'
		else 'absent' end as finding,
	f.end_to_end_id, f.amount_dong
from (
	select p.id as payout, p.end_to_end_id, p.amount_dong, s.state, b.not_before,
		(b.valid_until at time zone 'Asia/Ho_Chi_Minh')::date <= k.upto and not exists (
			select from bank.statement bad where bad.funding_account = $1 and bad.day between b.not_before and $2
				and not (bad.complete and bad.chained and bad.source = 'fetched')) as over,
		k.upto
	from org.channel c
	cross join lateral (select t.day as upto from bank.statement t where t.funding_account = $1 and t.day <= $2
		order by t.day desc offset c.posting_lag_days limit 1) k
	join payout.batch b on b.channel = c.id and b.state = 'released'
	join payout.payout p on p.batch = b.id
	join payout.payout_state s on s.payout = p.id and s.state in (3, 4, 5, 6)
	where c.funding_account = $1 and c.kind = 'bank' and p.id > $3
) f
where (f.over or (f.state = 6 and exists (
		select from payout.payout_move m where m.payout = f.payout and m.to_state = 6 and m.day <= f.upto)))
	and not exists (select from unexplained u where u.payout = f.payout)
order by f.payout limit $4;

-- name: absence_cash
-- duties: scribe
-- in: funding bigint, day date, n integer
-- out: payout bigint, end_to_end_id text, amount_dong bigint
-- What a cash agent was given and has told nothing of, although validity and lag ended by that day: nobody but its signed list can say
-- what became of it.
select p.id as payout, p.end_to_end_id, p.amount_dong
from org.channel c
join payout.batch b on b.channel = c.id and b.state = 'released'
	and (b.valid_until at time zone 'Asia/Ho_Chi_Minh')::date + c.posting_lag_days <= $2
join payout.payout p on p.batch = b.id
join payout.payout_state s on s.payout = p.id and s.state in (3, 4, 5, 6)
where c.funding_account = $1 and c.kind = 'cash'
	and not exists (select from recon.break k where k.payout = p.id and k.kind = 'overdue')
order by p.id limit $3;

-- name: intraday_missing
-- duties: scribe
-- in: funding bigint, day date
-- out: amount_dong bigint
-- Credits that the bank told of on the day itself, that were booked, and that its statement of the day does not have.
select coalesce(sum(i.amount_dong), 0)::bigint as amount_dong
from bank.intraday_credit i
where i.funding_account = $1 and i.value_date = $2 and not exists (
	select from bank.statement s join bank.statement_line l on l.statement = s.id and l.entry_ref = i.entry_ref and l.detail = 0
	where s.funding_account = $1 and s.day between $2 and $2 + 10);

-- name: batch_close_ended
-- duties: scribe desk
-- in: funding bigint
-- out:
update payout.batch b set state = 'closed'
from org.channel c
where c.id = b.channel and c.funding_account = $1 and b.state = 'released' and not exists (
	select from payout.payout p
	left join payout.payout_state s on s.payout = p.id
	left join payout.state t on t.code = s.state
	where p.batch = b.id and not coalesce(t.ended, false));
