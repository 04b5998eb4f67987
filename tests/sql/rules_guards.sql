-- What two officers decide about benefits, and what a claim may be: every illegal thing is tried, and beside it the legal one.
begin;
\ir ../lib/guards.psql

insert into auth.mandate (officer, certificate, role, agency, area, limit_dong) select officer, id, 'register', '*', '*', 1000000 from auth.certificate;
select pg_temp.person() as person, pg_temp.person() as other \gset

-- ---------------------------------------------------------------- a proposal

create function pg_temp.decision_sql(kind text, person text, period text default null, rates text default null, quantity text default 'null', amount text default 'null',
		month text default '2024-04-01', officer text default 'lan') returns text language sql as $$
	select format('insert into register.decision (kind, programme, person, month, pay_period, rate_codes, quantity, amount_dong, number, reason, first_officer)
		values (%L, ''merit'', %s, %L, %L, %L, %s, %s, ''1/QĐ'', ''lý do'', %s)', kind, person, month, period, rates, quantity, amount, pg_temp.officer(officer))
$$;
select is(pg_temp.probe('desk', 'lan', pg_temp.decision_sql(k, :'person')), 'ok', format('%s: from a month on', k)) from unnest(array['suspend', 'terminate', 'resume']) k;
select is(pg_temp.probe('desk', 'lan', pg_temp.decision_sql('suspend', 'null')), '23514 decision_check2', 'a suspension is somebody''s');
select is(pg_temp.probe('desk', 'lan', pg_temp.decision_sql('suspend', :'person', '2024-04-01')), '23514 decision_check3', 'and belongs to no pay period');
select is(pg_temp.probe('desk', 'lan', pg_temp.decision_sql('suspend', :'person', month => '2024-04-02')), '23514 decision_month_check', 'and begins with a month');
select is(pg_temp.probe('desk', 'lan', pg_temp.decision_sql('together', 'null', '2024-04-01', month => m)), case m when '2024-05-01' then 'ok' else '23514 decision_check8' end,
	format('with April goes the month after: %s', m)) from unnest(array['2024-05-01', '2024-06-01', '2024-04-01']) m;
select is(pg_temp.probe('desk', 'lan', pg_temp.decision_sql('together', :'person', '2024-04-01', month => '2024-05-01')), '23514 decision_check2', 'for everybody');
select is(pg_temp.probe('desk', 'lan', pg_temp.decision_sql('grant', :'person', '2024-04-01', r, q)), v, format('a grant of %s, %s times', coalesce(r, 'no rate'), q)) from (values
	('{A}', '2', 'ok'), ('{A}', '0', '23514 decision_quantity_check'), ('{A}', '1001', '23514 decision_quantity_check'), ('{A,B}', '1', '23514 decision_check5'),
	(null, '1', '23514 decision_check4'), ('{A}', 'null', '23514 decision_check4')) as w(r, q, v);
select is(pg_temp.probe('desk', 'lan', pg_temp.decision_sql('funeral', :'person', '2024-04-01', r, q)), v, format('a funeral of %s, %s times', r, q)) from (values
	('{A}', '1', 'ok'), ('{A,B}', '1', 'ok'), ('{A}', '2', '23514 decision_check6'), ('{}', '1', '23514 decision_check6')) as w(r, q, v);
select is(pg_temp.probe('desk', 'lan', pg_temp.decision_sql('recover', :'person', amount => a)), case a when '0' then '23514 decision_amount_dong_check' else '23514 decision_check7' end,
	format('%s đồng are asked back for no case', a)) from unnest(array['1', '0', 'null']) a;
insert into register.recovery (person, programme, month, amount_dong, why) values (:person, 'merit', '2024-04-01', 7, 'officer') returning id as recovery \gset
select is(pg_temp.probe('desk', 'lan', format('insert into register.decision (kind, programme, person, month, amount_dong, recovery, number, reason, first_officer)
		values (%L, ''merit'', %s, ''2024-04-01'', %s, %s, %L, ''lý do'', %s)', k, p, a, :'recovery', n, pg_temp.officer('lan'))), v, format('to %s %s đồng of a case of 7, number %s', k, a, coalesce(n, 'none')))
	from (values ('recover', :'person', 7, '1', 'ok'), ('waive', :'person', 7, null, 'ok'), ('recover', :'person', 7, null, '23514 decision_number'),
		('recover', :'person', 6, '1', 'CH001 recovery_unknown'), ('waive', :'other', 7, null, 'CH001 recovery_unknown')) as w(k, p, a, n, v);
select is(pg_temp.probe('desk', 'lan', pg_temp.decision_sql('pardon', :'person')), '23514 decision_kind_check', 'there is no other kind');
select is(pg_temp.probe('desk', 'lan', pg_temp.decision_sql('suspend', :'person', officer => 'minh')), 'CH001 not_yours', 'nobody proposes in another''s name');
select is(pg_temp.probe('owner', 'lan', replace(replace(pg_temp.decision_sql('suspend', :'person'), 'first_officer)', 'first_officer, second_officer, decided_at)'),
	format(', %s)', pg_temp.officer('lan')), format(', %s, %s, now())', pg_temp.officer('lan'), pg_temp.officer('minh')))), 'CH001 not_proposed', 'nothing is born decided');

-- ---------------------------------------------------------------- a case of money that has to come back

select pg_temp.claim() as claim \gset
select person as paid from payout.claim where id = :claim \gset
insert into register.person (anchor, name, name_fold, birth_year, sex, root) values (substr(sha256('his other row'), 1, 16), 'x', 'x', 1950, 'F', :paid) returning id as same \gset
create function pg_temp.case_sql(claim text, person text, programme text default 'merit', month text default '2024-04-01', amount text default '1000000') returns text language sql as $$
	select format('insert into register.recovery (claim, person, programme, month, amount_dong, why) values (%s, %s, %L, %L, %s, %L)', claim, person, programme, month, amount,
		case claim when 'null' then 'officer' else 'after_death' end)
$$;
select is(pg_temp.probe('desk', null, pg_temp.case_sql(:'claim', p, g, m, a)), v, 'a case about a claim: ' || t) from (values
	(:'paid', 'merit', '2024-04-01', '1000000', 'ok', 'as it was claimed, whoever finds it'), (:'same', 'merit', '2024-04-01', '1000000', 'ok', 'of him by another ID'),
	(:'other', 'merit', '2024-04-01', '1000000', 'CH001 recovery_claim', 'of somebody else'), (:'paid', 'social', '2024-04-01', '1000000', 'CH001 recovery_claim', 'of another programme'),
	(:'paid', 'merit', '2024-05-01', '1000000', 'CH001 recovery_claim', 'of another month'), (:'paid', 'merit', '2024-04-01', '999999', 'CH001 recovery_claim', 'of another sum')) as w(p, g, m, a, v, t);
select is(pg_temp.probe('desk', null, format('%s, (null, %s, ''merit'', ''2024-04-01'', 1, ''officer'')', pg_temp.case_sql(:'claim', :'paid'), :'paid')), 'CH001 no_mandate',
	'and one that no rule found does not hide behind it');
select is(pg_temp.probe('desk', l, pg_temp.case_sql('null', :'paid', g)), v, format('a case that no rule found, of %s, by %s', g, coalesce(l, 'nobody'))) from (values
	('lan', 'merit', 'ok'), (null, 'merit', 'CH001 no_mandate')) as w(l, g, v);
select is(pg_temp.after('delete from auth.mandate', 'lan', pg_temp.case_sql('null', :'paid')), 'CH001 no_mandate', 'nor by an officer without a mandate');

-- ---------------------------------------------------------------- the second officer

select pg_temp.done(pg_temp.try('desk', 'lan', pg_temp.decision_sql('suspend', :'person')));
select max(id) as decision from register.decision \gset
create function pg_temp.confirm_sql(decision bigint, officer text, also text default '') returns text language sql as $$
	select format('update register.decision set second_officer = %s, decided_at = now() %s where id = %s', pg_temp.officer(officer), also, decision)
$$;
select is(pg_temp.probe('desk', 'lan', pg_temp.confirm_sql(:decision, 'lan')), '23514 decision_check', 'who proposed it does not confirm it');
select is(pg_temp.probe('desk', 'minh', pg_temp.confirm_sql(:decision, 'hoa')), 'CH001 not_yours', 'nor does anybody in another''s name');
select is(pg_temp.probe('owner', 'minh', pg_temp.confirm_sql(:decision, 'minh', ', ' || c)), 'CH001 append_only', format('what was proposed stays: %s', c))
	from unnest(array['month = ''2024-05-01''', 'kind = ''terminate''', 'reason = ''anders''', format('person = %s', :other)]) c;
select is(pg_temp.probe('desk', 'minh', format('update register.decision set month = ''2024-05-01'' where id = %s', :decision)), 'denied', 'the desk changes nothing else');
select pg_temp.done(pg_temp.try('desk', 'minh', pg_temp.confirm_sql(:decision, 'minh')));
select is(pg_temp.probe('desk', 'hoa', pg_temp.confirm_sql(:decision, 'hoa')), 'CH001 append_only', 'it is confirmed once');

-- decide: what is proposed by lan is confirmed by minh; how it ended
create function pg_temp.decide(sql text) returns text language plpgsql as $$
begin
	perform pg_temp.done(pg_temp.try('desk', 'lan', sql));
	return pg_temp.try('desk', 'minh', pg_temp.confirm_sql((select max(id) from register.decision), 'minh'));
end $$;
select is(pg_temp.decide(pg_temp.decision_sql('together', 'null', '2024-04-01', month => '2024-05-01')), w, 'two months together are decided ' || t) from (values ('ok', 'once'), ('23505 decision_together', 'not twice')) as v(w, t);

-- ---------------------------------------------------------------- money is asked back once, within the officers' limits

select pg_temp.batch_in('released') as batch \gset
select c.person as had, c.amount_dong as paid_dong from payout.payout p join payout.claim c on c.id = p.claim where p.batch = :batch order by p.id limit 1 \gset
-- asks PERSON SUM MONTH: a case that officers open, and how the decision to recover it ended
create function pg_temp.asks(kind text, person bigint, amount bigint, month text default '2024-04-01') returns text language plpgsql as $$
declare
	c bigint;
begin
	c := (select r.id from register.recovery r where (r.person, r.amount_dong, r.month) = (asks.person, asks.amount, asks.month::date) order by r.id desc limit 1);
	if c is null then
		perform pg_temp.done(pg_temp.try('desk', 'lan', pg_temp.case_sql('null', asks.person::text, month => asks.month, amount => asks.amount::text)));
		c := (select max(id) from register.recovery);
	end if;
	return pg_temp.decide(format('insert into register.decision (kind, programme, person, month, amount_dong, recovery, number, reason, first_officer)
		values (%L, ''merit'', %s, %L, %s, %s, ''1/QĐ'', ''lý do'', %s)', asks.kind, asks.person, asks.month, asks.amount, c, pg_temp.officer('lan')));
end $$;
select is(pg_temp.asks('recover', :had, 10), 'CH001 asked_twice', 'nothing is asked back of what did not leave');
set local session_replication_role = replica;
update payout.payout_state set state = 7 where payout in (select id from payout.payout where batch = :batch);
set local session_replication_role = origin;
select is(pg_temp.asks('recover', :had, :paid_dong - 1), 'ok', 'of what was paid it is');
select is(pg_temp.asks('recover', :had, 2), 'CH001 asked_twice', 'and not twice, in however many cases');
select is(pg_temp.asks('recover', :had, 1), 'ok', 'what is left of it still');
select is(pg_temp.asks('waive', :had, :paid_dong - 1), 'ok', 'what two officers let be');
select is(pg_temp.asks('recover', :had, 2), 'ok', 'may be asked for in another case');
select is(pg_temp.asks('recover', :had, n, '2020-01-01'), w, t) from (values (5, 'ok', 'a month from before there were claims here has a case'), (6, 'CH001 asked_twice', 'and no second one')) as v(n, w, t);
-- limits(LIMIT, OFFICER, KIND): of a decision about 7 đồng, when that officer's mandates reach so far
create function pg_temp.limits(dong bigint, login text, kind text) returns text language plpgsql as $$
declare
	r text;
begin
	set local session_replication_role = replica;
	update auth.mandate m set limit_dong = dong where m.officer = pg_temp.officer(login);
	set local session_replication_role = origin;
	r := pg_temp.asks(kind, (select person from register.recovery where month = '2020-01-01' limit 1), 7, '2020-02-01');
	raise exception 'undone' using errcode = 'UNDO1', detail = r;
exception when sqlstate 'UNDO1' then
	get stacked diagnostics r = pg_exception_detail;
	return r;
end $$;
select pg_temp.done(pg_temp.try('desk', 'hoa', pg_temp.case_sql('null', :'had', month => '2020-02-01', amount => '7')));
select is(pg_temp.limits(n, l, k), case n when 7 then 'ok' else 'CH001 no_mandate' end, format('%s to %s 7 đồng with a limit of %s', l, k, n))
	from unnest(array[6, 7]) n, unnest(array['lan', 'minh']) l, unnest(array['recover', 'waive']) k;

-- ---------------------------------------------------------------- a funeral is one

select is(pg_temp.decide(pg_temp.decision_sql('funeral', :'person', '2024-04-01', '{A}', '1')), 'ok', 'a person''s funeral is decided');
select is(pg_temp.decide(pg_temp.decision_sql('funeral', :'person', '2024-05-01', '{B}', '1')), 'CH001 funeral_once', 'and no second one, by another rate and period');
alter table register.person disable trigger only_decided;
update register.person set root = :person where id = :other;
alter table register.person enable trigger only_decided;
select is(pg_temp.decide(pg_temp.decision_sql('funeral', :'other', '2024-05-01', '{A}', '1')), 'CH001 funeral_once', 'nor of whoever was merged with him');
insert into payout.claim (person, programme, month, kind, amount_dong, agency, pay_period, area_code, area_valid_from)
	select :person, 'merit', '2024-04-01', 'funeral', 1000, id, '2024-04-01', '22918', '2004-01-01' from org.agency where code = 'labour' returning id as claim \gset
insert into register.decision_claim (decision, claim) select id, :claim from register.decision where kind = 'funeral' and second_officer is not null;
select is(pg_temp.probe('owner', null, format('insert into register.decision_claim (decision, claim) select decision, claim from register.decision_claim')), '23505 decision_claim_pkey', 'a decision is one claim');
select is(pg_temp.probe('owner', null, format('insert into payout.claim (person, programme, month, kind, amount_dong, agency, pay_period, area_code, area_valid_from)
	select person, %L, %L, kind, 1, agency, pay_period, area_code, area_valid_from from payout.claim where id = %s', p, m, :claim)), '23505 ' || c, format('a funeral claim of %s in %s beside it', p, m))
	from (values ('social', '2024-04-01', 'claim_funeral'), ('merit', '2024-05-01', 'claim_funeral')) as v(p, m, c);
set local session_replication_role = replica;
insert into payout.claim_void (claim, reason, first_officer, second_officer) values (:claim, 'x', 1, 2);
set local session_replication_role = origin;
select is(pg_temp.decide(pg_temp.decision_sql('funeral', :'person', '2024-05-01', '{B}', '1')), 'ok', 'but when the first one''s claim was voided');

-- ---------------------------------------------------------------- a written decision grants once

select is(pg_temp.decide(pg_temp.decision_sql('grant', p, '2024-04-01', r, '1')), w, t) from (values (:'other', '{A}', 'ok', 'a grant is decided'),
	(:'other', '{A}', 'CH001 grant_once', 'the same decision grants the same person nothing twice'), (:'person', '{A}', 'CH001 grant_once', 'nor whom he was merged with'),
	(:'other', '{B}', 'ok', 'another rate is another grant')) as v(p, r, w, t);

-- ---------------------------------------------------------------- a statement that confirms many is judged line by line

-- together(PROPOSALS, WHO): how it ended when he confirmed them at once, and how many were
create function pg_temp.together(proposals text[], login text default 'minh', proposer text default 'lan') returns text language plpgsql as $$
declare
	before bigint := (select max(id) from register.decision);
	r text;
begin
	perform pg_temp.done(pg_temp.try('desk', proposer, p)) from unnest(proposals) p;
	r := pg_temp.try('desk', login, format('update register.decision set second_officer = %s, decided_at = now() where id > %s', pg_temp.officer(login), before));
	raise exception 'undone' using errcode = 'UNDO1', detail = r || ' ' || (select count(second_officer) from register.decision where id > before);
exception when sqlstate 'UNDO1' then
	get stacked diagnostics r = pg_exception_detail;
	return r;
end $$;
-- listed(WARD): one more person, whom a list of that ward names; hoa has one ward of two
create function pg_temp.listed(ward text, row_no integer) returns bigint language sql as $$
	insert into register.enrolment (person, programme, category, area_code, area_valid_from, from_month, file, row_no)
		select pg_temp.person(), 'merit', min(c.code), ward, '2023-04-01', '2024-04-01', pg_temp.file(), row_no from rules.category c where c.programme = 'merit' returning person
$$;
select pg_temp.listed('22918', 101) as here, pg_temp.listed('22918', 102) as too, pg_temp.listed('22915', 103) as there, pg_temp.person() as nowhere \gset
set local session_replication_role = replica;
update auth.mandate set area = '22918', named_on = '2024-04-03' where officer = pg_temp.officer('hoa');
update register.person set root = :here where id = :nowhere;
set local session_replication_role = origin;
select is(pg_temp.together(array(select pg_temp.decision_sql('suspend', p::text, officer => f) from unnest(them) p), l, f), r, t) from (values
	(array[:here, :too], 'hoa', 'lan', 'ok 2', 'people of his ward are decided about together'),
	(array[:here, :too, :there], 'hoa', 'lan', 'CH001 no_mandate 0', 'one of another ward among them, and nobody is'),
	(array[:person, :here], 'hoa', 'lan', 'CH001 no_mandate 0', 'nor with one whom no list names'),
	(array[:nowhere, :here], 'hoa', 'lan', 'ok 2', 'but by the lists that name him by another ID'),
	(array[:here, :there], 'minh', 'hoa', 'CH001 no_mandate 0', 'nor when it is who proposed it that has not both'),
	(array[:here, :there, :person], 'minh', 'lan', 'ok 3', 'of two who have everywhere all are')) as w(them, l, f, r, t);
select is(pg_temp.together(array(select pg_temp.decision_sql(k, p::text, '2024-04-01', '{A}', '1') from unnest(them) p)), r, format('a %s: %s', k, t)) from (values
	('grant', array[:here, :there], 'ok 2', 'two people by one decision'), ('grant', array[:here, :there, :here], 'CH001 grant_once 0', 'one of them twice'),
	('grant', array[:here, :nowhere], 'CH001 grant_once 0', 'one by two IDs'), ('funeral', array[:here, :there], 'ok 2', 'two people'),
	('funeral', array[:nowhere, :here], 'CH001 funeral_once 0', 'one by two IDs')) as w(k, them, r, t);
select is(register.has_role_each(array_agg(o.id), '{register,release}', array_agg(g), array_agg(p), array_agg(a)),
		array_agg(register.has_role(o.id, '{register,release}', g, p, a)), format('what is asked of %s questions at once is what is asked of each', count(*)))
	from auth.officer o, unnest(array['merit', 'social', 'none']) g, unnest(array[:here, :there, :nowhere, :person, null]) p, unnest(array[0, 1000000, 1000001]) a;
set local session_replication_role = replica;
update auth.mandate set area = '*' where officer = pg_temp.officer('hoa');
set local session_replication_role = origin;

-- ---------------------------------------------------------------- claims and enrolments

select is(pg_temp.probe('desk', 'lan', format('insert into register.enrolment (person, programme, category, children, area_code, area_valid_from, from_month, kind, file, row_no)
	values (%s, ''social'', ''SA_SINGLE_PARENT'', %s, ''22918'', ''2004-01-01'', ''2024-04-01'', ''regular'', %s, 1)', :person, n, pg_temp.file())),
	case when n between 1 and 20 then 'ok' else '23514 enrolment_children_check' end, format('%s children', n)) from unnest(array[0, 1, 20, 21]) n;
select is(pg_temp.probe('owner', null, format('insert into payout.claim (person, programme, month, kind, amount_dong, agency, pay_period, area_code, area_valid_from)
	select person, programme, ''2024-05-01'', %L, 1, agency, pay_period, area_code, area_valid_from from payout.claim where id = %s', k, :claim)),
	case k when 'gift' then '23514 claim_kind_check' else 'ok' end, format('a claim of the kind %s', k)) from unnest(array['regular', 'arrears', 'grant', 'gift']) k;

-- ---------------------------------------------------------------- what waits for two officers does not leave

-- line(STATE): a payout whose batch is in a state; waits(PAYOUT): a blocking finding about it arrives
create function pg_temp.line(state text) returns bigint language plpgsql as $$
declare
	b bigint := pg_temp.batch_in(state);
begin
	return case when state = 'open' then pg_temp.add_line(b, pg_temp.claim()) else (select min(p.id) from payout.payout p where p.batch = b) end;
end $$;
create function pg_temp.found(payout bigint, code text default 'after_death', facts text default '') returns bigint language sql as $$
	insert into register.finding (programme, period, person, code, note, blocks, facts, n)
		select c.programme, c.pay_period, c.person, code, 'x', true, facts,
			1 + (select count(*) from register.finding f where (f.programme, f.period, f.person, f.code) = (c.programme, c.pay_period, c.person, found.code))
		from payout.payout p join payout.claim c on c.id = p.claim where p.id = payout returning id
$$;
create function pg_temp.state_of(payout bigint) returns text language sql as $$
	select coalesce((select t.name from payout.payout_state s join payout.state t on t.code = s.state where s.payout = state_of.payout), 'not born')
$$;
create function pg_temp.decides(finding bigint, verdict text) returns void language plpgsql as $$
begin
	perform pg_temp.done(pg_temp.try('desk', 'minh', format('insert into register.finding_proposal (finding, officer, verdict, reason) values (%s, %s, %L, ''x'')',
		finding, pg_temp.officer('minh'), verdict)));
	perform pg_temp.done(pg_temp.try('desk', 'hoa', format('insert into register.finding_decision (finding, verdict, first_officer, second_officer, reason)
		values (%s, %L, %s, %s, ''x'')', finding, verdict, pg_temp.officer('minh'), pg_temp.officer('hoa'))));
end $$;

select pg_temp.line('approved') as line \gset
select is(pg_temp.state_of(:line), 'ready', 'approved, it is ready');
select pg_temp.acts('lan');
select pg_temp.found(:line) as finding \gset
select is(pg_temp.state_of(:line), 'held', 'of an approved batch the payout is held as soon as the death is known');
select is((select array_agg(reason || ' ' || coalesce(by_officer, 0) || ' ' || (finding = :finding)) from payout.hold where payout = :line), '{after_death 0 true}', 'by the rule, for what was found');
select is((select q.name from payout.payout_move m join payout.cause q on q.code = m.cause where m.payout = :line order by m.n desc limit 1), 'finding', 'and that is written down');
select pg_temp.acts('tam');
insert into payout.hold_release (hold, officer) select h.id, pg_temp.officer('tam') from payout.hold h where h.payout = :line;
select pg_temp.acts('son');
insert into payout.hold_release (hold, officer) select h.id, pg_temp.officer('son') from payout.hold h where h.payout = :line;
select is(pg_temp.probe('desk', 'minh', pg_temp.move_sql(:line, 2, 1, 9)), 'CH001 finding_open', 'two officers do not let it go before the finding is decided');
select pg_temp.decides(:finding, 'do_not_pay');
select is(pg_temp.probe('desk', 'minh', pg_temp.move_sql(:line, 2, 1, 9)), 'CH001 finding_open', 'nor when it was decided not to pay');
select pg_temp.found(:line, facts => 'other') as again \gset
select is(pg_temp.probe('desk', 'minh', pg_temp.move_sql(:line, 2, 1, 9)), 'CH001 finding_open', 'other facts are another finding');
select pg_temp.decides(:again, 'pay_entitled');
select is(pg_temp.probe('desk', 'minh', pg_temp.move_sql(:line, 2, 1, 9)), 'ok', 'of which the last one counts');
select pg_temp.found(:line, 'stopped_since') as stopped \gset
select is(pg_temp.probe('desk', 'minh', pg_temp.move_sql(:line, 2, 1, 9)), 'CH001 finding_open', 'of each kind');

select pg_temp.line('released') as line \gset
select pg_temp.found(:line) \g /dev/null
select is(pg_temp.state_of(:line), 'held', 'of a released batch what was not sent is held');
select pg_temp.line('released') as line \gset
select pg_temp.put(:line, 3);
select pg_temp.found(:line) \g /dev/null
select is(pg_temp.state_of(:line), 'sent', 'what was sent is left as it is');
select pg_temp.line('approved') as line \gset
insert into register.finding (programme, period, person, code, note, blocks) select c.programme, c.pay_period, c.person, 'account_shared', 'x', false
	from payout.payout p join payout.claim c on c.id = p.claim where p.id = :line;
select is(pg_temp.state_of(:line), 'ready', 'what does not block holds nothing');

select pg_temp.line('frozen') as line \gset
select pg_temp.found(:line) \g /dev/null
select pg_temp.approve(p.batch) from payout.payout p where p.id = :line \g /dev/null
select is(pg_temp.state_of(:line), 'held', 'of a frozen batch it is held when the batch is approved');
select pg_temp.line('open') as line \gset
select pg_temp.found(:line) \g /dev/null
select is(pg_temp.probe('desk', 'lan', pg_temp.freeze_sql((select batch from payout.payout where id = :line))), 'CH001 finding_open', 'an open batch with such a line is not put before checkers');

select pg_temp.line('approved') as line \gset
select pg_temp.line('approved') as another \gset
select pg_temp.found(:another) as finding \gset
select is(pg_temp.probe('desk', 'lan', format('insert into payout.hold (payout, reason, finding) values (%s, ''x'', %s)', p, :finding)), w, format('a hold for %s', t))
	from (values (:line, 'denied', 'another''s finding'), (:another, 'denied', 'its own, by hand')) as v(p, w, t);
select is(pg_temp.probe('owner', null, format('insert into payout.hold (payout, reason, finding) values (%s, ''x'', %s)', :line, :finding)), 'CH001 not_decided', 'not even by the owner');
select is(pg_temp.probe('desk', 'minh', pg_temp.move_sql(:line, 1, 2, 13)), 'CH001 not_decided', 'and nothing is held in the name of a finding that there is not');

select * from finish();
rollback;
