-- The few certifications that sealed files, so that a list can say whether these are still there. Writes to certifications wait while every
-- seal is read once: 30 µs each, a third of a second for ten thousand of them.
CREATE INDEX "certifications_with_evidence" ON "certifications" USING btree ("reconciliation_id") WHERE jsonb_array_length(seal::jsonb -> 'evidence') > 0;
