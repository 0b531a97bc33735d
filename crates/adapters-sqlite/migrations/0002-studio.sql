-- Generations, renders and pictures. A render is born paid and ends settled: no state of these
-- tables can hold a picture nobody paid for or a failure nobody got their credits back for.

CREATE TABLE folder(
  id         BLOB NOT NULL,
  account_id BLOB NOT NULL REFERENCES account(id),
  parent_id  BLOB,
  name       TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  CONSTRAINT folder_id_length CHECK(length(id) = 16),
  CONSTRAINT folder_not_in_itself CHECK(parent_id IS NULL OR parent_id <> id),
  PRIMARY KEY(account_id, id),
  FOREIGN KEY(account_id, parent_id) REFERENCES folder(account_id, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX folder_name_once ON folder(account_id, coalesce(parent_id, x''), name);
CREATE TRIGGER folder_identity_frozen BEFORE UPDATE OF id, account_id, created_at ON folder BEGIN
  SELECT RAISE(ABORT, 'a folder keeps its identity');
END;
CREATE TRIGGER folder_never_under_itself BEFORE UPDATE OF parent_id ON folder BEGIN
  SELECT RAISE(ABORT, 'a folder cannot lie under itself') WHERE NEW.id IN (
    WITH RECURSIVE above(id) AS (
      SELECT parent_id FROM folder WHERE account_id = NEW.account_id AND id = NEW.parent_id
      UNION SELECT f.parent_id FROM folder f JOIN above ON f.id = above.id WHERE f.account_id = NEW.account_id
    ) SELECT id FROM above WHERE id IS NOT NULL);
END;

CREATE TABLE generation(
  id         BLOB PRIMARY KEY,
  account_id BLOB NOT NULL REFERENCES account(id),
  prompt     TEXT NOT NULL,
  negative   TEXT,
  model      TEXT NOT NULL,
  size       TEXT NOT NULL,
  seed       INTEGER NOT NULL,             -- the bits of a u64
  count      INTEGER NOT NULL,
  folder_id  BLOB,                         -- where its pictures land; checked again when they do
  created_at INTEGER NOT NULL,
  CONSTRAINT generation_id_length CHECK(length(id) = 16),
  CONSTRAINT generation_count_range CHECK(count BETWEEN 1 AND 4)
) STRICT, WITHOUT ROWID;
CREATE INDEX generation_of_account ON generation(account_id, id);
CREATE TRIGGER generation_terms_frozen BEFORE UPDATE OF id, account_id, model, size, seed, count, created_at ON generation BEGIN
  SELECT RAISE(ABORT, 'a generation''s terms are immutable');
END;

CREATE TABLE render(
  id               BLOB PRIMARY KEY,
  generation_id    BLOB NOT NULL REFERENCES generation(id),
  account_id       BLOB NOT NULL REFERENCES account(id),
  idx              INTEGER NOT NULL,
  charge_id        BLOB NOT NULL REFERENCES charge(id),
  seed             INTEGER NOT NULL,       -- the bits of a u64
  state            TEXT NOT NULL,
  attempt          INTEGER NOT NULL DEFAULT 0,
  request_id       TEXT,
  next_at          INTEGER,                -- the outbox: when somebody must look at this row
  deadline         INTEGER NOT NULL,
  cancel_requested INTEGER NOT NULL DEFAULT 0,
  error            TEXT,
  cost_micros      INTEGER,
  created_at       INTEGER NOT NULL,
  begun_at         INTEGER,
  submitted_at     INTEGER,
  ended_at         INTEGER,
  CONSTRAINT render_id_length CHECK(length(id) = 16),
  CONSTRAINT render_index_range CHECK(idx BETWEEN 0 AND 3),
  CONSTRAINT render_state_known CHECK(state IN ('pending', 'submitting', 'unknown', 'waiting', 'storing', 'stored', 'failed', 'filtered', 'cancelled')),
  CONSTRAINT render_due_until_final CHECK((state IN ('stored', 'failed', 'filtered', 'cancelled')) = (next_at IS NULL)),
  CONSTRAINT render_ended_when_final CHECK((next_at IS NULL) = (ended_at IS NOT NULL)),
  CONSTRAINT render_named_at_provider CHECK(state NOT IN ('waiting', 'storing', 'stored') OR request_id IS NOT NULL),
  CONSTRAINT render_cancel_flag CHECK(cancel_requested IN (0, 1)),
  CONSTRAINT render_cost_not_negative CHECK(cost_micros >= 0)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX render_place_once ON render(generation_id, idx);
CREATE UNIQUE INDEX render_charge_once ON render(charge_id);
CREATE INDEX render_pending ON render(deadline, account_id, id, next_at) WHERE state = 'pending';
CREATE INDEX render_due ON render(next_at) WHERE state IN ('submitting', 'unknown', 'waiting', 'storing');
CREATE INDEX render_live ON render(begun_at, account_id) WHERE state IN ('submitting', 'unknown', 'waiting');
CREATE TRIGGER render_permanent BEFORE DELETE ON render BEGIN SELECT RAISE(ABORT, 'renders are permanent'); END;
CREATE TRIGGER render_terms_frozen BEFORE UPDATE OF id, generation_id, account_id, idx, charge_id, seed, deadline, created_at ON render BEGIN
  SELECT RAISE(ABORT, 'a render''s terms are immutable');
END;
CREATE TRIGGER render_born_paid BEFORE INSERT ON render BEGIN
  SELECT RAISE(ABORT, 'a render is born pending, on a paid charge of its account') WHERE NEW.state <> 'pending' OR NOT EXISTS(
    SELECT 1 FROM charge c WHERE c.id = NEW.charge_id AND c.account_id = NEW.account_id AND c.state = 'open'
      AND (c.price = 0 OR EXISTS(SELECT 1 FROM txn WHERE charge_id = c.id AND kind = 'spend')));
  SELECT RAISE(ABORT, 'a render belongs to a generation of its account') WHERE NOT EXISTS(
    SELECT 1 FROM generation WHERE id = NEW.generation_id AND account_id = NEW.account_id AND NEW.idx < count);
END;
CREATE TRIGGER render_moves_forward BEFORE UPDATE OF state ON render WHEN NEW.state <> OLD.state BEGIN
  SELECT RAISE(ABORT, 'a render cannot move this way') WHERE OLD.state || '>' || NEW.state NOT IN (
    'pending>submitting', 'pending>failed', 'pending>filtered', 'pending>cancelled',
    'submitting>pending', 'submitting>unknown', 'submitting>waiting', 'submitting>failed', 'submitting>filtered', 'submitting>cancelled',
    'unknown>waiting', 'unknown>failed', 'unknown>filtered', 'unknown>cancelled',
    'waiting>storing', 'waiting>stored', 'waiting>failed', 'waiting>filtered', 'waiting>cancelled',
    'storing>stored', 'storing>failed', 'storing>filtered', 'storing>cancelled');
END;
CREATE TRIGGER render_ends_settled BEFORE UPDATE OF state ON render WHEN NEW.state <> OLD.state BEGIN
  SELECT RAISE(ABORT, 'a stored render keeps its charge') WHERE NEW.state = 'stored'
    AND (SELECT state FROM charge WHERE id = NEW.charge_id) <> 'kept';
  SELECT RAISE(ABORT, 'a render that ends without a picture is refunded') WHERE NEW.state IN ('failed', 'filtered', 'cancelled')
    AND (SELECT state FROM charge WHERE id = NEW.charge_id) <> 'refunded';
END;
CREATE TRIGGER render_ending_frozen BEFORE UPDATE ON render WHEN OLD.next_at IS NULL BEGIN
  SELECT RAISE(ABORT, 'an ended render is immutable');
END;

CREATE TABLE image(
  n             INTEGER PRIMARY KEY,       -- order of storing: pages and search go by it
  id            BLOB NOT NULL,
  account_id    BLOB NOT NULL REFERENCES account(id),
  render_id     BLOB NOT NULL REFERENCES render(id),
  generation_id BLOB NOT NULL REFERENCES generation(id),
  model         TEXT NOT NULL,
  seed          INTEGER NOT NULL,
  width         INTEGER NOT NULL,
  height        INTEGER NOT NULL,
  bytes         INTEGER NOT NULL,
  media_type    TEXT NOT NULL,
  thumbhash     BLOB NOT NULL,
  liked         INTEGER NOT NULL DEFAULT 0,
  folder_id     BLOB,
  trashed_at    INTEGER,
  created_at    INTEGER NOT NULL,
  CONSTRAINT image_id_length CHECK(length(id) = 16),
  CONSTRAINT image_has_pixels CHECK(width > 0 AND height > 0 AND bytes > 0),
  CONSTRAINT image_media_type_known CHECK(media_type IN ('image/jpeg', 'image/png', 'image/webp')),
  CONSTRAINT image_liked_flag CHECK(liked IN (0, 1)),
  FOREIGN KEY(account_id, folder_id) REFERENCES folder(account_id, id)
) STRICT;
CREATE UNIQUE INDEX image_known_by_id ON image(id);
CREATE UNIQUE INDEX image_one_per_render ON image(render_id);
CREATE INDEX image_shown ON image(account_id, n) WHERE trashed_at IS NULL;
CREATE INDEX image_liked ON image(account_id, n) WHERE liked = 1 AND trashed_at IS NULL;
CREATE INDEX image_filed ON image(account_id, folder_id, n) WHERE folder_id IS NOT NULL;
CREATE INDEX image_by_model ON image(account_id, model, n) WHERE trashed_at IS NULL;
CREATE INDEX image_trashed ON image(account_id, n) WHERE trashed_at IS NOT NULL;
CREATE TRIGGER image_of_stored_render BEFORE INSERT ON image BEGIN
  SELECT RAISE(ABORT, 'a picture belongs to a stored render of its account') WHERE NOT EXISTS(
    SELECT 1 FROM render WHERE id = NEW.render_id AND account_id = NEW.account_id
      AND generation_id = NEW.generation_id AND state = 'stored');
END;
CREATE TRIGGER image_facts_frozen BEFORE UPDATE OF n, id, account_id, render_id, generation_id, model, seed, width, height, bytes, media_type, created_at ON image BEGIN
  SELECT RAISE(ABORT, 'what was stored is immutable');
END;

-- The owner is a word of its own, so that a search meets nobody else's rows.
CREATE VIRTUAL TABLE image_words USING fts5(
  owner, prompt, content = '', contentless_delete = 1, prefix = '2 3', tokenize = "unicode61 remove_diacritics 0"
);

-- What changed, never what it is now. n grows for ever; it is the Last-Event-ID.
CREATE TABLE event(
  n          INTEGER PRIMARY KEY,
  account_id BLOB NOT NULL REFERENCES account(id),
  name       TEXT NOT NULL,
  subject    BLOB NOT NULL,
  at         INTEGER NOT NULL,
  CONSTRAINT event_name_known CHECK(name IN ('render.changed', 'balance.changed'))
) STRICT;
CREATE INDEX event_of_account ON event(account_id, n);
CREATE TRIGGER event_newest_stays BEFORE DELETE ON event WHEN OLD.n = (SELECT max(n) FROM event) BEGIN
  SELECT RAISE(ABORT, 'the newest event keeps the numbering going');
END;
