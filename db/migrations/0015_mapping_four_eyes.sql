-- Who proposed a mapping does not decide it: what the service says, said by the table as well, as for corrections, rollbacks and replays.
-- The check reads every proposal once, under a lock that keeps others from proposing: thousands of rows, a moment.
ALTER TABLE "mapping_proposals" ADD CONSTRAINT "mapping_proposals_four_eyes" CHECK (decided_by <> proposed_by);