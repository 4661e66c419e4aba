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
CREATE TABLE "exception_stakes" (
	"exception_id" integer NOT NULL,
	"run_id" integer NOT NULL,
	"entity" text NOT NULL,
	"period" text NOT NULL,
	"version" text NOT NULL,
	"currency" text NOT NULL,
	"records" integer NOT NULL,
	"debit" numeric NOT NULL,
	"credit" numeric NOT NULL,
	CONSTRAINT "exception_stakes_exception_id_run_id_entity_period_version_currency_pk" PRIMARY KEY("exception_id","run_id","entity","period","version","currency")
);
--> statement-breakpoint
CREATE TABLE "routings" (
	"version" integer PRIMARY KEY NOT NULL,
	"rules" jsonb NOT NULL,
	"created_by" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
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
ALTER TABLE "exception_stakes" ADD CONSTRAINT "exception_stakes_exception_id_exceptions_exception_id_fk" FOREIGN KEY ("exception_id") REFERENCES "public"."exceptions"("exception_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "exception_endings_one_open" ON "exception_endings" USING btree ("exception_id") WHERE decision is null;--> statement-breakpoint
CREATE INDEX "exception_endings_by_exception" ON "exception_endings" USING btree ("exception_id","ending_id");--> statement-breakpoint
CREATE INDEX "exception_notes_by_exception" ON "exception_notes" USING btree ("exception_id","note_id");--> statement-breakpoint
CREATE INDEX "exception_notes_by_mention" ON "exception_notes" USING gin ("mentions");--> statement-breakpoint
CREATE INDEX "exception_stakes_by_run" ON "exception_stakes" USING btree ("run_id");--> statement-breakpoint
CREATE INDEX "audit_by_object" ON "audit_events" USING btree ("object_type","object_id","event_id");
--> statement-breakpoint
UPDATE exceptions SET opened_on = (opened_at AT TIME ZONE 'UTC')::date, due_at = opened_at + interval '3 days',
  team = CASE WHEN failure_class IN ('business', 'control') THEN 'finance_operations' ELSE 'it' END;
--> statement-breakpoint
INSERT INTO exception_stakes (exception_id, run_id, entity, period, version, currency, records, debit, credit)
  SELECT e.exception_id, r.run_id, x.entity, x.period, x.version, x.currency, count(*), sum(abs(x.debit)), sum(abs(x.credit))
  FROM exceptions e JOIN rejections r ON r.exception_id = e.exception_id AND r.code = e.code JOIN rejected_records x ON x.rejected_id = r.rejected_id
  WHERE r.replaced_by_run_id IS NULL OR (e.closed_at IS NOT NULL AND r.run_id = e.last_run_id)
  GROUP BY 1, 2, 3, 4, 5, 6;
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
GRANT SELECT, INSERT, DELETE ON exception_stakes, calendar_days TO tower_app;
