-- Accounts and wishes: since when, until when, on whose word; and in which form a person wants the money.

set local role chitra_owner;

-- ---------------------------------------------------------------- accounts

-- Everybody who is more than one row: whom a merge left, and who went into him. So few that whoever asks for them costs nobody else anything.
create view register.kin as
select p.id, p.root from register.person p where p.root is not null
union
select p.root, p.root from register.person p where p.root is not null;

alter table register.payee_account drop constraint payee_account_source_check,
	add constraint payee_account_source_check check (source in ('list', 'bank_list', 'vneid', 'officer')),
	add column valid_from date not null default ops.today(),	-- business day on which it was first named
	add column carried_from bigint references register.payee_account;	-- first of the same account under the codes that its bank had before
-- Who else receives into this account.
create index payee_account_number on register.payee_account (blind);
create index payee_account_carried on register.payee_account (carried_from) where carried_from is not null;

-- dormant: the bank keeps it, and nobody has used it for long. Money arrives, so it may pass; an approver sees it.
alter table register.account_check drop constraint account_check_source_check, drop constraint account_check_status_check,
	drop constraint account_check_check,
	add constraint account_check_source_check check (source in ('bank_list', 'bank_inquiry', 'vneid', 'officer')),
	add constraint account_check_status_check check (status in ('open', 'dormant', 'closed', 'blocked', 'not_found', 'unclear')),
	add constraint account_check_check check (not passes or status in ('open', 'dormant')
		and (source = 'officer' or id_linked and grade in ('exact', 'tone_variant', 'folded'))),
	add column known_on date not null default ops.today();	-- business day
alter table register.account_answer drop constraint account_answer_status_check,
	add constraint account_answer_status_check check (status in ('open', 'dormant', 'closed', 'blocked', 'not_found', 'unclear'));

-- How long an authority to receive for another may run at most, where a rule says so.
create table rules.authority_limit (
	programme text not null references rules.programme,
	province_code text not null,
	months smallint not null check (months between 1 and 120),
	legal_basis text not null,
	primary key (programme, province_code)
);
insert into rules.authority_limit values ('merit', '79', 12, 'Quyết định 49/2012/QĐ-UBND của Ủy ban nhân dân Thành phố Hồ Chí Minh');

-- What is said of an account, by one officer who has seen a document and a second one who looked too. The newest word that counts holds:
--
--   add     it may receive this person's money from from_day on (for another: by the authority that document names, through until)
--   renew   the same for an authority that is prolonged; a list proposes it too
--   end     it receives nothing from from_day on
--
-- account is the first row of it: a word outlives every new code of its bank.
create table register.account_word (
	id bigint generated always as identity primary key,
	account bigint not null references register.payee_account,
	what text not null check (what in ('add', 'renew', 'end')),
	from_day date not null,
	until date check (until >= from_day),
	document text not null check (length(document) between 3 and 200),	-- that was seen; of an end: why
	file bigint references register.import_file,
	first_officer bigint not null references auth.officer,
	proposed_at timestamptz not null default clock_timestamp(),
	second_officer bigint references auth.officer,
	decided_at timestamptz,
	dropped_by bigint references auth.officer,	-- it was wrong: it counts never
	check (first_officer <> second_officer),
	check (second_officer is null or dropped_by is null),
	check ((second_officer is null) = (decided_at is null)),
	check (what <> 'end' or until is null)
);
create index on register.account_word (account);
create index account_word_open on register.account_word (account) where second_officer is null and dropped_by is null;
create trigger first_is_me after insert on register.account_word referencing new table as fresh
	for each statement execute function auth.guard_actor('first_officer');

-- The fewest months that an authority may run for this person; null: no rule that we know limits it.
create function register.authority_months(person bigint) returns smallint language sql stable security definer
set search_path = pg_catalog
as $$
	select min(l.months) from register.enrolment e
	join register.area a on a.level = 'commune' and a.code = e.area_code and a.valid_from = e.area_valid_from
	join rules.authority_limit l on l.programme = e.programme and l.province_code = a.province_code
	where e.person = any (register.selves(authority_months.person))
$$;

-- Whether who is logged in keeps the register where this person is enrolled.
create function register.keeps(person bigint) returns boolean language sql stable security definer
set search_path = pg_catalog
as $$
	select coalesce(bool_or(auth.may_in('register', g.code, e.area_code, e.area_valid_from, 0)), false)
	from register.enrolment e join org.programme_agency pa on pa.programme = e.programme join org.agency g on g.id = pa.agency
	where e.person = any (register.selves(keeps.person))
$$;

-- The first rows of an account: its own, and where two people are one those of either, by whichever code of the bank they know it.
create function register.account_firsts(account bigint) returns bigint[] language sql stable security definer
set search_path = pg_catalog
as $$
	select array_agg(distinct coalesce(s.carried_from, s.id)) from register.payee_account me
	join register.payee_account a on a.id = coalesce(me.carried_from, me.id) or a.carried_from = coalesce(me.carried_from, me.id)
	join register.payee_account s on s.person = any (register.selves(a.person)) and s.bank = a.bank and s.blind = a.blind
	where me.id = account_firsts.account
$$;

create function register.guard_account_word() returns trigger language plpgsql security definer
set search_path = pg_catalog
as $$
declare
	a register.payee_account;
	firsts bigint[];
begin
	if tg_op = 'INSERT' then
		new.account := (select coalesce(x.carried_from, x.id) from register.payee_account x where x.id = new.account);
	end if;
	select * into a from register.payee_account x where x.id = new.account;
	if tg_op = 'UPDATE' and to_jsonb(new) - 'document' = to_jsonb(old) - 'document' and register.may_forget(a.person) then
		return new;
	end if;
	-- An account receives from every programme, so whoever adds one keeps the register of each. A slip may be dropped by more.
	if not (register.may_identify(auth.me(), a.person, '{register}')
			or tg_op = 'UPDATE' and new.dropped_by is not null and register.keeps(a.person)) then
		raise exception 'no_mandate: you do not keep the register of each programme of this person' using errcode = 'CH001';
	end if;
	if tg_op = 'INSERT' then
		if new.second_officer is not null or new.dropped_by is not null then
			raise exception 'not_proposed: it is proposed before it is confirmed' using errcode = 'CH001';
		end if;
		if a.kind = 'delegate' and new.what <> 'end' and new.until is null then
			raise exception 'authority_until_missing: a delegate''s authority has an end' using errcode = 'CH001';
		end if;
		if a.kind = 'self' and (new.what = 'renew' or new.until is not null) then
			raise exception 'authority_none: one''s own account needs no authority' using errcode = 'CH001';
		end if;
		if length(new.document) not between 3 and 200 then
			raise exception 'document_missing: the document is named in 3 to 200 characters' using errcode = 'CH001';
		end if;
		if new.until < new.from_day then
			raise exception 'authority_until_past: an authority ends on no day before it begins' using errcode = 'CH001';
		end if;
		if new.from_day > ops.today() + 366 then
			raise exception 'day_far: nothing is said more than a year ahead' using errcode = 'CH001';
		end if;
		-- A year's authority begins on a day and ends before it comes round again, or on it: both are written.
		if a.kind = 'delegate' and new.until > new.from_day + register.authority_months(a.person) * interval '1 month' then
			raise exception 'authority_too_long: an authority runs % months at most', register.authority_months(a.person) using errcode = 'CH001';
		end if;
		return new;
	end if;
	if old.second_officer is not null or old.dropped_by is not null or num_nonnulls(new.second_officer, new.dropped_by) <> 1
			or to_jsonb(new) - '{second_officer,decided_at,dropped_by}'::text[] <> to_jsonb(old) - '{second_officer,decided_at,dropped_by}'::text[] then
		raise exception 'append_only: a word is confirmed or dropped once and never changed' using errcode = 'CH001';
	end if;
	if coalesce(new.second_officer, new.dropped_by) is distinct from auth.me() then
		raise exception 'not_yours: a word is confirmed by the officer who is logged in' using errcode = 'CH001';
	end if;
	if new.second_officer is not null and not register.may_identify(new.first_officer, a.person, '{register}') then
		raise exception 'first_mandate: whoever proposed this has no mandate for it any more' using errcode = 'CH001';
	end if;
	if new.second_officer is null then
		return new;
	end if;
	firsts := register.account_firsts(new.account);
	if exists (select from register.account_word w where w.account = any (firsts) and w.decided_at is not null and w.id > new.id) then
		raise exception 'word_overtaken: something newer was decided about this account' using errcode = 'CH001';
	end if;
	-- The newest word holds, so a newer one would undo the end before its day came.
	if new.what <> 'end' and exists (select from register.account_word w where w.account = any (firsts) and w.decided_at is not null
			and w.what = 'end' and w.from_day > ops.today()) then
		raise exception 'end_waits: two officers end this account on a day to come' using errcode = 'CH001';
	end if;
	return new;
end $$;
create trigger guard before insert or update on register.account_word for each row execute function register.guard_account_word();

-- What was written of the documents of somebody who was erased, and who asked for his money how, goes with him.
create function register.forget_words() returns trigger language plpgsql security definer
set search_path = pg_catalog
as $$
begin
	update register.account_word w set document = '(đã xóa)' where w.account in (
		select a.id from register.payee_account a where a.person = any (register.selves(new.person)));
	update register.pay_preference q set asked_by = '(đã xóa)' where q.asked_by is not null and q.person = any (register.selves(new.person));
	return null;
end $$;
create trigger forget_words after update on register.erasure for each row execute function register.forget_words();

-- ---------------------------------------------------------------- lists of accounts

-- A list of accounts that an officer brought, whoever is said to have written it. What it says for an account counts when a second officer
-- confirmed it whole: both keep the register of every programme and ward that it reaches. What it says against one counts at once
-- (and ties nothing to an ID).
create table register.account_file (
	file bigint primary key references register.import_file,
	source text not null check (source in ('bank_list', 'vneid')),
	known_on date not null,				-- business day of which it tells
	first_officer bigint not null references auth.officer,
	xact xid8 not null default pg_current_xact_id(),	-- its rows come with it, and none after
	second_officer bigint references auth.officer,
	decided_at timestamptz,
	dropped_by bigint references auth.officer,	-- it counts never
	check (first_officer <> second_officer),
	check (second_officer is null or dropped_by is null),
	check ((second_officer is null) = (decided_at is null))
);
create trigger first_is_me after insert on register.account_file referencing new table as fresh
	for each statement execute function auth.guard_actor('first_officer');
create table register.account_file_row (
	file bigint not null,
	row_no integer not null,
	account bigint not null,
	status text not null check (status in ('open', 'dormant', 'closed', 'blocked', 'not_found', 'unclear')),
	grade text not null check (grade in ('exact', 'tone_variant', 'folded', 'partial', 'different')),
	passes boolean not null,
	primary key (file, row_no),
	check (not passes or status in ('open', 'dormant') and grade in ('exact', 'tone_variant', 'folded'))
);
create index on register.account_file_row (account);

create function register.guard_account_file_row() returns trigger language plpgsql security definer
set search_path = pg_catalog
as $$
begin
	if exists (select from (select distinct l.file from lines l) l where not exists (select from register.account_file f
			where f.file = l.file and f.xact = pg_current_xact_id() and f.second_officer is null and f.dropped_by is null)) then
		raise exception 'list_whole: the rows of a list come with it, and none after' using errcode = 'CH001';
	end if;
	return null;
end $$;
create trigger guard after insert on register.account_file_row referencing new table as lines
	for each statement execute function register.guard_account_file_row();
create trigger guard_account after insert on register.account_file_row referencing new table as lines
	for each statement execute function register.guard_names('account');

-- The first mandate that an officer lacks to have a say in where a list's money goes; null: none.
create function register.account_file_lacks(officer bigint, file bigint) returns text language plpgsql stable security definer
set search_path = pg_catalog set work_mem = '256MB' set plan_cache_mode = auto
as $$
begin
	return (
		with people as materialized (
			select distinct coalesce(p.root, p.id) as id
			from register.account_file_row r
			cross join lateral (select a.person from register.payee_account a where a.id = r.account offset 0) a
			cross join lateral (select p.id, p.root from register.person p where p.id = a.person offset 0) p
			where r.file = account_file_lacks.file
		), ward as materialized (
			select distinct e.programme, e.area_code, e.area_valid_from
			from people p
			left join lateral (select distinct on (e.programme) e.programme, e.area_code, e.area_valid_from
				from (select p.id union all select o.id from register.person o where o.root = p.id) s
				cross join lateral (select * from register.enrolment e where e.person = s.id offset 0) e
				order by e.programme, e.from_month desc, e.id desc offset 0) e on true
		), reached as materialized (
			select distinct g.code as agency, coalesce(w.area_code, '*') as area, w.area_valid_from as area_from
			from ward w left join org.programme_agency pa on pa.programme = w.programme left join org.agency g on g.id = pa.agency
		)
		select auth.wanted('{register}', r.agency, r.area)
		from (select x.agency, auth.officer_may(account_file_lacks.officer, 'register', x.agency, '*', 0) as everywhere from (select distinct agency from reached) x offset 0) g
		join reached r on r.agency is not distinct from g.agency
		where not g.everywhere and case when r.area = '*' then not auth.officer_everywhere(account_file_lacks.officer, '{register}')
			else not auth.officer_may_in(account_file_lacks.officer, 'register', r.agency, r.area, r.area_from, 0) end
		order by r.area, r.agency limit 1);
end $$;

-- What a list's word for each account comes to when it is confirmed today. counts: nothing is known of a newer day, or of its day since it was brought
-- (but that a bank left open whose ID it is), nobody's name or ID changed since, nobody was erased. What a bank closed VNeID does not open: who declared
-- an account does not know.
create function register.account_file_rows(file bigint) returns table (row_no integer, account bigint, status text, grade text, passes boolean, counts boolean)
language sql stable security definer
set search_path = pg_catalog
as $$
	with renamed as materialized (
		select x.id from register.import_file f join register.identity i on i.decided_at > f.at
		cross join lateral unnest(register.selves(i.person) || i.other || i.moved) as x(id)
		where f.id = account_file_rows.file and not i.refused and (num_nonnulls(i.name, i.blind) > 0 or i.kind <> 'correct') and x.id is not null
	)
	select r.row_no, r.account, r.status, r.grade, r.passes, a.sealed <> ''
		and not exists (select from register.account_check c left join register.account_answer w on w.inquiry = c.inquiry
			where c.account = r.account and c.known_on >= l.known_on and (c.at > f.at or c.known_on > l.known_on) and c.status <> 'unclear'
				and (c.id_linked or c.status not in ('open', 'dormant') or c.grade in ('partial', 'different') or w.personal_id_match is false))
		and (l.source <> 'vneid' or coalesce((select c.status not in ('closed', 'blocked', 'not_found') from register.account_check c
			where c.account = r.account order by c.status = 'unclear', c.known_on desc, c.id desc limit 1), true))
		and a.person not in (select n.id from renamed n)
	from register.account_file l join register.import_file f on f.id = l.file
	join register.account_file_row r on r.file = l.file
	join register.payee_account a on a.id = r.account
	where l.file = account_file_rows.file
$$;

create function register.guard_account_file() returns trigger language plpgsql security definer
set search_path = pg_catalog
as $$
declare
	lacks text;
begin
	if tg_op = 'INSERT' then
		if new.second_officer is not null or new.dropped_by is not null then
			raise exception 'not_proposed: a list is brought before it is confirmed' using errcode = 'CH001';
		end if;
		if not exists (select from register.import_file f where f.id = new.file and f.kind = 'account_list' and f.officer = new.first_officer
				and (f.bank = 'VNEID') = (new.source = 'vneid')) then
			raise exception 'not_its_file: file % is no list of accounts that this officer brought', new.file using errcode = 'CH001';
		end if;
		return new;
	end if;
	if old.second_officer is not null or old.dropped_by is not null or num_nonnulls(new.second_officer, new.dropped_by) <> 1
			or to_jsonb(new) - '{second_officer,decided_at,dropped_by}'::text[] <> to_jsonb(old) - '{second_officer,decided_at,dropped_by}'::text[] then
		raise exception 'append_only: a list is confirmed or dropped once and never changed' using errcode = 'CH001';
	end if;
	if coalesce(new.second_officer, new.dropped_by) is distinct from auth.me() then
		raise exception 'not_yours: a list is confirmed by the officer who is logged in' using errcode = 'CH001';
	end if;
	if new.dropped_by = new.first_officer then
		return new;
	end if;
	lacks := register.account_file_lacks(auth.me(), new.file);
	if lacks is not null then
		raise exception 'no_mandate: it takes the %', lacks using errcode = 'CH001';
	end if;
	lacks := register.account_file_lacks(new.first_officer, new.file);
	if new.second_officer is not null and lacks is not null then
		raise exception 'first_mandate: whoever brought this list lacks the %', lacks using errcode = 'CH001';
	end if;
	return new;
end $$;
create trigger guard before insert or update on register.account_file for each row execute function register.guard_account_file();

-- In the same breath what it says is known: as of its day, since it was brought; what it says for an account as of the newest day on which a bank left
-- open whose ID it is, or that answer would stand before it.
create function register.take_account_file() returns trigger language plpgsql security definer
set search_path = pg_catalog
as $$
begin
	insert into register.account_check (account, source, status, grade, id_linked, passes, known_on, at)
		select r.account, new.source, r.status, r.grade, true, r.passes, greatest(new.known_on, k.known_on), f.at
		from register.import_file f, register.account_file_rows(new.file) r
		left join lateral (select max(c.known_on) as known_on from register.account_check c
			where r.passes and c.account = r.account and c.status <> 'unclear' offset 0) k on true
		where f.id = new.file and r.counts order by r.row_no;
	return null;
end $$;
create trigger take after update of second_officer on register.account_file for each row
	when (new.second_officer is not null) execute function register.take_account_file();

-- Every account with what is known of it today. stands: nobody ended it, and it is more than one officer's proposal, or than a list that was
-- dropped (whatever a bank said of an account that only such a list names, unless it passes: a wrong list takes nobody's cash away). passes: the newest answer that says anything allows it. authority_until: of a list's delegate not beyond what a rule allows from the day on which he was
-- first named. renamed: its bank has another code now, under which it is carried on. Two people who were merged may both have named it: what was
-- said of either row is said of both. (It would follow banks if it did not look at its own first: a merged bank's old code names nobody. And by
-- exists, since of an array of codes PostgreSQL thinks that it holds every bank, so that no account is left, and joins everybody with everybody.)
create view register.account_now as
select a.id, a.person, a.kind, a.bank, a.blind, a.sealed, a.salt, a.hash, a.holder_name, a.source, a.valid_from, a.carried_from,
	coalesce(w.document, a.authority) as authority,
	case when w.what in ('add', 'renew') then w.until
		when a.kind <> 'delegate' then a.authority_until
		else least(a.authority_until, (a.valid_from + (select min(l.months) from register.enrolment e
			join register.area u on u.level = 'commune' and u.code = e.area_code and u.valid_from = e.area_valid_from
			join rules.authority_limit l on l.programme = e.programme and l.province_code = u.province_code
			where e.person = any (array(select o.id from register.person me
				join register.person o on o.id = coalesce(me.root, me.id) or o.root = coalesce(me.root, me.id) where me.id = a.person))) * interval '1 month')::date) end as authority_until,
	case when w.what is not null then w.what <> 'end' when a.source = 'officer' then false when a.source = 'list' or k.passes then true
		else not coalesce(a.file in (select f.file from register.account_file f where f.dropped_by is not null)
			and not exists (select from register.account_file_row r join register.account_file f on f.file = r.file
				where r.account in (a.id, a.carried_from) and f.dropped_by is null), false) end as stands,
	exists (select from bank.bank b where b.code = a.bank and b.replaced_by is not null) as renamed,
	k.status, k.grade, coalesce(k.passes, false) as passes, k.source as checked_by, k.at as checked_at
from register.payee_account a
left join lateral (select array_agg(s.id) as rows, array_agg(coalesce(s.carried_from, s.id)) as firsts
	from register.person me
	join register.person o on o.id = coalesce(me.root, me.id) or o.root = coalesce(me.root, me.id)
	join register.payee_account s on s.person = o.id and s.bank = a.bank and s.blind = a.blind
	where me.id = a.person and a.person in (select k.id from register.kin k)) m on true
left join lateral (select w.what, w.document, w.until
	from (select x.* from register.account_word x where x.account = any (coalesce(m.firsts, array[coalesce(a.carried_from, a.id)])) offset 0) w
	where w.second_officer is not null and w.from_day <= (select ops.today())
	order by w.id desc limit 1) w on true
left join lateral (select c.status, c.grade, c.passes, c.source, c.at from register.account_check c
	where c.account = any (coalesce(m.rows, array[a.id])) order by c.status = 'unclear', c.known_on desc, c.id desc limit 1) k on true;

-- Nobody vouches alone: a check by officers names an account about which two of them said so, or decided a finding; one by a list an account
-- that such a list names which two officers let count. (What passes by a bank's own answer, nearly all, is looked at once.)
create function register.guard_vouched() returns trigger language plpgsql security definer
set search_path = pg_catalog
as $$
begin
	if not exists (select from lines l where l.passes and l.source <> 'bank_inquiry') then
		return null;
	end if;
	if exists (select from lines l join register.payee_account a on a.id = l.account
			where l.source = 'officer' and l.passes
				and not exists (select from register.account_word w where w.account = coalesce(a.carried_from, a.id) and w.second_officer is not null)
				and not exists (select from register.account_check c where c.account = a.carried_from and c.source = 'officer')
				and not exists (select from register.finding f join register.finding_decision d on d.finding = f.id
					where f.person = any (register.selves(a.person)) and f.code in ('account_name', 'account_id') and d.verdict = 'pay_entitled')) then
		raise exception 'not_decided: two officers vouch for an account' using errcode = 'CH001';
	end if;
	if exists (select from lines l where l.source in ('bank_list', 'vneid') and l.passes
			and not exists (select from register.account_file_row r join register.account_file f on f.file = r.file
				where r.account = l.account and f.source = l.source and f.second_officer is not null)
			and (select true from register.payee_account a join register.payee_account b on a.carried_from in (b.id, b.carried_from)
				join register.account_file_row r on r.account = b.id join register.account_file f on f.file = r.file
				where a.id = l.account and a.carried_from is not null and f.source = l.source and f.second_officer is not null limit 1) is null) then
		raise exception 'list_waits: nothing passes by a list that two officers did not let count' using errcode = 'CH001';
	end if;
	return null;
end $$;
create trigger guard_vouched after insert on register.account_check referencing new table as lines
	for each statement execute function register.guard_vouched();

-- Every account that stands and was not renamed, for whoever looks at everybody at once; owner: whom its person was merged into. Plain are the many
-- of whom there is nothing to say but what a list and a bank said, who are no delegate's, and whose person was not merged: by sets what
-- account_now says of them, which looks up each by itself, in ten times as long when it is all of them.
create view register.account_standing as
with known as materialized (
	select a.id, a.person, a.bank, a.authority_until, k.status, coalesce(k.passes, false) as passes,
		(a.source = 'list' or a.source <> 'officer' and k.status is not null
				and (k.passes or a.file is null or a.file not in (select f.file from register.account_file f where f.dropped_by is not null)))
			and a.kind <> 'delegate' and a.carried_from is null
			and a.person not in (select k.id from register.kin k)
			and a.id not in (select w.account from register.account_word w)
			and a.bank not in (select b.code from bank.bank b where b.replaced_by is not null) as plain
	from register.payee_account a
	left join (select distinct on (c.account) c.account, c.status, c.passes from register.account_check c
		order by c.account, c.status = 'unclear', c.known_on desc, c.id desc) k on k.account = a.id
)
select o.id, o.person as owner, o.bank, o.authority_until, o.status, o.passes from known o where o.plain
union all
select n.id, coalesce(k.root, n.person), n.bank, n.authority_until, n.status, n.passes
from known o
cross join lateral (select n.* from register.account_now n where n.id = o.id offset 0) n
left join register.kin k on k.id = n.person
where not o.plain and n.stands and not n.renamed;

-- ---------------------------------------------------------------- wishes

-- A list says it, or an officer who heard it from somebody. typed_at lets a wish come back on the same day.
alter table register.pay_preference drop constraint pay_preference_pkey,
	add column officer bigint references auth.officer,
	add column asked_by text check (length(asked_by) between 2 and 200),
	add column typed_at timestamptz,
	add constraint pay_preference_once unique nulls not distinct (person, programme, since, method, typed_at),
	add constraint pay_preference_word check ((officer is null) = (asked_by is null) and (officer is null) = (typed_at is null)
		and (officer is null or file is null));
drop trigger append_only on register.pay_preference;
create trigger forgotten before update on register.pay_preference for each row execute function register.guard_forgotten('asked_by');
create trigger kept before delete on register.pay_preference for each row execute function ops.refuse_change();
create function register.guard_wish() returns trigger language plpgsql security definer
set search_path = pg_catalog
as $$
begin
	if exists (select from lines l where l.officer is not null and l.officer is distinct from auth.me()) then
		raise exception 'not_yours: a wish is typed by the officer who is logged in' using errcode = 'CH001';
	end if;
	if exists (select from lines l where l.officer is not null and not register.has_role(l.officer, '{register}', l.programme, l.person)) then
		raise exception 'no_mandate: a wish is typed by whoever keeps the programme''s register where this person is' using errcode = 'CH001';
	end if;
	if exists (select from lines l where l.officer is not null and (l.since > ops.today() + 366 or l.since < '2000-01-01')) then
		raise exception 'day_far: nothing is wished more than a year ahead' using errcode = 'CH001';
	end if;
	return null;
end $$;
create trigger guard_wish after insert on register.pay_preference referencing new table as lines
	for each statement execute function register.guard_wish();

-- Who wishes cash today: of two who were merged, the one who is left, by the newest wish of either.
create function register.wishes_cash(programme text) returns table (person bigint) language sql stable security definer rows 50000
set search_path = pg_catalog
as $$
	with today as materialized (select ops.today() as day), kin as materialized (select k.id, k.root from register.kin k)
	select p.person from register.pay_preference p
	where p.programme = wishes_cash.programme and p.method = 'cash' and p.since <= (select day from today)
		and not exists (select from register.pay_preference n where n.person = p.person and n.programme = p.programme
			and (n.since, n.id) > (p.since, p.id) and n.since <= (select day from today) offset 0)
		and p.person not in (select k.id from kin k)
	union all
	select l.root from (select distinct on (k.root) k.root, p.method from kin k
		join register.pay_preference p on p.person = k.id and p.programme = wishes_cash.programme and p.since <= (select day from today)
		order by k.root, p.since desc, p.id desc) l
	where l.method = 'cash'
$$;

-- What was found of one account holds nobody back who has another one that passes, or none that stands, or wishes cash, unless two officers said so; nor does
-- money that has to come back, once each case of it is decided.
create or replace view register.waiting as
select f.id, f.programme, f.period, f.person, f.code
from register.finding f
where f.blocks and f.person is not null
	and not exists (select from register.finding l
		where (l.programme, l.period, l.person, l.code) = (f.programme, f.period, f.person, f.code) and l.n > f.n)
	and not exists (select from register.finding_decision d where d.finding = f.id and d.verdict = 'pay_entitled')
	and not (f.code = 'recover'
		and not exists (select from register.finding_decision d where d.finding = f.id)
		and exists (select from register.recovery_decided r where (r.person, r.programme, r.period) = (f.person, f.programme, f.period)))
	and not (f.code in ('account_name', 'account_id', 'account_closed', 'authority_over')
		and not exists (select from register.finding_decision d where d.finding = f.id)
		and exists (select from (select array(select o.id from register.person me
					join register.person o on o.id = coalesce(me.root, me.id) or o.root = coalesce(me.root, me.id)
					where me.id = f.person) as selves offset 0) p
			where exists (select from (select a.* from register.account_now a where a.person = any (p.selves) offset 0) a
					where a.passes and a.stands and not a.renamed and (a.authority_until is null or a.authority_until >= ops.today()))
				or not exists (select from (select a.* from register.account_now a where a.person = any (p.selves) offset 0) a where a.stands)
				or 'cash' = (select q.method from register.pay_preference q where q.person = any (p.selves) and q.programme = f.programme
					and q.since <= ops.today() order by q.since desc, q.id desc limit 1)));

-- ---------------------------------------------------------------- payouts

-- Why a line is paid in cash: the person wants it so, or has no account. Known of every line that is made from now on.
alter table payout.payout add column cash_reason text check (cash_reason in ('wish', 'no_account')),
	add constraint payout_cash_reason check (cash_reason is null or payee_account is null);
-- From which sum on an account that never received this person's money is worth a look.
alter table rules.programme add column large_dong bigint not null default 5000000 check (large_dong > 0);
update rules.programme set large_dong = 10000000 where code = 'merit';

call ops.append_only('register.account_file_row');
call ops.keep_rows('register.account_word', 'register.account_file', 'rules.authority_limit');
