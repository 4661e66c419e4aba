-- Bulk replays: a frozen selection of rejected records, rehearsed and then carried out by replay runs. New tables lock nothing; the two
-- columns and the index of runs lock it for a moment, without rewriting it.

CREATE TABLE "bulk_replay_records" (
	"bulk_replay_id" integer NOT NULL,
	"rejected_id" bigint NOT NULL,
	"origin_run_id" integer NOT NULL,
	"exception_id" integer NOT NULL,
	"code" text NOT NULL,
	"field" text NOT NULL,
	"value" text NOT NULL,
	"is_widened" boolean NOT NULL,
	"rehearsed" text,
	"rehearsed_why" text,
	"result" text,
	"why" text,
	CONSTRAINT "bulk_replay_records_bulk_replay_id_rejected_id_pk" PRIMARY KEY("bulk_replay_id","rejected_id")
);
--> statement-breakpoint
CREATE TABLE "bulk_replay_runs" (
	"bulk_replay_id" integer NOT NULL,
	"origin_run_id" integer NOT NULL,
	"is_publication" boolean DEFAULT false NOT NULL,
	"is_whole" boolean NOT NULL,
	"root_run_id" integer NOT NULL,
	"rehearsal_run_id" integer,
	"run_id" integer,
	CONSTRAINT "bulk_replay_runs_pk" PRIMARY KEY("bulk_replay_id","origin_run_id","is_publication")
);
--> statement-breakpoint
CREATE TABLE "bulk_replays" (
	"bulk_replay_id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "bulk_replays_bulk_replay_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"status" text NOT NULL,
	"asked" jsonb NOT NULL,
	"rules" text NOT NULL,
	"into_closed" boolean DEFAULT false NOT NULL,
	"closed_periods" text[] DEFAULT '{}' NOT NULL,
	"requested_by" text NOT NULL,
	"entity_scope" text[] NOT NULL,
	"requested_at" timestamp with time zone DEFAULT now() NOT NULL,
	"basis" jsonb NOT NULL,
	"rehearsed_at" timestamp with time zone,
	"reason" text,
	"confirmed_at" timestamp with time zone,
	"decided_by" text,
	"decided_at" timestamp with time zone,
	"decision_reason" text,
	"is_approved" boolean,
	"aborted_by" text,
	"aborted_at" timestamp with time zone,
	"ended_at" timestamp with time zone,
	CONSTRAINT "bulk_replays_four_eyes" CHECK (decided_by <> requested_by),
	CONSTRAINT "bulk_replays_approved" CHECK (status not in ('running', 'aborting', 'ended') or cardinality(closed_periods) = 0 or (coalesce(is_approved, false) and decided_by is not null))
);
--> statement-breakpoint
CREATE TABLE "rehearsed_totals" (
	"bulk_replay_id" integer NOT NULL,
	"origin_run_id" integer NOT NULL,
	"is_publication" boolean NOT NULL,
	"object_type" text NOT NULL,
	"entity" text NOT NULL,
	"period" text NOT NULL,
	"version" text NOT NULL,
	"currency" text NOT NULL,
	"count" bigint NOT NULL,
	"debit" numeric NOT NULL,
	"credit" numeric NOT NULL,
	"changed" bigint DEFAULT 0 NOT NULL,
	"changed_amount" numeric DEFAULT '0' NOT NULL,
	"failing" bigint DEFAULT 0 NOT NULL,
	"failing_amount" numeric DEFAULT '0' NOT NULL,
	CONSTRAINT "rehearsed_totals_pk" PRIMARY KEY("bulk_replay_id","origin_run_id","is_publication","object_type","entity","period","version","currency")
);
--> statement-breakpoint
ALTER TABLE "runs" ADD COLUMN "bulk_replay_id" integer;--> statement-breakpoint
ALTER TABLE "runs" ADD COLUMN "is_partial" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "bulk_replay_runs" ADD CONSTRAINT "bulk_replay_runs_bulk_replay_id_bulk_replays_bulk_replay_id_fk" FOREIGN KEY ("bulk_replay_id") REFERENCES "public"."bulk_replays"("bulk_replay_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "bulk_replay_runs" ADD CONSTRAINT "bulk_replay_runs_origin_run_id_runs_run_id_fk" FOREIGN KEY ("origin_run_id") REFERENCES "public"."runs"("run_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "bulk_replay_runs" ADD CONSTRAINT "bulk_replay_runs_rehearsal_run_id_runs_run_id_fk" FOREIGN KEY ("rehearsal_run_id") REFERENCES "public"."runs"("run_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "bulk_replay_runs" ADD CONSTRAINT "bulk_replay_runs_run_id_runs_run_id_fk" FOREIGN KEY ("run_id") REFERENCES "public"."runs"("run_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "bulk_replay_records_by_run" ON "bulk_replay_records" USING btree ("bulk_replay_id","origin_run_id");--> statement-breakpoint
CREATE INDEX "bulk_replay_records_by_result" ON "bulk_replay_records" USING btree ("bulk_replay_id","result","rejected_id");--> statement-breakpoint
CREATE INDEX "bulk_replay_records_by_exception" ON "bulk_replay_records" USING btree ("exception_id");--> statement-breakpoint
CREATE INDEX "bulk_replays_by_status" ON "bulk_replays" USING btree ("status","bulk_replay_id");--> statement-breakpoint
CREATE INDEX "runs_by_bulk_replay" ON "runs" USING btree ("bulk_replay_id") WHERE bulk_replay_id is not null;
--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE ON bulk_replays, bulk_replay_runs, bulk_replay_records TO tower_app;
--> statement-breakpoint
GRANT SELECT, INSERT ON rehearsed_totals TO tower_app;
--> statement-breakpoint
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO tower_app;
--> statement-breakpoint
-- The run that asked the source, through any number of replays: so old is what a run read. A rollback is as old as itself.
CREATE FUNCTION root_run(run integer) RETURNS integer LANGUAGE sql STABLE AS $$
  WITH RECURSIVE up AS (
    SELECT r.run_id, r.origin_run_id, r.trigger FROM runs r WHERE r.run_id = run
    UNION ALL SELECT r.run_id, r.origin_run_id, r.trigger FROM up JOIN runs r ON r.run_id = up.origin_run_id WHERE up.trigger = 'replay')
  SELECT min(run_id) FROM up
$$;
--> statement-breakpoint
CREATE TRIGGER tell_screens_of_replays AFTER INSERT OR UPDATE ON bulk_replays FOR EACH ROW EXECUTE FUNCTION tell_screens('replays');
--> statement-breakpoint
-- Where a record of a load stands, for as long as the results of a selection are looked up.
CREATE FUNCTION index_load_positions(load_id integer) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  EXECUTE format('CREATE INDEX l%1$s_by_position ON load.l%1$s (artifact_id, position)', load_id);
END $$;
--> statement-breakpoint
CREATE FUNCTION forget_load_positions(load_id integer) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  EXECUTE format('DROP INDEX load.l%1$s_by_position', load_id);
END $$;
--> statement-breakpoint
REVOKE ALL ON FUNCTION index_load_positions, forget_load_positions FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION index_load_positions, forget_load_positions TO tower_app;
