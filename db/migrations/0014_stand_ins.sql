-- Whoever is away names somebody who acts in their entities until a day.
CREATE TABLE "stand_ins" (
	"stand_in_id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "stand_ins_stand_in_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"for_person" text NOT NULL,
	"stand_in" text NOT NULL,
	"entities" text[] NOT NULL,
	"starts_at" timestamp with time zone NOT NULL,
	"ends_at" timestamp with time zone NOT NULL,
	"reason" text NOT NULL,
	"named_by" text NOT NULL,
	"named_at" timestamp with time zone NOT NULL,
	"ended_by" text,
	"ended_at" timestamp with time zone,
	CONSTRAINT "stand_ins_other" CHECK (stand_in <> for_person),
	CONSTRAINT "stand_ins_end" CHECK (ends_at > starts_at and ends_at <= starts_at + interval '93 days')
);
--> statement-breakpoint
CREATE INDEX "stand_ins_by_person" ON "stand_ins" USING btree ("stand_in");--> statement-breakpoint
GRANT SELECT, INSERT ON stand_ins TO tower_app;
--> statement-breakpoint
-- It can be ended before its day, and nothing else of it moves.
GRANT UPDATE (ended_by, ended_at) ON stand_ins TO tower_app;
--> statement-breakpoint
GRANT USAGE ON SEQUENCE stand_ins_stand_in_id_seq TO tower_app;
