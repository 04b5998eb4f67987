-- The instance and its clock, the payer, the reference tables and the rules.

create schema ops authorization chitra_owner;
create schema org authorization chitra_owner;
create schema register authorization chitra_owner;
create schema rules authorization chitra_owner;
create schema payout authorization chitra_owner;
create schema bank authorization chitra_owner;
create schema recon authorization chitra_owner;
create schema books authorization chitra_owner;
create schema auth authorization chitra_owner;

set local role chitra_owner;

-- ---------------------------------------------------------------- ops

-- One row: what this database is. A tenant is a database.
create table ops.instance (
	one boolean primary key default true check (one),
	sandbox boolean not null,
	currency text not null default 'VND' check (currency = 'VND'),
	clock_offset interval not null default '0'
);

-- The business clock: dates that money and rules depend on come from here, and only a sandbox may move it.
create function ops.now() returns timestamptz language sql stable
set search_path = pg_catalog
as $$ select now() + clock_offset from ops.instance $$;

create function ops.today() returns date language sql stable
set search_path = pg_catalog
as $$ select (ops.now() at time zone 'Asia/Ho_Chi_Minh')::date $$;

create function ops.guard_instance() returns trigger language plpgsql
set search_path = pg_catalog
as $$
begin
	if not old.sandbox or new.sandbox is distinct from old.sandbox then
		raise exception 'clock_fixed: the business clock moves only in a sandbox database' using errcode = 'CH001';
	end if;
	if new.clock_offset < old.clock_offset then
		raise exception 'clock_back: the business clock never goes back' using errcode = 'CH001';
	end if;
	return new;
end $$;
create trigger guard before update on ops.instance for each row execute function ops.guard_instance();

-- Refuses whatever would change or remove a row of an append-only table.
create function ops.refuse_change() returns trigger language plpgsql
set search_path = pg_catalog
as $$
begin
	raise exception 'append_only: %.% only grows; correct it by a new row', tg_table_schema, tg_table_name using errcode = 'CH001';
end $$;

-- Tables of which rows never change, and those of which rows never go away.
create procedure ops.append_only(variadic tables regclass[]) language plpgsql
set search_path = pg_catalog
as $$
declare
	t regclass;
begin
	foreach t in array tables loop
		execute format('create trigger append_only before update or delete on %s for each row execute function ops.refuse_change()', t);
		execute format('create trigger append_only_all before truncate on %s execute function ops.refuse_change()', t);
	end loop;
end $$;
create procedure ops.keep_rows(variadic tables regclass[]) language plpgsql
set search_path = pg_catalog
as $$
declare
	t regclass;
begin
	foreach t in array tables loop
		execute format('create trigger kept before delete on %s for each row execute function ops.refuse_change()', t);
		execute format('create trigger kept_all before truncate on %s execute function ops.refuse_change()', t);
	end loop;
end $$;

-- What much was written into is planned for by guesses until autovacuum comes by, a minute later. Whoever wrote much looks anew at
-- the tables that doubled since somebody last did; a small sample tells enough, and the other tables cost nothing.
create function ops.learn() returns void language plpgsql security definer
set search_path = pg_catalog
set default_statistics_target = 20
as $$
declare
	t regclass;
begin
	for t in select c.oid from pg_class c join pg_class mine on mine.oid = 'ops.instance'::regclass
		where c.relkind = 'r' and c.relowner = mine.relowner
			and pg_relation_size(c.oid) > 2 * current_setting('block_size')::bigint * greatest(c.relpages, 25)
	loop
		execute format('analyze (skip_locked) %s', t);
	end loop;
end $$;

-- Work that happens once at a time (scheduling, sealing, day close): an epoch fences whoever lost the lease.
create table ops.lease (
	name text primary key,
	epoch bigint not null default 0,
	owner text not null,
	until timestamptz not null
);

-- Pause and resume are rows: 'all', 'bank:<code>' or 'programme:<code>'.
create table ops.pause (
	what text primary key,
	reason text not null,
	by_officer text not null,
	at timestamptz not null default now()
);

-- Which PostgreSQL this is, and since when it runs: what another one of these acknowledged may be lost here.
create function ops.history() returns text language sql stable
set search_path = pg_catalog
as $$
	select format('%s %s %s', system_identifier, case when pg_is_in_recovery() then '' else substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8) end,
		extract(epoch from pg_postmaster_start_time()))
	from pg_control_system()
$$;

-- The tellers' sent journals, each by the name that stands in it. Nothing is cancelled before every one of them was compared with these
-- rows: what one has may have left, though a row that lost a commit says ready.
create table ops.journal (
	name text primary key,
	place text not null,			-- host and path, for people
	banks text[],				-- whom its teller pays through; null: not known
	history text,				-- ops.history() when nothing was found that it has and the rows have lost
	upto bigint not null default 0,		-- bytes of it of which the archive would miss the books' transaction
	doubt text,				-- what was found: nothing is sent, signed or booked until chitra recover
	at timestamptz not null default now(),	-- of the last look
	lost_at timestamptz			-- whoever recovered said that it does not exist any more
);
call ops.keep_rows('ops.journal');

-- Since when a bank may have heard of what the rows say has not left: commits may have been lost together with what a teller sent by them, and
-- its sent journal was not held against these rows. What was committed before its last look is here. Null: nothing can be missing. A bank
-- hears of nothing from a teller that does not pay through it; bank null (the cash agents): of any.
create function ops.heard_since(bank text) returns timestamptz language sql stable security definer
set search_path = pg_catalog
as $$
	select min(j.at) + (select i.clock_offset from ops.instance i)
	from ops.journal j where j.lost_at is null and (j.banks is null or bank is null or bank = any (j.banks)) and j.history is distinct from ops.history()
$$;

-- Work that may kill whoever does it is counted here before it begins, in a transaction of its own, and taken off when it is done. Several may be at
-- it at once: whose session still lives has not died of it.
create table ops.attempt (
	work text not null,			-- 'dispatch', 'line', 'digest', 'message'
	id bigint not null,
	tries smallint not null,
	backend integer not null,		-- of whoever began it last, pid and start of the session
	since timestamptz not null,
	primary key (work, id)
);

-- ---------------------------------------------------------------- reference (loaded from sql/reference)

create table register.area (
	code text not null,
	valid_from date not null,
	valid_to date,
	valid_from_known boolean not null,
	valid_to_known boolean not null,
	gone_by date,				-- an unknown end lies before this day
	level text not null check (level in ('province', 'district', 'commune')),
	name text not null,
	parent_code text,
	parent_valid_from date,
	province_code text not null,
	source text not null,
	primary key (level, code, valid_from),
	check (valid_to is null or valid_to >= valid_from)
);
create index on register.area (code, valid_from);

create table register.area_successor (
	code text not null,
	valid_from date not null,
	successor_code text not null,
	successor_valid_from date not null,
	is_split boolean not null,
	source text not null,
	primary key (code, valid_from, successor_code, successor_valid_from)
);

create table register.district_2023 (
	district_code text primary key,
	name text not null,
	province_code text not null,
	source text not null
);

create table register.id_prefix (
	prefix text primary key check (prefix ~ '^[0-9]{3}$'),
	province_code_before_2025 text not null,
	province_name text not null,
	source text not null
);

create table register.id_century (
	digit smallint primary key check (digit between 0 and 9),
	sex text not null check (sex in ('M', 'F')),
	year_from smallint not null,
	year_to smallint not null,
	verification text not null
);

create table bank.bank (
	code text primary key,
	napas_bin text,
	short_name text not null,
	name_vi text not null,
	swift_bic text,
	sbv_code text,
	name_lookup boolean not null,
	deprecated boolean not null,
	replaced_by text,
	source text not null
);

create table rules.business_day (
	day date primary key,
	kind text not null check (kind in ('holiday', 'make_up_workday')),
	name text not null,
	source text not null,
	verification text not null
);
-- The days as they are: what was collected, and what two officers said since (0006_rules.sql).
create view rules.calendar as select day, kind from rules.business_day;

-- A programme is rows, not code. Its code is part of every derived id.
create table rules.programme (
	code text primary key check (code ~ '^[a-z][a-z0-9_]{1,15}$'),
	name_vi text not null
);
insert into rules.programme values
	('merit', 'Người có công với cách mạng'),
	('social', 'Trợ giúp xã hội, người cao tuổi'),
	('rent', 'Hỗ trợ tiền thuê nhà');

-- Two time axes: from which day a rate counts (effective), and since when its decree is in force.
create table rules.rate (
	rate_code text not null,
	programme text not null references rules.programme,
	description_vi text not null,
	basis text not null,
	standard_code text,
	coefficient numeric(6, 2),
	injury_pct smallint check (injury_pct between 1 and 100),
	amount_dong bigint not null check (amount_dong > 0),
	province_code text,
	effective_from date not null,
	effective_to date,
	in_force_from date not null,
	decree text not null,
	legal_basis text not null,
	verification text not null check (verification in ('read', 'computed', 'secondary', 'assumed', 'inferred')),
	verification_note text,
	check (effective_to is null or effective_to >= effective_from)
);
create unique index rate_key on rules.rate (rate_code, coalesce(injury_pct, 0), coalesce(province_code, ''), effective_from);

create table rules.category (
	code text primary key,
	programme text not null references rules.programme,
	name_vi text not null,
	rate_code text not null,
	also_rate_code text,			-- paid beside it, such as the heroic mother's allowance
	needs_injury_pct boolean not null,
	rule text not null check (rule in ('highest_of_several', 'adds', 'table')),
	source text not null
);

create table rules.category_alias (
	alias text primary key,
	category text not null references rules.category
);

-- ---------------------------------------------------------------- org: the payer

create table org.agency (
	id bigint generated always as identity primary key,
	code text not null unique check (code ~ '^[a-z][a-z0-9-]{1,31}$'),
	name_vi text not null
);

-- An agency's account at a bank, from which benefits are paid. The number is the agency's, not a person's.
create table org.funding_account (
	id bigint generated always as identity primary key,
	code text not null unique check (code ~ '^[a-z][a-z0-9-]{1,31}$'),
	agency bigint not null references org.agency,
	bank text not null,
	number text not null check (number ~ '^[0-9A-Za-z]{4,34}$'),
	unique (bank, number)
);

-- Which agency pays which programme (since 2025 merit and social assistance are different agencies).
create table org.programme_agency (
	programme text primary key references rules.programme,
	agency bigint not null references org.agency,
	funding_account bigint not null references org.funding_account
);

-- Whom we instruct. The profile says what the bank promises; it decides what evidence proves.
create table org.channel (
	id bigint generated always as identity primary key,
	code text not null unique check (code ~ '^[a-z][a-z0-9-]{1,31}$'),
	kind text not null check (kind in ('bank', 'cash')),
	funding_account bigint not null references org.funding_account,
	bank text not null,			-- configuration section of the bank, or the agent's code
	driver text not null check (driver in ('chitra_json', 'cash_list')),
	deduplicates boolean not null,
	dedupe_days integer not null check (dedupe_days >= 0),
	honours_valid_until boolean not null,
	posting_lag_days integer not null check (posting_lag_days between 0 and 30),
	items_per_message integer not null check (items_per_message between 1 and 500),
	valid_hours integer not null check (valid_hours between 1 and 720),	-- from when it is made, or its first opening (org.channel_hours), to valid-until
	agent_key bytea check (length(agent_key) = 32),		-- cash agent's Ed25519 key for its signed lists
	check ((kind = 'cash') = (driver = 'cash_list')),
	check (kind = 'bank' or agent_key is not null)
);

create table org.fee_rule (
	id bigint generated always as identity primary key,
	bank text not null,
	pattern text not null,			-- a fixed prefix of the statement line's text
	max_dong bigint not null check (max_dong > 0),
	unique (bank, pattern)
);

-- Money that we expect: from the treasury, to and from the cash agent, or back to the treasury: what it is owed (refund), or what of its
-- advance was not spent (unspent). Never books anything by itself.
create table org.funding_order (
	id bigint generated always as identity primary key,
	funding_account bigint not null references org.funding_account,
	programme text references rules.programme,
	kind text not null check (kind in ('treasury', 'agent_advance', 'agent_return', 'refund', 'unspent')),
	channel bigint references org.channel,	-- the agent's channel
	reference text not null check (length(reference) between 3 and 70),
	amount_dong bigint not null check (amount_dong > 0),
	made_by bigint not null,
	made_at timestamptz not null default now(),
	unique (funding_account, reference),
	check ((kind in ('agent_advance', 'agent_return')) = (channel is not null))
);
call ops.append_only('org.funding_order');
