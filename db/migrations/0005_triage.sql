-- What people make of an exception: state, who has it, severity, due time; endings with a second person; notes; routing rules. What waits
-- behind each is kept as a rollup by slice, so that a list in the order of what it releases costs no look at the records.
-- Locks exceptions for the moment its columns take, and rejections are read once: a second a million. Rows from before get a due time
-- three days after they were opened.
CREATE TABLE "calendar_days" (
	"calendar" text NOT NULL,
	"day" date NOT NULL,
	"working_days" integer NOT NULL,
	CONSTRAINT "calendar_days_calendar_day_pk" PRIMARY KEY("calendar","day")
);
--> statement-breakpoint
CREATE TABLE "exception_endings" (
	"ending_id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "exception_endings_ending_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"exception_id" integer NOT NULL,
	"ending" text NOT NULL,
	"reason" text NOT NULL,
	"until" date,
	"proposed_by" text NOT NULL,
	"proposed_at" timestamp with time zone DEFAULT now() NOT NULL,
	"decided_by" text,
	"decided_at" timestamp with time zone,
	"decision" text,
	"decision_reason" text,
	"covers" integer,
	CONSTRAINT "exception_endings_second_person" CHECK (decision is distinct from 'approved' or decided_by <> proposed_by),
	CONSTRAINT "exception_endings_waiver_ends" CHECK ((ending = 'waived') = (until is not null))
);
--> statement-breakpoint
CREATE TABLE "exception_notes" (
	"note_id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "exception_notes_note_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"exception_id" integer NOT NULL,
	"author" text NOT NULL,
	"at" timestamp with time zone DEFAULT now() NOT NULL,
	"text" text NOT NULL,
	"mentions" text[] DEFAULT '{}' NOT NULL
);
--> statement-breakpoint
CREATE TABLE "routings" (
	"version" integer PRIMARY KEY NOT NULL,
	"rules" jsonb NOT NULL,
	"created_by" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "waiting_records" (
	"run_id" integer NOT NULL,
	"exception_ids" integer[] NOT NULL,
	"needs" integer[] NOT NULL,
	"entity" text NOT NULL,
	"period" text NOT NULL,
	"version" text NOT NULL,
	"currency" text NOT NULL,
	"records" integer NOT NULL,
	"debit" numeric NOT NULL,
	"credit" numeric NOT NULL
);
--> statement-breakpoint
ALTER TABLE "exceptions" ADD COLUMN "state" text DEFAULT 'open' NOT NULL;--> statement-breakpoint
ALTER TABLE "exceptions" ADD COLUMN "team" text DEFAULT 'finance_operations' NOT NULL;--> statement-breakpoint
ALTER TABLE "exceptions" ADD COLUMN "assignee" text;--> statement-breakpoint
ALTER TABLE "exceptions" ADD COLUMN "severity" text DEFAULT 'medium' NOT NULL;--> statement-breakpoint
ALTER TABLE "exceptions" ADD COLUMN "calendar" text DEFAULT 'months' NOT NULL;--> statement-breakpoint
ALTER TABLE "exceptions" ADD COLUMN "opened_on" date DEFAULT current_date NOT NULL;--> statement-breakpoint
ALTER TABLE "exceptions" ADD COLUMN "due_at" timestamp with time zone DEFAULT now() NOT NULL;--> statement-breakpoint
ALTER TABLE "exceptions" ADD COLUMN "routed_by" text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE "exceptions" ADD COLUMN "waived_until" date;--> statement-breakpoint
ALTER TABLE "exceptions" ADD COLUMN "revision" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "exception_endings" ADD CONSTRAINT "exception_endings_exception_id_exceptions_exception_id_fk" FOREIGN KEY ("exception_id") REFERENCES "public"."exceptions"("exception_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "exception_notes" ADD CONSTRAINT "exception_notes_exception_id_exceptions_exception_id_fk" FOREIGN KEY ("exception_id") REFERENCES "public"."exceptions"("exception_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "exception_endings_one_open" ON "exception_endings" USING btree ("exception_id") WHERE decision is null;--> statement-breakpoint
CREATE INDEX "exception_endings_by_exception" ON "exception_endings" USING btree ("exception_id","ending_id");--> statement-breakpoint
CREATE INDEX "exception_notes_by_exception" ON "exception_notes" USING btree ("exception_id","note_id");--> statement-breakpoint
CREATE INDEX "exception_notes_by_mention" ON "exception_notes" USING gin ("mentions");--> statement-breakpoint
CREATE INDEX "waiting_records_by_run" ON "waiting_records" USING btree ("run_id");--> statement-breakpoint
CREATE INDEX "waiting_records_by_exception" ON "waiting_records" USING gin ("exception_ids") WITH (fastupdate=false);--> statement-breakpoint
CREATE INDEX "audit_by_object" ON "audit_events" USING btree ("object_type","object_id","event_id");
--> statement-breakpoint
UPDATE exceptions SET opened_on = (opened_at AT TIME ZONE 'UTC')::date, due_at = opened_at + interval '3 days',
  team = CASE WHEN failure_class IN ('business', 'control') THEN 'finance_operations' ELSE 'it' END;
--> statement-breakpoint
INSERT INTO waiting_records (run_id, exception_ids, needs, entity, period, version, currency, records, debit, credit)
  WITH record AS (
    SELECT r.rejected_id, array_agg(DISTINCT r.exception_id ORDER BY r.exception_id) AS exception_ids,
      array_agg(DISTINCT r.exception_id) FILTER (WHERE r.code <> 'document_incomplete') AS own
    FROM rejections r WHERE r.replaced_by_run_id IS NULL AND r.exception_id IS NOT NULL GROUP BY 1),
  placed AS (
    SELECT x.run_id, d.exception_ids, coalesce(d.own, '{}') AS own, x.entity, x.period, x.version, x.currency, x.debit, x.credit,
      CASE WHEN v.definition->'rules'->>'balanced' = 'true' THEN x.document END AS document
    FROM record d JOIN rejected_records x ON x.rejected_id = d.rejected_id JOIN runs u ON u.run_id = x.run_id
      JOIN job_versions v ON v.job_id = u.job_id AND v.version = u.job_version),
  whole AS (
    SELECT p.run_id, p.document, array_agg(DISTINCT need ORDER BY need) AS needs FROM placed p CROSS JOIN unnest(p.own) need WHERE p.document IS NOT NULL GROUP BY 1, 2)
  SELECT p.run_id, p.exception_ids, coalesce(w.needs, (SELECT coalesce(array_agg(need ORDER BY need), '{}') FROM unnest(p.own) need)),
    p.entity, p.period, p.version, p.currency, count(*), sum(abs(p.debit)), sum(abs(p.credit))
  FROM placed p LEFT JOIN whole w ON w.run_id = p.run_id AND w.document = p.document GROUP BY 1, 2, 3, 4, 5, 6, 7;
--> statement-breakpoint
-- Calendar months have no holidays and need no import. Other calendars get their days at the next start.
INSERT INTO calendar_days (calendar, day, working_days)
  SELECT 'months', day::date, sum(CASE WHEN extract(isodow FROM day) < 6 THEN 1 ELSE 0 END) OVER (ORDER BY day)
  FROM generate_series('2010-01-01'::timestamp, '2050-12-31'::timestamp, interval '1 day') day;
--> statement-breakpoint
GRANT SELECT, INSERT ON routings, exception_notes TO tower_app;
--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE ON exception_endings TO tower_app;
--> statement-breakpoint
GRANT SELECT, INSERT, DELETE ON waiting_records, calendar_days TO tower_app;
