-- How the operator finds people and keys among all of them.

-- Places in the order of joining: what the words below are numbered by.
CREATE TABLE person_place(
  n          INTEGER PRIMARY KEY,
  account_id BLOB NOT NULL REFERENCES account(id)
) STRICT;
CREATE INDEX person_place_of ON person_place(account_id);
CREATE TABLE key_place(
  n      INTEGER PRIMARY KEY,
  key_id BLOB NOT NULL REFERENCES api_key(id)
) STRICT;
CREATE INDEX key_place_of ON key_place(key_id);

-- Any three characters in a row find an address, and a key by its name or its end.
CREATE VIRTUAL TABLE person_words USING fts5(address, content = '', contentless_delete = 1, tokenize = 'trigram');
CREATE VIRTUAL TABLE key_words USING fts5(name, last4, content = '', contentless_delete = 1, tokenize = 'trigram');

INSERT INTO person_place(account_id) SELECT account_id FROM user ORDER BY account_id;
INSERT INTO person_words(rowid, address) SELECT p.n, u.canonical FROM person_place p JOIN user u ON u.account_id = p.account_id;
INSERT INTO key_place(key_id) SELECT id FROM api_key ORDER BY id;
INSERT INTO key_words(rowid, name, last4) SELECT p.n, k.name, k.last4 FROM key_place p JOIN api_key k ON k.id = p.key_id;

CREATE TRIGGER user_is_found AFTER INSERT ON user BEGIN
  INSERT INTO person_place(account_id) VALUES(NEW.account_id);
  INSERT INTO person_words(rowid, address) VALUES(last_insert_rowid(), NEW.canonical);
END;
CREATE TRIGGER user_is_found_anew AFTER UPDATE OF canonical ON user BEGIN
  UPDATE person_words SET address = NEW.canonical
    WHERE rowid = (SELECT n FROM person_place WHERE account_id = NEW.account_id);
END;
CREATE TRIGGER api_key_is_found AFTER INSERT ON api_key BEGIN
  INSERT INTO key_place(key_id) VALUES(NEW.id);
  INSERT INTO key_words(rowid, name, last4) VALUES(last_insert_rowid(), NEW.name, NEW.last4);
END;
CREATE TRIGGER api_key_is_found_anew AFTER UPDATE OF name, last4 ON api_key BEGIN
  UPDATE key_words SET name = NEW.name, last4 = NEW.last4
    WHERE rowid = (SELECT n FROM key_place WHERE key_id = NEW.id);
END;

-- Each filter of the two lists walks its own index, newest first or oldest.
CREATE INDEX account_in_debt ON account(id) WHERE debt > 0;
CREATE INDEX account_blocked ON account(id) WHERE status = 'frozen';
CREATE INDEX account_to_close ON account(id) WHERE closes_at IS NOT NULL AND status <> 'closed';
CREATE INDEX user_admin ON user(account_id) WHERE role = 'admin';
CREATE INDEX order_of_payer ON pack_order(account_id) WHERE state = 'paid';
CREATE INDEX session_seen ON session(account_id, seen_at);
CREATE INDEX api_key_kept ON api_key(id, expires_at) WHERE revoked_at IS NULL;
CREATE INDEX api_key_revoked ON api_key(id) WHERE revoked_at IS NOT NULL;
CREATE INDEX api_key_expiring ON api_key(id, expires_at) WHERE revoked_at IS NULL AND expires_at IS NOT NULL;
