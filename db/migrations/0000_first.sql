-- First schema, generated, then read. By hand: lines is partitioned by segment, and what it is sorted by compares as bytes
-- (its indexes build in half the time). Locks nothing: everything is new.
CREATE TABLE "artifact_chunks" (
	"artifact_id" integer NOT NULL,
	"seq" integer NOT NULL,
	"byte_offset" bigint NOT NULL,
	"bytes" "bytea" NOT NULL,
	CONSTRAINT "artifact_chunks_artifact_id_seq_pk" PRIMARY KEY("artifact_id","seq")
);
--> statement-breakpoint
CREATE TABLE "artifacts" (
	"artifact_id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "artifacts_artifact_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"sha256" text NOT NULL,
	"byte_count" bigint NOT NULL,
	"stored_bytes" bigint NOT NULL,
	"stored_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "artifacts_sha256_unique" UNIQUE("sha256")
);
--> statement-breakpoint
CREATE TABLE "audit_events" (
	"event_id" bigint PRIMARY KEY NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"actor" text NOT NULL,
	"role" text NOT NULL,
	"action" text NOT NULL,
	"object_type" text NOT NULL,
	"object_id" text NOT NULL,
	"reason" text,
	"before" jsonb,
	"after" jsonb,
	"correlation_id" uuid NOT NULL,
	"previous_hash" text NOT NULL,
	"hash" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "audit_head" (
	"id" integer PRIMARY KEY NOT NULL,
	"event_id" bigint NOT NULL,
	"hash" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "commands" (
	"idempotency_key" text PRIMARY KEY NOT NULL,
	"command" text NOT NULL,
	"actor" text NOT NULL,
	"request_hash" text NOT NULL,
	"result" jsonb NOT NULL,
	"at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "calendars" (
	"code" text PRIMARY KEY NOT NULL,
	"definition" jsonb NOT NULL
);
--> statement-breakpoint
CREATE TABLE "fiscal_periods" (
	"calendar" text NOT NULL,
	"period" text NOT NULL,
	"starts_on" date NOT NULL,
	"ends_on" date NOT NULL,
	CONSTRAINT "fiscal_periods_calendar_period_pk" PRIMARY KEY("calendar","period")
);
--> statement-breakpoint
CREATE TABLE "period_states" (
	"entity" text NOT NULL,
	"period" text NOT NULL,
	"state" text NOT NULL,
	"changed_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "period_states_entity_period_pk" PRIMARY KEY("entity","period")
);
--> statement-breakpoint
CREATE TABLE "claims" (
	"claim_id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "claims_claim_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"run_id" integer NOT NULL,
	"artifact_id" integer NOT NULL,
	"kind" text NOT NULL,
	"measure" text NOT NULL,
	"object_type" text NOT NULL,
	"subject" text DEFAULT '' NOT NULL,
	"currency" text,
	"stated_as" text NOT NULL,
	"claimed" numeric NOT NULL,
	"opening" numeric,
	"found" numeric,
	"ties" boolean,
	"exception_id" integer
);
--> statement-breakpoint
CREATE TABLE "exceptions" (
	"exception_id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "exceptions_exception_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"fingerprint" text NOT NULL,
	"job_id" integer NOT NULL,
	"failure_class" text NOT NULL,
	"code" text NOT NULL,
	"subject" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"title" text NOT NULL,
	"detail" text NOT NULL,
	"opened_run_id" integer NOT NULL,
	"last_run_id" integer NOT NULL,
	"opened_at" timestamp with time zone DEFAULT now() NOT NULL,
	"last_seen_at" timestamp with time zone DEFAULT now() NOT NULL,
	"closed_at" timestamp with time zone,
	"closed_by_run_id" integer,
	"previous_exception_id" integer,
	"entities" text[] DEFAULT '{}' NOT NULL,
	"slices" text[] DEFAULT '{}' NOT NULL
);
--> statement-breakpoint
CREATE TABLE "rejected_records" (
	"rejected_id" bigint PRIMARY KEY NOT NULL,
	"run_id" integer NOT NULL,
	"object_type" text NOT NULL,
	"artifact_id" integer NOT NULL,
	"position" integer NOT NULL,
	"source_key" text NOT NULL,
	"document" text,
	"entity" text NOT NULL,
	"period" text NOT NULL,
	"version" text NOT NULL,
	"currency" text NOT NULL,
	"account" text NOT NULL,
	"debit" numeric NOT NULL,
	"credit" numeric NOT NULL
);
--> statement-breakpoint
CREATE TABLE "rejections" (
	"rejected_id" bigint NOT NULL,
	"run_id" integer NOT NULL,
	"code" text NOT NULL,
	"field" text DEFAULT '' NOT NULL,
	"value" text DEFAULT '' NOT NULL,
	"detail" text DEFAULT '' NOT NULL,
	"exception_id" integer,
	"replaced_by_run_id" integer
);
--> statement-breakpoint
CREATE TABLE "control_totals" (
	"run_id" integer NOT NULL,
	"checkpoint" text NOT NULL,
	"object_type" text NOT NULL,
	"entity" text NOT NULL,
	"period" text NOT NULL,
	"version" text NOT NULL,
	"currency" text NOT NULL,
	"count" bigint NOT NULL,
	"debit" numeric NOT NULL,
	"credit" numeric NOT NULL,
	CONSTRAINT "control_totals_run_id_checkpoint_object_type_entity_period_version_currency_pk" PRIMARY KEY("run_id","checkpoint","object_type","entity","period","version","currency")
);
--> statement-breakpoint
CREATE TABLE "lines" (
	"line_id" bigint NOT NULL,
	"artifact_id" integer NOT NULL,
	"position" integer NOT NULL,
	"system_id" integer NOT NULL,
	"object_type" text NOT NULL,
	"content_hash" uuid NOT NULL,
	"source_key" text COLLATE "C" NOT NULL,
	"entity" text COLLATE "C" NOT NULL,
	"period" text COLLATE "C" NOT NULL,
	"version" text COLLATE "C" NOT NULL,
	"currency" text COLLATE "C" NOT NULL,
	"debit" numeric NOT NULL,
	"credit" numeric NOT NULL,
	"account" text NOT NULL,
	"cost_centre" text,
	"project" text,
	"counterparty" text,
	"accounting_status" text NOT NULL,
	"document" text COLLATE "C",
	"description" text,
	"effective_on" date,
	"posted_on" date,
	"segment" integer NOT NULL,
	"loaded_at_pub" integer NOT NULL,
	"superseded_at_pub" integer,
	CONSTRAINT "lines_line_id_segment_pk" PRIMARY KEY("line_id","segment")
) PARTITION BY LIST ("segment");
--> statement-breakpoint
CREATE TABLE "loads" (
	"load_id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "loads_load_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"run_id" integer NOT NULL,
	"attempt" integer NOT NULL,
	"first_line_id" bigint NOT NULL,
	"has_own_place" boolean DEFAULT true NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "members" (
	"member_id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "members_member_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"load_id" integer NOT NULL,
	"artifact_id" integer NOT NULL,
	"position" integer NOT NULL,
	"system_id" integer NOT NULL,
	"dimension" text NOT NULL,
	"entity" text DEFAULT '' NOT NULL,
	"code" text NOT NULL,
	"name" text NOT NULL,
	"valid_from" date,
	"valid_to" date,
	"is_active" boolean DEFAULT true NOT NULL,
	"currency" text,
	"attributes" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"source_key" text NOT NULL,
	"content_hash" uuid NOT NULL,
	"loaded_at_pub" integer,
	"superseded_at_pub" integer
);
--> statement-breakpoint
CREATE TABLE "publications" (
	"publication" integer PRIMARY KEY NOT NULL,
	"run_id" integer NOT NULL,
	"load_id" integer NOT NULL,
	"system_id" integer NOT NULL,
	"withdraws" integer,
	"published_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "repeats" (
	"load_id" integer NOT NULL,
	"object_type" text NOT NULL,
	"outcome" text NOT NULL,
	"artifact_id" integer NOT NULL,
	"position" integer NOT NULL,
	"source_key" text NOT NULL,
	"entity" text NOT NULL,
	"period" text NOT NULL,
	"version" text NOT NULL,
	"currency" text NOT NULL,
	"debit" numeric NOT NULL,
	"credit" numeric NOT NULL,
	"line_id" bigint
);
--> statement-breakpoint
CREATE TABLE "slice_totals" (
	"system_id" integer NOT NULL,
	"object_type" text NOT NULL,
	"entity" text NOT NULL,
	"period" text NOT NULL,
	"version" text NOT NULL,
	"currency" text NOT NULL,
	"loaded_at_pub" integer NOT NULL,
	"superseded_at_pub" integer,
	"count" bigint NOT NULL,
	"debit" numeric NOT NULL,
	"credit" numeric NOT NULL,
	CONSTRAINT "slice_totals_entity_period_version_currency_object_type_system_id_loaded_at_pub_pk" PRIMARY KEY("entity","period","version","currency","object_type","system_id","loaded_at_pub")
);
--> statement-breakpoint
CREATE TABLE "people" (
	"person_id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "people_person_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"sign_in" text NOT NULL,
	"name" text NOT NULL,
	"role" text NOT NULL,
	"entity_scope" text[] DEFAULT '{*}' NOT NULL,
	"password_hash" text NOT NULL,
	"disabled_at" timestamp with time zone,
	CONSTRAINT "people_sign_in_unique" UNIQUE("sign_in")
);
--> statement-breakpoint
CREATE TABLE "sessions" (
	"token_hash" text PRIMARY KEY NOT NULL,
	"person_id" integer NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "attempts" (
	"run_id" integer NOT NULL,
	"attempt" integer NOT NULL,
	"worker_id" uuid NOT NULL,
	"started_at" timestamp with time zone DEFAULT now() NOT NULL,
	"ended_at" timestamp with time zone,
	"outcome" text,
	"failure_class" text,
	"failure_code" text,
	"failure_detail" text,
	"retry_at" timestamp with time zone,
	CONSTRAINT "attempts_run_id_attempt_pk" PRIMARY KEY("run_id","attempt")
);
--> statement-breakpoint
CREATE TABLE "run_artifacts" (
	"run_id" integer NOT NULL,
	"seq" integer NOT NULL,
	"artifact_id" integer NOT NULL,
	"name" text NOT NULL,
	"cursor" text,
	"received_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "run_artifacts_run_id_seq_pk" PRIMARY KEY("run_id","seq")
);
--> statement-breakpoint
CREATE TABLE "runs" (
	"run_id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "runs_run_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"job_id" integer NOT NULL,
	"job_version" integer NOT NULL,
	"trigger" text NOT NULL,
	"status" text NOT NULL,
	"slice" text DEFAULT '*' NOT NULL,
	"origin_run_id" integer,
	"is_preview" boolean DEFAULT false NOT NULL,
	"attempt" integer DEFAULT 0 NOT NULL,
	"attempts_forgiven" integer DEFAULT 0 NOT NULL,
	"entity_scope" text[] DEFAULT '{*}' NOT NULL,
	"as_of_publication" integer,
	"publication" integer,
	"requested_by" text NOT NULL,
	"reason" text,
	"correlation_id" uuid NOT NULL,
	"worker_id" uuid,
	"queued_at" timestamp with time zone DEFAULT now() NOT NULL,
	"due_at" timestamp with time zone DEFAULT now() NOT NULL,
	"started_at" timestamp with time zone,
	"finished_at" timestamp with time zone,
	"extracted_at" timestamp with time zone,
	"progress" jsonb,
	"progress_at" timestamp with time zone,
	"summary" jsonb
);
--> statement-breakpoint
CREATE TABLE "stages" (
	"run_id" integer NOT NULL,
	"attempt" integer NOT NULL,
	"stage" text NOT NULL,
	"started_at" timestamp with time zone NOT NULL,
	"ended_at" timestamp with time zone,
	"outcome" text,
	"records" bigint,
	CONSTRAINT "stages_run_id_attempt_stage_pk" PRIMARY KEY("run_id","attempt","stage")
);
--> statement-breakpoint
CREATE TABLE "workers" (
	"worker_id" uuid PRIMARY KEY NOT NULL,
	"lock_key" integer NOT NULL,
	"started_at" timestamp with time zone DEFAULT now() NOT NULL,
	"seen_at" timestamp with time zone DEFAULT now() NOT NULL,
	"queue_worker_ids" text[] DEFAULT '{}' NOT NULL,
	"description" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "job_versions" (
	"job_id" integer NOT NULL,
	"version" integer NOT NULL,
	"definition" jsonb NOT NULL,
	"definition_hash" text NOT NULL,
	"created_by" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "job_versions_job_id_version_pk" PRIMARY KEY("job_id","version")
);
--> statement-breakpoint
CREATE TABLE "jobs" (
	"job_id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "jobs_job_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"name" text NOT NULL,
	"system_id" integer NOT NULL,
	"current_version" integer NOT NULL,
	"paused_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "jobs_name_unique" UNIQUE("name")
);
--> statement-breakpoint
CREATE TABLE "systems" (
	"system_id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "systems_system_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"code" text NOT NULL,
	"name" text NOT NULL,
	"kind" text NOT NULL,
	"simulated" boolean DEFAULT false NOT NULL,
	CONSTRAINT "systems_code_unique" UNIQUE("code")
);
--> statement-breakpoint
ALTER TABLE "fiscal_periods" ADD CONSTRAINT "fiscal_periods_calendar_calendars_code_fk" FOREIGN KEY ("calendar") REFERENCES "public"."calendars"("code") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "claims" ADD CONSTRAINT "claims_run_id_runs_run_id_fk" FOREIGN KEY ("run_id") REFERENCES "public"."runs"("run_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "exceptions" ADD CONSTRAINT "exceptions_job_id_jobs_job_id_fk" FOREIGN KEY ("job_id") REFERENCES "public"."jobs"("job_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "exceptions" ADD CONSTRAINT "exceptions_opened_run_id_runs_run_id_fk" FOREIGN KEY ("opened_run_id") REFERENCES "public"."runs"("run_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "exceptions" ADD CONSTRAINT "exceptions_last_run_id_runs_run_id_fk" FOREIGN KEY ("last_run_id") REFERENCES "public"."runs"("run_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "exceptions" ADD CONSTRAINT "exceptions_closed_by_run_id_runs_run_id_fk" FOREIGN KEY ("closed_by_run_id") REFERENCES "public"."runs"("run_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "rejected_records" ADD CONSTRAINT "rejected_records_run_id_runs_run_id_fk" FOREIGN KEY ("run_id") REFERENCES "public"."runs"("run_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "rejections" ADD CONSTRAINT "rejections_run_id_runs_run_id_fk" FOREIGN KEY ("run_id") REFERENCES "public"."runs"("run_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "control_totals" ADD CONSTRAINT "control_totals_run_id_runs_run_id_fk" FOREIGN KEY ("run_id") REFERENCES "public"."runs"("run_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "loads" ADD CONSTRAINT "loads_run_id_runs_run_id_fk" FOREIGN KEY ("run_id") REFERENCES "public"."runs"("run_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "members" ADD CONSTRAINT "members_system_id_systems_system_id_fk" FOREIGN KEY ("system_id") REFERENCES "public"."systems"("system_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "publications" ADD CONSTRAINT "publications_run_id_runs_run_id_fk" FOREIGN KEY ("run_id") REFERENCES "public"."runs"("run_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "publications" ADD CONSTRAINT "publications_load_id_loads_load_id_fk" FOREIGN KEY ("load_id") REFERENCES "public"."loads"("load_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_person_id_people_person_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("person_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "attempts" ADD CONSTRAINT "attempts_run_id_runs_run_id_fk" FOREIGN KEY ("run_id") REFERENCES "public"."runs"("run_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "run_artifacts" ADD CONSTRAINT "run_artifacts_run_id_runs_run_id_fk" FOREIGN KEY ("run_id") REFERENCES "public"."runs"("run_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "run_artifacts" ADD CONSTRAINT "run_artifacts_artifact_id_artifacts_artifact_id_fk" FOREIGN KEY ("artifact_id") REFERENCES "public"."artifacts"("artifact_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "runs" ADD CONSTRAINT "runs_job_id_jobs_job_id_fk" FOREIGN KEY ("job_id") REFERENCES "public"."jobs"("job_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "stages" ADD CONSTRAINT "stages_run_id_runs_run_id_fk" FOREIGN KEY ("run_id") REFERENCES "public"."runs"("run_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "job_versions" ADD CONSTRAINT "job_versions_job_id_jobs_job_id_fk" FOREIGN KEY ("job_id") REFERENCES "public"."jobs"("job_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "jobs" ADD CONSTRAINT "jobs_system_id_systems_system_id_fk" FOREIGN KEY ("system_id") REFERENCES "public"."systems"("system_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "fiscal_periods_by_date" ON "fiscal_periods" USING btree ("calendar","starts_on");--> statement-breakpoint
CREATE INDEX "claims_by_run" ON "claims" USING btree ("run_id");--> statement-breakpoint
CREATE INDEX "claims_by_exception" ON "claims" USING btree ("exception_id");--> statement-breakpoint
CREATE UNIQUE INDEX "exceptions_one_open" ON "exceptions" USING btree ("fingerprint") WHERE closed_at is null;--> statement-breakpoint
CREATE INDEX "exceptions_by_state" ON "exceptions" USING btree ("failure_class","exception_id");--> statement-breakpoint
CREATE INDEX "rejected_by_run" ON "rejected_records" USING btree ("run_id","rejected_id");--> statement-breakpoint
CREATE INDEX "rejected_by_source" ON "rejected_records" USING btree ("artifact_id","position");--> statement-breakpoint
CREATE INDEX "rejections_by_exception" ON "rejections" USING btree ("exception_id") WHERE replaced_by_run_id is null;--> statement-breakpoint
CREATE INDEX "rejections_by_record" ON "rejections" USING btree ("rejected_id");--> statement-breakpoint
CREATE INDEX "rejections_by_run" ON "rejections" USING btree ("run_id");--> statement-breakpoint
CREATE INDEX "lines_by_key" ON "lines" USING btree ("source_key");--> statement-breakpoint
CREATE INDEX "lines_by_end" ON "lines" USING btree ("superseded_at_pub") WHERE superseded_at_pub is not null;--> statement-breakpoint
CREATE INDEX "lines_by_slice" ON "lines" USING btree ("entity","period","version","currency","line_id");--> statement-breakpoint
CREATE INDEX "members_by_key" ON "members" USING btree ("system_id","dimension","source_key");--> statement-breakpoint
CREATE INDEX "members_by_code" ON "members" USING btree ("dimension","code");--> statement-breakpoint
CREATE INDEX "members_by_load" ON "members" USING btree ("load_id");--> statement-breakpoint
CREATE INDEX "repeats_by_load" ON "repeats" USING btree ("load_id","outcome","artifact_id","position");--> statement-breakpoint
CREATE INDEX "slice_totals_current" ON "slice_totals" USING btree ("entity","period") WHERE superseded_at_pub is null;--> statement-breakpoint
CREATE INDEX "run_artifacts_by_artifact" ON "run_artifacts" USING btree ("artifact_id");--> statement-breakpoint
CREATE UNIQUE INDEX "runs_one_active" ON "runs" USING btree ("job_id","slice") WHERE status = 'running' and not is_preview;--> statement-breakpoint
CREATE INDEX "audit_by_correlation" ON "audit_events" USING btree ("correlation_id");--> statement-breakpoint
CREATE INDEX "runs_by_origin" ON "runs" USING btree ("origin_run_id");--> statement-breakpoint
CREATE INDEX "runs_by_job" ON "runs" USING btree ("job_id","run_id");--> statement-breakpoint
CREATE INDEX "runs_by_status" ON "runs" USING btree ("status","run_id");--> statement-breakpoint
CREATE UNIQUE INDEX "job_versions_job_id_version_definition_hash_index" ON "job_versions" USING btree ("job_id","version","definition_hash");