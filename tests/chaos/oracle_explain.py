"""One payout as four views have it, side by side by time: our events, our rows, the proxy's tap, the bank's book."""
import datetime
import json
import sys
import textwrap

from oracle_views import Database, Views

WIDTH, COLUMNS = 33, ("our events", "our rows", "the proxy's tap", "the bank's book")


def rows_of(id_):
    mine = f"with mine as (select * from payout.payout where end_to_end_id = '{id_}')"
    us = "(extract(epoch from {}) * 1000000)::bigint as us"
    return {
        "events": f"""{mine} select {us.format('m.at')}, f.name || ' → ' || t.name || ' by ' || k.name || coalesce(' (message ' || m.message || '#' || m.item || ')', '') as text
            from payout.payout_move m join payout.state f on f.code = m.from_state join payout.state t on t.code = m.to_state
            join payout.cause k on k.code = m.cause where m.payout = (select id from mine) order by m.n""",
        "rows": f"""{mine}
            select {us.format('b.made_at')}, 'payout ' || p.id || ' claim ' || p.claim || ' issue ' || p.issue || ' batch ' || p.batch || ' ' || b.state || ' ' ||
                p.amount_dong || ' dong, now ' || coalesce(t.name, 'in batch') as text from mine p join payout.batch b on b.id = p.batch
                left join payout.payout_state s on s.payout = p.id left join payout.state t on t.code = s.state
            union all select {us.format('m.at')}, 'dispatch ' || d.id || ' ' || d.state || ' epoch ' || d.epoch || ' asked ' || d.asked
                from payout.dispatch d join payout.payout_state s on s.dispatch = d.id join payout.payout_move m on m.payout = s.payout and m.to_state = 3
                where s.payout = (select id from mine)
            union all select {us.format('g.at')}, 'message ' || g.id || ' ' || g.direction || ' ' || g.external_id || case when g.authentic then '' else ' NOT AUTHENTIC' end
                from bank.message g where g.id in (select message from payout.payout_move where payout = (select id from mine))
            union all select {us.format('h.at')}, 'hold: ' || h.reason from payout.hold h where h.payout = (select id from mine)
            union all select {us.format('c.at')}, 'cancellation: ' || c.reason from payout.cancellation c where c.payout = (select id from mine)
            union all select {us.format('s.at')}, 'statement ' || s.day || ' ' || l.entry_ref || ' ' || l.direction || ' ' || l.amount_dong || ' became ' ||
                coalesce((select string_agg(e.kind, ', ') from recon.explained e where e.line = l.id), 'nothing')
                from bank.statement_line l join bank.statement s on s.id = l.statement where l.end_to_end_id = '{id_}'
            union all select {us.format('k.opened_at')}, 'break ' || k.id || ' ' || k.kind || ' ' || k.amount_dong || ': ' || k.note || coalesce(' → ' || r.outcome, '')
                from recon.break k left join recon.break_resolution r on r.break = k.id where k.payout = (select id from mine)
                    or k.line in (select l.id from bank.statement_line l where l.end_to_end_id = '{id_}')
            union all select {us.format('t.recorded')}, 'books ' || t.seq || ' ' || t.kind from books.txn t
                where t.idem >= 'p' || (select id from mine) || '.' and t.idem < 'p' || (select id from mine) || '/'""",
    }


def of_tap(views, id_):
    try:
        tap = open(f"{views.dir}/tap.jsonl", "rb")
    except OSError:
        return
    requests = set()
    with tap:
        for (pos,) in views.rows("select distinct pos from seen where id = ? order by pos", id_):
            tap.seek(pos)
            v = json.loads(tap.readline())
            text = f"{v['dir']} {v['n']} {v['what']}"
            text += f" {v['path']}" if "path" in v else f" {v.get('status', '')}"
            text += "".join(f" {w.upper()}" for w in ("dup", "made") if v.get(w)) + ("" if v.get("complete", True) else " CUT")
            for item in views.items(v.get("body") or "")[1]:
                if item.get("end_to_end_id") == id_:
                    text += " " + " ".join(str(item[k]) for k in ("status", "reason", "amount", "creditor_account", "bank_reference") if k in item)
            requests.add((v["bank"], v["dir"], v["n"]))
            yield v["t"], text
        tap.seek(0)
        for line in tap:
            if b'"what":"fault"' in line or b'"what":"lost"' in line:
                v = json.loads(line)
                if (v["bank"], v["dir"], v["n"]) in requests:
                    yield v["t"], f"{v['dir']} {v['n']} {v['what'].upper()} {v.get('fault', v.get('why', ''))} {json.dumps(v['detail']) if v.get('detail') else ''}"


def of_book(views, id_, tap):
    """The bank writes its business time: it is set beside the request that it belongs to."""
    asked = views.rows("select t from ask where id = ? order by t", id_)
    facts = views.rows("select at, bank, ref, status, why, amount, booked, account, entry from xfer where id = ? order by ref", id_)
    shift = asked[0][0] // 1000 - facts[0][0] * 10**6 if asked and facts else 0
    for n, (at, bank, ref, status, why, amount, booked, account, entry) in enumerate(facts):
        when = asked[min(n, len(asked) - 1)][0] // 1000 + 1 if asked else at * 10**6
        yield when, f"{bank} payment {ref} {status} {why or ''} {amount}{'' if booked == amount else f' BOOKED {booked}'} to {account}" + (f", entry {entry}" if entry else "")
    for bank, n, direction, amount, day, hidden, at, ref in views.rows(
            "select bank, n, direction, amount, day, hidden, booked_at, ref from entry where id = ? order by n", id_):
        yield (at or 0) * 10**6 + shift + 2, f"{bank} {day} entry {n} {direction} {amount}" + (" HIDDEN" if hidden else "")


def explain(place, id_):
    views = Views(place, "oracle.db")
    views.read()
    views.db.commit()
    got = Database(place).ask(**rows_of(id_))
    tap = [(t // 1000, text) for t, text in of_tap(views, id_)]
    events = [(r["us"], i, r["text"]) for i, name in enumerate(("events", "rows")) for r in got[name]]
    events += [(t, 2, text) for t, text in tap] + [(t, 3, text) for t, text in of_book(views, id_, tap)]
    events += [(2**62, 1, f"journal: {word} {amount or ''}") for word, amount in views.rows("select word, amount from journal where id = ?", id_)]
    if not events:
        print(f"nobody knows {id_}", file=sys.stderr)
        return 66
    print(" " * 15 + "│ " + " │ ".join(f"{c:{WIDTH}}" for c in COLUMNS).rstrip())
    print("─" * 15 + ("┼" + "─" * (WIDTH + 2)) * 3 + "┼" + "─" * (WIDTH + 1))
    for us, column, text in sorted(events):
        when = "" if us == 2**62 else datetime.datetime.utcfromtimestamp(us / 10**6).strftime("%H:%M:%S.%f")
        for line in textwrap.wrap(text, WIDTH):
            print(f"{when:15}│ " + " │ ".join(f"{line if i == column else '':{WIDTH}}" for i in range(4)).rstrip())
            when = ""
    return 0
