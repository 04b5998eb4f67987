-- Who somebody is, and so in whose money goes where: which two officers may say it, what a merge makes of two people's claims, when it can be
-- undone, and that a code which another unit had in another year gives nobody power.
begin;
\ir ../lib/guards.psql

-- Who has which ward; tam and son have both. The mandates are of the day on which the units stood.
create function pg_temp.mandated(login text, role text, area text, day date default '2024-04-03') returns void language sql as $$
	insert into auth.mandate (officer, certificate, role, agency, area, limit_dong, named_on)
		values (pg_temp.officer(login), pg_temp.certificate(login), role, 'labour', area, 1000000000, day)
$$;
select pg_temp.mandated(l, r, a) from (values ('lan', 'register', '22915'), ('minh', 'register', '22915'), ('tam', 'register', '22915'),
	('tam', 'register', '22918'), ('son', 'checker', '22915'), ('son', 'checker', '22918')) as w(l, r, a);

create sequence pg_temp.rows;
-- One more person, enrolled in a ward.
create function pg_temp.of_ward(area text, since date default '2023-04-01') returns bigint language plpgsql as $$
declare
	p bigint := pg_temp.person();
begin
	insert into register.enrolment (person, programme, category, area_code, area_valid_from, from_month, file, row_no)
		select p, 'merit', min(c.code), area, since, '2024-04-01', pg_temp.file(), nextval('pg_temp.rows') from rules.category c where c.programme = 'merit';
	return p;
end $$;
create function pg_temp.merge_sql(kept bigint, gone bigint, login text) returns text language sql as $$
	select format('insert into register.identity (kind, person, other, number, reason, first_officer) values (''merge'', %s, %s, ''31/CA'', ''một người'', %s)',
		kept, gone, pg_temp.officer(login))
$$;
create function pg_temp.decide_sql(id bigint, login text, refused boolean default false) returns text language sql as $$
	select format('update register.identity set second_officer = %s, decided_at = clock_timestamp(), refused = %L where id = %s', pg_temp.officer(login), refused, id)
$$;
create function pg_temp.proposed(statement text, login text default 'tam') returns bigint language plpgsql as $$
begin
	perform pg_temp.done(pg_temp.try('desk', login, statement));
	return (select max(id) from register.identity);
end $$;
create function pg_temp.claim_of(who bigint, kind text, paid boolean) returns bigint language plpgsql as $$
declare
	c bigint;
begin
	insert into payout.claim (person, programme, month, kind, amount_dong, agency, pay_period, area_code, area_valid_from)
		select who, 'merit', '2024-04-01', kind, 1000, id, '2024-04-01', '22915', '2004-01-01' from org.agency where code = 'labour' returning id into c;
	if paid then
		set local session_replication_role = replica;
		insert into payout.payout (claim, issue, batch, line, account_hash, amount_dong, line_hash, end_to_end_id)
			values (c, 1, 0, c, sha256('x'), 1000, sha256('y'), pg_temp.e2e(c, 1));
		insert into payout.payout_state (payout, state) values (currval('payout.payout_id_seq'), (select s.code from payout.state s where s.name = 'settled'));
		set local session_replication_role = origin;
	end if;
	return c;
end $$;

-- ---------------------------------------------------------------- two who may speak for both

select pg_temp.of_ward('22915') as mine, pg_temp.of_ward('22918') as stranger \gset
select is(pg_temp.probe('desk', 'lan', format('insert into register.identity (kind, person, name, name_fold, number, reason, first_officer)
	values (''correct'', %s, ''B'', ''b'', ''1'', ''thử'', %s)', p, pg_temp.officer('lan'))), how, format('an officer of a ward proposes a correction there alone: %s', how))
	from (values (:mine, 'ok'), (:stranger, 'CH001 no_mandate')) as w(p, how);
select is(pg_temp.probe('desk', 'lan', pg_temp.merge_sql(k, g, 'lan')), 'CH001 no_mandate', 'nor does he say that a stranger is one with somebody of his')
	from (values (:mine, :stranger), (:stranger, :mine)) as w(k, g);
select is(pg_temp.probe('desk', 'son', pg_temp.merge_sql(:mine, :stranger, 'son')), 'CH001 no_mandate', 'a checker proposes nothing');
select pg_temp.proposed(pg_temp.merge_sql(:mine, :stranger, 'tam')) as merge \gset
select is(pg_temp.probe('desk', 'minh', pg_temp.decide_sql(:merge, 'minh')), 'CH001 no_mandate', 'whoever has the ward of one of two people does not confirm that they are one');
select is(pg_temp.probe('desk', 'hoa', pg_temp.decide_sql(:merge, 'hoa', true)), 'CH001 no_mandate', 'nobody without a mandate even refuses it');
select is(pg_temp.probe('desk', w, pg_temp.decide_sql(:merge, w, true)), 'ok', format('refused by %s: who has one ward, or proposed it', w)) from unnest(array['minh', 'tam']) w;
select is(pg_temp.probe('desk', 'tam', pg_temp.decide_sql(:merge, 'tam')), 'CH001 same_person', 'nor does whoever proposed it');
select is(pg_temp.probe('desk', 'son', pg_temp.decide_sql(:merge, 'son')), 'ok', 'another one with both wards confirms it');
select is(pg_temp.probe('desk', 'lan', format('update register.identity set name = ''x'' where id = %s', :merge)), 'denied', 'and nobody says something else meanwhile');
set local session_replication_role = replica;
insert into register.identity (kind, person, other, number, reason, first_officer) values ('merge', :mine, :stranger, '1', 'lan một mình', pg_temp.officer('lan'));
set local session_replication_role = origin;
select is(pg_temp.probe('desk', 'son', pg_temp.decide_sql((select max(id) from register.identity), 'son')), 'CH001 first_mandate',
	'whoever proposed it must have both wards when it is confirmed');

-- ---------------------------------------------------------------- erased people

set local session_replication_role = replica;
delete from register.person_key where person = :stranger;
set local session_replication_role = origin;
select is(pg_temp.probe('desk', 'son', pg_temp.decide_sql(:merge, 'son')), 'CH001 person_erased', 'nobody goes into somebody who was erased, nor the other way round');
insert into register.person_key values (:stranger, 'wrapped');

-- ---------------------------------------------------------------- what two had claimed

select pg_temp.claim_of(:mine, 'regular', true) as own_month, pg_temp.claim_of(:mine, 'arrears', false) as own_rise,
	pg_temp.claim_of(:stranger, 'regular', true) as month, pg_temp.claim_of(:stranger, 'arrears', false) as rise \gset
select pg_temp.done(pg_temp.try('desk', 'son', pg_temp.decide_sql(:merge, 'son')));
select is((select array_agg(s.claim order by s.claim) from register.surplus s), array[:month, :rise]::bigint[], 'of a month and what a rise added to it one each is left');
select is((select array_agg(s.beside order by s.claim) from register.surplus s), array[:own_month, :own_rise]::bigint[], 'each beside its like');
select is((select array_agg(d.amount_dong) from register.surplus s join register.decision d on d.id = s.decision), array[1000]::bigint[],
	'what was paid twice is to be recovered, what nobody was paid is not');
select is(pg_temp.probe('owner', null, format('update register.person set root = null where id = %s', :stranger)), 'CH001 not_decided', 'a merge ends by two officers alone');

-- An ID that one of two had before the merge can be the one that counts.
select pg_temp.proposed(format('insert into register.identity (kind, person, blind, sealed, number, reason, first_officer) select ''correct'', %s, d.blind, ''s'', ''1'', ''số đúng'', %s
	from register.person_id d where d.person = %s', :mine, pg_temp.officer('tam'), :stranger)) as id \gset
select is(pg_temp.probe('desk', 'son', pg_temp.decide_sql(:id, 'son')), 'ok', 'the ID of the row that went away may be the one that counts');
select pg_temp.done(pg_temp.try('desk', 'son', pg_temp.decide_sql(:id, 'son', true)));

-- ---------------------------------------------------------------- undone

create function pg_temp.part_sql(merge bigint, login text) returns text language sql as $$
	select format('insert into register.identity (kind, person, other, undoes, number, reason, first_officer) select ''part'', m.person, m.other, m.id, ''32/CA'', ''nhầm'', %s
		from register.identity m where m.id = %s', pg_temp.officer(login), merge)
$$;
-- The last pair of people, merged; the claim of whoever went is open.
select pg_temp.of_ward('22915') as one, pg_temp.of_ward('22918') as two \gset
select pg_temp.claim_of(:two, 'regular', false) as due \gset
select pg_temp.proposed(pg_temp.merge_sql(:one, :two, 'tam')) as merge \gset
select pg_temp.done(pg_temp.try('desk', 'son', pg_temp.decide_sql(:merge, 'son')));
select pg_temp.proposed(pg_temp.part_sql(:merge, 'tam')) as part \gset
select is(pg_temp.probe('desk', 'minh', pg_temp.decide_sql(:part, 'minh')), 'CH001 no_mandate', 'nor does whoever has one of two wards undo a merge');
select is(pg_temp.probe('desk', 'son', pg_temp.decide_sql(:part, 'son')), 'ok', 'a merge on which nothing rests is undone');
create function pg_temp.rests(what text, statement text) returns text language plpgsql as $$
declare
	said text;
begin
	begin
		set local session_replication_role = replica;
		execute statement;
		set local session_replication_role = origin;
		said := pg_temp.try('desk', 'son', pg_temp.decide_sql((select max(id) from register.identity), 'son'));
		raise exception 'undone' using errcode = 'UNDO1';
	exception when sqlstate 'UNDO1' then null;
	end;
	return is(said, 'CH001 merge_used', 'not where something rests on it: ' || what);
end $$;
select pg_temp.rests('what one was owed was paid to the other', format('insert into payout.payout (claim, issue, batch, line, account_hash, amount_dong, line_hash, end_to_end_id)
	values (%s, 1, 0, 77, sha256(''x''), 1000, sha256(''y''), %L)', :due, pg_temp.e2e(:due, 1)));
select pg_temp.rests('an account', format('update register.payee_account set proposed_at = clock_timestamp() where person = %s', :one));
select pg_temp.rests('a decision', format('insert into register.decision (kind, programme, person, month, number, reason, first_officer)
	values (''suspend'', ''merit'', %s, ''2024-05-01'', ''1'', ''vắng'', %s)', :one, pg_temp.officer('tam')));

-- ---------------------------------------------------------------- what forbids it

select pg_temp.of_ward('22915') as a, pg_temp.of_ward('22918') as b, pg_temp.of_ward('22915') as c \gset
select pg_temp.proposed(pg_temp.merge_sql(:a, :b, 'tam')) as m \gset
select is(pg_temp.after(prep, 'son', pg_temp.decide_sql(:m, 'son')), how, format('a merge beside %s: %s', what, how)) from (values
	('another one of who goes', format('update register.person set root = %s where id = %s', :c, :b), 'CH001 identity_stale'), ('another one of who stays', format('update register.person set root = %s where id = %s', :c, :a), 'CH001 identity_stale'),
	('an erased one', format('delete from register.person_key where person = %s', :b), 'CH001 person_erased'),
	('a payout in doubt', pg_temp.claimed(:b, '{unknown}'), 'CH001 still_live'), ('a line', pg_temp.claimed(:a, '{line}'), 'CH001 still_live'), ('what was paid', pg_temp.claimed(:b, '{settled}'), 'ok'),
	('what two proofs tell differently', pg_temp.claimed(:b, '{settled}') || '; insert into recon.break (id, kind, funding_account, day, payout, amount_dong, note) overriding system value
		select 1, ''contradiction'', min(id), ''2024-04-03'', 999001, 1, ''x'' from org.funding_account', 'CH001 still_live'),
	('what came late', pg_temp.claimed(:b, '{settled}') || '; insert into recon.break (id, kind, funding_account, day, payout, amount_dong, note) overriding system value
		select 1, ''overdue'', min(id), ''2024-04-03'', 999001, 1, ''x'' from org.funding_account', 'ok'),
	('a difference that two resolved', pg_temp.claimed(:b, '{settled}') || '; insert into recon.break (id, kind, funding_account, day, payout, amount_dong, note) overriding system value
		select 1, ''contradiction'', min(id), ''2024-04-03'', 999001, 1, ''x'' from org.funding_account;
		insert into recon.break_resolution (break, outcome, first_officer, second_officer, day) values (1, ''x'', 1, 2, ''2024-04-03'')', 'ok')) as w(what, prep, how);
select is(pg_temp.probe('owner', 'tam', format('insert into register.identity (kind, person, other, number, reason, first_officer, %s) values (''merge'', %s, %s, ''1'', ''xxx'', %s, %s)', w.columns, :a, :b, pg_temp.officer('tam'), w.said)),
	'CH001 not_proposed', 'nobody proposes and decides at once: ' || w.columns) from (values ('second_officer, decided_at', pg_temp.officer('son') || ', now()'), ('moved', '''{1}'''), ('was', '''{}''')) as w(columns, said);
select is(pg_temp.probe('owner', 'son', replace(pg_temp.decide_sql(:m, w.o), 'set ', 'set ' || w.more)), w.how, format('confirmed as %s %s: %s', w.o, w.more, w.how)) from (values
	('son', '', 'ok'), ('tam', '', 'CH001 not_yours'), ('son', 'number = ''9'', ', 'CH001 append_only')) as w(o, more, how);
select is(pg_temp.after(format('delete from auth.mandate where officer = %s', pg_temp.officer('tam')), 'tam', pg_temp.decide_sql(:m, 'tam', true)), 'ok', 'whoever proposed it takes it back, also without a mandate');
-- Two programmes are two mandates; whom no list names is for those who have everywhere.
insert into register.enrolment (person, programme, category, area_code, area_valid_from, from_month, file, row_no)
	select :c, 'merit', min(c.code), '22918', '2023-04-01', '2024-05-01', pg_temp.file(), nextval('pg_temp.rows') from rules.category c where c.programme = 'merit';
create function pg_temp.correct_sql(who bigint, login text) returns text language sql as $$
	select format('insert into register.identity (kind, person, name, name_fold, number, reason, first_officer) values (''correct'', %s, ''B'', ''b'', ''1'', ''thử'', %s)', who, pg_temp.officer(login))
$$;
select is(pg_temp.after(format('insert into register.enrolment (person, programme, category, area_code, area_valid_from, from_month, file, row_no)
	select %s, ''social'', min(c.code), ''22915'', ''2023-04-01'', ''2024-04-01'', %s, 777 from rules.category c where c.programme = ''social''', :c, pg_temp.file()),
	'tam', pg_temp.correct_sql(:c, 'tam')), 'CH001 no_mandate', 'who has one of two programmes'' wards says nothing of the person');
select pg_temp.person() as nowhere \gset
select is(pg_temp.probe('desk', l, pg_temp.correct_sql(:nowhere, l)), how, format('of whom no list names, %s: %s', l, how)) from (values ('tam', 'CH001 no_mandate')) as w(l, how);
select is(pg_temp.after(format('insert into auth.mandate values (%s, %s, ''register'', ''labour'', ''*'', 0)', pg_temp.officer('hoa'), pg_temp.certificate('hoa')), 'hoa', pg_temp.correct_sql(:nowhere, 'hoa')), 'ok', 'whoever has everywhere does');

-- ---------------------------------------------------------------- an ID

select pg_temp.proposed(format('insert into register.identity (kind, person, blind, sealed, number, reason, first_officer) select ''correct'', %s, blind, ''s'', ''1'', ''thử'', %s from register.person_id where person = %s',
	:a, pg_temp.officer('tam'), :b)) as id \gset
select is(pg_temp.probe('desk', 'son', pg_temp.decide_sql(:id, 'son')), 'CH001 id_of_other', 'an ID of another person makes no two of one');
select is(pg_temp.after(format('update register.person set root = %s where id = %s', :c, :a), 'son', pg_temp.decide_sql(:id, 'son')), 'CH001 identity_stale', 'nor is somebody corrected who was merged since');
select pg_temp.done(pg_temp.try('desk', 'son', pg_temp.decide_sql(:id, 'son', true)));
select pg_temp.proposed(format('insert into register.identity (kind, person, blind, sealed, number, reason, first_officer) values (''correct'', %s, substr(sha256(''new''), 1, 16), ''s'', ''1'', ''thử'', %s)', :a, pg_temp.officer('tam'))) as id \gset
select pg_temp.done(pg_temp.try('desk', 'son', pg_temp.decide_sql(:id, 'son')));
select is((select string_agg((replaced_at is null)::text, ' ' order by blind = substr(sha256('new'), 1, 16)) from register.person_id where person = :a), 'false true', 'a new ID takes the place of the old one');
select is(pg_temp.try('owner', 'son', pg_temp.decide_sql(:id, 'son')), 'CH001 append_only', 'it is decided once');

-- ---------------------------------------------------------------- whose claim stays

select pg_temp.of_ward('22915') as one, pg_temp.of_ward('22918') as two \gset
select pg_temp.claim_of(:one, 'regular', false) as open, pg_temp.claim_of(:two, 'regular', true) as paid \gset
select pg_temp.proposed(pg_temp.merge_sql(:one, :two, 'tam')) as m \gset
select pg_temp.done(pg_temp.try('desk', 'son', pg_temp.decide_sql(:m, 'son')));
select is((select array[claim, beside, decision] from register.surplus where merge = :m), array[:open, :paid, null]::bigint[], 'what was paid stays, though he who had it goes, and nothing is asked back');
select is(pg_temp.probe('owner', null, pg_temp.line_sql(pg_temp.open_batch(), :open)), 'CH001 surplus', 'nobody is paid the second claim');
select isnt(pg_temp.after(format('update register.surplus set undone = true where merge = %s', :m), null, pg_temp.line_sql(pg_temp.open_batch(), :open), 'owner'), 'CH001 surplus', 'unless the merge was undone');
create function pg_temp.claim_sql(who bigint, month text) returns text language sql as $$
	select format('insert into payout.claim (person, programme, month, kind, amount_dong, agency, pay_period, area_code, area_valid_from)
		select %s, ''merit'', %L, ''regular'', 1000, id, ''2024-04-01'', ''22915'', ''2004-01-01'' from org.agency where code = ''labour''', who, month)
$$;
select is(pg_temp.probe('owner', null, pg_temp.claim_sql(:two, '2024-05-01')), 'CH001 merged', 'nothing is claimed for who went');
select is(pg_temp.after(pg_temp.claim_sql(:two, '2024-05-01'), null, pg_temp.claim_sql(:one, '2024-05-01'), 'owner'), 'CH001 merged', 'nor for who stays what was claimed for the other');
select is(pg_temp.after(pg_temp.claim_sql(:two, '2024-05-01') || format('; insert into register.surplus (claim, beside, merge) select max(id), %s, %s from payout.claim', :paid, :m), null, pg_temp.claim_sql(:one, '2024-05-01'), 'owner'), 'ok',
	'but what was surplus of that');
select pg_temp.of_ward('22915') as kept, pg_temp.of_ward('22918') as gone \gset
select pg_temp.claim_of(:kept, 'regular', false) as voided, pg_temp.claim_of(:gone, 'regular', false) as due, pg_temp.claim_of(:kept, 'arrears', false) as rise, pg_temp.claim_of(:gone, 'arrears', false) as known \gset
set local session_replication_role = replica;
insert into payout.claim_void (claim, reason, first_officer, second_officer) values (:voided, 'died', 1, 2);
insert into register.surplus (claim, beside, merge) values (:due, :rise, :m);
set local session_replication_role = origin;
select pg_temp.proposed(pg_temp.merge_sql(:kept, :gone, 'tam')) as n \gset
select pg_temp.done(pg_temp.try('desk', 'son', pg_temp.decide_sql(:n, 'son')));
select is((select array_agg((claim, beside)::text) from register.surplus where merge = :n), array[format('(%s,%s)', :known, :rise)], 'a claim that was voided, or is surplus already, has no like: what is left meets what is left');

-- Neither was paid; the surplus one's payout was refused, and a debit that came late shows that it paid after all.
select pg_temp.of_ward('22915') as one, pg_temp.of_ward('22918') as two, pg_temp.of_ward('22918') as three \gset
select pg_temp.claim_of(:one, 'regular', false) as stays, pg_temp.claim_of(:two, 'regular', true) as refused, pg_temp.claim_of(:three, 'regular', false) as third \gset
create function pg_temp.ended(claim bigint, state text) returns void language plpgsql as $$
begin
	set local session_replication_role = replica;
	update payout.payout_state s set state = (select t.code from payout.state t where t.name = ended.state) from payout.payout p where p.id = s.payout and p.claim = ended.claim;
	set local session_replication_role = origin;
end $$;
select pg_temp.ended(:refused, 'rejected');
select pg_temp.proposed(pg_temp.merge_sql(:one, :two, 'tam')) as m \gset
select pg_temp.done(pg_temp.try('desk', 'son', pg_temp.decide_sql(:m, 'son')));
select is((select (claim, beside)::text from register.surplus where merge = :m), format('(%s,%s)', :refused, :stays), 'of two that nobody was paid one stays');
select is(pg_temp.probe('owner', null, pg_temp.line_sql(pg_temp.open_batch(), :stays)), 'ok', 'and is paid');
select is(pg_temp.after(format('insert into recon.break (id, kind, funding_account, day, payout, amount_dong, note) overriding system value
	select 1, ''contradiction'', min(f.id), ''2024-04-03'', p.id, 1, ''x'' from org.funding_account f, payout.payout p where p.claim = %s group by p.id', :refused), null,
	pg_temp.line_sql(pg_temp.open_batch(), :stays), 'owner'), 'CH001 surplus_paid', 'not while evidence says that the surplus one may have been paid');
select pg_temp.ended(:refused, 'settled');
select is(pg_temp.probe('owner', null, pg_temp.line_sql(pg_temp.open_batch(), :stays)), 'CH001 surplus_paid', 'nor once it was paid');
select is(pg_temp.after(format('update register.surplus set claim = %s where claim = %s and merge = %s; insert into register.surplus (claim, beside, merge) values (%2$s, %1$s, %3$s)',
	:third, :refused, :m), null, pg_temp.line_sql(pg_temp.open_batch(), :stays), 'owner'), 'CH001 surplus_paid', 'nor when that one stood beside another one that is surplus');
insert into register.recovery (claim, person, programme, month, amount_dong, why) select id, person, programme, month, amount_dong, 'twice' from payout.claim where id = :refused returning id as asked \gset
create function pg_temp.says(recovery bigint, kind text) returns text language sql as $$
	select format('insert into register.decision (kind, programme, person, month, amount_dong, recovery, number, reason, first_officer, second_officer, decided_at)
		select %L, programme, person, month, amount_dong, id, ''1'', ''xxx'', 1, 2, now() from register.recovery where id = %s', kind, recovery)
$$;
select is(pg_temp.after(pg_temp.says(:asked, k), null, pg_temp.line_sql(pg_temp.open_batch(), :stays), 'owner'), how, format('where two officers say %s: %s', k, how))
	from (values ('recover', 'ok'), ('waive', 'CH001 surplus_paid')) as w(k, how);
select pg_temp.ended(:refused, 'returned');
select is(pg_temp.probe('owner', null, pg_temp.line_sql(pg_temp.open_batch(), :stays)), 'ok', 'and the one that stays is paid when the money came back');

-- One was claimed the old amount and then what the rate rose by; the other, listed later, all at once.
create function pg_temp.amounts(regular bigint, dong bigint) returns void language plpgsql as $$
begin
	set local session_replication_role = replica;
	update payout.claim set amount_dong = dong where id = regular;
	set local session_replication_role = origin;
end $$;
create function pg_temp.risen(old_paid boolean, rise_paid boolean, whole_paid boolean, whole bigint, whole_stays boolean) returns text language plpgsql as $$
declare
	a bigint := pg_temp.of_ward('22915');
	b bigint := pg_temp.of_ward('22918');
	old_claim bigint := pg_temp.claim_of(a, 'regular', old_paid);
	rise bigint := pg_temp.claim_of(a, 'arrears', rise_paid);
	whole_claim bigint := pg_temp.claim_of(b, 'regular', whole_paid);
	m bigint;
begin
	perform pg_temp.amounts(old_claim, 360), pg_temp.amounts(rise, 140), pg_temp.amounts(whole_claim, whole);
	m := pg_temp.proposed(pg_temp.merge_sql(case when whole_stays then b else a end, case when whole_stays then a else b end, 'tam'));
	perform pg_temp.done(pg_temp.try('desk', 'son', pg_temp.decide_sql(m, 'son')));
	return (select string_agg(case c.id when old_claim then 'old' when rise then 'rise' else 'whole' end, ' ' order by c.id) from payout.claim c
			where c.id in (old_claim, rise, whole_claim) and not exists (select from register.surplus s where s.claim = c.id))
		|| coalesce((select ', back ' || sum(d.amount_dong) from register.surplus s join register.decision d on d.id = s.decision where s.merge = m), '');
end $$;
select is(pg_temp.risen(o, r, w, whole, s), left_over, format('paid: old %s, rise %s, whole (%s) %s; the row of the whole stays: %s', o, r, w, whole, s)) from (values
	(false, false, false, 500, true, 'whole'), (false, false, true, 500, true, 'whole'), (true, true, true, 500, true, 'whole, back 500'), (false, true, true, 500, true, 'whole, back 140'),
	(true, false, false, 500, true, 'old rise'), (true, true, false, 500, true, 'old rise'), (false, false, false, 360, true, 'rise whole'), (true, true, true, 360, true, 'rise whole, back 360'),
	(false, false, false, 500, false, 'old rise'), (false, false, true, 500, false, 'whole'), (true, false, true, 500, false, 'old rise, back 500'), (false, true, true, 500, false, 'whole, back 140'),
	(false, false, true, 360, false, 'rise whole')) as v(o, r, w, whole, s, left_over);

-- ---------------------------------------------------------------- when it stands no more

select pg_temp.of_ward('22915') as one, pg_temp.of_ward('22918') as two \gset
select pg_temp.claim_of(:one, 'regular', true) as mine, pg_temp.claim_of(:two, 'regular', true) as his \gset
select pg_temp.proposed(pg_temp.merge_sql(:one, :two, 'tam')) as m \gset
select pg_temp.done(pg_temp.try('desk', 'son', pg_temp.decide_sql(:m, 'son')));
select pg_temp.proposed(pg_temp.part_sql(:m, 'tam')) as part \gset
select is(pg_temp.after(prep, 'son', pg_temp.decide_sql(:part, 'son')), how, format('undone, where %s: %s', what, how)) from (values
	('nothing was built on it', 'select', 'ok'),
	('it was never confirmed', format('update register.identity set second_officer = null, decided_at = null where id = %s', :m), 'CH001 identity_stale'),
	('it was refused', format('update register.identity set refused = true where id = %s', :m), 'CH001 identity_stale'),
	('it is no merge', format('update register.identity set kind = ''part'', undoes = id where id = %s', :m), 'CH001 identity_stale'),
	('it moved another', format('update register.identity set moved = array[%s] where id = %s', :a, :m), 'CH001 identity_stale'),
	('it was of others', format('update register.identity set person = %s where id = %s', :a, :m), 'CH001 identity_stale'),
	('who stayed went on', format('update register.person set root = %s where id in (%s, %s)', :c, :one, :two), 'CH001 identity_stale'),
	('a claim came', pg_temp.claim_sql(:one, '2024-05-01'), 'CH001 merge_used'),
	('a list came', format('insert into register.import_file (id, sha256, name, kind, officer, row_key, bank) overriding system value values (99999, sha256(''l''), ''l'', ''account_list'', 1, ''k'', ''demo'');
		insert into register.import_row (file, row_no, status, person) values (99999, 1, ''accepted'', %s)', :two), 'CH001 merge_used'),
	('something was corrected', format('insert into register.identity (kind, person, name, name_fold, number, reason, first_officer, second_officer, decided_at) values (''correct'', %s, ''x'', ''x'', ''1'', ''xxx'', 1, 2, clock_timestamp())', :one), 'CH001 merge_used'),
	('that was refused', format('insert into register.identity (kind, person, name, name_fold, number, reason, first_officer, second_officer, decided_at, refused) values (''correct'', %s, ''x'', ''x'', ''1'', ''xxx'', 1, 2, clock_timestamp(), true)', :one), 'ok'),
	('that was before', format('insert into register.identity (kind, person, name, name_fold, number, reason, first_officer, second_officer, decided_at) values (''correct'', %s, ''x'', ''x'', ''1'', ''xxx'', 1, 2, ''2020-01-01'')', :one), 'ok'),
	('two ask the money back', format('update register.decision set second_officer = 2, decided_at = clock_timestamp() where person = %s', :two), 'CH001 merge_used'),
	('the surplus was voided', format('insert into payout.claim_void (claim, reason, first_officer, second_officer) values (%s, ''x'', 1, 2)', :his), 'CH001 merge_used'),
	('the one that stays was', format('insert into payout.claim_void (claim, reason, first_officer, second_officer) values (%s, ''x'', 1, 2)', :mine), 'CH001 merge_used')) as w(what, prep, how);
select is(pg_temp.after(format('update register.surplus set undone = true where merge = %s', :m), 'son', format('update register.decision set second_officer = %s, decided_at = now() where person = %s', pg_temp.officer('son'), :two)),
	'CH001 identity_stale', 'nothing is asked back for a merge that was undone');

-- ---------------------------------------------------------------- one code, two units

select a.code, a.valid_from as before from register.area a join register.area n on n.code = a.code and n.valid_from = '2025-07-01' and n.level = 'commune'
	where a.level = 'commune' and register.area_stands(a.valid_from, a.valid_to, a.gone_by, '2024-04-03')
		and not exists (select from register.area_successor s where s.successor_code = n.code and s.successor_valid_from = n.valid_from and (s.code, s.valid_from) = (a.code, a.valid_from))
	order by a.code limit 1 \gset
select isnt(:'code'::text, '', 'there are codes that went to another unit');
select pg_temp.mandated(l, r, :'code', '2025-07-05') from (values ('hoa', 'register'), ('lan', 'maker')) as w(l, r);
select pg_temp.of_ward(:'code', :'before') as other \gset
select is(pg_temp.probe('desk', 'hoa', format('insert into register.identity (kind, person, name, name_fold, number, reason, first_officer)
	values (''correct'', %s, ''B'', ''b'', ''1'', ''thử'', %s)', :other, pg_temp.officer('hoa'))), 'CH001 no_mandate', 'whoever has the new unit of a code says nothing of the people of the old one');
insert into payout.claim (person, programme, month, kind, amount_dong, agency, pay_period, area_code, area_valid_from)
	select :other, 'merit', '2024-04-01', 'regular', 1000, id, '2024-04-01', :'code', :'before' from org.agency where code = 'labour' returning id as claim \gset
select pg_temp.acts('lan');
insert into payout.claim_void_proposal (claim, officer, reason) values (:claim, pg_temp.officer('lan'), 'not_owed');
create function pg_temp.void_sql(claim bigint, login text) returns text language sql as $$
	select format('insert into payout.claim_void (claim, reason, first_officer, second_officer) select %s, p.reason, p.officer, %s from payout.claim_void_proposal p where p.claim = %1$s',
		claim, pg_temp.officer(login))
$$;
select is(pg_temp.probe('desk', 'hoa', pg_temp.void_sql(:claim, 'hoa')), 'CH001 first_mandate', 'nor is one of the two who void what they are owed');
select pg_temp.mandated('lan', 'approver', :'code');
select is(pg_temp.probe('desk', 'hoa', pg_temp.void_sql(:claim, 'hoa')), 'ok', 'whoever has the old one does');

-- What the teller holds a certificate against, which knows no table.
set local session_replication_role = replica;
update ops.instance set sandbox = false;
select is(register.area_words('22960', '2025-07-01'), array['22960 2025-07-01 9999-12-31', '60 2023-04-01 2025-06-30', '68 2025-07-01 9999-12-31'],
	'each word that a certificate may say of a unit has the days on which it meant it');
update ops.instance set sandbox = true;
select is(register.area_words('22960', '2025-07-01'), array['22960 0001-01-01 9999-12-31', '60 0001-01-01 9999-12-31', '68 0001-01-01 9999-12-31'], 'whose days are not those of a sandbox');
set local session_replication_role = origin;

select * from finish();
rollback;
