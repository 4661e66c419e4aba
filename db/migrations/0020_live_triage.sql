-- Screens hear of what people do with exceptions, not only of what runs make of them. Triggers only: each takes its table for an instant.
DROP TRIGGER tell_screens_of_exceptions ON exceptions;
--> statement-breakpoint
CREATE TRIGGER tell_screens_of_exceptions AFTER INSERT OR UPDATE OF closed_at, revision ON exceptions FOR EACH ROW EXECUTE FUNCTION tell_screens('exceptions');
--> statement-breakpoint
CREATE TRIGGER tell_screens_of_exception_notes AFTER INSERT ON exception_notes FOR EACH ROW EXECUTE FUNCTION tell_screens('exceptions');
--> statement-breakpoint
CREATE TRIGGER tell_screens_of_corrections AFTER INSERT OR UPDATE ON corrections FOR EACH ROW EXECUTE FUNCTION tell_screens('exceptions');
