-- Unchanged lines are kept by the stretch instead of one by one: a replay of a million unchanged lines writes a few rows. A new
-- table and a view lock nothing; what repeats already holds stays there and is shown by the same view.

CREATE TABLE "repeat_spans" (
	"load_id" integer NOT NULL,
	"artifact_id" integer NOT NULL,
	"first_position" integer NOT NULL,
	"first_record_id" bigint NOT NULL,
	"segment" integer NOT NULL,
	"first_line_id" bigint NOT NULL,
	"count" integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX "repeat_spans_by_place" ON "repeat_spans" USING btree ("load_id","artifact_id","first_position");
--> statement-breakpoint
CREATE INDEX "repeat_spans_by_line" ON "repeat_spans" USING btree ("load_id","segment","first_line_id");
--> statement-breakpoint
GRANT SELECT, INSERT, DELETE ON repeat_spans TO tower_app;
--> statement-breakpoint
-- Every record that added no line, one by one.
CREATE VIEW all_repeats AS
  SELECT load_id, object_type, outcome, artifact_id, position, source_key, entity, period, version, currency, debit, credit, line_id FROM repeats
  UNION ALL
  SELECT s.load_id, l.object_type, 'unchanged', s.artifact_id, s.first_position + (l.line_id - s.first_line_id)::integer, l.source_key, l.entity, l.period,
    l.version, l.currency, l.debit, l.credit, l.line_id
  -- OFFSET 0: each stretch is read by the ids of its lines. A join compared every stretch with every line of the segment.
  FROM repeat_spans s CROSS JOIN LATERAL (
    SELECT * FROM lines WHERE segment = s.segment AND line_id >= s.first_line_id AND line_id < s.first_line_id + s.count OFFSET 0) l;
--> statement-breakpoint
GRANT SELECT ON all_repeats TO tower_app;
--> statement-breakpoint
-- A segment knows which periods it holds, so that a question about one period passes over all others, and a segment whose periods
-- are all closed can be detached. Both checks are made in one pass.
CREATE OR REPLACE FUNCTION seal_load_segment(load_id integer) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  first_period text;
  last_period text;
BEGIN
  EXECUTE format('SELECT min(period), max(period) FROM load.l%s', load_id) INTO first_period, last_period;
  EXECUTE format('ALTER TABLE load.l%1$s ADD CONSTRAINT l%1$s_pkey PRIMARY KEY USING INDEX l%1$s_id, ADD CONSTRAINT l%1$s_segment CHECK (segment = %1$s),
    ADD CONSTRAINT l%1$s_periods CHECK (period BETWEEN %2$L AND %3$L)', load_id, coalesce(first_period, ''), coalesce(last_period, ''));
END $$;
