-- Claims, batches, approvals, payouts and dispatches.

set local role chitra_owner;

-- ---------------------------------------------------------------- states and moves (loaded from sql/reference)

create table payout.state (
	code smallint primary key,
	name text not null unique,
	rank smallint not null,			-- never back in rank but accepted to unknown
	ended boolean not null,
	in_flight boolean not null,
	proven_unpaid boolean not null		-- its claim may be paid again, as the next issue (law 4)
);
create table payout.legal_move (
	from_state smallint not null references payout.state,
	to_state smallint not null references payout.state,
	sentence text not null,
	primary key (from_state, to_state)
);

-- ---------------------------------------------------------------- claims

-- What a person is owed: one programme, one month, one kind, one instalment. Paid by payouts; voided by two officers.
create table payout.claim (
	id bigint generated always as identity primary key,
	person bigint not null,
	programme text not null,
	month date not null check (extract(day from month) = 1),
	kind text not null check (kind in ('regular', 'arrears')),
	instalment smallint not null default 1 check (instalment between 1 and 99),
	amount_dong bigint not null check (amount_dong between 1 and 500000000),
	agency bigint not null,
	pay_period date not null check (extract(day from pay_period) = 1),
	area_code text not null,
	area_valid_from date not null,
	made_at timestamptz not null default now(),
	unique (person, programme, month, kind, instalment)
);
create index on payout.claim (pay_period, programme, area_code);

create table payout.claim_part (
	claim bigint not null,
	n smallint not null,
	rate_code text not null,
	amount_dong bigint not null,
	working text not null,
	primary key (claim, n)
);

-- What foreign keys would say, once a statement (0002_people.sql, register.guard_names).
create function payout.guard_claims() returns trigger language plpgsql security definer
set search_path = pg_catalog
as $$
begin
	if exists (select from lines l where not exists (select from register.person p where p.id = l.person offset 0))
			or exists (select from (select distinct programme from lines) l
				where not exists (select from rules.programme p where p.code = l.programme))
			or exists (select from (select distinct agency from lines) l
				where not exists (select from org.agency a where a.id = l.agency)) then
		raise exception 'names_nothing: a claim names a person, programme or agency that does not exist' using errcode = 'CH001';
	end if;
	return null;
end $$;
create trigger guard_names after insert on payout.claim referencing new table as lines
	for each statement execute function payout.guard_claims();

create function payout.guard_claim_parts() returns trigger language plpgsql security definer
set search_path = pg_catalog
as $$
begin
	if exists (select from lines l where not exists (select from payout.claim c where c.id = l.claim offset 0)) then
		raise exception 'names_nothing: a part belongs to a claim that does not exist' using errcode = 'CH001';
	end if;
	return null;
end $$;
create trigger guard_names after insert on payout.claim_part referencing new table as lines
	for each statement execute function payout.guard_claim_parts();

-- ---------------------------------------------------------------- batches and approvals

create table payout.batch (
	id bigint generated always as identity primary key,
	agency bigint not null references org.agency,
	programme text not null references rules.programme,
	period date not null check (extract(day from period) = 1),
	area_code text not null,
	area_valid_from date not null,
	channel bigint not null references org.channel,
	version integer not null default 1,
	state text not null default 'open' check (state in ('open', 'frozen', 'approved', 'released', 'closed', 'withdrawn')),
	made_by bigint not null references auth.officer,
	made_at timestamptz not null default now(),
	lines integer not null default 0,
	sum_dong bigint not null default 0,
	root bytea check (length(root) = 32),
	not_before date not null,		-- in every line: pay not before this day
	valid_until timestamptz not null,	-- in every line: the bank must not execute after this
	check (state in ('open', 'withdrawn') or (root is not null and lines > 0 and sum_dong > 0))
);
create index on payout.batch (period, programme);
create trigger made_by_me after insert on payout.batch referencing new table as fresh
	for each statement execute function auth.guard_actor('made_by');

-- Each frozen version, kept when it was sent back or withdrawn.
create table payout.batch_version (
	batch bigint not null references payout.batch,
	version integer not null,
	lines integer not null,
	sum_dong bigint not null,
	root bytea not null,
	frozen_by bigint not null references auth.officer,
	frozen_at timestamptz not null default now(),
	primary key (batch, version)
);
create trigger frozen_by_me after insert on payout.batch_version referencing new table as fresh
	for each statement execute function auth.guard_actor('frozen_by');

create table payout.bundle (
	id bigint generated always as identity primary key,
	agency bigint not null references org.agency,
	root bytea not null unique check (length(root) = 32),
	batches integer not null,
	lines bigint not null,
	sum_dong bigint not null,
	made_at timestamptz not null default now()
);
create table payout.bundle_batch (
	bundle bigint not null references payout.bundle,
	n integer not null,			-- position in the bundle's tree, from 0
	batch bigint not null references payout.batch,
	version integer not null,
	root bytea not null check (length(root) = 32),
	path bytea not null check (length(path) % 32 = 0),	-- the hashes from there to the bundle's root: proves it alone
	primary key (bundle, n),
	unique (bundle, batch)
);
create index on payout.bundle_batch (batch);

create table payout.approval (
	id bigint generated always as identity primary key,
	bundle bigint not null references payout.bundle,
	role text not null check (role in ('checker', 'approver')),
	officer bigint not null references auth.officer,
	certificate bigint not null references auth.certificate,
	text bytea not null,			-- chitra-approval/v1, the signed bytes
	signature bytea not null check (length(signature) = 64),
	at timestamptz not null default now(),
	unique (bundle, officer),
	unique (bundle, role),
	foreign key (certificate, officer) references auth.certificate (id, officer)
);

-- What was signed stays what it was: nothing comes into a bundle after its first approval.
create function payout.guard_bundle() returns trigger language plpgsql security definer
set search_path = pg_catalog
as $$
begin
	if exists (select from fresh f join payout.approval a on a.bundle = f.bundle) then
		raise exception 'bundle_signed: a bundle that was signed does not grow' using errcode = 'CH001';
	end if;
	return null;
end $$;
create trigger guard after insert on payout.bundle_batch referencing new table as fresh
	for each statement execute function payout.guard_bundle();

-- Maker, checker and approver of a batch are three people, whatever the program thinks.
create function payout.guard_approval() returns trigger language plpgsql security definer
set search_path = pg_catalog
as $$
begin
	if exists (select from payout.bundle_batch bb join payout.batch b on b.id = bb.batch
			where bb.bundle = new.bundle and b.made_by = new.officer) then
		raise exception 'own_batch: whoever made a batch cannot approve it' using errcode = 'CH001';
	end if;
	if exists (select from payout.bundle_batch mine
			join payout.bundle_batch other on other.batch = mine.batch and other.version = mine.version
			join payout.approval a on a.bundle = other.bundle
			where mine.bundle = new.bundle and a.officer = new.officer and a.role <> new.role) then
		raise exception 'same_person: checker and approver of a batch are two people' using errcode = 'CH001';
	end if;
	if exists (select from payout.bundle_batch bb join payout.batch b on b.id = bb.batch
			where bb.bundle = new.bundle and (b.state <> 'frozen' or b.version <> bb.version or b.root <> bb.root)) then
		raise exception 'batch_changed: a batch of this bundle changed since; look again and sign anew' using errcode = 'CH001';
	end if;
	return new;
end $$;
create trigger guard before insert on payout.approval for each row execute function payout.guard_approval();
create trigger by_me after insert on payout.approval referencing new table as fresh
	for each statement execute function auth.guard_actor('officer');

-- When, not what: two people with the mandate release, never the maker. Planned: on its programme's days (rules.payout_window), and not now.
create table payout.release (
	batch bigint not null references payout.batch,
	officer bigint not null references auth.officer,
	planned boolean not null default false,
	at timestamptz not null default now(),
	primary key (batch, officer, planned)
);
-- Somebody wants it on the programme's days, and no two officers want it now.
create function payout.is_planned(batch bigint) returns boolean language sql stable security definer
set search_path = pg_catalog
as $$
	select bool_or(r.planned) and 2 > count(*) filter (where not r.planned) from payout.release r where r.batch = is_planned.batch
$$;
create function payout.guard_release() returns trigger language plpgsql security definer
set search_path = pg_catalog
as $$
begin
	if exists (select from payout.batch b where b.id = new.batch and b.made_by = new.officer) then
		raise exception 'own_batch: whoever made a batch cannot release it' using errcode = 'CH001';
	end if;
	if not exists (select from payout.batch b where b.id = new.batch
			and (b.state = 'approved' or b.state = 'released' and not new.planned and payout.is_planned(b.id))) then
		raise exception 'not_approved: only an approved batch can be released, and one that waits for its days be let go now' using errcode = 'CH001';
	end if;
	return new;
end $$;
create trigger guard before insert on payout.release for each row execute function payout.guard_release();
create trigger by_me after insert on payout.release referencing new table as fresh
	for each statement execute function auth.guard_actor('officer');

-- ---------------------------------------------------------------- payouts

-- It is the batch line: what the approvers signed. Lines come and go while their batch is open; none ever changes.
create table payout.payout (
	id bigint generated always as identity primary key,
	claim bigint not null,
	issue smallint not null check (issue between 1 and 99),
	batch bigint not null,
	line integer not null check (line >= 1),
	payee_account bigint,			-- null: cash
	account_hash bytea not null check (length(account_hash) = 32),
	amount_dong bigint not null check (amount_dong > 0),
	line_hash bytea not null check (length(line_hash) = 32),	-- RFC 6962 leaf hash of its text chitra-line/v1
	end_to_end_id text not null unique check (end_to_end_id ~ '^[0-9A-HJKMNP-TV-Z]{19}$'),
	unique (claim, issue),
	unique (batch, line)
);

-- Law 4, set by set: issue n + 1 of a claim only when issue n is proven unpaid and nothing speaks against it (payout.in_question,
-- 0004_bank.sql), and lines only into an open batch. What a line
-- names never goes away, so it is looked for once, a set at a time, and not locked row by row.
create function payout.guard_lines() returns trigger language plpgsql security definer
set search_path = pg_catalog
as $$
declare
	bad record;
begin
	select l.batch, b.id is null as nothing into bad
		from (select distinct batch from lines) l left join payout.batch b on b.id = l.batch
		where b.state is distinct from 'open' limit 1;
	if bad.nothing then
		raise exception 'names_nothing: a line names the batch % that does not exist', bad.batch using errcode = 'CH001';
	elsif found then
		raise exception 'batch_frozen: lines come and go only while batch % is open', bad.batch using errcode = 'CH001';
	end if;
	if tg_op = 'DELETE' then
		return null;
	end if;
	select l.claim into bad from lines l
		where l.issue > 1 and not exists (
			select from payout.payout p join payout.payout_state s on s.payout = p.id join payout.state st on st.code = s.state
			where p.claim = l.claim and p.issue = l.issue - 1 and st.proven_unpaid)
		limit 1;
	if found then
		raise exception 'still_live: claim % has a payout that is not proven unpaid', bad.claim using errcode = 'CH001';
	end if;
	select l.claim into bad from lines l where l.issue > 1 and payout.in_question(l.claim, l.issue) limit 1;
	if found then
		raise exception 'in_question: evidence speaks against how an earlier payout of claim % ended', bad.claim using errcode = 'CH001';
	end if;
	select l.claim, c.id is null or (l.payee_account is not null and a.id is null) as nothing into bad
		from lines l
		left join lateral (select c.id, c.amount_dong from payout.claim c where c.id = l.claim offset 0) c on true
		left join lateral (select a.id from register.payee_account a where a.id = l.payee_account offset 0) a on true
		where c.id is null or l.amount_dong <> c.amount_dong or (l.payee_account is not null and a.id is null)
			or exists (select from payout.claim_void v where v.claim = l.claim)
		limit 1;
	if bad.nothing then
		raise exception 'names_nothing: a line names a claim or account that does not exist' using errcode = 'CH001';
	elsif found then
		raise exception 'not_the_claim: claim % is voided or has another amount', bad.claim using errcode = 'CH001';
	end if;
	return null;
end $$;
create trigger guard_insert after insert on payout.payout referencing new table as lines
	for each statement execute function payout.guard_lines();
create trigger guard_delete after delete on payout.payout referencing old table as lines
	for each statement execute function payout.guard_lines();
create trigger fixed before update on payout.payout for each row execute function ops.refuse_change();
create trigger append_only_all before truncate on payout.payout execute function ops.refuse_change();

-- The only row of a payout that is updated. It begins with the last approval.
create table payout.payout_state (
	payout bigint primary key,
	state smallint not null,
	move_no smallint not null default 0,
	dispatch bigint
) with (fillfactor = 60);

create table payout.payout_move (
	payout bigint not null,
	n smallint not null,
	from_state smallint not null,
	to_state smallint not null,
	cause smallint not null,		-- payout.cause
	message bigint,				-- bank.message that says so
	item integer,				-- which item of it
	day date not null,			-- on the business clock
	at timestamptz not null default now(),
	primary key (payout, n)
);
-- What moves a payout: whose word it is, and which states (their codes, with a space between) it may lead to.
create table payout.cause (
	code smallint primary key,
	name text not null unique,
	duty text not null check (duty in ('desk', 'teller', 'scribe', 'owner')),
	to_states text not null check (to_states ~ '^[0-9]+( [0-9]+)*$'),
	sentence text not null
);

-- Whether the caller may give this cause for these moves, and an officer's act is written down before its move.
create function payout.guard_cause(payouts bigint[], from_states smallint[], to_states smallint[], cause smallint) returns void language plpgsql security definer
set search_path = pg_catalog
as $$
declare
	-- Inside a function of the owner's current_user is the owner; who called is here.
	caller constant text := coalesce(nullif(current_setting('role'), 'none'), session_user);
	k payout.cause;
	bad bigint;
begin
	select c.* into k from payout.cause c where c.code = guard_cause.cause;
	if not found or (caller in ('chitra_gate', 'chitra_desk', 'chitra_teller', 'chitra_scribe', 'chitra_auditor') and caller <> 'chitra_' || k.duty) then
		raise exception 'not_yours: % moves no payout for cause %', caller, guard_cause.cause using errcode = 'CH001';
	end if;
	-- What ended unpaid is paid after all by two officers' word alone.
	if not guard_cause.to_states <@ string_to_array(k.to_states, ' ')::smallint[]
			or k.name not in ('resolution', 'recovery')
				and exists (select from unnest(guard_cause.from_states, guard_cause.to_states) as m(f, t) where m.f in (8, 9, 11) and m.t = 7) then
		raise exception 'illegal_move: "%" does not lead there', k.name using errcode = 'CH001';
	end if;
	if k.name = 'officer' then
		-- What the sent journal has may have left (law 1), whatever a row says that forgot it: chitra recover makes it unknown.
		select a.payout into bad from unnest(guard_cause.payouts, guard_cause.to_states) as a(payout, t)
			where a.t = 11 and exists (select from payout.hold h where h.payout = a.payout and h.reason = 'sent_before' and h.by_officer is null)
			limit 1;
		if found then
			raise exception 'may_have_left: payout % is in the sent journal; run chitra recover', bad using errcode = 'CH001';
		end if;
		if 11 = any (guard_cause.to_states) and exists (select from ops.journal j where j.lost_at is null and j.history is distinct from ops.history()) then
			raise exception 'journal_not_compared: since PostgreSQL was started, these sent journals were not held against its rows: %. Start their tellers; of one that is nowhere any more: chitra recover --lost-journal NAME',
				(select string_agg(j.place || ' (' || j.name || ')', ', ' order by j.place) from ops.journal j where j.lost_at is null and j.history is distinct from ops.history()) using errcode = 'CH001';
		end if;
		select a.payout into bad from unnest(guard_cause.payouts, guard_cause.to_states) as a(payout, t)
			where case a.t
				when 1 then 2 > payout.let_go_by(a.payout)
					-- Of a payroll that was restored: nobody is owed it any more.
					or exists (select from payout.payout p join payout.claim_void v on v.claim = p.claim where p.id = a.payout)
				when 2 then not exists (select from payout.hold h where h.payout = a.payout and h.by_officer = auth.me())
				else not exists (select from payout.cancellation c where c.payout = a.payout) end
			limit 1;
		if found then
			raise exception 'not_decided: nobody wrote down what becomes of payout %, or not two officers did', bad using errcode = 'CH001';
		end if;
	elsif k.name = 'resolution' then
		select a.payout into bad from unnest(guard_cause.payouts, guard_cause.to_states) as a(payout, t)
			where not exists (select from recon.break_resolution r where r.payout = a.payout
				and r.outcome = case a.t when 7 then 'paid_after_all' else 'return' end)
			limit 1;
		if found then
			raise exception 'not_decided: two officers did not find that to be payout %', bad using errcode = 'CH001';
		end if;
	end if;
	perform payout.guard_found(guard_cause.payouts, guard_cause.to_states, k.name);	-- 0006_rules.sql
end $$;

-- Moves many payouts at once along legal moves; whoever is not in the expected state is left alone and not returned.
-- evidence columns may be null. Returns the payouts that moved.
-- Planned once, by index: plans for each call took as long as the moves of a small group.
create function payout.move(payouts bigint[], from_states smallint[], to_states smallint[], cause smallint,
	messages bigint[], items integer[], dispatch_id bigint)
returns setof bigint language plpgsql security definer
set search_path = pg_catalog
set enable_hashjoin = off
set enable_mergejoin = off
set enable_seqscan = off
set plan_cache_mode = force_generic_plan
as $$
#variable_conflict use_column
begin
	perform payout.guard_cause(move.payouts, move.from_states, move.to_states, move.cause);
	return query
	with asked as materialized (
		select a.payout, a.f, a.t, a.m, a.i
		from unnest(move.payouts, move.from_states, move.to_states, move.messages, move.items) as a(payout, f, t, m, i)
		where exists (select from payout.legal_move l where l.from_state = a.f and l.to_state = a.t)
	), moved as (
		update payout.payout_state s
		set state = a.t, move_no = s.move_no + 1, dispatch = coalesce(move.dispatch_id, s.dispatch)
		from asked a
		where s.payout = a.payout and s.state = a.f
		returning s.payout, s.move_no, a.f, a.t, a.m, a.i
	)
	insert into payout.payout_move (payout, n, from_state, to_state, cause, message, item, day)
	select m.payout, m.move_no, m.f, m.t, move.cause, m.m, m.i, (select ops.today()) from moved m
	returning payout;
end $$;

-- Moves are legal, and nothing is sent but out of a released batch (DESIGN §6). Its two sets have no index: a hash, whatever payout.move needs for itself.
create function payout.guard_state() returns trigger language plpgsql security definer
set search_path = pg_catalog
set enable_hashjoin = on
set enable_nestloop = on
as $$
declare
	bad record;
begin
	select o.payout, o.state as f, n.state as t into bad from old_rows o left join new_rows n on n.payout = o.payout
		where n.payout is null or n.move_no < o.move_no or (n.state <> o.state and not exists (
			select from payout.legal_move l where l.from_state = o.state and l.to_state = n.state))
		limit 1;
	if found then
		raise exception 'illegal_move: payout % cannot go from state % to %', bad.payout, bad.f, bad.t using errcode = 'CH001';
	end if;
	select b.id into bad
		from (select distinct p.batch from new_rows n
			cross join lateral (select p.batch from payout.payout p where p.id = n.payout offset 0) p where n.state = 3) x
		join payout.batch b on b.id = x.batch
		where b.state <> 'released'
		limit 1;
	if found then
		raise exception 'not_released: batch % is not released by two officers, so nothing of it is sent', bad.id using errcode = 'CH001';
	end if;
	return null;
end $$;
create trigger guard after update on payout.payout_state referencing old table as old_rows new table as new_rows
	for each statement execute function payout.guard_state();

-- Whether a checker and an approver signed a batch as it is. Two people: their bundles may be two, and neither signature may have
-- seen the other when it was given.
create function payout.is_signed(batch bigint, version integer, root bytea) returns boolean language sql stable security definer
set search_path = pg_catalog
as $$
	select exists (
		select from payout.bundle_batch cb join payout.approval c on c.bundle = cb.bundle and c.role = 'checker'
		join payout.bundle_batch ab on ab.batch = cb.batch and ab.version = cb.version and ab.root = cb.root
		join payout.approval a on a.bundle = ab.bundle and a.role = 'approver' and a.officer <> c.officer
		where cb.batch = is_signed.batch and cb.version = is_signed.version and cb.root = is_signed.root)
$$;

-- A payout begins to live with the last approval of its batch: never without a checker's and an approver's signature.
create function payout.guard_birth() returns trigger language plpgsql security definer
set search_path = pg_catalog
as $$
declare
	bad record;
begin
	select x.batch into bad
		from (select distinct p.batch from born n
			left join lateral (select p.batch from payout.payout p where p.id = n.payout offset 0) p on true) x
		left join payout.batch b on b.id = x.batch
		where b.id is null or b.state not in ('approved', 'released', 'closed') or not payout.is_signed(b.id, b.version, b.root)
		limit 1;
	if found and bad.batch is null then
		raise exception 'names_nothing: there is no such payout' using errcode = 'CH001';
	elsif found then
		raise exception 'not_approved: batch % lacks the signatures of a checker and an approver', bad.batch using errcode = 'CH001';
	end if;
	if exists (select from born where state <> 1 or move_no <> 0) then
		raise exception 'illegal_move: a payout begins as ready' using errcode = 'CH001';
	end if;
	perform payout.hold_born(array(select distinct p.batch from born n cross join lateral (
		select p.batch from payout.payout p where p.id = n.payout offset 0) p));	-- 0006_rules.sql
	return null;
end $$;
create trigger guard_birth after insert on payout.payout_state referencing new table as born
	for each statement execute function payout.guard_birth();

-- open to frozen to approved to released to closed; back to open as a new version; withdrawn before approval.
create function payout.guard_batch() returns trigger language plpgsql security definer
set search_path = pg_catalog
as $$
begin
	if not (new.state = old.state or (old.state, new.state) in (('open', 'frozen'), ('frozen', 'approved'), ('approved', 'released'),
			('released', 'closed'), ('frozen', 'open'), ('open', 'withdrawn'), ('frozen', 'withdrawn'))) then
		raise exception 'illegal_move: batch % cannot go from % to %', old.id, old.state, new.state using errcode = 'CH001';
	end if;
	if (new.agency, new.programme, new.period, new.area_code, new.area_valid_from, new.channel, new.made_by)
			is distinct from (old.agency, old.programme, old.period, old.area_code, old.area_valid_from, old.channel, old.made_by) then
		raise exception 'batch_fixed: what batch % is for never changes; withdraw it and make another', old.id using errcode = 'CH001';
	end if;
	if old.state <> 'open' and not (old.state = 'frozen' and new.state = 'open') and
			(new.version, new.lines, new.sum_dong, new.root, new.not_before, new.valid_until)
			is distinct from (old.version, old.lines, old.sum_dong, old.root, old.not_before, old.valid_until) then
		raise exception 'batch_frozen: batch % is frozen; send it back to change it', old.id using errcode = 'CH001';
	end if;
	if old.state = 'frozen' and new.state = 'open' and new.version <> old.version + 1 then
		raise exception 'batch_version: a batch that was sent back is a new version' using errcode = 'CH001';
	end if;
	if old.state = 'open' and new.state = 'frozen' and not exists (
			select from payout.payout p where p.batch = new.id
			having (count(*), sum(p.amount_dong)) = (new.lines::bigint, new.sum_dong::numeric)) then
		raise exception 'batch_sum: the count and sum of batch % are not those of its lines', old.id using errcode = 'CH001';
	end if;
	if old.state = 'frozen' and new.state = 'approved' and not payout.is_signed(new.id, new.version, new.root) then
		raise exception 'not_approved: batch % lacks the signatures of a checker and an approver', old.id using errcode = 'CH001';
	end if;
	-- Voided after the dump of this batch that was restored.
	if old.state = 'frozen' and new.state = 'approved' and exists (
			select from payout.claim_void v join payout.payout p on p.claim = v.claim where p.batch = new.id) then
		raise exception 'not_the_claim: a claim of batch % is voided; send it back or withdraw it', old.id using errcode = 'CH001';
	end if;
	if old.state = 'released' and new.state = 'closed' and exists (
			select from payout.payout p left join payout.payout_state s on s.payout = p.id left join payout.state t on t.code = s.state
			where p.batch = new.id and not coalesce(t.ended, false)) then
		raise exception 'still_live: batch % has payouts without an end', old.id using errcode = 'CH001';
	end if;
	if old.state = 'approved' and new.state = 'released' and 2 > (select count(distinct r.officer) from payout.release r where r.batch = new.id) then
		raise exception 'not_released: two officers release batch %', old.id using errcode = 'CH001';
	end if;
	return new;
end $$;
create trigger guard before update on payout.batch for each row execute function payout.guard_batch();

-- A dispatch is what one teller sends together: at most 512 payouts of one channel, as ranges of payout ids.
create table payout.dispatch (
	id bigint generated always as identity primary key,
	channel bigint not null references org.channel,
	state text not null default 'ready' check (state in ('ready', 'sent', 'ended')),
	count integer not null default 0 check (count between 0 and 512),
	sum_dong bigint not null default 0,
	root bytea check (length(root) = 32),	-- over the line hashes of what was really sent
	epoch integer not null default 0,
	owner text,
	lease_until timestamptz,
	sent_at timestamptz,
	ask_after timestamptz,			-- when the silent ones are next enquired about
	asked integer not null default 0,
	made_at timestamptz not null default now(),
	check (state <> 'sent' or ask_after is not null)	-- what was sent is never forgotten
) with (fillfactor = 60);
create index dispatch_waiting on payout.dispatch (id) where state = 'ready';	-- in this order they are taken, as many as are wanted
create index dispatch_open on payout.dispatch (ask_after) where state = 'sent';

create table payout.dispatch_range (
	dispatch bigint not null references payout.dispatch,
	first_payout bigint not null,
	last_payout bigint not null check (last_payout >= first_payout),
	primary key (dispatch, first_payout)
);
create index on payout.dispatch_range (first_payout, last_payout);

create table payout.hold (
	id bigint generated always as identity primary key,
	payout bigint not null references payout.payout,
	reason text not null,
	by_officer bigint references auth.officer,	-- null: a rule
	at timestamptz not null default now()
);
create index on payout.hold (payout);
create trigger by_me after insert on payout.hold referencing new table as fresh
	for each statement execute function auth.guard_actor('by_officer');
-- Two people let a held payout go.
create table payout.hold_release (
	hold bigint not null references payout.hold,
	officer bigint not null references auth.officer,
	at timestamptz not null default now(),
	primary key (hold, officer)
);
create trigger by_me after insert on payout.hold_release referencing new table as fresh
	for each statement execute function auth.guard_actor('officer');
-- How many officers have let a payout go since it was held last; whoever lost the mandate since does not count.
create function payout.let_go_by(payout bigint) returns bigint language sql stable security definer
set search_path = pg_catalog
as $$
	select count(*)
	from payout.hold_release r
	join payout.payout p on p.id = let_go_by.payout
	join payout.batch b on b.id = p.batch
	join org.agency a on a.id = b.agency
	where r.hold = (select max(h.id) from payout.hold h where h.payout = p.id)
		and auth.officer_may(r.officer, 'release', a.code, b.area_code, p.amount_dong)
$$;
-- Before anything was sent, one officer cancels, with a reason.
create table payout.cancellation (
	payout bigint primary key references payout.payout,
	reason text not null check (length(reason) between 3 and 500),
	by_officer bigint not null references auth.officer,
	at timestamptz not null default now()
);
create trigger by_me after insert on payout.cancellation referencing new table as fresh
	for each statement execute function auth.guard_actor('by_officer');

call ops.append_only('payout.claim', 'payout.claim_part', 'payout.batch_version', 'payout.bundle',
	'payout.bundle_batch', 'payout.approval', 'payout.release', 'payout.payout_move', 'payout.hold', 'payout.hold_release',
	'payout.cancellation');
call ops.keep_rows('payout.batch', 'payout.payout_state', 'payout.dispatch', 'payout.dispatch_range');
