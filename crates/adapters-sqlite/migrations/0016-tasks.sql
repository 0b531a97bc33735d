-- Purchases that believe nothing foreign, and tasks for the operator.

-- What an order is proven by: the price and the customer it was opened for. Older orders have none.
ALTER TABLE pack_order ADD COLUMN price TEXT;
ALTER TABLE pack_order ADD COLUMN customer TEXT;
-- Why it failed.
ALTER TABLE pack_order ADD COLUMN reason TEXT CONSTRAINT order_reason_of_failed CHECK(reason IS NULL OR state = 'failed');
DROP TRIGGER order_terms_frozen;
CREATE TRIGGER order_terms_frozen BEFORE UPDATE OF id, account_id, mode, pack, credits, expires_days, minor, currency, price, customer, return_to, created_at ON pack_order BEGIN
  SELECT RAISE(ABORT, 'an order''s terms are immutable');
END;

-- Notices go one after the other per object, not per customer.
DROP INDEX delivery_of_customer;
CREATE INDEX delivery_of_object ON delivery(object, created_at, n) WHERE state = 'pending';

-- What only a person can settle. Made once per kind and subject.
CREATE TABLE task(
  id         BLOB PRIMARY KEY,
  kind       TEXT NOT NULL,
  account_id BLOB REFERENCES account(id),  -- none: nobody's
  subject    TEXT NOT NULL,                -- the object it is about
  says       TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  done_at    INTEGER,
  CONSTRAINT task_id_length CHECK(length(id) = 16),
  CONSTRAINT task_kind_known CHECK(kind IN ('paid_not_delivered', 'paid_twice')),
  CONSTRAINT task_subject_there CHECK(length(subject) BETWEEN 1 AND 300)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX task_once ON task(kind, subject);
CREATE INDEX task_to_do ON task(id) WHERE done_at IS NULL;
CREATE TRIGGER task_permanent BEFORE DELETE ON task BEGIN SELECT RAISE(ABORT, 'tasks are permanent'); END;
CREATE TRIGGER task_facts_frozen BEFORE UPDATE OF id, kind, account_id, subject, says, created_at ON task BEGIN
  SELECT RAISE(ABORT, 'what a task says is immutable');
END;
CREATE TRIGGER task_done_once BEFORE UPDATE OF done_at ON task WHEN OLD.done_at IS NOT NULL BEGIN
  SELECT RAISE(ABORT, 'a task is done once');
END;
