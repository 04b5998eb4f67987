#!/usr/bin/python3
"""Each rule of tests/check-source can fail: one violation is planted per rule, and that rule alone finds it."""
import os
import re
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
os.chdir(os.path.join(os.path.dirname(os.path.abspath(__file__)), "../.."))
sys.path.insert(0, "tests/lib")
import tap  # noqa: E402

CHECK = os.path.abspath("tests/check-source")
scratch = tempfile.mkdtemp()
tree = os.path.join(scratch, "tree")


def write(path, content, mode=0o644):
    full = os.path.join(tree, path)
    os.makedirs(os.path.dirname(full), exist_ok=True)
    with open(full, "wb") as out:
        out.write(content if isinstance(content, bytes) else content.encode())
    os.chmod(full, mode)


def lawful_tree():
    """A small project that breaks no rule."""
    shutil.rmtree(tree, ignore_errors=True)
    for file in ("Makefile", ".clang-format", ".shellcheckrc", "tests/check-source.d/containment"):
        os.makedirs(os.path.dirname(os.path.join(tree, file)), exist_ok=True)
        shutil.copy(file, os.path.join(tree, file))
    write("ledger/base/text.h", "/* text.h */\n#pragma once\n\nint text(void);\n")
    write("ledger/base/text.c", '#include "ledger/base/text.h"\n\n#include <string.h>\n\nint text(void)\n{\n\treturn 0;\n}\n')
    write("ledger/payout/step.h", "#pragma once\n")
    write("ledger/books/post.h", '#pragma once\n\n#include "ledger/db/db.h"\n')
    write("ledger/verify/merkle.h", "#pragma once\n")
    write("ledger/payout/step.c", '#include "ledger/payout/step.h"\n\n#include "ledger/base/text.h"\n')
    write("ledger/payout/store.c", '#include "ledger/db/db.h"\n')
    write("ledger/db/db.h", "#pragma once\n")
    write("ledger/db/db.c", '#include "ledger/db/db.h"\n\n#include <libpq-fe.h>\n')
    write("bankapi/driver.h", "#pragma once\n")
    write("ops/tool", "#!/usr/bin/env bash\necho \"$1\"\n", 0o755)
    write("tests/fakebank/main.go", 'package main\n\nimport (\n\t"net/http"\n)\n')
    write("tests/fuzz/corpus/raw", b"\xff\x00 \r\n")
    write("ops/chitrad.conf", "[gate]\n# Where banks call.\n#listen = run/gate\n")
    write("build/bin/chitrad", "#!/bin/sh\necho gate listen\n", 0o755)
    os.makedirs(os.path.join(tree, "build/lib"))


def check():
    """The titles of the rules that are broken, and what was found."""
    done = subprocess.run([CHECK, "--root", tree], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    return re.findall(r"^not ok \d+ - (.*)$", done.stdout, re.M), done.stderr, done.returncode, done.stdout


def library(source):
    """build/lib/ledger-payout.a of one object."""
    write("build/x.c", source)
    where = os.path.join(tree, "build")
    subprocess.run(["gcc", "-c", "x.c", "-o", "x.o"], cwd=where, check=True)
    subprocess.run(["ar", "rc", "lib/ledger-payout.a", "x.o"], cwd=where, check=True)


lawful_tree()
library("int step(void); int step(void) { return 0; }\n")
broken, findings, status, output = check()
tap.ok(not broken and status == 0, "a lawful tree breaks no rule", broken, findings.splitlines())
tap.ok("SKIP" not in output, "... and every rule was tried", re.findall(r".*SKIP.*", output))

C = "ledger/payout/plan.c"
UNFINISHED = "TO" + "DO"
PLANTS = [
    ("nothing else at the top level", "lib/x", "x\n", "lib"),
    ("includes keep to the layers", C, '#include "bankapi/driver.h"\n', "plan.c:1"),
    ("includes keep to the layers", "bankapi/x.c", '#include "ledger/db/db.h"\n', "x.c:1"),
    ("includes keep to the layers", "ledger/books/x.c", '#include "ledger/payout/step.h"\n', "x.c:1"),
    ("includes keep to the layers", C, '#include "ledger/db/db.h"\n', "plan.c:1"),
    ("includes keep to the layers", C, '#include "ledger/books/post.h"\n', "is pure and may not include the store"),
    ("includes keep to the layers", "ledger/verify/x.c", '#include "ledger/base/text.h"\n', "x.c:1"),
    ("includes keep to the layers", "daemon/parse/x.c", '#include "ledger/db/db.h"\n', "x.c:1"),
    ("includes keep to the layers", "daemon/x.c", '#include "ledger/verify/merkle.h"\n', "x.c:1"),
    ("includes keep to the layers", "ledger/x.c", "int x;\n", "x.c:1"),
    ("includes are written from the top of the tree", "ledger/base/x.c", '#include "text.h"\n', "x.c:1"),
    ("a file includes its own header first", "ledger/base/text.c", '#include <string.h>\n#include "ledger/base/text.h"\n', "text.c:1"),
    ("libraries are included only where the containment table says", C, "#include <libpq-fe.h>\n", "plan.c:1"),
    ("libraries are included only where the containment table says", C, "#include <glib.h>\n", "plan.c:1: <glib.h> is not in"),
    ("functions are called only where the containment table says", "daemon/x.c", "int x = pthread_mutex_lock(0);\n", "x.c:1"),
    ("Go uses its standard library alone, and the oracle Debian's x/mod", "tests/fakebank/main.go", 'package main\n\nimport "github.com/x/y"\n', "github"),
    ("Go uses its standard library alone, and the oracle Debian's x/mod", "tests/fakebank/go.mod", "module x\n\nrequire a.b/c v1.0.0\n", "go.mod:3"),
    ("no file is longer than 600 lines", C, "\n".join(f"int x{i};" for i in range(601)) + "\n", "601 lines"),
    ("banned functions are not called", C, "int x = system(0);\n", "plan.c:1: system("),
    ("banned functions are not called", "tests/unit/x.c", "int x = sprintf(0);\n", "x.c:1"),
    ("only money.c touches the đồng in a struct vnd", C, "long x = y.dong;\n", "plan.c:1"),
    ("only money.c touches the đồng in a struct vnd", C, "long x = y->dong;\n", "plan.c:1"),
    ("text is UTF-8", "ops/x.md", b"d\xf4ng\n", "x.md:1"),
    ("text is UTF-8", "ops/x.md", b"a\r\n", "x.md:1"),
    ("no space at the end of a line, one end of line at the end of a file", "ops/x.md", "a \n", "x.md:1"),
    ("no space at the end of a line, one end of line at the end of a file", "ops/x.md", "a", "x.md"),
    ("nothing is left unfinished", C, f"/* {UNFINISHED}: later */\n", "plan.c:1"),
    ("nothing is left unfinished", C, "/* FIX" + "ME later */\n", "plan.c:1"),
    ("no path of this machine is in the tree", "ops/x.md", f"see {tree}/x\n", "x.md:1"),
    ("the flags of the law are on, and no pragma turns a warning off", "Makefile", "STORES := ledger/books/post.c\nCFLAGS = -O2\n", "-Wconversion"),
    ("the flags of the law are on, and no pragma turns a warning off", C, '#pragma GCC diagnostic ignored "-Wvla"\n', "plan.c:1"),
    ("C is formatted as .clang-format says", C, "int   x;\n", "plan.c:1"),
    ("shell scripts are shellcheck clean", "ops/tool", "#!/usr/bin/env bash\necho $1\n", "tool:2"),
    ("every option is documented in ops/chitrad.conf", "build/bin/chitrad", "#!/bin/sh\necho gate listen; echo gate lost\n", "gate.lost"),
    ("every option is documented in ops/chitrad.conf", "ops/chitrad.conf", "[gate]\nlisten = x\nfound = 1\n", "gate.found"),
]
for rule, path, content, wanted in PLANTS:
    lawful_tree()
    write(path, content, 0o755 if path.startswith(("build/bin", "ops/tool")) else 0o644)
    broken, findings, status, _ = check()
    what = content if isinstance(content, str) else repr(content)
    shown = what.strip().split("\n")[0][:50]
    tap.ok(broken == [rule] and wanted in findings and status != 0, f"{rule}: found in {path}: {shown}",
           f"broken: {broken}", findings.splitlines())

lawful_tree()
library("void *PQexec(void); void *step(void); void *step(void) { return PQexec(); }\n")
broken, findings, _, _ = check()
tap.ok(broken == ["pure libraries want no database, network or loop"] and "PQexec" in findings,
       "pure libraries want no database, network or loop: found in a built library", broken, findings.splitlines())

# What looks like a violation and is none.
lawful_tree()
write(C, '/* system("x") and y.dong */\nconst char *x = "strcpy(a)";\n')
write("tests/unit/x.c", "#include <libpq-fe.h>\n")
broken, findings, status, _ = check()
tap.ok(not broken, "comments and strings break no rule, and tests may include libraries", broken, findings.splitlines())

shutil.rmtree(scratch)
tap.done()
