"""What the bank, the population office and the cash agent send, what happens at the bank, and the truth."""

import base64
import csv
import hashlib
import json
import os
import subprocess

import rules
from plants import WAITING_WARD

CASH_AGENT = "vnpost"
FIRST_DAY, SECOND_DAY = "2024-04-03", "2024-04-04"
FEE_DONG = 165000
INTEREST_DONG = 27431
BATCH_BOOKED = 20


def write_csv(path, heading, rows):
    with open(path, "w", encoding="utf-8", newline="") as f:
        writer = csv.writer(f, lineterminator="\n")
        writer.writerow(heading)
        writer.writerows(rows)


class BankFiles:
    """The bank's account list for the payer, and the register that fakebank starts from. Written as the lists are."""

    def __init__(self, out):
        self.list_file = open(os.path.join(out, "bank", "demo-accounts.csv"), "w", encoding="utf-8", newline="")
        self.register_file = open(os.path.join(out, "bank", "fakebank-accounts.csv"), "w", encoding="utf-8", newline="")
        self.list_file.write("STT,Số CCCD,Họ tên chủ tài khoản,Số tài khoản,Trạng thái\n")
        self.register_file.write("bank,account,holder_name,personal_id,status\n")
        self.listed = self.registered = 0

    def add(self, people):
        in_list, register = [], []
        bank = rules.BANK
        number = self.listed
        for p in people:
            if p.account:
                register.append(f"{bank},{p.account},{p.folded},{p.personal_id},open\n")
                if p.in_bank_list:
                    number += 1
                    in_list.append(f"{number},{p.personal_id},{p.folded},{p.account},Đang hoạt động\n")
            elif p.delegate:
                d = p.delegate
                register.append(f"{bank},{d.account},{d.folded},{d.personal_id},open\n")
        self.listed = number
        self.registered += len(register)
        self.list_file.write("".join(in_list))
        self.register_file.write("".join(register))

    def close(self):
        self.list_file.close()
        self.register_file.close()


def write_deaths(out, deaths):
    write_csv(os.path.join(out, "population", "deaths.csv"), ("Số CCCD", "Họ và tên", "Ngày mất"),
              [(number, name, "/".join(reversed(day.split("-")))) for number, name, day in deaths])


def write_agent(out, seed, people):
    """The agent's key, its list of who was paid in cash, and its signature. The key comes from the seed, so that the same
    seed makes the same bytes; PKCS #8 for Ed25519 is this prefix and the 32 bytes (RFC 8410)."""
    directory = os.path.join(out, "agent")
    secret = hashlib.sha256(f"chitra-demo/{seed}/agent".encode()).digest()
    der = bytes.fromhex("302e020100300506032b657004220420") + secret
    pem = os.path.join(directory, "agent.pem")
    with open(os.open(pem, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="ascii") as f:
        f.write("-----BEGIN PRIVATE KEY-----\n" + base64.b64encode(der).decode() + "\n-----END PRIVATE KEY-----\n")
    public = openssl("pkey", "-in", pem, "-pubout", "-outform", "DER")[-32:]
    with open(os.path.join(directory, "agent.pub"), "w", encoding="ascii") as f:
        f.write("whpk_" + base64.b64encode(public).decode() + "\n")

    paid = os.path.join(directory, "paid-list.csv")
    cash = [p for p in people if p.method in ("cash_wish", "cash_want")]
    cash.sort(key=lambda p: p.personal_id)
    write_csv(paid, ("Số CCCD", "Họ và tên", "Số tiền", "Kết quả", "Ngày trả"),
              [(p.personal_id, p.name, p.due_dong(), "đã trả" if p.collected else "chưa trả",
                "03/04/2024" if p.collected else "") for p in cash])
    openssl("pkeyutl", "-sign", "-rawin", "-inkey", pem, "-in", paid, "-out", paid + ".sig")


def openssl(*arguments):
    try:
        return subprocess.run(("openssl", *arguments), check=True, stdout=subprocess.PIPE).stdout
    except (OSError, subprocess.CalledProcessError) as error:
        raise SystemExit(f"generate: openssl {arguments[0]}: {error}") from error


def events(seed, needed, waiting_dong, cash_dong, uncollected_dong, returned):
    """What happens at the bank, in order. `after` says what the payer has done by then."""
    merit, social = rules.AGENCIES
    orders, happenings = [], []

    def order(kind, agency, reference, dong, programmes=None):
        orders.append({"kind": kind, "funding_account": agency.funding_account, "reference": reference, "amount_dong": dong,
                       "programmes": list(programmes or agency.programmes)})
        return reference

    def credit(date, after, agency, reference, dong):
        happenings.append({"kind": "treasury_credit", "date": date, "after": after, "funding_account": agency.funding_account,
                           "amount_dong": dong, "counterparty_account": "KB701", "kind_text": "KHO BAC CHUYEN TIEN",
                           "remittance": f"{reference} CAP KINH PHI CHI TRA T04/2024"})

    first = needed[merit.code] - waiting_dong
    credit(FIRST_DAY, "start", merit, order("treasury", merit, "KB-2024-04-0117", first), first)
    if waiting_dong:
        reference = order("treasury", merit, "KB-2024-04-0118", waiting_dong)
    credit(FIRST_DAY, "start", social, order("treasury", social, "KB-2024-04-0119", needed[social.code]), needed[social.code])
    if not waiting_dong:
        return orders, happenings

    advance = order("agent_advance", social, "TAMUNG-VNPOST-202404", cash_dong, ("social",))
    happenings.append({"kind": "agent_advance", "date": FIRST_DAY, "after": "release", "funding_account": social.funding_account,
                       "amount_dong": cash_dong, "counterparty_account": "VNPOST01", "kind_text": "CHUYEN TIEN", "remittance": advance})
    happenings.append({"kind": "batch_booked_debit", "date": FIRST_DAY, "after": "release", "funding_account": social.funding_account,
                       "transfers": BATCH_BOOKED, "kind_text": "CHI TRA THEO LO"})
    credit(FIRST_DAY, "payout", merit, reference, waiting_dong)
    happenings.append({"kind": "fee", "date": FIRST_DAY, "after": "payout", "funding_account": merit.funding_account,
                       "amount_dong": FEE_DONG, "kind_text": "PHI DICH VU CHI HO T04/2024",
                       "fee_rule": {"bank": rules.BANK, "pattern": "PHI DICH VU", "max_dong": 500000}})
    happenings.append({"kind": "interest", "date": FIRST_DAY, "after": "payout", "funding_account": social.funding_account,
                       "amount_dong": INTEREST_DONG, "kind_text": "LAI TIEN GUI KHONG KY HAN T03/2024"})
    for p in returned:
        happenings.append({"kind": "return", "date": SECOND_DAY, "after": "next-day", "by": "account",
                           "funding_account": rules.AGENCY_OF[p.programme].funding_account, "account": p.account,
                           "personal_id": p.personal_id, "amount_dong": p.due_dong()})
    back = order("agent_return", social, "HOANUNG-VNPOST-202404", uncollected_dong, ("social",))
    happenings.append({"kind": "agent_return", "date": SECOND_DAY, "after": "paid-list", "funding_account": social.funding_account,
                       "amount_dong": uncollected_dong, "counterparty_account": "VNPOST01", "kind_text": "NOP LAI TIEN CHUA CHI",
                       "remittance": back})
    return orders, happenings


def write_events(out, seed, tally, returned, clean):
    needed = tally.needed
    waiting = 0 if clean else tally.batches[rules.AGENCIES[0].programmes[0], WAITING_WARD, "account"][1]
    orders, happenings = events(seed, needed, waiting, sum(tally.cash_by_agency.values()), tally.uncollected_dong, returned)
    document = {
        "seed": seed, "period": rules.PERIOD, "bank": rules.BANK, "first_day": FIRST_DAY,
        "agencies": [{"code": a.code, "name_vi": a.name_vi, "programmes": list(a.programmes)} for a in rules.AGENCIES],
        "funding_accounts": [{"code": a.funding_account, "agency": a.code, "bank": rules.BANK, "number": a.number,
                              "needed_dong": needed[a.code]} for a in rules.AGENCIES],
        "cash_agent": None if clean else {"code": CASH_AGENT, "account": "VNPOST01",
                                          "funding_account": rules.AGENCIES[1].funding_account},
        "waits_for_money": None if clean else {"programme": "merit", "ward": WAITING_WARD, "amount_dong": waiting},
        "funding_orders": orders, "events": happenings}
    with open(os.path.join(out, "events.json"), "w", encoding="utf-8") as f:
        json.dump(document, f, ensure_ascii=False, indent=1)
        f.write("\n")
