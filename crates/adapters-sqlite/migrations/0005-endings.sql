-- Who has something in the making, and what ended when.

CREATE INDEX render_unfinished ON render(account_id, generation_id) WHERE next_at IS NOT NULL;
CREATE INDEX render_ended ON render(ended_at) WHERE ended_at IS NOT NULL;
