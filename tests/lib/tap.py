"""TAP for tests written in Python: put tests/lib on sys.path, `import tap`, end with `tap.done()`."""
import sys

_tested = 0
_failed = 0


def ok(condition, title, *explanation):
    """One rule. The explanation (lines, or one list of lines) is shown when it does not hold."""
    global _tested, _failed
    _tested += 1
    if condition:
        print(f"ok {_tested} - {title}", flush=True)
        return True
    _failed += 1
    print(f"not ok {_tested} - {title}", flush=True)
    for item in explanation:
        for line in item if isinstance(item, (list, tuple)) else [item]:
            print(f"#   {line}", file=sys.stderr)
    return False


def equal(got, wanted, title):
    return ok(got == wanted, title, f"     got: {got!r}", f"expected: {wanted!r}")


def none(findings, title):
    """The rule holds when there is nothing to show."""
    return ok(not findings, title, list(findings))


def skip(title, reason):
    global _tested
    _tested += 1
    print(f"ok {_tested} - {title} # SKIP {reason}", flush=True)


def skip_all(reason):
    print(f"1..0 # SKIP {reason}")
    sys.exit(0)


def done():
    print(f"1..{_tested}")
    sys.exit(1 if _failed or not _tested else 0)
