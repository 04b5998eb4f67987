-- What the rules of entitlement need beyond lists: how many children, which rates a claim knew, and what officers decide.

set local role chitra_owner;

-- The poor single parent's amount is for each child (Decree 20/2021/ND-CP art. 5 (4), 6 (1)); null: the category is no such one.
alter table register.enrolment add column children smallint check (children between 1 and 20);

-- A rate that comes later than its decree was known from the day on which it came; those that the database began with, always (null).
create function rules.arrival() returns date language sql stable set search_path = pg_catalog
as $$ select ops.today() where exists (select from rules.rate) $$;
alter table rules.rate
	add column recorded_on date default rules.arrival(),
	add column recorded_at timestamptz not null default clock_timestamp();
-- Between two runs of its programme (entitle_begin), so that what was claimed before it is told from what was claimed after.
create function rules.arrives() returns trigger language plpgsql set search_path = pg_catalog
as $$
begin
	perform pg_advisory_xact_lock(7202, hashtext(new.programme));
	new.recorded_at := clock_timestamp();
	return new;
end $$;
create trigger arrives before insert on rules.rate for each row execute function rules.arrives();

-- A claim knew the rates that were known on this business day and had come when it was made. A rate that comes or comes into force later and
-- counts for its month owes the difference.
alter table payout.claim add column known_on date not null default ops.today();
alter table payout.claim alter column made_at set default clock_timestamp();
create index claim_known_on on payout.claim using brin (known_on);	-- claims come in the order of their days
-- Beside the months' own: a grant that was decided, and a funeral, of which a person has one.
alter table payout.claim drop constraint claim_kind_check,
	add constraint claim_kind_check check (kind in ('regular', 'arrears', 'grant', 'funeral'));
create unique index claim_funeral on payout.claim (person, instalment) where kind = 'funeral';

-- Money that left and was not due, a claim once: asked back or not by what two officers decide (kinds recover and waive), never taken off
-- another payment. It is over when the claim's payout was returned or proven unpaid, when as much came back, or when it is waived
-- (register.recovery_now, 0009_identity.sql).
create table register.recovery (
	id bigint generated always as identity primary key,
	claim bigint unique references payout.claim,
	person bigint not null references register.person,
	programme text not null references rules.programme,
	month date not null check (extract(day from month) = 1),
	amount_dong bigint not null check (amount_dong > 0),
	why text not null check (why in ('after_death', 'stopped_since', 'twice', 'officer')),
	facts text not null default '',
	opened_at timestamptz not null default now(),
	check ((claim is null) = (why = 'officer'))
);
create index on register.recovery (person);

-- What came back: of which statement line's break, that two officers found to be money for the treasury, how much is this case's.
create table register.repayment (
	id bigint generated always as identity primary key,
	recovery bigint not null references register.recovery,
	break bigint not null references recon.break,
	amount_dong bigint not null check (amount_dong > 0),
	first_officer bigint not null references auth.officer,
	proposed_at timestamptz not null default clock_timestamp(),
	second_officer bigint references auth.officer,
	decided_at timestamptz,
	check (first_officer <> second_officer),
	check ((second_officer is null) = (decided_at is null))
);
create index on register.repayment (recovery);
create index on register.repayment (break);
create trigger first_is_me after insert on register.repayment referencing new table as fresh
	for each statement execute function auth.guard_actor('first_officer');

-- What officers decide about a person's or everybody's benefit. Proposed by one, confirmed by another; only then it counts.
--
--   suspend, terminate, resume   from a month on
--   together                     a further month is paid with a pay period, to everybody on its lists (before Tết, in a disaster)
--   grant, funeral               once, by a rate; of several rates for a funeral the highest
--   move                         a ward pays no more from the month after this was confirmed; another one does (0009_identity.sql)
--   recover                      that what was paid too much for a month is asked back: the claims of other months stay whole
--   waive                        that it is not, or no longer
create table register.decision (
	id bigint generated always as identity primary key,
	kind text not null check (kind in ('suspend', 'terminate', 'resume', 'together', 'grant', 'funeral', 'recover', 'waive', 'move')),
	programme text not null references rules.programme,
	person bigint references register.person,	-- null: everybody
	month date not null check (extract(day from month) = 1),
	pay_period date check (extract(day from pay_period) = 1),
	rate_codes text[],
	quantity integer check (quantity between 1 and 1000),	-- of a grant: martyrs, days
	amount_dong bigint check (amount_dong > 0),		-- to recover
	recovery bigint references register.recovery,
	number text check (length(number) between 1 and 100),	-- of the written decision
	reason text not null check (length(reason) between 3 and 500),
	first_officer bigint not null references auth.officer,
	proposed_at timestamptz not null default clock_timestamp(),
	second_officer bigint references auth.officer,
	decided_at timestamptz,
	check (first_officer <> second_officer),
	check ((second_officer is null) = (decided_at is null)),
	check ((kind = 'together') = (person is null)),
	check ((kind in ('together', 'grant', 'funeral')) = (pay_period is not null)),
	check ((kind in ('grant', 'funeral')) = (rate_codes is not null and quantity is not null)),
	check (kind <> 'grant' or cardinality(rate_codes) = 1),
	check (kind <> 'funeral' or cardinality(rate_codes) between 1 and 5 and quantity = 1),
	check ((kind in ('recover', 'waive')) = (amount_dong is not null) and (amount_dong is null) = (recovery is null)),
	constraint decision_number check (number is not null or kind = 'waive'),
	check (kind <> 'together' or month = pay_period + interval '1 month')
);
create index on register.decision (person);
create index on register.decision (recovery) where recovery is not null;
create unique index decision_together on register.decision (programme, month) where kind = 'together' and second_officer is not null;
create trigger first_is_me after insert on register.decision referencing new table as fresh
	for each statement execute function auth.guard_actor('first_officer');

-- The claim that a grant or a funeral became: one, whoever runs it how often.
create table register.decision_claim (
	decision bigint primary key references register.decision,
	claim bigint not null unique references payout.claim
);

-- The ward that a person was last listed in, of this programme or else of any; everybody's is '*'.
create function register.ward_of(programme text, person bigint) returns text language sql stable security definer
set search_path = pg_catalog
as $$
	select case when ward_of.person is null then '*' else (select e.area_code from register.enrolment e where e.person = any (register.selves(ward_of.person))
		order by e.programme <> ward_of.programme, e.from_month desc, e.id desc limit 1) end
$$;

-- Whether an officer has one of these roles for the agency of a programme in a person's ward, and for so much money.
create function register.has_role(officer bigint, roles text[], programme text, person bigint, amount bigint default 0) returns boolean
language sql stable security definer
set search_path = pg_catalog
as $$
	select exists (
		select from org.programme_agency pa
		join org.agency g on g.id = pa.agency
		cross join unnest(has_role.roles) as r(role)
		where pa.programme = has_role.programme
			and auth.officer_may(has_role.officer, r.role, g.code, register.ward_of(has_role.programme, has_role.person), has_role.amount))
$$;
create function register.may_decide(officer bigint, programme text, person bigint, amount bigint default 0) returns boolean
language sql stable security definer
set search_path = pg_catalog
as $$ select register.has_role(officer, '{register,maker,checker,approver}', programme, person, amount) $$;
create function register.may_see(programme text, person bigint) returns boolean language sql stable security definer
set search_path = pg_catalog
as $$ select register.has_role(auth.me(), array(select m.role from auth.mandate m where m.officer = auth.me()), programme, person) $$;

-- A case about a claim says what the claim says; any other one is opened by an officer who may decide about the person.
create function register.guard_recovery() returns trigger language plpgsql security definer
set search_path = pg_catalog
as $$
begin
	if exists (select from fresh f join payout.claim c on c.id = f.claim
			where (c.programme, c.month, c.amount_dong) <> (f.programme, f.month, f.amount_dong)
				or c.person <> f.person and c.person <> all (register.selves(f.person))) then
		raise exception 'recovery_claim: a case is about the person, month and money of its claim' using errcode = 'CH001';
	end if;
	if exists (select from fresh f where f.claim is null and register.may_decide(auth.me(), f.programme, f.person, f.amount_dong) is not true) then
		raise exception 'no_mandate: a case that no rule found is opened by an officer who has the mandate' using errcode = 'CH001';
	end if;
	return null;
end $$;
create trigger guard after insert on register.recovery referencing new table as fresh
	for each statement execute function register.guard_recovery();

-- What is asked back for a month, in however many cases, is not more than was paid for it: one who asks waits for the other. A month that
-- was paid before there were claims here has one case.
create function register.guard_asked(decision register.decision) returns void language plpgsql security definer
set search_path = pg_catalog
as $$
declare
	them bigint[] := register.selves(decision.person);
	asked bigint;
	paid bigint;
begin
	perform from register.person p where p.id = any (them) order by p.id for no key update;
	select decision.amount_dong + coalesce(sum(r.amount_dong), 0) into asked from register.recovery_now r
		where r.person = any (them) and (r.programme, r.month) = (decision.programme, decision.month) and r.id <> decision.recovery
			and r.state in ('asked', 'repaid');
	select sum(case when exists (select from payout.payout p join payout.payout_state s on s.payout = p.id
			where p.claim = c.id and s.state between 3 and 7) then c.amount_dong else 0 end) into paid
		from payout.claim c where c.person = any (them) and (c.programme, c.month) = (decision.programme, decision.month);
	if asked > coalesce(paid, decision.amount_dong) then
		raise exception 'asked_twice: % đồng would be asked back, and % đồng went out for this month', asked, coalesce(paid, decision.amount_dong)
			using errcode = 'CH001';
	end if;
end $$;

-- Nothing of a decision changes but that a second officer confirms it, once.
create function register.guard_decided() returns trigger language plpgsql security definer
set search_path = pg_catalog
as $$
begin
	perform auth.guard_second(tg_op, 'register.decision', to_jsonb(old), to_jsonb(new));
	if tg_op = 'INSERT' then
		if new.recovery is not null and not exists (select from register.recovery r where r.id = new.recovery
				and (r.programme, r.month, r.amount_dong) = (new.programme, new.month, new.amount_dong)
				and new.person = any (register.selves(r.person))) then
			raise exception 'recovery_unknown: a decision is about the money of its case' using errcode = 'CH001';
		end if;
		return new;
	end if;
	if new.kind = 'recover' then
		perform register.guard_asked(new);
	end if;
	return new;
end $$;
create trigger guard before insert or update on register.decision for each row execute function register.guard_decided();

-- Two officers who may decide about each. One funeral a person (Decree 20/2021/ND-CP art. 11 (3)), and what one written decision grants him
-- is granted once: again only when the first one's claim was voided. Asked of all that a statement confirms: lists are granted something.
create function register.guard_confirmed() returns trigger language plpgsql security definer
set search_path = pg_catalog
as $$
declare
	twice text;
begin
	if exists (select from register.may_confirm(array(select f.id from fresh f)) m where not (m.me and m.first)) then
		raise exception 'no_mandate: a decision is by two officers who have the mandate when it is confirmed' using errcode = 'CH001';
	end if;
	perform pg_advisory_xact_lock(7203, hashtext(k.kind))
		from (select distinct f.kind from fresh f where f.kind in ('funeral', 'grant') order by f.kind) k;
	select f.kind into twice
		from fresh f
		cross join lateral (select d.id, d.programme, d.month, d.rate_codes, d.number from register.decision d
			where d.person = any (register.selves(f.person)) and d.kind = f.kind and d.second_officer is not null and d.id <> f.id offset 0) d
		where f.kind in ('funeral', 'grant')
			and (f.kind = 'funeral' or (d.programme, d.month, d.rate_codes, d.number) = (f.programme, f.month, f.rate_codes, f.number))
			and not exists (select from register.decision_claim c join payout.claim_void v on v.claim = c.claim where c.decision = d.id)
		limit 1;
	if found then
		raise exception '%_once: the same was decided for this person already', twice using errcode = 'CH001';
	end if;
	return null;
end $$;
create trigger confirmed after update on register.decision referencing new table as fresh
	for each statement execute function register.guard_confirmed();

-- Two officers who may decide about the person; the line is money for the treasury of the agency that paid, and neither it nor the case is
-- counted beyond its sum.
create function register.guard_repayment() returns trigger language plpgsql security definer
set search_path = pg_catalog
as $$
declare
	r register.recovery;
	line_dong bigint;
begin
	perform auth.guard_second(tg_op, 'register.repayment', to_jsonb(old), to_jsonb(new));
	select * into r from register.recovery x where x.id = new.recovery for no key update;
	if not register.may_decide(coalesce(new.second_officer, new.first_officer), r.programme, r.person, new.amount_dong) then
		raise exception 'no_mandate: a repayment is by two officers who have the mandate' using errcode = 'CH001';
	elsif not register.may_decide(new.first_officer, r.programme, r.person, new.amount_dong) then
		raise exception 'first_mandate: whoever proposed this repayment has no mandate for it any more' using errcode = 'CH001';
	end if;
	perform from recon.break k where k.id = new.break for no key update;
	select l.amount_dong into line_dong
		from recon.break k join recon.break_resolution b on b.break = k.id and b.outcome = 'refundable'
		join bank.statement_line l on l.id = k.line and l.direction = 'credit'
		join org.funding_account f on f.id = k.funding_account
		join org.programme_agency a on a.agency = f.agency and a.programme = r.programme
		where k.id = new.break;
	if line_dong is null then
		raise exception 'not_refundable: break % is no credit that two officers found to be money for the treasury', new.break using errcode = 'CH001';
	elsif new.amount_dong + (select coalesce(sum(y.amount_dong), 0) from register.repayment y
				where y.break = new.break and y.second_officer is not null and y.id <> new.id) > line_dong
			or new.amount_dong + (select coalesce(sum(y.amount_dong), 0) from register.repayment y
				where y.recovery = new.recovery and y.second_officer is not null and y.id <> new.id) > r.amount_dong then
		raise exception 'repaid_too_much: more than the line or the case has left' using errcode = 'CH001';
	elsif (select d.kind from register.decision d where d.recovery = r.id and d.second_officer is not null
			order by d.decided_at desc, d.id desc limit 1) is distinct from 'recover' then
		raise exception 'not_asked: two officers have not decided to recover this' using errcode = 'CH001';
	end if;
	return new;
end $$;
create trigger guard before insert or update on register.repayment for each row execute function register.guard_repayment();

-- ---------------------------------------------------------------- findings, and what waits for them

-- A finding says what was found apart from what to do about it. The last one of a kind about a person and period counts: the same facts are
-- never asked about twice, other ones are asked about again, whatever was decided before.
alter table register.finding
	add column facts text not null default '',
	add column n smallint not null default 1 check (n >= 1),
	drop constraint finding_programme_period_person_code_key,
	add constraint finding_key unique nulls not distinct (programme, period, person, code, n);
create index finding_blocks on register.finding (programme, period, person) where blocks;

-- What blocks, and two officers did not decide to pay.
create view register.waiting as
select f.id, f.programme, f.period, f.person, f.code
from register.finding f
where f.blocks and f.person is not null
	and not exists (select from register.finding l
		where (l.programme, l.period, l.person, l.code) = (f.programme, f.period, f.person, f.code) and l.n > f.n)
	and not exists (select from register.finding_decision d where d.finding = f.id and d.verdict = 'pay_entitled');

-- Nothing goes on while it waits, whoever lets it go, and nothing is held in the name of a finding that there is not.
create function payout.guard_found(payouts bigint[], to_states smallint[], cause text) returns void language plpgsql stable security definer
set search_path = pg_catalog
as $$
declare
	bad bigint;
begin
	if guard_found.cause = 'officer' then
		select p.id into bad from unnest(guard_found.payouts, guard_found.to_states) as a(payout, t)
			join payout.payout p on p.id = a.payout
			join payout.claim c on c.id = p.claim
			join register.waiting w on (w.programme, w.period, w.person) = (c.programme, c.pay_period, c.person)
			where a.t = 1 limit 1;
		if found then
			raise exception 'finding_open: payout % waits until two officers decide what was found', bad using errcode = 'CH001';
		end if;
	elsif guard_found.cause = 'finding' then
		select a.payout into bad from unnest(guard_found.payouts) as a(payout)
			where not exists (select from payout.hold h where h.payout = a.payout and h.finding is not null) limit 1;
		if found then
			raise exception 'not_decided: nothing was found about payout %', bad using errcode = 'CH001';
		end if;
	end if;
end $$;

-- A hold by a rule names what was found, whoever's act brought it to light.
alter table payout.hold add column finding bigint references register.finding check (finding is null or by_officer is null);
drop trigger by_me on payout.hold;
create function payout.guard_hold() returns trigger language plpgsql security definer
set search_path = pg_catalog
as $$
begin
	if exists (select from fresh f where f.finding is null and f.by_officer is distinct from auth.me()) then
		raise exception 'not_yours: hold.by_officer is filled in by the officer who is logged in' using errcode = 'CH001';
	end if;
	if exists (select from fresh f join payout.payout p on p.id = f.payout join payout.claim c on c.id = p.claim
			join register.finding w on w.id = f.finding
			where (w.programme, w.period, w.person) is distinct from (c.programme, c.pay_period, c.person)) then
		raise exception 'not_decided: the finding is about another payout' using errcode = 'CH001';
	end if;
	return null;
end $$;
create trigger by_me after insert on payout.hold referencing new table as fresh
	for each statement execute function payout.guard_hold();

-- Approved or released and not sent: held by the rule. What was sent is gone; what is not approved yet is held when it is.
create function payout.hold_waiting(findings bigint[]) returns void language plpgsql security definer
set search_path = pg_catalog
as $$
declare
	found bigint[];
	held bigint[];
	n integer;
begin
	with waits as materialized (
		select p.id as payout, min(w.id) as finding
		from unnest(hold_waiting.findings) as f(id)
		cross join lateral (select w.* from register.finding w where w.id = f.id offset 0) w
		cross join lateral (select c.id from payout.claim c
			where c.person = w.person and c.programme = w.programme and c.pay_period = w.period offset 0) c
		cross join lateral (select p.id from payout.payout p where p.claim = c.id offset 0) p
		group by p.id
	)
	select array_agg(s.payout order by s.payout), array_agg(s.finding order by s.payout) into held, found from (
		select s.payout, w.finding from waits w join payout.payout_state s on s.payout = w.payout
		where s.state = 1 order by s.payout for update of s) s;
	n := cardinality(held);
	if n is not null then
		insert into payout.hold (payout, reason, finding)
			select h.payout, w.code, w.id from unnest(held, found) as h(payout, finding) join register.finding w on w.id = h.finding;
		perform payout.move(held, array_fill(1::smallint, array[n]), array_fill(2::smallint, array[n]), 13::smallint,
			array_fill(null::bigint, array[n]), array_fill(null::integer, array[n]), null);
	end if;
end $$;

-- What begins to live and waits is held at once. What waits is read once, however many batches there are.
create function payout.hold_born(batches bigint[]) returns void language sql security definer
set search_path = pg_catalog
as $$
	select payout.hold_waiting(array(select w.id from register.waiting w
		join (select b.programme, max(b.period) as period from payout.batch b where b.id = any (hold_born.batches) group by 1) b
			on w.programme = b.programme and w.period <= b.period))
$$;

-- Whoever approves these lines at this moment goes first, and they are held here, or waits, and holds them himself.
create function payout.hold_found() returns trigger language plpgsql security definer
set search_path = pg_catalog
as $$
declare
	blocking bigint[] := array(select f.id from fresh f where f.blocks and f.person is not null order by f.id);
begin
	if cardinality(blocking) = 0 then
		return null;
	end if;
	perform from payout.batch b where b.state in ('open', 'frozen') and b.id = any (array(
		select p.batch from fresh f
		cross join lateral (select c.id from payout.claim c
			where f.blocks and c.person = f.person and c.programme = f.programme and c.pay_period = f.period offset 0) c
		cross join lateral (select p.batch from payout.payout p where p.claim = c.id offset 0) p)) order by b.id for share;
	perform payout.hold_waiting(blocking);
	return null;
end $$;
create trigger holds after insert on register.finding referencing new table as fresh
	for each statement execute function payout.hold_found();

-- A line that waits is not put before checkers: its batch is made again without it.
create function payout.guard_waiting() returns trigger language plpgsql security definer
set search_path = pg_catalog
as $$
declare
	bad record;
begin
	select p.batch as id, w.code into bad
		from (select n.programme, max(n.period) as period from new_rows n join old_rows o on o.id = n.id
			where o.state = 'open' and n.state = 'frozen' group by 1) n
		join register.waiting w on w.programme = n.programme and w.period <= n.period
		cross join lateral (select c.id from payout.claim c
			where c.person = w.person and c.programme = w.programme and c.pay_period = w.period offset 0) c
		cross join lateral (select p.batch from payout.payout p where p.claim = c.id offset 0) p
		where p.batch = any (array(select n.id from new_rows n join old_rows o on o.id = n.id where o.state = 'open' and n.state = 'frozen'))
		limit 1;
	if found then
		raise exception 'finding_open: batch % has a line that waits for two officers (%); make it again', bad.id, bad.code using errcode = 'CH001';
	end if;
	return null;
end $$;
create trigger guard_waiting after update on payout.batch referencing old table as old_rows new table as new_rows
	for each statement execute function payout.guard_waiting();

-- ---------------------------------------------------------------- when is paid (ledger/payout/schedule.h)

-- On which days a programme pays a period: that one, or (every_month) each from it on, on the same days of its months. Collected, or two
-- officers' word. The newest word for a period holds, then that of every month whose first period is the latest. What misses its days goes
-- on those of a later period.
create table rules.payout_window (
	id bigint generated always as identity primary key,
	programme text not null references rules.programme,
	period date not null check (extract(day from period) = 1),
	every_month boolean not null,
	first_day date not null,
	last_day date not null check (last_day - first_day between 0 and 92),
	lists_before date not null,
	money_before date not null,
	source text not null check (length(source) between 3 and 500),
	verification text not null default 'officers' check (verification in ('read', 'secondary', 'assumed', 'inferred', 'officers')),
	first_officer bigint references auth.officer,	-- null: collected
	proposed_at timestamptz not null default clock_timestamp(),
	second_officer bigint references auth.officer,
	decided_at timestamptz,
	check (lists_before <= money_before and money_before <= last_day),
	check (abs(first_day - period) <= 300),
	check (first_officer <> second_officer),
	check ((second_officer is null) = (decided_at is null))
);
create index on rules.payout_window (programme, period);

-- When a bank takes payments, or an agent lists, from a day on. Without a word it takes them always.
create table org.channel_hours (
	id bigint generated always as identity primary key,
	channel bigint not null references org.channel,
	from_day date not null,
	hours text not null check (hours ~ '^[1-7](-[1-7])? [0-2][0-9]:[0-5][0-9]-[0-2][0-9]:[0-5][0-9](, [1-7](-[1-7])? [0-2][0-9]:[0-5][0-9]-[0-2][0-9]:[0-5][0-9])*$'),
	on_holidays boolean not null,
	margin_minutes smallint not null check (margin_minutes between 0 and 240),	-- nothing is begun so shortly before a cut-off
	source text not null check (length(source) between 3 and 500),
	first_officer bigint references auth.officer,	-- null: agreed when the channel was set up
	proposed_at timestamptz not null default clock_timestamp(),
	second_officer bigint references auth.officer,
	decided_at timestamptz,
	check (first_officer <> second_officer),
	check ((second_officer is null) = (decided_at is null))
);
create index on org.channel_hours (channel);

-- What two officers say of a day after the yearly decision: the newest word holds.
create table rules.day_word (
	id bigint generated always as identity primary key,
	day date not null,
	kind text not null check (kind in ('holiday', 'make_up_workday', 'ordinary')),
	name text not null check (length(name) between 3 and 100),
	source text not null check (length(source) between 3 and 500),
	first_officer bigint not null references auth.officer,
	proposed_at timestamptz not null default clock_timestamp(),
	second_officer bigint references auth.officer,
	decided_at timestamptz,
	check (first_officer <> second_officer),
	check ((second_officer is null) = (decided_at is null))
);
create index on rules.day_word (day);
create or replace view rules.calendar as
select x.day, x.kind
from (select distinct on (d.day) d.day, d.kind
	from (select b.day, b.kind, 0 as id from rules.business_day b
		union all select w.day, w.kind, w.id from rules.day_word w where w.second_officer is not null) d
	order by d.day, d.id desc) x
where x.kind <> 'ordinary';

-- Two officers who may release for the agency; a day is every agency's: for any.
create function rules.may_schedule(officer bigint, agency text) returns boolean language plpgsql stable security definer
set search_path = pg_catalog
as $$
begin
	return exists (select from org.agency a where (may_schedule.agency is null or a.code = may_schedule.agency)
		and auth.officer_may_in(may_schedule.officer, 'release', a.code, '*', null, 0));
end $$;
create function rules.guard_schedule() returns trigger language plpgsql security definer
set search_path = pg_catalog
as $$
declare
	caller constant text := coalesce(nullif(current_setting('role'), 'none'), session_user);
	said constant jsonb := to_jsonb(new);
	payer text;
begin
	perform auth.guard_second(tg_op, tg_table_schema || '.' || tg_table_name, to_jsonb(old), said);
	if said ->> 'first_officer' is null and (tg_op = 'UPDATE' or caller in ('chitra_gate', 'chitra_desk', 'chitra_teller', 'chitra_scribe', 'chitra_auditor')) then
		raise exception 'not_yours: % is said by officers', tg_table_name using errcode = 'CH001';
	elsif said ->> 'first_officer' is null then
		return new;
	end if;
	if tg_table_name = 'payout_window' then
		select a.code into payer from org.programme_agency p join org.agency a on a.id = p.agency where p.programme = said ->> 'programme';
	elsif tg_table_name = 'channel_hours' then
		select a.code into payer from org.channel c join org.funding_account f on f.id = c.funding_account join org.agency a on a.id = f.agency
			where c.id = (said ->> 'channel')::bigint;
	end if;
	if payer is null and tg_table_name <> 'day_word' or not rules.may_schedule(coalesce(said ->> 'second_officer', said ->> 'first_officer')::bigint, payer) then
		raise exception 'no_mandate: when is paid is said by two officers who may release for the agency' using errcode = 'CH001';
	elsif not rules.may_schedule((said ->> 'first_officer')::bigint, payer) then
		raise exception 'first_mandate: whoever proposed this has no mandate for it any more' using errcode = 'CH001';
	end if;
	return new;
end $$;
create trigger guard before insert or update on rules.payout_window for each row execute function rules.guard_schedule();
create trigger guard before insert or update on org.channel_hours for each row execute function rules.guard_schedule();
create trigger guard before insert or update on rules.day_word for each row execute function rules.guard_schedule();
create trigger first_is_me after insert on rules.payout_window referencing new table as fresh
	for each statement execute function auth.guard_actor('first_officer');
create trigger first_is_me after insert on org.channel_hours referencing new table as fresh
	for each statement execute function auth.guard_actor('first_officer');
create trigger first_is_me after insert on rules.day_word referencing new table as fresh
	for each statement execute function auth.guard_actor('first_officer');

call ops.keep_rows('register.decision', 'register.repayment', 'rules.payout_window', 'org.channel_hours', 'rules.day_word');
call ops.append_only('register.decision_claim', 'register.recovery');
