-- How often what costs somebody else was done lately: mails, tries at a code, checkouts. Owners
-- are keyed digests: whom a counter is about cannot be read from the file alone.
CREATE TABLE quota(
  rule      TEXT NOT NULL,
  owner     BLOB NOT NULL,
  began_at  INTEGER NOT NULL,
  used      INTEGER NOT NULL,
  lapses_at INTEGER NOT NULL,
  CONSTRAINT quota_owner_length CHECK(length(owner) = 32),
  CONSTRAINT quota_was_used CHECK(used >= 0),
  CONSTRAINT quota_lapses_after_it_began CHECK(lapses_at > began_at),
  CONSTRAINT quota_one_window PRIMARY KEY(rule, owner)
) STRICT, WITHOUT ROWID;
CREATE INDEX quota_age ON quota(lapses_at);
