-- Officers and sessions, people, accounts, lists.

set local role chitra_owner;

-- ---------------------------------------------------------------- auth

create table auth.officer (
	id bigint generated always as identity primary key,
	login text not null unique check (login ~ '^[a-z][a-z0-9._-]{1,31}$'),
	name text not null,
	disabled boolean not null default false
);

-- What two admin keys certified of an officer's key (text chitra-certificate/v1). The teller checks the same bytes again,
-- from admin keys of its own; this copy only says whom to ask.
create table auth.certificate (
	id bigint generated always as identity primary key,
	officer bigint not null references auth.officer,
	sha256 bytea not null unique check (length(sha256) = 32),
	text bytea not null check (sha256 = sha256(text)),
	signatures bytea not null,		-- lines: admin key id, space, base64 signature
	public_key bytea not null check (length(public_key) = 32),
	not_before timestamptz not null,
	not_after timestamptz not null check (not_after > not_before),
	unique (id, officer)			-- for those who name both
);

create table auth.revocation (
	certificate bigint primary key references auth.certificate,
	text bytea not null,
	signatures bytea not null,
	at timestamptz not null default now()
);

create table auth.mandate (
	officer bigint not null references auth.officer,
	certificate bigint not null references auth.certificate,
	role text not null check (role in ('maker', 'checker', 'approver', 'release', 'register', 'cash', 'auditor', 'operator')),
	agency text not null,			-- agency code, or '*'
	area text not null,			-- area code, or '*'
	limit_dong bigint not null check (limit_dong >= 0),
	primary key (certificate, role, agency, area),
	foreign key (certificate, officer) references auth.certificate (id, officer)
);
create index on auth.mandate (officer);

create table auth.session (
	token_hash bytea primary key check (length(token_hash) = 32),
	officer bigint not null references auth.officer,
	opened_at timestamptz not null default now(),
	expires_at timestamptz not null
);

-- A login is a signature over a nonce that the desk gave out once.
create table auth.challenge (
	nonce bytea primary key check (length(nonce) = 32),
	officer bigint not null references auth.officer,
	expires_at timestamptz not null
);

-- Who acts in this transaction. Only auth.enter() writes it, and a transaction id cannot be forged. It comes again on another
-- server, into which a dump of this one was restored, so the server's start is part of the key.
create unlogged table auth.entered (
	xact xid8 not null default pg_current_xact_id(),
	server timestamptz not null default pg_postmaster_start_time(),
	officer bigint not null,
	primary key (xact, server)
);

-- Once in a transaction. Whoever comes takes away what ended transactions left.
create function auth.enter(token_hash bytea) returns bigint language plpgsql security definer
set search_path = pg_catalog
as $$
declare
	who bigint;
begin
	select s.officer into who from auth.session s join auth.officer o on o.id = s.officer
		where s.token_hash = enter.token_hash and s.expires_at > now() and not o.disabled;
	if who is null then
		raise exception 'session_over: the session has ended; log in again with "chitra login"' using errcode = 'CH001';
	end if;
	delete from auth.entered where ctid = any (array(select e.ctid from auth.entered e
		where e.xact < pg_snapshot_xmin(pg_current_snapshot()) or e.server <> pg_postmaster_start_time()
		for update skip locked));
	insert into auth.entered (officer) values (who) on conflict do nothing;
	if not found then
		raise exception 'entered_twice: an officer acts in this transaction already' using errcode = 'CH001';
	end if;
	return who;
end $$;

create function auth.me() returns bigint language sql stable security definer
set search_path = pg_catalog
as $$ select officer from auth.entered where xact = pg_current_xact_id_if_assigned() and server = pg_postmaster_start_time() $$;

-- Whoever is written down as having acted is who acts: one look at all rows of a statement. Its argument is the column. (What a rule
-- did is null there, and then nobody acts.)
create function auth.guard_actor() returns trigger language plpgsql security definer
set search_path = pg_catalog
as $$
declare
	another boolean;
begin
	execute format('select exists (select from fresh where %I is distinct from auth.me())', tg_argv[0]) into another;
	if another then
		raise exception 'not_yours: %.% is filled in by the officer who is logged in', tg_table_name, tg_argv[0] using errcode = 'CH001';
	end if;
	return null;
end $$;
create trigger made_by_me after insert on org.funding_order referencing new table as fresh
	for each statement execute function auth.guard_actor('made_by');

-- What one officer proposes is confirmed once by the second who is logged in, and nothing else of it changes.
create function auth.guard_second(op text, relation text, was jsonb, now jsonb) returns void language plpgsql stable
set search_path = pg_catalog
as $$
begin
	if op = 'INSERT' then
		if now ->> 'second_officer' is not null then
			raise exception 'not_proposed: % is proposed before it is confirmed', relation using errcode = 'CH001';
		end if;
	elsif was ->> 'second_officer' is not null or now ->> 'second_officer' is null
			or now - '{second_officer,decided_at}'::text[] <> was - '{second_officer,decided_at}'::text[] then
		raise exception 'append_only: % is confirmed once and never changed', relation using errcode = 'CH001';
	elsif (now ->> 'second_officer')::bigint is distinct from auth.me() then
		raise exception 'not_yours: % is confirmed by the officer who is logged in', relation using errcode = 'CH001';
	end if;
end $$;

-- Whether an officer holds a role for an agency, an area and an amount, by a certificate in force.
-- (plpgsql: an SQL function that another one calls is planned at each call.)
create function auth.officer_may(officer bigint, role text, agency text, area text, amount bigint) returns boolean
language plpgsql stable security definer
set search_path = pg_catalog
as $$
begin
	return exists (
		select from auth.mandate m join auth.certificate c on c.id = m.certificate
		where m.officer = officer_may.officer and m.role = officer_may.role
			and (m.agency = '*' or m.agency = officer_may.agency)
			and (m.area = '*' or m.area = officer_may.area)
			and m.limit_dong >= officer_may.amount
			and now() between c.not_before and c.not_after
			and not exists (select from auth.revocation r where r.certificate = c.id))
		and exists (select from auth.officer o where o.id = officer_may.officer and not o.disabled);
end $$;

-- Of an act of two: both may do it when the second one does; what the first had when he proposed it may be gone. area_from: null for '*'.
create function auth.need_both(first bigint, second bigint, roles text[], agency text, area text, area_from date, amount bigint) returns void
language plpgsql stable security definer
set search_path = pg_catalog
as $$
begin
	if not exists (select from unnest(need_both.roles) as r
			where auth.officer_may_in(need_both.second, r, need_both.agency, need_both.area, need_both.area_from, need_both.amount)) then
		raise exception 'no_mandate: you have no mandate for this, or the amount is above its limit' using errcode = 'CH001';
	end if;
	if not exists (select from unnest(need_both.roles) as r
			where auth.officer_may_in(need_both.first, r, need_both.agency, need_both.area, need_both.area_from, need_both.amount)) then
		raise exception 'first_mandate: whoever proposed this has no mandate for it any more' using errcode = 'CH001';
	end if;
end $$;

-- Whether this transaction's officer does.
create function auth.may(role text, agency text, area text, amount bigint) returns boolean language sql stable security definer
set search_path = pg_catalog
as $$ select auth.officer_may(auth.me(), role, agency, area, amount) $$;

create table auth.access_log (
	id bigint generated always as identity primary key,
	officer bigint not null references auth.officer,
	at timestamptz not null default now(),
	what text not null,			-- such as 'person.id', 'account.number', 'export.people'
	person bigint,
	reason text not null
);
create trigger by_me after insert on auth.access_log referencing new table as fresh
	for each statement execute function auth.guard_actor('officer');

-- A whole list in clear is for those whose work it is: who keeps the register, makes and signs batches, or audits.
create function auth.guard_opening() returns trigger language plpgsql security definer
set search_path = pg_catalog
as $$
begin
	if exists (select from fresh f where f.what in ('export.people', 'report.settled')) and not exists (select from auth.mandate m
			where m.officer = auth.me() and m.role in ('register', 'maker', 'checker', 'approver', 'auditor')
				and auth.may(m.role, m.agency, m.area, 0)) then
		raise exception 'no_mandate: numbers of everybody in clear take a mandate register, maker, checker, approver or auditor'
			using errcode = 'CH001';
	end if;
	return null;
end $$;
create trigger guard_opening after insert on auth.access_log referencing new table as fresh
	for each statement execute function auth.guard_opening();

-- ---------------------------------------------------------------- register

create table register.person (
	id bigint generated always as identity primary key,
	anchor bytea not null unique check (length(anchor) = 16),	-- of the first ID ever registered; never changes
	root bigint references register.person,			-- null: this row is the person; else merged into that one
	name text not null,
	name_fold text not null,
	birth_year smallint not null check (birth_year between 1880 and 2100),
	birth_date date,
	sex text not null check (sex in ('M', 'F')),
	registered_at timestamptz not null default now(),
	check (birth_date is null or extract(year from birth_date) = birth_year),
	check (root is null or root <> id)
);

create index person_merged on register.person (root) where root is not null;
create unique index person_merged_id on register.person (id) where root is not null;

-- All rows that are one person with this one. Set-wise queries say it themselves, since so few were ever merged.
create function register.selves(person bigint) returns bigint[] language sql stable
set search_path = pg_catalog
as $$
	select array_agg(s.id) from register.person me
	join register.person s on s.id = coalesce(me.root, me.id) or s.root = coalesce(me.root, me.id)
	where me.id = selves.person
$$;

-- The person's data key, wrapped by the KEK. Destroying this row makes everything sealed with it unreadable.
create table register.person_key (
	person bigint primary key,
	wrapped bytea not null
);

create table register.person_id (
	person bigint not null,
	kind text not null check (kind in ('cccd', 'cmnd')),
	blind bytea not null unique check (length(blind) = 16),
	sealed bytea not null,
	known_from timestamptz not null default now(),
	replaced_at timestamptz,
	primary key (person, blind)
);

-- Telephone numbers, for the officer who calls; no rule reads them.
create table register.person_phone (
	person bigint not null,
	blind bytea not null check (length(blind) = 16),
	sealed bytea not null,
	known_from timestamptz not null default now(),
	primary key (person, blind)
);

create table register.import_file (
	id bigint generated always as identity primary key,
	sha256 bytea not null check (length(sha256) = 32),
	name text not null,
	kind text not null check (kind in ('payment_list', 'account_list', 'deaths', 'agent_paid_list')),
	programme text references rules.programme,
	area_code text,
	area_valid_from date,
	period date check (extract(day from period) = 1),
	bank text,
	officer bigint not null references auth.officer,
	at timestamptz not null default now(),
	row_key bytea not null,			-- wrapped key that seals the rows' raw text; wrapped for "person" −id
	unique (sha256, kind)			-- how many rows, and how much: its rows say; they come in slices, after it
);
create trigger by_me after insert on register.import_file referencing new table as fresh
	for each statement execute function auth.guard_actor('officer');

create table register.import_row (
	file bigint not null,
	row_no integer not null,
	status text not null check (status in ('accepted', 'rejected', 'repaired')),
	person bigint,
	listed_dong bigint,
	code text,				-- why it was rejected or repaired
	note text,				-- what to do, in Vietnamese, without personal data
	sealed bytea,				-- the raw row, for those that were not accepted as they stood
	programme text,				-- of payment lists: the file's programme and period again, so that
	period date,				-- nobody can stand on the lists of one period twice;
	kind text check (kind in ('regular', 'arrears')),	-- arrears beside the month's own row are no second time
	primary key (file, row_no),
	check ((status = 'accepted') = (code is null)),
	check (status <> 'rejected' or person is null),
	constraint import_row_of_list check ((programme is null) = (period is null) and (programme is null) = (kind is null))
);

create unique index import_row_once on register.import_row (programme, period, person, kind)
	where programme is not null and person is not null;

-- Deaths of people whom no list has named yet: whoever comes later with this ID is dead from the start.
create table register.death_notice (
	blind bytea not null check (length(blind) = 16),
	day date not null,
	file bigint not null references register.import_file,
	row_no integer not null,
	primary key (blind, day)
);

create table register.person_event (
	id bigint generated always as identity primary key,
	person bigint not null references register.person,
	kind text not null check (kind in ('death', 'move', 'correction', 'merge')),
	day date not null,
	file bigint references register.import_file,
	at timestamptz not null default now(),
	unique (person, kind, day)
);

-- A person in a programme, in one category, from a month on. Nothing is overwritten: an end is a later row's business.
create table register.enrolment (
	id bigint generated always as identity primary key,
	person bigint not null,
	programme text not null,
	category text not null,
	injury_pct smallint check (injury_pct between 1 and 100),
	area_code text not null,
	area_valid_from date not null,
	from_month date not null check (extract(day from from_month) = 1),
	to_month date check (extract(day from to_month) = 1 and to_month >= from_month),
	kind text not null default 'regular' check (kind in ('regular', 'arrears')),
	pay_period date,			-- arrears: the pay period that the decision names
	decision text,
	file bigint not null,
	row_no integer not null,
	unique nulls not distinct (person, programme, category, kind, from_month, decision, pay_period)
);

create table register.pay_preference (
	id bigint generated always as identity,
	person bigint not null,
	programme text not null,
	method text not null check (method in ('account', 'cash')),
	since date not null,
	file bigint,
	primary key (person, programme, since, method)
);

-- An account that may receive a person's money: who says so, how well the name fits, since when.
create table register.payee_account (
	id bigint generated always as identity primary key,
	person bigint not null,
	kind text not null check (kind in ('self', 'delegate', 'guardian', 'household')),
	bank text not null,
	blind bytea not null check (length(blind) = 16),
	sealed bytea not null,
	salt bytea not null check (length(salt) = 16),
	hash bytea not null check (length(hash) = 32),	-- sha256 of 'chitra-account/v1', salt, bank, number: what a signed line holds
	holder_name text not null,
	holder_fold text not null,
	authority text,
	authority_until date,
	source text not null check (source in ('list', 'bank_list', 'officer')),
	file bigint,
	proposed_at timestamptz not null default now(),
	unique (person, bank, blind),
	check (kind = 'self' or authority is not null)
);

-- What was found out about it; the newest row counts. Passing needs a grade and a second link.
create table register.account_check (
	id bigint generated always as identity,
	account bigint not null,
	source text not null check (source in ('bank_list', 'bank_inquiry', 'officer')),
	status text not null check (status in ('open', 'closed', 'blocked', 'not_found', 'unclear')),
	grade text not null check (grade in ('exact', 'tone_variant', 'folded', 'partial', 'different')),
	id_linked boolean not null,		-- the bank or an officer's document ties the account to the person's ID
	passes boolean not null,
	message bigint,				-- the bank's reply
	inquiry bigint,				-- the question that it answers
	at timestamptz not null default now(),
	primary key (account, id),
	-- 'officer': two officers looked at what the bank said and vouch for it
	check (not passes or status = 'open' and (source = 'officer' or id_linked and grade in ('exact', 'tone_variant', 'folded')))
);
create unique index account_check_inquiry_key on register.account_check (inquiry) where inquiry is not null;

-- Questions to the bank about accounts; the teller takes them by ascending id.
create table register.account_inquiry (
	id bigint generated always as identity primary key,
	account bigint not null,
	bank text not null,
	asked_at timestamptz not null default now()
);
create table register.account_answer (
	inquiry bigint primary key references register.account_inquiry,
	status text not null check (status in ('open', 'closed', 'blocked', 'not_found', 'unclear')),
	holder_name text,
	personal_id_match boolean,
	message bigint,
	at timestamptz not null default now()
);

-- Something a person must decide before a claim is paid.
create table register.finding (
	id bigint generated always as identity primary key,
	programme text not null references rules.programme,
	period date not null,
	person bigint references register.person,
	file bigint references register.import_file,
	row_no integer,
	code text not null,			-- 'amount_differs', 'no_rate', 'account_name', …
	note text not null,
	blocks boolean not null,		-- its claims wait until it is decided
	opened_at timestamptz not null default now(),
	unique nulls not distinct (programme, period, person, code)
);
-- What the first officer thinks; the second one of the same mind decides.
create table register.finding_proposal (
	id bigint generated always as identity primary key,
	finding bigint not null references register.finding,
	officer bigint not null references auth.officer,
	verdict text not null check (verdict in ('pay_entitled', 'do_not_pay')),
	reason text not null,
	at timestamptz not null default clock_timestamp()
);
create index on register.finding_proposal (finding);
create trigger by_me after insert on register.finding_proposal referencing new table as fresh
	for each statement execute function auth.guard_actor('officer');
create table register.finding_decision (
	finding bigint primary key references register.finding,
	verdict text not null check (verdict in ('pay_entitled', 'do_not_pay')),
	first_officer bigint not null references auth.officer,
	second_officer bigint not null references auth.officer,
	reason text not null,
	at timestamptz not null default now(),
	check (first_officer <> second_officer)
);
create function register.guard_decision() returns trigger language plpgsql security definer
set search_path = pg_catalog
as $$
begin
	if not exists (select from (select p.officer, p.verdict from register.finding_proposal p where p.finding = new.finding order by p.id desc limit 1) l
			where (l.officer, l.verdict) = (new.first_officer, new.verdict)) then
		raise exception 'not_proposed: the first officer''s word is the last proposal' using errcode = 'CH001';
	end if;
	if exists (select from register.finding f where f.id = new.finding and not (register.may_decide(new.first_officer, f.programme, f.person)
			and register.may_decide(new.second_officer, f.programme, f.person))) then
		raise exception 'no_mandate: a finding is decided by two officers who have the mandate' using errcode = 'CH001';
	end if;
	return null;
end $$;
create trigger first_proposed after insert on register.finding_decision for each row execute function register.guard_decision();
create trigger second_is_me after insert on register.finding_decision referencing new table as fresh
	for each statement execute function auth.guard_actor('second_officer');

-- What a foreign key would say, once a statement instead of once a row: a key costs 8 µs a row and lists bring hundreds of thousands.
-- "offset 0": a look into the index for each, not a hash of everybody for each portion.
-- The other half of a key, that nothing named goes away, is ops.keep_rows and ops.append_only.
create function register.guard_names() returns trigger language plpgsql security definer
set search_path = pg_catalog
as $$
declare
	missing text;
begin
	case tg_argv[0]
	when 'person' then
		select 'person ' || l.person into missing from lines l
			where l.person is not null and not exists (select from register.person p where p.id = l.person offset 0) limit 1;
	when 'file' then
		select 'file ' || l.file into missing from (select distinct file from lines where file is not null) l
			where not exists (select from register.import_file f where f.id = l.file) limit 1;
	when 'account' then
		select 'account ' || l.account into missing from lines l
			where not exists (select from register.payee_account a where a.id = l.account offset 0) limit 1;
	when 'programme' then
		select 'programme ' || l.programme into missing from (select distinct programme from lines) l
			where not exists (select from rules.programme p where p.code = l.programme) limit 1;
	when 'category' then
		select 'category ' || l.category into missing from (select distinct category from lines) l
			where not exists (select from rules.category c where c.code = l.category) limit 1;
	end case;
	if missing is not null then
		raise exception 'names_nothing: %.% names % that does not exist', tg_table_schema, tg_table_name, missing
			using errcode = 'CH001';
	end if;
	return null;
end $$;

do $$
declare
	t record;
	part text;
begin
	for t in select * from (values
		('register.person_key'::regclass, 'person'), ('register.person_id', 'person'), ('register.person_phone', 'person'),
		('register.import_row', 'person file'), ('register.enrolment', 'person file programme category'),
		('register.pay_preference', 'person file programme'), ('register.payee_account', 'person file'),
		('register.account_check', 'account'), ('register.account_inquiry', 'account')) as w(name, parts) loop
		foreach part in array string_to_array(t.parts, ' ') loop
			execute format('create trigger guard_%s after insert on %s referencing new table as lines
				for each statement execute function register.guard_names(%L)', part, t.name, part);
		end loop;
	end loop;
	foreach part in array array['register.person', 'rules.programme', 'rules.category'] loop
		execute format('create trigger keeps_name before update of %s on %s for each row execute function ops.refuse_change()',
			case part when 'register.person' then 'id, anchor' else 'code' end, part);
	end loop;
end $$;

-- ---------------------------------------------------------------- pauses

-- Who stopped sending, and let it go on. What stands now is in ops.pause; an act makes it so.
create table ops.pause_act (
	id bigint generated always as identity primary key,
	what text not null,			-- 'all', 'bank:CODE', 'programme:CODE'
	pauses boolean not null,		-- false: it goes on
	reason text not null check (length(reason) between 3 and 500),
	officer bigint not null references auth.officer,
	at timestamptz not null default now()
);
create trigger by_me after insert on ops.pause_act referencing new table as fresh
	for each statement execute function auth.guard_actor('officer');
-- One officer is enough in either direction: what goes on was released by two. What a recovery paused, it alone resumes.
create function ops.do_pause() returns trigger language plpgsql security definer
set search_path = pg_catalog
as $$
begin
	if not exists (select from auth.mandate m where m.officer = auth.me() and m.role in ('release', 'operator')
			and auth.may(m.role, m.agency, m.area, 0)) then
		raise exception 'no_mandate: sending is stopped by whoever may release, or by an operator' using errcode = 'CH001';
	elsif new.pauses then
		insert into ops.pause (what, reason, by_officer)
			select new.what, new.reason, o.login from auth.officer o where o.id = new.officer on conflict do nothing;
		if not found then
			raise exception 'paused_already: % is paused already', new.what using errcode = 'CH001';
		end if;
	else
		delete from ops.pause p where p.what = new.what and p.by_officer !~ '^duty:';
		if not found then
			raise exception 'not_paused: % is not paused, or by a recovery, which ends with chitra recover --resume', new.what using errcode = 'CH001';
		end if;
	end if;
	return null;
end $$;
create trigger does after insert on ops.pause_act for each row execute function ops.do_pause();

call ops.append_only('ops.pause_act', 'register.person_phone', 'register.import_file', 'register.import_row', 'register.death_notice', 'register.person_event',
	'register.enrolment', 'register.pay_preference', 'register.payee_account', 'register.account_check', 'register.account_inquiry',
	'register.account_answer', 'register.finding', 'register.finding_proposal', 'register.finding_decision', 'auth.certificate',
	'auth.revocation', 'auth.mandate', 'auth.access_log');
call ops.keep_rows('register.person_id', 'register.person', 'rules.programme', 'rules.category');
