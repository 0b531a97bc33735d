-- The words of pictures as the application folds them, for prompts and for searches alike. A text of
-- words with one blank between: the tokenizer only cuts at blanks, and takes all above ASCII as it is.
-- The owner is a word of its own, so that a search meets nobody else's rows. The application fills
-- the table for pictures that are there already, in the same step.
DROP TABLE image_words;
CREATE VIRTUAL TABLE image_words USING fts5(
  owner, prompt, model, seed, content = '', contentless_delete = 1, prefix = '2 3', tokenize = 'ascii'
);

-- One row an account with renders in line: how many stand there, how many are at the provider, and
-- the oldest of those in line. The place in line is told from it without reading the line.
CREATE TABLE line(
  account_id BLOB PRIMARY KEY NOT NULL REFERENCES account(id),
  pending    INTEGER NOT NULL,
  live       INTEGER NOT NULL,
  first      BLOB NOT NULL,
  CONSTRAINT line_of_somebody CHECK(pending > 0),
  CONSTRAINT line_live_not_negative CHECK(live >= 0)
) STRICT, WITHOUT ROWID;
CREATE INDEX line_turns ON line(live, first);
CREATE INDEX render_in_line ON render(account_id, id) WHERE state = 'pending';
CREATE INDEX render_at_provider ON render(account_id) WHERE state IN ('submitting', 'unknown', 'waiting');
CREATE TRIGGER line_joined AFTER INSERT ON render WHEN NEW.state = 'pending' BEGIN
  INSERT INTO line(account_id, pending, live, first) VALUES(NEW.account_id, 1,
      (SELECT count(*) FROM render WHERE account_id = NEW.account_id AND state IN ('submitting', 'unknown', 'waiting')), NEW.id)
    ON CONFLICT DO UPDATE SET pending = pending + 1, first = min(first, NEW.id);
END;
CREATE TRIGGER line_left AFTER UPDATE OF state ON render WHEN OLD.state = 'pending' AND NEW.state <> 'pending' BEGIN
  DELETE FROM line WHERE account_id = NEW.account_id AND pending = 1;
  UPDATE line SET pending = pending - 1, live = live + (NEW.state IN ('submitting', 'unknown', 'waiting')),
      first = (SELECT min(id) FROM render WHERE account_id = NEW.account_id AND state = 'pending')
    WHERE account_id = NEW.account_id;
END;
CREATE TRIGGER line_joined_again AFTER UPDATE OF state ON render WHEN OLD.state <> 'pending' AND NEW.state = 'pending' BEGIN
  INSERT INTO line(account_id, pending, live, first) VALUES(NEW.account_id, 1,
      (SELECT count(*) FROM render WHERE account_id = NEW.account_id AND state IN ('submitting', 'unknown', 'waiting')), NEW.id)
    ON CONFLICT DO UPDATE SET pending = pending + 1, first = min(first, NEW.id),
      live = live - (OLD.state IN ('submitting', 'unknown', 'waiting'));
END;
CREATE TRIGGER line_moves AFTER UPDATE OF state ON render
  WHEN OLD.state <> 'pending' AND NEW.state <> 'pending'
    AND (OLD.state IN ('submitting', 'unknown', 'waiting')) <> (NEW.state IN ('submitting', 'unknown', 'waiting')) BEGIN
  UPDATE line SET live = live + CASE WHEN NEW.state IN ('submitting', 'unknown', 'waiting') THEN 1 ELSE -1 END
    WHERE account_id = NEW.account_id;
END;
INSERT INTO line(account_id, pending, live, first)
  SELECT account_id, count(*), (SELECT count(*) FROM render r WHERE r.account_id = p.account_id
      AND r.state IN ('submitting', 'unknown', 'waiting')), min(id)
  FROM render p WHERE state = 'pending' GROUP BY account_id;
