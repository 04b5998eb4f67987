-- Who a person is: numbers and particulars that were corrected, two rows that are one person, and who moved.

set local role chitra_owner;

-- What a list or an officer says of a person, and nothing that counts before a second officer confirmed it.
--
--   correct   another ID (blind and sealed), name, birth or sex; what is null stays. `was` keeps what it was
--   merge     other is the same person as person and goes into it: anchors, claims and books stay as they are
--   part      undoes a merge on which nothing was built
create table register.identity (
	id bigint generated always as identity primary key,
	kind text not null check (kind in ('correct', 'merge', 'part')),
	person bigint not null references register.person,
	other bigint references register.person check (other <> person),
	undoes bigint references register.identity,
	file bigint references register.import_file,
	row_no integer,
	day date not null default ops.today(),		-- from which it is so, as the list says
	blind bytea check (length(blind) = 16),
	sealed bytea,
	name text,
	name_fold text,
	birth_year smallint check (birth_year between 1880 and 2100),
	birth_date date,
	sex text check (sex in ('M', 'F')),
	was jsonb,
	moved bigint[],					-- of a merge: whoever went into person by it
	upto_claim bigint,				-- and the last claim, file and payout of the time before
	upto_file bigint,
	upto_payout bigint,
	number text not null check (length(number) between 1 and 200),	-- of the document: a file, a decision
	reason text not null check (length(reason) between 3 and 500),
	first_officer bigint not null references auth.officer,
	proposed_at timestamptz not null default clock_timestamp(),
	second_officer bigint references auth.officer,
	decided_at timestamptz,
	refused boolean not null default false,		-- by anybody, also by whoever proposed it
	check (refused or first_officer <> second_officer),
	check ((second_officer is null) = (decided_at is null) and (second_officer is not null or not refused)),
	check ((kind = 'correct') = (other is null)),
	check ((kind = 'part') = (undoes is not null)),
	check ((blind is null) = (sealed is null) and (name is null) = (name_fold is null) and (birth_date is null or birth_year is not null)),
	check ((kind = 'correct') = (num_nonnulls(blind, name, birth_year, sex) > 0))
);
create index on register.identity (person);
create index identity_open on register.identity (id) where second_officer is null;
create trigger first_is_me after insert on register.identity referencing new table as fresh
	for each statement execute function auth.guard_actor('first_officer');

-- What two claims of one person for the same thing come to: the surplus one is never paid (again), and entitlement does not see it.
-- One that nobody was paid is voided by two officers; for one that was paid a decision to recover is proposed.
create table register.surplus (
	claim bigint not null references payout.claim,
	beside bigint not null references payout.claim,	-- the one that stays
	merge bigint not null references register.identity,
	decision bigint references register.decision,
	undone boolean not null default false,
	opened_at timestamptz not null default now(),
	primary key (claim, merge),
	check (claim <> beside)
);
create index on register.surplus (merge);
create index on register.surplus (beside) where not undone;
create index on register.surplus (decision);
create trigger fixed before update of claim, beside, merge, decision, opened_at on register.surplus for each row execute function ops.refuse_change();
call ops.keep_rows('register.surplus', 'register.identity');

-- Merges and what must not meet one: claims and lines that are being made wait for a merge, and a merge for them.
create function register.merge_lock(alone boolean) returns boolean language sql
set search_path = pg_catalog
as $$
	select case when alone then pg_advisory_xact_lock(7204, 0) is not null else pg_advisory_xact_lock_shared(7204, 0) is not null end
$$;

-- A mandate in words, for whoever is asked to find somebody who has it.
create function auth.wanted(roles text[], agency text, area text) returns text language sql immutable
set search_path = pg_catalog
as $$
	select format('role %s for agency %s in area %s', array_to_string(roles, ' or '), coalesce(agency, '*'), coalesce(area, '*'))
$$;

-- Whether an officer holds one of the roles everywhere, for whatever agency.
create function auth.officer_everywhere(officer bigint, roles text[]) returns boolean language sql stable security definer
set search_path = pg_catalog
as $$
	select exists (select from auth.mandate m where m.officer = officer_everywhere.officer and m.role = any (officer_everywhere.roles) and m.area = '*'
		and auth.officer_may(m.officer, m.role, m.agency, '*', 0))
$$;

-- Whether an officer may have a say in who somebody is, and so in whose money goes where: of each programme that ever enrolled this person,
-- the mandate for its agency where he was enrolled last. Whoever was enrolled nowhere is for those who have everywhere. The first mandate
-- that he lacks; null: none.
create function register.identify_lacks(officer bigint, person bigint, roles text[]) returns text language plpgsql stable security definer
set search_path = pg_catalog
as $$
declare
	ward record;
	anywhere boolean := false;
begin
	for ward in select distinct on (e.programme) g.code as agency, e.area_code, e.area_valid_from
			from register.enrolment e
			left join org.programme_agency pa on pa.programme = e.programme
			left join org.agency g on g.id = pa.agency
			where e.person = any (register.selves(identify_lacks.person))
			order by e.programme, e.from_month desc, e.id desc loop
		anywhere := true;
		if not exists (select from unnest(identify_lacks.roles) as r(role)
				where auth.officer_may_in(identify_lacks.officer, r.role, ward.agency, ward.area_code, ward.area_valid_from, 0)) then
			return auth.wanted(roles, ward.agency, ward.area_code);
		end if;
	end loop;
	return case when not anywhere and not auth.officer_everywhere(officer, roles) then auth.wanted(roles, null, '*') end;
end $$;
create function register.may_identify(officer bigint, person bigint, roles text[]) returns boolean language plpgsql stable security definer
set search_path = pg_catalog
as $$
begin
	return register.identify_lacks(officer, person, roles) is null;
end $$;

-- A payout that no evidence has ended, or whose end two pieces of evidence tell differently: what is paid to whom is not settled yet.
create function register.under_way(people bigint[]) returns bigint language sql stable
set search_path = pg_catalog
as $$
	select min(c.id) from payout.claim c
	where c.person = any (people) and exists (
		select from payout.payout p left join payout.payout_state s on s.payout = p.id left join payout.state t on t.code = s.state
		where p.claim = c.id and (not coalesce(t.ended, false) or exists (
			select from recon.break k where k.payout = p.id and k.kind not in ('lost_line', 'overdue')
				and not exists (select from recon.break_resolution r where r.break = k.id))))
$$;

create function register.correct(i register.identity) returns jsonb language plpgsql
set search_path = pg_catalog
as $$
declare
	was jsonb;
begin
	select jsonb_build_object('name', p.name, 'birth_year', p.birth_year, 'birth_date', p.birth_date, 'sex', p.sex) into was
		from register.person p where p.id = i.person and p.root is null for update;
	if not found then
		raise exception 'identity_stale: the person was merged since; propose it anew' using errcode = 'CH001';
	end if;
	update register.person p set name = coalesce(i.name, p.name), name_fold = coalesce(i.name_fold, p.name_fold),
			birth_year = coalesce(i.birth_year, p.birth_year),
			birth_date = case when i.birth_year is null then p.birth_date else i.birth_date end, sex = coalesce(i.sex, p.sex)
		where p.id = i.person;
	if i.blind is not null then
		-- An ID that was this person's before is so again; anybody else's makes two people of one, which is a merge.
		insert into register.person_id (person, kind, blind, sealed) values (i.person, 'cccd', i.blind, i.sealed)
			on conflict (blind) do update set replaced_at = null where person_id.person = any (register.selves(excluded.person));
		if not found then
			raise exception 'id_of_other: the new ID is registered for another person; propose to merge them' using errcode = 'CH001';
		end if;
		update register.person_id d set replaced_at = i.decided_at
			where d.person = any (register.selves(i.person)) and d.kind = 'cccd' and d.blind <> i.blind and d.replaced_at is null;
		insert into register.person_event (person, kind, day, file)
			select i.person, 'death', n.day, n.file from register.death_notice n where n.blind = i.blind on conflict do nothing;
	end if;
	insert into register.person_event (person, kind, day, file) values (i.person, 'correction', i.day, i.file) on conflict do nothing;
	return was;
end $$;

-- Claims that say the same thing of one person. Of a month there is its own claim or one of an arrears list, and after it what each rise
-- added: the first of the one is the first of the other, and so on. Two grants are the same by the same rate. A person has one funeral.
-- spare: what a rise added for one, where all claims of the other for the month come to no less: it goes with the last claim that has a like.
create function register.collisions(kept bigint[], gone bigint[])
returns table (kept_claim bigint, gone_claim bigint, spare bigint, spare_kept boolean) language sql stable
set search_path = pg_catalog
as $$
	with c as materialized (
		select c.id, c.person = any (collisions.kept) as stays, t.thing, c.kind in ('regular', 'arrears') as of_month, c.amount_dong, row_number() over (
			partition by c.person = any (collisions.kept), t.thing order by c.kind = 'arrears', c.instalment, c.id) as n
		from payout.claim c
		cross join lateral (select case when c.kind = 'funeral' then c.kind
			else concat_ws(' ', c.programme, c.month, case when c.kind = 'grant' then (select array_to_string(d.rate_codes, ' ')
				from register.decision_claim x join register.decision d on d.id = x.decision where x.claim = c.id) end) end as thing) t
		where (c.person = any (collisions.kept) or c.person = any (collisions.gone))
			and not exists (select from payout.claim_void v where v.claim = c.id)
			and not exists (select from register.surplus s where s.claim = c.id and not s.undone)
	), side as (
		select c.thing, c.stays, count(*) as n, sum(c.amount_dong) as dong from c where c.of_month group by 1, 2
	)
	select k.id, g.id, null::bigint, null::boolean from c k join c g on (g.thing, g.n) = (k.thing, k.n) where k.stays and not g.stays
	union all
	select k.id, g.id, x.id, x.stays
	from c x
	join side own on (own.thing, own.stays) = (x.thing, x.stays)
	join side other on (other.thing, other.stays) = (x.thing, not x.stays) and other.n < x.n and other.dong >= own.dong
	join c k on k.of_month and k.stays and (k.thing, k.n) = (x.thing, other.n)
	join c g on g.of_month and not g.stays and (g.thing, g.n) = (x.thing, other.n)
	where x.of_month
$$;

create function register.was_paid(claim bigint) returns boolean language sql stable
set search_path = pg_catalog
as $$
	select exists (select from payout.payout p join payout.payout_state s on s.payout = p.id join payout.state t on t.code = s.state
		where p.claim = was_paid.claim and t.name = 'settled')
$$;

create function register.merge(i register.identity) returns bigint[] language plpgsql
set search_path = pg_catalog
as $$
declare
	kept bigint[] := register.selves(i.person);
	gone bigint[] := register.selves(i.other);
	stuck bigint := register.under_way(kept || gone);
	x record;
	asked bigint;
	recovered bigint;
	lost bigint;
begin
	if exists (select from register.person p where p.id in (i.person, i.other) and p.root is not null) then
		raise exception 'identity_stale: one of the two was merged since; propose it anew' using errcode = 'CH001';
	end if;
	if stuck is not null then
		raise exception 'still_live: claim % has a payout under way; merge them when it has ended', stuck using errcode = 'CH001';
	end if;
	for x in select c.*, register.was_paid(c.gone_claim) and not register.was_paid(c.kept_claim) as keeps_gone from register.collisions(kept, gone) c loop
		continue when x.spare_kept <> x.keeps_gone;	-- the claims that it added to stay
		lost := coalesce(x.spare, case when x.keeps_gone then x.kept_claim else x.gone_claim end);
		asked := null;
		if register.was_paid(lost) then
			insert into register.recovery (claim, person, programme, month, amount_dong, why)
				select c.id, c.person, c.programme, c.month, c.amount_dong, 'twice' from payout.claim c where c.id = lost
				on conflict (claim) do nothing;
			select r.id into recovered from register.recovery r where r.claim = lost;
			insert into register.decision (kind, programme, person, month, amount_dong, recovery, number, reason, first_officer)
				select 'recover', c.programme, c.person, c.month, c.amount_dong, recovered, left(i.number, 100), i.reason, auth.me()
				from payout.claim c where c.id = lost
				returning id into asked;
		end if;
		insert into register.surplus (claim, beside, merge, decision)
			values (lost, case when x.keeps_gone then x.gone_claim else x.kept_claim end, i.id, asked);
	end loop;
	update register.person p set root = i.person where p.id = any (gone);
	update register.person_id d set replaced_at = i.decided_at where d.person = any (gone) and d.kind = 'cccd' and d.replaced_at is null;
	insert into register.person_event (person, kind, day, file) values (i.person, 'merge', i.day, i.file) on conflict do nothing;
	return gone;
end $$;

-- Everything after a merge may rest on it: then it stays, and what is wrong is decided claim by claim.
create function register.part(i register.identity) returns void language plpgsql
set search_path = pg_catalog
as $$
declare
	m register.identity;
	all_of_them bigint[] := register.selves(i.person);
begin
	select * into m from register.identity x where x.id = i.undoes;
	if m.kind <> 'merge' or m.second_officer is null or m.refused or not m.moved <@ all_of_them or (m.person, m.other) <> (i.person, i.other)
			or exists (select from register.person p where p.id = m.person and p.root is not null) then
		raise exception 'identity_stale: there is no such merge that still stands' using errcode = 'CH001';
	end if;
	if exists (select from payout.claim c where c.person = any (all_of_them) and c.id > m.upto_claim)
			or exists (select from register.import_row r where r.person = any (all_of_them) and r.file > m.upto_file)
			or exists (select from payout.claim c join payout.payout p on p.claim = c.id where c.person = any (all_of_them) and p.id > m.upto_payout)
			or exists (select from register.payee_account a where a.person = any (all_of_them) and a.proposed_at > m.decided_at)
			or exists (select from register.decision d where d.person = any (all_of_them) and greatest(d.proposed_at, d.decided_at) > m.decided_at
				and not (d.recovery is not null and d.second_officer is null
					and exists (select from register.surplus s join register.recovery r on r.claim = s.claim where s.merge = m.id and r.id = d.recovery)))
			or exists (select from register.identity x where x.id <> m.id and x.person = any (all_of_them) and not x.refused
				and x.decided_at > m.decided_at)
			or exists (select from register.surplus s where s.merge = m.id and exists (select from payout.claim_void v where v.claim in (s.claim, s.beside))) then
		raise exception 'merge_used: claims, payments, lists or decisions rest on this merge; it can no longer be undone' using errcode = 'CH001';
	end if;
	update register.surplus s set undone = true where s.merge = m.id;
	update register.person_id d set replaced_at = null where d.person = any (m.moved) and d.replaced_at = m.decided_at;
	update register.person p set root = nullif(m.other, p.id) where p.id = any (m.moved);
end $$;

-- Proposed, then decided once, by somebody else, and what it says is done in the same breath.
create function register.guard_identity() returns trigger language plpgsql security definer
set search_path = pg_catalog
as $$
declare
	who bigint;
	roles constant text[] := array['register', 'checker', 'approver'];
begin
	if tg_op = 'INSERT' then
		if new.second_officer is not null or num_nonnulls(new.was, new.moved, new.upto_claim, new.upto_file, new.upto_payout) > 0 then
			raise exception 'not_proposed: what a person is is proposed before it is confirmed' using errcode = 'CH001';
		end if;
		if not (register.may_identify(auth.me(), new.person, '{register}')
				and (new.other is null or register.may_identify(auth.me(), new.other, '{register}'))) then
			raise exception 'no_mandate: you have no mandate register for each ward of these people' using errcode = 'CH001';
		end if;
		return new;
	end if;
	if pg_trigger_depth() > 1 then	-- forgotten, below
		return new;
	end if;
	if old.second_officer is not null or new.second_officer is null
			or to_jsonb(new) - array['second_officer', 'decided_at', 'refused'] <> to_jsonb(old) - array['second_officer', 'decided_at', 'refused'] then
		raise exception 'append_only: register.identity is decided once and never changed' using errcode = 'CH001';
	end if;
	if new.second_officer is distinct from auth.me() then
		raise exception 'not_yours: it is confirmed by the officer who is logged in' using errcode = 'CH001';
	end if;
	perform register.merge_lock(true);	-- before anything is read: a batch or claims being made are there, or not yet begun
	if new.refused then	-- by whoever may speak for one of them, or takes it back
		if new.first_officer <> auth.me() and not register.may_identify(auth.me(), new.person, roles)
				and not coalesce(register.may_identify(auth.me(), new.other, roles), false) then
			raise exception 'no_mandate: you have no mandate in a ward of this person' using errcode = 'CH001';
		end if;
		return new;
	end if;
	if new.first_officer = new.second_officer then
		raise exception 'same_person: another officer confirms it' using errcode = 'CH001';
	end if;
	perform from register.person p where p.id in (new.person, new.other) order by p.id for update;	-- an erasure is there, or not yet begun
	foreach who in array array_remove(array[new.person, new.other], null) loop
		if not register.may_identify(new.second_officer, who, roles) then
			raise exception 'no_mandate: you have no mandate in each ward of these people' using errcode = 'CH001';
		end if;
		if not register.may_identify(new.first_officer, who, roles) then
			raise exception 'first_mandate: whoever proposed this has no mandate for it any more' using errcode = 'CH001';
		end if;
		if not exists (select from register.person_key k where k.person = who) then
			raise exception 'person_erased: nobody is told apart from somebody who was erased' using errcode = 'CH001';
		end if;
	end loop;
	case new.kind
	when 'correct' then
		new.was := register.correct(new);
	when 'merge' then
		new.moved := register.merge(new);
		new.upto_claim := coalesce((select max(c.id) from payout.claim c), 0);
		new.upto_file := coalesce((select max(f.id) from register.import_file f), 0);
		new.upto_payout := coalesce((select max(p.id) from payout.payout p), 0);
	when 'part' then
		perform register.part(new);
	end case;
	return new;
end $$;
create trigger guard before insert or update on register.identity for each row execute function register.guard_identity();

-- Only what two officers confirmed changes who somebody is, whoever has a right to the table.
create function register.guard_person() returns trigger language plpgsql
set search_path = pg_catalog
as $$
begin
	if pg_trigger_depth() < 2 then
		raise exception 'not_decided: a person changes by what two officers confirmed (register.identity)' using errcode = 'CH001';
	end if;
	return new;
end $$;
create trigger only_decided before update of root, name, name_fold, birth_year, birth_date, sex on register.person
	for each row execute function register.guard_person();
create trigger only_decided before update on register.person_id for each row execute function register.guard_person();

-- A claim belongs to the person that is left, and is not there under the other one's name.
create function register.guard_claims() returns trigger language plpgsql security definer
set search_path = pg_catalog
as $$
begin
	perform register.merge_lock(false);
	if exists (select from lines l join register.person p on p.id = l.person and p.root is not null) then
		raise exception 'merged: a claim is for a person who was merged into another one; run it again' using errcode = 'CH001';
	end if;
	-- Those who were merged first: beside all claims of a month the others' lines are that number squared.
	if exists (select from lines l join register.person g on g.root = l.person
			cross join lateral (select c.id from payout.claim c where c.person = g.id
				and (c.programme, c.month, c.kind, c.instalment) = (l.programme, l.month, l.kind, l.instalment) offset 0) c
			where not exists (select from register.surplus s where s.claim = c.id and not s.undone)) then
		raise exception 'merged: what is claimed was claimed when this person was two' using errcode = 'CH001';
	end if;
	return null;
end $$;
create trigger guard_merged after insert on payout.claim referencing new table as lines
	for each statement execute function register.guard_claims();

-- Nobody is paid what two claims said twice.
create function register.guard_lines() returns trigger language plpgsql security definer
set search_path = pg_catalog
as $$
declare
	bad bigint;
begin
	perform register.merge_lock(false);
	select l.claim into bad from lines l join register.surplus s on s.claim = l.claim and not s.undone limit 1;
	if found then
		raise exception 'surplus: claim % is the second one for the same thing, since two people were merged', bad using errcode = 'CH001';
	end if;
	select l.claim into bad from lines l join register.surplus s on s.beside = l.claim and not s.undone where register.paid_beside(l.claim) limit 1;
	if found then
		raise exception 'surplus_paid: what claim % is for was, or may have been, paid by the other one of two people who were merged', bad using errcode = 'CH001';
	end if;
	return null;
end $$;
create trigger guard_surplus after insert on payout.payout referencing new table as lines
	for each statement execute function register.guard_lines();

-- Nothing is asked back, or let be, for a merge that was undone.
create function register.guard_recover() returns trigger language plpgsql security definer
set search_path = pg_catalog
as $$
begin
	perform register.merge_lock(false);
	if exists (select from register.recovery r where r.id = new.recovery and r.why = 'twice'
			and not exists (select from register.surplus s where s.claim = r.claim and not s.undone)) then
		raise exception 'identity_stale: the merge for which this was proposed was undone' using errcode = 'CH001';
	end if;
	return new;
end $$;
create trigger not_undone before update on register.decision for each row when (new.recovery is not null) execute function register.guard_recover();

-- How each case stands: came_back (no payout of its claim is out), repaid, waived, asked, open. What a merge that was undone opened is none.
create view register.recovery_now as
select r.id, r.claim, coalesce(p.root, p.id) as person, r.programme, r.month, r.amount_dong, r.why, r.facts, r.opened_at, d.number,
	y.repaid_dong, case
		when r.claim is not null and not exists (select from payout.payout o join payout.payout_state s on s.payout = o.id
			where o.claim = r.claim and s.state between 3 and 7) then 'came_back'
		when y.repaid_dong >= r.amount_dong then 'repaid'
		when d.kind = 'waive' then 'waived'
		when d.kind = 'recover' then 'asked'
		else 'open' end as state
from register.recovery r
join register.person p on p.id = r.person
left join lateral (select d.kind, d.number from register.decision d where d.recovery = r.id and d.second_officer is not null
	order by d.decided_at desc, d.id desc limit 1) d on true
cross join lateral (select coalesce(sum(x.amount_dong), 0)::bigint as repaid_dong from register.repayment x
	where x.recovery = r.id and x.second_officer is not null) y
where r.why <> 'twice' or exists (select from register.surplus s where s.claim = r.claim and not s.undone);

-- Whether a claim that stays is paid already: a surplus one beside it left, or may have (a debit that came late, a return of what had been paid
-- for the one that stays), and two officers do not ask that back. Who has his money so is not paid again: the claim that stays is voided.
create function register.paid_beside(claim bigint) returns boolean language plpgsql stable security definer
set search_path = pg_catalog
as $$
begin
	if not exists (select from register.surplus s where s.beside = paid_beside.claim and not s.undone) then
		return false;	-- so it is for nearly everybody
	end if;
	return exists (
		with recursive beside as (
			select s.claim from register.surplus s where s.beside = paid_beside.claim and not s.undone
			union select s.claim from beside b join register.surplus s on s.beside = b.claim and not s.undone
		)
		select from beside b
		join payout.payout p on p.claim = b.claim
		left join payout.payout_state s on s.payout = p.id
		where (s.state between 3 and 7 or exists (
				select from recon.break k where k.payout = p.id and k.kind not in ('lost_line', 'overdue')
					and not exists (select from recon.break_resolution r where r.break = k.id)))
			and not exists (select from register.recovery_now r where r.claim = b.claim and r.state in ('asked', 'repaid')));
end $$;

-- Of whom each case of a pay period is decided: the finding that asked for it holds back nothing else of the period. Where money came back,
-- its claim could be paid again, so that is for two officers to say.
create view register.recovery_decided as
select c.person, c.programme, c.pay_period as period
from register.recovery_now r join payout.claim c on c.id = r.claim
group by c.person, c.programme, c.pay_period
having bool_and(r.state in ('asked', 'repaid', 'waived'));

-- Which of two claims stays, or whether both do, is not decided while one of them is being voided.
create function register.guard_voids() returns trigger language plpgsql security definer
set search_path = pg_catalog
as $$
begin
	perform register.merge_lock(false);
	return null;
end $$;
create trigger merge_waits before insert on payout.claim_void for each statement execute function register.guard_voids();

-- ---------------------------------------------------------------- who moved

-- The old place stops and the new one goes on from the month after the decision (Decree 20/2021/ND-CP art. 8, Circular 02/2021/TT-BLDTBXH): the month
-- is that of the second officer's day. What the new place pays stands on its own lists.
alter table register.decision
	add column from_area text,
	add column from_area_from date,
	add column to_area text,		-- null: nobody knows where to
	add column to_area_from date,
	add constraint decision_from_area check ((kind = 'move') = (from_area is not null) and (from_area is null) = (from_area_from is null)),
	add constraint decision_to_area check ((to_area is null) = (to_area_from is null) and (to_area is null or kind = 'move'));
create index decision_move on register.decision (programme, person) where kind = 'move';
create function register.guard_move() returns trigger language plpgsql
set search_path = pg_catalog
as $$
begin
	new.month := (date_trunc('month', ops.today()) + interval '1 month')::date;
	return new;
end $$;
-- After "guard", in the order of the names, which lets nothing else change.
create trigger moves_next_month before update on register.decision for each row
	when (new.kind = 'move' and old.second_officer is null) execute function register.guard_move();

-- What lists said of somebody who was erased goes with him.
create function register.forget_identity() returns trigger language plpgsql security definer
set search_path = pg_catalog
as $$
begin
	update register.identity i set name = case when i.name is not null then '(đã xóa)' end, name_fold = case when i.name is not null then '' end,
			sealed = case when i.sealed is not null then ''::bytea end, birth_date = null, was = null
		where i.person = any (register.selves(new.person)) or i.other = any (register.selves(new.person));
	return null;
end $$;
create trigger forget_identity after update on register.erasure for each row execute function register.forget_identity();
