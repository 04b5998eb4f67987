-- What banks say, as it came; statements; and what reconciliation makes of them.

set local role chitra_owner;

-- ---------------------------------------------------------------- what banks say

-- Raw messages hold account numbers, so they are sealed: each writer seals with a key of its own, itself sealed to the
-- evidence public key, so that a writer cannot read what it or others wrote before.
create table bank.message_key (
	id bigint generated always as identity primary key,
	sealed bytea not null,			-- crypto_box_seal of 32 bytes
	made_at timestamptz not null default now()
);

create table bank.message (
	id bigint generated always as identity primary key,
	bank text not null,
	direction text not null check (direction in ('request', 'reply', 'callback', 'file')),
	kind text not null,			-- transfer, enquiry, inquiry, statement, status, …
	external_id text not null,		-- the message's own id; remembered for ever
	dispatch bigint,
	sha256 bytea not null check (length(sha256) = 32),
	key bigint,				-- bank.message_key
	body bytea not null,			-- nonce and ciphertext
	authentic boolean not null,
	at timestamptz not null default now(),
	unique (bank, direction, external_id)
);
alter table bank.message alter column body set storage external;

-- What a foreign key would say, once a statement: keys never go away, and a key row cost 12 µs a message.
create function bank.guard_messages() returns trigger language plpgsql security definer
set search_path = pg_catalog
as $$
begin
	if exists (select from (select distinct f.key from fresh f) m
			where m.key is not null and not exists (select from bank.message_key k where k.id = m.key)) then
		raise exception 'no_key: a message names the key that it is sealed with' using errcode = 'CH001';
	end if;
	return null;
end $$;
create trigger guard_key after insert on bank.message referencing new table as fresh
	for each statement execute function bank.guard_messages();

-- Who may say that a bank said something: statements decide about money, so whoever listens to the world stores no file, and an
-- officer's upload is an agent's list and nothing else.
create function bank.refuse_message() returns trigger language plpgsql
set search_path = pg_catalog
as $$
begin
	raise exception 'not_yours: % stores no % of kind %', current_user, new.direction, new.kind using errcode = 'CH001';
end $$;
create trigger guard before insert on bank.message for each row
	when (current_user = 'chitra_gate' and new.direction <> 'callback'
		or current_user = 'chitra_desk' and (new.direction <> 'file' or new.kind <> 'agent_list'))
	execute function bank.refuse_message();

-- Ids are given out before their transactions commit, so a reader by ascending id sees gaps that are still being filled. It reads up
-- to a gap, and when the gap stays it waits here for everybody who was writing: what is missing afterwards will never come.
create function bank.wait_for_writers() returns void language sql security definer
set search_path = pg_catalog
set lock_timeout = '2s'
as $$ lock table bank.message in share mode $$;

-- Where a consumer of a growing table stands; who holds the row is the consumer.
create table ops.progress (
	name text primary key,
	upto bigint not null default 0
) with (fillfactor = 20);
insert into ops.progress (name) values ('digest'), ('settle.0'), ('settle.1'), ('absence');	-- bank.message, bank.statement_line, bank.statement

create table bank.statement (
	id bigint generated always as identity primary key,
	funding_account bigint not null references org.funding_account,
	day date not null,
	opening_dong bigint not null,
	closing_dong bigint not null,
	line_count integer not null,
	pages integer not null,
	sequence bigint not null,
	source text not null check (source in ('fetched', 'uploaded')),
	complete boolean not null,		-- every page is here and opening + lines = closing
	chained boolean not null,		-- opens where the previous business day closed
	at timestamptz not null default now(),
	unique (funding_account, day)
);

-- A million of them a day: what they refer to is checked a page at a time, not a row.
create table bank.statement_line (
	id bigint generated always as identity primary key,
	statement bigint not null,		-- bank.statement, which comes last and counts them
	line integer not null,
	detail integer not null default 0,	-- 0: the booked line; 1…: its parts when the bank booked a batch as one
	entry_ref text not null,
	direction text not null check (direction in ('debit', 'credit')),
	amount_dong bigint not null check (amount_dong > 0),
	value_date date not null,
	end_to_end_id text,
	payout bigint,				-- whose id that is, among those of this funding account; null: nobody's
	amount_fits boolean,			-- the amount is that payout's; null: no payout
	account_fits boolean,			-- the counterparty is the account of that payout; null: not told
	funding_order bigint,			-- whose reference the bank's text has
	has_details boolean not null default false,
	returned_reason text,			-- a credit that the bank calls a return
	text text not null,			-- the bank's text, runs of six digits and more masked
	message bigint not null,
	item integer not null,
	unique (statement, line, detail)
);
create unique index on bank.statement_line (statement, entry_ref, detail);

-- Lines that no settler has reached. There are two, each with its share of the payouts: a payout's lines stay in order.
create function bank.settler_of(payout bigint) returns text language sql immutable parallel safe
begin atomic
	select 'settle.' || coalesce(payout, 0) % 2;
end;
-- `offset 0`: only lines above the lower of the two are read.
create view bank.line_waiting as
select l.* from (select min(p.upto) as upto from ops.progress p where p.name like 'settle.%') x
cross join lateral (select * from bank.statement_line l where l.id > x.upto offset 0) l
join ops.progress p on p.name = bank.settler_of(l.payout) and l.id > p.upto;

-- Lines come a page at a time, before their statement; the statement closes them: what it says of itself is what they add up to.
create function bank.guard_lines() returns trigger language plpgsql security definer
set search_path = pg_catalog
as $$
begin
	if exists (select from (select distinct f.statement from fresh f) x join bank.statement s on s.id = x.statement) then
		raise exception 'statement_closed: lines come before their statement, never after it' using errcode = 'CH001';
	end if;
	if exists (select from (select distinct f.message from fresh f) x
			where not exists (select from bank.message m where m.id = x.message)) then
		raise exception 'no_message: a statement line names the message that it stands in' using errcode = 'CH001';
	end if;
	return null;
end $$;
create trigger guard after insert on bank.statement_line referencing new table as fresh
	for each statement execute function bank.guard_lines();

create function bank.guard_statement() returns trigger language plpgsql security definer
set search_path = pg_catalog
as $$
declare
	lines bigint;
	moved numeric;
begin
	select count(*), coalesce(sum(case when l.direction = 'credit' then l.amount_dong else -l.amount_dong end), 0)
		into lines, moved
		from bank.statement_line l where l.statement = new.id and l.detail = 0;
	if lines <> new.line_count then
		raise exception 'statement_lines: statement % says % lines and has %', new.id, new.line_count, lines using errcode = 'CH001';
	end if;
	if new.complete <> (new.opening_dong + moved = new.closing_dong) then
		raise exception 'statement_sum: whether statement % adds up is not what it says', new.id using errcode = 'CH001';
	end if;
	if new.chained and exists (
			select from (select s.closing_dong, s.sequence from bank.statement s
				where s.funding_account = new.funding_account and s.day < new.day order by s.day desc limit 1) p
			where p.closing_dong <> new.opening_dong or p.sequence + 1 <> new.sequence) then
		raise exception 'statement_chain: statement % does not begin where the one before it ended', new.id using errcode = 'CH001';
	end if;
	return new;
end $$;
create trigger guard before insert on bank.statement for each row execute function bank.guard_statement();

-- A credit of the open day that answers a funding order: it is booked at once, and the statement's line of the same entry is then
-- explained by it. Its id is one of the statement lines', because the ledger knows bank facts by them.
create table bank.intraday_credit (
	id bigint primary key default nextval('bank.statement_line_id_seq'),
	funding_account bigint not null references org.funding_account,
	entry_ref text not null,
	amount_dong bigint not null check (amount_dong > 0),
	value_date date not null,
	funding_order bigint not null references org.funding_order,
	message bigint not null references bank.message,
	item integer not null,
	at timestamptz not null default now(),
	unique (funding_account, entry_ref)
);

-- ---------------------------------------------------------------- reconciliation

-- Which part of a statement line is explained by what. n to m. A line that is one payout's debit or return, whole, has no row here:
-- the payout's move names its message and item.
create table recon.allocation (
	line bigint not null references bank.statement_line,
	n smallint not null default 1,
	kind text not null check (kind in ('payout', 'return', 'funding', 'fee', 'agent_advance', 'agent_return', 'refund', 'suspense')),
	payout bigint references payout.payout,
	funding_order bigint references org.funding_order,
	amount_dong bigint not null check (amount_dong > 0),
	primary key (line, n)
);
create index on recon.allocation (funding_order) where funding_order is not null;

-- Every line with what explains it, plain matches too.
create view recon.explained as
	select a.line, a.n, a.kind, a.payout, a.amount_dong from recon.allocation a
	union all
	select l.id, 1::smallint, case when l.direction = 'debit' then 'payout' else 'return' end, l.payout, l.amount_dong
	from bank.statement_line l
	join payout.payout_move m on m.payout = l.payout and m.message = l.message and m.item = l.item
		and m.to_state = case when l.direction = 'debit' then 7 else 10 end
	where not exists (select from recon.allocation a where a.line = l.id);

create table recon.break (
	id bigint generated always as identity primary key,
	kind text not null check (kind in ('unmatched_credit', 'unmatched_debit', 'rogue_debit', 'amount_differs', 'account_differs',
		'lost_line', 'double_debit', 'return_unknown', 'contradiction', 'overdue', 'balance_gap', 'chain_gap')),
	funding_account bigint not null references org.funding_account,
	day date not null,
	line bigint references bank.statement_line,
	entry_ref text,					-- brought back from the archive: the bank's name for its line, which is not there yet
	payout bigint references payout.payout,
	statement bigint references bank.statement,	-- what is wrong with a statement as a whole
	amount_dong bigint not null check (amount_dong >= 0),
	note text not null,
	opened_at timestamptz not null default now(),
	nth smallint not null default 0
);
create unique index break_once on recon.break (kind, funding_account, line, payout, statement, nth) nulls not distinct
	where line is not null or entry_ref is null;
create index on recon.break (payout) where payout is not null;
create index on recon.break (line) where line is not null;
create index on recon.break (statement) where statement is not null;
-- A break never changes; but one that came back from the archive before its line did, or its statement if it is about one as a whole, gets
-- it, once.
create function recon.guard_break() returns trigger language plpgsql security definer
set search_path = pg_catalog
as $$
begin
	if not (old.line is null and old.entry_ref is not null
			and to_jsonb(old) - 'line' = to_jsonb(new) - 'line'
			and exists (select from bank.statement_line l join bank.statement s on s.id = l.statement
				where l.id = new.line and (s.funding_account, l.entry_ref) = (old.funding_account, old.entry_ref)
					and (old.payout is null or l.payout = old.payout)))
		and not (num_nonnulls(old.line, old.entry_ref, old.payout, old.statement) = 0
			and to_jsonb(old) - 'statement' = to_jsonb(new) - 'statement'
			and exists (select from bank.statement s where s.id = new.statement and (s.funding_account, s.day) = (old.funding_account, old.day))) then
		raise exception 'append_only: break % does not change', old.id using errcode = 'CH001';
	end if;
	return new;
end $$;
create trigger guard before update on recon.break for each row execute function recon.guard_break();
call ops.keep_rows('recon.break');
-- What the first officer found it to be; the second one, who finds the same, resolves it.
create table recon.break_proposal (
	id bigint generated always as identity primary key,
	break bigint not null references recon.break,
	officer bigint not null references auth.officer,
	outcome text not null,
	pair bigint references recon.break,	-- the other half, when a debit and a credit are one thing: money that the bank took back
	payout bigint references payout.payout,	-- whose money it is: paid after all, to be recovered, or come back
	letter text check (length(letter) between 3 and 100),	-- number and day of the bank's letter, where no complete statement will come
	reason text check (length(reason) between 3 and 500),
	at timestamptz not null default clock_timestamp()
);
create index on recon.break_proposal (break);
create trigger by_me after insert on recon.break_proposal referencing new table as fresh
	for each statement execute function auth.guard_actor('officer');
create table recon.break_resolution (
	break bigint primary key references recon.break,
	outcome text not null,
	pair bigint references recon.break,
	payout bigint references payout.payout,
	letter text,
	day date not null default ops.today(),	-- from which the books have it: of the statement with what was in suspense
	first_officer bigint not null references auth.officer,
	second_officer bigint not null references auth.officer,
	at timestamptz not null default now(),
	check (first_officer <> second_officer)
);
-- What the first officer says; the second one, for the same reason, voids it.
create table payout.claim_void_proposal (
	id bigint generated always as identity primary key,
	claim bigint not null references payout.claim,
	officer bigint not null references auth.officer,
	reason text not null,
	decision bytea check (length(decision) = 32),	-- SHA-256 of the written one, when nobody came for it
	at timestamptz not null default clock_timestamp(),
	check ((reason = 'unclaimed') = (decision is not null))
);
create index on payout.claim_void_proposal (claim);
create trigger by_me after insert on payout.claim_void_proposal referencing new table as fresh
	for each statement execute function auth.guard_actor('officer');
create table payout.claim_void (
	claim bigint primary key references payout.claim,
	reason text not null,
	decision bytea check (length(decision) = 32),
	first_officer bigint not null references auth.officer,
	second_officer bigint not null references auth.officer,
	at timestamptz not null default now(),
	check (first_officer <> second_officer)
);
create function payout.guard_void() returns trigger language plpgsql security definer
set search_path = pg_catalog
as $$
declare
	c record;
begin
	if not exists (select from (select p.officer, p.reason, p.decision from payout.claim_void_proposal p where p.claim = new.claim order by p.id desc limit 1) l
			where (l.officer, l.reason, l.decision) is not distinct from (new.first_officer, new.reason, new.decision)) then
		raise exception 'not_proposed: the first officer''s word is the last proposal' using errcode = 'CH001';
	end if;
	if payout.in_question(new.claim, 100::smallint) then
		raise exception 'still_live: claim % has a payout that is not proven unpaid', new.claim using errcode = 'CH001';
	end if;
	select a.code as agency, k.area_code, k.area_valid_from, k.amount_dong into c from payout.claim k join org.agency a on a.id = k.agency where k.id = new.claim;
	perform auth.need_both(new.first_officer, new.second_officer, array['register', 'maker', 'checker', 'approver'], c.agency, c.area_code,
		c.area_valid_from, c.amount_dong);
	return null;
end $$;
create trigger first_proposed after insert on payout.claim_void for each row execute function payout.guard_void();
create trigger second_is_me after insert on payout.claim_void referencing new table as fresh
	for each statement execute function auth.guard_actor('second_officer');

-- Two officers resolved all that was wrong with a statement as a whole. It says what it says: it proves nobody's absence (law 1).
create function recon.looked_into(statement bigint) returns boolean language sql stable security definer
set search_path = pg_catalog
as $$
	select count(*) > 0 and count(*) = count(r.break)
	from recon.break k left join recon.break_resolution r on r.break = k.id where k.statement = looked_into.statement
$$;

-- What is wrong with who was paid is not over before the bank can say nothing more of it: null when a break may be resolved, else the
-- business day that it waits for. Until a complete statement that we fetched has told of the payment's last valid day and the posting
-- lag, and every line of it was judged (counted as absence_payouts counts), the bank may still pay, and the claim would be paid twice.
create function recon.waits_for(break bigint) returns date language sql stable security definer
set search_path = pg_catalog
as $$
	select (select d::date from generate_series(v.last_day, v.last_day + 60, interval '1 day') d
		left join rules.calendar h on h.day = d::date
		where coalesce(h.kind = 'make_up_workday', extract(isodow from d) < 6)
		order by d offset c.posting_lag_days limit 1)
	from recon.break k
	join payout.payout p on p.id = k.payout
	join payout.batch b on b.id = p.batch
	join org.channel c on c.id = b.channel
	left join payout.payout_state s on s.payout = p.id
	left join payout.state t on t.code = s.state
	cross join lateral (select (b.valid_until at time zone 'Asia/Ho_Chi_Minh')::date as last_day) v
	where k.id = waits_for.break and k.kind not in ('lost_line', 'overdue') and (k.kind = 'contradiction' or t.proven_unpaid)
		and not exists (
			select from (select x.id, x.day from bank.statement x where x.funding_account = c.funding_account and x.day >= v.last_day
				order by x.day offset c.posting_lag_days limit 1) told
			where told.id <= (select g.upto from ops.progress g where g.name = 'absence')
				and not exists (select from bank.statement bad where bad.funding_account = c.funding_account
					and bad.day between b.not_before and told.day and not (bad.complete and bad.chained and bad.source = 'fetched')))
$$;

-- Or a statement up to that day is uneven, unchained or brought by a person, and a complete one will never come. Then the bank's letter may
-- stand for it, when two officers have looked into each such statement, and the last five were fetched, are complete and follow each
-- other: a debit that came late would be on one of them.
create function recon.letter_may(break bigint) returns boolean language sql stable security definer
set search_path = pg_catalog
as $$
	select recon.waits_for(k.id) is not null
		and (select count(*) = 5 and bool_and(g.complete and g.chained and g.source = 'fetched' and g.day > recon.waits_for(k.id))
			from (select * from bank.statement s where s.funding_account = c.funding_account
				and s.id <= (select g.upto from ops.progress g where g.name = 'absence') order by s.day desc limit 5) g)
		and not exists (select from bank.statement s join recon.break o on o.statement = s.id
			where s.funding_account = c.funding_account and s.day >= b.not_before
				and not exists (select from recon.break_resolution r where r.break = o.id))
	from recon.break k
	join payout.payout p on p.id = k.payout
	join payout.batch b on b.id = p.batch
	join org.channel c on c.id = b.channel
	where k.id = letter_may.break
$$;

-- How a claim stands that a late debit of one of its payouts, which had ended unpaid, may have paid: owed still, paid already (or not
-- owed any more), or with another payout that nobody knows the end of.
create function recon.claim_without(payout bigint) returns text language sql stable security definer
set search_path = pg_catalog
as $$
	select case
		when exists (select from payout.claim_void v where v.claim = p.claim) then 'paid'
		when exists (select from payout.payout o join payout.payout_state s on s.payout = o.id join payout.state t on t.code = s.state
			where o.claim = p.claim and o.id <> p.id and t.name = 'settled') then 'paid'
		when exists (select from payout.payout o left join payout.payout_state s on s.payout = o.id left join payout.state t on t.code = s.state
			where o.claim = p.claim and o.id <> p.id and t.proven_unpaid is not true) then 'live'
		else 'owed' end
	from payout.payout p where p.id = claim_without.payout
$$;

-- One pair of officers at a time decides what a line is, under whichever of its breaks, and what paid a claim: two late debits of two of
-- its payouts are one payment and one to be recovered.
create function recon.lock_break() returns trigger language plpgsql security definer
set search_path = pg_catalog
as $$
begin
	perform from recon.break k where k.id = new.break for no key update;
	perform from bank.statement_line l where l.id = (select k.line from recon.break k where k.id = new.break) for no key update;
	perform from payout.claim c where c.id = (select p.claim from payout.payout p where p.id = new.payout) for no key update;
	if exists (select from recon.break_resolution r join recon.break o on o.id = r.break
			where o.id = new.break or (r.outcome <> 'without_entry'
				and o.line = (select k.line from recon.break k where k.id = new.break))) then
		raise exception 'break_resolved: break % was resolved, or another one of its line', new.break using errcode = 'CH001';
	end if;
	return new;
end $$;
create trigger lock before insert on recon.break_resolution for each row execute function recon.lock_break();

-- That money in suspense is a payout's, as its payout is: the rows say it, whatever the officers say.
create function recon.guard_payout_of(resolution recon.break_resolution) returns void language plpgsql stable security definer
set search_path = pg_catalog
as $$
declare
	x record;
begin
	select k.kind, k.payout, l.direction, l.amount_dong, l.payout as line_payout, l.amount_fits, l.account_fits, k.funding_account,
			t.name as state, t.ended, p.amount_dong as owed, c.funding_account as paid_from,
			case when t.name = 'settled' then 'paid' else recon.claim_without(p.id) end as claim into x
		from recon.break k
		left join bank.statement_line l on l.id = k.line
		left join payout.payout p on p.id = resolution.payout
		left join payout.payout_state s on s.payout = p.id
		left join payout.state t on t.code = s.state
		left join payout.batch b on b.id = p.batch
		left join org.channel c on c.id = b.channel
		where k.id = resolution.break;
	if resolution.outcome in ('paid_after_all', 'recovery') then
		if x.payout is distinct from resolution.payout or x.direction is distinct from 'debit' or x.ended is not true
				or resolution.outcome = 'paid_after_all' and ((x.kind, x.state) not in (('contradiction', 'rejected'), ('contradiction', 'not_paid'), ('rogue_debit', 'cancelled'))
					or x.amount_fits is not true or x.account_fits is false) then
			raise exception 'break_outcome: break % is no debit of a payout that ended', resolution.break using errcode = 'CH001';
		elsif x.claim = 'live' then
			raise exception 'still_live: another payout of this claim has no end yet; stop it or wait for its end' using errcode = 'CH001';
		elsif x.claim = 'paid' and resolution.outcome = 'paid_after_all' then
			raise exception 'paid_twice: this claim was paid by another payout, or is owed no more: the money is to be recovered' using errcode = 'CH001';
		elsif x.claim = 'owed' and resolution.outcome = 'recovery' then
			raise exception 'break_outcome: this claim is owed: it was paid after all' using errcode = 'CH001';
		end if;
	elsif resolution.outcome = 'return' then
		if x.direction is distinct from 'credit' or x.amount_dong is distinct from x.owed or x.funding_account is distinct from x.paid_from
				or x.line_payout <> resolution.payout then
			raise exception 'not_its_return: another amount, account or payment than this credit' using errcode = 'CH001';
		elsif x.state is distinct from 'settled' then
			raise exception 'payout_state: only what was paid comes back, and once' using errcode = 'CH001';
		end if;
	elsif resolution.payout is not null then
		raise exception 'break_outcome: % has no payout', resolution.outcome using errcode = 'CH001';
	end if;
end $$;

-- Half of a pair, or two halves that are not the same money, would leave the books beside the statement.
create function recon.guard_pair(resolution recon.break_resolution) returns void language plpgsql stable security definer
set search_path = pg_catalog
as $$
begin
	if (resolution.pair is not null) <> (resolution.outcome in ('taken_back', 'sent_back')) or resolution.pair is not null and not exists (
			select from recon.break_resolution r where (r.break, r.pair) = (resolution.pair, resolution.break)) then
		raise exception 'half_a_pair: what was taken back is resolved together with what came back' using errcode = 'CH001';
	end if;
	if resolution.pair is not null and not exists (
			select from recon.break a join bank.statement_line x on x.id = a.line, recon.break b join bank.statement_line y on y.id = b.line
			where a.id = resolution.break and b.id = resolution.pair and a.funding_account = b.funding_account
				and x.direction = case resolution.outcome when 'taken_back' then 'debit' else 'credit' end and y.direction <> x.direction
				and (select sum(o.amount_dong) from recon.allocation o where o.line = x.id and o.kind = 'suspense')
					= (select sum(o.amount_dong) from recon.allocation o where o.line = y.id and o.kind = 'suspense')) then
		raise exception 'break_pair: breaks % and % are not the same amount on one account', resolution.break, resolution.pair using errcode = 'CH001';
	end if;
end $$;

create function recon.guard_resolution() returns trigger language plpgsql security definer
set search_path = pg_catalog
as $$
declare
	k record;
begin
	if not exists (select from (select p.officer, p.outcome, p.pair, p.payout, p.letter from recon.break_proposal p where p.break = new.break order by p.id desc limit 1) l
			where (l.officer, l.outcome, l.pair, l.payout, l.letter) is not distinct from (new.first_officer, new.outcome, new.pair, new.payout, new.letter)) then
		raise exception 'not_proposed: the first officer''s word is the last proposal' using errcode = 'CH001';
	end if;
	-- Of a database that was restored: what the books have resolved only `chitra recover` brings back, and it would be booked twice.
	if exists (select from books.txn t where t.idem = 'k' || new.break || '.resolved') then
		raise exception 'resolved_in_books: break % was resolved before the restore; run chitra recover again', new.break using errcode = 'CH001';
	end if;
	perform recon.guard_pair(new);
	select a.code as agency, b.amount_dong, l.direction = 'debit' and coalesce(b.payout, l.payout) is not null as of_payout,
			(select sum(x.amount_dong) from recon.allocation x where x.line = b.line and x.kind = 'suspense')::bigint as suspense into k
		from recon.break b join org.funding_account f on f.id = b.funding_account join org.agency a on a.id = f.agency
		left join bank.statement_line l on l.id = b.line where b.id = new.break;
	if exists (select from recon.break o where o.id = new.break and o.line is null and o.entry_ref is not null) then
		raise exception 'line_missing: the statement with the line of break % is not fetched again yet', new.break using errcode = 'CH001';
	end if;
	-- Or its claim would be paid again: at once if it ended unpaid, as soon as it is absent from the statement if it has no end yet.
	if k.of_payout and new.outcome not in ('paid_after_all', 'recovery', 'taken_back') then
		raise exception 'paid_after_all: a debit with the id of a payout paid it, or the bank gives it back' using errcode = 'CH001';
	end if;
	perform recon.guard_payout_of(new);
	if new.outcome not in ('paid_after_all', 'recovery') and recon.waits_for(new.break) is not null
			and (new.letter is null or recon.letter_may(new.break) is not true) then
		raise exception 'too_early: break % waits for the complete statement of %', new.break, recon.waits_for(new.break) using errcode = 'CH001';
	end if;
	perform auth.need_both(new.first_officer, new.second_officer, array['release'], k.agency, '*', null, coalesce(k.suspense, k.amount_dong));
	return null;
end $$;
create trigger first_proposed after insert on recon.break_resolution for each row execute function recon.guard_resolution();
-- What a bank says about a payout after two officers resolved what it had said before is new: the claim is in question again. A statement
-- line is there once, and so is what it opened.
create function recon.number_break() returns trigger language plpgsql security definer
set search_path = pg_catalog
as $$
begin
	new.nth := case when new.line is null and new.payout is not null then (
		select count(*) from recon.break k join recon.break_resolution r on r.break = k.id
		where k.payout = new.payout and k.kind = new.kind and k.line is null) else 0 end;
	return new;
end $$;
create trigger numbered before insert on recon.break for each row execute function recon.number_break();
create trigger second_is_me after insert on recon.break_resolution referencing new table as fresh
	for each statement execute function auth.guard_actor('second_officer');

-- What of which lines is in suspense: two officers have moved none of it on.
create view recon.suspended as
	select a.line, a.payout, a.amount_dong from recon.allocation a
	where a.kind = 'suspense' and not exists (
		select from recon.break k join recon.break_resolution r on r.break = k.id where k.line = a.line and r.outcome <> 'without_entry');

-- Whether an earlier payout of the claim may have paid it: it is not proven unpaid (a late debit was found to be its payment, say), or
-- evidence speaks against how it ended, and two officers have not resolved that or found that the money must be recovered. A missing line
-- says nothing once the payout has ended.
create function payout.in_question(claim bigint, issue smallint) returns boolean language sql stable security definer
set search_path = pg_catalog
as $$
	select exists (
		select from payout.payout p
		left join payout.payout_state s on s.payout = p.id
		left join payout.state t on t.code = s.state
		where p.claim = in_question.claim and p.issue < in_question.issue and (t.proven_unpaid is not true or exists (
			select from recon.break k where k.payout = p.id and k.kind not in ('lost_line', 'overdue')
				and not exists (select from recon.break_resolution r where r.break = k.id and r.outcome <> 'recovery'))))
$$;

create table recon.reconciliation (
	id bigint generated always as identity primary key,
	funding_account bigint not null references org.funding_account,
	day date not null,
	statement bigint references bank.statement,
	opening_dong bigint not null,
	debits_dong bigint not null,
	credits_dong bigint not null,
	closing_dong bigint not null,
	unallocated_dong bigint not null,
	overdue_dong bigint not null,
	suspense_dong bigint not null,
	unexplained_dong bigint not null check (unexplained_dong = unallocated_dong + overdue_dong + suspense_dong),
	breaks integer not null,
	result text not null check (result in ('clean', 'breaks', 'broken')),
	at timestamptz not null default now()
);

-- The cash agent's signed list: the first officer proposes it, the second confirms it.
create table recon.cash_list (
	id bigint generated always as identity primary key,
	channel bigint not null references org.channel,
	message bigint not null unique references bank.message,	-- the file, sealed; its signature was good
	paid_count integer not null,
	paid_dong bigint not null,
	unpaid_count integer not null,
	unpaid_dong bigint not null,
	first_officer bigint not null references auth.officer,
	second_officer bigint references auth.officer,
	at timestamptz not null default now(),
	check (first_officer <> second_officer)
);
create trigger first_is_me after insert on recon.cash_list referencing new table as fresh
	for each statement execute function auth.guard_actor('first_officer');
-- It is proposed by one, and then confirmed, once, by another; nothing else of it changes.
create function recon.guard_cash_list() returns trigger language plpgsql security definer
set search_path = pg_catalog
as $$
begin
	perform auth.guard_second(tg_op, 'recon.cash_list', to_jsonb(old), to_jsonb(new));
	if tg_op = 'INSERT' then
		return null;
	end if;
	perform auth.need_both(new.first_officer, new.second_officer, array['cash'], (select a.code from org.channel c
		join org.funding_account f on f.id = c.funding_account join org.agency a on a.id = f.agency where c.id = new.channel), '*', null,
		new.paid_dong + new.unpaid_dong);
	return null;
end $$;
create trigger guard after insert or update on recon.cash_list for each row execute function recon.guard_cash_list();
create table recon.cash_line (
	list bigint not null references recon.cash_list,
	n integer not null,			-- the file's row
	payout bigint not null references payout.payout,
	paid boolean not null,
	amount_dong bigint not null,
	day date,				-- when it was paid out
	primary key (list, payout),
	check (not paid or day is not null)
);

call ops.append_only('payout.claim_void_proposal', 'payout.claim_void', 'bank.message_key', 'bank.message', 'bank.statement', 'bank.statement_line', 'bank.intraday_credit',
	'recon.allocation', 'recon.break_proposal', 'recon.break_resolution', 'recon.reconciliation', 'recon.cash_line');
call ops.keep_rows('recon.cash_list');
