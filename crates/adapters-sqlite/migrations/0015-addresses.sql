-- One mailbox is one account, sign-ins are independent, and a mailbox opens one account with a bonus.
-- After this, each address is read anew in Rust (see addresses.rs): SQL knows no Unicode.

-- Any number of sign-ins may wait for an address; one of a browser and purpose, by the rule.
DROP INDEX challenge_one_per_address;
CREATE INDEX challenge_of_address ON challenge(canonical);
CREATE INDEX challenge_of_browser ON challenge(browser) WHERE browser IS NOT NULL;

-- Mailboxes that opened an account, without tags and dots that mean nothing: keyed digests, so that
-- they can stay when the account is deleted and name nobody.
CREATE TABLE mailbox(
  digest BLOB NOT NULL,
  at     INTEGER NOT NULL,
  CONSTRAINT mailbox_digest_length CHECK(length(digest) = 32),
  CONSTRAINT mailbox_once PRIMARY KEY(digest)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER mailbox_permanent BEFORE DELETE ON mailbox BEGIN SELECT RAISE(ABORT, 'mailboxes are permanent'); END;
CREATE TRIGGER mailbox_immutable BEFORE UPDATE ON mailbox BEGIN SELECT RAISE(ABORT, 'mailboxes are immutable'); END;

-- Accounts from before are noted by the next server that starts: only it knows the key.
ALTER TABLE user ADD COLUMN mailbox_noted INTEGER NOT NULL DEFAULT 0;
UPDATE user SET mailbox_noted = 1 WHERE account_id IN (SELECT id FROM account WHERE status = 'closed');
CREATE INDEX user_mailbox_unnoted ON user(account_id) WHERE mailbox_noted = 0;
