-- Finds the newest picture of a month without reading the ones between.
CREATE INDEX image_by_time ON image(account_id, created_at, n) WHERE trashed_at IS NULL;
