-- Where the reading of a large artifact may begin: a record at position 9,000,000 opens without reading what comes before it.
-- Locks nothing: the table is new. Artifacts read before have no marks and are read from their beginning, as they were.
CREATE TABLE "artifact_marks" (
	"artifact_id" integer NOT NULL,
	"reading" uuid NOT NULL,
	"position" integer NOT NULL,
	"byte_offset" bigint NOT NULL,
	CONSTRAINT "artifact_marks_artifact_id_reading_position_pk" PRIMARY KEY("artifact_id","reading","position")
);
--> statement-breakpoint
GRANT SELECT, INSERT ON artifact_marks TO tower_app;
