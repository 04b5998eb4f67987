-- Reconciliation and reports: read by officers, and by the scribe at the end of a day.

-- name: reconcile_statement
-- duties: desk scribe
-- in: funding bigint, day date
-- out: id bigint, opening_dong bigint, closing_dong bigint, line_count integer, complete boolean, chained boolean, looked_into boolean, debits_dong bigint,
--      debit_count bigint, credits_dong bigint, credit_count bigint
select s.id, s.opening_dong, s.closing_dong, s.line_count, s.complete, s.chained, recon.looked_into(s.id) as looked_into,
	coalesce(sum(l.amount_dong) filter (where l.direction = 'debit'), 0)::bigint as debits_dong,
	count(l.id) filter (where l.direction = 'debit') as debit_count,
	coalesce(sum(l.amount_dong) filter (where l.direction = 'credit'), 0)::bigint as credits_dong,
	count(l.id) filter (where l.direction = 'credit') as credit_count
from bank.statement s
left join bank.statement_line l on l.statement = s.id and l.detail = 0
where s.funding_account = $1 and s.day = $2
group by s.id;

-- name: reconcile_explained
-- duties: desk scribe
-- in: statement bigint
-- out: kind text, lines bigint, amount_dong bigint
-- By what the lines are explained; kind null: line by line, what is left over or explained too often. A line that books many
-- payments is its parts.
with l as materialized (
	select id, direction, amount_dong, payout, message, item from bank.statement_line where statement = $1 and not has_details
), a as materialized (
	select a.line, a.kind, a.amount_dong from recon.allocation a join l on l.id = a.line
), e as materialized (
	select line, kind, amount_dong from a
	union all
	select l.id, case when l.direction = 'debit' then 'payout' else 'return' end, l.amount_dong
	from l
	join payout.payout_move m on m.payout = l.payout and m.message = l.message and m.item = l.item
		and m.to_state = case when l.direction = 'debit' then 7 else 10 end
	where l.payout is not null and not exists (select from a where a.line = l.id)
), by_line as (
	select line, sum(amount_dong)::bigint as amount_dong from e group by line
)
select kind, count(*) as lines, sum(amount_dong)::bigint as amount_dong from e group by kind
union all
select null, count(*) filter (where l.amount_dong is distinct from x.amount_dong),
	coalesce(sum(abs(l.amount_dong - coalesce(x.amount_dong, 0))), 0)::bigint
from l left join by_line x on x.line = l.id
order by 1;

-- name: reconcile_unsettled
-- duties: desk scribe
-- in: funding bigint, day date
-- out: amount_dong bigint
-- Lines of earlier statements that the settler has not reached; those of the day itself are counted line by line.
select coalesce(sum(l.amount_dong), 0)::bigint as amount_dong
from bank.line_waiting l join bank.statement s on s.id = l.statement
where l.detail = 0 and s.funding_account = $1 and s.day < $2;

-- name: reconcile_overdue
-- duties: desk scribe
-- in: funding bigint, day date
-- out: payouts bigint, amount_dong bigint, named_dong bigint
-- In flight past validity and posting lag, or called credited and missing on a statement; and what of it has an open break.
select count(*) as payouts, coalesce(sum(f.amount_dong), 0)::bigint as amount_dong,
	coalesce(sum(f.amount_dong) filter (where f.named), 0)::bigint as named_dong
from (
	select p.amount_dong, (b.valid_until at time zone 'Asia/Ho_Chi_Minh')::date + c.posting_lag_days <= $2 as past,
		exists (select from recon.break k where k.payout = p.id and k.kind = 'lost_line' and k.day <= $2 + 1
			and not exists (select from recon.break_resolution r where r.break = k.id)) as lost,
		exists (select from recon.break k where k.payout = p.id
			and not exists (select from recon.break_resolution r where r.break = k.id)) as named
	from org.channel c
	join payout.batch b on b.channel = c.id and b.state = 'released'
	join payout.payout p on p.batch = b.id
	join payout.payout_state s on s.payout = p.id and s.state in (3, 4, 5, 6)
	where c.funding_account = $1
) f
where f.past or f.lost;

-- name: reconcile_suspense
-- duties: desk scribe
-- in: funding bigint, day date
-- out: named_dong bigint
-- What waits in suspense under a break that was open on that day.
select coalesce(sum(a.amount_dong), 0)::bigint as named_dong
from recon.allocation a
join bank.statement_line l on l.id = a.line
join bank.statement s on s.id = l.statement
where a.kind = 'suspense' and s.funding_account = $1 and s.day <= $2
	and exists (select from recon.break k where k.line = a.line
		and not exists (select from recon.break_resolution r where r.break = k.id and r.day <= $2))
	and not exists (select from recon.break k join recon.break_resolution r on r.break = k.id
		where k.line = a.line and r.outcome <> 'without_entry' and r.day <= $2 and recon.stands(r.break));

-- name: reconcile_books
-- duties: desk scribe
-- in: accounts text[], day date
-- out: code text, balance_dong bigint
-- As booked up to an effective day, debit positive; accounts that are not there are 0.
select c.code, coalesce(sum(d.moved), 0)::bigint as balance_dong
from unnest($1) as c(code)
left join books.ledger_account a on a.code = c.code
left join books.balance_day d on d.account = a.id and d.day <= $2
group by c.code;

-- name: reconcile_in_flight
-- duties: desk scribe
-- in: funding bigint, account text
-- out: booked_dong bigint, payouts_dong bigint
-- What is on its way as the books and as the payouts say it, in one look: both change in the same transactions.
select coalesce((select -b.balance from books.ledger_account a join books.balance b on b.account = a.id where a.code = $2), 0) as booked_dong,
	coalesce((select sum(p.amount_dong) from payout.payout_state s
		join payout.payout p on p.id = s.payout
		join payout.batch b on b.id = p.batch
		join org.channel c on c.id = b.channel and c.funding_account = $1
		where s.state in (3, 4, 5, 6)), 0)::bigint as payouts_dong;

-- name: reconcile_other_days
-- duties: desk scribe
-- in: funding bigint, day date
-- out: amount_dong bigint
-- What a closing balance and the books up to that day differ by when all is well: credits booked on the day that the bank told of, and on
-- another day's statement.
select coalesce(sum(i.amount_dong * case when s.day <= $2 then -1 else 1 end), 0)::bigint as amount_dong
from bank.statement s
join bank.intraday_credit i on i.funding_account = s.funding_account and (s.day <= $2) <> (i.value_date <= $2)
where s.funding_account = $1 and s.day between $2 - 10 and $2 + 10
	and exists (select from bank.statement_line l where l.statement = s.id and l.entry_ref = i.entry_ref and l.detail = 0
		and l.direction = 'credit');

-- name: reconcile_breaks
-- duties: desk scribe
-- in: funding bigint, day date
-- out: id bigint, kind text, amount_dong bigint, day date, age_days integer, entry_ref text, end_to_end_id text, note text
-- Those open on that day, oldest first; a line's from its statement's day on.
select k.id, k.kind, k.amount_dong, k.day, ops.today() - k.day as age_days, l.entry_ref, p.end_to_end_id, k.note
from recon.break k
left join bank.statement_line l on l.id = k.line
left join bank.statement s on s.id = l.statement
left join payout.payout p on p.id = k.payout
where k.funding_account = $1 and not exists (select from recon.break_resolution r where r.break = k.id and r.day <= $2)
	and (k.line is null or s.day <= $2)
order by k.id;

-- name: reconciliation_add
-- duties: desk scribe
-- in: funding bigint, day date, statement bigint, opening bigint, debits bigint, credits bigint, closing bigint,
--     unallocated bigint, overdue bigint, suspense bigint, unexplained bigint, breaks integer, result text
-- out: id bigint
insert into recon.reconciliation (funding_account, day, statement, opening_dong, debits_dong, credits_dong, closing_dong,
	unallocated_dong, overdue_dong, suspense_dong, unexplained_dong, breaks, result)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
returning id;

-- ---------------------------------------------------------------- reports of a period

-- name: report_people
-- duties: desk scribe
-- in: period date, area_day date
-- out: programme text, ward text, on_list bigint, payable bigint, cash_wish bigint, cash_want bigint, held bigint, exceptions bigint,
--      ended bigint, open bigint, settled bigint, returned bigint, rejected bigint, not_paid bigint, settled_payouts bigint,
--      settled_dong bigint, returned_dong bigint, unexplained_dong bigint, ward_name text
-- People of the period's lists, each once, by programme and ward: that of the list, or (area_day) what register.listed says of that day.
-- payable: by account. A person is where the worst of their claims is. Rows that were merged are one person; the second claim for the same thing
-- is none, unless it was paid: that money is out.
with listed as materialized (
	select l.person, l.programme, l.ward from register.listed($1, $2) l
), claims as materialized (
	select coalesce(m.root, c.person) as person, c.programme, c.id, p.id as payout, p.payee_account, p.amount_dong, s.state
	from payout.claim c
	left join register.person m on m.id = c.person and m.root is not null
	left join lateral (select p.id, p.payee_account, p.amount_dong from payout.payout p where p.claim = c.id
		order by p.issue desc limit 1) p on true
	left join payout.payout_state s on s.payout = p.id
	where c.pay_period = $1 and not exists (select from payout.claim_void v where v.claim = c.id)
		and not exists (select from register.surplus x where x.claim = c.id and not x.undone and s.state is distinct from 7)
), suspended as materialized (
	select a.payout, sum(a.amount_dong)::bigint as dong from recon.suspended a where a.payout is not null group by a.payout
), overdue as materialized (
	select p.id as payout, p.amount_dong as dong
	from payout.batch b join org.channel c on c.id = b.channel
	join payout.payout p on p.batch = b.id
	join payout.payout_state s on s.payout = p.id and s.state in (3, 4, 5, 6)
	where b.state = 'released' and b.period = $1
		and (b.valid_until at time zone 'Asia/Ho_Chi_Minh')::date + c.posting_lag_days < ops.today()
), blocked as materialized (
	select distinct coalesce(m.root, w.person) as person, w.programme from register.waiting w
	left join register.person m on m.id = w.person and m.root is not null where w.period = $1
), wishes as materialized (
	select distinct on (q.person, q.programme) q.person, q.programme, q.method from register.pay_preference q where q.since <= ops.today()
	order by q.person, q.programme, q.since desc, q.id desc
), person as (
	select l.person, l.programme, l.ward, b.person is not null as is_blocked,
		coalesce(w.method = 'cash', false) as wants_cash,
		count(c.id) as claims, count(c.payout) as payouts,
		bool_or(c.payout is not null and c.payee_account is null) as cash,
		coalesce(bool_or(c.state = 2), false) as held,
		coalesce(bool_or(c.state = 10), false) as returned,
		coalesce(bool_or(c.state = 8), false) as rejected,
		coalesce(bool_or(c.state = 9), false) as not_paid,
		coalesce(bool_and(c.state = 7), false) as settled,
		count(*) filter (where c.state = 7) as settled_payouts,
		coalesce(sum(c.amount_dong) filter (where c.state = 7), 0)::bigint as settled_dong,
		coalesce(sum(c.amount_dong) filter (where c.state = 10), 0)::bigint as returned_dong,
		coalesce(sum(s.dong), 0)::bigint + coalesce(sum(o.dong), 0)::bigint as unexplained_dong
	from listed l
	left join claims c on c.person = l.person and c.programme = l.programme
	left join blocked b on b.person = l.person and b.programme = l.programme
	left join wishes w on w.person = l.person and w.programme = l.programme
	left join suspended s on s.payout = c.payout
	left join overdue o on o.payout = c.payout
	group by l.person, l.programme, l.ward, b.person, w.method
)
select programme, ward, count(*) as on_list,
	count(*) filter (where payouts > 0 and not cash) as payable,
	count(*) filter (where payouts > 0 and cash and wants_cash) as cash_wish,
	count(*) filter (where payouts > 0 and cash and not wants_cash) as cash_want,
	count(*) filter (where held) as held,
	count(*) filter (where payouts = 0 and is_blocked) as exceptions,
	count(*) filter (where claims = 0 and not is_blocked) as ended,
	count(*) filter (where claims > 0 and payouts = 0 and not is_blocked) as open,
	count(*) filter (where settled) as settled,
	count(*) filter (where returned) as returned,
	count(*) filter (where rejected and not returned) as rejected,
	count(*) filter (where not_paid and not returned and not rejected) as not_paid,
	sum(settled_payouts)::bigint as settled_payouts,
	sum(settled_dong)::bigint as settled_dong,
	sum(returned_dong)::bigint as returned_dong,
	sum(unexplained_dong)::bigint as unexplained_dong,
	register.area_name(ward, coalesce($2, $1)) as ward_name
from person
group by programme, ward
order by programme, ward;

-- name: report_whole
-- duties: desk scribe
-- in: period date
-- out: rejected_rows bigint, in_flight_dong bigint, payouts_in_flight_dong bigint, suspense_dong bigint, sum_dong bigint,
--      ledger_seq bigint, checkpoint_size bigint, checkpoint_root bytea, today date
-- The books and the lists as they stand; balances are debit positive.
select (select count(*) from register.import_row r join register.import_file f on f.id = r.file
		where f.period = $1 and f.kind = 'payment_list' and r.status = 'rejected') as rejected_rows,
	(select coalesce(-sum(b.balance), 0)::bigint from books.balance b join books.ledger_account a on a.id = b.account
		where a.code like 'liabilities:in-flight:%') as in_flight_dong,
	(select coalesce(sum(p.amount_dong), 0)::bigint from payout.payout_state s join payout.payout p on p.id = s.payout
		where s.state in (3, 4, 5, 6)) as payouts_in_flight_dong,
	(select coalesce(sum(abs(b.balance)), 0)::bigint from books.balance b join books.ledger_account a on a.id = b.account
		where a.code ~ '^(assets:suspense-debit|liabilities:suspense-credit):') as suspense_dong,
	(select coalesce(sum(b.balance), 0)::bigint from books.balance b) as sum_dong,
	(select c.next_seq from books.counter c) as ledger_seq,
	coalesce((select max(k.size) from books.checkpoint k), 0) as checkpoint_size,
	(select h.root from books.tree_head h where h.size = (select max(k.size) from books.checkpoint k)) as checkpoint_root,
	ops.today() as today;

-- name: report_unallocated
-- duties: desk scribe
-- in:
-- out: amount_dong bigint
-- Statement lines that the settler has not reached.
select coalesce(sum(l.amount_dong), 0)::bigint as amount_dong
from bank.line_waiting l where l.detail = 0;

-- name: report_overdue
-- duties: desk scribe
-- in:
-- out: amount_dong bigint
-- Without an end though validity and posting lag are over, or missing on a statement although called credited.
select coalesce(sum(p.amount_dong), 0)::bigint as amount_dong
from payout.batch b join org.channel c on c.id = b.channel
join payout.payout p on p.batch = b.id
join payout.payout_state s on s.payout = p.id and s.state in (3, 4, 5, 6)
where b.state = 'released' and ((b.valid_until at time zone 'Asia/Ho_Chi_Minh')::date + c.posting_lag_days < ops.today()
	or exists (select from recon.break k where k.payout = p.id and k.kind = 'lost_line'
		and not exists (select from recon.break_resolution r where r.break = k.id)));

-- name: report_lines
-- duties: desk
-- in: after bigint, n integer
-- out: id bigint, account text, date date, entry_ref text, direction text, amount_dong bigint, end_to_end_id text
-- Statement lines as the bank booked them, page by page.
select l.id, f.number as account, s.day as date, l.entry_ref, l.direction, l.amount_dong, l.end_to_end_id
from (select * from bank.statement_line where id > $1 order by id limit $2) l
join bank.statement s on s.id = l.statement
join org.funding_account f on f.id = s.funding_account
where l.detail = 0
order by l.id;

-- name: report_lines_last
-- duties: desk
-- in: after bigint, n integer
-- out: last bigint
select coalesce(max(id), 0) as last from (select id from bank.statement_line where id > $1 order by id limit $2) l;

-- name: report_settled
-- duties: desk
-- in: period date, after bigint, n integer
-- out: payout bigint, end_to_end_id text, amount_dong bigint, state text, account bigint, person bigint, bank text, sealed bytea,
--      wrapped bytea, value_date date, entry text
-- Payouts with an end, page by page; value date and entry are those of the ledger's receipt.
select p.id as payout, p.end_to_end_id, p.amount_dong, st.name as state, a.id as account, a.person, a.bank, a.sealed, k.wrapped,
	t.effective as value_date, substring(convert_from(t.leaf, 'UTF8') from '\nentry ([^\n]*)\n') as entry
from payout.payout p
join payout.batch b on b.id = p.batch
join payout.payout_state s on s.payout = p.id
join payout.state st on st.code = s.state
left join register.payee_account a on a.id = p.payee_account
left join register.person_key k on k.person = a.person
left join books.txn t on t.idem = 'p' || p.id || '.settled'
where b.period = $1 and p.id > $2 and st.ended
order by p.id limit $3;
