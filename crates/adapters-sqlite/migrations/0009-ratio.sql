-- Finds pictures by their shape as it arrived, not as it was asked for.
ALTER TABLE image ADD COLUMN ratio TEXT NOT NULL GENERATED ALWAYS AS (
  CASE WHEN width = height THEN 'square' WHEN width < height THEN 'portrait' ELSE 'landscape' END) VIRTUAL;
CREATE INDEX image_by_ratio ON image(account_id, ratio, n) WHERE trashed_at IS NULL;
