-- The life of payouts: what evidence finds, and what it does.

-- name: outcome_lock
-- duties: teller scribe desk
-- in: payouts bigint[]
-- out: payout bigint, state smallint, batch bigint, amount_dong bigint, end_to_end_id text, line_hash bytea
-- Always in id order, so that two jobs that touch the same payouts wait for each other and never deadlock. `offset 0`: some hundred
-- rows are looked up by index, whatever old statistics say.
select s.payout, s.state, p.batch, p.amount_dong, p.end_to_end_id, p.line_hash
from (select distinct x from unnest($1) as x order by x) as w
cross join lateral (select s.payout, s.state from payout.payout_state s where s.payout = w.x offset 0 for update) as s
cross join lateral (select p.batch, p.amount_dong, p.end_to_end_id, p.line_hash from payout.payout p where p.id = s.payout offset 0) as p
order by w.x;

-- name: outcome_batches
-- duties: teller scribe desk
-- in: batches bigint[]
-- out: batch bigint, agency text, programme text, channel text, cash boolean, funding text, funding_id bigint,
--      honours_valid_until boolean, today date
-- What the payouts of a batch have in common, in id order.
select b.id as batch, a.code as agency, b.programme, c.code as channel, c.kind = 'cash' as cash, f.code as funding, f.id as funding_id,
	c.honours_valid_until, (select ops.today()) as today
from payout.batch b
join org.agency a on a.id = b.agency
join org.channel c on c.id = b.channel
join org.funding_account f on f.id = c.funding_account
where b.id = any ($1)
order by b.id;

-- name: outcome_move
-- duties: teller scribe desk
-- in: payouts bigint[], from_states smallint[], to_states smallint[], cause smallint, messages bigint[], items integer[],
--     dispatch bigint
-- out: payout bigint
select payout.move($1, $2, $3, $4, $5, $6, $7) as payout;

-- name: break_open
-- duties: teller scribe desk
-- in: kinds text[], fundings bigint[], day date, lines bigint[], payouts bigint[], amounts bigint[], notes text[]
-- out: id bigint, kind text, funding bigint, amount_dong bigint, payout bigint, line bigint
-- A break that is already there stays as it is: its age counts from the first time.
insert into recon.break (kind, funding_account, day, line, payout, amount_dong, note)
select kind, funding, $3, line, payout, amount, note
from unnest($1, $2, $4, $5, $6, $7) as b(kind, funding, line, payout, amount, note)
on conflict do nothing
returning id, kind, funding_account as funding, amount_dong, payout, line;

-- name: payouts_by_end_to_end_id
-- duties: scribe desk teller
-- in: ids text[]
-- out: end_to_end_id text, payout bigint, amount_dong bigint, account_hash bytea, bank text, salt bytea
select p.end_to_end_id, p.id as payout, p.amount_dong, p.account_hash, a.bank, a.salt
from unnest($1) as i(id)
cross join lateral (select p.id, p.end_to_end_id, p.amount_dong, p.account_hash, p.payee_account from payout.payout p where p.end_to_end_id = i.id offset 0) as p
left join lateral (select a.bank, a.salt from register.payee_account a where a.id = p.payee_account offset 0) as a on true;

-- name: business_day_now
-- duties: teller scribe desk
-- in:
-- out: today date, now timestamptz
select ops.today() as today, ops.now() as now;
