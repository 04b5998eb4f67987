-- Periods: a month of an agency's books that two officers closed. What comes later keeps its day and is marked late.
--
-- The month is that of the effective day. The text of a closed period is made here, from the books and the payouts, when the first officer
-- proposes and again when the second confirms; ledger/books/period.md says it byte for byte.

set local role chitra_owner;

-- Whose account it is; null: nobody's that we know.
create function books.agency_of(account text) returns text language sql stable security definer
set search_path = pg_catalog
as $$
	select case
		when account ~ '^(assets:clawback|liabilities:(payable|unclaimed)|expenses:(benefit|loss)|income:funding|equity:closed):'
			then split_part(account, ':', 3)
		when account like 'assets:agent:%' then (select a.code from org.channel c
			join org.funding_account f on f.id = c.funding_account join org.agency a on a.id = f.agency where c.code = split_part(account, ':', 3))
		else (select a.code from org.funding_account f join org.agency a on a.id = f.agency where f.code = split_part(account, ':', 3)) end
$$;

-- What the leaves say is closed; one row for each leaf `close`, also for those that came back from the archive.
create table books.closed (
	seq bigint primary key,
	agency text collate "C" not null,
	period date not null check (extract(day from period) = 1),
	unique (agency, period)
);

-- The month in which an agency's books begin; null: they are empty. Once a month is closed none begins before it: what a statement tells of
-- an earlier day is late.
create function books.began(agency text) returns date language sql stable security definer
set search_path = pg_catalog
as $$
	select coalesce((select min(c.period) from books.closed c where c.agency = began.agency),
		(select date_trunc('month', min((select min(d.day) from books.balance_day d where d.account = a.id)))::date
			from books.ledger_account a where books.agency_of(a.code) = began.agency))
$$;

-- What was closed, as the two officers saw it.
create table ops.period_proposal (
	id bigint generated always as identity primary key,
	agency text collate "C" not null,
	period date not null check (extract(day from period) = 1),
	sha256 bytea not null check (length(sha256) = 32),	-- of the text that the officer saw
	officer bigint not null references auth.officer,
	at timestamptz not null default clock_timestamp()
);
create index on ops.period_proposal (agency, period, id);
create trigger by_me after insert on ops.period_proposal referencing new table as fresh
	for each statement execute function auth.guard_actor('officer');
create table ops.period_text (
	agency text collate "C" not null,
	period date not null check (extract(day from period) = 1),
	size bigint not null,			-- of the checkpoint that covers all of it
	root bytea not null check (length(root) = 32),
	text text not null,
	first_officer bigint references auth.officer,	-- null: made again after a restore, as the leaf says
	second_officer bigint references auth.officer,
	at timestamptz not null default now(),
	primary key (agency, period),
	check (first_officer <> second_officer and (first_officer is null) = (second_officer is null))
);
create trigger second_is_me after insert on ops.period_text referencing new table as fresh
	for each statement execute function auth.guard_actor('second_officer');
call ops.append_only('books.closed', 'ops.period_proposal', 'ops.period_text');

-- ---------------------------------------------------------------- late

-- The newest month that each account's agency has closed; null: none.
create function books.closed_of(accounts text[]) returns table (n bigint, period date) language sql stable security definer
set search_path = pg_catalog
as $$
	select i.n, (select max(c.period) from books.closed c where c.agency = books.agency_of(i.account))
	from unnest(closed_of.accounts) with ordinality as i(account, n)
$$;

-- An agency had closed the day's month, or a later one, before the transaction: any whose accounts it moves; where it moves nothing, that of the
-- funding account which it is about. Then it is late, and is told of in the reports of the month after the newest one closed. Null: it is not.
create function books.reported(seq bigint, effective date, legs smallint, leaf bytea) returns date language sql stable security definer
set search_path = pg_catalog
as $$
	select (max(c.period) + interval '1 month')::date from books.closed c
		where c.seq < reported.seq and c.period >= date_trunc('month', reported.effective)::date and c.agency in (
			select books.agency_of(a.code) from books.posting p join books.ledger_account a on a.id = p.account where p.seq = reported.seq
			union all
			select books.agency_of('assets:bank:' || substring(convert_from(reported.leaf, 'UTF8') from '\nfunding-account ([^\n]*)\n'))
			where reported.legs = 0)
$$;
create index txn_late on books.txn (seq) where late;
create view books.late as
	select t.seq, t.effective, books.reported(t.seq, t.effective, t.legs, t.leaf) as reported, t.kind, t.legs, t.leaf, t.leaf_hash
	from books.txn t where t.late;

-- A leaf that closes a period says so in books.closed; a leaf for a closed one is late, and no other is. Named so that it runs before `guard`.
create function books.guard_late() returns trigger language plpgsql security definer
set search_path = pg_catalog
as $$
declare
	newest date;
	bad bigint;
begin
	insert into books.closed (seq, agency, period)
		select f.seq, substring(convert_from(f.leaf, 'UTF8') from '\nagency ([^\n]*)\n'),
			(substring(convert_from(f.leaf, 'UTF8') from '\nperiod ([^\n]*)\n') || '-01')::date
		from fresh f where f.kind = 'close';
	select max(c.period) into newest from books.closed c;
	select f.seq into bad from fresh f
		where (f.late or f.effective < newest + interval '1 month')
			and f.late is distinct from (books.reported(f.seq, f.effective, f.legs, f.leaf) is not null)
		order by f.seq limit 1;
	if found then
		raise exception 'late: ledger transaction % is late exactly when its period was closed before it', bad using errcode = 'CH001';
	end if;
	return null;
end $$;
create trigger a_late after insert on books.txn referencing new table as fresh
	for each statement execute function books.guard_late();

-- ---------------------------------------------------------------- what stands at the end of a period

-- All of these look at transactions of up to that day below that size.

create function books.period_accounts(agency text, last date, size bigint) returns table (account text, family text, place text, balance bigint)
language sql stable security definer
set search_path = pg_catalog
as $$
	select a.code, substring(a.code from '^([a-z-]+:[a-z-]+):'), substring(a.code from '^[a-z-]+:[a-z-]+:(.*)$'),
		(sum(d.moved) - coalesce((select sum(p.amount) from books.txn t join books.posting p on p.seq = t.seq
			where t.seq >= period_accounts.size and t.effective <= period_accounts.last and p.account = a.id), 0))::bigint
	from books.ledger_account a join books.balance_day d on d.account = a.id and d.day <= period_accounts.last
	where books.agency_of(a.code) = period_accounts.agency
	group by a.id, a.code
$$;

-- Each payout that was sent by then and has no end by then.
create function books.period_in_flight(agency text, last date, size bigint) returns table (funding text, id text, line_hash bytea, amount bigint)
language sql stable security definer
set search_path = pg_catalog
set plan_cache_mode = force_custom_plan
as $$
	with mine as materialized (
		select c.id as channel, f.code from org.channel c join org.funding_account f on f.id = c.funding_account
			join org.agency a on a.id = f.agency where a.code = period_in_flight.agency
	), maybe as (	-- what has no end yet stands in a batch that is not closed; what ended later has a leaf that is later
		select p.id from payout.batch b join payout.payout p on p.batch = b.id join payout.payout_state s on s.payout = p.id
			join payout.state x on x.code = s.state
			where b.state in ('approved', 'released') and b.channel in (select mine.channel from mine) and x.in_flight
		union
		select substring(t.idem from '^p([0-9]+)\.')::bigint from books.txn t
			where t.kind in ('payout.settled', 'payout.rejected', 'payout.not_paid')
				and (t.effective > period_in_flight.last or (t.late and t.seq >= period_in_flight.size))
	)
	select m.code, p.end_to_end_id, p.line_hash, p.amount_dong
	from maybe join payout.payout p on p.id = maybe.id join payout.payout_state s on s.payout = p.id
		join payout.batch b on b.id = p.batch join mine m on m.channel = b.channel
	where exists (select from books.txn t where t.idem >= 'd' || s.dispatch || '.e' and t.idem < 'd' || s.dispatch || '.f'
			and t.kind = 'dispatch.sent' and t.effective <= period_in_flight.last and t.seq < period_in_flight.size)
		and not exists (select from books.txn t
			where t.idem in ('p' || p.id || '.settled', 'p' || p.id || '.rejected', 'p' || p.id || '.not_paid')
				and t.effective <= period_in_flight.last and t.seq < period_in_flight.size)
$$;

-- Each payout that came back by then and whose money is owed still: no later issue was approved, the claim is neither voided nor cancelled.
create function books.period_unclaimed(agency text, last date, size bigint) returns table (programme text, id text, line_hash bytea, amount bigint)
language sql stable security definer
set search_path = pg_catalog
set plan_cache_mode = force_custom_plan
as $$
	with moved as materialized (
		select t.seq, t.idem, t.kind, p.amount, split_part(a.code, ':', 4) as programme, substring(convert_from(t.leaf, 'UTF8') from '\nid ([^\n]*)\n') as id
		from books.ledger_account a join books.posting p on p.account = a.id join books.txn t on t.seq = p.seq
		where a.code like 'liabilities:unclaimed:' || period_unclaimed.agency || ':%' and t.effective <= period_unclaimed.last
			and t.seq < period_unclaimed.size
			and not exists (select from books.txn r where r.reverses = t.seq and r.effective <= period_unclaimed.last and r.seq < period_unclaimed.size)
	), back as (
		select m.programme, p.id, p.claim, p.issue, p.end_to_end_id, p.line_hash, p.amount_dong, max(m.seq) as seq
		from moved m join payout.payout p on p.end_to_end_id = m.id
		where m.kind in ('payout.returned', 'break.resolved') and m.amount < 0 group by 1, 2
	)
	select b.programme, b.end_to_end_id, b.line_hash, b.amount_dong from back b
	where not exists (select from moved m where m.id = b.end_to_end_id and m.seq > b.seq and m.amount > 0)
		and not exists (select from moved m where m.idem in ('c' || b.claim || '.voided', 'c' || b.claim || '.cancelled'))
		and not exists (select from payout.payout n join payout.batch x on x.id = n.batch
			join moved m on m.idem = 'b' || x.id || '.v' || x.version || '.approved' where n.claim = b.claim and n.issue > b.issue)
$$;

-- Each line of a statement that nothing explained by then.
create function books.period_suspense(agency text, last date, size bigint) returns table (side text, funding text, key text, break bigint, amount bigint)
language sql stable security definer
set search_path = pg_catalog
set plan_cache_mode = force_custom_plan
as $$
	with moved as materialized (
		select t.seq, t.idem, t.kind, t.effective, p.amount, split_part(a.code, ':', 2) as side, split_part(a.code, ':', 3) as funding,
			substring(convert_from(t.leaf, 'UTF8') from '\nbreak ([0-9]+)\n')::bigint as break,
			substring(convert_from(t.leaf, 'UTF8') from '\nid ([^\n]*)\n') as id
		from books.ledger_account a join books.posting p on p.account = a.id join books.txn t on t.seq = p.seq
		where a.code ~ '^(assets|liabilities):suspense-' and books.agency_of(a.code) = period_suspense.agency
			and t.effective <= period_suspense.last and t.seq < period_suspense.size
			and not exists (select from books.txn r where r.reverses = t.seq and r.effective <= period_suspense.last and r.seq < period_suspense.size)
	)
	select case m.side when 'suspense-debit' then 'debit' else 'credit' end, m.funding, m.idem, m.break, abs(m.amount)
	from moved m left join recon.break k on k.id = m.break
	where m.kind = 'suspense' and not exists (
		select from moved o left join recon.break x on x.id = o.break
		where o.kind in ('break.resolved', 'clawback') and o.side = m.side and o.funding = m.funding and o.seq > m.seq and o.amount = -m.amount
			and (o.break = m.break or x.line = k.line or (o.kind = 'clawback' and o.id = (select p.end_to_end_id from payout.payout p where p.id = k.payout))))
$$;

-- The text of a period: period.md.
create function books.make_period_text(agency text, period date, size bigint) returns text language sql stable security definer
set search_path = pg_catalog
as $$
	with until as (select (make_period_text.period + interval '1 month')::date - 1 as last),
	a as materialized (select x.* from until u, books.period_accounts(make_period_text.agency, u.last, make_period_text.size) x),
	f as materialized (select x.* from until u, books.period_in_flight(make_period_text.agency, u.last, make_period_text.size) x),
	n as materialized (select x.* from until u, books.period_unclaimed(make_period_text.agency, u.last, make_period_text.size) x),
	s as materialized (select x.* from until u, books.period_suspense(make_period_text.agency, u.last, make_period_text.size) x)
	select format(E'chitra-period/v1\nperiod %s\nagency %s\naccounts %s\nin-flight %s\nunclaimed %s\nsuspense %s\n',
			to_char(make_period_text.period, 'YYYY-MM'), make_period_text.agency,
			(select count(*) from a), (select count(*) from f), (select count(*) from n), (select count(*) from s))
		|| coalesce((select string_agg(format(E'a %s %s VND\n', a.account, a.balance), '' order by a.account collate "C") from a), '')
		|| coalesce((select string_agg(format(E'f %s %s %s %s VND\n', f.funding, f.id, encode(f.line_hash, 'hex'), f.amount), ''
			order by f.funding collate "C", f.id collate "C") from f), '')
		|| coalesce((select string_agg(format(E'u %s %s %s %s VND\n', n.programme, n.id, encode(n.line_hash, 'hex'), n.amount), ''
			order by n.programme collate "C", n.id collate "C") from n), '')
		|| coalesce((select string_agg(format(E'%s %s %s %s %s VND\n', left(s.side, 1), s.funding, s.key, s.break, s.amount), ''
			order by s.side collate "C", s.funding collate "C", s.key collate "C") from s), '')
$$;

-- ---------------------------------------------------------------- what forbids closing

-- The statements of a month: each but the first continues one, and the last is of the month's last business day, or continued by a later one;
-- a later one that does not continue it may miss one of this month. Where two officers looked into what is wrong, nothing is.
-- A day of which the bank made no statement is one that no statement misses.
create function books.period_statements(agency text, first date, last date) returns table (code text, place text, day date, until date)
language sql stable security definer
set search_path = pg_catalog
as $$
	with fund as (
		select f.id, f.code, least((select min(s.day) from bank.statement s where s.funding_account = f.id),
			(select min((select min(d.day) from books.balance_day d where d.account = l.id)) from books.ledger_account l
				where l.code in ('assets:bank:' || f.code, 'liabilities:in-flight:' || f.code))) as since
		from org.funding_account f join org.agency a on a.id = f.agency where a.code = period_statements.agency
	), covered as (
		select f.id, f.code, f.since, (select max(s.day) from bank.statement s where s.funding_account = f.id and s.day <= period_statements.last) as upto,
			(select s.chained or recon.looked_into(s.id) from bank.statement s where s.funding_account = f.id and s.day > period_statements.last order by s.day limit 1) as goes_on
		from fund f where f.since <= period_statements.last
	), unwell as (
		select c.code, s.day, s.complete, s.chained, (select max(x.day) from bank.statement x where x.funding_account = c.id and x.day < s.day) as before
		from covered c join bank.statement s on s.funding_account = c.id
			and s.day between period_statements.first and coalesce((select min(x.day) from bank.statement x
				where x.funding_account = c.id and x.day > period_statements.last), period_statements.last)
		where not (s.complete and s.chained) and (s.day <= period_statements.last or not s.chained) and not recon.looked_into(s.id)
	)
	select 'statement_missing', c.code, min(d)::date, max(d)::date
	from covered c, generate_series(greatest(c.since, coalesce(c.upto + 1, c.since), period_statements.first), period_statements.last, interval '1 day') d
	left join rules.calendar h on h.day = d::date
	where c.goes_on is not true and coalesce(h.kind = 'make_up_workday', extract(isodow from d) < 6)
	group by c.code
	union all
	select case when u.complete or u.day > period_statements.last then 'statement_gap' else 'statement_incomplete' end, u.code, u.day, u.before
	from unwell u
$$;

-- Everything for which the period may not be closed: a code, whose, from which day to which, how many, and how much. No row: it may.
create function books.period_faults(agency text, period date) returns table (code text, place text, day date, until date, n bigint, dong bigint)
language plpgsql stable security definer
set search_path = pg_catalog
as $$
#variable_conflict use_variable
declare
	first constant date := period;
	last constant date := (period + interval '1 month')::date - 1;
	size constant bigint := coalesce((select max(h.size) from books.tree_head h), 0);
	began date;
	open_month date;
begin
	began := books.began(agency);
	select coalesce((max(c.period) + interval '1 month')::date, began) into open_month from books.closed c where c.agency = agency;
	if began is null or period < began then
		return query select 'period_empty', null::text, first, last, null::bigint, null::bigint;
	elsif period > open_month then
		return query select 'period_order', null::text, open_month, null::date, null::bigint, null::bigint;
	end if;
	if last >= ops.today() then
		return query select 'period_running', null::text, last, null::date, null::bigint, null::bigint;
		return;
	end if;
	return query select s.code, s.place, s.day, s.until, null::bigint, null::bigint from books.period_statements(agency, first, last) s order by 2, 3;
	return query with mine as (
			select s.id, s.day, f.id as funding, f.code from bank.statement s join org.funding_account f on f.id = s.funding_account
				join org.agency a on a.id = f.agency where a.code = agency and s.day between first and last
		), judged as (
			select m.code, m.day, (select r.result from recon.reconciliation r where r.funding_account = m.funding and r.day = m.day
				and r.statement = m.id order by r.id desc limit 1) as result from mine m
		)
		select 'lines_unsettled', m.code, min(m.day), max(m.day), count(*), sum(l.amount_dong)::bigint
			from bank.line_waiting l join mine m on m.id = l.statement where l.detail = 0 group by m.code
		union all
		select case when j.result is null then 'unreconciled' else 'reconciled_broken' end, j.code, min(j.day), max(j.day), count(*), null
			from judged j where j.result is null or j.result = 'broken' group by j.code, 1
		union all
		select 'cash_unconfirmed', c.code, null, null, count(distinct x.payout), sum(x.amount_dong)::bigint
			from recon.cash_list l join org.channel c on c.id = l.channel join org.funding_account f on f.id = c.funding_account
				join org.agency a on a.id = f.agency join recon.cash_line x on x.list = l.id and x.paid and x.day <= last
				join payout.payout_state s on s.payout = x.payout join payout.state t on t.code = s.state and t.in_flight
			where a.code = agency and l.second_officer is null group by c.code
		order by 1, 2;
	return query select 'period_unsealed', null::text, min(t.effective), max(t.effective), count(*), null::bigint
		from books.txn t where t.seq >= size and t.effective <= last having count(*) > 0;
	if not found then
		return query select * from books.period_sums(agency, last, size);
	end if;
end $$;

-- The lists must come to what the accounts hold, and the accounts to nothing.
create function books.period_sums(agency text, last date, size bigint) returns table (code text, place text, day date, until date, n bigint, dong bigint)
language sql stable security definer
set search_path = pg_catalog
as $$
	with held as materialized (select * from books.period_accounts(period_sums.agency, period_sums.last, period_sums.size)),
	told as (
		select 'liabilities:in-flight' as family, i.funding as place, count(*) as n, -sum(i.amount) as dong
			from books.period_in_flight(period_sums.agency, period_sums.last, period_sums.size) i group by i.funding
		union all
		select 'liabilities:unclaimed', period_sums.agency || ':' || i.programme, count(*), -sum(i.amount)
			from books.period_unclaimed(period_sums.agency, period_sums.last, period_sums.size) i group by i.programme
		union all
		select case i.side when 'debit' then 'assets' else 'liabilities' end || ':suspense-' || i.side, i.funding, count(*),
				sum(i.amount) * case i.side when 'debit' then 1 else -1 end
			from books.period_suspense(period_sums.agency, period_sums.last, period_sums.size) i group by i.side, i.funding
	)
	select case when family like '%:in-flight' then 'in_flight_differs' when family like '%:unclaimed' then 'unclaimed_differs'
			else 'suspense_not_itemised' end,
		place, null::date, null::date, coalesce(t.n, 0), (coalesce(h.balance, 0) - coalesce(t.dong, 0))::bigint
	from (select * from held h where h.family in ('liabilities:in-flight', 'liabilities:unclaimed', 'assets:suspense-debit', 'liabilities:suspense-credit')) h
		full join told t using (family, place)
	where coalesce(h.balance, 0) <> coalesce(t.dong, 0)
	union all
	select 'period_unbalanced', null, null, null, count(*), sum(h.balance)::bigint from held h having sum(h.balance) <> 0
$$;

-- ---------------------------------------------------------------- two officers

create function books.guard_period_proposal() returns trigger language plpgsql security definer
set search_path = pg_catalog
as $$
begin
	if not exists (select from unnest(array['approver', 'release']) as r where auth.may(r, new.agency, '*', 0)) then
		raise exception 'no_mandate: closing a period takes a mandate approver or release for the whole agency' using errcode = 'CH001';
	end if;
	if exists (select from books.closed c where c.agency = new.agency and c.period = new.period) then
		raise exception 'period_closed: this period is closed' using errcode = 'CH001';
	end if;
	return null;
end $$;
create trigger guard after insert on ops.period_proposal for each row execute function books.guard_period_proposal();

-- The second officer closes what the first one saw: the text is made here, while nobody posts, and must be the one that was proposed.
create function books.guard_period() returns trigger language plpgsql security definer
set search_path = pg_catalog
as $$
declare
	p ops.period_proposal;
	fault record;
begin
	if new.first_officer is null and exists (select from books.closed c where c.agency = new.agency and c.period = new.period) then
		return new;	-- made again: what its leaf says of it is asked below
	end if;
	perform from books.counter for update;
	if exists (select from books.closed c where c.agency = new.agency and c.period = new.period) then
		raise exception 'period_closed: this period is closed' using errcode = 'CH001';
	end if;
	select x.* into p from ops.period_proposal x where x.agency = new.agency and x.period = new.period order by x.id desc limit 1;
	if not found or p.officer is distinct from new.first_officer then
		raise exception 'not_proposed: the first officer''s word is the last proposal' using errcode = 'CH001';
	end if;
	if p.officer = new.second_officer then
		raise exception 'same_officer: whoever proposed it does not confirm it' using errcode = 'CH001';
	end if;
	perform auth.need_both(new.first_officer, new.second_officer, array['approver', 'release'], new.agency, '*', null, 0);
	select x.* into fault from books.period_faults(new.agency, new.period) x limit 1;
	if found then
		raise exception '%: % % %: period % of % cannot be closed', fault.code, fault.place, fault.day, fault.until, new.period, new.agency
			using errcode = 'CH001';
	end if;
	select h.size, h.root into new.size, new.root from books.tree_head h order by h.size desc limit 1;
	new.text := books.make_period_text(new.agency, new.period, new.size);
	if sha256(convert_to(new.text, 'UTF8')) <> p.sha256 then
		raise exception 'period_changed: the books of this period changed since it was proposed; look again' using errcode = 'CH001';
	end if;
	return new;
end $$;
create trigger guard before insert on ops.period_text for each row execute function books.guard_period();

-- A leaf that closes comes with its text, and a text with its leaf.
create function books.guard_close() returns trigger language plpgsql security definer
set search_path = pg_catalog
as $$
declare
	leaf text;
begin
	select convert_from(t.leaf, 'UTF8') into leaf from books.txn t where t.idem = 'close.' || new.agency || '.' || to_char(new.period, 'YYYY-MM');
	if leaf is null or strpos(leaf, format(E'\nsize %s\nroot %s\n', new.size, encode(new.root, 'hex'))) = 0
			or strpos(leaf, E'\ntrial-balance ' || encode(sha256(convert_to(new.text, 'UTF8')), 'hex') || E'\n') = 0 then
		raise exception 'period_leaf: no ledger transaction closes period % of %', new.period, new.agency using errcode = 'CH001';
	end if;
	return null;
end $$;
create constraint trigger leaf after insert on ops.period_text deferrable initially deferred
	for each row execute function books.guard_close();

create function books.guard_closed() returns trigger language plpgsql security definer
set search_path = pg_catalog
as $$
begin
	-- Inside a function of the owner's current_user is the owner; who called is here. Duties close nothing but by a text.
	if coalesce(nullif(current_setting('role'), 'none'), session_user) in ('chitra_gate', 'chitra_desk', 'chitra_teller', 'chitra_scribe', 'chitra_auditor')
			and not exists (select from ops.period_text t where t.agency = new.agency and t.period = new.period) then
		raise exception 'period_leaf: ledger transaction % closes a period that two officers did not', new.seq using errcode = 'CH001';
	end if;
	return null;
end $$;
create constraint trigger text after insert on books.closed deferrable initially deferred
	for each row execute function books.guard_closed();

-- Each closed period whose text is not there, because the database is an older one to which the archive gave its leaves back: the text is
-- made again of what the leaf covers, and is written down when it is the one that was closed.
create function books.make_texts_again() returns table (agency text, period date, made boolean) language sql security definer
set search_path = pg_catalog
as $$
	with lost as (
		select c.seq, c.agency, c.period, substring(l.leaf from '\nsize ([0-9]+)\n')::bigint as size,
			decode(substring(l.leaf from '\nroot ([0-9a-f]+)\n'), 'hex') as root,
			decode(substring(l.leaf from '\ntrial-balance ([0-9a-f]+)\n'), 'hex') as sha256
		from books.closed c join books.txn t on t.seq = c.seq cross join lateral (select convert_from(t.leaf, 'UTF8') as leaf) l
		where not exists (select from ops.period_text x where x.agency = c.agency and x.period = c.period)
	), again as materialized (
		select l.*, books.make_period_text(l.agency, l.period, l.size) as text from lost l
	), kept as (
		insert into ops.period_text (agency, period, size, root, text)
		select a.agency, a.period, a.size, a.root, a.text from again a where sha256(convert_to(a.text, 'UTF8')) = a.sha256
	)
	select a.agency, a.period, sha256(convert_to(a.text, 'UTF8')) = a.sha256 from again a order by a.seq
$$;

revoke execute on all functions in schema books from public;
