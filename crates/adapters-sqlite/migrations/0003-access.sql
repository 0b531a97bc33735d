-- Who may act, and which requests were answered before. Secrets are here as digests only.

CREATE TABLE api_key(
  id           BLOB PRIMARY KEY,
  account_id   BLOB NOT NULL REFERENCES account(id),
  name         TEXT NOT NULL,
  secret_hash  BLOB NOT NULL,
  last4        TEXT NOT NULL,
  scopes       TEXT NOT NULL,              -- words separated by spaces
  expires_at   INTEGER,
  last_used_at INTEGER,
  revoked_at   INTEGER,
  created_at   INTEGER NOT NULL,
  CONSTRAINT api_key_id_length CHECK(length(id) = 16),
  CONSTRAINT api_key_hash_length CHECK(length(secret_hash) = 32)
) STRICT, WITHOUT ROWID;
CREATE INDEX api_key_of_account ON api_key(account_id, id);
CREATE TRIGGER api_key_revoked_for_good BEFORE UPDATE OF revoked_at ON api_key WHEN OLD.revoked_at IS NOT NULL BEGIN
  SELECT RAISE(ABORT, 'a revoked key stays revoked');
END;
CREATE TRIGGER api_key_terms_frozen BEFORE UPDATE OF id, account_id, secret_hash, scopes, expires_at ON api_key BEGIN
  SELECT RAISE(ABORT, 'a key''s terms are immutable');
END;

CREATE TABLE session(
  id         BLOB PRIMARY KEY,
  hash       BLOB NOT NULL,
  account_id BLOB NOT NULL REFERENCES account(id),
  user_id    BLOB NOT NULL REFERENCES user(id),
  device     TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  seen_at    INTEGER NOT NULL,
  ended_at   INTEGER,
  CONSTRAINT session_id_length CHECK(length(id) = 16),
  CONSTRAINT session_hash_length CHECK(length(hash) = 32)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX session_known_by_hash ON session(hash);
CREATE INDEX session_of_account ON session(account_id, id);
CREATE TRIGGER session_identity_frozen BEFORE UPDATE OF id, hash, account_id, user_id, created_at ON session BEGIN
  SELECT RAISE(ABORT, 'a session keeps its identity');
END;
CREATE TRIGGER session_ended_for_good BEFORE UPDATE OF ended_at ON session WHEN OLD.ended_at IS NOT NULL BEGIN
  SELECT RAISE(ABORT, 'an ended session stays ended');
END;

CREATE TABLE challenge(
  id          BLOB PRIMARY KEY,
  email       TEXT NOT NULL,
  canonical   TEXT NOT NULL,
  code        BLOB NOT NULL,
  link        BLOB NOT NULL,
  browser     BLOB,                        -- none: made by the operator, for any browser
  return_to   TEXT NOT NULL,
  attempts    INTEGER NOT NULL DEFAULT 0,
  created_at  INTEGER NOT NULL,
  consumed_at INTEGER,
  CONSTRAINT challenge_id_length CHECK(length(id) = 16),
  CONSTRAINT challenge_digest_lengths CHECK(length(code) = 32 AND length(link) = 32 AND length(browser) = 32),
  CONSTRAINT challenge_attempts_range CHECK(attempts BETWEEN 0 AND 5)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX challenge_one_per_address ON challenge(canonical);
CREATE INDEX challenge_age ON challenge(created_at);
CREATE TRIGGER challenge_answered_once BEFORE UPDATE ON challenge WHEN OLD.consumed_at IS NOT NULL BEGIN
  SELECT RAISE(ABORT, 'an answered challenge is immutable');
END;

-- A caller's key and the receipt it stands for: the same key with the same body answers it again.
CREATE TABLE idempotency(
  account_id BLOB NOT NULL REFERENCES account(id),
  key        TEXT NOT NULL,
  body_hash  BLOB NOT NULL,
  subject    BLOB,
  balance    INTEGER NOT NULL,
  at         INTEGER NOT NULL,
  CONSTRAINT idempotency_hash_length CHECK(length(body_hash) = 32),
  CONSTRAINT idempotency_key_once PRIMARY KEY(account_id, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX idempotency_age ON idempotency(at);
CREATE TRIGGER idempotency_immutable BEFORE UPDATE ON idempotency BEGIN
  SELECT RAISE(ABORT, 'an answer that was given stays given');
END;
