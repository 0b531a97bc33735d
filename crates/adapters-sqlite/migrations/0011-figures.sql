-- What finished days came to, so that figures over months need not read months of rows.
--
-- A day's row stands while nothing was added to the day since it was marked: its figures are shown
-- only once `counted`. Whatever is added later, by a clock that went back, takes the row and its
-- figures away, and the day is counted anew. So figures are rows already counted plus days read
-- live, and no row is in both.
CREATE TABLE day(
  begins  INTEGER PRIMARY KEY,             -- midnight, UTC
  counted INTEGER NOT NULL DEFAULT 0,
  CONSTRAINT day_begins_at_midnight CHECK(begins % 86400000000 = 0),
  CONSTRAINT day_counted_flag CHECK(counted IN (0, 1))
) STRICT;
CREATE TABLE day_figure(
  begins  INTEGER NOT NULL REFERENCES day(begins) ON DELETE CASCADE,
  name    TEXT NOT NULL,
  subject TEXT NOT NULL,                   -- the model, for what is told by model
  value   INTEGER NOT NULL,
  CONSTRAINT day_figure_once PRIMARY KEY(begins, name, subject)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER txn_reopens_day AFTER INSERT ON txn BEGIN
  DELETE FROM day WHERE begins = NEW.at - NEW.at % 86400000000;
END;
CREATE TRIGGER render_reopens_day AFTER UPDATE OF ended_at ON render WHEN NEW.ended_at IS NOT NULL BEGIN
  DELETE FROM day WHERE begins = NEW.ended_at - NEW.ended_at % 86400000000;
END;

-- Everybody's lines of one kind, by time: a list of them, and a day's sum.
CREATE INDEX txn_of_kind ON txn(kind, at);
CREATE INDEX user_joined ON user(created_at);
-- What was paid when, with what went back of it since: read from the index alone.
CREATE INDEX order_paid ON pack_order(settled_at, mode, currency, captured, refunded) WHERE state = 'paid';
