-- What is asked before it is done: rollbacks into closed periods wait for a second person, sheets that are brought back are kept with what was
-- foretold of their rows. New tables; the foreign keys lock runs for a moment, without reading it.

CREATE TABLE "rollback_requests" (
	"request_id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "rollback_requests_request_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"run_id" integer NOT NULL,
	"closed_periods" text[] NOT NULL,
	"basis" text NOT NULL,
	"reason" text NOT NULL,
	"requested_by" text NOT NULL,
	"requested_at" timestamp with time zone NOT NULL,
	"answer" text,
	"decided_by" text,
	"decided_at" timestamp with time zone,
	"decision_reason" text,
	"rollback_run_id" integer,
	CONSTRAINT "rollback_requests_answer" CHECK (answer in ('approved', 'declined', 'superseded')),
	CONSTRAINT "rollback_requests_four_eyes" CHECK (decided_by <> requested_by),
	CONSTRAINT "rollback_requests_decided" CHECK ((coalesce(answer, 'superseded') = 'superseded') = (decided_by is null) and (rollback_run_id is not null) = (coalesce(answer, '') = 'approved'))
);
--> statement-breakpoint
CREATE TABLE "work_sheets" (
	"sheet_id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "work_sheets_sheet_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"name" text NOT NULL,
	"brought_by" text NOT NULL,
	"brought_at" timestamp with time zone NOT NULL,
	"rows" jsonb NOT NULL,
	"foretold" jsonb NOT NULL,
	"confirmed_at" timestamp with time zone,
	"results" jsonb,
	CONSTRAINT "work_sheets_confirmed" CHECK (results is null or confirmed_at is not null)
);
--> statement-breakpoint
ALTER TABLE "rollback_requests" ADD CONSTRAINT "rollback_requests_run_id_runs_run_id_fk" FOREIGN KEY ("run_id") REFERENCES "public"."runs"("run_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "rollback_requests" ADD CONSTRAINT "rollback_requests_rollback_run_id_runs_run_id_fk" FOREIGN KEY ("rollback_run_id") REFERENCES "public"."runs"("run_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "rollback_requests_one_waits" ON "rollback_requests" USING btree ("run_id") WHERE answer is null;--> statement-breakpoint
CREATE INDEX "rollback_requests_by_run" ON "rollback_requests" USING btree ("run_id");
--> statement-breakpoint
GRANT SELECT, INSERT ON rollback_requests, work_sheets TO tower_app;
--> statement-breakpoint
-- What was asked for and what was foretold is never edited.
GRANT UPDATE (answer, decided_by, decided_at, decision_reason, rollback_run_id) ON rollback_requests TO tower_app;
--> statement-breakpoint
GRANT UPDATE (confirmed_at, results) ON work_sheets TO tower_app;
--> statement-breakpoint
GRANT USAGE ON SEQUENCE rollback_requests_request_id_seq, work_sheets_sheet_id_seq TO tower_app;
--> statement-breakpoint
CREATE TRIGGER tell_screens_of_rollback_requests AFTER INSERT OR UPDATE ON rollback_requests FOR EACH ROW EXECUTE FUNCTION tell_screens('runs');
