import { sql } from 'drizzle-orm'

/** A PostgreSQL array from a list of whole numbers, as one parameter. */
export const intArray = (values: readonly number[]) => sql`${`{${values.join(',')}}`}::int[]`
