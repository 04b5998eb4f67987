"""Talks to build/tests/unit/register_owed, which works out what periods owe: one history a block of lines, tabs between fields.

    H province birth_year birth death sandbox    a person begins; birth and death are days or empty
    E regular|arrears category pct children from [to]    S suspend|terminate|resume month    U month... (all that lie uncollected)
    D day (dies)    V month (its claims are voided)    M province (moves there)
    P period today flags    owes: l listed, a on an arrears list, t two months together, r look for rises
    G month today quantity rate...    a grant

P and G are answered by lines "claim month kind instalment amount working...", "not month answer missing", "over month amount",
"grant rate amount working", and then "end". What a period owes is then claimed, as far as later ones are concerned."""
import csv
import os
import pathlib
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
REFERENCE = ROOT / "sql" / "reference"
BIN = pathlib.Path(os.environ.get("CHITRA_BIN", ROOT / "build" / "bin"))
PROGRAM = BIN.parent / "tests" / "unit" / "register_owed"


def rows(name):
    with open(REFERENCE / name, encoding="utf-8", newline="") as f:
        return list(csv.DictReader(f))


def line(*fields):
    return "\t".join("" if f is None else str(f) for f in fields) + "\n"


def tables(rates, categories):
    for r in rates:
        yield line("R", r["rate_code"], r["basis"], r["standard_code"], round(float(r["coefficient"] or 0) * 100), r["injury_pct"] or 0,
                   r["amount_dong"], r["province_code"], r["effective_from"], r["effective_to"], r["in_force_from"], r["decree"],
                   int(r["verification"] in ("assumed", "inferred")), r.get("recorded_on"))
    for c in categories:
        yield line("C", c["code"], c["programme"], c["rate_code"], c["also_rate_code"], int(c["needs_injury_pct"] == "true"), c["rule"])
    yield "I\n"


def answer(rates, categories, histories):
    """The lines of each P and G of many histories, in order."""
    text = "".join(tables(rates, categories)) + "".join(histories)
    out = subprocess.run([PROGRAM, "histories"], input=text, stdout=subprocess.PIPE, check=True, encoding="utf-8").stdout
    return [block.splitlines() for block in out.split("end\n")[:-1]]
