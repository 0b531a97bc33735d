-- Buying credits: customers, orders, and the payment provider's notices.
--
-- A pack's lot exists exactly for a paid order, and what was taken of an order follows from how
-- much of its money has gone back.

CREATE TABLE customer(
  account_id BLOB NOT NULL REFERENCES account(id),
  mode       TEXT NOT NULL,
  customer   TEXT NOT NULL,                -- the payment provider's id
  CONSTRAINT customer_mode_known CHECK(mode IN ('play', 'test', 'live')),
  CONSTRAINT customer_one_per_account PRIMARY KEY(account_id, mode)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX customer_of_one_account ON customer(mode, customer);

CREATE TABLE pack_order(
  id           BLOB PRIMARY KEY,
  account_id   BLOB NOT NULL REFERENCES account(id),
  mode         TEXT NOT NULL,
  pack         TEXT NOT NULL,              -- its terms as they were: the operator may change them
  credits      INTEGER NOT NULL,
  expires_days INTEGER,
  minor        INTEGER NOT NULL,           -- as shown, in smallest units
  currency     TEXT NOT NULL,
  return_to    TEXT,
  state        TEXT NOT NULL DEFAULT 'open',
  checkout     TEXT,                       -- the provider's purchase
  lapses_at    INTEGER,
  payment      TEXT,                       -- the provider's payment
  captured     INTEGER NOT NULL DEFAULT 0, -- in smallest units
  refunded     INTEGER NOT NULL DEFAULT 0, -- of them, in all so far
  receipt_url  TEXT,
  created_at   INTEGER NOT NULL,
  settled_at   INTEGER,
  CONSTRAINT order_id_length CHECK(length(id) = 16),
  CONSTRAINT order_mode_known CHECK(mode IN ('play', 'test', 'live')),
  CONSTRAINT order_credits_range CHECK(credits BETWEEN 1 AND 10000000),
  CONSTRAINT order_expiry_range CHECK(expires_days > 0),
  CONSTRAINT order_price_range CHECK(minor BETWEEN 1 AND 100000000000),
  CONSTRAINT order_state_known CHECK(state IN ('open', 'unpaid', 'paid', 'failed', 'expired')),
  CONSTRAINT order_named_once_confirmed CHECK(state NOT IN ('unpaid', 'paid') OR checkout IS NOT NULL),
  CONSTRAINT order_settled_when_over CHECK((state IN ('open', 'unpaid')) = (settled_at IS NULL)),
  CONSTRAINT order_money_once_paid CHECK(state = 'paid' OR captured = 0),
  CONSTRAINT order_captured_range CHECK(captured BETWEEN 0 AND 100000000000),
  CONSTRAINT order_refunded_range CHECK(refunded BETWEEN 0 AND captured)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX order_checkout_once ON pack_order(mode, checkout) WHERE checkout IS NOT NULL;
CREATE UNIQUE INDEX order_payment_once ON pack_order(mode, payment) WHERE payment IS NOT NULL;
CREATE INDEX order_of_account ON pack_order(account_id, id);
CREATE INDEX order_waiting ON pack_order(id) WHERE state IN ('open', 'unpaid');
CREATE TRIGGER order_permanent BEFORE DELETE ON pack_order BEGIN SELECT RAISE(ABORT, 'orders are permanent'); END;
CREATE TRIGGER order_terms_frozen BEFORE UPDATE OF id, account_id, mode, pack, credits, expires_days, minor, currency, return_to, created_at ON pack_order BEGIN
  SELECT RAISE(ABORT, 'an order''s terms are immutable');
END;
CREATE TRIGGER order_born_open BEFORE INSERT ON pack_order WHEN NEW.state <> 'open' BEGIN
  SELECT RAISE(ABORT, 'an order is born open');
END;
CREATE TRIGGER order_names_kept BEFORE UPDATE OF checkout, payment ON pack_order
  WHEN OLD.checkout <> NEW.checkout OR OLD.checkout IS NOT NULL AND NEW.checkout IS NULL
    OR OLD.state = 'paid' AND OLD.payment IS NOT NEW.payment BEGIN
  SELECT RAISE(ABORT, 'an order is for one checkout and one payment');
END;
CREATE TRIGGER order_moves_forward BEFORE UPDATE OF state ON pack_order WHEN NEW.state <> OLD.state BEGIN
  SELECT RAISE(ABORT, 'an order cannot move this way') WHERE OLD.state || '>' || NEW.state NOT IN (
    'open>unpaid', 'open>paid', 'open>failed', 'open>expired', 'unpaid>paid', 'unpaid>failed', 'unpaid>expired',
    'failed>paid', 'expired>paid');
END;
CREATE TRIGGER order_captured_frozen BEFORE UPDATE OF captured ON pack_order WHEN OLD.state = 'paid' AND NEW.captured <> OLD.captured BEGIN
  SELECT RAISE(ABORT, 'what was captured is captured');
END;

-- A pack is a lot of a paid order: the first one for its checkout, later ones for what came again.
ALTER TABLE lot ADD COLUMN order_id BLOB REFERENCES pack_order(id);
DROP TRIGGER lot_terms_frozen;
CREATE TRIGGER lot_terms_frozen BEFORE UPDATE OF id, account_id, kind, priority, granted, expires_at, source, order_id ON lot BEGIN
  SELECT RAISE(ABORT, 'lot terms are immutable');
END;
CREATE INDEX lot_of_order ON lot(order_id) WHERE order_id IS NOT NULL;
CREATE TRIGGER lot_pack_is_paid BEFORE INSERT ON lot WHEN NEW.kind = 'pack' OR NEW.order_id IS NOT NULL BEGIN
  SELECT RAISE(ABORT, 'a pack is of a paid order, in full or what came again') WHERE NEW.kind <> 'pack' OR NOT EXISTS(
    SELECT 1 FROM pack_order o WHERE o.id = NEW.order_id AND o.account_id = NEW.account_id AND o.state = 'paid'
      AND (NEW.source = 'pack:' || o.checkout AND NEW.granted = o.credits
        OR NEW.source GLOB 'again:*' AND NEW.granted <= o.credits));
END;

-- What was taken of an order: clawed back or made a debt, less what was forgiven or given again.
ALTER TABLE txn ADD COLUMN order_id BLOB REFERENCES pack_order(id);
CREATE INDEX txn_of_order ON txn(order_id) WHERE order_id IS NOT NULL;
CREATE INDEX txn_lost ON txn(account_id) WHERE kind IN ('expire', 'adjust_down', 'forfeit');
CREATE VIEW order_returned(order_id, taken, owed, target) AS
  SELECT o.id,
    coalesce((SELECT sum(CASE WHEN kind IN ('clawback', 'debt') THEN amount ELSE -amount END) FROM txn WHERE order_id = o.id), 0),
    coalesce((SELECT sum(CASE kind WHEN 'debt' THEN amount WHEN 'write_off' THEN -amount ELSE 0 END) FROM txn WHERE order_id = o.id), 0),
    CASE WHEN o.captured = 0 THEN 0 ELSE (o.credits * o.refunded + o.captured - 1) / o.captured END
  FROM pack_order o;
CREATE TRIGGER txn_follows_order BEFORE INSERT ON txn
  WHEN NEW.order_id IS NOT NULL OR NEW.kind IN ('clawback', 'debt', 'write_off') BEGIN
  SELECT RAISE(ABORT, 'only returned money is followed, and it is its own account''s') WHERE
    NEW.kind NOT IN ('clawback', 'debt', 'write_off', 'grant') OR NOT EXISTS(
      SELECT 1 FROM pack_order WHERE id = NEW.order_id AND account_id = NEW.account_id AND state = 'paid');
  SELECT RAISE(ABORT, 'no more is taken than went back') WHERE NEW.kind IN ('clawback', 'debt') AND EXISTS(
    SELECT 1 FROM order_returned WHERE order_id = NEW.order_id AND taken + NEW.amount > target);
  SELECT RAISE(ABORT, 'no more is given again than came again') WHERE NEW.kind IN ('write_off', 'grant') AND EXISTS(
    SELECT 1 FROM order_returned WHERE order_id = NEW.order_id AND taken - NEW.amount < target);
  SELECT RAISE(ABORT, 'only what the order gave is clawed back') WHERE NEW.kind = 'clawback' AND EXISTS(
    SELECT 1 FROM entry e JOIN lot l ON l.id = e.lot_id WHERE e.txn_id = NEW.id AND l.order_id IS NOT NEW.order_id);
END;
CREATE TRIGGER txn_gives_again BEFORE INSERT ON txn WHEN NEW.kind = 'grant' BEGIN
  SELECT RAISE(ABORT, 'what is given again follows its order') WHERE EXISTS(
    SELECT 1 FROM entry e JOIN lot l ON l.id = e.lot_id WHERE e.txn_id = NEW.id
      AND NEW.order_id IS NOT CASE WHEN l.source GLOB 'again:*' THEN l.order_id END);
END;

-- The inbox: every notice once, kept before it is acted on, marked with or after its effect.
CREATE TABLE delivery(
  n           INTEGER PRIMARY KEY,         -- order of coming in
  event       TEXT NOT NULL,               -- the provider's id
  kind        TEXT NOT NULL,
  topic       TEXT NOT NULL,
  object      TEXT,                        -- what to ask for
  customer    TEXT,
  api_version TEXT,
  live        INTEGER NOT NULL,
  created_at  INTEGER NOT NULL,            -- there
  received_at INTEGER NOT NULL,            -- here
  headers     TEXT NOT NULL,
  body        BLOB NOT NULL,
  state       TEXT NOT NULL DEFAULT 'pending',
  attempts    INTEGER NOT NULL DEFAULT 0,
  next_at     INTEGER,                     -- when somebody must look; the lease while somebody does
  last_error  TEXT,
  account_id  BLOB REFERENCES account(id), -- what it moved: lines first_seq to last_seq
  first_seq   INTEGER,
  last_seq    INTEGER,
  CONSTRAINT delivery_topic_known CHECK(topic IN ('checkout', 'payment', 'customer_gone', 'other')),
  CONSTRAINT delivery_object_named CHECK((topic = 'other') = (object IS NULL)),
  CONSTRAINT delivery_live_flag CHECK(live IN (0, 1)),
  CONSTRAINT delivery_body_bounded CHECK(length(body) <= 1048576),
  CONSTRAINT delivery_state_known CHECK(state IN ('pending', 'applied', 'ignored', 'parked', 'dead')),
  CONSTRAINT delivery_due_while_pending CHECK((state = 'pending') = (next_at IS NOT NULL)),
  CONSTRAINT delivery_effect_whole CHECK((account_id IS NULL) = (first_seq IS NULL) AND (first_seq IS NULL) = (last_seq IS NULL)
    AND (first_seq IS NULL OR first_seq <= last_seq))
) STRICT;
CREATE UNIQUE INDEX delivery_once ON delivery(event);
CREATE INDEX delivery_due ON delivery(next_at) WHERE state = 'pending';
CREATE INDEX delivery_of_customer ON delivery(customer, created_at, n) WHERE state = 'pending';
CREATE INDEX delivery_in_state ON delivery(state, n);
CREATE TRIGGER delivery_permanent BEFORE DELETE ON delivery BEGIN SELECT RAISE(ABORT, 'deliveries are permanent'); END;
CREATE TRIGGER delivery_born_pending BEFORE INSERT ON delivery WHEN NEW.state <> 'pending' OR NEW.first_seq IS NOT NULL BEGIN
  SELECT RAISE(ABORT, 'a delivery is born pending');
END;
CREATE TRIGGER delivery_facts_frozen BEFORE UPDATE OF n, event, kind, topic, object, customer, api_version, live, created_at, received_at, headers, body ON delivery BEGIN
  SELECT RAISE(ABORT, 'what was delivered is immutable');
END;
CREATE TRIGGER delivery_marked_once BEFORE UPDATE OF state ON delivery WHEN NEW.state <> OLD.state BEGIN
  SELECT RAISE(ABORT, 'a marked delivery only becomes pending again') WHERE OLD.state <> 'pending' AND NEW.state <> 'pending';
END;
CREATE TRIGGER delivery_effect_is_there BEFORE UPDATE OF account_id, first_seq, last_seq ON delivery
  WHEN NEW.first_seq IS NOT OLD.first_seq OR NEW.last_seq IS NOT OLD.last_seq OR NEW.account_id IS NOT OLD.account_id BEGIN
  SELECT RAISE(ABORT, 'what a delivery moved stays told') WHERE OLD.first_seq IS NOT NULL;
  SELECT RAISE(ABORT, 'a delivery is marked after its effect') WHERE NEW.state <> 'applied'
    OR (SELECT count(*) FROM txn WHERE account_id = NEW.account_id AND seq IN (NEW.first_seq, NEW.last_seq))
      <> 1 + (NEW.first_seq <> NEW.last_seq);
END;
