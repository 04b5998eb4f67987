-- What lists of all kinds need: rows that were in already, and what a sender calls the columns.

set local role chitra_owner;

-- known: the same row of an earlier file was accepted. A corrected file brings all of its rows again.
alter table register.import_row drop constraint import_row_status_check,
	add constraint import_row_status_check check (status in ('accepted', 'rejected', 'repaired', 'known')),
	add constraint import_row_known check (status <> 'known' or person is null);

alter table register.import_file drop constraint import_file_kind_check,
	add constraint import_file_kind_check check (kind in ('payment_list', 'enrolment_list', 'increase_list', 'decrease_list',
		'account_list', 'deaths', 'moves', 'corrections', 'agent_paid_list', 'grant_list'));

-- A file counts once. Whoever has looked at what was repaired brings the same file again and says so: the rows that waited for it come in.
alter table register.import_file add column repairs boolean not null default false, drop constraint import_file_sha256_kind_key,
	add constraint import_file_once unique (sha256, kind, repairs);

-- What a sender (a ward by its code, a bank by its code) calls a column that the program does not know or takes for another one. The
-- newest line counts; "known" goes back to what the program knows.
create table register.list_heading (
	id bigint generated always as identity primary key,
	sender text not null check (length(sender) between 1 and 32),
	kind text not null,
	heading text not null check (heading ~ '^[a-z0-9]+( [a-z0-9]+)*$'),	-- folded
	cell text not null check (cell ~ '^[a-z_]+$'),				-- a cell of the list, "ignored" or "known"
	officer bigint not null references auth.officer,
	at timestamptz not null default now(),
	counts boolean not null default false
);
create index on register.list_heading (sender, kind);
-- What counts: which column is the ID, the account or the amount, or is none, is money, so a second officer says the same at once after
-- the first; anything else, and taking a word back, is one officer's. What a ward calls its columns its own officers say, both of them when
-- the second one does.
create function register.may_name(officer bigint, sender text) returns boolean language plpgsql stable security definer
set search_path = pg_catalog
as $$
begin
	return exists (select from auth.mandate m where m.officer = may_name.officer and m.role in ('register', 'maker')
		and auth.officer_may(m.officer, m.role, m.agency, m.area, 0)
		and (not exists (select from register.area a where a.code = may_name.sender)
			or exists (select from register.area a where a.code = may_name.sender
				and auth.officer_may_in(m.officer, m.role, m.agency, a.code, a.valid_from, 0))));
end $$;
create function register.guard_heading() returns trigger language plpgsql security definer
set search_path = pg_catalog
as $$
begin
	if not register.may_name(new.officer, new.sender) then
		raise exception 'no_mandate: you have no mandate for what this sender sends' using errcode = 'CH001';
	end if;
	new.counts := new.cell not in ('personal_id', 'account', 'amount', 'ignored') or coalesce((
		select h.cell = new.cell and h.officer <> new.officer and register.may_name(h.officer, h.sender) from register.list_heading h
		where (h.sender, h.kind, h.heading) = (new.sender, new.kind, new.heading) order by h.id desc limit 1), false);
	return new;
end $$;
create trigger guard before insert on register.list_heading for each row execute function register.guard_heading();
create view register.list_heading_now as
select distinct on (sender, kind, heading) sender, kind, heading, cell from register.list_heading where counts order by sender, kind, heading, id desc;
create trigger by_me after insert on register.list_heading referencing new table as fresh
	for each statement execute function auth.guard_actor('officer');
call ops.append_only('register.list_heading');
