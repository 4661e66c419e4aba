-- Whether something of a held load is still wanted is decided once, by the run that published it after all or brought all of it, and not by
-- every screen in its own way. Loads held before: settled by their replay or, of a full extract, by the next one. A column without a
-- default and an index of few rows: a moment.
ALTER TABLE "runs" ADD COLUMN "settled_by_run_id" integer;--> statement-breakpoint
CREATE INDEX "runs_held" ON "runs" USING btree ("job_id","run_id") WHERE status = 'held' and settled_by_run_id is null;--> statement-breakpoint
UPDATE runs h SET settled_by_run_id = o.run_id FROM (
  SELECT h.run_id AS held, max(o.run_id) AS run_id FROM runs h JOIN runs o ON o.job_id = h.job_id AND o.run_id > h.run_id
    JOIN job_versions v ON v.job_id = o.job_id AND v.version = o.job_version
  WHERE h.status = 'held' AND o.status IN ('succeeded', 'held') AND NOT o.is_preview AND NOT o.is_partial AND o.trigger <> 'rollback'
    AND NOT EXISTS (SELECT FROM publications p WHERE p.withdraws = o.publication)
    AND (root_run(o.run_id) = root_run(h.run_id) OR v.definition->>'extract' = 'full' AND root_run(o.run_id) > root_run(h.run_id)
      AND (o.slice = h.slice OR o.slice LIKE 'file:%' AND h.slice LIKE 'file:%'))
  GROUP BY h.run_id) o
WHERE h.run_id = o.held;
