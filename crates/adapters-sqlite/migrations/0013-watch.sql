-- What an operator looks for among everybody's rows. Pictures that came to be are in none of the
-- indexes below but the model's: only what did not end well, or did not end, is worth finding.

CREATE INDEX generation_of_model ON generation(model, id);
CREATE INDEX render_unmade ON render(generation_id) WHERE next_at IS NOT NULL;
CREATE INDEX render_returned ON render(generation_id) WHERE state IN ('failed', 'filtered', 'cancelled');
CREATE INDEX render_returned_as ON render(state, generation_id) WHERE state IN ('failed', 'filtered', 'cancelled');
CREATE INDEX render_failed_for ON render(error, generation_id) WHERE state = 'failed';

CREATE INDEX delivery_of_kind ON delivery(kind, n);
CREATE INDEX delivery_of_kind_in_state ON delivery(state, kind, n);

CREATE INDEX deed_named ON deed(name, n);
CREATE INDEX deed_by ON deed(actor, n);
