-- Where the reading of a large artifact may begin: a record at position 9,000,000 opens without reading what comes before it.
-- Locks nothing: the table is new. Artifacts read before have no marks and are read from their beginning, as they were.
-- And the rejections a closed exception was closed with: writes to rejections wait while the index is built, a second a million.
CREATE TABLE "artifact_marks" (
	"artifact_id" integer NOT NULL,
	"reading" uuid NOT NULL,
	"position" integer NOT NULL,
	"byte_offset" bigint NOT NULL,
	CONSTRAINT "artifact_marks_artifact_id_reading_position_pk" PRIMARY KEY("artifact_id","reading","position")
);
--> statement-breakpoint
CREATE INDEX "rejections_replaced" ON "rejections" USING btree ("exception_id","run_id") WHERE replaced_by_run_id is not null;
--> statement-breakpoint
GRANT SELECT, INSERT ON artifact_marks TO tower_app;
