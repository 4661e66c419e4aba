-- The application's role and the few doors through which it reaches what it does not own. Locks nothing: the tables are new.
-- tower_app may not update, delete or truncate audit events, lines (but for closing them) or artifacts.

CREATE TABLE lines_shared PARTITION OF lines FOR VALUES IN (0);
--> statement-breakpoint
CREATE SCHEMA load;
--> statement-breakpoint
GRANT USAGE ON SCHEMA load, public TO tower_app;
--> statement-breakpoint
GRANT SELECT ON ALL TABLES IN SCHEMA public TO tower_app;
--> statement-breakpoint
GRANT INSERT ON systems, jobs, job_versions, runs, attempts, stages, run_artifacts, workers, artifacts, artifact_chunks,
  lines, members, loads, publications, repeats, control_totals, slice_totals, exceptions, rejected_records, rejections,
  claims, calendars, fiscal_periods, period_states, people, sessions, commands TO tower_app;
--> statement-breakpoint
GRANT UPDATE ON systems, jobs, runs, attempts, stages, workers, members, loads, slice_totals, exceptions, rejections, claims,
  calendars, period_states, people, sessions, commands TO tower_app;
--> statement-breakpoint
GRANT UPDATE (superseded_at_pub) ON lines TO tower_app;
--> statement-breakpoint
-- What a killed attempt left behind is removed before it is done again.
GRANT DELETE ON workers, members, repeats, control_totals, rejected_records, rejections, claims, fiscal_periods, sessions, stages TO tower_app;
--> statement-breakpoint
CREATE SEQUENCE line_id_block;
--> statement-breakpoint
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO tower_app;
--> statement-breakpoint

INSERT INTO audit_head VALUES (1, 0, repeat('0', 64));
--> statement-breakpoint
ALTER TABLE audit_head ADD CONSTRAINT audit_head_is_one_row CHECK (id = 1);
--> statement-breakpoint
-- What is hashed: the event as a JSON array, in this order, times in UTC to the microsecond.
CREATE FUNCTION audit_payload(e audit_events) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT jsonb_build_array(e.event_id, to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), e.actor, e.role, e.action,
    e.object_type, e.object_id, e.reason, e.before, e.after, e.correlation_id)::text
$$;
--> statement-breakpoint
CREATE FUNCTION audit_hash(previous text, e audit_events) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT encode(sha256(convert_to(previous || E'\n' || audit_payload(e), 'UTF8')), 'hex')
$$;
--> statement-breakpoint
-- The only way to write an audit event. Holds the head until the caller's transaction ends, so call it last.
CREATE FUNCTION append_audit_event(actor text, role text, action text, object_type text, object_id text, reason text,
  before jsonb, after jsonb, correlation_id uuid) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  head audit_head%ROWTYPE;
  e audit_events%ROWTYPE;
BEGIN
  SELECT * INTO head FROM audit_head WHERE id = 1 FOR UPDATE;
  e := ROW(head.event_id + 1, clock_timestamp(), actor, role, action, object_type, object_id, reason, before, after, correlation_id, head.hash, '');
  e.hash := audit_hash(head.hash, e);
  INSERT INTO audit_events SELECT e.*;
  UPDATE audit_head SET event_id = e.event_id, hash = e.hash WHERE id = 1;
  RETURN e.event_id;
END $$;
--> statement-breakpoint

-- A load's own place: the columns that are copied, no index yet. Constants of the load are added later as defaults,
-- which costs nothing: PostgreSQL keeps such a default in the catalogue, not in the rows.
CREATE FUNCTION open_load_place(load_id integer) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  EXECUTE format('CREATE TABLE load.l%1$s (line_id bigint NOT NULL, artifact_id integer NOT NULL, position integer NOT NULL,
    content_hash uuid NOT NULL, source_key text COLLATE "C" NOT NULL, entity text COLLATE "C" NOT NULL, period text COLLATE "C" NOT NULL,
    version text COLLATE "C" NOT NULL, currency text COLLATE "C" NOT NULL, debit numeric NOT NULL, credit numeric NOT NULL, account text NOT NULL, cost_centre text, project text,
    counterparty text, accounting_status text NOT NULL, document text COLLATE "C", description text, effective_on date, posted_on date)
    WITH (autovacuum_enabled = false)', load_id);
  EXECUTE format('GRANT SELECT, INSERT, DELETE ON load.l%s TO tower_app', load_id);
END $$;
--> statement-breakpoint
CREATE FUNCTION drop_load_place(load_id integer) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  EXECUTE format('DROP TABLE IF EXISTS load.d%s', load_id);
  -- A place that was attached is a part of lines and stays.
  IF NOT EXISTS (SELECT FROM pg_inherits WHERE inhrelid = to_regclass(format('load.l%s', load_id))) THEN
    EXECUTE format('DROP TABLE IF EXISTS load.l%s', load_id);
  END IF;
END $$;
--> statement-breakpoint
CREATE FUNCTION index_load_key(load_id integer) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  EXECUTE format('CREATE INDEX IF NOT EXISTS l%1$s_by_key ON load.l%1$s (source_key)', load_id);
END $$;
--> statement-breakpoint
-- How the load differs from what is current: a row for each of its lines whose key is already known.
CREATE FUNCTION open_load_diff(load_id integer) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  EXECUTE format('DROP TABLE IF EXISTS load.d%1$s', load_id);
  EXECUTE format('CREATE UNLOGGED TABLE load.d%1$s (line_id bigint NOT NULL, old_line_id bigint NOT NULL, old_segment integer NOT NULL,
    is_same boolean NOT NULL) WITH (autovacuum_enabled = false)', load_id);
  EXECUTE format('GRANT SELECT, INSERT, DELETE ON load.d%s TO tower_app', load_id);
END $$;
--> statement-breakpoint
-- The three steps that make a load's place fit to be attached, so that the publishing transaction stays short. The first and
-- the last lock the place for a moment, the middle one lets the rules read it meanwhile.
CREATE FUNCTION add_load_constants(load_id integer, system_id integer, object_type text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  EXECUTE format('ALTER TABLE load.l%1$s ADD COLUMN system_id integer NOT NULL DEFAULT %2$s, ADD COLUMN object_type text NOT NULL DEFAULT %3$L,
    ADD COLUMN segment integer NOT NULL DEFAULT %1$s, ADD COLUMN superseded_at_pub integer', load_id, system_id, object_type);
END $$;
--> statement-breakpoint
CREATE FUNCTION index_load_segment(load_id integer) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  EXECUTE format('CREATE UNIQUE INDEX l%1$s_id ON load.l%1$s (line_id, segment)', load_id);
  EXECUTE format('CREATE INDEX l%1$s_by_slice ON load.l%1$s (entity, period, version, currency, line_id)', load_id);
  EXECUTE format('CREATE INDEX l%1$s_by_end ON load.l%1$s (superseded_at_pub) WHERE superseded_at_pub IS NOT NULL', load_id);
END $$;
--> statement-breakpoint
CREATE FUNCTION seal_load_segment(load_id integer) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  EXECUTE format('ALTER TABLE load.l%1$s ADD CONSTRAINT l%1$s_pkey PRIMARY KEY USING INDEX l%1$s_id, ADD CONSTRAINT l%1$s_segment CHECK (segment = %1$s)', load_id);
END $$;
--> statement-breakpoint
-- Makes a prepared load a segment of lines, current from `publication`.
CREATE FUNCTION attach_load(load_id integer, publication integer) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  EXECUTE format('ALTER TABLE load.l%1$s ADD COLUMN loaded_at_pub integer NOT NULL DEFAULT %2$s', load_id, publication);
  EXECUTE format('ALTER TABLE lines ATTACH PARTITION load.l%1$s FOR VALUES IN (%1$s)', load_id);
  EXECUTE format('ALTER TABLE load.l%1$s DROP CONSTRAINT l%1$s_segment', load_id);
  EXECUTE format('REVOKE INSERT, DELETE ON load.l%1$s FROM tower_app', load_id);
  EXECUTE format('ALTER TABLE load.l%1$s SET (autovacuum_enabled = true)', load_id);
END $$;
--> statement-breakpoint
REVOKE ALL ON FUNCTION append_audit_event, open_load_place, drop_load_place, index_load_key, open_load_diff, add_load_constants, index_load_segment, seal_load_segment, attach_load FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION append_audit_event, open_load_place, drop_load_place, index_load_key, open_load_diff, add_load_constants, index_load_segment, seal_load_segment, attach_load TO tower_app;
