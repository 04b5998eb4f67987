-- Sealed data: which keys wrap the people's, who looked at what, and how a person is forgotten.

set local role chitra_owner;

-- ---------------------------------------------------------------- the keys that wrap (KEK)

-- Outside the database, at desk and teller; here only their ids (4 bytes of a hash of the key, first in whatever it wrapped) and a known
-- key that each wrapped, so that a holder sees at start whether it has the right one. The newest wraps; all that are not retired open.
create table register.kek (
	n smallint primary key check (n > 0),
	id bytea not null unique check (length(id) = 4),
	proof bytea not null,			-- 32 zero bytes, wrapped for "person" 0
	officer bigint references auth.officer,	-- who brought it in; null: the first one
	at timestamptz not null default clock_timestamp(),
	retired_at timestamptz			-- nothing needs it, and nothing will
);

create function register.operates() returns boolean language sql stable security definer
set search_path = pg_catalog
as $$ select exists (select from auth.mandate m where m.officer = auth.me() and m.role = 'operator' and auth.may('operator', m.agency, m.area, 0)) $$;

-- How many wrapped keys a KEK must still open.
create function register.kek_needed(id bytea) returns bigint language sql stable security definer
set search_path = pg_catalog
as $$
	select (select count(*) from register.person_key k where substring(k.wrapped for 4) = kek_needed.id)
		+ (select count(*) from register.import_file f where substring(f.row_key for 4) = kek_needed.id)
$$;

create function register.guard_kek() returns trigger language plpgsql security definer
set search_path = pg_catalog
as $$
declare
	needed bigint;
begin
	if tg_op = 'INSERT' then
		if new.retired_at is not null or new.n <> (select coalesce(max(k.n), 0) + 1 from register.kek k) then
			raise exception 'kek_order: key-encryption keys come one after the other' using errcode = 'CH001';
		end if;
		if new.n > 1 and not register.operates() then
			raise exception 'no_mandate: only an operator brings in a key-encryption key' using errcode = 'CH001';
		end if;
		if (select count(*) from register.kek k where k.retired_at is null) > 1 then
			raise exception 'kek_rotating: finish the rotation that was begun first' using errcode = 'CH001';
		end if;
		if new.n = 1 and exists (select from register.person_key k where substring(k.wrapped for 4) <> new.id) then
			raise exception 'kek_unknown: what is sealed here was wrapped by another key-encryption key' using errcode = 'CH001';
		end if;
		if new.officer is distinct from (case when new.n > 1 then auth.me() end) then
			raise exception 'not_yours: a key-encryption key is brought in by the officer who is logged in' using errcode = 'CH001';
		end if;
		return new;
	end if;
	if old.retired_at is not null or new.retired_at is null or to_jsonb(new) - 'retired_at' <> to_jsonb(old) - 'retired_at' then
		raise exception 'append_only: of a key-encryption key nothing changes but that it retires, once' using errcode = 'CH001';
	end if;
	if not register.operates() then
		raise exception 'no_mandate: only an operator retires a key-encryption key' using errcode = 'CH001';
	end if;
	if old.n = (select max(k.n) from register.kek k) then
		raise exception 'kek_newest: the key-encryption key that wraps is not retired' using errcode = 'CH001';
	end if;
	needed := register.kek_needed(old.id);
	if needed > 0 then
		raise exception 'kek_needed: % wrapped keys need it still', needed using errcode = 'CH001';
	end if;
	return new;
end $$;
create trigger guard before insert or update on register.kek for each row execute function register.guard_kek();
call ops.keep_rows('register.kek');

-- Nothing is wrapped any more by one that retired. The lock makes who retires it wait for who is writing, and the other way round.
create function register.guard_wrapped() returns trigger language plpgsql security definer
set search_path = pg_catalog
as $$
declare
	ids bytea[];
begin
	if tg_table_name = 'person_key' then
		select array_agg(f.id) into ids from (select substring(wrapped for 4) as id from fresh group by 1) f;
	else
		select array_agg(f.id) into ids from (select substring(row_key for 4) as id from fresh group by 1) f;
	end if;
	perform from register.kek k where k.id = any (ids) for share;
	if exists (select from register.kek k where k.id = any (ids) and k.retired_at is not null) then
		raise exception 'kek_retired: the key-encryption key of this program was retired' using errcode = 'CH001';
	end if;
	if tg_table_name = 'person_key' and pg_trigger_depth() = 1 then
		if exists (select from fresh where person in (select unnest(register.selves(e.person)) from register.erasure e where e.second_officer is not null)) then
			raise exception 'person_erased: only two officers bring back somebody who was erased (register.readmission)' using errcode = 'CH001';
		end if;
	end if;
	return null;
end $$;
create trigger guard_kek after insert on register.person_key referencing new table as fresh
	for each statement execute function register.guard_wrapped();
create trigger guard_kek after insert on register.import_file referencing new table as fresh
	for each statement execute function register.guard_wrapped();

-- ---------------------------------------------------------------- how long what is kept

-- Full years after the end of the calendar year in which something happened last.
create table rules.retention (
	what text primary key,	-- a programme: its people; raw_rows: what lists said, as they said it; messages: what banks said
	years smallint not null check (years between 1 and 100),
	source text not null,
	verification text not null check (verification in ('read', 'computed', 'secondary', 'assumed', 'inferred'))
);
create function rules.kept_until(what text, happened date) returns date language sql stable security definer
set search_path = pg_catalog
as $$
	select (date_trunc('year', happened) + make_interval(years => 1 + coalesce(r.years, 100)))::date
	from (select 1) one left join rules.retention r on r.what = kept_until.what
$$;

-- ---------------------------------------------------------------- a person is forgotten

-- Proposed by one officer, confirmed by another. With the confirmation everything that identifies the person is destroyed, in the same
-- transaction. What stays names nobody: amounts, days, states, the keyed hashes that keep a month from being paid twice, and the
-- hashes that were signed, of which the salts are gone.
create table register.erasure (
	id bigint generated always as identity primary key,
	person bigint not null references register.person,
	number text not null check (length(number) between 1 and 100),	-- of the written decision
	reason text not null check (length(reason) between 3 and 500),
	first_officer bigint not null references auth.officer,
	proposed_at timestamptz not null default clock_timestamp(),
	second_officer bigint references auth.officer,
	decided_at timestamptz,
	xact xid8,				-- the transaction that destroys
	check (first_officer <> second_officer),
	check ((second_officer is null) = (decided_at is null) and (second_officer is null) = (xact is null))
);
create index on register.erasure (person);
create trigger first_is_me after insert on register.erasure referencing new table as fresh
	for each statement execute function auth.guard_actor('first_officer');

-- The day from which nothing forbids it by its age.
create function register.held_until(person bigint) returns date language sql stable security definer
set search_path = pg_catalog
as $$
	with me as materialized (select unnest(register.selves(held_until.person)) as id), last as (
		select c.programme as what, greatest(c.pay_period, (c.made_at at time zone 'Asia/Ho_Chi_Minh')::date,
			(select max(m.day) from payout.payout p join payout.payout_move m on m.payout = p.id where p.claim = c.id)) as day
		from payout.claim c join me on me.id = c.person
		union all
		select e.programme, greatest(e.from_month, (f.at at time zone 'Asia/Ho_Chi_Minh')::date)
		from register.enrolment e join me on me.id = e.person join register.import_file f on f.id = e.file
		union all
		select d.programme, (d.proposed_at at time zone 'Asia/Ho_Chi_Minh')::date from register.decision d join me on me.id = d.person
		union all
		select r.what, (p.registered_at at time zone 'Asia/Ho_Chi_Minh')::date
		from register.person p join me on me.id = p.id, rules.retention r join rules.programme g on g.code = r.what
	)
	select max(rules.kept_until(l.what, l.day)) from last l
$$;

-- Whether an officer may register people anywhere.
create function register.registers(officer bigint) returns boolean language sql stable security definer
set search_path = pg_catalog
as $$
	select exists (select from auth.mandate m where m.officer = registers.officer and m.role = 'register'
		and auth.officer_may(m.officer, m.role, m.agency, m.area, 0))
$$;

-- Why a person may not be erased now; null: he may.
create function register.erasure_refused(person bigint) returns text language plpgsql stable security definer
set search_path = pg_catalog
as $$
declare
	me constant bigint[] := register.selves(erasure_refused.person);
	until constant date := register.held_until(erasure_refused.person);
begin
	if not exists (select from register.person_key k where k.person = any (me)) then
		return 'erased_already: this person was erased';
	end if;
	if exists (select from register.decision d where d.person = any (me) and d.second_officer is not null and d.kind in ('grant', 'funeral')
			and not exists (select from register.decision_claim c where c.decision = d.id)) then
		return 'erase_owed: what two officers granted has not become a claim';
	end if;
	if exists (select from payout.claim c where c.person = any (me) and not exists (select from payout.claim_void v where v.claim = c.id)
			and (select s.state from payout.payout p left join payout.payout_state s on s.payout = p.id where p.claim = c.id
				order by p.issue desc limit 1) is distinct from (select t.code from payout.state t where t.name = 'settled')) then
		return 'erase_owed: a claim of this person has not ended paid';
	end if;
	if exists (select from payout.claim c join payout.payout p on p.claim = c.id join recon.break k on k.payout = p.id
				where c.person = any (me) and not exists (select from recon.break_resolution r where r.break = k.id))
			or exists (select from register.finding f where f.person = any (me) and f.blocks
				and not exists (select from register.finding_decision d where d.finding = f.id))
			or exists (select from register.decision d where d.person = any (me) and d.second_officer is null)
			or exists (select from register.recovery_now r where r.person = any (me) and r.state in ('open', 'asked'))
			or exists (select from register.identity i where (i.person = any (me) or i.other = any (me)) and i.second_officer is null)
			or exists (select from register.payee_account a join register.account_word w on w.account = a.id
				where a.person = any (me) and w.second_officer is null and w.dropped_by is null) then
		return 'erase_doubt: a break, a finding or a decision about this person is open';
	end if;
	if until is null or ops.today() < until then
		return format('erase_hold: by law it is kept until %s', until);
	end if;
	return null;
end $$;

-- Whether an officer may register people in each ward and programme that had this one.
create function register.may_erase(officer bigint, person bigint) returns boolean language plpgsql stable security definer
set search_path = pg_catalog
as $$
begin
	return not exists (select from register.enrolment e join org.programme_agency pa on pa.programme = e.programme join org.agency g on g.id = pa.agency
			where e.person = any (register.selves(may_erase.person))
				and not auth.officer_may_in(may_erase.officer, 'register', g.code, e.area_code, e.area_valid_from, 0))
		and register.registers(may_erase.officer);
end $$;

create function register.guard_erasure() returns trigger language plpgsql security definer
set search_path = pg_catalog
as $$
declare
	refused text;
begin
	if tg_op = 'INSERT' and new.second_officer is not null then
		raise exception 'not_proposed: an erasure is proposed before it is confirmed' using errcode = 'CH001';
	end if;
	if tg_op = 'UPDATE' then
		if old.second_officer is not null or new.second_officer is null or to_jsonb(new) - 'second_officer' - 'decided_at'
				<> to_jsonb(old) - 'second_officer' - 'decided_at' then
			raise exception 'append_only: register.erasure is confirmed once and never changed' using errcode = 'CH001';
		end if;
		if new.second_officer is distinct from auth.me() then
			raise exception 'not_yours: an erasure is confirmed by the officer who is logged in' using errcode = 'CH001';
		end if;
		new.xact := pg_current_xact_id();
		-- Whoever brings in more about this person, makes claims or merges him is done, or has not begun: nothing that is destroyed comes
		-- back sealed by a key that is gone, and nobody is destroyed with him whom no officer saw.
		perform pg_advisory_xact_lock(7201), register.merge_lock(true);
	end if;
	if not register.may_erase(auth.me(), new.person) then
		raise exception 'no_mandate: you have no mandate register for every ward of this person' using errcode = 'CH001';
	end if;
	if tg_op = 'UPDATE' and not register.may_erase(new.first_officer, new.person) then
		raise exception 'first_mandate: whoever proposed this has no mandate for it any more' using errcode = 'CH001';
	end if;
	perform from register.person p where p.id = any (register.selves(new.person)) for update;
	refused := register.erasure_refused(new.person);
	if refused is not null then
		raise exception '%', refused using errcode = 'CH001';
	end if;
	return new;
end $$;
create trigger guard before insert or update on register.erasure for each row execute function register.guard_erasure();

-- Whether two officers decided just now, in this transaction, that this person is forgotten.
create function register.may_forget(person bigint) returns boolean language sql stable security definer
set search_path = pg_catalog
as $$
	select exists (select from register.erasure e where e.xact = pg_current_xact_id_if_assigned()
		and may_forget.person = any (register.selves(e.person)))
$$;

-- Of rows that otherwise never change, these columns (the argument) are blanked, or the row goes away, with such a decision alone.
create function register.guard_forgotten() returns trigger language plpgsql security definer
set search_path = pg_catalog
as $$
declare
	blanked constant text[] := string_to_array(tg_argv[0], ' ');
	whose bigint;
begin
	if tg_table_name = 'account_answer' then
		select a.person into whose from register.account_inquiry i join register.payee_account a on a.id = i.account where i.id = old.inquiry;
	else
		whose := old.person;
	end if;
	if (tg_op = 'DELETE') <> (tg_argv[0] = '') or not register.may_forget(whose)
			or (tg_op = 'UPDATE' and to_jsonb(new) - blanked <> to_jsonb(old) - blanked) then
		raise exception 'append_only: %.% only grows; correct it by a new row', tg_table_schema, tg_table_name using errcode = 'CH001';
	end if;
	return case tg_op when 'DELETE' then old else new end;
end $$;

do $$
declare
	t record;
begin
	for t in select * from (values ('payee_account', 'blind sealed salt holder_name holder_fold authority'), ('import_row', 'sealed'),
			('account_answer', 'holder_name')) as w(name, columns) loop
		execute format('drop trigger append_only on register.%I', t.name);
		execute format('create trigger forgotten before update on register.%I for each row execute function register.guard_forgotten(%L)', t.name, t.columns);
		execute format('create trigger kept before delete on register.%I for each row execute function ops.refuse_change()', t.name);
	end loop;
end $$;
drop trigger append_only on register.person_phone;
create trigger append_only before update on register.person_phone for each row execute function ops.refuse_change();
create trigger forgotten before delete on register.person_phone for each row execute function register.guard_forgotten('');
create trigger forgotten before delete on register.person_key for each row execute function register.guard_forgotten('');
create trigger kept_all before truncate on register.person_key execute function ops.refuse_change();

-- A bank's answer that was under way meanwhile says nothing of whose account it was. Whoever brings one is done before an erasure, or sees it.
create function register.guard_answer() returns trigger language plpgsql security definer
set search_path = pg_catalog
as $$
begin
	perform from register.account_inquiry i join register.payee_account a on a.id = i.account join register.person p on p.id = a.person
		where i.id = new.inquiry for key share of p;
	if not exists (select from register.account_inquiry i join register.payee_account a on a.id = i.account where i.id = new.inquiry and a.sealed <> '') then
		new.holder_name := null;
	end if;
	return new;
end $$;
create trigger forgotten_meanwhile before insert on register.account_answer for each row when (new.holder_name is not null)
	execute function register.guard_answer();

-- A data key changes its wrapping, from an older key-encryption key to the newest, and nothing else. (That it is the same data key only
-- its holders can see.)
create function register.guard_rewrapped() returns trigger language plpgsql security definer
set search_path = pg_catalog
as $$
declare
	newest bytea;
begin
	select k.id into newest from register.kek k order by k.n desc limit 1;
	if new.person <> old.person or length(new.wrapped) <> length(old.wrapped) or substring(new.wrapped for 4) is distinct from newest
			or substring(old.wrapped for 4) = newest then
		raise exception 'append_only: a data key is only wrapped anew, by the newest key-encryption key' using errcode = 'CH001';
	end if;
	return new;
end $$;
create trigger rewrapped before update on register.person_key for each row execute function register.guard_rewrapped();

-- The same for the key of a file's raw rows, which also ends when their time is over.
create function register.guard_row_key() returns trigger language plpgsql security definer
set search_path = pg_catalog
as $$
declare
	newest bytea;
begin
	select k.id into newest from register.kek k order by k.n desc limit 1;
	if to_jsonb(new) - 'row_key' <> to_jsonb(old) - 'row_key' or not coalesce(case when new.row_key = '' then ops.today() >= rules.kept_until('raw_rows',
				(old.at at time zone 'Asia/Ho_Chi_Minh')::date)
			else length(new.row_key) = length(old.row_key) and substring(new.row_key for 4) = newest and substring(old.row_key for 4) <> newest end, false) then
		raise exception 'append_only: register.import_file only grows; correct it by a new row' using errcode = 'CH001';
	end if;
	return new;
end $$;
drop trigger append_only on register.import_file;
create trigger rewrapped before update on register.import_file for each row execute function register.guard_row_key();
create trigger kept before delete on register.import_file for each row execute function ops.refuse_change();

-- What banks said is sealed by the key of whoever received it; it ends when the time of the last message under it is over.
create function bank.guard_message_key() returns trigger language plpgsql security definer
set search_path = pg_catalog
as $$
begin
	if to_jsonb(new) - 'sealed' <> to_jsonb(old) - 'sealed' or new.sealed <> '' or ops.today() < rules.kept_until('messages',
			greatest((old.made_at at time zone 'Asia/Ho_Chi_Minh')::date,
				(select (max(m.at) at time zone 'Asia/Ho_Chi_Minh')::date from bank.message m where m.key = old.id))) then
		raise exception 'append_only: bank.message_key only grows; correct it by a new row' using errcode = 'CH001';
	end if;
	return new;
end $$;
drop trigger append_only on bank.message_key;
create trigger expires before update on bank.message_key for each row execute function bank.guard_message_key();
create trigger kept before delete on bank.message_key for each row execute function ops.refuse_change();

-- Raw rows and raw messages whose time is over become unreadable. Says how many files and how many keys of messages that were.
create function register.expire(out files bigint, out keys bigint) language plpgsql security definer
set search_path = pg_catalog
as $$
begin
	update register.import_file f set row_key = '' where f.row_key <> ''
		and ops.today() >= rules.kept_until('raw_rows', (f.at at time zone 'Asia/Ho_Chi_Minh')::date);
	get diagnostics files = row_count;
	update bank.message_key k set sealed = '' where k.sealed <> ''
		and ops.today() >= rules.kept_until('messages', (k.made_at at time zone 'Asia/Ho_Chi_Minh')::date)
		and ops.today() >= coalesce((select rules.kept_until('messages', (max(m.at) at time zone 'Asia/Ho_Chi_Minh')::date)
			from bank.message m where m.key = k.id), ops.today());
	get diagnostics keys = row_count;
end $$;

create function register.forget() returns trigger language plpgsql security definer
set search_path = pg_catalog
as $$
declare
	me constant bigint[] := register.selves(new.person);
begin
	delete from register.person_key k where k.person = any (me);
	delete from register.person_phone t where t.person = any (me);
	update register.person_id i set sealed = '' where i.person = any (me);
	update register.account_answer w set holder_name = null where w.holder_name is not null and w.inquiry in (
		select i.id from register.account_inquiry i join register.payee_account a on a.id = i.account where a.person = any (me));
	update register.payee_account a set sealed = '', salt = decode(repeat('00', 16), 'hex'), holder_name = '', holder_fold = '',
		blind = uuid_send(gen_random_uuid()), authority = case when a.authority is not null then '' end where a.person = any (me);
	insert into register.account_check (account, source, status, grade, id_linked, passes)
		select a.id, 'bank_inquiry', 'not_found', 'different', false, false from register.payee_account a where a.person = any (me);
	update register.import_row r set sealed = null where r.person = any (me) and r.sealed is not null;
	update register.readmission a set name = '(đã xóa)', name_fold = '' where a.person = any (me);
	update register.person p set name = '(đã xóa)', name_fold = '', birth_date = null where p.id = any (me);
	perform register.expire();
	return null;
end $$;
create trigger forget after update on register.erasure for each row execute function register.forget();
call ops.keep_rows('register.erasure');
create index import_row_sealed on register.import_row (person) where sealed is not null and person is not null;

-- ---------------------------------------------------------------- and comes back

-- Who was erased and is entitled again: two officers, with the ID and the name that he shows. He gets a new data key; claims and anchor are
-- the old ones, so that no month is paid twice. What was destroyed stays so.
create table register.readmission (
	id bigint generated always as identity primary key,
	person bigint not null references register.person,
	name text not null check (length(name) between 1 and 200),
	name_fold text not null,
	number text not null check (length(number) between 1 and 100),	-- of the written decision
	reason text not null check (length(reason) between 3 and 500),
	first_officer bigint not null references auth.officer,
	proposed_at timestamptz not null default clock_timestamp(),
	second_officer bigint references auth.officer,
	decided_at timestamptz,
	blind bytea,		-- these three bring the ID and the new key in with the confirmation; they are never stored here
	wrapped bytea,
	sealed bytea,
	check (first_officer <> second_officer),
	check ((second_officer is null) = (decided_at is null)),
	check (num_nonnulls(blind, wrapped, sealed) = 0)
);
create index on register.readmission (person);
create trigger first_is_me after insert on register.readmission referencing new table as fresh
	for each statement execute function auth.guard_actor('first_officer');

create function register.guard_readmission() returns trigger language plpgsql security definer
set search_path = pg_catalog
as $$
declare
	decides constant text[] := array['second_officer', 'decided_at', 'blind', 'wrapped', 'sealed'];
begin
	if tg_op = 'UPDATE' and pg_trigger_depth() > 1 then	-- forgotten again
		return new;
	end if;
	if tg_op = 'INSERT' and new.second_officer is not null then
		raise exception 'not_proposed: it is proposed before it is confirmed' using errcode = 'CH001';
	end if;
	if tg_op = 'UPDATE' and (old.second_officer is not null or new.second_officer is null or to_jsonb(new) - decides <> to_jsonb(old) - decides) then
		raise exception 'append_only: register.readmission is confirmed once and never changed' using errcode = 'CH001';
	end if;
	if tg_op = 'UPDATE' and new.second_officer is distinct from auth.me() then
		raise exception 'not_yours: it is confirmed by the officer who is logged in' using errcode = 'CH001';
	end if;
	if not register.registers(auth.me()) then
		raise exception 'no_mandate: this takes the mandate register' using errcode = 'CH001';
	end if;
	if tg_op = 'UPDATE' and not register.registers(new.first_officer) then
		raise exception 'first_mandate: whoever proposed this has no mandate for it any more' using errcode = 'CH001';
	end if;
	perform from register.person p where p.id = new.person for update;
	if exists (select from register.person_key k where k.person = any (register.selves(new.person))) then
		raise exception 'not_erased: this person was not erased' using errcode = 'CH001';
	end if;
	if tg_op = 'UPDATE' then
		insert into register.person_key (person, wrapped) values (new.person, new.wrapped);
		update register.person_id i set sealed = new.sealed where i.person = new.person and i.blind = new.blind;
		if not found then
			raise exception 'person_unknown: this ID was replaced by another one; give that one' using errcode = 'CH001';
		end if;
		update register.person p set name = new.name, name_fold = new.name_fold where p.id = new.person;
		new.blind := null;
		new.wrapped := null;
		new.sealed := null;
	end if;
	return new;
end $$;
create trigger guard before insert or update on register.readmission for each row execute function register.guard_readmission();
call ops.keep_rows('register.readmission');
