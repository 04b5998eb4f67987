-- What the rules of entitlement need beyond lists: how many children, which rates a claim knew, and what officers decide.

set local role chitra_owner;

-- The poor single parent's amount is for each child (Decree 20/2021/ND-CP art. 5 (4), 6 (1)); null: the category is no such one.
alter table register.enrolment add column children smallint check (children between 1 and 20);

-- A claim knew the rates that were in force on this business day. A rate in force later that counts for its month owes the difference.
alter table payout.claim add column known_on date not null default ops.today();
create index claim_known_on on payout.claim using brin (known_on);	-- claims come in the order of their days
-- Beside the months' own: a grant that was decided, and a funeral, of which a person has one.
alter table payout.claim drop constraint claim_kind_check,
	add constraint claim_kind_check check (kind in ('regular', 'arrears', 'grant', 'funeral'));
create unique index claim_funeral on payout.claim (person, instalment) where kind = 'funeral';

-- What officers decide about a person's or everybody's benefit. Proposed by one, confirmed by another; only then it counts.
--
--   suspend, terminate, resume   from a month on
--   together                     a further month is paid with a pay period, to everybody on its lists (before Tết, in a disaster)
--   grant, funeral               once, by a rate; of several rates for a funeral the highest
--   recover                      that what was paid too much for a month is asked back: the claims of other months stay whole
create table register.decision (
	id bigint generated always as identity primary key,
	kind text not null check (kind in ('suspend', 'terminate', 'resume', 'together', 'grant', 'funeral', 'recover')),
	programme text not null references rules.programme,
	person bigint references register.person,	-- null: everybody
	month date not null check (extract(day from month) = 1),
	pay_period date check (extract(day from pay_period) = 1),
	rate_codes text[],
	quantity integer check (quantity between 1 and 1000),	-- of a grant: martyrs, days
	amount_dong bigint check (amount_dong > 0),		-- to recover
	number text not null check (length(number) between 1 and 100),	-- of the written decision
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
	check ((kind = 'recover') = (amount_dong is not null)),
	check (kind <> 'together' or month = pay_period + interval '1 month')
);
create index on register.decision (person);
create unique index decision_together on register.decision (programme, month) where kind = 'together' and second_officer is not null;
create trigger first_is_me after insert on register.decision referencing new table as fresh
	for each statement execute function auth.guard_actor('first_officer');

-- The claim that a grant or a funeral became: one, whoever runs it how often.
create table register.decision_claim (
	decision bigint primary key references register.decision,
	claim bigint not null unique references payout.claim
);

-- Nothing of a decision changes but that a second officer confirms it, once. One funeral a person (Decree 20/2021/ND-CP art. 11 (3)), and what
-- one written decision grants him is granted once: again only when the first one's claim was voided.
create function register.guard_decided() returns trigger language plpgsql security definer
set search_path = pg_catalog
as $$
begin
	if tg_op = 'INSERT' then
		if new.second_officer is not null then
			raise exception 'not_proposed: a decision is proposed before it is confirmed' using errcode = 'CH001';
		end if;
		return new;
	end if;
	if old.second_officer is not null or new.second_officer is null or to_jsonb(new) - 'second_officer' - 'decided_at'
			<> to_jsonb(old) - 'second_officer' - 'decided_at' then
		raise exception 'append_only: register.decision is confirmed once and never changed' using errcode = 'CH001';
	end if;
	if new.second_officer is distinct from auth.me() then
		raise exception 'not_yours: a decision is confirmed by the officer who is logged in' using errcode = 'CH001';
	end if;
	if new.kind in ('funeral', 'grant') then
		perform pg_advisory_xact_lock(7203, hashtext(new.kind));
		if exists (select from register.person me
				join register.person p on coalesce(p.root, p.id) = coalesce(me.root, me.id)
				join register.decision d on d.person = p.id and d.kind = new.kind and d.second_officer is not null
				where me.id = new.person and (new.kind = 'funeral'
						or (d.programme, d.month, d.rate_codes, d.number) = (new.programme, new.month, new.rate_codes, new.number))
					and not exists (select from register.decision_claim c join payout.claim_void v on v.claim = c.claim where c.decision = d.id)) then
			raise exception '%_once: the same was decided for this person already', new.kind using errcode = 'CH001';
		end if;
	end if;
	return new;
end $$;
create trigger guard before insert or update on register.decision for each row execute function register.guard_decided();

call ops.keep_rows('register.decision');
call ops.append_only('register.decision_claim');
