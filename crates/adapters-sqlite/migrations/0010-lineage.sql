-- What a picture was remixed from. The id stays when that picture goes.
ALTER TABLE generation ADD COLUMN remix_of BLOB;
CREATE INDEX generation_of_parent ON generation(account_id, remix_of, id) WHERE remix_of IS NOT NULL;
CREATE TRIGGER generation_parent_frozen BEFORE UPDATE OF remix_of ON generation BEGIN
  SELECT RAISE(ABORT, 'what was remixed stays told');
END;
