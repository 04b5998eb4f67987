-- Reconciliation and reports: read by officers, and by the scribe at the end of a day.

-- name: reconcile_statement
-- duties: desk scribe
-- in: funding bigint, day date
-- out: id bigint, opening_dong bigint, closing_dong bigint, line_count integer, complete boolean, chained boolean, debits_dong bigint,
--      debit_count bigint, credits_dong bigint, credit_count bigint
select s.id, s.opening_dong, s.closing_dong, s.line_count, s.complete, s.chained,
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
-- By what the lines are explained. A line that books many payments is its parts.
with l as materialized (
	select id, direction, amount_dong, payout, message, item from bank.statement_line where statement = $1 and not has_details
), a as materialized (
	select a.line, a.kind, a.amount_dong from recon.allocation a join l on l.id = a.line
)
select kind, count(*) as lines, sum(amount_dong)::bigint as amount_dong from a group by kind
union all
select case when l.direction = 'debit' then 'payout' else 'return' end as kind, count(*) as lines, sum(l.amount_dong)::bigint as amount_dong
from l
join payout.payout_move m on m.payout = l.payout and m.message = l.message and m.item = l.item
	and m.to_state = case when l.direction = 'debit' then 7 else 10 end
where l.payout is not null and not exists (select from a where a.line = l.id)
group by 1
order by 1;

-- name: reconcile_unsettled
-- duties: desk scribe
-- in: funding bigint, day date
-- out: amount_dong bigint
-- Lines of earlier statements that the settler has not reached; those of the day itself are counted line by line.
select coalesce(sum(l.amount_dong), 0)::bigint as amount_dong
from bank.statement_line l join bank.statement s on s.id = l.statement
where l.id > (select upto from ops.progress where name = 'settle') and l.detail = 0
	and s.funding_account = $1 and s.day < $2;

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
-- What waits in suspense under an open break.
select coalesce(sum(a.amount_dong), 0)::bigint as named_dong
from recon.allocation a
join bank.statement_line l on l.id = a.line
join bank.statement s on s.id = l.statement
where a.kind = 'suspense' and s.funding_account = $1 and l.value_date <= $2
	and exists (select from recon.break k where k.line = a.line
		and not exists (select from recon.break_resolution r where r.break = k.id));

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

-- name: reconcile_other_days
-- duties: desk scribe
-- in: funding bigint, day date
-- out: amount_dong bigint
-- What a closing balance and the books up to that value date differ by when all is well: lines with another value date than their
-- statement's day. Credit positive.
select coalesce(sum(case when l.direction = 'credit' then l.amount_dong else -l.amount_dong end
	* case when s.day <= $2 then -1 else 1 end), 0)::bigint as amount_dong
from bank.statement s join bank.statement_line l on l.statement = s.id and l.detail = 0
where s.funding_account = $1 and s.day between $2 - 10 and $2 + 10 and (s.day <= $2) <> (l.value_date <= $2);

-- name: reconcile_breaks
-- duties: desk scribe
-- in: funding bigint, day date
-- out: id bigint, kind text, amount_dong bigint, day date, age_days integer, entry_ref text, end_to_end_id text, note text
-- Open ones, oldest first.
select k.id, k.kind, k.amount_dong, k.day, ops.today() - k.day as age_days, l.entry_ref, p.end_to_end_id, k.note
from recon.break k
left join bank.statement_line l on l.id = k.line
left join payout.payout p on p.id = k.payout
where k.funding_account = $1 and not exists (select from recon.break_resolution r where r.break = k.id)
	and (k.line is null or l.value_date <= $2)
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
