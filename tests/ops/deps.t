#!/usr/bin/python3
"""ops/deps lists exactly what the programs link and what the scripts execute."""
import glob
import os
import re
import subprocess
import sys

sys.dont_write_bytecode = True
os.chdir(os.path.join(os.path.dirname(os.path.abspath(__file__)), "../.."))
sys.path.insert(0, "tests/lib")
import tap  # noqa: E402

PATH = "/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin"
PROGRAMS = ["chitrad", "chitra", "chitra-parse", "chitra-verify", "chitra-witness"]


def run(*command):
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout


rows = [line.split() for line in run("ops/deps", "list").splitlines()]
libraries = {word: package for _, package, *words in rows for word in words if word.endswith(".so")}
commands = {word: package for _, package, *words in rows for word in words if not word.endswith(".so") and word != "-"}

# ---- packages ----
tap.ok(len(rows) > 20, "the table is there")
tap.none([r for r in rows if r[0] not in ("run", "test") or len(r) < 3], "every row says for what, which package and why")
packages = [row[1] for row in rows]
tap.equal(sorted(packages), sorted(set(packages)), "no package is listed twice")

status = dict(
    line.split("\t")
    for line in run("dpkg-query", "--show", "--showformat=${Package}\t${Priority} ${Essential}\n").splitlines()
)
always_there = {p for p, words in status.items() if "required" in words or "yes" in words}


brought = {}
for listing in glob.glob("/var/lib/dpkg/info/*.list"):
    package = os.path.basename(listing).removesuffix(".list").split(":")[0]
    for line in open(listing, encoding="utf-8", errors="replace"):
        if "bin/" in line:
            brought.setdefault(line.rstrip("\n"), set()).add(package)


def owners(path):
    """The packages that bring a program, whichever of the two names of /usr/bin it was packed under."""
    names = {path, path.removeprefix("/usr"), "/usr" + path, os.path.realpath(path)} if path else set()
    return set().union(*(brought.get(name, set()) for name in names))


def found(command):
    for directory in PATH.split(":"):
        path = os.path.join(directory, command)
        if os.access(path, os.X_OK) and os.path.isfile(path):
            return path
    return None


wants = {
    line.split("\t")[0]: {w.strip().split(" ")[0].split(":")[0] for w in re.split(r"[,|]", line.split("\t", 1)[1]) if w.strip()}
    for line in run("dpkg-query", "--show", "--showformat=${Package}\t${Depends}, ${Pre-Depends}\n").splitlines()
}


def closure(package):
    """A package and what it cannot be installed without."""
    seen, ahead = set(), [package]
    while ahead:
        one = ahead.pop()
        if one not in seen:
            seen.add(one)
            ahead += wants.get(one, ())
    return seen


# ---- libraries: what the programs link ----
def needed(program):
    return {
        re.sub(r"(-2\.1)?\.so(\.[0-9.]+)?$", ".so", name)
        for name in re.findall(r"NEEDED.*\[(.*)\]", run("readelf", "-d", program))
    }


programs = [f"build/bin/{p}" for p in PROGRAMS if os.path.exists(f"build/bin/{p}")]
linked = set().union(*(needed(p) for p in programs)) if programs else set()
tap.none([f"{name} is linked by a program" for name in sorted(linked - set(libraries) - {"ld-linux-x86-64.so"})],
         "every library that a program links is in the table")
if len(programs) == len(PROGRAMS):
    tap.none([f"{name} ({libraries[name]})" for name in sorted(set(libraries) - linked - {"libc.so", "libm.so"})],
             "every library in the table is linked by a program")
else:
    tap.skip("every library in the table is linked by a program", "not all programs are built")

wrong = []
for name, package in libraries.items():
    stem = name.removesuffix(".so")
    found_there = [f for f in run("dpkg", "-L", package).splitlines() if re.search(rf"/{re.escape(stem)}\.(so|a)$", f)]
    if not found_there and not glob.glob(f"/usr/lib/*/{stem}.so"):
        wrong.append(f"{package} does not hold {stem}")
tap.none(wrong, "each library comes from the package beside it")

# ---- commands: what the scripts execute ----
wrong = []
for command, package in commands.items():
    path = found(command) or next(iter(glob.glob(f"/usr/lib/postgresql/*/bin/{command}")), None)
    if not owners(path) & closure(package):
        wrong.append(f"{command}: found {path} of {owners(path)}, not {package}'s")
tap.none(wrong, "each command comes from the package beside it")

scripts = [
    f for f in run("git", "ls-files", "--cached", "--others", "--exclude-standard").splitlines()
    if os.path.isfile(f) and (f == "Makefile" or open(f, "rb").read(80).startswith((b"#!/usr/bin/env bash", b"#!/bin/sh",
                                                        b"#!/bin/bash", b"# shellcheck shell=")))
]
COMMAND_POSITION = re.compile(
    r"(?:^|[|;&({`!]|\$\(|\b(?:then|do|else|if|elif|while|until|exec|env|command -v|runuser -u \S+ --))\s*"
    r"(?:[A-Z_]+=\S*\s+)*([a-z][a-z0-9_.+-]*)(?=\s|$|\))")
builtins = set(run("bash", "-c", "compgen -b; compgen -k").split())
used = {}
for script in scripts:
    text = open(script, encoding="utf-8").read()
    functions = set(re.findall(r"^\s*([a-z_][a-z0-9_]*)\s*\(\)", text, re.M))
    heredoc = None
    for number, line in enumerate(text.splitlines(), 1):
        if heredoc:
            if line.strip() == heredoc:
                heredoc = None
            continue
        start = re.search(r"<<-?\s*['\"]?([A-Z]+)['\"]?", line)
        if start:
            heredoc = start.group(1)
        if line.lstrip().startswith("#") or (script == "Makefile" and not line.startswith("\t")):
            continue
        for word in COMMAND_POSITION.findall(re.sub(r"'[^']*'", "''", line)):
            if word not in functions and word not in builtins:
                used.setdefault(word, f"{script}:{number}")

undeclared = []
for word, where in sorted(used.items()):
    path = found(word)
    if not path or word in commands:
        continue
    if owners(path) and not owners(path) & always_there:
        undeclared.append(f"{where}: {word} ({' or '.join(sorted(owners(path)))})")
tap.none(undeclared, "every command that a script executes is in the table, or on every Debian")

everything = "\n".join(open(f, encoding="utf-8", errors="replace").read() for f in
                       run("git", "ls-files", "--cached", "--others", "--exclude-standard").splitlines()
                       if os.path.isfile(f) and f != "ops/deps" and not f.endswith((".md", ".csv", ".c", ".h", ".sql", ".json")))
tap.none([f"{command} ({package})" for command, package in sorted(commands.items())
          if not re.search(rf"(?<![\w-]){re.escape(command)}(?![\w-])", everything)],
         "every command in the table is executed somewhere")

# ---- the script itself ----
here = subprocess.run(["ops/deps", "run"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
tap.equal(here.returncode, 0, "with everything installed it succeeds")
lines = here.stdout.splitlines()
tap.ok(len(lines) == 1 and lines[0].startswith("apt-get install "), "... and prints one apt line and does nothing", lines)
both = run("ops/deps", "test").split()
tap.none(sorted(set(here.stdout.split()) - set(both)), "what tests need includes what a run needs")
tap.equal(subprocess.run(["ops/deps", "everything"], stderr=subprocess.DEVNULL).returncode, 64, "another word is a wrong usage (64)")

# A machine without a package: a dpkg-query that knows one package less, and an apt-get that only tells.
import tempfile  # noqa: E402

with tempfile.TemporaryDirectory() as scratch:
    def fake(name, text):
        path = os.path.join(scratch, name)
        with open(path, "w") as out:
            out.write("#!/bin/bash\n" + text)
        os.chmod(path, 0o755)

    fake("dpkg-query", 'case "$*" in *libcsv-dev*) [ -f "$FAKE/installed" ] || exit 1;; esac; exec /usr/bin/dpkg-query "$@"\n')
    fake("apt-cache", 'echo "  Candidate: 1"\n')
    fake("apt-get", 'echo "$@" >>"$FAKE/calls"; touch "$FAKE/installed"\n')
    fake("sudo", 'echo sudo >>"$FAKE/calls"; exec "$@"\n')
    environment = dict(os.environ, PATH=scratch + ":" + PATH, FAKE=scratch)
    missing = subprocess.run(["ops/deps", "run"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment)
    calls = open(os.path.join(scratch, "calls")).read() if os.path.exists(os.path.join(scratch, "calls")) else ""
    tap.ok("missing: libcsv-dev" in missing.stdout, "a missing package is named", missing.stdout)
    tap.ok(missing.returncode == 0 and "install" in calls and "libcsv-dev" in calls, "... and the apt line is run", calls)
    tap.equal("sudo" in calls, os.getuid() != 0, "... with sudo exactly when we are not root")
    tap.ok("update" not in calls, "... without apt-get update when apt knows the package", calls)

tap.done()
