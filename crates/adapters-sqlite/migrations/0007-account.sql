-- What a key may spend. The numbers between the steps are free for others.

ALTER TABLE api_key ADD COLUMN cap INTEGER;  -- the most credits it may spend in a calendar month
CREATE TRIGGER api_key_cap_positive BEFORE INSERT ON api_key WHEN NEW.cap <= 0 BEGIN
  SELECT RAISE(ABORT, 'a cap is at least one credit');
END;
CREATE TRIGGER api_key_cap_frozen BEFORE UPDATE OF cap ON api_key BEGIN
  SELECT RAISE(ABORT, 'a key''s cap is immutable');
END;

-- What each key spent in each month, less what was refunded.
CREATE TABLE key_month(
  key_id BLOB NOT NULL REFERENCES api_key(id),
  month  INTEGER NOT NULL,                 -- the instant it began
  spent  INTEGER NOT NULL,
  CONSTRAINT key_month_not_negative CHECK(spent >= 0),
  CONSTRAINT key_month_once PRIMARY KEY(key_id, month)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER key_month_begins_within_cap BEFORE INSERT ON key_month BEGIN
  SELECT RAISE(ABORT, 'the key begins beyond its cap') WHERE NEW.spent > (SELECT cap FROM api_key WHERE id = NEW.key_id);
END;
CREATE TRIGGER key_month_stays_within_cap BEFORE UPDATE OF spent ON key_month BEGIN
  SELECT RAISE(ABORT, 'the key goes beyond its cap') WHERE NEW.spent > (SELECT cap FROM api_key WHERE id = NEW.key_id);
END;

-- Sessions remember when their person last typed a code; a challenge is good for one thing.
ALTER TABLE session ADD COLUMN proved_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE challenge ADD COLUMN purpose TEXT NOT NULL DEFAULT 'sign_in';
CREATE TRIGGER challenge_purpose_known BEFORE INSERT ON challenge WHEN NEW.purpose NOT IN ('sign_in', 'confirm', 'address') BEGIN
  SELECT RAISE(ABORT, 'a challenge is for signing in, confirming or a new address');
END;

-- The trail: who did what. It holds no address, prompt, title or secret, so it can stay for good.
CREATE TABLE deed(
  n          INTEGER PRIMARY KEY,
  account_id BLOB REFERENCES account(id),  -- none: nobody's yet
  name       TEXT NOT NULL,
  actor      TEXT NOT NULL,
  subject    BLOB,
  before     TEXT,
  after      TEXT,
  reason     TEXT,
  request_id TEXT,
  at         INTEGER NOT NULL
) STRICT;
CREATE INDEX deed_of_account ON deed(account_id, n);
CREATE TRIGGER deed_permanent BEFORE DELETE ON deed BEGIN SELECT RAISE(ABORT, 'deeds are permanent'); END;
CREATE TRIGGER deed_immutable BEFORE UPDATE ON deed BEGIN SELECT RAISE(ABORT, 'deeds are immutable'); END;

-- Addresses accounts had before; forgotten when they cannot be taken back any more.
CREATE TABLE former(
  token      BLOB PRIMARY KEY,             -- digest of the undo link's token
  account_id BLOB NOT NULL REFERENCES account(id),
  email      TEXT NOT NULL,
  canonical  TEXT NOT NULL,
  left_at    INTEGER NOT NULL,
  CONSTRAINT former_token_length CHECK(length(token) = 32)
) STRICT, WITHOUT ROWID;
CREATE INDEX former_of_account ON former(account_id);
CREATE INDEX former_by_address ON former(canonical);
CREATE INDEX former_age ON former(left_at);

-- Accounts that are left: a time until which a sign-in takes it back, then no way back.
ALTER TABLE account ADD COLUMN closes_at INTEGER;
ALTER TABLE account ADD COLUMN closing INTEGER NOT NULL DEFAULT 0;
CREATE INDEX account_leaving ON account(closes_at) WHERE closes_at IS NOT NULL AND status <> 'closed';
CREATE TRIGGER account_closing_for_good BEFORE UPDATE OF closes_at, closing ON account WHEN OLD.closing = 1 BEGIN
  SELECT RAISE(ABORT, 'an account that closes stays so');
END;
CREATE TRIGGER txn_spend_before_leaving BEFORE INSERT ON txn WHEN NEW.kind = 'spend' BEGIN
  SELECT RAISE(ABORT, 'an account that is left spends nothing') WHERE (SELECT closes_at FROM account WHERE id = NEW.account_id) IS NOT NULL;
END;

-- Objects that must leave the bucket: written with the commit that gives the picture up.
CREATE TABLE discard(
  render_id  BLOB PRIMARY KEY REFERENCES render(id),
  account_id BLOB NOT NULL REFERENCES account(id),
  at         INTEGER NOT NULL,
  cleared_at INTEGER                       -- when they were gone
) STRICT, WITHOUT ROWID;
CREATE INDEX discard_due ON discard(at) WHERE cleared_at IS NULL;
CREATE TRIGGER discard_permanent BEFORE DELETE ON discard BEGIN SELECT RAISE(ABORT, 'discards are permanent'); END;
CREATE TRIGGER discard_cleared_once BEFORE UPDATE ON discard WHEN OLD.cleared_at IS NOT NULL BEGIN
  SELECT RAISE(ABORT, 'a cleared discard is immutable');
END;
CREATE TRIGGER discard_of_ended_render BEFORE INSERT ON discard BEGIN
  SELECT RAISE(ABORT, 'only an ended render of the account is discarded') WHERE NOT EXISTS(
    SELECT 1 FROM render WHERE id = NEW.render_id AND account_id = NEW.account_id AND next_at IS NULL);
END;
CREATE TRIGGER image_leaves_a_discard BEFORE DELETE ON image BEGIN
  SELECT RAISE(ABORT, 'a picture goes with its discard') WHERE NOT EXISTS(SELECT 1 FROM discard WHERE render_id = OLD.render_id);
END;
CREATE INDEX image_trash_age ON image(trashed_at) WHERE trashed_at IS NOT NULL;
