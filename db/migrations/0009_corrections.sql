-- What people said that fields of source records are to be read as, both sides of each record that was read so, and what the source said
-- each time. Three new tables: nothing that stands is locked or rewritten.
CREATE TABLE "corrected_records" (
	"record_id" bigint PRIMARY KEY NOT NULL,
	"run_id" integer NOT NULL,
	"load_id" integer NOT NULL,
	"artifact_id" integer NOT NULL,
	"position" integer NOT NULL,
	"object_type" text NOT NULL,
	"source_key" text NOT NULL,
	"correction_ids" integer[] NOT NULL,
	"entity" text NOT NULL,
	"period" text NOT NULL,
	"version" text NOT NULL,
	"currency" text NOT NULL,
	"account" text NOT NULL,
	"document" text,
	"debit" numeric NOT NULL,
	"credit" numeric NOT NULL,
	"corrected_entity" text NOT NULL,
	"corrected_period" text NOT NULL,
	"corrected_version" text NOT NULL,
	"corrected_currency" text NOT NULL,
	"corrected_debit" numeric NOT NULL,
	"corrected_credit" numeric NOT NULL
);
--> statement-breakpoint
CREATE TABLE "correction_readings" (
	"correction_id" integer NOT NULL,
	"run_id" integer NOT NULL,
	"artifact_id" integer NOT NULL,
	"position" integer NOT NULL,
	"says" text NOT NULL,
	"is_applied" boolean NOT NULL
);
--> statement-breakpoint
CREATE TABLE "corrections" (
	"correction_id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "corrections_correction_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"job_id" integer NOT NULL,
	"source_key" text NOT NULL,
	"object_type" text NOT NULL,
	"field" text NOT NULL,
	"found" text NOT NULL,
	"corrected" text NOT NULL,
	"reason" text NOT NULL,
	"rejected_id" bigint NOT NULL,
	"exception_ids" integer[] NOT NULL,
	"entity" text NOT NULL,
	"corrected_entity" text NOT NULL,
	"needs_second_person" boolean NOT NULL,
	"state" text NOT NULL,
	"revision" integer DEFAULT 0 NOT NULL,
	"proposed_by" text NOT NULL,
	"proposed_at" timestamp with time zone DEFAULT now() NOT NULL,
	"decided_by" text,
	"decided_at" timestamp with time zone,
	"decision_reason" text,
	"withdrawn_by" text,
	"withdrawn_at" timestamp with time zone,
	"withdrawn_reason" text,
	CONSTRAINT "corrections_state" CHECK (state in ('proposed', 'active', 'refused', 'withdrawn')),
	CONSTRAINT "corrections_says_another" CHECK (found <> corrected),
	CONSTRAINT "corrections_second_person" CHECK ((decided_by is null or decided_by <> proposed_by) and (state <> 'active' or not needs_second_person or decided_by is not null)),
	CONSTRAINT "corrections_money_needs_two" CHECK (needs_second_person or field not in ('entity', 'period', 'version', 'currency', 'debit', 'credit', 'amount', 'posted_on', 'effective_on')),
	CONSTRAINT "corrections_withdrawn" CHECK ((state = 'withdrawn') = (withdrawn_by is not null) and (withdrawn_at is null) = (withdrawn_by is null) and (withdrawn_reason is null) = (withdrawn_by is null))
);
--> statement-breakpoint
ALTER TABLE "corrected_records" ADD CONSTRAINT "corrected_records_run_id_runs_run_id_fk" FOREIGN KEY ("run_id") REFERENCES "public"."runs"("run_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "correction_readings" ADD CONSTRAINT "correction_readings_correction_id_corrections_correction_id_fk" FOREIGN KEY ("correction_id") REFERENCES "public"."corrections"("correction_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "correction_readings" ADD CONSTRAINT "correction_readings_run_id_runs_run_id_fk" FOREIGN KEY ("run_id") REFERENCES "public"."runs"("run_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "corrections" ADD CONSTRAINT "corrections_job_id_jobs_job_id_fk" FOREIGN KEY ("job_id") REFERENCES "public"."jobs"("job_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "corrected_records_by_run" ON "corrected_records" USING btree ("run_id");--> statement-breakpoint
CREATE INDEX "corrected_records_by_place" ON "corrected_records" USING btree ("artifact_id","position");--> statement-breakpoint
CREATE INDEX "correction_readings_by_correction" ON "correction_readings" USING btree ("correction_id","run_id");--> statement-breakpoint
CREATE INDEX "correction_readings_by_run" ON "correction_readings" USING btree ("run_id");--> statement-breakpoint
CREATE INDEX "correction_readings_by_place" ON "correction_readings" USING btree ("artifact_id","position");--> statement-breakpoint
CREATE UNIQUE INDEX "corrections_one_in_force" ON "corrections" USING btree ("job_id","source_key","field","found") WHERE state in ('proposed', 'active');--> statement-breakpoint
CREATE INDEX "corrections_of_job" ON "corrections" USING btree ("job_id") WHERE state = 'active';--> statement-breakpoint
CREATE INDEX "corrections_by_exception" ON "corrections" USING gin ("exception_ids");
--> statement-breakpoint
GRANT SELECT, INSERT ON corrections TO tower_app;
--> statement-breakpoint
-- What was said is never edited: it is decided, or withdrawn.
GRANT UPDATE (state, revision, decided_by, decided_at, decision_reason, withdrawn_by, withdrawn_at, withdrawn_reason) ON corrections TO tower_app;
--> statement-breakpoint
-- What an attempt that died wrote down is taken back by the next.
GRANT SELECT, INSERT, DELETE ON corrected_records, correction_readings TO tower_app;
--> statement-breakpoint
GRANT USAGE ON SEQUENCE corrections_correction_id_seq TO tower_app;
