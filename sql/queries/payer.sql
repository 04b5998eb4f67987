-- The payer: agencies, accounts, channels, expected money; and a sandbox's clock.

-- name: agencies_put
-- duties: owner
-- in: codes text[], names text[]
-- out: fresh bigint, wrong text
-- Each of these queries adds what is missing and names the first that is there as something else.
with mine as (select * from unnest($1, $2) as x(code, name_vi)),
added as (insert into org.agency (code, name_vi) select code, name_vi from mine on conflict do nothing returning code)
select (select count(*) from added) as fresh,
	(select m.code from mine m join org.agency a on a.code = m.code where a.name_vi <> m.name_vi limit 1) as wrong;

-- name: funding_accounts_put
-- duties: owner
-- in: codes text[], agencies text[], banks text[], numbers text[]
-- out: fresh bigint, wrong text
with mine as (
	select x.code, a.id as agency, x.bank, x.number
	from unnest($1, $2, $3, $4) as x(code, agency, bank, number) left join org.agency a on a.code = x.agency
), added as (
	insert into org.funding_account (code, agency, bank, number) select code, agency, bank, number from mine
	on conflict do nothing returning code
)
select (select count(*) from added) as fresh,
	(select m.code from mine m where not exists (select from added a where a.code = m.code) and not exists (
		select from org.funding_account f
		where (f.code, f.agency, f.bank, f.number) = (m.code, m.agency, m.bank, m.number)) limit 1) as wrong;

-- name: programmes_put
-- duties: owner
-- in: codes text[], names text[], agencies text[], accounts text[]
-- out: fresh bigint, wrong text
with mine as (
	select x.code, x.name_vi, a.id as agency, f.id as account
	from unnest($1, $2, $3, $4) as x(code, name_vi, agency, account)
	left join org.agency a on a.code = x.agency left join org.funding_account f on f.code = x.account and f.agency = a.id
), named as (
	insert into rules.programme (code, name_vi) select code, name_vi from mine where name_vi is not null on conflict do nothing
), added as (
	insert into org.programme_agency (programme, agency, funding_account) select code, agency, account from mine
	on conflict do nothing returning programme
)
select (select count(*) from added) as fresh,
	(select m.code from mine m where not exists (select from added a where a.programme = m.code) and not exists (
		select from org.programme_agency p
		where (p.programme, p.agency, p.funding_account) = (m.code, m.agency, m.account)) limit 1) as wrong;

-- name: channels_put
-- duties: owner
-- in: codes text[], kinds text[], accounts text[], banks text[], drivers text[], deduplicates boolean[], dedupe_days integer[],
--     honours_valid_until boolean[], posting_lag_days integer[], items_per_message integer[], valid_hours integer[], agent_keys bytea[]
-- out: fresh bigint, wrong text
with mine as (
	select x.code, x.kind, f.id as account, x.bank, x.driver, x.dedup, x.days, x.honours, x.lag, x.items, x.hours, x.key
	from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
		as x(code, kind, account, bank, driver, dedup, days, honours, lag, items, hours, key)
	left join org.funding_account f on f.code = x.account
), added as (
	insert into org.channel (code, kind, funding_account, bank, driver, deduplicates, dedupe_days, honours_valid_until,
		posting_lag_days, items_per_message, valid_hours, agent_key)
	select code, kind, account, bank, driver, dedup, days, honours, lag, items, hours, key from mine
	on conflict do nothing returning code
)
select (select count(*) from added) as fresh,
	(select m.code from mine m where not exists (select from added a where a.code = m.code) and not exists (
		select from org.channel c
		where (c.code, c.kind, c.funding_account, c.bank, c.driver, c.deduplicates, c.dedupe_days, c.honours_valid_until,
			c.posting_lag_days, c.items_per_message, c.valid_hours) =
			(m.code, m.kind, m.account, m.bank, m.driver, m.dedup, m.days, m.honours, m.lag, m.items, m.hours)
		and c.agent_key is not distinct from m.key) limit 1) as wrong;

-- name: fee_rules_put
-- duties: owner
-- in: banks text[], patterns text[], most bigint[]
-- out: fresh bigint, wrong text
with mine as (select * from unnest($1, $2, $3) as x(bank, pattern, most)),
added as (
	insert into org.fee_rule (bank, pattern, max_dong) select bank, pattern, most from mine on conflict do nothing returning pattern
)
select (select count(*) from added) as fresh,
	(select m.pattern from mine m join org.fee_rule f on f.bank = m.bank and f.pattern = m.pattern where f.max_dong <> m.most
		limit 1) as wrong;

-- name: fund_expect
-- duties: desk
-- in: account text, kind text, channel text, reference text, amount_dong bigint, officer bigint
-- out: agency text, fresh boolean, same boolean, withdrawn boolean
-- Money to or from an agent goes by the agent's channel: the one that was named, or the account's only cash channel; the treasury's by none.
with here as (
	select f.id, a.code as agency, case when $2 in ('agent_advance', 'agent_return') then (
		select case when count(*) = 1 then min(c.id) end from org.channel c
		where c.kind = 'cash' and c.funding_account = f.id and ($3 is null or c.code = $3)) end as channel
	from org.funding_account f join org.agency a on a.id = f.agency where f.code = $1
), added as (
	insert into org.funding_order (funding_account, kind, channel, reference, amount_dong, made_by)
	select id, $2, channel, $4, $5, $6 from here on conflict do nothing returning id
)
select h.agency, exists (select from added) as fresh,
	exists (select from added) or exists (
		select from org.funding_order o where o.funding_account = h.id and o.reference = $4 and o.kind = $2
			and o.amount_dong = $5 and o.channel is not distinct from h.channel) as same,
	exists (select from org.funding_order o join org.refund_withdrawn w on w.funding_order = o.id
		where o.funding_account = h.id and o.reference = $4) as withdrawn
from here h;

-- name: fund_confirm
-- duties: desk
-- in: account text, reference text
-- out: confirmed boolean
-- Another officer than the one who gave it says the same refund: then a statement's debit may be it.
with o as (
	select o.id, o.made_by, exists (select from org.refund_confirmed c where c.funding_order = o.id) as done
	from org.funding_order o join org.funding_account f on f.id = o.funding_account where f.code = $1 and o.reference = $2
), added as (
	insert into org.refund_confirmed (funding_order, officer) select o.id, auth.me() from o where not o.done and o.made_by <> auth.me()
	returning funding_order
)
select o.done or exists (select from added) as confirmed from o;

-- name: fund_withdraw
-- duties: desk
-- in: account text, reference text, reason text
-- out: known boolean, amount_dong bigint, fresh boolean
-- A refund that is not to be paid after all.
with o as (
	select o.id, o.amount_dong from org.funding_order o join org.funding_account f on f.id = o.funding_account where f.code = $1 and o.reference = $2
), added as (
	insert into org.refund_withdrawn (funding_order, officer, reason) select o.id, auth.me(), $3 from o
	where not exists (select from org.refund_withdrawn w where w.funding_order = o.id)
	returning funding_order
)
select exists (select from o) as known, (select o.amount_dong from o) as amount_dong, exists (select from added) as fresh;

-- name: fund_list
-- duties: desk
-- in:
-- out: account text, kind text, channel text, reference text, amount_dong bigint, made_at timestamptz, maker text, booked boolean,
--      waits boolean, withdrawn boolean
-- booked: a statement line that names the order was allocated. waits: a refund that no second officer has confirmed. withdrawn: one that
-- is not paid after all.
select f.code as account, o.kind, c.code as channel, o.reference, o.amount_dong, o.made_at, w.login as maker,
	exists (
		select from bank.statement_line l join recon.allocation a on a.line = l.id
		where l.funding_order = o.id and a.kind <> 'suspense') as booked,
	o.kind in ('refund', 'unspent') and x.funding_order is null
		and not exists (select from org.refund_confirmed c where c.funding_order = o.id) as waits,
	x.funding_order is not null as withdrawn
from org.funding_order o
join org.funding_account f on f.id = o.funding_account
left join org.channel c on c.id = o.channel
left join org.refund_withdrawn x on x.funding_order = o.id
join auth.officer w on w.id = o.made_by
order by o.id;

-- name: fund_accounts
-- duties: desk
-- in:
-- out: code text, agency text, bank text, number text, promised_dong bigint
-- promised: what of its advance goes back to the treasury.
select f.code, a.code as agency, f.bank, f.number, org.promised('liabilities:advance:' || f.code) as promised_dong
from org.funding_account f join org.agency a on a.id = f.agency order by f.id;

-- name: clock_look
-- duties: desk
-- in:
-- out: sandbox boolean, now timestamptz, today date
select sandbox, ops.now() as now, ops.today() as today from ops.instance;

-- name: clock_move
-- duties: desk
-- in: to_instant timestamptz
-- out: now timestamptz
-- The guard refuses it outside a sandbox, and backwards.
update ops.instance set clock_offset = $1 - now() returning now() + clock_offset as now;

-- name: genesis_leaf
-- duties: desk, scribe, owner
-- in:
-- out: leaf bytea, next_seq bigint
select (select leaf from books.txn where idem = 'genesis') as leaf, next_seq from books.counter;
