-- Clocks that disagree. An account's own clock only orders its journal; what lives and which month
-- it is are judged by the time a txn was decided by.

ALTER TABLE txn ADD COLUMN decided_at INTEGER; -- when the account's clock was ahead of it; else it is the same as at
CREATE TRIGGER txn_decided_behind_account BEFORE INSERT ON txn WHEN NEW.decided_at IS NOT NULL BEGIN
  SELECT RAISE(ABORT, 'only an account whose clock is ahead is decided by another') WHERE NEW.decided_at >= NEW.at OR NOT EXISTS(
    SELECT 1 FROM account WHERE id = NEW.account_id AND last_at = NEW.at);
END;
DROP TRIGGER txn_entries_belong;
CREATE TRIGGER txn_entries_belong BEFORE INSERT ON txn BEGIN
  SELECT RAISE(ABORT, 'an entry has the wrong account or sign, or its lot''s life forbids it') WHERE EXISTS(
    SELECT 1 FROM entry e JOIN lot l ON l.id = e.lot_id WHERE e.txn_id = NEW.id AND (
      l.account_id <> NEW.account_id
      OR (e.delta > 0) <> (NEW.kind IN ('grant', 'refund'))
      OR (NEW.kind IN ('spend', 'repay', 'refund') AND l.expires_at <= coalesce(NEW.decided_at, NEW.at))
      OR (NEW.kind = 'expire' AND l.expires_at > coalesce(NEW.decided_at, NEW.at))
      -- The key is the lot's source, and both are unique: a lot is filled once, and to the brim.
      OR (NEW.kind = 'grant' AND (e.lot_after <> l.granted OR l.source <> NEW.key))));
END;

-- A deadline is a span of time. It moves along when the clock is set, with all of the schedule;
-- otherwise it only comes nearer.
DROP TRIGGER render_terms_frozen;
CREATE TRIGGER render_terms_frozen BEFORE UPDATE OF id, generation_id, account_id, idx, charge_id, seed, created_at ON render BEGIN
  SELECT RAISE(ABORT, 'a render''s terms are immutable');
END;
CREATE TRIGGER render_deadline_moves_along BEFORE UPDATE OF deadline ON render BEGIN
  SELECT RAISE(ABORT, 'a deadline is put off only together with its schedule')
    WHERE NEW.deadline > OLD.deadline AND NEW.deadline - OLD.deadline IS NOT NEW.next_at - OLD.next_at;
END;

-- What the last server believed of the clock: one row.
CREATE TABLE clock(
  id         INTEGER PRIMARY KEY,
  seen_at    INTEGER NOT NULL,            -- the newest time it was sure of
  doubted_at INTEGER,                     -- since when it doubts the wall clock, by that clock
  ahead      INTEGER,                     -- how far that is ahead, in microseconds
  accepted   INTEGER NOT NULL DEFAULT 0,  -- how often an operator said that it is right
  CONSTRAINT clock_is_one CHECK(id = 1),
  CONSTRAINT clock_doubt_whole CHECK((doubted_at IS NULL) = (ahead IS NULL))
) STRICT;
