-- The books: accounts own lots; a txn seals the entries that move lots; a charge is one paid unit.
--
-- Every rule of the domain's till stands here once more, so that no program, script or person with
-- an SQL prompt can break the books. Each guard has a name and a test that shows what it stops.
-- Instants are microseconds since 1970 in UTC; identifiers are 16 bytes.
-- Connections need foreign_keys=ON and recursive_triggers=ON (REPLACE must fire delete triggers).

CREATE TABLE account(
  id         BLOB PRIMARY KEY,
  status     TEXT NOT NULL,
  balance    INTEGER NOT NULL DEFAULT 0,   -- sum of its lots' remainders = balance_after of its last txn
  debt       INTEGER NOT NULL DEFAULT 0,   -- debt_after of its last txn
  seq        INTEGER NOT NULL DEFAULT 0,   -- seq of its last txn
  last_at    INTEGER NOT NULL,             -- time of its last txn
  created_at INTEGER NOT NULL,
  CONSTRAINT account_id_length CHECK(length(id) = 16),
  CONSTRAINT account_status_known CHECK(status IN ('open', 'frozen', 'closed')),
  CONSTRAINT account_balance_not_negative CHECK(balance >= 0),
  CONSTRAINT account_debt_not_negative CHECK(debt >= 0),
  CONSTRAINT account_closed_is_empty CHECK(status <> 'closed' OR balance = 0)
) STRICT, WITHOUT ROWID;

CREATE TABLE user(
  id         BLOB PRIMARY KEY,
  account_id BLOB NOT NULL REFERENCES account(id),
  email      TEXT NOT NULL,                -- as typed
  canonical  TEXT NOT NULL,                -- as compared
  role       TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  CONSTRAINT user_id_length CHECK(length(id) = 16),
  CONSTRAINT user_role_known CHECK(role IN ('member', 'admin'))
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX user_one_per_address ON user(canonical);
CREATE UNIQUE INDEX user_one_per_account ON user(account_id);
CREATE TRIGGER user_identity_frozen BEFORE UPDATE OF id, account_id, created_at ON user BEGIN
  SELECT RAISE(ABORT, 'a user keeps their identity');
END;

CREATE TABLE lot(
  id         BLOB PRIMARY KEY,
  account_id BLOB NOT NULL REFERENCES account(id),
  kind       TEXT NOT NULL,
  priority   INTEGER NOT NULL,
  granted    INTEGER NOT NULL,
  remaining  INTEGER NOT NULL DEFAULT 0,
  expires_at INTEGER NOT NULL,
  source     TEXT NOT NULL,                -- the fact it was granted for: 'bonus:signup', 'pack:pi_..', 'refund:<charge>'
  CONSTRAINT lot_id_length CHECK(length(id) = 16),
  CONSTRAINT lot_kind_known CHECK(kind IN ('period', 'rollover', 'pack', 'promo', 'admin', 'refund')),
  CONSTRAINT lot_priority_range CHECK(priority BETWEEN 0 AND 255),
  CONSTRAINT lot_granted_something CHECK(granted > 0),
  CONSTRAINT lot_remaining_range CHECK(remaining BETWEEN 0 AND granted)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX lot_one_per_source ON lot(account_id, source);
CREATE INDEX lot_burn ON lot(account_id, priority, expires_at, id) WHERE remaining > 0;
CREATE INDEX lot_due ON lot(expires_at, account_id) WHERE remaining > 0;

CREATE TABLE charge(
  id         BLOB PRIMARY KEY,
  account_id BLOB NOT NULL REFERENCES account(id),
  action     TEXT NOT NULL,
  price      INTEGER NOT NULL,
  state      TEXT NOT NULL DEFAULT 'open',
  CONSTRAINT charge_id_length CHECK(length(id) = 16),
  CONSTRAINT charge_price_not_negative CHECK(price >= 0),
  CONSTRAINT charge_state_known CHECK(state IN ('open', 'kept', 'refunded'))
) STRICT, WITHOUT ROWID;

CREATE TABLE txn(
  id            INTEGER PRIMARY KEY,       -- commit order over all accounts
  account_id    BLOB NOT NULL REFERENCES account(id),
  seq           INTEGER NOT NULL,
  kind          TEXT NOT NULL,
  amount        INTEGER NOT NULL,
  balance_after INTEGER NOT NULL,
  debt_after    INTEGER NOT NULL,
  charge_id     BLOB REFERENCES charge(id),
  key           TEXT,                      -- the fact it happens for; spends and refunds have their charge instead
  actor         TEXT NOT NULL,
  reason        TEXT,
  at            INTEGER NOT NULL,
  CONSTRAINT txn_kind_known CHECK(kind IN ('grant', 'refund', 'spend', 'expire', 'clawback', 'adjust_down', 'forfeit', 'debt', 'repay', 'write_off')),
  CONSTRAINT txn_amount_positive CHECK(amount > 0),
  CONSTRAINT txn_balance_not_negative CHECK(balance_after >= 0),
  CONSTRAINT txn_debt_not_negative CHECK(debt_after >= 0),
  CONSTRAINT txn_charge_exactly_for_spend_and_refund CHECK((kind IN ('spend', 'refund')) = (charge_id IS NOT NULL)),
  CONSTRAINT txn_charge_or_key CHECK((charge_id IS NULL) = (key IS NOT NULL)),
  CONSTRAINT txn_reason_given CHECK(kind NOT IN ('adjust_down', 'write_off', 'forfeit') OR (reason IS NOT NULL AND trim(reason) <> ''))
) STRICT;
CREATE UNIQUE INDEX txn_seq_once ON txn(account_id, seq);
CREATE UNIQUE INDEX txn_key_once ON txn(account_id, key) WHERE key IS NOT NULL;
CREATE UNIQUE INDEX txn_one_spend_one_refund ON txn(charge_id, kind) WHERE charge_id IS NOT NULL;

-- Written before their txn, which seals them: an entry whose txn never comes cannot commit.
CREATE TABLE entry(
  txn_id    INTEGER NOT NULL REFERENCES txn(id) DEFERRABLE INITIALLY DEFERRED,
  lot_id    BLOB NOT NULL REFERENCES lot(id),
  delta     INTEGER NOT NULL,
  lot_after INTEGER NOT NULL,
  CONSTRAINT entry_moves_something CHECK(delta <> 0),
  CONSTRAINT entry_lot_not_negative CHECK(lot_after >= 0),
  CONSTRAINT entry_lot_once PRIMARY KEY(txn_id, lot_id)
) STRICT, WITHOUT ROWID;

-- Nothing in the books is ever taken out.
CREATE TRIGGER account_permanent BEFORE DELETE ON account BEGIN SELECT RAISE(ABORT, 'accounts are permanent'); END;
CREATE TRIGGER lot_permanent BEFORE DELETE ON lot BEGIN SELECT RAISE(ABORT, 'lots are permanent'); END;
CREATE TRIGGER charge_permanent BEFORE DELETE ON charge BEGIN SELECT RAISE(ABORT, 'charges are permanent'); END;
CREATE TRIGGER txn_permanent BEFORE DELETE ON txn BEGIN SELECT RAISE(ABORT, 'txns are permanent'); END;
CREATE TRIGGER entry_permanent BEFORE DELETE ON entry BEGIN SELECT RAISE(ABORT, 'entries are permanent'); END;
CREATE TRIGGER txn_immutable BEFORE UPDATE ON txn BEGIN SELECT RAISE(ABORT, 'txns are immutable'); END;
CREATE TRIGGER entry_immutable BEFORE UPDATE ON entry BEGIN SELECT RAISE(ABORT, 'entries are immutable'); END;

-- Terms never change; only what an entry, a txn or a settlement moves does.
CREATE TRIGGER lot_terms_frozen BEFORE UPDATE OF id, account_id, kind, priority, granted, expires_at, source ON lot BEGIN
  SELECT RAISE(ABORT, 'lot terms are immutable');
END;
CREATE TRIGGER charge_terms_frozen BEFORE UPDATE OF id, account_id, action, price ON charge BEGIN
  SELECT RAISE(ABORT, 'charge terms are immutable');
END;
CREATE TRIGGER account_identity_frozen BEFORE UPDATE OF id, created_at ON account BEGIN
  SELECT RAISE(ABORT, 'an account keeps its identity');
END;
CREATE TRIGGER lot_born_empty BEFORE INSERT ON lot WHEN NEW.remaining <> 0 BEGIN
  SELECT RAISE(ABORT, 'a lot is born empty; its grant fills it');
END;
CREATE TRIGGER account_born_empty BEFORE INSERT ON account WHEN NEW.balance <> 0 OR NEW.debt <> 0 OR NEW.seq <> 0 BEGIN
  SELECT RAISE(ABORT, 'an account is born empty');
END;
CREATE TRIGGER charge_born_open BEFORE INSERT ON charge WHEN NEW.state <> 'open' BEGIN
  SELECT RAISE(ABORT, 'a charge is born open');
END;

-- An entry belongs to the txn that comes next, fits its lot, and moves it.
CREATE TRIGGER entry_fits BEFORE INSERT ON entry BEGIN
  SELECT RAISE(ABORT, 'not the open txn') WHERE NEW.txn_id <> coalesce((SELECT max(id) FROM txn), 0) + 1;
  SELECT RAISE(ABORT, 'the entry does not fit its lot') WHERE NOT EXISTS(
    SELECT 1 FROM lot WHERE id = NEW.lot_id AND remaining + NEW.delta = NEW.lot_after);
END;
CREATE TRIGGER entry_moves_lot AFTER INSERT ON entry BEGIN
  UPDATE lot SET remaining = NEW.lot_after WHERE id = NEW.lot_id;
END;
CREATE TRIGGER lot_moves_by_entry BEFORE UPDATE OF remaining ON lot BEGIN
  SELECT RAISE(ABORT, 'a lot moves only by an entry of the open txn') WHERE NOT EXISTS(
    SELECT 1 FROM entry WHERE txn_id = coalesce((SELECT max(id) FROM txn), 0) + 1 AND lot_id = NEW.id
      AND lot_after = NEW.remaining AND OLD.remaining + delta = NEW.remaining);
END;

-- A txn extends its account's chain without a gap and seals entries that sum to it.
CREATE TRIGGER txn_extends_chain BEFORE INSERT ON txn BEGIN
  SELECT RAISE(ABORT, 'the txn does not extend its account''s chain') WHERE NOT EXISTS(
    SELECT 1 FROM account WHERE id = NEW.account_id AND NEW.seq = seq + 1 AND NEW.at >= last_at
      AND NEW.balance_after = balance + CASE WHEN NEW.kind IN ('grant', 'refund') THEN NEW.amount WHEN NEW.kind IN ('debt', 'write_off') THEN 0 ELSE -NEW.amount END
      AND NEW.debt_after = debt + CASE WHEN NEW.kind = 'debt' THEN NEW.amount WHEN NEW.kind IN ('repay', 'write_off') THEN -NEW.amount ELSE 0 END);
END;
CREATE TRIGGER txn_sums_entries BEFORE INSERT ON txn BEGIN
  SELECT RAISE(ABORT, 'the entries do not sum to the txn') WHERE
    coalesce((SELECT sum(delta) FROM entry WHERE txn_id = NEW.id), 0)
    <> CASE WHEN NEW.kind IN ('grant', 'refund') THEN NEW.amount WHEN NEW.kind IN ('debt', 'write_off') THEN 0 ELSE -NEW.amount END;
END;
CREATE TRIGGER txn_entries_belong BEFORE INSERT ON txn BEGIN
  SELECT RAISE(ABORT, 'an entry has the wrong account or sign, or its lot''s life forbids it') WHERE EXISTS(
    SELECT 1 FROM entry e JOIN lot l ON l.id = e.lot_id WHERE e.txn_id = NEW.id AND (
      l.account_id <> NEW.account_id
      OR (e.delta > 0) <> (NEW.kind IN ('grant', 'refund'))
      OR (NEW.kind IN ('spend', 'repay', 'refund') AND l.expires_at <= NEW.at)
      OR (NEW.kind = 'expire' AND l.expires_at > NEW.at)
      -- The key is the lot's source, and both are unique: a lot is filled once, and to the brim.
      OR (NEW.kind = 'grant' AND (e.lot_after <> l.granted OR l.source <> NEW.key))));
END;
CREATE TRIGGER txn_spend_allowed BEFORE INSERT ON txn WHEN NEW.kind = 'spend' BEGIN
  SELECT RAISE(ABORT, 'the account cannot spend') WHERE NOT EXISTS(
    SELECT 1 FROM account WHERE id = NEW.account_id AND status = 'open' AND debt = 0);
  SELECT RAISE(ABORT, 'a spend pays an open charge in full') WHERE NOT EXISTS(
    SELECT 1 FROM charge WHERE id = NEW.charge_id AND account_id = NEW.account_id AND price = NEW.amount AND state = 'open');
END;
CREATE TRIGGER txn_refund_allowed BEFORE INSERT ON txn WHEN NEW.kind = 'refund' BEGIN
  SELECT RAISE(ABORT, 'a refund returns what was spent on an open charge') WHERE NOT EXISTS(
    SELECT 1 FROM txn s JOIN charge c ON c.id = s.charge_id WHERE s.charge_id = NEW.charge_id AND s.kind = 'spend'
      AND s.account_id = NEW.account_id AND s.amount = NEW.amount AND c.state = 'open');
  -- Or to the grace lot of this charge, which has its id.
  SELECT RAISE(ABORT, 'a refund goes to the lots that paid') WHERE EXISTS(
    SELECT 1 FROM entry e JOIN lot l ON l.id = e.lot_id WHERE e.txn_id = NEW.id
      AND NOT (l.kind = 'refund' AND l.id = NEW.charge_id)
      AND e.delta > coalesce((SELECT -p.delta FROM txn s JOIN entry p ON p.txn_id = s.id AND p.lot_id = e.lot_id
        WHERE s.charge_id = NEW.charge_id AND s.kind = 'spend'), 0));
END;
CREATE TRIGGER txn_moves_account AFTER INSERT ON txn BEGIN
  UPDATE account SET balance = NEW.balance_after, debt = NEW.debt_after, seq = NEW.seq, last_at = NEW.at WHERE id = NEW.account_id;
  UPDATE charge SET state = 'refunded' WHERE NEW.kind = 'refund' AND id = NEW.charge_id;
END;
CREATE TRIGGER account_moves_by_txn BEFORE UPDATE OF balance, debt, seq, last_at ON account BEGIN
  SELECT RAISE(ABORT, 'an account moves only by a txn') WHERE NEW.seq <> OLD.seq + 1 OR NOT EXISTS(
    SELECT 1 FROM txn WHERE account_id = NEW.id AND seq = NEW.seq AND balance_after = NEW.balance
      AND debt_after = NEW.debt AND at = NEW.last_at);
END;
CREATE TRIGGER charge_settles_once BEFORE UPDATE OF state ON charge BEGIN
  SELECT RAISE(ABORT, 'the charge is settled') WHERE OLD.state <> 'open' OR NEW.state = 'open';
  SELECT RAISE(ABORT, 'the charge was never paid') WHERE OLD.price > 0 AND NOT EXISTS(
    SELECT 1 FROM txn WHERE charge_id = OLD.id AND kind = 'spend');
  SELECT RAISE(ABORT, 'a charge is refunded by a refund') WHERE NEW.state = 'refunded' AND OLD.price > 0 AND NOT EXISTS(
    SELECT 1 FROM txn WHERE charge_id = OLD.id AND kind = 'refund');
END;
