-- The clock, mappings, connections, traces and saved views. New tables lock nothing; the columns added to runs and the two that
-- may now be empty lock runs and exceptions for a moment each, without rewriting them. Definitions kept so far are given the
-- settings that are new, so that importing the same file again still finds nothing changed.

CREATE TABLE "connector_calls" (
	"call_id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "connector_calls_call_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"system_id" integer NOT NULL,
	"job_id" integer NOT NULL,
	"run_id" integer,
	"attempt" integer,
	"started_at" timestamp with time zone NOT NULL,
	"ms" integer NOT NULL,
	"name" text NOT NULL,
	"outcome" text NOT NULL,
	"byte_count" bigint NOT NULL,
	"retry_after_ms" integer
);
--> statement-breakpoint
CREATE TABLE "mapping_entries" (
	"entry_id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "mapping_entries_entry_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"system_id" integer NOT NULL,
	"dimension" text NOT NULL,
	"source_code" text NOT NULL,
	"canonical_code" text NOT NULL,
	"effective_from" date,
	"effective_to" date,
	"from_version" integer NOT NULL,
	"until_version" integer
);
--> statement-breakpoint
CREATE TABLE "mapping_proposals" (
	"proposal_id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "mapping_proposals_proposal_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"system_id" integer NOT NULL,
	"dimension" text NOT NULL,
	"source_code" text NOT NULL,
	"canonical_code" text,
	"effective_from" date,
	"effective_to" date,
	"state" text NOT NULL,
	"proposed_by" text NOT NULL,
	"proposed_at" timestamp with time zone DEFAULT now() NOT NULL,
	"reason" text NOT NULL,
	"decided_by" text,
	"decided_at" timestamp with time zone,
	"decision_reason" text,
	"version" integer
);
--> statement-breakpoint
CREATE TABLE "mapping_versions" (
	"system_id" integer NOT NULL,
	"version" integer NOT NULL,
	"proposal_id" integer NOT NULL,
	"approved_by" text NOT NULL,
	"approved_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "mapping_versions_system_id_version_pk" PRIMARY KEY("system_id","version")
);
--> statement-breakpoint
CREATE TABLE "default_views" (
	"person_id" integer NOT NULL,
	"screen" text NOT NULL,
	"view_id" integer NOT NULL,
	CONSTRAINT "default_views_person_id_screen_pk" PRIMARY KEY("person_id","screen")
);
--> statement-breakpoint
CREATE TABLE "saved_views" (
	"view_id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "saved_views_view_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"screen" text NOT NULL,
	"name" text NOT NULL,
	"query" text NOT NULL,
	"owner_id" integer NOT NULL,
	"is_team" boolean DEFAULT false NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "feeds" (
	"job_id" integer NOT NULL,
	"expected_by" timestamp with time zone NOT NULL,
	"counts_from" timestamp with time zone NOT NULL,
	"owner" text NOT NULL,
	"state" text NOT NULL,
	"run_id" integer,
	"arrived_at" timestamp with time zone,
	"exception_id" integer,
	CONSTRAINT "feeds_job_id_expected_by_pk" PRIMARY KEY("job_id","expected_by")
);
--> statement-breakpoint
CREATE TABLE "ticks" (
	"job_id" integer NOT NULL,
	"due_at" timestamp with time zone NOT NULL,
	"outcome" text NOT NULL,
	"run_id" integer,
	"decided_at" timestamp with time zone DEFAULT now() NOT NULL,
	"decided_by" text NOT NULL,
	CONSTRAINT "ticks_job_id_due_at_pk" PRIMARY KEY("job_id","due_at")
);
--> statement-breakpoint
CREATE TABLE "spans" (
	"correlation_id" uuid NOT NULL,
	"span_id" text NOT NULL,
	"parent_span_id" text,
	"run_id" integer,
	"name" text NOT NULL,
	"started_at" timestamp (6) with time zone NOT NULL,
	"ms" double precision NOT NULL,
	"status" text NOT NULL,
	"attributes" jsonb NOT NULL,
	CONSTRAINT "spans_correlation_id_span_id_pk" PRIMARY KEY("correlation_id","span_id")
);
--> statement-breakpoint
ALTER TABLE "exceptions" ALTER COLUMN "opened_run_id" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "exceptions" ALTER COLUMN "last_run_id" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "people" ADD COLUMN "last_sign_in_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "runs" ADD COLUMN "mapping_version" integer;--> statement-breakpoint
ALTER TABLE "runs" ADD COLUMN "scheduled_for" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "runs" ADD COLUMN "waits_for" text[] DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE "connector_calls" ADD CONSTRAINT "connector_calls_system_id_systems_system_id_fk" FOREIGN KEY ("system_id") REFERENCES "public"."systems"("system_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "connector_calls" ADD CONSTRAINT "connector_calls_job_id_jobs_job_id_fk" FOREIGN KEY ("job_id") REFERENCES "public"."jobs"("job_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "mapping_entries" ADD CONSTRAINT "mapping_entries_system_id_systems_system_id_fk" FOREIGN KEY ("system_id") REFERENCES "public"."systems"("system_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "mapping_proposals" ADD CONSTRAINT "mapping_proposals_system_id_systems_system_id_fk" FOREIGN KEY ("system_id") REFERENCES "public"."systems"("system_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "mapping_versions" ADD CONSTRAINT "mapping_versions_system_id_systems_system_id_fk" FOREIGN KEY ("system_id") REFERENCES "public"."systems"("system_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "default_views" ADD CONSTRAINT "default_views_person_id_people_person_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("person_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "default_views" ADD CONSTRAINT "default_views_view_id_saved_views_view_id_fk" FOREIGN KEY ("view_id") REFERENCES "public"."saved_views"("view_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "saved_views" ADD CONSTRAINT "saved_views_owner_id_people_person_id_fk" FOREIGN KEY ("owner_id") REFERENCES "public"."people"("person_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "feeds" ADD CONSTRAINT "feeds_job_id_jobs_job_id_fk" FOREIGN KEY ("job_id") REFERENCES "public"."jobs"("job_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "ticks" ADD CONSTRAINT "ticks_job_id_jobs_job_id_fk" FOREIGN KEY ("job_id") REFERENCES "public"."jobs"("job_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "connector_calls_by_system" ON "connector_calls" USING btree ("system_id","started_at");--> statement-breakpoint
CREATE INDEX "connector_calls_by_run" ON "connector_calls" USING btree ("run_id");--> statement-breakpoint
CREATE INDEX "connector_calls_by_job" ON "connector_calls" USING btree ("job_id","started_at");--> statement-breakpoint
CREATE INDEX "mapping_entries_by_code" ON "mapping_entries" USING btree ("system_id","dimension","source_code");--> statement-breakpoint
CREATE UNIQUE INDEX "mapping_proposals_one_draft" ON "mapping_proposals" USING btree ("system_id","dimension","source_code") WHERE state = 'draft';--> statement-breakpoint
CREATE INDEX "saved_views_by_screen" ON "saved_views" USING btree ("screen");--> statement-breakpoint
CREATE INDEX "feeds_by_state" ON "feeds" USING btree ("state","expected_by");--> statement-breakpoint
CREATE INDEX "spans_by_run" ON "spans" USING btree ("run_id","started_at");
--> statement-breakpoint
GRANT SELECT, INSERT ON connector_calls, mapping_entries, mapping_proposals, mapping_versions, default_views, saved_views, feeds, ticks, spans TO tower_app;
--> statement-breakpoint
GRANT UPDATE ON mapping_entries, mapping_proposals, default_views, saved_views, feeds, ticks TO tower_app;
--> statement-breakpoint
-- A feed ahead that a new version of its job no longer expects goes away again.
GRANT DELETE ON feeds TO tower_app;
--> statement-breakpoint
-- Traces are for looking, not for proving: old ones are swept away.
GRANT DELETE ON default_views, saved_views, spans TO tower_app;
--> statement-breakpoint
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO tower_app;
--> statement-breakpoint
-- Whether the schema is the program's own is asked by the program, not by its owner.
GRANT USAGE ON SCHEMA drizzle TO tower_app;
--> statement-breakpoint
GRANT SELECT ON drizzle.__drizzle_migrations TO tower_app;
--> statement-breakpoint
UPDATE job_versions SET definition = jsonb_set(definition || '{"after": []}', '{rules,mapped}', '[]');
--> statement-breakpoint
UPDATE calendars SET definition = definition || '{"weekend": [6, 7]}';
--> statement-breakpoint
-- What screens that are open hear of: a few words, sent when the change commits. They then ask for what they show.
CREATE FUNCTION tell_screens() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('tower', TG_ARGV[0]);
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER tell_screens_of_new_runs AFTER INSERT ON runs FOR EACH ROW EXECUTE FUNCTION tell_screens('runs');
--> statement-breakpoint
CREATE TRIGGER tell_screens_of_runs AFTER UPDATE ON runs FOR EACH ROW WHEN (OLD.status IS DISTINCT FROM NEW.status) EXECUTE FUNCTION tell_screens('runs');
--> statement-breakpoint
CREATE TRIGGER tell_screens_of_exceptions AFTER INSERT OR UPDATE OF closed_at ON exceptions FOR EACH ROW EXECUTE FUNCTION tell_screens('exceptions');
--> statement-breakpoint
CREATE TRIGGER tell_screens_of_publications AFTER INSERT ON publications FOR EACH ROW EXECUTE FUNCTION tell_screens('publications');
--> statement-breakpoint
CREATE TRIGGER tell_screens_of_feeds AFTER INSERT OR UPDATE OF state ON feeds FOR EACH ROW EXECUTE FUNCTION tell_screens('feeds');
--> statement-breakpoint
CREATE TRIGGER tell_screens_of_jobs AFTER INSERT OR UPDATE ON jobs FOR EACH ROW EXECUTE FUNCTION tell_screens('jobs');
