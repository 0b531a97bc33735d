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
