-- Eight tenths of building the indexes of a segment is the one by slice: it builds by itself, beside the others.
CREATE OR REPLACE FUNCTION index_load_segment(load_id integer) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  EXECUTE format('CREATE UNIQUE INDEX l%1$s_id ON load.l%1$s (line_id, segment)', load_id);
  EXECUTE format('CREATE INDEX l%1$s_by_end ON load.l%1$s (superseded_at_pub) WHERE superseded_at_pub IS NOT NULL', load_id);
END $$;
--> statement-breakpoint
CREATE FUNCTION index_load_slices(load_id integer) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  EXECUTE format('CREATE INDEX l%1$s_by_slice ON load.l%1$s (entity, period, version, currency, line_id)', load_id);
END $$;
--> statement-breakpoint
REVOKE ALL ON FUNCTION index_load_slices FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION index_load_slices TO tower_app;
--> statement-breakpoint
-- Which periods it holds was proved already. What is unchanged counts only where it is in the place: most of it is set aside, of any period.
CREATE OR REPLACE FUNCTION seal_load_segment(load_id integer) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  first_period text;
  last_period text;
BEGIN
  EXECUTE format('SELECT min(c.period), max(c.period) FROM control_totals c JOIN loads o ON o.run_id = c.run_id
    WHERE o.load_id = %1$s AND c.object_type = (SELECT object_type FROM load.l%1$s LIMIT 1) AND (c.checkpoint IN (''new'', ''changed'')
      OR c.checkpoint = ''unchanged'' AND EXISTS (SELECT FROM load.d%1$s WHERE is_same))', load_id) INTO first_period, last_period;
  EXECUTE format('ALTER TABLE load.l%1$s ADD CONSTRAINT l%1$s_pkey PRIMARY KEY USING INDEX l%1$s_id, ADD CONSTRAINT l%1$s_segment CHECK (segment = %1$s),
    ADD CONSTRAINT l%1$s_periods CHECK (period BETWEEN %2$L AND %3$L)', load_id, coalesce(first_period, ''), coalesce(last_period, ''));
END $$;
