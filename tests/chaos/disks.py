"""Disks that can be full: each directory a small tmpfs in a mount namespace of our own, made smaller than what is on it.

Needs root or a user namespace. `enter` starts this program again inside one; None where neither is possible."""
import os
import shutil
import subprocess
import sys

MARK = "CHAOS_NAMESPACE"
SMALL = 1 << 30     # the archive of a round is 300 kB
LARGE = 6 << 30


def possible(words):
    return subprocess.run([*words, "sh", "-c", "mount -t tmpfs -o size=1m tmpfs /mnt"], capture_output=True, check=False).returncode == 0


def enter():
    """Does not return where it starts the program again."""
    if os.environ.get(MARK):
        return Disks() if os.environ[MARK] == "yes" else None
    for words in (["unshare", "--mount"], ["unshare", "--user", "--map-root-user", "--mount"]):
        if possible(words):
            os.environ[MARK] = "yes"
            os.execvp(words[0], [*words, sys.executable, *sys.argv])
    os.environ[MARK] = "no"
    return None


class Disks:
    def __init__(self):
        self.of = {}

    def mount(self, small, database):
        for path in [*small, database]:
            os.makedirs(path, mode=0o700, exist_ok=True)
            self.of[path] = LARGE if path == database else SMALL
            self._mount(path, "", self.of[path])

    @staticmethod
    def _mount(path, how, size, quiet=False):
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"{how}size={size},mode=700", "tmpfs", path], check=True, stderr=subprocess.DEVNULL if quiet else None)

    def fill(self, path):
        """No block is free any more. Who writes meanwhile has more than it would leave, and then it is not done: again."""
        for last in [False] * 50 + [True]:
            fs = os.statvfs(path)
            try:
                self._mount(path, "remount,", max(4096, (fs.f_blocks - fs.f_bfree) * fs.f_frsize), quiet=not last)
                return
            except subprocess.CalledProcessError:
                if last:
                    raise

    def free(self, path):
        self._mount(path, "remount,", self.of[path])

    def keep(self):
        """What lies on them goes to the disk below, because the namespace ends with the run."""
        if not os.environ.get("KEEP"):
            return
        for path in list(self.of):
            shutil.copytree(path, f"{path}.kept", symlinks=True, ignore=lambda d, names: [n for n in names if n.startswith(".s.PGSQL")])
            subprocess.run(["umount", path], check=True)
            os.rmdir(path)
            os.rename(f"{path}.kept", path)
            del self.of[path]

    def unmount(self):
        for path in list(self.of):
            subprocess.run(["umount", "-l", path], check=False)
            del self.of[path]
