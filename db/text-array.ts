import { sql } from 'drizzle-orm'

/** A PostgreSQL array from a list of strings, as one parameter. */
export const textArray = (values: readonly string[]) =>
  sql`(select coalesce(array_agg(v), '{}') from jsonb_array_elements_text(${JSON.stringify(values)}::jsonb) v)`

/** The same as rows to join with: `x in ${textRows(values)}` looks each up at once, where an array is read through for every row. */
export const textRows = (values: readonly string[]) =>
  sql`(select v from jsonb_array_elements_text(${JSON.stringify(values)}::jsonb) v)`
