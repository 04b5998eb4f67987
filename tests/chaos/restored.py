"""The database is lost in mid-round, and an earlier moment of it is all there is: a base backup, put back as a sysadmin does it.

Backed up when everything of the round is released and some of it has left; the rest waits for that, leaves, and a moment later the database is lost with
every commit since. In half of these rounds (`early`) it is backed up when the first group of batches is released: the other releases are lost too, and come back by
their manifests. Then as ops/README.md says: `chitra recover` with every sent journal, what officers did since is done again, `chitra recover --resume`."""
import json
import os
import shutil
import subprocess
import time

from world import BANKS, MOST, Broken, Down

AFTER = {"hold": "held", "unhold": "ready", "cancel": "cancelled"}
TRIES = 6


class Restored:
    def __init__(self, storm, early):
        self.s, self.w = storm, storm.w
        base = f"{self.w.dir}/pg/base"
        self.place = open(base, encoding="utf-8").read().strip() if os.path.exists(base) else f"{self.w.dir}/pg"
        self.backup, self.child, self.began, self.tries = f"{self.place}/backup", None, 0, 0
        self.over = False
        self.early, self.holds_back = early, early  # holds_back: what is released after the backup

    def when(self, question, then):
        try:
            answer = self.w.one(f"""select {question} from payout.payout_state s join payout.payout p on p.id = s.payout join payout.batch b on b.id = p.batch
                where {self.s.payouts}""")
        except Down:
            answer = "f"
        if answer == "t":
            then()
        else:
            self.s.at(self.s.now() + 0.03, self.when, question, then)

    def begin(self):
        if self.early:
            self.when("count(*) filter (where s.dispatch is not null) >= 10 and bool_or(b.state = 'approved')", self.back_up)
            return
        self.when("count(*) filter (where s.dispatch is not null) >= 30", self.pause)

    def pause(self):
        """Nothing can be released any more that the backup would lack."""
        self.s.officer("an", "pause", "all", "--reason", "thử", then=lambda ok, _: self.when("not bool_or(b.state = 'approved')", self.back_up) if ok
                       else self.s.at(self.s.now() + 0.1, self.pause))

    def back_up(self):
        shutil.rmtree(self.backup, ignore_errors=True)
        self.began = time.time_ns()
        self.child = subprocess.Popen(["pg_basebackup", "-D", self.backup, "-X", "stream", "-c", "fast", "--no-sync"], env=self.w.env, stdin=subprocess.DEVNULL,
                                      stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        self.s.at(self.s.now() + 0.1, self.backed_up)

    def backed_up(self):
        if self.child.poll() is None:
            self.s.at(self.s.now() + 0.05, self.backed_up)
            return
        said = self.child.stderr.read()
        self.child.stderr.close()
        if self.child.returncode == 0:
            self.holds_back = False
            if self.early:
                self.when("count(distinct p.batch) filter (where b.state = 'released') > 1", self.wait_and_lose)
                return
            self.s.resume("all")
            self.wait_and_lose()
            return
        self.tries += 1
        if self.tries == TRIES:
            raise Broken(f"pg_basebackup: {said}")
        self.s.at(self.s.now() + 0.1, self.back_up)

    def wait_and_lose(self):
        self.s.at(self.s.now() + self.s.rng.uniform(0.3, 1.2), self.lose)

    def lose(self):
        if self.s.typing or self.s.database:
            self.s.at(self.s.now() + 0.02, self.lose)
            return
        for process in self.w.duties.values():
            process.kill()
        self.w.psql.close()
        self.w.private_db("stop", f"{self.w.dir}/pg", "immediate")
        lost_at = time.time_ns()
        data = f"{self.place}/data"
        subprocess.run(["chown", "-R", f"--reference={data}", self.backup], check=True)
        shutil.rmtree(data)
        os.rename(self.backup, data)
        self.w.database_start()
        journals = [word for i in range(MOST["teller"]) if os.path.exists(f"{self.w.dir}/journal-{i}/sent.log")
                    for word in ("--journal", f"{self.w.dir}/journal-{i}")]
        said = self.w.tool(f"{self.w.bin}/chitra", "recover", "--json", *journals)
        self.w.log(f"recovered: {' '.join(said.split())}")
        for process in self.w.duties.values():
            if process.wanted:
                process.start()
        self.s.landed("pg.restored", {"from": self.began, "to": lost_at, "early": self.early, "released": json.loads(said)["batches_released"]})
        left = [str(row[0]) for row in self.w.sql(f"""select distinct p.batch from payout.payout_state s join payout.payout p on p.id = s.payout
            join payout.batch b on b.id = p.batch where {self.s.payouts} and b.state = 'approved' order by 1""")] if self.early else []
        self.again([(login, words) for t, login, words in self.s.typed if t >= self.began] +
                   [(login, ["release", *left]) for login in ("minh", "hoa") if left])

    def again(self, typed, tries=0):
        """What officers did and the backup lacks, by the same people in the same order; then money may leave again."""
        if not typed:
            self.w.tool(f"{self.w.bin}/chitra", "recover", "--resume")
            for what in ["all"] + [bank for bank in BANKS if bank != "beta" or not self.s.overnight]:   # the backup may have a pause that had ended since
                self.s.resume(what)
            self.over = True
            return
        (login, words), rest = typed[0], typed[1:]

        def then(ok, said):
            if ok or f" is {AFTER.get(words[0])}" in said:      # the backup, which takes a moment, may have it already
                self.again(rest)
            elif tries == 100:
                raise Broken(f"{login} cannot {' '.join(words)} again: {said}")
            else:
                self.s.at(self.s.now() + 0.2, self.again, typed, tries + 1)
        self.s.officer(login, *words, then=then)
