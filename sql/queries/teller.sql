-- What the teller asks banks beside payments, and what it hands to cash agents.

-- name: inquiry_next
-- duties: teller
-- in: bank text, after bigint, n integer
-- out: id bigint, kind text, bank text, person bigint, sealed bytea, wrapped bytea, id_sealed bytea
-- The bank is asked for the person's ID only when the account is to be the person's own.
select i.id, a.kind, a.bank, a.person, a.sealed, k.wrapped, d.sealed as id_sealed
from register.account_inquiry i
join register.payee_account a on a.id = i.account
join register.person_key k on k.person = a.person
left join lateral (select p.sealed from register.person_id p
	where p.person = a.person and p.kind = 'cccd'
	order by p.replaced_at desc nulls first, p.known_from desc limit 1) d on a.kind = 'self'
where i.bank = $1 and i.id > $2 and not exists (select from register.account_answer w where w.inquiry = i.id)
order by i.id limit $3;

-- name: inquiry_mark
-- duties: teller
-- in:
-- out: upto bigint, oldest bigint, next bigint
-- When nothing waits: the questions up to here need not be looked at again, once every transaction of now has ended (its number is
-- below next, and oldest is not): one with a smaller id may be committed only then.
select (select coalesce(max(i.id), 0) from register.account_inquiry i where i.asked_at < now() - interval '1 minute') as upto,
	pg_snapshot_xmin(s)::text::bigint as oldest, pg_snapshot_xmax(s)::text::bigint as next
from pg_current_snapshot() as s;

-- name: inquiry_answer
-- duties: teller
-- in: inquiries bigint[], statuses text[], holders text[], matches boolean[], message bigint
-- out:
insert into register.account_answer (inquiry, status, holder_name, personal_id_match, message)
select a.inquiry, a.status, a.holder, a.match, $5 from unnest($1, $2, $3, $4) as a(inquiry, status, holder, match)
on conflict (inquiry) do nothing;

-- name: fetch_accounts
-- duties: teller
-- in: bank text
-- out: id bigint, code text, number text, last_day date, today date, wants_credits boolean
-- Which statement comes next, and whether money is expected before it.
select f.id, f.code, f.number, (select max(s.day) from bank.statement s where s.funding_account = f.id) as last_day,
	ops.today() as today,
	exists (select from org.funding_order o where o.funding_account = f.id and o.kind = 'treasury'
		and not exists (select from recon.allocation x where x.funding_order = o.id)
		and not exists (select from bank.intraday_credit x where x.funding_order = o.id)) as wants_credits
from org.funding_account f
where exists (select from org.channel c where c.funding_account = f.id and c.bank = $1 and c.kind = 'bank')
order by f.id;

-- name: cash_people
-- duties: teller
-- in: people bigint[]
-- out: person bigint, wrapped bytea, id_sealed bytea
-- The agent pays who shows this ID.
select k.person, k.wrapped, d.sealed as id_sealed
from register.person_key k
left join lateral (select p.sealed from register.person_id p
	where p.person = k.person and p.kind = 'cccd'
	order by p.replaced_at desc nulls first, p.known_from desc limit 1) d on true
where k.person = any ($1);

-- name: cash_left
-- duties: teller
-- in: n integer, asides bigint[]
-- out: id bigint, epoch integer, channel bigint, channel_code text, bank text, driver text, items_per_message integer
-- Sent to a cash agent, and whoever was to write the list died before it was done. One that may not be written was put off.
select d.id, d.epoch, c.id as channel, c.code as channel_code, c.bank, c.driver, c.items_per_message
from payout.dispatch d
join org.channel c on c.id = d.channel
where d.state = 'sent' and d.owner is null and d.ask_after <= clock_timestamp() and c.kind = 'cash' and d.id <> all ($2)
	and not exists (select from ops.pause p where p.what in ('all', 'bank:' || c.bank)
		or exists (select from payout.dispatch_range r join payout.payout x on x.id = r.first_payout join payout.batch b on b.id = x.batch
			where r.dispatch = d.id and p.what = 'programme:' || b.programme))
order by d.id limit $1
for update of d skip locked;
