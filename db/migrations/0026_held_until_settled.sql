-- Whether something of a held load is still wanted is decided once, by the run after which nothing is, and not by every screen in its own way.
-- Loads held before are settled by their replay or by the next full extract of their slices; of others nobody can say it any more.
-- A column without a default and an index of few rows: a moment; the rest is as long as there are held loads, some thousands a second.
ALTER TABLE "runs" ADD COLUMN "settled_by_run_id" integer;--> statement-breakpoint
CREATE INDEX "runs_held" ON "runs" USING btree ("job_id","run_id") WHERE status = 'held' and settled_by_run_id is null;--> statement-breakpoint
UPDATE runs h SET settled_by_run_id = s.run_id
FROM runs r CROSS JOIN LATERAL (
  SELECT o.run_id FROM runs o JOIN job_versions v ON v.job_id = o.job_id AND v.version = o.job_version
  WHERE o.job_id = r.job_id AND o.run_id > r.run_id AND o.status IN ('succeeded', 'held') AND NOT o.is_preview AND NOT o.is_partial AND o.trigger <> 'rollback'
    AND NOT EXISTS (SELECT FROM publications p WHERE p.withdraws = o.publication)
    AND (CASE WHEN o.trigger = 'replay' THEN root_run(o.run_id) = root_run(r.run_id) END OR v.definition->>'extract' = 'full'
      AND CASE WHEN o.trigger = 'replay' THEN root_run(o.run_id) > root_run(r.run_id) ELSE true END AND NOT EXISTS (
        SELECT object_type, entity, period, version FROM control_totals WHERE run_id = r.run_id AND checkpoint = 'extracted'
        EXCEPT SELECT object_type, entity, period, version FROM control_totals WHERE run_id = o.run_id AND checkpoint = 'extracted'))
  ORDER BY o.run_id LIMIT 1) s
WHERE r.status = 'held' AND h.run_id = r.run_id;
